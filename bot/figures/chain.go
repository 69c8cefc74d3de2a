package figures

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"example.org/intake/bot/journal"
)

// genesis is the stream that the counts begin with. It holds only the word which month comes first, so that two nodes that start around the end of a
// month cannot begin two chains.
const genesis = "0000-00"

// chain is the stored counts: one stream a month, each ending with the name of the next. Its zero value with totals made has read nothing.
type chain struct {
	totals  map[Cell]int
	counted map[journal.Kind]journal.Position
	stream  string           // the one that goes on; "" before the first
	head    journal.Position // of the stream, 0 if nothing is in it yet
}

func (c *chain) at() journal.Stream { return journal.Stream{Kind: journal.Figures, ID: c.stream} }

// load reads on from where it stopped.
func (c *chain) load(ctx context.Context, j journal.Journal) error {
	if c.stream == "" {
		c.stream = genesis
	}
	for {
		next := ""
		for e, err := range j.Read(ctx, c.at(), c.head) {
			if err != nil {
				return fmt.Errorf("figures: reading counts of %s: %w", c.stream, err)
			}
			var one entry
			if err := json.Unmarshal(e.Data, &one); err != nil {
				return fmt.Errorf("figures: counts of %s at %d: %w", c.stream, e.Position, err)
			}
			c.fold(one)
			c.head, next = e.Position, one.Next
		}
		if next == "" {
			return nil
		}
		c.stream, c.head = next, 0
	}
}

func (c *chain) fold(e entry) {
	for _, n := range e.Counts {
		c.totals[n.Cell] += n.N
	}
	if e.Counted != nil {
		c.counted = maps.Clone(e.Counted)
	}
}

// append adds an entry, and before it, when its month is over, the one that closes the month. A clock that was set back goes on in the month that is
// open. ErrConflict: another node was quicker; load and decide again.
func (c *chain) append(ctx context.Context, j journal.Journal, now time.Time, e entry) error {
	if month := now.UTC().Format("2006-01"); month > c.stream {
		if err := c.put(ctx, j, entry{Next: month}); err != nil {
			return err
		}
		c.stream, c.head = month, 0
	}
	if err := c.put(ctx, j, e); err != nil {
		return err
	}
	c.fold(e)
	return nil
}

func (c *chain) put(ctx context.Context, j journal.Journal, e entry) error {
	data, err := e.encode()
	if err != nil {
		return err
	}
	at, err := j.Append(ctx, c.at(), c.head, data)
	if err != nil {
		return fmt.Errorf("figures: storing counts: %w", err)
	}
	c.head = at
	return nil
}
