package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-ical"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/export"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// payloadToken is the token of the conversation that belongs to a payload.
func payloadToken(text string) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%032x", sha256.Sum256([]byte(text)))[:32])
}

// keepPayloads stores a conversation and its request for each text, with the text whole in every field that takes free words: what the reading of
// answers would never let through (it keeps one word of them as a name), an older version or a copy put back might have. It returns their ids.
func keepPayloads(t *testing.T, data string, texts []string) (ids []string) {
	t.Helper()
	ctx := t.Context()
	p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: time.Now}
	j, err := openJournal(ctx, p, &settings{data: data})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now()
	for i, text := range texts {
		id, err := converse.ConversationID(payloadToken(text))
		must(err)
		ids = append(ids, id)
		f := bot.Fields{ForWhom: "self", Name: text, Phone: fmt.Sprintf("+1508555%04d", 1000+i), Email: text, Times: text, Language: "en", Voicemail: new(true), Text: new(true), Coverage: "medicare", Remarks: text}
		line := func(n int, from bot.From, key, text string) *bot.Line {
			return &bot.Line{ID: fmt.Sprintf("kept-line-%d", n), From: from, Lang: bot.EN, Key: key, Text: text, At: now}
		}
		known := f
		known.Coverage = "" // the one question that is left
		events, err := json.Marshal([]bot.Event{{Type: bot.Started, Lang: bot.EN}, {Type: bot.Said, Line: line(1, bot.FromVisitor, "", text)}, {Type: bot.Answered, Fields: &known},
			{Type: bot.Asked, Step: bot.StepCoverage}, {Type: bot.Replied, Line: line(2, bot.FromProgram, bot.KeyStep, text)}})
		must(err)
		_, err = j.Append(ctx, journal.Stream{Kind: journal.Conversation, ID: id}, 0, events)
		must(err)
		_, err = request.HandOver(ctx, j, id, request.Event{Cause: "kept-line-1", Reason: bot.ReasonConfirmed, Reference: request.Code(id, 0), Lang: bot.EN, Fields: &f})
		must(err)
	}
	list, err := request.Open(ctx, j) // has all of them once it is open
	must(err)
	for i, text := range texts {
		must(list.AddNote(ctx, ids[i], "somebody", text))
		must(list.Decide(ctx, ids[i], "somebody", request.IntakeBooked, &request.Appointment{At: now.Add(48 * time.Hour), Place: text}, now))
	}
	return ids
}

// TestNothingKeptIsMoreThanText looks at 300 payloads that stand whole in the names, emails, times, remarks, notes and places of requests: in the summary of
// the widget and of the pages without script, in the console's list, search and requests, and in everything that the console gives out.
func TestNothingKeptIsMoreThanText(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	all := payloads()
	if os.Getenv("CI") != "true" { // some, of what takes long
		all = slices.DeleteFunc(all, func(s string) bool { return sha256.Sum256([]byte(s))[0] > 32 })
	}
	data := filepath.Join(t.TempDir(), "intake-data")
	ids := keepPayloads(t, data, all)
	g := startGate(t, "-data", data)
	seen, p := guarded(t, fresh(t, browser, "phone"))
	plainSeen, plain := guarded(t, fresh(t, browser, "phone"))
	consoleSeen, console := guarded(t, fresh(t, browser, "desktop"))
	whole := func(where, text, got string, least int) {
		t.Helper()
		if n := strings.Count(got, "\n"+text+"\n"); n < least {
			t.Errorf("%s shows %q %d times as it was kept, want %d:\n%s", where, text, n, least, got)
		}
	}
	const values = ".summary dd, .mine .words"

	p.run("the widget", chromedp.Navigate(g.origin+"/chat?lang=en"))
	plain.run("the plain page", chromedp.Navigate(g.origin+"/chat/plain?lang=en")) // each of its pages leads on to the next conversation
	for _, text := range all {
		p.reopen(payloadToken(text))
		p.until("the conversation", "document.querySelector('.mine .words')")
		p.write("medicare")
		p.until("the summary in the widget", "document.querySelectorAll('.summary dd').length > 5")
		whole("the widget", text, p.texts(values), 4) // name, times, remark, and what was said

		plain.lookAt(payloadToken(text))
		plain.until("the summary without script", "document.readyState === 'complete' && document.querySelectorAll('.summary dd').length > 5 && !window.before")
		whole("the page without script", text, plain.texts(values), 4)
	}

	setUpStaff(console, g.server.setup)
	var names string
	for from := 0; from < len(all); from += 50 {
		console.run("the list", chromedp.Navigate(g.origin+fmt.Sprintf("/staff/?show=booked&from=%d", from)))
		names += console.texts("bdi")
	}
	for i, text := range all {
		whole("the list", text, names, 1)
		console.run("a request", chromedp.Navigate(g.origin+"/staff/requests/"+ids[i]))
		console.until("the request", "document.readyState === 'complete' && document.querySelector('.notes .text')")
		whole("the request", text, console.texts("h1 bdi, .mail bdi, .facts bdi, .notes .text, .words"), 6)
		if i%10 == 0 && utf8.RuneCountInString(text) <= 80 { // the search takes no more
			console.run("the list", chromedp.Navigate(g.origin+"/staff/"))
			console.eval("document.querySelector('#q').value = " + quoteJS(text) + "; document.querySelector('#q').form.requestSubmit()")
			console.until("what was found", "document.readyState === 'complete' && location.pathname === '/staff/search'")
			whole("the search", text, console.texts("bdi")+"\n"+console.eval("document.querySelector('#q').value")+"\n", 1)
		}
	}
	leavesWhole(t, console, g.origin, ids, all)
	nothingHappened(t, map[string]*log{"widget": seen, "pages without script": plainSeen, "console": consoleSeen})
	t.Logf("%d payloads as names, emails, times, remarks, notes and places, in widget, pages without script, console, print, table, calendar and FHIR: nothing ran", len(all))
}

// texts gives the texts of the elements, each on lines of its own.
func (p page) texts(selector string) string {
	p.t.Helper()
	return p.eval("'\\n' + [...document.querySelectorAll(" + quoteJS(selector) + ")].map(e => e.textContent).join('\\n\\n') + '\\n'")
}

// leavesWhole makes every form of every request in the console and looks for the text in what leaves.
func leavesWhole(t *testing.T, console page, origin string, ids, texts []string) {
	t.Helper()
	form := func(kind, press string) url.Values {
		return url.Values{"press": {"press-" + press}, "form": {kind}, "lang": {"en"}, "recipient": {"Harbor Hospital"}, "purpose": {"treatment"}, "basis": {"consent"},
			"date": {time.Now().AddDate(0, 0, -2).Format(time.DateOnly)}, "scope": {"once"}, "part": {"details", "appointment", "place", "conversation", "notes"}}
	}
	get := func(path string, f url.Values) string {
		t.Helper()
		got := console.await("fetch(" + quoteJS(path) + ", {method: 'POST', headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: " + quoteJS(f.Encode()) + "}).then(async r => r.status + '\\n' + await r.text())")
		status, body, _ := strings.Cut(got, "\n")
		if status != "200" {
			t.Fatalf("%s %s: %s\n%s", path, f.Get("form"), status, body)
		}
		return body
	}
	table := func(body string) (cells []string) {
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				cells = append(cells, export.Undefuse(cell))
			}
		}
		return cells
	}
	holds := func(what, text string, cells []string, least int) {
		t.Helper()
		n := 0
		for _, c := range cells {
			if c == text || strings.HasSuffix(c, ": "+text) { // a note and a line stand behind who wrote them
				n++
			}
		}
		if n < least {
			t.Errorf("%s holds %q %d times, want %d", what, text, n, least)
		}
	}
	list := form("", "whole-list")
	list.Set("show", "booked")
	list.Set("basis", "audit")
	list.Set("purpose", "auditing")
	list.Del("part")
	many := table(get("/staff/export", list))
	for i, text := range texts {
		holds("the list's table", text, many, 3) // name, email, remark and times; a formula of an email may be the same as a name
		path := "/staff/requests/" + ids[i] + "/export"
		holds("the table", text, table(get(path, form("csv", fmt.Sprint("table-", i)))), 6)

		calendar, err := ical.NewDecoder(strings.NewReader(get(path, form("ics", fmt.Sprint("calendar-", i))))).Decode()
		if err != nil {
			t.Fatal(err)
		}
		place, err := calendar.Events()[0].Props.Text(ical.PropLocation)
		if err != nil || place != text {
			t.Errorf("the calendar's place %q became %q, %v", text, place, err)
		}

		var bundle any
		if err := json.Unmarshal([]byte(get(path, form("fhir", fmt.Sprint("bundle-", i)))), &bundle); err != nil {
			t.Fatal(err)
		}
		holds("the bundle", text, stringsIn(bundle), 6)

		if i%4 != 0 { // the page for printing, opened as staff do
			continue
		}
		fields, _ := json.Marshal(form("print", fmt.Sprint("print-", i))) // texts always can be
		console.eval(`(() => { const f = document.createElement('form'); f.method = 'post'; f.action = ` + quoteJS(path) + `;
			for (const [name, values] of Object.entries(` + string(fields) + `)) for (const value of values) { const i = document.createElement('input'); i.name = name; i.value = value; f.append(i); }
			document.body.append(f); f.submit(); })()`)
		console.until("the page for printing", "document.readyState === 'complete' && document.body.classList.contains('sheet')")
		sheet := console.eval(`JSON.stringify([...document.querySelectorAll('bdi, .long')].flatMap(e => e.className === 'long' ? e.textContent.split('\n') : [e.textContent]))`)
		var shown []string
		if err := json.Unmarshal([]byte(sheet), &shown); err != nil {
			t.Fatal(err)
		}
		holds("the page for printing", text, shown, 6)
		console.run("back to the console", chromedp.Navigate(origin+"/staff/"))
	}
}

// stringsIn gives every string in what JSON became.
func stringsIn(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		for _, one := range v {
			all = append(all, stringsIn(one)...)
		}
	case map[string]any:
		for _, one := range v {
			all = append(all, stringsIn(one)...)
		}
	}
	return all
}
