package retention

import (
	"context"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/export"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
)

// The log of disclosures outlives the requests by years, and ends too.
func TestDisclosuresAreKeptForSixYears(t *testing.T) {
	ctx := t.Context()
	at := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	running, cancel := context.WithCancel(ctx)
	defer cancel()
	if _, err := request.HandOver(ctx, j, "r1", request.Event{Cause: "x", Reason: bot.ReasonPerson, Reference: "7K3H-9WP2", Lang: bot.EN}); err != nil {
		t.Fatal(err)
	}
	if err := request.Withdraw(ctx, j, "r1", "y"); err != nil {
		t.Fatal(err)
	}
	work, err := request.Open(running, j)
	if err != nil {
		t.Fatal(err)
	}
	log, err := export.Open(running, j)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Made(ctx, export.Disclosure{ID: "d1", At: at, By: "ana", Subjects: []export.Subject{{Request: "r1", Code: "7K3H-9WP2"}}}); err != nil {
		t.Fatal(err)
	}
	keep := Keep{Conversations: 24 * time.Hour, Requests: 48 * time.Hour}
	for _, c := range []struct {
		after time.Duration
		want  Report
	}{{time.Hour, Report{}}, {72 * time.Hour, Report{Requests: 1}}, {5 * 366 * 24 * time.Hour, Report{}}, {Disclosures, Report{Disclosures: 1}}, {Disclosures + time.Hour, Report{}}} {
		got, err := Sweep(ctx, j, work, keep, at.Add(c.after))
		if err != nil || got != c.want {
			t.Errorf("after %v: %+v, %v", c.after, got, err)
		}
		time.Sleep(20 * time.Millisecond) // the worklist follows
	}
	for h, err := range j.Heads(ctx, journal.Disclosure) {
		if err != nil || !h.Erased {
			t.Errorf("%v is still there: %v", h.Stream, err)
		}
	}
}
