package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
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
			"ready":     cmdReady,
			"terminate": cmdTerminate,
			"within":    cmdWithin,
			"account":   cmdAccount,
		},
	})
}

// running reads what the server that holds a data folder says of itself.
func running(ts *testscript.TestScript, data string) (h holding, ok bool) {
	text, err := os.ReadFile(ts.MkAbs(data + "/running.json"))
	return h, err == nil && json.Unmarshal(text, &h) == nil && h.Address != ""
}

// cmdReady waits until the server that holds a data folder is ready: ready FOLDER.
func cmdReady(ts *testscript.TestScript, neg bool, args []string) {
	deadline := time.Now().Add(time.Minute) // generous: the machine may be busy with other tests
	for time.Now().Before(deadline) {
		if h, ok := running(ts, args[0]); ok {
			if res, err := http.Get(h.Address + "/readyz"); err == nil {
				res.Body.Close()
				if res.StatusCode == http.StatusOK {
					return
				}
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	ts.Fatalf("the server on %s did not become ready", args[0])
}

// cmdAccount opens the one-time link that the last command printed and makes an account with it: account SIGN-IN-NAME.
func cmdAccount(ts *testscript.TestScript, neg bool, args []string) {
	link, err := url.Parse(strings.TrimSpace(strings.Split(ts.ReadFile("stdout"), "\n")[0]))
	ts.Check(err)
	const pass = "quahog lantern dune harbor"
	form := url.Values{"token": {link.Query().Get("token")}, "name": {"Person " + args[0]}, "login": {args[0]}, "passphrase": {pass}, "again": {pass}, "screen": {"en"}}
	req, err := http.NewRequest(http.MethodPost, link.Scheme+"://"+link.Host+"/staff/setup", strings.NewReader(form.Encode()))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", link.Scheme+"://"+link.Host)
	res, err := http.DefaultTransport.RoundTrip(req)
	ts.Check(err)
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		ts.Fatalf("the link does not make an account: %s", res.Status)
	}
}

// cmdTerminate sends SIGTERM to the server that holds a data folder and fails if it does not let go of it within 5 seconds: terminate FOLDER.
func cmdTerminate(ts *testscript.TestScript, neg bool, args []string) {
	h, ok := running(ts, args[0])
	if !ok {
		ts.Fatalf("no server holds %s", args[0])
	}
	ts.Check(syscall.Kill(h.PID, syscall.SIGTERM))
	for deadline := time.Now().Add(5 * time.Second); ok; _, ok = running(ts, args[0]) {
		if time.Now().After(deadline) {
			ts.Fatalf("the server on %s did not stop within 5 seconds", args[0])
		}
		time.Sleep(10 * time.Millisecond)
	}
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
