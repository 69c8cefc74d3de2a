package staff

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

// If the audit cannot be written, nothing is shown and nothing is done.
func TestNoRecordNoPage(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	h.journal.breakKind(journal.Audit)
	before := h.heads(journal.Request, journal.Conversation)
	for name, a := range map[string]answer{
		"list":    b.get("/staff/"),
		"part":    b.get("/staff/list?show=open"),
		"request": b.get("/staff/requests/carmen"),
		"status":  b.post("/staff/requests/carmen/status", "status", "closed"),
		"claim":   b.post("/staff/requests/carmen/claim"),
		"attempt": b.post("/staff/requests/carmen/attempt", "result", "reached", "press", "press-0001"),
		"outcome": b.post("/staff/requests/carmen/outcome", "outcome", "declined"),
		"reason":  b.post("/staff/requests/carmen/call", "reason", "fits"),
		"search":  b.post("/staff/search", "q", "carmen"),
		"live":    b.get("/staff/live"),
		"note":    b.post("/staff/requests/carmen/notes", "text", "hello"),
	} {
		if a.status != http.StatusServiceUnavailable || strings.Contains(a.body, "Carmen") || strings.Contains(a.body, "555") || !strings.Contains(a.body, "Nothing shown") {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if h.heads(journal.Request, journal.Conversation) != before {
		t.Error("something was changed without a record")
	}
	// Nobody gets in either.
	in := h.browser()
	if a := in.post("/staff/signin", "login", "dana", "passphrase", passphrase); a.status != http.StatusServiceUnavailable || in.cookie != "" {
		t.Errorf("sign-in: %d, cookie %q", a.status, in.cookie)
	}
	h.journal.breakKind("")
	if a := b.get("/staff/requests/carmen"); a.status != 200 {
		t.Errorf("afterwards: %d", a.status)
	}
	if n, err := h.audit.Verify(context.Background()); err != nil || n == 0 {
		t.Errorf("the record does not hold: %d, %v", n, err)
	}
}

// What visitors and staff write is in no audit record and in no log, and on the page it is text.
func TestVisitorTextStaysWhereItBelongs(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	const canary = "CANARY7"
	nasty := canary + `<img src=x onerror=alert(1)><script>alert(1)</script>"'>{{.}}</title>` + "\u202Ereversed"
	h.talk("red", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, nasty), replied(noon, bot.EN, bot.KeyAnswer, nasty+"\n"+nasty,
		&bot.Card{Kind: bot.CardAnswer, Title: nasty, Topic: nasty, Source: &bot.Source{Words: nasty, Date: nasty}})})
	h.hand("red", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: nasty, Phone: "javascript:alert(1)//" + canary, Email: canary + `@example.org"><u>`, Times: nasty,
		Language: nasty, Coverage: "unknown"}, safety.CardOverdose)
	b := h.signedIn("ana")
	r, _ := h.work.Get("red")
	var bodies strings.Builder
	for _, a := range []answer{
		b.get("/staff/"), b.get("/staff/requests/red"), b.post("/staff/requests/red/notes", "text", nasty), b.post("/staff/requests/red/notes", "text", ""),
		b.post("/staff/requests/red/status", "status", "closed", "after", "1"), b.post("/staff/requests/red/status", "status", nasty, "after", fmt.Sprint(uint64(r.Position))),
		b.post("/staff/requests/red/status", "status", "contacted", "after", nasty), b.get("/staff/requests/" + canary), b.get("/staff/?show=" + canary), b.get("/staff/requests/red"),
	} {
		bodies.WriteString(a.body)
		if strings.Contains(a.to, canary) {
			t.Error("visitor text is in an address")
		}
	}
	if a := h.browser().post("/staff/signin", "login", canary, "passphrase", canary); a.status != http.StatusUnauthorized {
		t.Error(a.status)
	}
	page := bodies.String()
	for _, bad := range []string{"<img", "<script>", "onerror=alert(1)>", `href="javascript`, "<u>", `href="tel:`, `href="mailto:`} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if !strings.Contains(page, "<bdi>"+canary+"&lt;img") || !strings.Contains(page, `dir="auto">`+canary) {
		t.Error("control: the text is not on the page, or not isolated")
	}
	for en, err := range h.journal.Watch(short(t), journal.Audit, 0) {
		if err != nil {
			break
		}
		if bytes.Contains(bytes.ToLower(en.Data), []byte("canary")) {
			t.Errorf("the audit record holds visitor text: %s", en.Data)
		}
	}
	if strings.Contains(h.logs.String(), canary) {
		t.Errorf("the log holds visitor text: %s", h.logs)
	}
}

func short(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestNotes(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.seed()
	ana, dana := h.signedIn("ana"), h.signedIn("dana")
	if a := dana.post("/staff/requests/carmen/notes", "text", "  First line.\r\nSecond\x00 line.\u202E "); a.to != "/staff/requests/carmen#notes" {
		t.Fatalf("note: %d", a.status)
	}
	r, _ := h.work.Get("carmen")
	if got := r.Notes[len(r.Notes)-1].Text; got != "First line.\nSecond line." {
		t.Errorf("note %q", got)
	}
	if a := ana.get("/staff/requests/carmen"); !strings.Contains(a.body, "<bdi>Dana K.</bdi></b>") || !strings.Contains(a.body, "First line.\nSecond line.") {
		t.Error("the note does not stand on the page under its writer's name")
	}
	if a := ana.post("/staff/requests/carmen/notes", "text", " \n "); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Write something first.") {
		t.Errorf("empty note: %d", a.status)
	}
	long := strings.Repeat("ñ", maxNote+1)
	if a := ana.post("/staff/requests/carmen/notes", "text", long); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, long) {
		t.Errorf("a long note is lost: %d", a.status)
	}
}

// What the request page says before anybody calls.
func TestDoAndDont(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	if a := b.get("/staff/requests/creole"); a.status != http.StatusForbidden || strings.Contains(a.body, "Jean") || !strings.Contains(a.body, "Somebody has it") && !strings.Contains(a.body, "has it") {
		t.Errorf("what Dana has is open: %d", a.status)
	}
	if a := b.post("/staff/requests/creole/open", "reason", "covering"); a.to != "/staff/requests/creole" {
		t.Errorf("a reason: %d", a.status)
	}
	for id, tc := range map[string]struct{ has, not []string }{
		"carmen": {[]string{"(508) 555-0143", "They wrote: \u2068después de las 5", "Why call now?", "No voicemail", "No text", "Ask for \u2068Doña Carmen\u2069", "Speak Spanish", "Don’t ask for the details",
			"Hola, ¿hablo con", "Hello, may I speak with", "Hang up. Leave no message.", "help-for-loved-one", "Safety question asked", "checked Nov 12, 2026", "for a loved one",
			"Called at 5:10", "Medicare and MassHealth"}, []string{"tel:", "Voicemail OK", "leave a short voicemail", "Harbor Office"}},
		"left-quickly": {[]string{"Don’t call, write or text", "(508) 555-0122", "left the chat in a hurry"}, []string{"tel:", "What to say", "Voicemail OK", "leave a short voicemail"}},
		"creole":       {[]string{"Have an interpreter ready: Haitian Creole", "If nobody answers, leave a short voicemail", "The number is (508) 555-0100"}, []string{"Speak "}},
		"walt":         {[]string{`href="mailto:walt`, "Write an email that does not say"}, []string{"tel:", "No voicemail", "What to say"}},
		"mikes-mom":    {[]string{"No voicemail", "No text", "Hang up. Leave no message.", "Not given"}, []string{"leave a short voicemail", "You may send a text"}},
		"red":          {[]string{"Don’t look for a number", "Emergency card shown", "Urgent", "The visitor left quickly."}, []string{"tel:", "Not given"}},
	} {
		body := b.get("/staff/requests/" + id).body
		for _, want := range tc.has {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %q is missing", id, want)
			}
		}
		for _, bad := range tc.not {
			if strings.Contains(body, bad) {
				t.Errorf("%s: %q is there", id, bad)
			}
		}
	}
	// Urgent ones first, then by due time, and the filters count.
	body := b.get("/staff/?show=open").body
	last := -1
	for _, id := range []string{"red", "urgent-es", "nurse", "creole", "carmen", "walt", "left-quickly"} {
		at := strings.Index(body, `id="r-`+id+`"`)
		if at <= last {
			t.Errorf("%s is out of order", id)
		}
		last = at
	}
	for text, n := range map[string]int{"Left quickly: do not call": 1, "No phone, no email": 1, "Voicemail OK": 3, "No voicemail": 1, "Text OK": 1, "No text": 3, "Interpreter": 1,
		"<bdi>después de las 5, nunca a la casa</bdi>": 1, "Any time": 2, "Haitian Creole": 1, "Urgent": 2, "due in 18 min": 1, "due in 25 min": 1, "Overdue": 2, "3 tries: close it?": 1} {
		if got := strings.Count(body, ">"+text+"<"); got != n && !strings.Contains(text, "bdi") || !strings.Contains(body, text) {
			t.Errorf("%q is there %d times, want %d", text, got, n)
		}
	}
	for show, n := range map[string]int{"open": 7, "mine": 0, "unclaimed": 6, "spanish": 3, "overdue": 2, "booked": 1, "closed": 1} {
		list := b.get("/staff/list?show=" + show).body
		if got := strings.Count(list, `class="req`); got != n {
			t.Errorf("%s: %d rows, want %d", show, got, n)
		}
		if want := fmt.Sprintf(`<span class="count num">%d</span>`, n); !strings.Contains(list, want) {
			t.Errorf("%s: the count is missing", show)
		}
	}
}

// Whoever wants no calls is not called: no link, no words to say on the phone, the wish in both places where staff look, and a reason to call all the same.
func TestNoCalls(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.hand("quiet", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Dana", Phone: "+15085550143", Times: "any", Voicemail: new(false), Text: new(true),
		NoCalls: new(true), Remarks: "don't tell my husband <b>"}, "")
	b := h.signedIn("ana")
	if list := b.get("/staff/").body; !strings.Contains(list, "Do not call") {
		t.Error("the list does not say that this person wants no calls")
	}
	page := b.get("/staff/requests/quiet").body
	for _, want := range []string{"Don’t call. This person wants no calls", "Write a text message", "They also said:", "don&#39;t tell my husband &lt;b&gt;", "This person asked not to be called.", "Call anyway"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, bad := range []string{`href="tel:`, "What to say", "husband <b>"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page says %q", bad)
		}
	}
	b.post("/staff/requests/quiet/call", "reason", "fits")
	if page := b.get("/staff/requests/quiet").body; !strings.Contains(page, `href="tel:`) {
		t.Error("with a reason there is still no link")
	}
}

// A conversation that lasted over midnight, an erased one and a damaged one.
func TestTalk(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	late := time.Date(2026, 11, 22, 4, 59, 0, 0, time.UTC) // 11:59 pm on Saturday in the clinic's zone
	h.talk("night", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(late, bot.EN, "one")}, []bot.Event{said(late.Add(time.Minute), bot.EN, "two")},
		[]bot.Event{said(noon, bot.EN, "three"), {Type: bot.Left}})
	h.hand("night", bot.EN, bot.ReasonPerson, nil, "")
	body := b.get("/staff/requests/night").body
	last := -1
	for _, want := range []string{"Nov 21, 2026</h3>", "11:59 pm", "one</p>", "Yesterday</h3>", "12 am", "two</p>", "Today</h3>", "three</p>", "The visitor left quickly."} {
		at := strings.Index(body, want)
		if at <= last {
			t.Errorf("%q is missing or out of order", want)
		}
		last = at
	}
	if err := h.journal.Erase(context.Background(), journal.Stream{Kind: journal.Conversation, ID: "night"}); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/staff/requests/night"); a.status != 200 || !strings.Contains(a.body, "Nothing of the conversation is kept.") {
		t.Errorf("erased: %d", a.status)
	}
	if _, err := h.journal.Append(context.Background(), journal.Stream{Kind: journal.Conversation, ID: "bent"}, 0, []byte(`CANARY{`)); err != nil {
		t.Fatal(err)
	}
	h.hand("bent", bot.EN, bot.ReasonPerson, nil, "")
	if a := b.get("/staff/requests/bent"); a.status != 500 || strings.Contains(h.logs.String(), "CANARY") {
		t.Errorf("damaged: %d", a.status)
	}
}

// Whoever took a request back is not called, also where a card makes the request urgent again: no link, no words for the phone, and the same in both languages.
func TestTookItBack(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	h.hand("back", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Carmen", Phone: "+15085550133", Times: "any", Language: "en", Voicemail: new(true), Text: new(true)}, "")
	h.must(request.Withdraw(t.Context(), h.journal, "back", "line-9"))
	h.wait("back", func(r request.Request) bool { return r.Withdrawn })
	for _, again := range []bool{false, true} {
		if again {
			h.hand("back", bot.EN, bot.ReasonEmergency, nil, safety.CardSuicide)
			h.wait("back", func(r request.Request) bool { return r.Urgent })
		}
		body := b.get("/staff/requests/back").body
		for _, want := range []string{"Don’t call, write or text. This person took the request back", "does not want a call."} {
			if !strings.Contains(body, want) {
				t.Errorf("again %v: %q is missing", again, want)
			}
		}
		for _, bad := range []string{"tel:", "What to say", "Voicemail OK", "leave a short voicemail", "Call at any time"} {
			if strings.Contains(body, bad) {
				t.Errorf("again %v: %q is there", again, bad)
			}
		}
	}
	if list := b.get("/staff/?show=open").body; !strings.Contains(list, "Took it back: do not call") {
		t.Error("the list does not say so")
	}
}
