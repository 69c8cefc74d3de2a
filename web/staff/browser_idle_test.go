package staff

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
	"example.org/intake/bot/staff"
)

// A screen that nobody uses says in advance that it will sign out, stays if somebody wants to stay, signs out, and keeps the note that was begun.
func TestScreenEndsInBrowser(t *testing.T) {
	idle = 9 * time.Second // settable; the warning comes when two thirds are over
	defer func() { idle = staff.Idle }()
	s := newScreen(t)
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	at := &sight{screen: s, h: h}
	at.cookie(h.signedIn("ana").cookie)
	s.do("a request", chromedp.Navigate(h.public+"/staff/requests/carmen"))
	s.is("the time is written", `document.getElementById("until").innerText.startsWith("signs out ")`)
	s.is("the warning comes", `!document.getElementById("ending").hidden && document.getElementById("ending").innerText.includes("You will be signed out soon")`)
	s.press("Stay signed in")
	s.is("and goes", `document.getElementById("ending").hidden`)
	s.do("a note", chromedp.SendKeys(chromedp.CSS("#text"), "half a note"))
	time.Sleep(1200 * time.Millisecond)
	s.is("the warning comes again", `!document.getElementById("ending").hidden`)
	h.clock.add(idle) // the server's clock is the test's
	s.is("signed out", `location.pathname === "/staff/signin" && document.body.innerText.includes("You are signed out.")`)
	if got := s.eval(`document.body.innerText.includes("Carmen")`); got != "false" {
		t.Error("the screen still shows the request")
	}
	at.cookie(h.signedIn("ana").cookie)
	s.do("back", chromedp.Navigate(h.public+"/staff/requests/carmen"))
	s.is("the note is there", `document.getElementById("text").value === "half a note"`)
}

// Disabling an account takes the screen away at once.
func TestDisabledInBrowser(t *testing.T) {
	s := newScreen(t)
	h := newHouse(t)
	ana := h.account("ana", bot.EN)
	h.seed()
	(&sight{screen: s, h: h}).cookie(h.signedIn("ana").cookie)
	s.do("a request", chromedp.Navigate(h.public+"/staff/requests/carmen"))
	s.is("it follows", `document.getElementById("lost").hidden && document.querySelector(".dodont")`)
	time.Sleep(500 * time.Millisecond)
	began := time.Now()
	h.must(h.dir.Disable(t.Context(), ana.ID, "terminal"))
	s.is("the screen leaves", `location.pathname === "/staff/signin" && !document.body.innerText.includes("Carmen")`)
	t.Logf("the screen left after %s", time.Since(began))
}

// Without script the list, claiming, a try and a note work all the same.
func TestWithoutScript(t *testing.T) {
	s := newScreen(t)
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	(&sight{screen: s, h: h}).cookie(h.signedIn("ana").cookie)
	s.scriptless()
	s.do("the list", chromedp.Navigate(h.public+"/staff/"), chromedp.Click(chromedp.CSS("#c-carmen")), chromedp.WaitVisible(chromedp.CSS(".hold")))
	s.do("a try", chromedp.Click(chromedp.CSS(`button[value="no_answer"]`)), chromedp.WaitVisible(chromedp.CSS("#tries .past")))
	s.do("a note", chromedp.SendKeys(chromedp.CSS("#text"), "no script"), chromedp.Click(chromedp.CSS("#notes button")), chromedp.WaitVisible(chromedp.CSS(".notes li:nth-child(2)")))
	if r, _ := h.work.Get("carmen"); r.HeldBy(h.clock.now()) != h.me("ana") || len(r.Attempts) != 1 || len(r.Notes) != 2 {
		t.Errorf("%+v", r.Work)
	}
}
