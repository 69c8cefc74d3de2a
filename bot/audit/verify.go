package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.org/intake/bot/journal"
)

// Broken says where the chain does not hold.
type Broken struct {
	Month    string           // the stream, "" if the whole record is concerned
	N        uint64           // the record that should stand here
	Position journal.Position // the entry that stands there, 0 if none
	Why      string
	Err      error // what the journal said, if it was the journal
}

func (b *Broken) Error() string {
	s := fmt.Sprintf("audit: broken at record %d", b.N)
	if b.Month != "" {
		s += fmt.Sprintf(" (month %s", b.Month)
		if b.Position != 0 {
			s += fmt.Sprintf(", position %d", b.Position)
		}
		s += ")"
	}
	s += ": " + b.Why
	if b.Err != nil {
		s += ": " + b.Err.Error()
	}
	return s
}

func (b *Broken) Unwrap() error { return b.Err }

// Verify reads the whole record and returns how many records hold together from the first on. The error is a *Broken naming the first bad
// place. Heads kept elsewhere are compared on the way; without one, records cut off at the very end are noticed only by the journal itself.
func (l *Log) Verify(ctx context.Context, kept ...Head) (n int, err error) {
	months, err := l.months(ctx)
	if err != nil {
		return 0, err
	}
	c := chain{kept: kept, next: genesis}
	for _, m := range months {
		if err := c.month(ctx, l.journal, m); err != nil {
			return int(c.n), err
		}
	}
	for _, h := range kept {
		if h.N > c.n {
			return int(c.n), &Broken{Month: c.name, N: c.n + 1, Why: fmt.Sprintf("cut off: a head kept elsewhere knows %d records", h.N)}
		}
	}
	return int(c.n), nil
}

// chain is what has been followed so far.
type chain struct {
	kept []Head
	name string
	next string // the stream that must follow
	n    uint64
	hash string
}

func (c *chain) month(ctx context.Context, j journal.Journal, head journal.Head) error {
	before := c.name
	c.name = head.Stream.ID
	broken := func(at journal.Position, why string, err error) error {
		return &Broken{Month: c.name, N: c.n + 1, Position: at, Why: why, Err: err}
	}
	switch {
	case head.Erased:
		return broken(head.Position, "the month was erased", nil)
	case c.next == "":
		c.name = before
		return broken(0, "the end of the month is missing", nil)
	case c.next != c.name:
		return broken(0, "month "+c.next+" is missing", nil)
	}
	var last journal.Position
	c.next = ""
	for en, err := range j.Read(ctx, head.Stream, 0) {
		if ctx.Err() != nil {
			return fmt.Errorf("audit: verify: %w", ctx.Err())
		}
		if err != nil {
			return broken(en.Position, "the journal cannot read on", err)
		}
		r, err := decode(en.Data)
		if err != nil {
			return broken(en.Position, "this is no record", nil)
		}
		if c.next != "" {
			return broken(en.Position, "a record follows the one that closed the month", nil)
		}
		if r.Prev != c.hash {
			return broken(en.Position, c.explain(r), nil)
		}
		if r.N != c.n+1 {
			return broken(en.Position, fmt.Sprintf("it says that it is record %d", r.N), nil)
		}
		c.n, c.hash, c.next, last = r.N, hash(en.Data), r.next(), en.Position
		for _, h := range c.kept {
			if h.N == c.n && h.Hash != c.hash {
				c.n--
				return broken(en.Position, "it differs from the head kept elsewhere", nil)
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("audit: verify: %w", ctx.Err())
	case last < head.Position:
		return broken(0, "the newest records of the month are missing", nil)
	}
	return nil
}

// explain says what a wrong hash most likely means.
func (c *chain) explain(r Record) string {
	switch {
	case r.N == c.n+1:
		return "the record before it was changed, or this one was"
	case r.N > c.n+1:
		return fmt.Sprintf("records %d to %d are missing or stand elsewhere", c.n+1, r.N-1)
	default:
		return fmt.Sprintf("record %d stands in the wrong place", r.N)
	}
}

// months lists the streams of the record, oldest first.
func (l *Log) months(ctx context.Context) ([]journal.Head, error) {
	var months []journal.Head
	for h, err := range l.journal.Heads(ctx, journal.Audit) {
		if err != nil && h.Stream.ID == "" {
			return nil, fmt.Errorf("audit: list months: %w", err)
		}
		months = append(months, h)
	}
	slices.SortFunc(months, func(a, b journal.Head) int { return strings.Compare(a.Stream.ID, b.Stream.ID) })
	return months, nil
}
