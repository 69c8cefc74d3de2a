package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// phone and desktop are the two windows that everything is tried in.
var windows = map[string][2]int64{"phone": {360, 740}, "desktop": {1280, 860}}

// fresh opens a tab that shares nothing with any other, in a window of a size.
func fresh(t *testing.T, browser context.Context, window string) page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := page{t: t, ctx: ctx}
	size := windows[window]
	scale := 1.0
	if os.Getenv("INTAKE_SHOTS") != "" { // sharp enough to be looked at
		scale = 2
	}
	p.run("a window", chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateScale(scale)))
	return p
}

// visit opens the chat page itself and waits for the connection.
func (p page) visit(address string) {
	p.t.Helper()
	p.run("opening "+address, chromedp.Navigate(address))
	p.until("connected", connected)
}

const connected = `document.querySelector('#connection') && /Connected|En línea/.test(document.querySelector('#connection').innerText)`

func call[P, R any](p page, c cdp.Command[P, R], params P) R {
	p.t.Helper()
	var got R
	p.run(c.Method, chromedp.Func(func(ctx context.Context, at *chromedp.Target) error {
		var err error
		got, err = cdp.Call(ctx, at, c, params)
		return err
	}))
	return got
}

// press presses one key, as the keyboard does.
func (p page) press(key string, code int64) { p.t.Helper(); p.pressWith(key, code, 0) }

// pressWith presses a key while others are held: 8 is Shift.
func (p page) pressWith(key string, code, held int64) {
	p.t.Helper()
	q := page{t: p.t, ctx: p.keys()}
	text := map[string]string{"Enter": "\r", " ": " "}[key]
	call(q, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key, WindowsVirtualKeyCode: code, Text: text, Modifiers: held})
	call(q, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: key, Code: key, WindowsVirtualKeyCode: code, Modifiers: held})
}

// walk goes the whole road by typing and pressing, with something done before each step, and gives the reference code.
func (p page) walk(w roadWords, before func(step int)) string {
	p.t.Helper()
	n := 0
	do := func() {
		if before != nil {
			before(n)
		}
		n++
	}
	do()
	p.write(w.medicare)
	p.until("the entry on Medicare", topicShown("medicare-accepted", w))
	do()
	p.write(w.appointment)
	p.until("the first step", "document.querySelectorAll('form.step').length === 1")
	do()
	p.tap(w.forMe)
	p.tap(w.continueWord)
	p.until("the step for the name", stepShown(w.again))
	do()
	p.write(w.question)
	p.until("the question in between answered", topicShown("medicare-what-is-covered", w))
	do()
	p.write(w.name)
	p.until("the step after the name", stepShown(w.reach))
	do()
	p.write(w.phone)
	for _, step := range w.steps {
		p.until(step[0], stepShown(step[0]))
		do()
		p.tap(step[1])
		p.tap(w.continueWord)
	}
	p.see(".summary", w.summary)
	do()
	p.tap(w.send)
	p.see(".booked", w.sent)
	return p.text(".booked code")
}

// once fails unless every line of a visitor stands in the log exactly once.
func (p page) once(lines ...string) {
	p.t.Helper()
	for _, words := range lines {
		if n := p.eval(`[...document.querySelectorAll('.mine .words')].filter(e => e.textContent.trim() === ` + quote(words) + `).length`); n != "1" {
			p.t.Errorf("%q stands %s times in the conversation", words, n)
		}
	}
	if n := p.eval(`document.querySelectorAll('.booked').length`); n != "1" {
		p.t.Errorf("the request was confirmed %s times", n)
	}
	if n := p.eval(`document.querySelectorAll('.mine .warn').length`); n != "0" {
		p.t.Errorf("%s lines are said not to be sent", n)
	}
}

// TestEveryNetwork goes the whole road where websockets are blocked, where event streams are held back too, and through 20 cuts.
func TestEveryNetwork(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	for _, c := range []struct {
		name           string
		words          roadWords
		window         string
		noSocket, hold bool
		cut            bool
	}{
		{"sockets blocked, English, phone", english, "phone", true, false, false},
		{"sockets blocked, Spanish, desktop", spanish, "desktop", true, false, false},
		{"streams held too, English, desktop", english, "desktop", true, true, false},
		{"streams held too, Spanish, phone", spanish, "phone", true, true, false},
		{"20 cuts, socket, English, phone", english, "phone", false, false, true},
		{"20 cuts, socket, Spanish, desktop", spanish, "desktop", false, false, true},
		{"20 cuts, stream, Spanish, phone", spanish, "phone", true, false, true},
		{"20 cuts, polls, English, phone", english, "phone", true, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g.noSockets.Store(c.noSocket)
			g.holdStreams.Store(c.hold)
			defer g.noSockets.Store(false)
			defer g.holdStreams.Store(false)
			sockets, streams, polls, posts := g.sockets.Load(), g.streams.Load(), g.polls.Load(), g.posts.Load()
			p := fresh(t, browser, c.window)
			lang := "en"
			if c.words.path != "/demo" {
				lang = "es"
			}
			p.visit(g.origin + "/chat?lang=" + lang)
			random := rand.New(rand.NewPCG(7, 11))
			var cuts atomic.Int32 // that dropped a connection in use
			code := p.walk(c.words, func(int) {
				if !c.cut {
					return
				}
				// One falls before the message, one while it is on its way.
				back := func() {
					for i := 0; i < 400 && g.open() == 0; i++ { // a stream that has nothing to carry yet is not kept open
						time.Sleep(5 * time.Millisecond)
					}
					p.until("connected", connected)
				}
				back()
				cuts.Add(int32(min(1, g.cut())))
				back()
				time.AfterFunc(time.Duration(random.IntN(50))*time.Millisecond, func() { cuts.Add(int32(min(1, g.cut()))) })
			})
			if c.cut && cuts.Load() < 20 {
				t.Errorf("only %d cuts", cuts.Load())
			}
			p.once(append(c.words.answersTyped(), c.words.medicare, c.words.appointment, c.words.question)...)
			// What is on the screen is what is stored: a second page with the same token shows the same.
			before := p.eval(allLines)
			p.run("loading again", chromedp.Reload())
			p.see(".booked", code)
			p.until("the whole conversation again", allLines+" === "+quoteJS(before))
			s, e, l, a := g.sockets.Load()-sockets, g.streams.Load()-streams, g.polls.Load()-polls, g.posts.Load()-posts
			switch {
			case c.noSocket && s != 0, c.hold && e != 0, !c.noSocket && s == 0, c.noSocket && a == 0, c.noSocket && !c.hold && e == 0, c.hold && l == 0:
				t.Errorf("%d sockets, %d streams, %d polls, %d posts were let through", s, e, l, a)
			}
			t.Logf("%d cuts; %d sockets, %d streams, %d polls, %d posts", cuts.Load(), s, e, l, a)
		})
	}
}

// allLines is everything that was said, in order.
const allLines = `JSON.stringify([...document.querySelectorAll('#log .mine .words, #log .line h2, #log .line .bubble')].map(e => e.textContent.trim()))`

func quoteJS(s string) string { return fmt.Sprintf("%q", s) }

// answersTyped are the answers that were typed, so that they stand in the log in these words.
func (w roadWords) answersTyped() []string { return []string{w.name, w.phone} }

// TestOffline: what is written without a signal waits, says so, and is sent once when there is one again.
func TestOffline(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t, "-clinic", "../../knowledge/clinic/testdata/full")
	p := fresh(t, browser, "phone")
	p.visit(g.origin + "/chat?lang=es")
	p.shot("hours") // a clinic whose hours are known
	p.visit(g.origin + "/chat?lang=en")
	p.write("what is MAT")
	p.until("an answer", "document.querySelectorAll('article.card').length === 1")
	g.closed.Store(true)
	g.cut()
	p.until("that it is noticed", "!("+connected+")")
	p.write("do you take Medicare?")
	p.write("what is group therapy?")
	p.see(".mine .meta", "Waiting to send")
	p.until("the state in words", "document.querySelector('#state').innerText.includes('We keep trying')")
	if got := p.eval("document.querySelector('#state a').href"); !strings.HasPrefix(got, "tel:+1") {
		t.Errorf("without a signal the phone number is %q", got)
	}
	p.eval("document.querySelector('#more').click()")
	if got := p.eval("document.querySelector('#menu a').href + document.activeElement.localName"); !strings.HasPrefix(got, "tel:+1") || !strings.HasSuffix(got, "a") {
		t.Errorf("in the menu the phone number is %q", got)
	}
	p.shot("menu-offline")
	p.press("Escape", 27)
	g.closed.Store(false)
	p.until("both answered", "document.querySelectorAll('article.card').length === 3")
	p.until("nothing waits", "![...document.querySelectorAll('.mine .meta')].some(e => e.textContent)")
	for _, words := range []string{"what is MAT", "do you take Medicare?", "what is group therapy?"} {
		if n := p.eval(`[...document.querySelectorAll('.mine .words')].filter(e => e.textContent === ` + quote(words) + `).length`); n != "1" {
			t.Errorf("%q stands %s times", words, n)
		}
	}
	if got := p.eval(`[...document.querySelectorAll('.mine .words')].map(e => e.textContent).join()`); got != "what is MAT,do you take Medicare?,what is group therapy?" {
		t.Errorf("the order is %s", got)
	}
}

// TestScriptOff goes the whole road by forms in a browser without script.
func TestScriptOff(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	for window := range windows {
		for _, w := range []roadWords{english, spanish} {
			lang := "en"
			if w.path != "/demo" {
				lang = "es"
			}
			t.Run(lang+"-"+window, func(t *testing.T) {
				p := fresh(t, browser, window)
				call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
				p.run("the demo page", chromedp.Navigate(g.server.demo+"?lang="+lang))
				p.follow("noscript a")
				p.until("the plain page", "location.pathname === '/chat/plain'")
				if got := p.eval(`document.documentElement.lang`); got != lang {
					t.Errorf("the page is in %q", got)
				}
				p.shot("plain-opening")
				p.fill("#text", w.medicare)
				p.until("the answer", topicShown("medicare-accepted", w))
				p.shot("plain-answer")
				p.fill("#text", w.appointment)
				p.submit(w.forMe, w.continueWord)
				p.until("the name", stepShown(w.again))
				p.fill("#own", w.question) // a question in the middle
				p.until("answered", topicShown("medicare-what-is-covered", w))
				p.until("and asked again", stepShown(w.again))
				p.shot("plain-step")
				p.fill("#own", w.name)
				p.until("the number", stepShown(w.reach))
				p.fill("#own", w.phone)
				for _, step := range w.steps {
					p.until(step[0], stepShown(step[0]))
					p.submit(step[1], w.continueWord)
				}
				p.see(".summary", w.summary)
				p.see(".summary", w.saved)
				p.shot("plain-summary")
				p.submit("", w.send)
				p.see(".booked", w.sent)
				p.shot("plain-booked")
				code := p.text(".booked code")
				// The same form once more changes nothing.
				p.run("loading again", chromedp.Reload())
				p.see(".booked", code)
				if n := p.eval(`document.querySelectorAll('.booked').length`); n != "1" {
					t.Errorf("confirmed %s times", n)
				}
				if lang == "es" {
					p.fill("#text", "mi hijo no respira y está morado")
				} else {
					p.fill("#text", "my friend is blue and wont wake up")
				}
				p.until("the emergency card", "document.querySelector('.sos-card .do li svg path') && document.querySelector('.sos-card .call').href === 'tel:911'")
				p.shot("plain-emergency")
				if got := p.eval("location.href"); got != g.origin+"/chat/plain" {
					t.Errorf("the address is %s", got)
				}
			})
		}
	}
}

// follow clicks a link.
func (p page) follow(selector string) {
	p.t.Helper()
	p.run("following "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// fill writes into a field and sends its form with Enter, or with its button where the field takes line breaks.
func (p page) fill(selector, words string) {
	p.t.Helper()
	p.until(selector, "document.querySelector("+quote(selector)+")")
	p.eval("document.querySelector(" + quote(selector) + ").value = ''") // what was not understood stands there to be mended
	p.run("writing "+words, chromedp.SendKeys(chromedp.CSS(selector), words))
	if selector == "#text" {
		p.run("sending", chromedp.Click(chromedp.CSS("form:has(#text) button")))
		return
	}
	p.press("Enter", 13)
}

// submit chooses an answer and presses a button of a page without script.
func (p page) submit(answer, button string) {
	p.t.Helper()
	if answer != "" {
		p.until(answer, `[...document.querySelectorAll('label.choice')].some(e => e.innerText.trim().startsWith(`+quote(answer)+`) && (e.scrollIntoView({block: 'center'}), e.click(), true))`)
	}
	p.until(button, `[...document.querySelectorAll('main button')].some(e => e.innerText.trim().startsWith(`+quote(button)+`) && (e.click(), true))`)
}
