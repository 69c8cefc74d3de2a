package staff

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
)

// What only a browser shows: the policy blocks nothing of ours, and the list follows without moving under somebody's hands.
func TestInBrowser(t *testing.T) {
	s := newScreen(t)
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	session := h.signedIn("ana")
	look := &sight{screen: s, h: h}
	look.cookie(session.cookie)
	is, do := s.is, s.do

	// High enough that nothing scrolls: on a phone scrolling alone holds the list still.
	do("open the list", chromedp.EmulateViewport(1280, 2000), chromedp.Navigate(h.server.URL+"/staff/"))
	is("seven rows", `document.querySelectorAll(".req").length === 7`)
	h.hand("fresh-one", bot.ES, bot.ReasonPerson, nil, "")
	is("a new request appears", `!!document.getElementById("r-fresh-one") && document.getElementById("count").textContent === "8"`)

	do("focus a row", chromedp.Focus(chromedp.CSS("#r-carmen")))
	h.hand("fresh-two", bot.ES, bot.ReasonPerson, nil, "")
	is("the notice comes", `!document.getElementById("changed").hidden`)
	is("the list stays", `!document.getElementById("r-fresh-two") && document.activeElement.id === "r-carmen"`)
	do("show the change", chromedp.Click(chromedp.CSS("#show")))
	is("the list is new", `!!document.getElementById("r-fresh-two") && document.getElementById("changed").hidden`)

	do("open one", chromedp.Navigate(h.server.URL+"/staff/requests/carmen"))
	is("the page is there", `!!document.querySelector(".dodont") && document.getElementById("changed").hidden`)
	do("write a note", chromedp.SendKeys(chromedp.CSS("#text"), "half a note"))
	h.note("carmen", "from a colleague")
	is("the change is announced", `!document.getElementById("changed").hidden`)
	h.hand("fresh-red", bot.EN, bot.ReasonEmergency, nil, "overdose")
	is("the bar and the title say how many urgent ones nobody has", `!document.getElementById("hot").hidden && document.getElementById("hot-count").textContent === "3" && document.title.startsWith("(3) ")`)
	is("what was typed stays", `document.getElementById("text").value === "half a note"`)
	do("save the note", chromedp.Click(chromedp.CSS("#notes button")))
	is("both notes are there", `document.querySelectorAll(".notes li").length === 3`)

	// Before the sign-out: after it a refused request may well be in the log.
	s.quiet()
	if err := h.dir.SignOut(context.Background(), session.cookie); err != nil {
		t.Fatal(err)
	}
	is("the screen leaves with the session", `location.pathname === "/staff/signin" && !document.body.textContent.includes("Carmen")`)
}
