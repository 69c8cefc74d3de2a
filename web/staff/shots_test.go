package staff

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
)

// view is one page in one state, for pictures and for the accessibility check.
type view struct {
	name string
	open func(s *sight)
}

// sight is a browser looking at a seeded house in one language.
type sight struct {
	*screen
	h    *house
	lang bot.Lang
}

// as signs the browser in as somebody, or out with "".
func (s *sight) as(login string) {
	s.t.Helper()
	s.do("leave the page", chromedp.Navigate("about:blank")) // its script would go to the sign-in page once the cookie is gone
	if _, err := chromedp.Call(s.ctx, storage.ClearCookies, storage.ClearCookiesParams{}); err != nil {
		s.t.Fatal(err)
	}
	if login == "" {
		return
	}
	s.cookie(s.h.signedIn(login).cookie)
}

func (s *sight) cookie(session string) {
	s.t.Helper()
	setCookie(s.t, s.ctx, s.h, session)
}

func setCookie(t testing.TB, ctx context.Context, h *house, session string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "intake", Value: session, URL: h.public + "/staff/", Path: "/staff/"}); err != nil {
		t.Fatal(err)
	}
}

func (s *sight) visit(path string) {
	s.t.Helper()
	s.do("open "+path, chromedp.Navigate(s.h.public+path))
}

// post sends a form of the page that is open.
func (s *sight) post(action string, fields ...string) {
	s.t.Helper()
	script := `(() => { const f = document.createElement("form"); f.method = "post"; f.action = ` + quoted(action) + `;`
	for i := 0; i+1 < len(fields); i += 2 {
		script += `{ const i = document.createElement("input"); i.name = ` + quoted(fields[i]) + `; i.value = ` + quoted(fields[i+1]) + `; f.append(i); }`
	}
	script += `document.body.append(f); f.submit(); })()`
	s.eval(script)
	time.Sleep(150 * time.Millisecond)
	s.is("the answer is there", `document.readyState === "complete" && !!document.querySelector("h1")`)
}

// views are all pages of the console, each in the states that matter. The logins end in the language.
func views(t *testing.T, lang bot.Lang) []view {
	other := "sup-" + string(lang)
	me := "me-" + string(lang)
	admin := "adm-" + string(lang)
	at := func(login, path string) func(*sight) {
		return func(s *sight) { s.as(login); s.visit(path) }
	}
	q := "?lang=" + string(lang)
	return []view{
		{"signin", at("", "/staff/signin"+q)},
		{"signin-refused", func(s *sight) {
			s.as("")
			s.visit("/staff/signin" + q)
			s.post("/staff/signin", "login", "ana", "passphrase", "wrong", "lang", string(lang))
		}},
		{"setup", func(s *sight) {
			token, err := s.h.dir.Invite(context.Background(), staff.Supervisor, "terminal")
			if err != nil {
				t.Fatal(err)
			}
			s.as("")
			s.visit("/staff/setup" + q + "&token=" + token)
		}},
		{"setup-problem", func(s *sight) {
			token, err := s.h.dir.Invite(context.Background(), staff.Supervisor, "terminal")
			if err != nil {
				t.Fatal(err)
			}
			s.as("")
			s.visit("/staff/setup" + q + "&token=" + token)
			s.post("/staff/setup", "token", token, "name", "Ana", "login", "a b", "passphrase", passphrase, "again", passphrase, "lang", string(lang))
		}},
		{"setup-void", at("", "/staff/setup"+q)},
		{"secure", func(s *sight) {
			s.as("")
			s.cookie(s.h.halfIn("half-" + string(lang)).cookie)
			s.visit("/staff/secure")
		}},
		{"codes", func(s *sight) { s.as(me); s.visit("/staff/account"); s.post("/staff/account/codes") }},
		{"worklist", at(me, "/staff/")},
		{"worklist-mine-empty", at(admin, "/staff/?show=mine")},
		{"worklist-closed", at(me, "/staff/?show=closed")},
		{"worklist-booked", at(me, "/staff/?show=booked")},
		{"search-none", func(s *sight) { s.as(me); s.visit("/staff/"); s.post("/staff/search", "q", "nobody") }},
		{"search", func(s *sight) { s.as(me); s.visit("/staff/"); s.post("/staff/search", "q", "carmen") }},
		{"claim-lost", func(s *sight) { s.as(me); s.visit("/staff/"); s.post("/staff/requests/creole/claim") }},
		{"request", at(me, "/staff/requests/carmen")},
		{"request-mine", func(s *sight) {
			s.as(me)
			if err := s.h.work.Claim(context.Background(), "red", s.h.me(me), s.h.clock.now()); err != nil {
				t.Fatal(err)
			}
			s.visit("/staff/requests/red")
		}},
		{"request-gate", func(s *sight) {
			s.as(me)
			s.visit("/staff/requests/carmen")
			s.eval(`document.querySelector(".gate").open = true`)
		}},
		{"request-three-tries", at("dana", "/staff/requests/nurse")},
		{"request-supervisor", at(other, "/staff/requests/creole")},
		{"request-left", at(me, "/staff/requests/left-quickly")},
		{"request-booked", at(me, "/staff/requests/mikes-mom")},
		{"request-outcome-problem", func(s *sight) {
			s.as(me)
			s.visit("/staff/requests/urgent-es")
			s.post("/staff/requests/urgent-es/outcome", "outcome", "intake_booked")
		}},
		{"request-noted", func(s *sight) {
			s.as(me)
			s.visit("/staff/requests/urgent-es")
			s.post("/staff/requests/urgent-es/attempt", "result", "no_answer", "press", "press-of-"+me)
		}},
		{"request-later", func(s *sight) {
			s.as(me)
			s.visit("/staff/requests/carmen")
			s.post("/staff/requests/carmen/later", "at", "2026-11-23T17:00")
		}},
		{"worklist-later", at(me, "/staff/")},
		{"reason", at(me, "/staff/requests/creole")},
		{"record", at(other, "/staff/requests/carmen/record")},
		{"export", at(other, "/staff/requests/mikes-mom/export")},
		{"export-staff", at(me, "/staff/requests/nurse/export")},
		{"export-problem", func(s *sight) {
			s.as(other)
			s.visit("/staff/requests/left-quickly/export")
			s.post("/staff/requests/left-quickly/export", "press", "press-0001", "form", "fhir", "basis", "consent", "purpose", "auditing", "recipient", "508 555 0100")
		}},
		{"export-list", at(other, "/staff/export?show=booked")},
		{"print", func(s *sight) {
			s.as(other)
			s.visit("/staff/requests/carmen/export")
			s.post("/staff/requests/carmen/export", "press", "press-0002", "form", "print", "lang", string(lang), "basis", "consent", "date", "2026-11-20", "scope", "once",
				"purpose", "treatment", "recipient", "Harbor Hospital", "part", "conversation")
		}},
		{"disclosures-empty", at(admin, "/staff/disclosures?form=push")},
		{"accounting-none", at(other, "/staff/requests/walt/accounting")},
		{"disclosures", func(s *sight) {
			for _, id := range []string{"mikes-mom", "carmen"} {
				s.h.disclosed(id)
			}
			s.h.signedIn(other).post("/staff/export", "press", "press-0003", "show", "open", "lang", string(lang), "basis", "audit", "purpose", "auditing", "recipient", "State Health Department")
			s.h.must(s.h.journal.Erase(context.Background(), journal.Stream{Kind: journal.Request, ID: "closed-one"}))
			s.as(other)
			s.visit("/staff/disclosures")
		}},
		{"disclosures-unknown-code", func(s *sight) {
			s.as(other)
			s.visit("/staff/disclosures")
			s.post("/staff/accounting", "q", "7K3H-9WP2")
		}},
		{"accounting", at(other, "/staff/requests/carmen/accounting")},
		{"live-empty", at(admin, "/staff/live")},
		{"ring", func(s *sight) {
			s.ring("ringing-" + string(lang))
			s.as(me)
			s.h.desk.SetAvailable(s.h.me(me), true)
			s.visit("/staff/")
			s.is("the bar is there", `!document.getElementById("ring").hidden`)
		}},
		{"live", at(me, "/staff/live")},
		{"chat", func(s *sight) {
			s.as(me)
			s.visit("/staff/live")
			s.post("/staff/live/ringing-" + string(lang) + "/accept")
			s.post("/staff/live/ringing-"+string(lang)+"/say", "line", "line-"+string(lang)+"-one", "text", map[bot.Lang]string{"en": "Hello, this is Ana. How can I help?", "es": "Hola, soy Ana. ¿Cómo le puedo ayudar?"}[lang.Other()])
		}},
		{"gaps", at(me, "/staff/gaps")},
		{"gaps-none-aside", at(me, "/staff/gaps?show=aside")},
		{"gaps-done", func(s *sight) {
			s.as(me)
			s.visit("/staff/gaps")
			s.post("/staff/gaps/" + s.gapOf("lockers") + "/aside")
		}},
		{"gaps-aside", at(other, "/staff/gaps?show=aside")},
		{"gap-aside", func(s *sight) { s.as(other); s.visit("/staff/gaps/" + s.gapOf("lockers")) }},
		{"gap", func(s *sight) { s.as(me); s.visit("/staff/gaps/" + s.gap()) }},
		{"gap-refused", func(s *sight) {
			s.as(me)
			s.visit("/staff/gaps/" + s.gap())
			s.post("/staff/gaps/"+s.gap()+"/attach", "topic", "location-and-visit-logistics", "text", "is Kevin welcome, 508-555-0143", "do", "preview")
		}},
		{"gap-preview", func(s *sight) {
			s.as(me)
			s.visit("/staff/gaps/" + s.gap())
			s.post("/staff/gaps/"+s.gap()+"/attach", "topic", "location-and-visit-logistics", "text", s.ask(), "do", "preview")
		}},
		{"entry-sent", func(s *sight) {
			s.as(me)
			s.visit("/staff/gaps/" + s.gap())
			s.post("/staff/gaps/"+s.gap()+"/attach", "topic", "location-and-visit-logistics", "text", s.ask(), "do", "propose")
		}},
		{"entries", at(me, "/staff/entries")},
		{"entries-asked", at(me, "/staff/entries?show=asked")},
		{"draft", func(s *sight) { s.as(me); s.visit("/staff/draft?gap=" + s.gap()) }},
		{"edit", at(me, "/staff/entries/drug-testing-policy/edit")},
		{"draft-refused", func(s *sight) {
			s.as(me)
			s.visit("/staff/draft")
			s.post("/staff/draft", dogs("Take 20 mg!", "propose")...)
		}},
		{"draft-preview", func(s *sight) {
			s.as(me)
			s.visit("/staff/draft")
			s.post("/staff/draft", dogs("A dog may wait with you. Keep it on a leash.", "preview")...)
		}},
		{"approvals", func(s *sight) {
			s.as(me)
			s.visit("/staff/draft")
			s.post("/staff/draft", dogs("A dog may wait with you. Keep it on a leash.", "propose")...)
			s.as(other)
			s.visit("/staff/approvals")
		}},
		{"entry", func(s *sight) {
			s.as(other)
			s.visit("/staff/approvals")
			s.post("/staff/entries/location-and-visit-logistics/approve", "edit", "e1")
			s.post("/staff/entries/location-and-visit-logistics/sign", "position", s.eval(`document.querySelector("[name=position]").value`))
		}},
		{"numbers", at(other, "/staff/numbers")},
		{"numbers-tables", func(s *sight) {
			s.as(me)
			s.visit("/staff/numbers?period=7d&language=es")
			s.eval(`document.querySelectorAll(".chart details").forEach(d => { d.open = true; })`)
		}},
		{"numbers-year", at(me, "/staff/numbers?period=12m&language=")},
		{"numbers-report", at(admin, "/staff/numbers/report")},
		{"account", at(me, "/staff/account")},
		{"people", at(admin, "/staff/people")},
		{"people-link", func(s *sight) { s.as(admin); s.visit("/staff/people"); s.post("/staff/people/invite", "role", "staff") }},
		{"alerts-none", at(admin, "/staff/alerts")},
		{"alerts", func(s *sight) {
			s.alerts(t)
			s.as(admin)
			s.visit("/staff/alerts")
		}},
		{"problem", at(me, "/staff/nothing")},
	}
}

// ask is a question that nothing answers, in the language of the pages.
func (s *sight) ask() string {
	return map[bot.Lang]string{bot.EN: "is there a vending machine", bot.ES: "¿tienen máquina de café?"}[s.lang]
}

// gap is the open question of that text.
func (s *sight) gap() string { return s.gapOf(s.ask()) }

// gapOf is the open question that holds a text.
func (s *sight) gapOf(text string) string {
	s.t.Helper()
	for _, g := range s.h.gaps.Groups(s.lang) {
		if strings.Contains(g.Text, text) {
			return g.ID
		}
	}
	s.t.Fatal("the question is not in the list")
	return ""
}

// dogs is a form with a new entry.
func dogs(text, do string, more ...string) []string {
	return append([]string{"slug", "dogs", "source", "clinic", "checked", "2026-11-20", "title.en", "You may bring a dog", "question.en", "Can I bring my dog?", "text.en", text,
		"title.es", "Puede traer a su perro", "question.es", "¿Puedo traer a mi perro?", "text.es", "Su perro puede esperar con usted. Llévelo con correa.", "do", do}, more...)
}

// ring makes a chat of the other language ring, as if a visitor had asked for a person.
func (s *sight) ring(id string) {
	s.t.Helper()
	theirs := s.lang.Other()
	now := s.h.clock.now()
	text := map[bot.Lang]string{bot.EN: "can I talk to a person please", bot.ES: "quiero hablar con una persona"}[theirs]
	s.h.hand(id, theirs, bot.ReasonPerson, nil, "")
	s.h.talk(id, []bot.Event{{Type: bot.Started, Lang: theirs}, said(now.Add(-42*time.Second), theirs, text), {Type: bot.Handed, Reason: bot.ReasonPerson},
		{Type: bot.Rang, Live: &bot.Live{Until: now.Add(78 * time.Second)}}})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, ok := s.h.desk.Chat(id); ok {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal("the chat does not ring")
		}
	}
}

// look opens a seeded house in a browser, with accounts of every role in a language.
func look(t *testing.T, lang bot.Lang) *sight {
	h := newHouseAt(t, "localhost")
	h.account("dana", lang)
	h.account("ana", lang)
	names["half-"+string(lang)], names["me-"+string(lang)], names["sup-"+string(lang)], names["adm-"+string(lang)] = "Half H.", "Ana R.", "Sue P.", "Ada N."
	h.account("half-"+string(lang), lang)
	h.account("me-"+string(lang), lang)
	h.accountAs("sup-"+string(lang), lang, staff.Supervisor)
	h.accountAs("adm-"+string(lang), lang, staff.Administrator)
	h.seed()
	h.asks()
	h.seedNumbers()
	// Some looks at a request, for its record.
	for _, login := range []string{"dana", "sup-" + string(lang)} {
		h.signedIn(login).get("/staff/requests/carmen")
	}
	return &sight{screen: newScreen(t), h: h, lang: lang}
}

// TestPictures takes a picture of every page for people to look at, where INTAKE_SHOTS names a folder: 1440 and 390 wide, both languages. It takes them
// in dark colours where INTAKE_SHOTS_DARK is set, and only those whose names INTAKE_SHOTS_ONLY holds.
func TestPictures(t *testing.T) {
	dir := os.Getenv("INTAKE_SHOTS")
	if dir == "" {
		t.Skip("set INTAKE_SHOTS to a folder to take pictures of every page")
	}
	only := os.Getenv("INTAKE_SHOTS_ONLY")
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		s := look(t, lang)
		s.dark(os.Getenv("INTAKE_SHOTS_DARK") != "")
		for _, v := range views(t, lang) {
			v.open(s)
			if only != "" && !strings.Contains(only, v.name) {
				continue
			}
			for _, width := range []int64{1440, 390} {
				s.size(width)
				name := v.name + "-" + string(lang) + "-" + map[int64]string{1440: "wide", 390: "phone"}[width] + ".png"
				png, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				if over := s.eval(fmt.Sprintf(`document.documentElement.scrollWidth > %d`, width)); over == "true" { // innerWidth grows with a page that is too wide
					t.Errorf("%s: wider than the screen", name)
				}
				if err := os.WriteFile(filepath.Join(dir, name), png, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func quoted(s string) string { return `decodeURIComponent("` + url.PathEscape(s) + `")` }
