package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// stateWords are what brings every state about.
type stateWords struct {
	lang, question, unsure, near, unknown, suicide, overdose, doubt, violence, alone, medical, appointment, name, bad, times string
	live                                                                                                                     liveWords
}

var stateWordsOf = []stateWords{
	{"en", "do you take Medicare?", "group", "test", "who won the game last night", "i want to kill myself", "my friend is blue and wont wake up", "i give up. nothing matters",
		"he hits me and reads my phone", "im about to use alone right now", "i have chest pain and i can't breathe", "i want an appointment", "Red", "508 555", "after 5, never at home", liveEnglish},
	{"es", "¿aceptan Medicare?", "grupo", "dinero", "quién ganó el partido anoche", "ya no quiero vivir", "mi hijo no respira y está morado", "ya no aguanto más",
		"mi pareja me pega", "voy a usar a solas ahora", "me duele el pecho y no puedo respirar", "quiero una cita", "Doña Carmen", "508 555", "después de las 5, nunca a la casa", liveSpanish},
}

// axe gives the source of axe-core, which .ci/run installs from npm into a temporary folder. Without it the test is skipped, but not in CI.
func axe(t *testing.T) string {
	t.Helper()
	path := os.Getenv("INTAKE_AXE")
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set INTAKE_AXE to the axe.min.js of the npm package axe-core: .ci/run does")
		}
		if os.Getenv("INTAKE_SHOTS") == "" {
			t.Skip("set INTAKE_AXE to the axe.min.js of the npm package axe-core to check every state, or INTAKE_SHOTS to a folder to take pictures of every state")
		}
		return ""
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("reading axe-core: %v", err)
	}
	return string(source)
}

// audit fails for each violation that axe-core finds in the page as it is.
func (p page) audit(state, source string) {
	p.t.Helper()
	if source == "" {
		return
	}
	if p.eval("typeof axe") != "object" {
		p.eval(source + "; 0")
	}
	found := p.await(`axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, nodes: v.nodes.slice(0, 3).map(n => n.target.join(' ') + ': ' + n.failureSummary)})), null, 1))`)
	if found != "[]" {
		p.t.Errorf("%s: %s", state, found)
	}
}

// await runs a script and waits for the promise that it gives.
func (p page) await(script string) string {
	p.t.Helper()
	got := call(p, runtime.Evaluate, runtime.EvaluateParams{Expression: script, AwaitPromise: new(true), ReturnByValue: new(true)})
	if got.ExceptionDetails != nil {
		p.t.Errorf("script error: %v", got.ExceptionDetails.Text)
	}
	var text string
	_ = json.Unmarshal([]byte(got.Result.Value), &text) // "" for what is no text
	return text
}

// scheme sets light or dark, or the high-contrast colours of the system.
func (p page) scheme(name string) {
	p.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}
	if name == "forced" {
		features = []*emulation.MediaFeature{{Name: "forced-colors", Value: "active"}}
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
}

// TestEveryState goes through every state of widget, pages without script and demonstration page, in both languages, light and dark. axe-core
// finds nothing in any; where INTAKE_SHOTS names a folder, it takes a picture of each, also on a desktop and in forced colours.
func TestEveryState(t *testing.T) {
	t.Parallel()
	source := axe(t)
	browser := newBrowser(t)
	g := startGate(t)
	console := fresh(t, browser, "desktop")
	setUpStaff(console, g.server.setup)
	schemes, sizes := []string{"light", "dark"}, []string{"phone"}
	if os.Getenv("INTAKE_SHOTS") != "" {
		schemes, sizes = append(schemes, "forced"), append(sizes, "desktop")
	}
	for _, w := range stateWordsOf {
		for _, size := range sizes {
			for _, scheme := range schemes {
				t.Run(w.lang+"-"+size+"-"+scheme, func(t *testing.T) {
					p := fresh(t, browser, size)
					p.scheme(scheme)
					s := states{page: p, gate: g, console: page{t: t, ctx: console.ctx}, words: w, axe: source, scheme: scheme}
					s.widget()
					s.live()
					s.plain()
					s.demo()
					t.Logf("%d states", s.n)
				})
			}
		}
	}
}

// states walks one window through everything.
type states struct {
	page
	gate    *gate
	console page // of somebody at the clinic
	words   stateWords
	axe     string
	scheme  string
	n       int
}

func (s *states) state(name string) {
	s.t.Helper()
	s.n++
	s.await("new Promise(r => setTimeout(r, 60))")
	if os.Getenv("INTAKE_SHOTS") != "" {
		s.await("new Promise(r => setTimeout(r, 300))")
		s.shot(fmt.Sprintf("%02d-%s", s.n, name))
	}
	// Everything that is tapped is 44 px high or more; links within a sentence are as high as their line allows.
	if small := s.eval(`[...document.querySelectorAll('button, a, summary, label.choice, input.field, textarea')].filter(e => {
		const r = e.getBoundingClientRect();
		return r.width && !e.closest('.host') && getComputedStyle(e).visibility !== 'hidden' && r.height < 43.5 && !e.matches('p a, p button, .src a');
	}).map(e => e.className + ' ' + e.innerText.slice(0, 20) + ' ' + Math.round(e.getBoundingClientRect().height)).join('; ')`); small != "" {
		s.t.Errorf("%s: too small to tap: %s", name, small)
	}
	if s.scheme != "forced" { // system colours are not ours to check
		s.audit(name, s.axe)
	}
}

func (s *states) open(query string) {
	s.t.Helper()
	s.run("a page of ours without the widget, which would go on writing", chromedp.Navigate(s.gate.origin+"/healthz"))
	s.eval("sessionStorage.clear()")
	s.visit(s.gate.origin + "/chat?lang=" + s.words.lang + query)
}

func (s *states) says(text, then string) {
	s.t.Helper()
	s.write(text)
	s.until(then, "document.querySelector("+quote(then)+")")
}

func (s *states) widget() {
	w := s.words
	s.open("")
	s.state("opening")
	s.open("&topic=withdrawal-what-to-expect")
	s.state("opening-topic")
	s.says(w.question, "article.card")
	s.until("the tip", "!document.querySelector('#tip').hidden || document.querySelectorAll('article.card').length")
	s.state("answer")
	s.says(w.unknown, ".pick")
	s.state("decline")
	s.write(w.near)
	s.until("what comes near", "document.querySelectorAll('.pick').length === 2 && document.querySelectorAll('.pick')[1].querySelector('.topics')")
	s.state("decline-near")
	s.write(w.unsure)
	s.until("what to choose from", "document.querySelectorAll('.pick').length === 3 && document.querySelectorAll('.pick')[2].querySelector('.said')")
	s.state("choose")
	s.eval("document.querySelector('#more').click()")
	s.state("menu")
	s.eval("document.querySelector('#menu .last').click()")
	s.until("the question", "document.querySelector('#cover .btn')")
	s.state("erase")
	s.eval("document.querySelector('#cover .btn').click()")
	s.until("the code", "document.querySelector('#cover code')")
	s.state("erased")

	for _, danger := range []struct{ name, text string }{
		{"suicide", w.suicide}, {"violence", w.violence}, {"alone", w.alone}, {"medical", w.medical}, {"overdose", w.overdose}, {"doubt", w.doubt},
	} {
		s.open("")
		s.says(danger.text, ".sos-card")
		s.state(danger.name)
		if danger.name == "overdose" { // what was asked is answered, and the card stays one tap away
			s.says(w.question, "article.card")
			s.until("the way back to the card", "!document.querySelector('#pinned').hidden")
			s.state("pinned")
		}
	}
	s.says(w.question, "article.card")
	s.state("after-danger")

	s.open("")
	s.says(w.appointment, "form.step")
	s.state("step-1")
	for i, answer := range []string{"", w.name, w.bad, "508 555 0143", w.times, "", "", "", "medicare"} {
		before := s.eval("document.querySelectorAll('form.step').length + '/' + document.querySelectorAll('.summary').length")
		if answer == "" {
			s.eval("[...document.querySelectorAll('form.step')].at(-1).querySelector('.choice').click()")
			s.eval("[...document.querySelectorAll('form.step')].at(-1).requestSubmit()")
		} else {
			s.write(answer)
		}
		s.until("the next step", "(document.querySelectorAll('form.step').length + '/' + document.querySelectorAll('.summary').length) !== "+quote(before))
		s.state("step-" + strconv.Itoa(i+2))
	}
	s.until("the summary", "document.querySelector('.summary')")
	s.eval("[...document.querySelectorAll('.summary .btn.go')].at(-1).click()")
	s.until("booked", "document.querySelector('.booked')")
	s.state("confirmed")
	s.eval("document.querySelector('#more').click(); document.querySelector('#menu .last').click()")
	s.until("the question", "document.querySelectorAll('#cover .btn').length === 3")
	s.state("erase-with-request")
	s.eval("[...document.querySelectorAll('#cover .btn')].at(-1).click()")
	s.eval("(() => { document.querySelector('#more').click(); for (let i = 0; i < 3; i++) document.querySelector('#menu button').click(); document.querySelector('#more').click(); })()")
	s.state("confirmed-large")
	s.eval("(() => { document.querySelector('#more').click(); document.querySelector('#menu button').click(); document.querySelector('#more').click(); })()")
	s.eval("(() => { const now = Date.now; Date.now = () => now() + 11 * 60000; })()")
	s.until("the lock", "document.querySelector('.covered #cover .btn')")
	s.state("idle")
	s.eval("document.querySelector('#cover .btn').click()")
	s.eval("document.querySelector('#message').value = 'x'.repeat(2001); document.querySelector('#composer').requestSubmit()")
	s.until("that it was not sent and is in the field again", "document.querySelector('.remark') && document.querySelector('#message').value.length === 2001")
	s.state("too-long")
	s.submitAll(slices.Repeat([]string{w.live.thanks}, 40)) // more than one conversation may send at once
	s.until("that some were not sent", "document.querySelector('.mine .warn')")
	s.state("failed")
	s.gate.closed.Store(true)
	s.gate.cut()
	s.until("that it is noticed", "!("+connected+")")
	s.write(w.question)
	s.until("that it waits", "document.querySelector('.mine .meta svg') && document.querySelector('#state').firstChild")
	s.state("offline")
	s.gate.closed.Store(false)
}

// live is what a visitor sees of a person: there, called, talking, typing, gone again.
func (s *states) live() {
	w := s.words.live
	s.console.run("the worklist", chromedp.Navigate(s.gate.origin+"/staff/"))
	s.console.tap("Not available")
	s.console.see(".here", "Available")
	s.open("")
	s.see("#people", w.here)
	s.state("people")
	s.eval("document.querySelector('[data-choice=person]').click()")
	s.see("#log", w.asking)
	s.see("#typing", w.calling)
	s.state("ringing")
	s.console.see("#ring", "A visitor asks for a person")
	s.console.tap("Accept")
	s.console.until("the chat's page", `location.pathname.startsWith("/staff/live/") && !!document.getElementById("write")`)
	s.see(".around", w.joined)
	s.console.run("writing", chromedp.SendKeys(chromedp.CSS("#text"), w.hello+"\r"))
	s.see(".bubble.staff", w.hello)
	s.write(w.thanks)
	s.console.see("#lines", w.thanks)
	for range 40 { // the console says it once in two seconds
		s.console.run("typing", chromedp.SendKeys(chromedp.CSS("#text"), "a"))
		s.await("new Promise(r => setTimeout(r, 250))")
		if s.text("#typing") != "" {
			break
		}
	}
	s.see("#typing", w.typing)
	s.state("live")
	s.console.tap("Hand back to the program")
	s.see(".around", w.again)
	s.state("live-over")
	s.console.until("the request's page", `location.pathname.startsWith("/staff/requests/") && document.readyState === 'complete'`)
	s.console.tap("Available")
	s.console.see(".here", "Not available")
}

func (s *states) plain() {
	w := s.words
	open := func(query string) {
		s.run("the plain page", chromedp.Navigate(s.gate.origin+"/chat/plain?lang="+w.lang+query))
	}
	send := func(selector, words, then string) {
		s.t.Helper()
		s.fill(selector, words)
		s.until(then, "document.querySelector("+quote(then)+")")
	}
	open("")
	s.state("plain-opening")
	open("&topic=withdrawal-what-to-expect")
	s.state("plain-topic")
	send("#text", w.question, "article.card")
	s.state("plain-answer")
	send("#text", w.unknown, ".pick")
	s.state("plain-decline")
	s.run("nothing", chromedp.Click(chromedp.CSS("form:has(#text) button")))
	s.until("the problem", "document.readyState === 'complete' && document.querySelector('form:has(#text) .problem')")
	s.until("that one can mend it at once", "document.activeElement.id === 'text'")
	s.state("plain-problem")
	send("#text", w.overdose, ".sos-card")
	s.state("plain-overdose")
	open("")
	send("#text", w.suicide, ".sos-card")
	s.state("plain-suicide")
	open("")
	send("#text", w.doubt, ".sos-card")
	s.state("plain-doubt")
	open("")
	send("#text", w.appointment, "form.step")
	s.state("plain-step-1")
	s.submit(map[string]string{"en": "For me", "es": "Para mí"}[w.lang], map[string]string{"en": "Continue", "es": "Seguir"}[w.lang])
	send("#own", w.name, "[inputmode=tel]")
	send("#own", w.bad, "form.step .problem")
	s.state("plain-step-problem")
	send("#own", "508 555 0143", "form.step .got")
	s.state("plain-step-choices")
	for i := 0; i < 9 && s.eval("!!document.querySelector('.summary')") != "true"; i++ {
		before := s.text("legend")
		s.eval("document.querySelector('form.step button[value=skip]').click()")
		s.until("the next step", "document.readyState === 'complete' && (document.querySelector('legend')?.innerText || '') !== "+quote(before))
	}
	s.state("plain-summary")
	s.eval("document.querySelector('.summary .btn.go').click()")
	s.until("booked", "document.querySelector('.booked')")
	s.state("plain-confirmed")
	s.eval("document.querySelector('.ending button').click()")
	s.until("the question", "document.querySelectorAll('button[name=withdraw]').length === 2")
	s.state("plain-erase")
	s.eval("document.querySelector('button[name=withdraw][value=no]').click()")
	s.until("erased", "document.querySelectorAll('.codebox').length === 2")
	s.state("plain-erased")
}

func (s *states) demo() {
	s.run("the demo page", chromedp.Navigate(s.gate.server.demo+"?lang="+s.words.lang))
	s.until("the launcher", "document.querySelector('clinic-chat') && customElements.get('clinic-chat')")
	s.state("demo")
	s.eval("document.querySelector('clinic-chat').open()")
	s.until("open", "document.querySelector('clinic-chat').isOpen")
	s.await("new Promise(r => setTimeout(r, 600))")
	if s.scheme == "forced" { // which a frame of another origin does not take over from the page
		s.frame(s.gate.origin).scheme(s.scheme)
	}
	s.state("demo-open")
}
