package request_test

import (
	"errors"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// A call is put off to a time that is to come, by whoever has the request; the next try, an outcome or the visitor ends that.
func TestPostpone(t *testing.T) {
	j, w := open(t)
	handed := request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Lang: bot.EN}
	handOver(t, j, w, "r", handed)
	ctx, now := t.Context(), time.Now()
	at := now.Add(3 * time.Hour)
	later := func() time.Time { r, _ := w.Get("r"); return r.Later() }
	for _, wrong := range []time.Time{now, now.Add(-time.Minute), now.Add(request.MaxLater + time.Minute)} {
		if err := w.Postpone(ctx, "r", "ana", wrong, now); !errors.Is(err, request.ErrLater) {
			t.Errorf("%v: %v", wrong.Sub(now), err)
		}
	}
	put := func() {
		t.Helper()
		if err := w.Postpone(ctx, "r", "ana", at, now); err != nil || !later().Equal(at) {
			t.Fatalf("%v, %v", err, later())
		}
	}
	put()
	var held *request.HeldError
	if err := w.Postpone(ctx, "r", "dana", at.Add(time.Hour), now); !errors.As(err, &held) || held.By != "ana" || !later().Equal(at) {
		t.Errorf("by somebody else: %v", err)
	}
	if err := w.Attempt(ctx, "r", "ana", request.NoAnswer, "press", now); err != nil || !later().IsZero() {
		t.Errorf("a try: %v, %v", err, later())
	}
	put()
	if err := w.Decide(ctx, "r", "ana", request.Declined, nil, now); err != nil || !later().IsZero() {
		t.Errorf("an outcome: %v, %v", err, later())
	}
	put()
	handed.Cause, handed.Reason = "again", bot.ReasonPerson
	handOver(t, j, w, "r", handed)
	if !later().IsZero() {
		t.Errorf("a visitor who comes back waits until %v", later())
	}
	if err := w.Postpone(ctx, "nothing", "ana", at, now); !errors.Is(err, request.ErrUnknown) {
		t.Errorf("no such request: %v", err)
	}
}
