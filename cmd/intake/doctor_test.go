package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// examine runs the command on a page and gives what it says.
func examine(t *testing.T, site string) (string, int) {
	t.Helper()
	var out, errs strings.Builder
	p := &program{stdout: &out, stderr: &errs, getenv: func(string) string { return "" }, now: time.Now}
	code := p.main(context.Background(), []string{"doctor", "--site", site})
	return out.String() + errs.String(), code
}

// TestDoctor looks at the demonstration page of a running server, and at pages on which something is wrong.
func TestDoctor(t *testing.T) {
	t.Parallel()
	pages := http.NewServeMux()
	clinic := httptest.NewServer(pages)
	defer clinic.Close()
	g := startGate(t, "-sites", clinic.URL)
	said, code := examine(t, g.server.demo)
	if code != 0 || !strings.Contains(said, "Visitors of this page reach the chat.") || strings.Contains(said, "PROBLEM") {
		t.Errorf("the demonstration page: %d\n%s", code, said)
	}
	tag := fmt.Sprintf(`<script async src="%s/embed.js"></script>`, g.origin)
	for path, c := range map[string]struct{ policy, body, want string }{
		"good":   {"script-src 'self' " + g.origin + "; frame-src " + g.origin, tag, "Visitors of this page reach the chat."},
		"script": {"script-src 'self'; frame-src " + g.origin, tag, "add " + g.origin + " to script-src"},
		"frame":  {"default-src 'self'; script-src " + g.origin, tag, "add " + g.origin + " to default-src"},
		"meta":   {"", `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">` + tag, "to script-src"},
		"none":   {"", "<p>nothing", "has no script tag"},
		"wrong":  {"", `<script src="` + clinic.URL + `/embed.js"></script>`, "does the address lead to this program?"},
	} {
		pages.HandleFunc("/"+path, func(w http.ResponseWriter, _ *http.Request) {
			if c.policy != "" {
				w.Header().Set("Content-Security-Policy", c.policy)
			}
			_, _ = w.Write([]byte("<!doctype html>" + c.body))
		})
		said, code := examine(t, clinic.URL+"/"+path)
		if !strings.Contains(said, c.want) || (code == 0) != (path == "good") {
			t.Errorf("%s: %d\n%s", path, code, said)
		}
	}
	other := httptest.NewServer(pages)
	defer other.Close()
	if said, code := examine(t, other.URL+"/good"); code != 1 || !strings.Contains(said, "the chat may not be shown on "+other.URL+": add it to -sites") {
		t.Errorf("a site that is not allowed: %d\n%s", code, said)
	}
	g.noSockets.Store(true)
	if said, code := examine(t, clinic.URL+"/good"); code != 1 || !strings.Contains(said, "let the proxy pass Upgrade on for /chat/socket") {
		t.Errorf("without sockets: %d\n%s", code, said)
	}
	if said, code := examine(t, "clinic.example"); code != 2 {
		t.Errorf("not an address: %d\n%s", code, said)
	}
}

func TestPolicySources(t *testing.T) {
	page := must(url.Parse("https://www.clinic.example/"))
	for source, want := range map[string]bool{"*": true, "https:": true, "http:": false, "'self'": false, "https://chat.clinic.example": true, "chat.clinic.example": true,
		"https://*.clinic.example": true, "*.clinic.example": true, "https://clinic.example": false, "'unsafe-inline'": false, "https://chat.clinic.example/embed.js": true,
		"https://chat.clinic.example/other/": false, "http://chat.clinic.example": true} {
		if got := allows([]string{source}, "https://chat.clinic.example", page); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
