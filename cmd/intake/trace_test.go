package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

const neutral = "https://www.weather.gov/"

// watch writes down where a page, or a frame, sends requests, and answers for the neutral page, so that the test asks nobody outside.
func (p page) watch(seen *log) {
	p.t.Helper()
	err := chromedp.Listen(p.ctx, func(ev any) {
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			seen.add(e.Request.URL)
		case *network.EventWebSocketCreated:
			seen.add(e.URL)
		case *fetch.EventRequestPaused:
			go func() {
				_ = chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
					_, err := cdp.Call(ctx, at, fetch.FulfillRequest, fetch.FulfillRequestParams{RequestID: e.RequestID, ResponseCode: 200,
						ResponseHeaders: []*fetch.HeaderEntry{{Name: "Content-Type", Value: "text/html"}}, Body: []byte("<title>Weather</title>weather")})
					return err
				}))
			}()
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: neutral + "*"}}})
}

// log keeps addresses.
type log struct {
	mu   sync.Mutex
	urls []string
}

func (l *log) add(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.urls = append(l.urls, url)
}

// foreign gives what went elsewhere than to these origins and, after leaving, to the neutral page.
func (l *log) foreign(origins ...string) (all int, others []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	left := false
next:
	for _, url := range l.urls {
		left = left || url == neutral
		if left && strings.HasPrefix(url, neutral) || strings.HasPrefix(url, "data:") { // its own icon; the browser's error page
			continue
		}
		for _, o := range origins {
			if strings.HasPrefix(url, o+"/") || strings.HasPrefix(url, "ws"+strings.TrimPrefix(o, "http")+"/") {
				continue next
			}
		}
		others = append(others, url)
	}
	return len(l.urls), others
}

// kept is everything that a page can leave in the browser, as text; "" is nothing.
const kept = `(async () => [sessionStorage.length && 'session ' + Object.keys(sessionStorage), localStorage.length && 'local', document.cookie,
	(await indexedDB.databases()).length && 'databases', (await caches.keys()).length && 'caches',
	(await navigator.serviceWorker.getRegistrations()).length && 'workers'].filter(Boolean).join())()`

func (p page) cookies() int {
	p.t.Helper()
	return len(call(p, storage.GetCookies, storage.GetCookiesParams{}).Cookies)
}

// TestLeavesNoTrace: load, open, chat and leave ask nobody but us; nothing is in the browser before the first message or after leaving; the old
// token is refused; Back shows nothing. In the frame on a clinic's page and on the chat's own page.
func TestLeavesNoTrace(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	demo := strings.TrimSuffix(g.server.demo, "/demo")
	for _, c := range []struct {
		name, window, lang string
		framed, keys       bool
	}{{"frame, button, phone, English", "phone", "en", true, false}, {"frame, Shift three times, desktop, Spanish", "desktop", "es", true, true},
		{"page, Shift three times, phone, Spanish", "phone", "es", false, true}, {"page, button, desktop, English", "desktop", "en", false, false}} {
		t.Run(c.name, func(t *testing.T) {
			tab := fresh(t, browser, c.window)
			seen := &log{}
			tab.watch(seen)
			start := g.origin + "/chat?lang=" + c.lang
			if c.framed {
				start = demo + "/demo?lang=" + c.lang
			}
			open := func() page {
				tab.run("opening", chromedp.Navigate(start))
				chat := tab
				if c.framed {
					tab.until("the launcher", "customElements.get('clinic-chat') && document.querySelector('clinic-chat')")
					if got := tab.eval("performance.getEntriesByType('resource').filter(e => e.name.includes('/chat')).length"); got != "0" {
						t.Errorf("%s parts of the chat are loaded before it is opened", got)
					}
					tab.eval("document.querySelector('clinic-chat').toggle()")
					chat = tab.frame(g.origin)
					chat.watch(seen)
				}
				chat.until("connected", connected)
				return chat
			}
			tab.run("the page before", chromedp.Navigate(demo+"/healthz"))
			chat := open()
			if got := chat.await(kept) + tab.await(kept); got != "" || tab.cookies() != 0 {
				t.Errorf("before the first message there is %q", got)
			}
			chat.write("what is MAT")
			chat.until("an answer", "document.querySelector('article.card')")
			if got := chat.await(kept); got != "session chat" {
				t.Errorf("after the first message there is %q", got)
			}
			if c.framed {
				if got := tab.await(kept); got != "" {
					t.Errorf("on the clinic's page there is %q", got)
				}
			}
			token := chat.eval("JSON.parse(sessionStorage.getItem('chat')).token")
			if status(t, g.origin, token) != http.StatusOK {
				t.Fatal("the token is refused before leaving")
			}
			if c.keys {
				for range 3 {
					chat.press("Shift", 16)
				}
			} else {
				chat.eval("document.querySelector('#leave').click()")
			}
			tab.until("the neutral page", "location.href === "+quote(neutral)+" && document.readyState === 'complete'")
			if got := status(t, g.origin, token); got != http.StatusNotFound {
				t.Errorf("the old token gets %d", got)
			}
			tab.eval("history.back()")
			tab.until("the page before the chat, and nothing of the chat", "(location.pathname + document.documentElement.innerText).trim() === '/healthzok'")
			all, others := seen.foreign(g.origin, demo)
			if len(others) > 0 || all < 6 {
				t.Errorf("%d requests, these to others: %v", all, others)
			}
			chat = open()
			if got := chat.await(kept) + tab.await(kept); got != "" || tab.cookies() != 0 {
				t.Errorf("after leaving there is %q", got)
			}
			if got := chat.eval("document.querySelectorAll('#log > *').length + document.title"); got != "0Chat" {
				t.Errorf("after leaving the log holds %s", got)
			}
			t.Logf("%d requests, all to our own origins but the last, which is the neutral page", all)
		})
	}

	t.Run("without script", func(t *testing.T) {
		tab := fresh(t, browser, "phone")
		seen := &log{}
		tab.watch(seen)
		call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		tab.run("opening", chromedp.Navigate(demo+"/healthz"), chromedp.Navigate(g.origin+"/chat/plain?lang=en"))
		tab.fill("#text", "what is MAT")
		tab.until("an answer", "document.querySelector('article.card')")
		if got := tab.eval("sessionStorage.length + localStorage.length + document.cookie"); got != "0" || tab.cookies() != 0 {
			t.Errorf("there is %s", got)
		}
		token := tab.eval("document.querySelector('[name=token]').value")
		tab.tap("Leave now")
		tab.until("the neutral page", "location.href === "+quote(neutral))
		if got := status(t, g.origin, token); got != http.StatusNotFound {
			t.Errorf("the old token gets %d", got)
		}
		tab.eval("history.back()") // the browser refuses: it would have to send the form again
		tab.until("something else", "location.href !== "+quote(neutral)+" && document.readyState === 'complete'")
		if got := tab.eval("document.documentElement.innerText"); strings.Contains(got, "MAT") || strings.Contains(got, "medication") {
			t.Errorf("Back shows %q", got)
		}
		if all, others := seen.foreign(g.origin, demo); len(others) > 0 {
			t.Errorf("%d requests, these to others: %v", all, others)
		}
	})
}

// status asks the server for a conversation with a token.
func status(t *testing.T, origin, token string) int {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, origin+"/chat/poll?after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}
