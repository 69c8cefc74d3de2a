package request_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// Two at once, a hundred times: one has it, the other learns who.
func TestClaimIsExclusive(t *testing.T) {
	j, w := open(t)
	for i := range 100 {
		id := fmt.Sprint("r-", i)
		handOver(t, j, w, id, request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Lang: bot.EN})
		var won, lost atomic.Int64
		var winner, told atomic.Value
		var wg sync.WaitGroup
		for _, who := range []string{"ana", "dana"} {
			wg.Go(func() {
				err := w.Claim(context.Background(), id, who, time.Now())
				var held *request.HeldError
				switch {
				case err == nil:
					won.Add(1)
					winner.Store(who)
				case errors.As(err, &held):
					lost.Add(1)
					told.Store(held.By)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || lost.Load() != 1 || winner.Load() != told.Load() {
			t.Fatalf("round %d: %d won, %d lost, winner %v, told %v", i, won.Load(), lost.Load(), winner.Load(), told.Load())
		}
		if r, _ := w.Get(id); r.HeldBy(time.Now()) != winner.Load() {
			t.Fatalf("the list says %q", r.Holder)
		}
	}
}

func TestWorkOnARequest(t *testing.T) {
	ctx := context.Background()
	j, w := open(t)
	handOver(t, j, w, "one", request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Lang: bot.ES, Fields: &bot.Fields{Name: "Doña Carmen", Phone: "+15085550143"}})
	now := time.Now()
	get := func() request.Request { r, _ := w.Get("one"); return r }
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	held := func(err error) {
		t.Helper()
		var h *request.HeldError
		if !errors.As(err, &h) {
			t.Fatalf("somebody else's: %v", err)
		}
	}
	// The first try claims it; the same press twice counts once; nobody else may then.
	ok(w.Attempt(ctx, "one", "ana", request.NoAnswer, "press-1", now))
	ok(w.Attempt(ctx, "one", "ana", request.NoAnswer, "press-1", now))
	if r := get(); r.HeldBy(now) != "ana" || len(r.Attempts) != 1 || r.Status != request.Contacted || r.Failed() != 1 {
		t.Errorf("after a try: %+v", r.Work)
	}
	held(w.Attempt(ctx, "one", "dana", request.Reached, "press-2", now))
	held(w.Decide(ctx, "one", "dana", request.Declined, nil, now))
	held(w.Release(ctx, "one", "dana", now, false))
	held(w.Give(ctx, "one", "dana", "dana", now, false))
	// A claim ends when nothing happens, and not before.
	if r := get(); r.HeldBy(now.Add(request.Lease-time.Minute)) != "ana" || r.HeldBy(now.Add(request.Lease+time.Minute)) != "" {
		t.Error("the lease is wrong")
	}
	ok(w.Give(ctx, "one", "ana", "dana", now, false))
	ok(w.Attempt(ctx, "one", "dana", request.LeftMessage, "press-3", now))
	ok(w.Attempt(ctx, "one", "dana", request.NoAnswer, "press-4", now))
	if r := get(); r.Failed() != request.FailedToPropose {
		t.Errorf("%d tries failed", r.Failed())
	}
	ok(w.Attempt(ctx, "one", "dana", request.NotSafe, "press-5", now))
	if r := get(); r.Unsafe() != request.NotSafe {
		t.Error("not safe is forgotten")
	}
	ok(w.Attempt(ctx, "one", "dana", request.Reached, "press-6", now))
	if r := get(); r.Failed() != 0 || r.Unsafe() != "" {
		t.Errorf("after reaching: %d, %s", r.Failed(), r.Unsafe())
	}
	if err := w.Decide(ctx, "one", "dana", request.GroupBooked, nil, now); !errors.Is(err, request.ErrAppointment) {
		t.Errorf("booked without a time: %v", err)
	}
	ok(w.Decide(ctx, "one", "dana", request.GroupBooked, &request.Appointment{At: now.Add(48 * time.Hour), Place: "Room 2"}, now))
	if r := get(); r.Status != request.Scheduled || r.Outcome != request.GroupBooked || r.Appointment.Place != "Room 2" || r.Holder != "" {
		t.Errorf("booked: %+v", r.Work)
	}
	ok(w.Decide(ctx, "one", "ana", request.Unreachable, nil, now))
	if r := get(); r.Status != request.Closed || r.Appointment != nil {
		t.Errorf("closed: %+v", r.Work)
	}
	// Coming back after closing begins anew; what was tried stays on record.
	r := handOver(t, j, w, "one", request.Event{Cause: "l2", Reason: bot.ReasonPerson, Lang: bot.ES})
	if r.Status != request.New || r.Outcome != "" || len(r.Attempts) != 5 || r.Failed() != 0 {
		t.Errorf("back again: %+v", r.Work)
	}
	if err := w.Claim(ctx, "nothing", "ana", now); !errors.Is(err, request.ErrUnknown) {
		t.Errorf("unknown: %v", err)
	}
}

func TestSearchAndMerge(t *testing.T) {
	ctx := context.Background()
	j, w := open(t)
	now := time.Now()
	a := handOver(t, j, w, "a", request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Fields: &bot.Fields{Name: "Doña Peña", Phone: "+15085550143"}})
	handOver(t, j, w, "b", request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Fields: &bot.Fields{Name: "Carmen", Phone: "+15085550143"}})
	handOver(t, j, w, "c", request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Fields: &bot.Fields{Name: "Walt", Phone: "+15085550199"}})
	for text, want := range map[string]string{a.Reference: "a", "dona pena": "a", "PEÑA": "a", "(508) 555-0199": "c", "0143": "b a", "555": "", "x": "", " ": "", "wal": "c"} {
		got := ""
		for _, r := range w.Search(text) {
			got += " " + r.ID
		}
		if got != "" {
			got = got[1:]
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if same := w.SameWay("a"); len(same) != 1 || same[0].ID != "b" {
		t.Errorf("the same phone: %v", same)
	}
	if err := w.Merge(ctx, "a", "c", "ana", now); !errors.Is(err, request.ErrMerge) {
		t.Errorf("another phone: %v", err)
	}
	if err := w.Merge(ctx, "a", "b", "ana", now); err != nil {
		t.Fatal(err)
	}
	ra, _ := w.Get("a")
	rb, _ := w.Get("b")
	if rb.Status != request.Closed || rb.Into != "a" || rb.Outcome != request.Duplicate || len(ra.Joined) != 1 || ra.HeldBy(now) != "ana" {
		t.Errorf("merged: %+v into %+v", rb.Work, ra.Work)
	}
}
