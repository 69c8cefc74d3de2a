package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNotifyCommand makes a secret, sends tests and lets doctor look, with a real receiver.
func TestNotifyCommand(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var got []string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, r.Header.Get("webhook-signature")+" "+string(body))
	}))
	defer receiver.Close()
	run := func(env map[string]string, args ...string) (string, int) {
		var out, errs strings.Builder
		p := &program{stdout: &out, stderr: &errs, getenv: func(k string) string { return env[k] }, now: time.Now}
		code := p.main(context.Background(), args)
		return out.String() + errs.String(), code
	}
	secret, code := run(nil, "notify", "secret")
	if code != 0 || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("a secret: %d %s", code, secret)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "alerts.toml")
	pager := fmt.Sprintf("allow = [\"127.0.0.1\"]\n[[to]]\nname = \"pager\"\nwebhook = %q\nsecret_file = \"secret\"\n", receiver.URL+"/hook")
	for name, text := range map[string]string{"secret": secret,
		"alerts.toml":  pager + "[[to]]\nname = \"dead\"\nwebhook = \"http://127.0.0.1:1/x\"\nsecret_file = \"secret\"\n",
		"systems.toml": pager + "[[system]]\nname = \"records\"\nwebhook = \"http://127.0.0.1:1/x\"\nsecret_file = \"secret\"\n",
		"inside.toml":  "[[to]]\nname = \"inside\"\nwebhook = \"https://169.254.169.254/latest\"\nsecret_file = \"secret\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if said, code := run(nil, "doctor", "-alerts", file); code != 1 || !strings.Contains(said, "pager ("+receiver.URL+") can be reached") || !strings.Contains(said, "PROBLEM  dead") ||
		!strings.Contains(said, "Nobody answers at the address.") || len(got) != 0 {
		t.Errorf("doctor: %d, %d sent\n%s", code, len(got), said)
	}
	if said, code := run(nil, "doctor", "-alerts", filepath.Join(dir, "systems.toml")); code != 1 || !strings.Contains(said, "ok       pager") || !strings.Contains(said, "PROBLEM  records") || len(got) != 0 {
		t.Errorf("doctor: a system that takes records is down: %d, %d sent\n%s", code, len(got), said)
	}
	if said, code := run(map[string]string{"INTAKE_ALERTS": file}, "notify", "test", "pager"); code != 0 || !strings.Contains(said, "ok       pager has a test alert") || len(got) != 1 ||
		!strings.Contains(got[0], `{"type":"test","data":{"link":"http://127.0.0.1:8080/staff/"}}`) || !strings.HasPrefix(got[0], "v1,") {
		t.Errorf("a test: %d %q\n%s", code, got, said)
	}
	if said, code := run(nil, "notify", "test", "-alerts", file); code != 1 || !strings.Contains(said, "1 of 2 did not get the alert") || len(got) != 2 {
		t.Errorf("all: %d\n%s", code, said)
	}
	if said, code := run(nil, "notify", "test", "-alerts", filepath.Join(dir, "inside.toml")); code != 1 || !strings.Contains(said, "name its host or range under allow") {
		t.Errorf("an address inside: %d\n%s", code, said)
	}
	for _, args := range [][]string{{"notify"}, {"notify", "test"}, {"notify", "sing"}, {"notify", "test", "nobody", "-alerts", file}, {"doctor"}} {
		if said, code := run(nil, args...); code != 2 {
			t.Errorf("%v: %d %s", args, code, said)
		}
	}
	if said, code := run(nil, "notify", "test", "-alerts", filepath.Join(dir, "nothing.toml")); code != 1 || !strings.Contains(said, "reading the settings of alerts") {
		t.Errorf("no file: %d\n%s", code, said)
	}
}
