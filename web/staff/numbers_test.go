package staff

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
	"example.org/intake/bot/staff"
)

// past stores things that happened some days before now, and erases them all once they are counted.
type past struct {
	h       *house
	streams []journal.Stream
	n       int
}

// at runs do with the clock of the journal set back to an hour of an earlier day of the clinic.
func (p *past) at(days, hour int, do func(id string)) {
	p.h.t.Helper()
	now := p.h.clock.now()
	local := now.In(p.h.console.Clinic.Location())
	then := time.Date(local.Year(), local.Month(), local.Day()-days, hour, 10, 0, 0, local.Location())
	p.h.clock.add(then.Sub(now))
	p.n++
	do(fmt.Sprint("past-", p.n))
	p.h.clock.add(now.Sub(p.h.clock.now()))
}

func (p *past) put(kind journal.Kind, id string, after journal.Position, events any) journal.Position {
	p.h.t.Helper()
	data, err := json.Marshal(events)
	p.h.must(err)
	s := journal.Stream{Kind: kind, ID: id}
	at, err := p.h.journal.Append(context.Background(), s, after, data)
	p.h.must(err)
	if after == 0 {
		p.streams = append(p.streams, s)
	}
	return at
}

// talk is one conversation with an answer to each topic, or with a line of another kind.
func (p *past) talk(days, hour int, lang bot.Lang, key string, topics ...string) {
	p.at(days, hour, func(id string) {
		events := []bot.Event{{Type: bot.Started, Lang: lang}, said(p.h.clock.now(), lang, "CANARY of numbers")}
		switch key {
		case bot.KeyDoubt:
			events = append(events, bot.Event{Type: bot.Doubted, Card: safety.CardOverdose})
		case bot.KeyEmergency:
			events = append(events, bot.Event{Type: bot.Warned, Card: safety.CardID(topics[0])})
			topics = nil
		}
		if len(topics) == 0 {
			events = append(events, replied(p.h.clock.now(), lang, key, "text", nil))
		}
		for _, topic := range topics {
			events = append(events, replied(p.h.clock.now(), lang, key, "text", &bot.Card{Kind: bot.CardAnswer, Topic: topic}))
		}
		p.put(journal.Conversation, id, 0, events)
	})
}

// want is one request, tried after some minutes, with an outcome.
func (p *past) want(days, hour int, lang bot.Lang, minutes int, outcome request.Outcome) {
	p.at(days, hour, func(id string) {
		at := p.put(journal.Request, id, 0, []request.Event{{Type: request.Handed, Cause: id, Reason: bot.ReasonConfirmed, Lang: lang, Reference: request.Code(id, 0)}})
		p.h.clock.add(time.Duration(minutes) * time.Minute)
		try := request.Event{Type: request.Attempted, By: "ana"}
		try.Result = request.Reached
		at = p.put(journal.Request, id, at, []request.Event{try})
		if outcome != "" {
			end := request.Event{Type: request.Decided, By: "ana"}
			end.Outcome = outcome
			p.put(journal.Request, id, at, []request.Event{end})
		}
	})
}

// counted waits until everything is counted.
func (h *house) counted() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	h.must(h.figures.CaughtUp(ctx))
}

// erase erases all of it.
func (p *past) erase() {
	p.h.t.Helper()
	p.h.counted()
	errs := make([]error, len(p.streams))
	var all sync.WaitGroup
	for i, s := range p.streams {
		all.Go(func() { errs[i] = p.h.journal.Erase(context.Background(), s) })
	}
	all.Wait()
	for i, err := range errs {
		p.h.must(err)
		if s := p.streams[i]; s.Kind == journal.Request {
			for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
				if _, there := p.h.work.Get(s.ID); !there {
					break
				}
			}
		}
	}
	p.h.counted()
}

// seedNumbers fills four weeks for pictures: busy enough that most is shown, with small numbers among it.
func (h *house) seedNumbers() {
	p := &past{h: h}
	langs := []bot.Lang{bot.EN, bot.EN, bot.ES}
	topics := []string{"getting-started", "getting-started", "getting-started", "medicare-accepted", "medicare-accepted", "group-therapy", "help-for-loved-one", "cost-without-insurance"}
	for i := range 170 {
		days, hour, lang := 1+i%28-i%3*(i%28/9), []int{8, 9, 10, 11, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 2}[i%15], langs[i%3]
		days = max(1, days)
		switch {
		case i%11 == 5:
			p.talk(days, hour, lang, bot.KeyDecline)
		case i%9 == 4:
			p.talk(days, hour, lang, bot.KeyChoose)
		case i%17 == 3:
			p.talk(days, hour, lang, bot.KeyDoubt)
		case i%23 == 7:
			p.talk(days, hour, lang, bot.KeyEmergency, []string{"overdose", "suicide"}[i%2])
		case i%13 == 2:
			p.talk(days, hour, lang, bot.KeyAdvice)
		default:
			p.talk(days, hour, lang, bot.KeyAnswer, topics[i%len(topics)])
		}
		if i%4 == 0 {
			outcomes := []request.Outcome{request.IntakeBooked, request.IntakeBooked, request.GroupBooked, request.Referred, request.Unreachable, ""}
			p.want(days, hour, lang, []int{12, 40, 55, 100, 200, 20}[i/4%6], outcomes[i/4%6])
		}
	}
	p.erase()
}

var tableRow = regexp.MustCompile(`<tr[^>]*><th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td></tr>`)

// tableOf gives the rows of the table behind a chart as "label: number".
func tableOf(body, id string) []string {
	_, rest, ok := strings.Cut(body, `aria-labelledby="h-`+id+`"><h2`)
	if !ok {
		return nil
	}
	section, _, _ := strings.Cut(rest, "</section>")
	var rows []string
	for _, m := range tableRow.FindAllStringSubmatch(section, -1) {
		rows = append(rows, html.UnescapeString(m[1]+": "+m[2]))
	}
	return rows
}

func TestNumbers(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.accountAs("sup", bot.ES, staff.Supervisor)
	p := &past{h: h}
	for range 12 {
		p.talk(2, 23, bot.EN, bot.KeyAnswer, "cost", "start")
	}
	for range 6 {
		p.talk(9, 8, bot.ES, bot.KeyAnswer, "cost")
	}
	for range 7 {
		p.talk(40, 8, bot.ES, bot.KeyDecline) // in twelve months only
	}
	for range 3 {
		p.talk(16, 12, bot.EN, bot.KeyEmergency, "suicide")
	}
	p.talk(0, 9, bot.EN, bot.KeyAnswer, "cost") // today: not shown
	for i := range 11 {
		p.want(3, 10, bot.EN, []int{10, 50}[i%2], []request.Outcome{request.IntakeBooked, request.Unreachable}[i%2])
	}
	h.counted()
	ana, sup := h.signedIn("ana"), h.signedIn("sup")
	page := ana.get("/staff/numbers")
	check := func(a answer, id string, want ...string) {
		t.Helper()
		if got := tableOf(a.body, id); a.status != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%s: %d %q, want %q", id, a.status, got, want)
		}
	}
	// 12 in the last week, 6 and 3 before: the 3 would follow from the sum, so the 6 is hidden too.
	check(page, "conversations_week", "Oct 26 to Nov 1: 0", "Nov 2 to Nov 8: hidden", "Nov 9 to Nov 15: hidden", "Nov 16 to Nov 22: 12", "Total: 21")
	check(page, "topics", "cost: 18", "start: 12", "Total: 30")
	check(page, "questions", "Answered with a topic: 30", "Topics to choose from: 0", "Medical: to a person: 0", "No answer: 0", "Total: 30")
	check(page, "requests_week", "Oct 26 to Nov 1: 0", "Nov 2 to Nov 8: 0", "Nov 9 to Nov 15: 0", "Nov 16 to Nov 22: 11", "Total: 11")
	check(page, "first", "30 minutes or less: 6", "1 hour or less: 5", "2 hours or less: 0", "4 hours or less: 0", "1 day or less: 0", "More than a day: 0", "Total: 11")
	check(page, "languages", "English: 15", "Español: 6", "Total: 21")
	if rows := tableOf(page.body, "emergencies"); rows != nil || !strings.Contains(page.body, "Hidden: fewer than 5") {
		t.Errorf("three emergencies are shown: %q", rows)
	}
	if hours := tableOf(page.body, "hours"); len(hours) != 25 || hours[23] != "11 pm: 12" || hours[8] != "8 am: hidden" || hours[12] != "12 pm: hidden" {
		t.Errorf("hours: %q", hours)
	}
	check(sup.get("/staff/numbers?period=4w&language=es"), "topics", "cost: 6", "start: 0", "Total: 6")
	months := tableOf(sup.get("/staff/numbers?period=12m&language=").body, "conversations_month")
	if len(months) != 13 || months[10] != "oct. 2026: 7" || months[11] != "nov. 2026: 21" || months[12] != "Total: 28" {
		t.Errorf("months: %q", months)
	}
	check(ana.get("/staff/numbers?period=7d&language=en"), "conversations_day", "Monday, Nov 16: 0", "Tuesday, Nov 17: 0", "Wednesday, Nov 18: 0", "Thursday, Nov 19: 0",
		"Friday, Nov 20: 0", "Saturday, Nov 21: 12", "Sunday, Nov 22: 0", "Total: 12")
	if a := ana.get("/staff/numbers?period=1m&language=fr%22%3E"); !slices.Equal(tableOf(a.body, "topics"), tableOf(page.body, "topics")) || strings.Contains(a.body, `fr"`) {
		t.Error("a choice that makes no sense is not the usual one")
	}
	// Every chart has a table behind it, or says why there is none. The same pages come in both languages.
	for _, b := range []*browser{ana, sup} {
		for _, path := range []string{"/staff/numbers", "/staff/numbers/report"} {
			body := b.get(path).body
			sections := strings.Count(body, "<section")
			tables := strings.Count(body, "<table")
			nones := strings.Count(body, `class="none"`) + strings.Count(body, `class="in soft"`)
			if sections != 10 || tables+nones != sections {
				t.Errorf("%s: %d sections, %d tables, %d without", path, sections, tables, nones)
			}
			if strings.Contains(body, "CANARY") || strings.Contains(body, "past-") || strings.Contains(body, "⟦") || strings.Contains(body, "style=") {
				t.Errorf("%s holds something that it must not", path)
			}
		}
	}

	// CSV: the numbers of the page and nothing that the page hides; for supervisors and administrators.
	file := sup.get("/staff/numbers/csv?period=4w&language=")
	text, bom := strings.CutPrefix(file.body, "\uFEFF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !bom || !strings.HasPrefix(file.head.Get("Content-Disposition"), `attachment; filename="numbers-2026-10-26-2026-11-22.csv"`) {
		t.Fatalf("%v %v %v", err, bom, file.head)
	}
	shown := sup.get("/staff/numbers?period=4w&language=")
	for _, want := range tableOf(shown.body, "topics") {
		label, n, _ := strings.Cut(want, ": ")
		if !slices.ContainsFunc(rows, func(r []string) bool {
			return r[0] == "2026-10-26" && r[1] == "2026-11-22" && r[3] == "Lo que más preguntan" && r[4] == label && r[5] == n
		}) {
			t.Errorf("the file lacks %s", want)
		}
	}
	for _, r := range rows[1:] {
		if slices.Contains([]string{"1", "2", "3", "4"}, r[5]) || len(r) != 6 {
			t.Errorf("%q", r)
		}
	}
	if a := ana.get("/staff/numbers/csv"); a.status != http.StatusNotFound || strings.Contains(page.body, "/numbers/csv") || !strings.Contains(shown.body, "/staff/numbers/csv?period=4w&amp;language=") {
		t.Errorf("the file for staff: %d", a.status)
	}
	for _, act := range []string{"counted numbers:4w:all", "counted numbers:4w:es", "counted numbers:12m:all", "counted report:week:all", "exported numbers:4w:all"} {
		if !slices.Contains(h.acts(), act) {
			t.Errorf("%q is not in the record", act)
		}
	}
	// Without the record nothing is shown.
	h.journal.breakKind(journal.Audit)
	for _, path := range []string{"/staff/numbers", "/staff/numbers/report", "/staff/numbers/csv"} {
		if a := sup.get(path); a.status != http.StatusServiceUnavailable || strings.Contains(a.body, "<table") {
			t.Errorf("%s without a record: %d", path, a.status)
		}
	}
	h.journal.breakKind("")
	// Erasing everything changes no number.
	p.erase()
	for _, id := range []string{"conversations_week", "topics", "hours", "requests_week", "outcomes"} {
		check(ana.get("/staff/numbers"), id, tableOf(page.body, id)...)
	}
}

// Switching the language keeps what was chosen, and leads nowhere else.
func TestNumbersAndBack(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	for here, want := range map[string]string{
		"/staff/numbers?period=12m&language=es": "/staff/numbers?period=12m&language=es", "/staff/numbers/report": "/staff/numbers/report",
		"/staff/numbers?period=12m&language=es&x=1": "/staff/", "/staff/numbers?period=//evil.example&language=": "/staff/",
	} {
		if a := b.post("/staff/lang", "lang", "es", "here", here); a.to != want {
			t.Errorf("%s leads to %s", here, a.to)
		}
	}
}
