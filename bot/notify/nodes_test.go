package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// Two nodes on one journal that both watch, remind and deliver at the same time: each alert exists once and is delivered once, in order.
func TestTwoNodes(t *testing.T) {
	h := newHouse(t)
	a, b := newHookSink(h), newHookSink(h)
	s := h.hooked("", map[string]*hookSink{"desk": a, "pager": b})
	one, two := h.node(s), h.node(s)
	ctx, stop := context.WithCancel(h.ctx)
	var all sync.WaitGroup
	for _, n := range []*Notifier{one, two} {
		all.Go(func() {
			for ctx.Err() == nil {
				n.deliver(ctx)
				if err := n.remind(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	var want []string
	for k := range 40 {
		id := fmt.Sprint("r-", k)
		h.hand(id, bot.ReasonEmergency, nil)
		want = append(want, "request.new "+code(id)+" urgent es")
	}
	h.read(one)
	h.read(two)
	done := func(n int) func() bool {
		return func() bool {
			x, _ := a.got()
			y, _ := b.got()
			return len(x) >= n && len(y) >= n
		}
	}
	h.until("all are delivered", done(40))
	h.until("all are noted", func() bool { return len(one.outbox.queueOf("desk"))+len(two.outbox.queueOf("pager")) == 0 })
	h.clock.add(Again)
	h.until("the reminders are delivered", done(80))
	stop()
	all.Wait()
	for name, sink := range map[string]*hookSink{"desk": a, "pager": b} {
		bodies, repeats := sink.got()
		got := short(t, bodies)
		same(t, name, got[:40], want)
		rest := got[40:]
		slices.Sort(rest)
		if len(slices.Compact(rest)) != 40 || repeats != 0 || len(got) != 80 {
			t.Errorf("%s: %d reminders, %d different, %d repeats", name, len(got)-40, len(slices.Compact(rest)), repeats)
		}
	}
	if n := len(one.Items()); n != 160 || len(two.Items()) != 160 {
		t.Errorf("%d alerts in the outbox", n)
	}
}

func (o *outbox) queueOf(to string) []*Item {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.queue[to])
}

// breaking is the real journal, of which one append fails as at a crash or on a full disk.
type breaking struct {
	journal.Journal
	fails atomic.Pointer[func(entry) bool]
}

var errBroken = errors.New("the disk is full")

func (b *breaking) Append(ctx context.Context, s journal.Stream, after journal.Position, data []byte) (journal.Position, error) {
	var e entry
	if f := b.fails.Load(); f != nil && s.Kind == journal.Outbox && json.Unmarshal(data, &e) == nil && (*f)(e) {
		return 0, errBroken
	}
	return b.Journal.Append(ctx, s, after, data)
}

// A crash at any of the steps: nothing is lost; what may have arrived already comes again under the same id, so that it counts once.
func TestCrashes(t *testing.T) {
	for _, at := range []step{told, trying, sent, failed, cursor} {
		t.Run(string(at), func(t *testing.T) {
			h := newHouse(t)
			a, b := newHookSink(h), newHookSink(h)
			s := h.hooked("", map[string]*hookSink{"desk": a, "pager": b})
			j := &breaking{Journal: h.journal}
			n := h.quiet(j, s)
			ctx, crash := context.WithCancel(h.ctx)
			hits := atomic.Int64{}
			f := func(e entry) bool {
				if e.Step == at && (at != told || e.To == s.Destinations[1].Name) {
					hits.Add(1)
					return true
				}
				return false
			}
			j.fails.Store(&f)
			go n.watch(ctx)
			h.hand("one", bot.ReasonEmergency, nil)
			h.hand("two", bot.ReasonPerson, nil)
			switch at {
			case told:
				h.until("the second destination fails", func() bool { return hits.Load() > 0 })
			case cursor:
				h.read(n)
				n.deliver(h.ctx)
				h.clock.add(2 * time.Minute)
				if err := n.keepCursor(h.ctx); !errors.Is(err, errBroken) {
					t.Errorf("the cursor: %v", err)
				}
			case failed:
				a.answer(500)
				fallthrough
			default:
				h.read(n)
				n.deliver(h.ctx)
			}
			crash()
			if hits.Load() == 0 {
				t.Fatal("nothing failed: the test tests nothing")
			}
			a.answer(0)
			n = h.node(s) // the program is started again, on the journal as it was left
			h.read(n)
			h.pass(n, 3*time.Minute, 10*time.Second)
			for name, sink := range map[string]*hookSink{"desk": a, "pager": b} {
				bodies, repeats := sink.got()
				same(t, name, short(t, bodies), []string{"request.new " + code("one") + " urgent es", "request.new " + code("two") + " usual es"})
				if at == sent && repeats == 0 {
					t.Error("the outcome was lost, and it was not sent again: at least once is not kept")
				}
			}
			if len(n.Items()) != 4 {
				t.Errorf("%d alerts for two requests and two destinations", len(n.Items()))
			}
		})
	}
}

// A disk that is full for a while: the running program tells what it could not store, without a restart, and the cursor does not run ahead.
func TestDiskFull(t *testing.T) {
	h := newHouse(t)
	sink := newHookSink(h)
	j := &breaking{Journal: h.journal}
	n := h.quiet(j, h.hooked("", map[string]*hookSink{"desk": sink}))
	hits := atomic.Int64{}
	f := func(entry) bool { return hits.Add(1) <= 2 }
	j.fails.Store(&f)
	go n.watch(h.ctx)
	h.hand("one", bot.ReasonPerson, nil)
	h.hand("two", bot.ReasonPerson, nil)
	h.read(n)
	n.deliver(h.ctx)
	bodies, repeats := sink.got()
	same(t, "told", short(t, bodies), []string{"request.new " + code("one") + " usual es", "request.new " + code("two") + " usual es"})
	if hits.Load() < 3 || repeats != 0 {
		t.Errorf("%d appends, %d repeats", hits.Load(), repeats)
	}
}
