package staff

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// screen drives one real browser.
type screen struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // what the browser complained about
}

// newScreen starts headless Chromium. Without one the test is skipped, but not in CI.
func newScreen(t *testing.T) *screen {
	t.Helper()
	found := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			found = p
			break
		}
	}
	if found == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium found: install it (apt-get install chromium)")
		}
		t.Skip("no Chromium found: install it to run the browser tests (apt-get install chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	s := &screen{t: t, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, func(ev any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch e := ev.(type) {
		case *log.EventEntryAdded:
			// A page that nobody touched may not sound yet: the bar and the title say the same.
			if !strings.HasSuffix(e.Entry.URL, "/favicon.ico") && !strings.Contains(e.Entry.Text, "AudioContext was not allowed") {
				s.problems = append(s.problems, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			s.problems = append(s.problems, e.ExceptionDetails.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *screen) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	limited, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		s.t.Fatalf("%s: %v", what, err)
	}
}

// is waits for an expression to be true: what a person would see.
func (s *screen) is(what, expression string) {
	s.t.Helper()
	last := ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if last = s.eval("!!(" + expression + ")"); last == "true" {
			return
		}
	}
	s.t.Fatalf("%s: not so (%s)\n%s", what, last, s.eval("document.body.innerText"))
}

// eval runs a script and gives its result as text.
func (s *screen) eval(script string) string {
	limited, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	v, err := chromedp.Run(limited, chromedp.Evaluate[any](script))
	if err != nil {
		return "script error: " + err.Error() // the page may be changing
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// size makes the window so wide.
func (s *screen) size(width int64) {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600}); err != nil {
		s.t.Fatal(err)
	}
}

// dark shows the page as to somebody who asked for dark colours, or for light ones.
func (s *screen) dark(yes bool) {
	s.t.Helper()
	scheme := "light"
	if yes {
		scheme = "dark"
	}
	params := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(s.ctx, emulation.SetEmulatedMedia, params); err != nil {
		s.t.Fatal(err)
	}
}

// scriptless turns scripts off.
func (s *screen) scriptless() {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		s.t.Fatal(err)
	}
}

// quiet fails where the browser complained, for instance of something that the policy blocked.
func (s *screen) quiet() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.problems {
		s.t.Errorf("the browser says: %s", p)
	}
}
