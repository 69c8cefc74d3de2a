package editorial

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"example.org/intake/bot/journal"
)

// What is set aside is so on every node and after a restart, until somebody takes it up; the knowledge base is not touched.
func TestSetAside(t *testing.T) {
	j := newJournal(t)
	one, two := open(t, j), open(t, j)
	edition := one.Base().Edition()
	ok(t, one.SetAside(ctx, []string{"q1", "q2"}, ana))
	ok(t, two.SetAside(ctx, []string{"q2", "q3"}, sue)) // q2 is aside already, and stays Ana's
	ok(t, two.SetAside(ctx, []string{"q3"}, ana))
	ok(t, one.progress.Wait(ctx, two.Topic(asideStream).Position))
	for n, d := range []*Desk{one, two, open(t, j)} { // the third: after a restart
		for q, by := range map[string]string{"q1": "ana", "q2": "ana", "q3": "sue"} {
			if a, is := d.Aside(q); !is || a.By != by || a.At.IsZero() {
				t.Errorf("desk %d, %s: %+v, %v", n, q, a, is)
			}
		}
		if _, is := d.Aside("q4"); is {
			t.Error("a question that nobody set aside is aside")
		}
		if len(d.Waiting()) != 0 || len(d.Signed()) != 0 {
			t.Error("setting aside counts as an edit")
		}
	}
	if one.Base().Edition() != edition {
		t.Error("setting aside made the knowledge base anew")
	}
	ok(t, one.TakeUp(ctx, []string{"q2", "q4"}, sue))
	ok(t, two.progress.Wait(ctx, one.Topic(asideStream).Position))
	for _, d := range []*Desk{one, two, open(t, j)} {
		_, first := d.Aside("q1")
		if _, second := d.Aside("q2"); second || !first {
			t.Errorf("taken up: q1 aside %v, q2 aside %v", first, second)
		}
	}

	// The events hold ids and who it was, and one that changes nothing is not stored.
	s, err := journal.NewStream(journal.Knowledge, asideStream)
	ok(t, err)
	var stored []Event
	for e, err := range j.Read(ctx, s, 0) {
		ok(t, err)
		var events []Event
		ok(t, json.Unmarshal(e.Data, &events))
		stored = append(stored, events...)
	}
	if got := fmt.Sprint(stored[0].Questions, stored[1].Questions, stored[2].Questions); len(stored) != 3 || got != "[q1 q2] [q3] [q2]" {
		t.Errorf("%d events: %s", len(stored), got)
	}
}

// Many at once lose nothing.
func TestSetAsideAtOnce(t *testing.T) {
	j := newJournal(t)
	desks := []*Desk{open(t, j), open(t, j)}
	var all sync.WaitGroup
	errs := make([]error, 12)
	for i := range errs {
		all.Go(func() { errs[i] = desks[i%2].SetAside(ctx, []string{fmt.Sprint("q", i)}, ana) })
	}
	all.Wait()
	d := open(t, j)
	for i, err := range errs {
		ok(t, err)
		if _, is := d.Aside(fmt.Sprint("q", i)); !is {
			t.Errorf("q%d is lost", i)
		}
	}
}
