package staff

import (
	"testing"

	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
)

// A nurse with the phone in the other hand: one tap claims, the number is in sight without scrolling, one tap notes how it went, and the page
// says so where she looks. To call in the hours of another day takes two taps more. Nothing of it is wider than the phone.
func TestCallOnAPhone(t *testing.T) {
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		t.Run(string(lang), func(t *testing.T) {
			h := newHouse(t)
			h.account("ana", lang)
			h.account("dana", lang)
			h.seed()
			s := &sight{screen: newScreen(t), h: h, lang: lang}
			s.size(390)
			s.as("ana")
			s.visit("/staff/")
			taps := 0
			tap := func(what, selector string) {
				t.Helper()
				taps++
				s.is(what+" fits a finger", `(() => { const r = document.querySelector(`+quoted(selector)+`).getBoundingClientRect(); return r.height >= 44 && r.left >= 0 && r.right <= innerWidth; })()`)
				s.do(what, chromedp.Click(chromedp.CSS(selector)))
			}
			seen := func(what, selector string) {
				t.Helper()
				s.is(what+" is in sight", `(() => { const r = document.querySelector(`+quoted(selector)+`)?.getBoundingClientRect(); return r && r.height > 0 && r.top >= 0 && r.bottom <= innerHeight; })()`)
			}
			tap("claim", "#c-urgent-es")
			s.is("the request opens", `location.pathname === "/staff/requests/urgent-es"`)
			seen("the number", `.tel a[href="tel:+15085550199"]`)
			tap("no answer", `button[value="no_answer"]`)
			s.is("it is noted", `document.querySelector(".ok")?.innerText.trim() === `+quoted(map[bot.Lang]string{bot.EN: "Noted: No answer", bot.ES: "Anotado: No contestó"}[lang]))
			seen("what was noted", ".ok")
			if taps != 2 {
				t.Errorf("a call takes %d taps", taps)
			}
			tap("later", ".later button")
			s.is("it is put off", `!!document.querySelector(".later-line")`)
			tap("back", ".crumb")
			s.is("the list", `!!document.getElementById("list")`)
			// Outside the hours: why, in one tap more, and the number is a link.
			s.visit("/staff/requests/carmen")
			s.is("no link", `!document.querySelector(".tel a")`)
			tap("call anyway", ".gate summary")
			tap("why", `.why button[value="fits"]`)
			s.is("the link", `!!document.querySelector(".tel a")`)
			seen("the link", ".tel a")
			// Day, time and place are asked for where there is an appointment.
			s.is("no appointment yet", `getComputedStyle(document.querySelector(".appt")).display === "none"`)
			tap("booked", `.end-form label:has([value="intake_booked"])`)
			s.is("when", `getComputedStyle(document.querySelector(".appt")).display !== "none"`)
			// The filter that is on is in sight, though the row of them is wider than the phone.
			s.visit("/staff/?show=closed")
			s.is("the filter is in sight", `(() => { const r = document.querySelector(".filters [aria-current]").getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth; })()`)
			s.is("nothing is too wide", `document.documentElement.scrollWidth <= innerWidth`)
			s.quiet()
		})
	}
}
