package staff

import (
	"bufio"
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
	"example.org/intake/locales"
)

// paths are all pages of a seeded house that somebody signed in can open.
func paths() []string {
	var list []string
	for _, s := range shows() {
		list = append(list, "/staff/?show="+s, "/staff/list?show="+s)
	}
	for _, id := range seeded() {
		list = append(list, "/staff/requests/"+id)
	}
	return append(list, "/staff/", "/staff/nothing")
}

// Every page is whole in both languages: no word is missing, and no sentence is in the other language.
func TestPagesInBothLanguages(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("luz", bot.ES)
	h.seed()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for login, lang := range map[string]bot.Lang{"ana": bot.EN, "luz": bot.ES} {
		b := h.signedIn(login)
		for _, p := range append(paths(), "/staff/signin?lang="+string(lang), "/staff/setup?lang="+string(lang)) {
			if strings.Contains(p, "lang=") {
				b = h.browser()
			}
			a := b.get(p)
			if strings.Contains(a.body, "⟦") || strings.Contains(a.body, "ZgotmplZ") || strings.Contains(a.body, "<no value>") {
				t.Errorf("%s %s: a word or a link is missing", lang, p)
			}
			if !strings.Contains(a.body, fmt.Sprintf(`lang="%s"`, lang)) {
				t.Errorf("%s: not in %s", p, lang)
			}
			script := strings.HasPrefix(p, "/staff/requests/") // has words to say in the person's language
			for key, text := range words.Part(string(lang.Other()), "console.") {
				if strings.HasPrefix(key, "console.other_language") || strings.HasPrefix(key, "console.language") || strings.Contains(text, "{{") ||
					len(text) < 12 || script && strings.HasPrefix(key, "console.script") {
					continue
				}
				if strings.Contains(a.body, ">"+text+"<") {
					t.Errorf("%s %s: %q is in the other language", lang, p, text)
				}
			}
			if want := 200; a.status != want && p != "/staff/nothing" && !strings.HasPrefix(p, "/staff/setup") {
				t.Errorf("%s: %d", p, a.status)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	for _, p := range append(paths(), "/staff/signin", "/staff/setup") {
		a := b.get(p)
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := a.head.Get(name); got != want {
				t.Errorf("%s: %s is %q", p, name, got)
			}
		}
		// Nothing inline, nothing from elsewhere.
		for _, bad := range []string{"style=", "<style", "<script>", " onclick", " onload", "https://", "http://"} {
			if strings.Contains(a.body, bad) {
				t.Errorf("%s: the page has %q", p, bad)
			}
		}
	}
	css := b.get(h.console.assets.Path("staff.css"))
	if css.status != 200 || !strings.HasPrefix(css.head.Get("Content-Type"), "text/css") || !strings.Contains(css.head.Get("Cache-Control"), "immutable") {
		t.Errorf("style: %d %v", css.status, css.head)
	}
}

// Reading changes nothing but the audit record.
func TestGetChangesNothing(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	before := h.heads(journal.Account, journal.Conversation, journal.Request, journal.Outbox, journal.Knowledge)
	for _, p := range append(paths(), "/staff/signin", "/staff/setup", "/staff/signout", "/staff/lang?lang=es", "/staff/requests/carmen/status?status=closed",
		"/staff/requests/carmen/notes?text=x") {
		b.get(p)
	}
	if h.heads(journal.Account, journal.Conversation, journal.Request, journal.Outbox, journal.Knowledge) != before {
		t.Error("a page that was only read changed something")
	}
}

// Whoever may not open something learns nothing about it, not even whether it exists.
func TestNothingForOthers(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", bot.EN)
	gone := h.account("gone", bot.EN)
	h.seed()
	h.talk("never-handed-over", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY private")})
	ended := h.signedIn("ana")
	if err := h.dir.SignOut(ctx, ended.cookie); err != nil {
		t.Fatal(err)
	}
	disabled := h.signedIn("gone")
	if err := h.dir.Disable(ctx, gone.ID, "terminal"); err != nil {
		t.Fatal(err)
	}
	forged := h.browser()
	forged.cookie = strings.Repeat("A", 43)
	odd := h.browser()
	odd.cookie = "x"
	before := h.heads(journal.Kinds()...)

	// Without a session every id gets the same answer.
	for name, b := range map[string]*browser{"no session": h.browser(), "ended": ended, "disabled": disabled, "forged": forged, "malformed": odd} {
		cookie := b.cookie
		for _, rt := range h.console.routes() {
			if rt.signed == nil {
				continue
			}
			method, pattern, _ := strings.Cut(rt.pattern, " ")
			var answers []answer
			for _, id := range []string{"carmen", "never-handed-over", "no-such-id"} {
				b.cookie = cookie
				path := strings.NewReplacer("{id}", id, "{$}", "").Replace(pattern)
				if strings.HasSuffix(path, "/events") {
					path += "?request=" + id
				}
				if method == http.MethodPost {
					answers = append(answers, b.post(path, "status", "closed", "after", "1", "text", "x", "lang", "es"))
				} else {
					answers = append(answers, b.get(path))
				}
			}
			for _, a := range answers {
				a.head.Del("Date")
				answers[0].head.Del("Date")
				if a.status != http.StatusSeeOther && a.status != http.StatusUnauthorized || a.status != answers[0].status ||
					a.to != answers[0].to || len(a.body) != len(answers[0].body) || strings.Contains(a.body, "Carmen") {
					t.Errorf("%s, %s: %d %q", name, rt.pattern, a.status, a.to)
				}
			}
		}
	}
	if h.heads(journal.Kinds()...) != before {
		t.Error("something was stored")
	}

	// With a session: a conversation that was never handed over is as unknown as one that does not exist.
	b := h.signedIn("ana")
	for _, path := range []string{"", "/status", "/notes"} {
		var answers []answer
		for _, id := range []string{"never-handed-over", "no-such-id", "..", "%2e%2e%2faccount", "UPPER", strings.Repeat("a", 300), "carmen%00"} {
			p := "/staff/requests/" + id + path
			if path == "" {
				answers = append(answers, b.get(p))
			} else {
				answers = append(answers, b.post(p, "status", "closed", "after", "1", "text", "x"))
			}
		}
		for i, a := range answers {
			if i == 2 && a.status >= 300 && a.status < 400 {
				continue // the mux cleans ".." away and sends elsewhere
			}
			if a.status != http.StatusNotFound || a.body != answers[0].body || strings.Contains(a.body, "CANARY") {
				t.Errorf("%q, id %d: %d", path, i, a.status)
			}
		}
	}
	if a := b.get("/staff/events?request=never-handed-over"); a.status != http.StatusNotFound {
		t.Errorf("events: %d", a.status)
	}
	if strings.Contains(strings.Join(h.acts(), " "), "never") {
		t.Error("an act on something unknown was recorded as if it had been opened")
	}
}

// If the audit cannot be written, nothing is shown and nothing is done.
func TestNoRecordNoPage(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	r, _ := h.work.Get("carmen")
	h.journal.breakKind(journal.Audit)
	before := h.heads(journal.Request, journal.Conversation)
	for name, a := range map[string]answer{
		"list":    b.get("/staff/"),
		"part":    b.get("/staff/list?show=open"),
		"request": b.get("/staff/requests/carmen"),
		"status":  b.post("/staff/requests/carmen/status", "status", "closed", "after", fmt.Sprint(uint64(r.Position))),
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
	if a := in.post("/staff/signin", "login", "ana", "passphrase", passphrase); a.status != http.StatusServiceUnavailable || in.cookie != "" {
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

func TestStatusAndNotes(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.seed()
	ana, dana := h.signedIn("ana"), h.signedIn("dana")
	r, _ := h.work.Get("carmen")
	after := fmt.Sprint(uint64(r.Position))
	if a := ana.post("/staff/requests/carmen/status", "status", "contacted", "after", after); a.to != "/staff/requests/carmen" {
		t.Fatalf("%d to %q\n%s", a.status, a.to, a.body)
	}
	if r, _ := h.work.Get("carmen"); r.Status != request.Contacted {
		t.Errorf("status %s", r.Status)
	}
	// Dana still sees it as new.
	a := dana.post("/staff/requests/carmen/status", "status", "closed", "after", after)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "Someone changed this request") {
		t.Errorf("conflict: %d", a.status)
	}
	if r, _ := h.work.Get("carmen"); r.Status != request.Contacted {
		t.Errorf("the second change won: %s", r.Status)
	}
	if a := dana.post("/staff/requests/carmen/notes", "text", "  First line.\r\nSecond\x00 line.\u202E "); a.to != "/staff/requests/carmen#notes" {
		t.Fatalf("note: %d", a.status)
	}
	r, _ = h.work.Get("carmen")
	if got := r.Notes[len(r.Notes)-1].Text; got != "First line.\nSecond line." {
		t.Errorf("note %q", got)
	}
	if a := ana.get("/staff/requests/carmen"); !strings.Contains(a.body, "<bdi>Ana R.</bdi></b>") || !strings.Contains(a.body, "First line.\nSecond line.") {
		t.Error("the note does not stand on the page under its writer's name")
	}
	if a := ana.post("/staff/requests/carmen/notes", "text", " \n "); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Write something first.") {
		t.Errorf("empty note: %d", a.status)
	}
	long := strings.Repeat("ñ", maxNote+1)
	if a := ana.post("/staff/requests/carmen/notes", "text", long); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, long) {
		t.Errorf("a long note is lost: %d", a.status)
	}
	if a := ana.post("/staff/requests/carmen/status", "status", "gone", "after", after); a.status != http.StatusForbidden {
		t.Errorf("an unknown status: %d", a.status)
	}
}

// What the request page says before anybody calls.
func TestDoAndDont(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	for id, tc := range map[string]struct{ has, not []string }{
		"carmen": {[]string{`href="tel:&#43;15085550143"`, "(508) 555-0143", "No voicemail", "No text", "Ask for \u2068Doña Carmen\u2069", "Speak Spanish", "Don’t ask for the details",
			"Hola, ¿hablo con", "Hello, may I speak with", "Hang up. Leave no message.", "help-for-loved-one", "Safety question asked", "checked Nov 12, 2026", "for a loved one",
			"Called at 5:10", "Medicare and MassHealth"}, []string{"Voicemail OK", "leave a short voicemail", "Harbor Office"}},
		"left-quickly": {[]string{"Don’t call, write or text", "(508) 555-0122", "without a link"}, []string{"tel:", "What to say", "Voicemail OK", "leave a short voicemail"}},
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
	// Urgent ones first, and the filters count.
	body := b.get("/staff/?show=open").body
	last := -1
	for _, id := range []string{"red", "urgent-es", "nurse", "creole", "carmen", "left-quickly", "walt", "mikes-mom"} {
		at := strings.Index(body, `id="r-`+id+`"`)
		if at <= last {
			t.Errorf("%s is out of order", id)
		}
		last = at
	}
	for text, n := range map[string]int{"Left quickly: do not call": 1, "No phone, no email": 1, "Voicemail OK": 3, "No voicemail": 2, "Text OK": 1, "No text": 4, "Interpreter": 1,
		"<bdi>después de las 5, nunca a la casa</bdi>": 1, "Any time": 2, "Haitian Creole": 1, "Waiting": 1, "Urgent": 2} {
		if got := strings.Count(body, ">"+text+"<"); got != n && !strings.Contains(text, "bdi") || !strings.Contains(body, text) {
			t.Errorf("%q is there %d times, want %d", text, got, n)
		}
	}
	for show, n := range map[string]int{"open": 8, "new": 6, "contacted": 1, "scheduled": 1, "closed": 1} {
		list := b.get("/staff/list?show=" + show).body
		if got := strings.Count(list, `class="req`); got != n {
			t.Errorf("%s: %d rows, want %d", show, got, n)
		}
		if want := fmt.Sprintf(`<span class="count num">%d</span>`, n); !strings.Contains(list, want) {
			t.Errorf("%s: the count is missing", show)
		}
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

// stream is an open event stream.
type stream struct {
	res   *http.Response
	lines chan string
}

func (b *browser) events(path string) *stream {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.h.server.URL+path, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "intake", Value: b.cookie})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	s := &stream{res: res, lines: make(chan string, 100)}
	b.h.t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		defer close(s.lines)
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			s.lines <- sc.Text()
		}
	}()
	return s
}

// next waits for a line that begins with a prefix and returns the rest, or "closed".
func (s *stream) next(t *testing.T, prefix string) string {
	t.Helper()
	timeout := time.After(5 * time.Second)
	for {
		select {
		case l, ok := <-s.lines:
			if !ok {
				return "closed"
			}
			if rest, ok := strings.CutPrefix(l, prefix); ok {
				return rest
			}
		case <-timeout:
			t.Fatal("nothing came")
		}
	}
}

func TestEvents(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	list := b.events("/staff/events?show=open")
	one := b.events("/staff/events?request=carmen")
	if list.res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(list.res.Header)
	}
	page := b.get("/staff/?show=open").body
	first := list.next(t, "data: ")
	if !strings.Contains(page, `data-state="`+first+`"`) {
		t.Error("page and stream do not agree on what is shown")
	}
	firstOne := one.next(t, "data: ")
	h.note("carmen", "CANARY note")
	second, secondOne := list.next(t, "data: "), one.next(t, "data: ")
	if second == first || secondOne == firstOne || strings.Contains(second+secondOne, "CANARY") || len(second) != 16 {
		t.Errorf("after a change: %q, %q", second, secondOne)
	}
	// A change elsewhere does not concern the one.
	h.hand("somebody-new", bot.ES, bot.ReasonPerson, nil, "")
	if third := list.next(t, "data: "); third == second {
		t.Error("a new request is not announced")
	}
	h.note("carmen", "again")
	if got := one.next(t, "data: "); got == secondOne {
		t.Error("the stream of one request announced somebody else's")
	}
	// Sign-out ends the streams at once.
	began := time.Now()
	if err := h.dir.SignOut(context.Background(), b.cookie); err != nil {
		t.Fatal(err)
	}
	if got := list.next(t, "event: ended"); got != "" || time.Since(began) > time.Second {
		t.Errorf("%q after %s", got, time.Since(began))
	}
	if got := list.next(t, "nothing more"); got != "closed" {
		t.Error(got)
	}
}

func TestDrain(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	var open []*stream
	for range 5 {
		s := b.events("/staff/events?show=open")
		s.next(t, "data: ")
		open = append(open, s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for range 2 {
		if err := h.console.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range open {
		if got := s.next(t, "nothing more"); got != "closed" {
			t.Error(got)
		}
	}
	if s := b.events("/staff/events?show=open"); s.res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream opened while stopping: %d", s.res.StatusCode)
	}
}
