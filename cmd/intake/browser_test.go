package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// server is the real program in a process of its own.
type server struct {
	cmd               *exec.Cmd
	addr, demo, setup string // host:port, the demo page, the link for the first account
	data              string
	output            *strings.Builder
	done              chan struct{}
}

// startServer runs the program on a data folder and waits until it has said where everything is. addr "127.0.0.1:0" takes a free port.
func startServer(t *testing.T, data, addr string, more ...string) *server {
	t.Helper()
	s := &server{data: data, output: &strings.Builder{}, done: make(chan struct{})}
	s.cmd = exec.Command(os.Args[0], append([]string{"serve", "-addr", addr, "-data", data}, more...)...)
	s.cmd.Env = append(os.Environ(), "INTAKE_TEST_AS_PROGRAM=1")
	s.cmd.Stderr = s.output
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan struct{})
	go func() {
		defer close(s.done)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			what, where, _ := strings.Cut(lines.Text(), ":")
			where = strings.TrimSpace(where)
			switch what {
			case "Demo clinic page":
				s.demo = where
			case "Staff console":
				s.addr = strings.TrimSuffix(strings.TrimPrefix(where, "http://"), "/staff/")
				if addr != "127.0.0.1:0" && len(more) == 0 {
					close(ready)
				}
			case "First account":
				s.setup = where
				if addr == "127.0.0.1:0" || len(more) > 0 {
					close(ready)
				}
			}
		}
	}()
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	select {
	case <-ready:
	case <-s.done:
		t.Fatalf("the server ended: %s", s.output)
	case <-time.After(time.Minute):
		t.Fatal("the server did not start")
	}
	return s
}

// stop sends a signal and waits for the end. Stopping twice does nothing.
func (s *server) stop(sig syscall.Signal) {
	_ = s.cmd.Process.Signal(sig) // it may have ended
	<-s.done
	_ = s.cmd.Wait() // killed on purpose
}

// newBrowser starts headless Chromium. Without one the test is skipped, but not in CI.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium found: install it (apt-get install chromium)")
		}
		t.Skip("no Chromium found: install it to run the browser tests (apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 860))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 40*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// page drives one page, or one frame of another origin.
type page struct {
	t   *testing.T
	ctx context.Context
	tab context.Context // the tab it stands in: keys go there
}

func (p page) run(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.shot("failed")
		p.t.Fatalf("%s: %v\n%s", what, err, p.text("body"))
	}
}

// frame attaches to the chat's frame on the page, which is of another origin and so a target of its own.
func (p page) frame(origin string) page {
	p.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		infos, err := chromedp.Targets(p.ctx)
		if err != nil {
			p.t.Fatal(err)
		}
		for _, info := range infos {
			if info.Type == "iframe" && strings.HasPrefix(info.URL, origin) {
				ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(info.TargetID))
				p.t.Cleanup(cancel)
				return page{t: p.t, ctx: ctx, tab: p.ctx}
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	p.t.Fatalf("no frame of %s", origin)
	return page{}
}

// eval runs a script and returns its result as a string.
func (p page) eval(script string) string {
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](script))
	if err != nil {
		return "script error: " + err.Error()
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func (p page) text(selector string) string {
	return p.eval(fmt.Sprintf("document.querySelector(%q)?.innerText || ''", selector))
}

// until waits for a script to be true: what a person would see.
func (p page) until(what, script string) {
	p.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if p.eval("!!("+script+")") == "true" {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	p.shot("failed")
	p.t.Fatalf("%s: did not come\n%s", what, p.text("body"))
}

// see waits for words in the part of the page that a selector names.
func (p page) see(selector, words string) {
	p.t.Helper()
	p.until(fmt.Sprintf("%q in %s", words, selector), fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))", selector, words))
}

// tap presses the last button, link or label whose words these are, as a person would: it must be visible and alive.
func (p page) tap(words string) {
	p.t.Helper()
	p.until("to tap "+words, fmt.Sprintf(`(() => {
		const all = [...document.querySelectorAll('button, a, label, summary')].filter(e => e.innerText.trim().startsWith(%q) && e.getClientRects().length && !e.closest('.old') && e.getAttribute('aria-disabled') !== 'true' && !e.disabled);
		const e = all.at(-1);
		if (!e) return false;
		e.scrollIntoView({block: 'center'});
		e.click();
		return true;
	})()`, words))
}

// write types a message and sends it with Enter.
func (p page) write(words string) {
	p.t.Helper()
	p.eval(`document.querySelector('#message').focus()`)
	enter := func(kind input.DispatchKeyEventType) chromedp.Action[chromedp.Void] { // without the character that would be typed as well
		return chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
			_, err := cdp.Call(ctx, at, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13})
			return err
		})
	}
	if err := chromedp.Do(p.keys(), chromedp.KeyEvent(words), enter(input.DispatchKeyEventTypeRawKeyDown), enter(input.DispatchKeyEventTypeKeyUp)); err != nil {
		p.t.Fatalf("typing: %v", err)
	}
}

// keys is where keys are pressed and pictures taken: the tab, also for a frame in it.
func (p page) keys() context.Context {
	if p.tab != nil {
		return p.tab
	}
	return p.ctx
}

// shot keeps a picture where INTAKE_SHOTS names a folder.
func (p page) shot(name string) {
	dir := os.Getenv("INTAKE_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.keys(), chromedp.CaptureScreenshot())
	if err != nil {
		return
	}
	name = strings.NewReplacer("/", "-", " ", "-").Replace(p.t.Name() + "-" + name + ".png")
	_ = os.WriteFile(filepath.Join(dir, name), png, 0o644)
}
