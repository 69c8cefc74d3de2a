package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.org/intake/bot/journal"
)

// paper is a record as somebody with the file can make it: entries in memory, in any order, with whatever heads the journal would report.
type paper struct {
	journal.Journal
	entries []journal.Entry
}

func (p paper) Heads(context.Context, journal.Kind) iter.Seq2[journal.Head, error] {
	heads := map[string]journal.Head{}
	for _, e := range p.entries {
		heads[e.Stream.ID] = journal.Head{Stream: e.Stream, Position: e.Position}
	}
	return func(yield func(journal.Head, error) bool) {
		for _, h := range heads {
			if !yield(h, nil) {
				return
			}
		}
	}
}

func (p paper) Read(_ context.Context, s journal.Stream, _ journal.Position) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		for _, e := range p.entries {
			if e.Stream == s && !yield(e, nil) {
				return
			}
		}
	}
}

// 1,000 changes, removals, re-orderings and truncations of a record of 1,000 entries over three months: each is noticed, and the place is named.
// The heads that the journal gives follow the damage, as after a careful forger; the end of the record is known from a head kept elsewhere.
func TestAThousandTamperings(t *testing.T) {
	const n = 1000
	ctx := context.Background()
	j := openJournal(t)
	l := New(j)
	for i := range n {
		at := noon.Add(time.Duration(i) * 2 * time.Hour) // over three months
		write(t, l, at, []Act{Opened, Claimed, Noted, Attempted, SignedIn}[i%5], fmt.Sprintf("request-%d", i%37))
	}
	head, err := l.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var whole []journal.Entry
	months, err := l.months(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range months {
		for en, err := range j.Read(ctx, m.Stream, 0) {
			if err != nil {
				t.Fatal(err)
			}
			whole = append(whole, en)
		}
	}
	if got, err := New(paper{entries: whole}).Verify(ctx, head); err != nil || got != len(whole) {
		t.Fatalf("control: the record as it is: %d of %d, %v", got, len(whole), err)
	}

	seed := uint64(20261123)
	t.Logf("seed %d, %d records in %d months", seed, len(whole), len(months))
	rnd := rand.New(rand.NewPCG(seed, seed))
	counts := map[string]int{}
	for i := range 1000 {
		all := slices.Clone(whole)
		at := rnd.IntN(len(all))
		kind, first := "", at // the first entry that is not as it was
		switch i % 5 {
		case 0: // one byte is another
			kind = "byte changed"
			data := bytes.Clone(all[at].Data)
			b := rnd.IntN(len(data))
			data[b] ^= byte(1 + rnd.IntN(255))
			all[at].Data = data
		case 1: // an act, a person or a time is another, in a well-formed record
			kind = "record rewritten"
			var r Record
			if err := json.Unmarshal(all[at].Data, &r); err != nil {
				t.Fatal(err)
			}
			switch rnd.IntN(3) {
			case 0:
				r.Who += "x"
			case 1:
				r.Object += "x"
			default:
				r.At = r.At.Add(time.Second)
			}
			data, err := r.encode()
			if err != nil {
				t.Fatal(err)
			}
			all[at].Data = data
		case 2:
			kind = "removed"
			all = slices.Delete(all, at, at+1)
		case 3: // two records change places, each keeping the position of its new place
			kind = "re-ordered"
			other := rnd.IntN(len(all))
			if other == at {
				other = (at + 1) % len(all)
			}
			all[at].Data, all[other].Data = all[other].Data, all[at].Data
			first = min(at, other)
		case 4:
			kind = "cut off"
			all = all[:at]
		}
		got, err := New(paper{entries: all}).Verify(ctx, head)
		var broken *Broken
		if !errors.As(err, &broken) {
			t.Fatalf("tampering %d (%s at %d) was not noticed: %v", i, kind, at, err)
		}
		// What holds together ends where the damage begins. A changed record may show only in the hash that the next one holds.
		if got > first+1 || got < first-1 {
			t.Errorf("tampering %d (%s at %d): %d records are said to hold: %v", i, kind, first, got, broken)
		}
		counts[kind]++
	}
	t.Logf("noticed: %v", counts)
}
