package figures_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/figures"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

const canary = "CANARY-7f3a"

// place is a real journal in a folder, with a clock of its own.
type place struct {
	t    *testing.T
	dir  string
	j    journal.Journal
	now  atomic.Pointer[time.Time]
	zone *time.Location
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{t: t, dir: t.TempDir()}
	var err error
	if p.zone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	p.at("2026-11-02 10:00")
	if p.j, err = boltjournal.Open(p.dir, boltjournal.Options{Now: p.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.j.Close() })
	return p
}

func (p *place) clock() time.Time { return *p.now.Load() }

// at sets the clock to a time in the clinic's zone.
func (p *place) at(s string) {
	p.t.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, p.zone)
	if err != nil {
		p.t.Fatal(err)
	}
	p.now.Store(&t)
}

func (p *place) add(d time.Duration) {
	t := p.clock().Add(d)
	p.now.Store(&t)
}

// node is one program that counts in the journal, until the test ends it or kills it.
type node struct {
	*figures.Counter
	kill func()
}

func (p *place) node(over journal.Journal) node {
	p.t.Helper()
	ctx, kill := context.WithCancel(context.Background())
	p.t.Cleanup(kill)
	c, err := figures.Open(ctx, figures.Config{Journal: over, Zone: p.zone, Now: p.clock, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		p.t.Fatal(err)
	}
	return node{c, kill}
}

func (p *place) caughtUp(c node) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.CaughtUp(ctx); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) put(kind journal.Kind, id string, events any) {
	p.t.Helper()
	data, err := json.Marshal(events)
	p.must(err)
	s := journal.Stream{Kind: kind, ID: id}
	var last journal.Position
	for e, err := range p.j.Read(context.Background(), s, 0) {
		p.must(err)
		last = e.Position
	}
	_, err = p.j.Append(context.Background(), s, last, data)
	p.must(err)
}

// turn stores one turn of a conversation: what the visitor said or tapped, and what the program answered.
func (p *place) turn(id string, lang bot.Lang, choice, key string, topics []string, more ...bot.Event) {
	p.t.Helper()
	var events []bot.Event
	if more != nil {
		events = append(events, more...)
	}
	events = append(events, bot.Event{Type: bot.Said, Line: &bot.Line{ID: "l-" + fmt.Sprint(rand.Int64()), From: bot.FromVisitor, Lang: lang, Text: canary, Choice: choice}},
		bot.Event{Type: bot.Replied, Line: &bot.Line{From: bot.FromProgram, Lang: lang, Key: key, Topics: topics, Text: canary}})
	p.put(journal.Conversation, id, events)
}

func started(lang bot.Lang) bot.Event { return bot.Event{Type: bot.Started, Lang: lang} }

func (p *place) hand(id string, lang bot.Lang) {
	p.t.Helper()
	_, err := request.HandOver(context.Background(), p.j, id, request.Event{Cause: canary + fmt.Sprint(rand.Int64()), Reason: bot.ReasonConfirmed, Reference: "A-1", Lang: lang,
		Fields: &bot.Fields{Name: canary, Phone: "+15085550143"}})
	p.must(err)
}

func counts(list []figures.Count) map[figures.Cell]int {
	m := map[figures.Cell]int{}
	for _, n := range list {
		m[n.Cell] = n.N
	}
	return m
}

func (p *place) want(c node, want map[figures.Cell]int) {
	p.t.Helper()
	p.caughtUp(c)
	got := counts(c.Between("0000-00-00", "9999-99-99"))
	for cell, n := range want {
		if got[cell] != n {
			p.t.Errorf("%v: %d, want %d", cell, got[cell], n)
		}
	}
	for cell, n := range got {
		if _, ok := want[cell]; !ok {
			p.t.Errorf("%v: %d, want none", cell, n)
		}
	}
}

type cell = figures.Cell

func TestWhatIsCounted(t *testing.T) {
	p := newPlace(t)
	ctx := context.Background()
	w, err := request.Open(ctx, p.j)
	p.must(err)
	c := p.node(p.j)
	p.turn("c1", bot.ES, "", bot.KeyChoose, []string{"start", "cost"}, started(bot.ES))
	p.turn("c1", bot.ES, "topic:cost", bot.KeyAnswer, []string{"cost"})
	p.turn("c1", bot.ES, "topic:start", bot.KeyAnswer, []string{"start"}) // a chip below an answer: nothing was offered to choose from
	p.turn("c2", bot.EN, "", bot.KeyDecline, nil, started(bot.EN))
	p.turn("c2", bot.EN, "", bot.KeyNotAsked, nil)
	p.turn("c2", bot.EN, "", bot.KeyAdvice, nil)
	p.turn("c2", bot.EN, "", bot.KeyDoubt, nil, bot.Event{Type: bot.Doubted, Card: safety.CardOverdose})
	p.turn("c2", bot.EN, "", bot.KeyEmergency, nil, bot.Event{Type: bot.Warned, Card: safety.CardOverdose})
	for _, id := range []string{"r1", "r2", "r3"} {
		p.hand(id, bot.EN)
		p.hand(id, bot.EN) // sent once more
	}
	p.add(90 * time.Minute)
	for i, id := range []string{"r1", "r2", "r3"} {
		r := func() error { return w.Attempt(ctx, id, "ana", request.NoAnswer, fmt.Sprint("press-", i), p.clock()) }
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			if _, ok := w.Get(id); ok || time.Now().After(deadline) {
				break
			}
		}
		p.must(r())
		p.add(3 * time.Hour)
		p.must(w.Attempt(ctx, id, "ana", request.Reached, fmt.Sprint("press2-", i), p.clock()))
	}
	p.must(w.Decide(ctx, "r1", "ana", request.Declined, nil, p.clock()))
	p.at("2026-11-03 09:00")
	p.must(w.Decide(ctx, "r1", "ana", request.Referred, nil, p.clock())) // corrected the next day
	p.must(w.Decide(ctx, "r2", "ana", request.Unreachable, nil, p.clock()))
	r2, _ := w.Get("r2")
	p.must(w.SetStatus(ctx, "r2", r2.Position, request.New, "ana")) // undone
	p.must(request.Withdraw(ctx, p.j, "r3", "line-x"))
	d := figures.Day("2026-11-02")
	p.want(c, map[cell]int{
		{d, figures.Conversations, "", bot.ES}: 1, {d, figures.Conversations, "", bot.EN}: 1,
		{d, figures.Hours, "10", bot.ES}: 1, {d, figures.Hours, "10", bot.EN}: 1,
		{d, figures.Questions, figures.Offered, bot.ES}: 1, {d, figures.Questions, figures.Answered, bot.ES}: 2, {d, figures.Chosen, "", bot.ES}: 1,
		{d, figures.Topics, "cost", bot.ES}: 1, {d, figures.Topics, "start", bot.ES}: 1,
		{d, figures.Questions, figures.Declined, bot.EN}: 2, {d, figures.Questions, figures.Advised, bot.EN}: 1,
		{d, figures.Emergencies, figures.Asked, bot.EN}: 1, {d, figures.Emergencies, "overdose", bot.EN}: 1,
		{d, figures.Requests, "", bot.EN}:                    3,
		{d, figures.FirstContact, "2h", bot.EN}:              1,
		{d, figures.FirstContact, "24h", bot.EN}:             2,
		{"2026-11-03", figures.Outcomes, "referred", bot.EN}: 1, {"2026-11-03", figures.Outcomes, figures.Withdrawn, bot.EN}: 1,
	})
}

// What is erased leaves its counts and nothing else: no id, no word of it in any file, also after the counts were stored and read anew.
func TestCountsOutliveErasure(t *testing.T) {
	p := newPlace(t)
	ctx := context.Background()
	c := p.node(p.j)
	for i := range 6 {
		id := fmt.Sprintf("canary-id-%d", i)
		p.turn(id, bot.EN, "", bot.KeyAnswer, []string{"cost"}, started(bot.EN))
		p.hand(id, bot.EN)
	}
	p.caughtUp(c)
	before := counts(c.Between("2026-11-01", "2026-11-30"))
	for i := range 6 {
		for _, k := range []journal.Kind{journal.Conversation, journal.Request} {
			p.must(p.j.Erase(ctx, journal.Stream{Kind: k, ID: fmt.Sprintf("canary-id-%d", i)}))
		}
	}
	p.at("2026-11-03 00:01")
	p.caughtUp(c)
	p.must(c.Settle(ctx))
	c.kill()
	again := p.node(p.j)
	p.want(again, before)
	if before[cell{"2026-11-02", figures.Topics, "cost", bot.EN}] != 6 {
		t.Error("nothing was counted: the test shows nothing")
	}
	stored := 0
	for h, err := range p.j.Heads(ctx, journal.Figures) {
		p.must(err)
		for e, err := range p.j.Read(ctx, h.Stream, 0) {
			p.must(err)
			stored++
			if bytes.Contains(e.Data, []byte("canary")) || bytes.Contains(e.Data, []byte(canary)) || bytes.Contains(e.Data, []byte("5550143")) {
				t.Errorf("the counts hold something of a visitor: %s", e.Data)
			}
		}
	}
	if stored == 0 {
		t.Error("nothing was stored")
	}
	p.must(p.j.Close())
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	p.must(err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		p.must(err)
		if bytes.Contains(b, []byte(canary)) || bytes.Contains(b, []byte("5550143")) {
			t.Errorf("%s still holds a visitor's words", filepath.Base(f))
		}
	}
}

// A stored entry is about a day that is over, or at a stop about five people or more: never about one conversation at one minute.
func TestNothingIsStoredOfSingles(t *testing.T) {
	p := newPlace(t)
	ctx := context.Background()
	stored := func() (n int) {
		for h, err := range p.j.Heads(ctx, journal.Figures) {
			p.must(err)
			for _, err := range p.j.Read(ctx, h.Stream, 0) {
				p.must(err)
				n++
			}
		}
		return n
	}
	c := p.node(p.j)
	for i := range 4 {
		p.turn(fmt.Sprint("c", i), bot.EN, "", bot.KeyAnswer, []string{"cost"}, started(bot.EN))
		p.add(time.Hour)
	}
	p.caughtUp(c)
	p.must(c.Settle(ctx))
	p.must(c.Stop(ctx))
	if n := stored(); n != 0 {
		t.Errorf("%d entries stored of four conversations on a day that is not over", n)
	}
	p.turn("c5", bot.EN, "", bot.KeyAnswer, []string{"cost"}, started(bot.EN))
	p.caughtUp(c)
	p.must(c.Stop(ctx))
	if n := stored(); n != 2 { // the word which month it is, and the counts
		t.Errorf("%d entries stored at the stop, want 2", n)
	}
}

// breaking fails an append of counts now and then, before it is stored or after, as a crash does.
type breaking struct {
	journal.Journal
	mu    sync.Mutex
	rand  *rand.Rand
	fails int
}

var errCrash = errors.New("crash")

func (b *breaking) Append(ctx context.Context, s journal.Stream, after journal.Position, data []byte) (journal.Position, error) {
	if s.Kind == journal.Figures {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch b.rand.IntN(3) {
		case 0:
			b.fails++
			return 0, errCrash
		case 1:
			if _, err := b.Journal.Append(ctx, s, after, data); err != nil {
				return 0, err
			}
			b.fails++
			return 0, errCrash
		}
	}
	return b.Journal.Append(ctx, s, after, data)
}

// Whatever happens, in whatever order, with two programs that crash between any two steps: each thing is counted once. The naive count is made of what
// the test itself did, day by day, over the ends of months and both days on which the clocks change.
func TestCountsOnce(t *testing.T) {
	crashes := 0
	seeds := uint64(3)
	if os.Getenv("CI") == "true" {
		seeds = 12
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 7))
		p := newPlace(t)
		p.at([]string{"2026-10-30 22:00", "2026-03-06 12:00", "2026-12-30 23:00"}[seed%3])
		broken := &breaking{Journal: p.j, rand: rand.New(rand.NewPCG(seed, 8))}
		nodes := []node{p.node(p.j), p.node(broken)}
		want := map[cell]int{}
		langs := []bot.Lang{bot.EN, bot.ES}
		for i := range 120 {
			p.add(time.Duration(r.IntN(180)) * time.Minute)
			at := p.clock().In(p.zone)
			day, lang := figures.Day(at.Format("2006-01-02")), langs[r.IntN(2)]
			id := fmt.Sprint("s", i)
			switch r.IntN(4) {
			case 0, 1:
				topic := []string{"cost", "start", "medicare"}[r.IntN(3)]
				p.turn(id, lang, "", bot.KeyAnswer, []string{topic}, started(lang))
				want[cell{day, figures.Conversations, "", lang}]++
				want[cell{day, figures.Hours, at.Format("15"), lang}]++
				want[cell{day, figures.Questions, figures.Answered, lang}]++
				want[cell{day, figures.Topics, topic, lang}]++
				if r.IntN(4) == 0 {
					for _, n := range nodes {
						p.caughtUp(n)
					}
					p.must(p.j.Erase(context.Background(), journal.Stream{Kind: journal.Conversation, ID: id}))
				}
			case 2:
				p.hand(id, lang)
				want[cell{day, figures.Requests, "", lang}]++
				p.must(request.Withdraw(context.Background(), p.j, id, "x"))
				want[cell{day, figures.Outcomes, figures.Withdrawn, lang}]++
			case 3:
				n := r.IntN(2)
				switch r.IntN(3) {
				case 0: // stores what is over, and may fail
					p.caughtUp(nodes[n])
					_ = nodes[n].Settle(context.Background())
				case 1:
					p.caughtUp(nodes[n])
					_ = nodes[n].Stop(context.Background())
				case 2: // killed and started again; the other one still knows what was erased, if it is not ahead
					for other := nodes[1-n]; ; {
						p.caughtUp(other)
						if err := other.Flush(context.Background()); err == nil {
							break
						}
					}
					nodes[n].kill()
					nodes[n] = p.node([]journal.Journal{p.j, broken}[n])
				}
			}
		}
		p.caughtUp(nodes[0])
		p.must(nodes[0].Flush(context.Background())) // what was erased must be stored before a third one starts
		for _, n := range append(slices.Clone(nodes), p.node(p.j)) {
			p.want(n, want)
		}
		broken.mu.Lock()
		crashes += broken.fails
		broken.mu.Unlock()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if crashes == 0 {
		t.Error("no append failed: the test shows nothing")
	}
	t.Logf("%d appends failed", crashes)
}

// On the day the clocks go back the hour from 1 to 2 comes twice and is one hour of the clock; on the day they go forward the hour from 2 is none.
func TestHoursWhenClocksChange(t *testing.T) {
	p := newPlace(t)
	c := p.node(p.j)
	for i, utc := range []string{"2026-11-01T03:59:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z", "2026-11-02T04:59:00Z", "2026-11-02T05:00:00Z"} {
		at, err := time.Parse(time.RFC3339, utc)
		p.must(err)
		p.now.Store(&at)
		p.put(journal.Conversation, fmt.Sprint("c", i), []bot.Event{started(bot.EN)})
	}
	want := map[cell]int{}
	for _, x := range []struct {
		day  figures.Day
		hour string
		n    int
	}{{"2026-10-31", "23", 1}, {"2026-11-01", "01", 2}, {"2026-11-01", "23", 1}, {"2026-11-02", "00", 1}} {
		want[cell{x.day, figures.Hours, x.hour, bot.EN}] = x.n
		want[cell{x.day, figures.Conversations, "", bot.EN}] += x.n
	}
	p.want(c, want)
}
