package main

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	if os.Getenv("INTAKE_TEST_AS_PROGRAM") != "" { // started by startServer
		main()
		return
	}
	testscript.Main(m, map[string]func(){"intake": main})
}

// TestStories runs the program as people and scripts run it: testdata/stories/*.txtar.
func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/stories",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready":  cmdReady,
			"within": cmdWithin,
		},
	})
}

// cmdReady waits until the server that holds a data folder is ready: ready FOLDER. It sets $URL.
func cmdReady(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(20 * time.Second) // generous: the machine may be busy with other tests
	for time.Now().Before(deadline) {
		var h holding
		text, err := os.ReadFile(ts.MkAbs(args[0] + "/running.json"))
		if err == nil && json.Unmarshal(text, &h) == nil && h.Address != "" {
			if res, err := http.Get(h.Address + "/readyz"); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					ts.Setenv("URL", h.Address)
					return
				}
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("the server on %s did not become ready", args[0])
}

// cmdWithin runs a command and fails if it takes longer: within 2s intake ...; "! within" expects the command to fail in time.
func cmdWithin(ts *testscript.TestScript, neg bool, args []string) {
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	start := time.Now()
	err = ts.Exec(args[1], args[2:]...)
	if took := time.Since(start); took > limit {
		ts.Fatalf("%v took %v", args[1:], took)
	}
	if (err != nil) != neg {
		ts.Fatalf("%v: %v", args[1:], err)
	}
}
