package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// short says what a webhook's body tells.
func short(t *testing.T, bodies []string) []string {
	t.Helper()
	var list []string
	for _, b := range bodies {
		var p struct {
			Type string
			Data struct{ Code, Urgency, Language, Link string }
		}
		if err := json.Unmarshal([]byte(b), &p); err != nil {
			t.Fatal(err)
		}
		if p.Data.Link != "https://chat.clinic.example/staff/" {
			t.Errorf("link: %s", b)
		}
		list = append(list, strings.TrimSpace(fmt.Sprint(p.Type, " ", p.Data.Code, " ", p.Data.Urgency, " ", p.Data.Language)))
	}
	return list
}

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func code(id string) string { return request.Code(id, 0) }

// What is told, and what is not: a request that was opened, also by nothing but "talk to a person"; that became urgent; that came back after it
// was closed. Not: what staff do, a second hand-over of what waits already, and what was there before alerts were.
func TestWhatIsTold(t *testing.T) {
	h := newHouse(t)
	h.hand("before", bot.ReasonPerson, nil)
	sink := newHookSink(h)
	n := h.node(h.hooked("", map[string]*hookSink{"desk": sink}))
	h.hand("asks", bot.ReasonPerson, nil) // the first act, without a word more
	h.hand("asks", bot.ReasonConfirmed, &bot.Fields{Name: "Ana", Language: "ht"})
	h.hand("card", bot.ReasonEmergency, nil)
	h.hand("card", bot.ReasonPerson, nil)
	h.hand("grows", bot.ReasonConfirmed, &bot.Fields{Language: "some words of a visitor"})
	h.hand("grows", bot.ReasonEmergency, nil)
	h.must(h.work.AddNote(h.ctx, "asks", "ana", "a note"))
	h.must(h.work.Claim(h.ctx, "asks", "ana", h.clock.now()))
	h.must(h.work.Decide(h.ctx, "asks", "ana", request.Declined, nil, h.clock.now()))
	h.hand("asks", bot.ReasonPerson, nil) // back again: only the reason is the same, so the cause differs by its time
	h.clock.add(time.Second)
	h.hand("asks", bot.ReasonPerson, nil)
	h.until("it is open again", func() bool { r, _ := h.work.Get("asks"); return r.Status == request.New })
	h.read(n)
	n.deliver(h.ctx)
	bodies, repeats := sink.got()
	same(t, "told", short(t, bodies), []string{"request.new " + code("asks") + " usual es", "request.new " + code("card") + " urgent es",
		"request.new " + code("grows") + " usual other", "request.urgent " + code("grows") + " urgent other", "request.new " + code("asks") + " usual ht"})
	if repeats != 0 || sink.badly != 0 {
		t.Errorf("%d repeats, %d signatures that do not fit", repeats, sink.badly)
	}
}

// An urgent request that nobody has is told again, then to the supervisors, until somebody has it; when the claim runs out it goes on.
func TestUnclaimedUrgent(t *testing.T) {
	h := newHouse(t)
	desk, boss := newHookSink(h), newHookSink(h)
	n := h.node(h.hooked("again = \"10m\"\nsupervisors_after = \"25m\"\n", map[string]*hookSink{"desk": desk, "boss": boss}))
	h.hand("calm", bot.ReasonPerson, nil)
	h.hand("red", bot.ReasonEmergency, nil)
	h.read(n)
	n.deliver(h.ctx)
	h.pass(n, 9*time.Minute, time.Minute)
	again := "request.unclaimed " + code("red") + " urgent es"
	first := []string{"request.new " + code("calm") + " usual es", "request.new " + code("red") + " urgent es"}
	got := func(s *hookSink) []string { b, _ := s.got(); return short(t, b) }
	same(t, "after 9 minutes", got(desk), first)
	h.pass(n, 2*time.Minute, time.Minute)
	same(t, "after 11 minutes", got(desk), append(first, again))
	h.pass(n, 10*time.Minute, time.Minute)
	same(t, "after 21 minutes", got(desk), append(first, again, again))
	same(t, "supervisors after 21 minutes", got(boss), nil)
	h.pass(n, 10*time.Minute, time.Minute)
	same(t, "after 31 minutes", got(desk), append(first, again, again, again))
	same(t, "supervisors after 31 minutes", got(boss), []string{again})
	h.must(h.work.Claim(h.ctx, "red", "ana", h.clock.now()))
	h.pass(n, request.Lease-time.Minute, time.Minute)
	if len(got(desk)) != 5 || len(got(boss)) != 1 {
		t.Errorf("somebody has it, and it is told again: %d, %d", len(got(desk)), len(got(boss)))
	}
	h.pass(n, 2*time.Minute, time.Minute)
	if len(got(desk)) != 6 || len(got(boss)) != 2 {
		t.Errorf("the claim ran out, and nobody is told: %d, %d", len(got(desk)), len(got(boss)))
	}
	h.must(h.work.Decide(h.ctx, "red", "ana", request.Referred, nil, h.clock.now()))
	h.pass(n, time.Hour, time.Minute)
	if len(got(desk)) != 6 || len(got(boss)) != 2 {
		t.Errorf("it is closed, and told again: %d, %d", len(got(desk)), len(got(boss)))
	}
}

// An outage of hours: everything arrives once the receiver is back, in order, once; each attempt was signed anew; a program that starts again in
// the middle forgets nothing and doubles nothing.
func TestOutage(t *testing.T) {
	h := newHouse(t)
	sink := newHookSink(h)
	s := h.hooked("again = \"24h\"\n", map[string]*hookSink{"desk": sink})
	n := h.node(s)
	h.hand("r0", bot.ReasonPerson, nil)
	h.read(n)
	n.deliver(h.ctx)
	sink.down()
	var want []string
	want = append(want, "request.new "+code("r0")+" usual es")
	for k := 1; k <= 12; k++ {
		id := fmt.Sprint("r", k)
		h.hand(id, bot.ReasonPerson, nil)
		h.read(n)
		want = append(want, "request.new "+code(id)+" usual es")
		h.pass(n, 30*time.Minute, time.Minute)
		switch k {
		case 4:
			sink.up() // answers again, but with an error: a proxy whose program is gone
			sink.answer(503)
		case 8: // a crash: nothing was said to the old one
			n = h.node(s)
			h.read(n)
		}
	}
	if bodies, _ := sink.got(); len(bodies) != 1 || n.Failing() == 0 {
		t.Fatalf("down, and %d arrived; failing: %d", len(bodies), n.Failing())
	}
	sink.answer(0)
	h.pass(n, time.Hour, time.Minute)
	bodies, repeats := sink.got()
	same(t, "after the outage", short(t, bodies), want)
	if repeats != 0 || n.Failing() != 0 || sink.badly != 0 {
		t.Errorf("%d repeats, %d failing, %d signatures that do not fit", repeats, n.Failing(), sink.badly)
	}
	// Of one alert's attempts: one id, fresh times and signatures.
	seen, ids := map[string]bool{}, map[string]int{}
	for _, head := range sink.tries {
		ids[head.Get(headerID)]++
		if seen[head.Get(headerSignature)] || seen[head.Get(headerTimestamp)+head.Get(headerID)] {
			t.Error("a signature or time was used twice")
		}
		seen[head.Get(headerSignature)], seen[head.Get(headerTimestamp)+head.Get(headerID)] = true, true
	}
	most := 0
	for _, k := range ids {
		most = max(most, k)
	}
	if most < 5 || len(ids) != 13 {
		t.Errorf("%d ids, at most %d attempts of one", len(ids), most)
	}
}

// After so many tries an alert is a dead letter, the next one is tried, and an administrator sends the dead one again.
func TestDeadLetter(t *testing.T) {
	h := newHouse(t)
	sink := newHookSink(h)
	n := h.node(h.hooked("tries = 3\n", map[string]*hookSink{"desk": sink}))
	sink.answer(500)
	h.hand("one", bot.ReasonPerson, nil)
	h.hand("two", bot.ReasonPerson, nil)
	h.read(n)
	n.deliver(h.ctx)
	h.pass(n, 20*time.Second, 20*time.Second)
	items := n.Items()
	if items[1].State != Waiting || items[1].Tries != 2 || items[0].Tries != 0 {
		t.Fatalf("before the last try: %+v", items)
	}
	h.must(n.Again(h.ctx, items[1].ID, "adm")) // it still waits: nothing changes
	if i, _ := n.outbox.get(items[1].ID); i.Tries != 2 {
		t.Errorf("sent again while it waits: %+v", i)
	}
	h.pass(n, time.Minute, 20*time.Second)
	items = n.Items()
	if one := items[1]; one.State != Dead || one.Code != code("one") || one.Failure.Why != Status || one.Failure.Code != 500 || n.Failing() == 0 {
		t.Fatalf("not dead: %+v", one)
	}
	sink.answer(0)
	h.pass(n, time.Hour, 10*time.Minute)
	h.must(n.Again(h.ctx, items[1].ID, "adm"))
	h.must(n.Again(h.ctx, items[1].ID, "adm2")) // pressed twice
	n.deliver(h.ctx)
	bodies, repeats := sink.got()
	same(t, "in the end", short(t, bodies), []string{"request.new " + code("two") + " usual es", "request.new " + code("one") + " usual es"})
	if one, _ := n.outbox.get(items[1].ID); repeats != 0 || one.State != Sent || n.Failing() != 0 {
		t.Errorf("%d repeats, %+v", repeats, one)
	}
	h.must(n.Again(h.ctx, items[1].ID, "adm")) // delivered: nothing changes
	if one, _ := n.outbox.get(items[1].ID); one.State != Sent {
		t.Errorf("delivered, and sent again: %+v", one)
	}
	if err := n.Again(h.ctx, "nothing", "adm"); !errors.Is(err, ErrUnknown) {
		t.Errorf("an alert that is none: %v", err)
	}
	// However few the tries: after a day nobody is helped by it any more.
	sink.answer(500)
	h.hand("old", bot.ReasonPerson, nil)
	h.read(n)
	h.clock.add(giveUp)
	n.deliver(h.ctx)
	if i := n.Items()[0]; i.State != Dead || i.Tries != 1 {
		t.Errorf("after a day: %+v", i)
	}
}

// A request that is erased takes its alerts along, also those that wait; they do not come back. Old ones go by themselves.
func TestForgets(t *testing.T) {
	h := newHouse(t)
	sink := newHookSink(h)
	s := h.hooked("again = \"24h\"\n", map[string]*hookSink{"desk": sink})
	n := h.node(s)
	h.hand("kept", bot.ReasonPerson, nil)
	h.hand("gone", bot.ReasonPerson, nil)
	h.read(n)
	h.must(h.journal.Erase(h.ctx, journal.Stream{Kind: journal.Request, ID: "gone"}))
	h.until("its alert is gone", func() bool { return len(n.outbox.about("gone")) == 0 })
	n.deliver(h.ctx)
	bodies, _ := sink.got()
	same(t, "told", short(t, bodies), []string{"request.new " + code("kept") + " usual es"})
	other := h.node(s) // reads everything since its cursor again
	h.read(other)
	if items := other.Items(); len(items) != 1 {
		t.Errorf("they came back: %+v", items)
	}
	h.clock.add(keep)
	if done, err := n.Sweep(h.ctx); err != nil || len(n.Items()) != 1 {
		t.Errorf("of an open request: %d erased, %v", done, err)
	}
	r, _ := h.work.Get("kept")
	h.must(h.work.SetStatus(h.ctx, "kept", r.Position, request.Closed, "ana"))
	h.clock.add(40 * 24 * time.Hour)
	at, _ := n.outbox.told()
	h.must(n.saveCursor(h.ctx, at))
	done, err := n.Sweep(h.ctx)
	h.until("all are gone", func() bool { return len(n.Items()) == 0 })
	if err != nil || done != 2 { // the alert, and the first month's cursor
		t.Errorf("%d erased, %v", done, err)
	}
	if at, set := h.quiet(h.journal, s).outbox.told(); !set || at == 0 {
		t.Error("the cursor is lost")
	}
	// Nobody to tell: erasing goes on all the same.
	h.hand("later", bot.ReasonPerson, nil)
	h.read(n)
	silent := h.node(h.settings("", nil))
	h.must(h.journal.Erase(h.ctx, journal.Stream{Kind: journal.Request, ID: "later"}))
	h.until("its alert is gone", func() bool { return len(silent.Items()) == 0 })
}

// With nothing configured nothing is told and nobody is called; a destination that is added later is not told of what was before.
func TestNothingConfigured(t *testing.T) {
	h := newHouse(t)
	s, err := Load("", func(string) string { return "" })
	h.must(err)
	n := h.node(s)
	h.hand("red", bot.ReasonEmergency, nil)
	h.read(n)
	h.pass(n, time.Hour, 10*time.Minute)
	if len(n.Items()) != 0 || n.Failing() != 0 {
		t.Errorf("told: %+v", n.Items())
	}
	at, _ := n.outbox.told()
	h.must(n.saveCursor(h.ctx, at))
	sink := newHookSink(h)
	later := h.node(h.hooked("", map[string]*hookSink{"desk": sink}))
	h.hand("new", bot.ReasonPerson, nil)
	h.read(later)
	later.deliver(h.ctx)
	bodies, _ := sink.got()
	same(t, "told", short(t, bodies), []string{"request.new " + code("new") + " usual es"})
	h.must(later.remind(h.ctx)) // but who waits urgently is told of, whenever it came
	later.deliver(h.ctx)
	bodies, _ = sink.got()
	same(t, "then", short(t, bodies)[1:], []string{"request.unclaimed " + code("red") + " urgent es"})
}

// The running program does by itself what the tests above do step by step.
func TestRun(t *testing.T) {
	h := newHouse(t)
	sink := newHookSink(h)
	n := h.quiet(h.journal, h.hooked("", map[string]*hookSink{"desk": sink}))
	ctx, stop := context.WithCancel(h.ctx)
	var all sync.WaitGroup
	all.Go(func() { n.Run(ctx) })
	h.hand("one", bot.ReasonPerson, nil)
	h.must(n.Try(h.ctx, "desk", "press-1"))
	h.must(n.Try(h.ctx, "desk", "press-1")) // pressed twice
	if err := n.Try(h.ctx, "nobody", "press-2"); !errors.Is(err, ErrUnknown) {
		t.Errorf("a test to nobody: %v", err)
	}
	h.until("both arrive", func() bool { b, _ := sink.got(); return len(b) == 2 })
	stop()
	all.Wait()
	bodies, repeats := sink.got()
	got := short(t, bodies)
	slices.SortFunc(got, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	same(t, "told", got, []string{"test", "request.new " + code("one") + " usual es"})
	if repeats != 0 {
		t.Error("a repeat")
	}
}

// Pauses grow, differ by chance, and stay within their bounds.
func TestPauses(t *testing.T) {
	for n := 1; n < 100; n++ {
		most := longPause
		if n < 9 {
			most = min(longPause, firstPause<<(n-1))
		}
		seen := map[time.Duration]bool{}
		for range 50 {
			p := pause(n)
			if seen[p] = true; p > most || p <= most/2 {
				t.Fatalf("after %d failures: %s", n, p)
			}
		}
		if len(seen) < 10 {
			t.Errorf("after %d failures all wait the same", n)
		}
	}
}
