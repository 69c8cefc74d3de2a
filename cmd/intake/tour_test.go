package main

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTour takes pictures of every state for people to look at, where INTAKE_SHOTS names a folder: phone and desktop, both languages.
func TestTour(t *testing.T) {
	if os.Getenv("INTAKE_SHOTS") == "" {
		t.Skip("set INTAKE_SHOTS to a folder to take pictures of every state")
	}
	type words struct{ lang, question, unsure, unknown, suicide, overdose, doubt, appointment, name, times string }
	for _, w := range []words{
		{"en", "do you take Medicare?", "medicare", "who won the game last night", "i want to kill myself", "my friend is blue and wont wake up", "i cant do this anymore", "i want an appointment", "Red", "after 5, never at home"},
		{"es", "¿aceptan Medicare?", "medicare", "quién ganó el partido anoche", "ya no quiero vivir", "mi hijo no respira y está morado", "ya no aguanto más", "quiero una cita", "Doña Carmen", "después de las 5, nunca a la casa"},
	} {
		for name, size := range map[string][2]int64{"phone": {360, 740}, "desktop": {1280, 860}} {
			t.Run(w.lang+"-"+name, func(t *testing.T) {
				ctx := newBrowser(t)
				srv := startServer(t, filepath.Join(t.TempDir(), "d"), "127.0.0.1:0")
				p := page{t: t, ctx: ctx}
				origin := "http://" + srv.addr
				n := 0
				picture := func(what string) {
					n++
					p.eval("new Promise(r => setTimeout(r, 500))")
					p.shot(strconv.Itoa(n) + "-" + what)
				}
				fresh := func() {
					p.eval("sessionStorage.clear()")
					p.run("opening", chromedp.Navigate("about:blank"), chromedp.Navigate(origin+"/chat?lang="+w.lang))
					p.until("ready", "document.querySelector('.dot') && !document.querySelector('.dot.off')")
				}
				says := func(text, then string) {
					p.write(text)
					p.until(then, "document.querySelector("+quote(then)+")")
				}
				p.run("size", chromedp.EmulateViewport(size[0], size[1], chromedp.EmulateScale(2)))
				fresh()
				picture("opening")
				says(w.question, "article.card")
				picture("answer")
				says(w.unknown, ".pick")
				picture("decline")
				p.write(w.unsure)
				picture("choose")
				fresh()
				says(w.overdose, ".sos-card")
				picture("overdose")
				fresh()
				says(w.suicide, ".sos-card")
				picture("suicide")
				fresh()
				p.write(w.doubt)
				picture("doubt")
				fresh()
				says(w.appointment, "form.step")
				picture("step-for-whom")
				for i, answer := range []string{w.lang, w.name, "508 555 0143", w.times, w.lang, "no", "no", "medicare"} {
					if i == 0 || i == 4 {
						p.eval("document.querySelector('form.step:not(.old) .choice, .line:last-child form.step .choice')")
						p.eval("[...document.querySelectorAll('form.step')].at(-1).querySelector('.choice').click()")
						p.eval("[...document.querySelectorAll('form.step')].at(-1).requestSubmit()")
					} else {
						p.write(answer)
					}
					want := strconv.Itoa(i + 2)
					p.until("step "+want, "document.querySelectorAll('form.step').length >= "+want+" || document.querySelector('.summary')")
					picture("step-" + want)
				}
				p.until("the summary", "document.querySelector('.summary')")
				p.eval("[...document.querySelectorAll('.summary .btn.go')].at(-1).click()")
				p.until("booked", "document.querySelector('.booked')")
				picture("booked")
				if name == "phone" {
					p.run("the demo page", chromedp.Navigate(srv.demo+"?lang="+w.lang))
					picture("demo")
				}
			})
		}
	}
}
