package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestAlertsOfAConversation goes the whole road in the real program: a visitor's first line is nothing but the wish to talk to a person, and a
// second visitor is in danger. A webhook is told of both, at once, and neither it nor the log has a word of what they wrote.
func TestAlertsOfAConversation(t *testing.T) {
	var mu sync.Mutex
	var got []string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(dump))
	}))
	defer receiver.Close()
	file := filepath.Join(t.TempDir(), "alerts.toml")
	if err := os.WriteFile(file, []byte(fmt.Sprintf("allow = [\"127.0.0.1\"]\n[[to]]\nname = \"pager\"\nwebhook = %q\n", receiver.URL)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("INTAKE_WEBHOOK_SECRET_PAGER", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	srv := startServer(t, filepath.Join(t.TempDir(), "d"), "127.0.0.1:0", "-alerts", file)
	var tokens []string
	for n, text := range []string{"can I talk to a person please", "my friend Xaquira took too much and is not waking up, lips are blue, call 508 555 0143"} {
		raw := make([]byte, 32)
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, base64.RawURLEncoding.EncodeToString(raw))
		c := dialChat(t, srv.addr, "")
		if err := c.WriteJSON(frame{Type: "say", Token: tokens[n], ID: fmt.Sprint("canary-line-", n), Text: text, Lang: "en"}); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
			mu.Lock()
			arrived := len(got)
			mu.Unlock()
			if arrived == n+1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d alerts after %d lines\n%s", arrived, n+1, srv.output)
			}
		}
	}
	srv.stop(syscall.SIGTERM)
	for n, want := range []string{`"urgency":"usual"`, `"urgency":"urgent"`} {
		if !strings.Contains(got[n], `{"type":"request.new"`) || !strings.Contains(got[n], want) {
			t.Errorf("alert %d: %s", n, got[n])
		}
	}
	said := strings.ToLower(strings.Join(got, "\n") + srv.output.String())
	for _, bad := range append(tokens, "xaquira", "canaria", "555", "canary-line", "lips", "talk to") {
		if strings.Contains(said, strings.ToLower(bad)) {
			t.Errorf("%q left the house or is in the log:\n%s", bad, said)
		}
	}
}
