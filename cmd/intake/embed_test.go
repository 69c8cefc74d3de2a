package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// TestWidgetOnSites puts the launcher on pages of a clinic with a strict policy of their own.
func TestWidgetOnSites(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	pages := http.NewServeMux()
	clinic := httptest.NewServer(pages)
	t.Cleanup(clinic.Close)
	site := strings.Replace(clinic.URL, "127.0.0.1", "localhost", 1) // another site than the chat's, as in life
	g := startGate(t, "-sites", site)
	serve := func(path, lang, body string) {
		pages.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src "+g.origin+"; frame-src "+g.origin+"; require-trusted-types-for 'script'")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, "<!doctype html><html lang=%q><title>Clinic</title><main><h1>Clinic</h1><a href=\"/two\">two</a></main>%s", lang, body)
		})
	}
	tag := `<script src="` + g.origin + `/embed.js" async %s></script>`
	serve("/one", "en", fmt.Sprintf(tag, ""))
	serve("/two", "en", fmt.Sprintf(tag, ""))
	serve("/spanish", "es-PR", fmt.Sprintf(tag, `data-side="left" data-topic="group-therapy-what-is-it"`))
	serve("/element", "en", `<clinic-chat data-lang="es" data-side="left"></clinic-chat>`+fmt.Sprintf(tag, `data-lang="en"`))
	serve("/open", "en", fmt.Sprintf(tag, `data-open="true"`))

	seen := &log{}
	p := fresh(t, browser, "desktop")
	if err := chromedp.Listen(p.ctx, func(ev any) {
		if e, ok := ev.(*runtime.EventBindingCalled); ok {
			seen.add(e.Payload)
		}
	}); err != nil {
		t.Fatal(err)
	}
	call(p, runtime.AddBinding, runtime.AddBindingParams{Name: "report"})
	call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: spy +
		`for (const n of ['open', 'close', 'leave']) addEventListener('clinic-chat:' + n, (e) => { window.events = (window.events || '') + n + (e.target.isOpen ? '+' : '-'); });`})
	load := func(path string) {
		p.run(path, chromedp.Navigate(site+path))
		p.until("the launcher", "customElements.get('clinic-chat') && document.querySelector('clinic-chat')")
	}

	load("/one")
	if got := p.eval("performance.getEntriesByType('resource').map(e => new URL(e.name).pathname).join()"); got != "/embed.js" {
		t.Errorf("before it is opened the page loads %s", got)
	}
	p.eval("document.querySelector('clinic-chat').open()")
	chat := p.frame(g.origin)
	chat.until("connected", connected)
	chat.write("what is MAT")
	chat.until("an answer", "document.querySelector('article.card')")
	p.eval("document.querySelector('clinic-chat').close()")
	if got := p.eval("events + document.querySelector('clinic-chat').isOpen"); got != "open+close-false" {
		t.Errorf("the events are %s", got)
	}
	load("/two")
	p.eval("document.querySelector('clinic-chat').toggle()")
	chat = p.frame(g.origin)
	chat.until("the same conversation on another page of the site", "[...document.querySelectorAll('.mine .words')].map(e => e.textContent).join() === 'what is MAT' && document.querySelectorAll('article.card').length === 1")

	load("/spanish")
	p.eval("document.querySelector('clinic-chat').toggle()")
	chat = p.frame(g.origin)
	chat.until("Spanish, with the same conversation", "document.documentElement.lang && document.querySelectorAll('article.card').length === 1")
	if got := p.eval("document.querySelector('clinic-chat').className"); !strings.Contains(got, "left") {
		t.Errorf("the button does not stand at the left: %q", got)
	}

	p.run("away", chromedp.Navigate("about:blank")) // its frame is not to be taken for the next one
	q := fresh(t, browser, "desktop")
	q.run("/element", chromedp.Navigate(site+"/element"))
	q.until("the launcher", "customElements.get('clinic-chat')")
	q.eval("document.querySelector('clinic-chat').open('medicare-accepted')")
	chat = q.frame(g.origin)
	chat.until("connected", connected)
	if got := q.eval("document.querySelectorAll('clinic-chat').length + document.querySelector('clinic-chat').lang"); got != "1es" {
		t.Errorf("the page's own element is not taken: %s", got)
	}
	chat.until("the question that was brought along", "!document.querySelector('#topic').hidden && document.querySelector('#topic').innerText.includes('Medicare') && document.documentElement.lang === 'es'")
	if got := chat.await(kept); got != "" {
		t.Errorf("before it is tapped there is %q", got)
	}
	chat.eval("document.querySelector('#topic').click()")
	chat.until("its answer", topicShown("medicare-accepted", spanish))

	for window, want := range map[string]string{"desktop": "true", "phone": "false"} {
		r := fresh(t, browser, window)
		r.run("/open", chromedp.Navigate(site+"/open"))
		r.until("the launcher", "customElements.get('clinic-chat')")
		if got := r.eval("document.querySelector('clinic-chat').isOpen"); got != want {
			t.Errorf("on a %s the chat opens by itself: %s", window, got)
		}
		if got := r.eval("document.activeElement.localName"); got != "body" {
			t.Errorf("it takes the focus: %s", got)
		}
	}
	// Where the chat does not come, the launcher offers the page that needs no script.
	last := fresh(t, browser, "phone")
	last.run("/spanish", chromedp.Navigate(site+"/spanish"))
	last.until("the launcher", "customElements.get('clinic-chat')")
	g.closed.Store(true)
	g.cut()
	last.eval("document.querySelector('clinic-chat').open()")
	found := false
	for deadline := time.Now().Add(time.Minute); !found && time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		for _, n := range last.tree().nodes {
			found = found || n.role == "link" && n.name == "Abrir el chat como página sencilla"
		}
	}
	if !found {
		t.Error("no link to the page without script where the chat does not come")
	}
	last.shot("fallback")
	if len(seen.urls) > 0 {
		t.Errorf("on a page with a strict policy this happened: %v", seen.urls)
	}
}

// TestWidgetTools: the menu, reading aloud, erasing, a line that is not taken, small windows.
func TestWidgetTools(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)

	t.Run("reading aloud", func(t *testing.T) {
		p := fresh(t, browser, "phone")
		// The machine that tests has no voices: these are the browser's side, one of the device and one of a company.
		call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: `
			window.voices = [{name: 'far', lang: 'en-US', localService: false}, {name: 'near', lang: 'es-US', localService: true}, {name: 'fern', lang: 'es-US', localService: false}];
			speechSynthesis.getVoices = () => window.voices;
			speechSynthesis.speak = (u) => { window.spoken = u.chosen + ': ' + u.text; };
			window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } set voice(v) { this.chosen = v.name; } };`})
		p.visit(g.origin + "/chat?lang=en")
		p.write("what is MAT")
		p.until("an answer", "document.querySelector('article.card')")
		if got := p.eval("getComputedStyle(document.querySelector('.speak')).display"); got != "none" {
			t.Error("reading aloud is offered with no voice of the device's own")
		}
		p.eval("document.querySelector('#language').click()")
		p.until("Spanish", "document.querySelector('.line:last-child').lang === 'es'")
		p.write("qué es la terapia de grupo")
		p.until("an answer", "document.querySelectorAll('article.card').length === 2")
		p.eval("[...document.querySelectorAll('.speak')].at(-1).click()")
		if got := p.eval("window.spoken"); !strings.HasPrefix(got, "near: ") || !strings.Contains(got, p.eval("[...document.querySelectorAll('article.card h2')].at(-1).innerText")) {
			t.Errorf("read aloud was %q", got)
		}
	})

	t.Run("erasing with the request", func(t *testing.T) {
		p := fresh(t, browser, "phone")
		p.visit(g.origin + "/chat?lang=en")
		p.write("can I talk to a person")
		p.until("a request", "document.querySelectorAll('.line').length")
		token := p.eval("JSON.parse(sessionStorage.getItem('chat')).token")
		p.eval("document.querySelector('#more').click()")
		p.tap("End and erase")
		p.tap("Erase the chat. Do not call me.")
		p.until("the code", `/^(....-){2}....$/.test(document.querySelector('#cover code')?.textContent || '')`)
		if got := p.await(kept); got != "" || status(t, g.origin, token) != http.StatusNotFound {
			t.Errorf("after erasing there is %q, and the token gets %d", got, status(t, g.origin, token))
		}
		if got := p.eval("document.querySelectorAll('#log > *').length"); got != "0" {
			t.Errorf("%s lines are still on the page", got)
		}
		p.tap("Start a new chat")
		p.until("connected again", connected)
		p.write("what is MAT")
		p.until("a new conversation", "document.querySelectorAll('article.card').length === 1 && document.querySelectorAll('.mine').length === 1")
		if again := p.eval("JSON.parse(sessionStorage.getItem('chat')).token"); again == token || again == "" {
			t.Error("the new conversation has the old token")
		}
	})

	t.Run("a line that is not taken", func(t *testing.T) {
		p := fresh(t, browser, "phone")
		p.visit(g.origin + "/chat?lang=en")
		p.eval("document.querySelector('#message').value = 'x'.repeat(2001); document.querySelector('#composer').requestSubmit()")
		p.see(".remark", "too long")
		p.until("that it is in the field again, and nowhere else", "document.querySelector('#message').value.length === 2001 && !document.querySelector('.mine')")
		p.eval("document.querySelector('#message').value = ''")
		p.write("what is MAT")
		p.until("the next one is answered", "document.querySelector('article.card')")
		p.submitAll(slices.Repeat([]string{"thanks"}, 40)) // more than one conversation may send at once
		p.until("that some were not sent", "[...document.querySelectorAll('.mine .meta')].some(e => e.innerText.includes('Not sent.')) && document.querySelectorAll('.remark').length")
		p.see(".mine .meta button", "Try again")
		p.until("that one of them is sent after all", `(() => {
			const all = document.querySelectorAll('.mine .warn').length;
			window.most ??= all;
			const again = document.querySelector('.mine .meta button');
			if (again) again.click();
			return all < window.most;
		})()`)
	})

	t.Run("small windows and large text", func(t *testing.T) {
		for _, size := range [][2]int64{{320, 568}, {320, 256}, {360, 740}} {
			p := fresh(t, browser, "phone")
			p.run("a window", chromedp.EmulateViewport(size[0], size[1]))
			for _, path := range []string{"/chat?lang=es", "/chat/plain?lang=es"} {
				p.run(path, chromedp.Navigate(g.origin+path))
				p.until("ready", "document.querySelector('.panel.on, .plain')")
				if strings.HasPrefix(path, "/chat?") {
					p.until("connected", connected)
					p.write("quiero una cita")
					p.until("a step", "document.querySelector('form.step')")
					for range 3 { // up to 150 %
						p.eval("document.querySelector('#more').click(); document.querySelector('#menu button').click(); document.querySelector('#more').click()")
					}
					if got := p.eval("document.documentElement.style.fontSize"); got != "150%" {
						t.Errorf("the text has %s", got)
					}
				}
				if got := p.eval(`[document.documentElement, ...document.querySelectorAll('.log, main')].filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth).map(e => e.id || e.localName).join()`); got != "" {
					t.Errorf("%v %s: %s scrolls sideways", size, path, got)
				}
				if got := p.eval(`(() => { const r = document.querySelector('.leave').getBoundingClientRect(); return r.width > 40 && r.right <= innerWidth + 1 && r.top >= 0 && r.bottom <= innerHeight; })()`); got != "true" {
					t.Errorf("%v %s: leaving is not in sight", size, path)
				}
			}
		}
	})
}
