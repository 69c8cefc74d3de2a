package journaltest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"example.org/intake/bot/journal"
)

// oneWinner lets many writers claim the same place, round after round: exactly one gets it, and its words stand there.
func oneWinner(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	const rounds, writers = 20, 32
	var after journal.Position
	var want []string
	for round := range rounds {
		var won atomic.Int64
		var position journal.Position
		var words string
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				mine := fmt.Sprint("round ", round, " writer ", w)
				p, err := j.Append(t.Context(), s, after, []byte(mine))
				switch {
				case err == nil && won.Add(1) == 1:
					position, words = p, mine
				case err != nil && !errors.Is(err, journal.ErrConflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d winners", round, won.Load())
		}
		after, want = position, append(want, words)
	}
	wantRead(t, j, s, 0, want...)
}

// manyStreams lets 16 writers fill streams of their own while watchers look on: nothing is lost, nothing comes twice or out of
// order.
func manyStreams(t *testing.T, open Open) {
	j := opened(t, open)
	const writers, each = 16, 25
	watched := make(chan []journal.Entry, 2)
	for range 2 {
		go func() { watched <- collect(t, j, journal.Conversation, 0, writers*each) }()
	}
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			var after journal.Position
			for i := range each {
				p, err := j.Append(t.Context(), conversation(fmt.Sprint("w", w)), after, fmt.Append(nil, i))
				if err != nil {
					t.Error(err)
					return
				}
				after = p
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for range 2 {
		seen, last := map[journal.Stream]int{}, journal.Position(0)
		for _, e := range <-watched {
			if e.Position <= last || string(e.Data) != fmt.Sprint(seen[e.Stream]) {
				t.Fatalf("%v at %d after %d: %q, want %d", e.Stream, e.Position, last, e.Data, seen[e.Stream])
			}
			last = e.Position
			seen[e.Stream]++
		}
		if len(seen) != writers {
			t.Fatalf("%d streams seen", len(seen))
		}
	}
}
