package figures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"example.org/intake/bot/journal"
)

// look is how often the counter asks whether a day is over, and how long it waits before it tries again what failed.
const look = 30 * time.Second

// most bounds the cells that wait to be stored, so that an entry stays far below the journal's limit.
const most = 2000

// quorum is how many conversations and requests must wait before a stop stores a day that is not over: fewer would leave an entry about one person.
const quorum = 5

// kinds are what is counted.
func kinds() []journal.Kind { return []journal.Kind{journal.Conversation, journal.Request} }

// Config is what a counter works with. Every field is needed.
type Config struct {
	Journal journal.Journal
	Zone    *time.Location // the clinic's
	Now     func() time.Time
	Log     *slog.Logger
}

// Counter follows conversations and requests and counts. What it saw waits in memory until its day is over; then all of the day goes into one entry
// together with the place up to which everything is counted. So nothing stored tells of one conversation at one minute, and after a crash, or with
// two nodes, nothing is counted twice: whoever comes second finds that the place has moved, drops what is counted already and goes on from there.
// What is erased after a crash and before it was stored is not counted. All methods may be called by many goroutines at once.
type Counter struct {
	cfg Config

	mu      sync.Mutex
	chain   chain
	seen    map[journal.Kind]journal.Position // everything up to here is stored or waits
	waiting []weighed                         // not stored yet, in the order seen
	moved   chan struct{}                     // closed and replaced whenever seen changes
}

// weighed is what one entry adds.
type weighed struct {
	kind   journal.Kind
	at     journal.Position
	day    Day
	counts []Count
}

// Open reads what was counted so far and counts on until ctx ends.
func Open(ctx context.Context, cfg Config) (*Counter, error) {
	c := &Counter{cfg: cfg, seen: map[journal.Kind]journal.Position{}, moved: make(chan struct{})}
	c.chain.totals = map[Cell]int{}
	if err := c.chain.load(ctx, cfg.Journal); err != nil {
		return nil, err
	}
	for _, k := range kinds() {
		c.seen[k] = c.chain.counted[k]
	}
	for _, k := range kinds() { // only now: those that follow share what was just filled
		go c.follow(ctx, k)
	}
	go c.tick(ctx)
	return c, nil
}

func (c *Counter) follow(ctx context.Context, kind journal.Kind) {
	for {
		c.mu.Lock()
		after := c.seen[kind]
		c.mu.Unlock()
		for e, err := range c.cfg.Journal.Watch(ctx, kind, after) {
			if e.Position == 0 {
				if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
					c.cfg.Log.Error("counting stopped; trying again", "kind", string(kind), "err", err)
				}
				break
			}
			if err := c.take(ctx, kind, e, err); err != nil {
				if ctx.Err() == nil {
					c.cfg.Log.Error("counting stopped; trying again", "kind", string(kind), "err", err)
				}
				break
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// take counts one entry in memory. Damaged and erased ones count as nothing; an error means that the entry must be looked at again.
func (c *Counter) take(ctx context.Context, kind journal.Kind, e journal.Entry, damage error) error {
	counts, err := c.weigh(ctx, kind, e, damage)
	if err != nil {
		return err
	}
	day := DayOf(e.At.In(c.cfg.Zone))
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Position <= c.seen[kind] {
		return nil // another node stored it meanwhile
	}
	if len(c.waiting) > 0 && (c.waiting[0].day < day || c.cells() > most) {
		if err := c.store(ctx); err != nil {
			return err
		}
		if e.Position <= c.seen[kind] {
			return nil
		}
	}
	c.seen[kind] = e.Position
	if len(counts) > 0 {
		c.waiting = append(c.waiting, weighed{kind, e.Position, day, counts})
	}
	close(c.moved)
	c.moved = make(chan struct{})
	return nil
}

// weigh says what one entry adds. The same entry always adds the same, whoever looks and whenever.
func (c *Counter) weigh(ctx context.Context, kind journal.Kind, e journal.Entry, damage error) ([]Count, error) {
	if e.Erased || damage != nil {
		return nil, nil
	}
	t := tally{zone: c.cfg.Zone}
	var err error
	if kind == journal.Request {
		err = t.handled(c.cfg.Journal.Read(ctx, e.Stream, 0), e.Position)
	} else {
		var failed error
		err = t.talked(e, func() bool {
			offers, err := offering(c.cfg.Journal.Read(ctx, e.Stream, 0), e.Position)
			failed = errors.Join(failed, err)
			return offers
		})
		err = errors.Join(err, failed)
	}
	switch {
	case err == nil:
	case ctx.Err() != nil || errors.Is(err, journal.ErrClosed):
		return nil, err
	case gone(err): // erased in between: what the entry itself says still counts
	default:
		c.cfg.Log.Error("an entry could not be counted", "kind", string(kind), "position", uint64(e.Position))
	}
	return slices.DeleteFunc(t.counts, func(n Count) bool { return n.validate() != nil }), nil
}

func (c *Counter) cells() (n int) {
	for _, w := range c.waiting {
		n += len(w.counts)
	}
	return n
}

func (c *Counter) tick(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.Settle(ctx); err != nil && ctx.Err() == nil {
				c.cfg.Log.Error("the counts could not be stored; trying again", "err", err)
			}
		}
	}
}

// Settle stores what waits if its day is over.
func (c *Counter) Settle(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 || c.waiting[0].day >= DayOf(c.cfg.Now().In(c.cfg.Zone)) {
		return nil
	}
	return c.store(ctx)
}

// Stop stores what waits before the program ends, unless that is so little that it would tell of single people: then the next start counts it again.
func (c *Counter) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	people := 0
	for _, w := range c.waiting {
		for _, n := range w.counts {
			if n.Metric == Conversations {
				people++
			}
		}
	}
	if people < quorum {
		return nil
	}
	return c.store(ctx)
}

// store puts everything that waits into one entry, with the place up to which it is counted. The lock is held.
func (c *Counter) store(ctx context.Context) error {
	for len(c.waiting) > 0 {
		e := entry{Counted: c.seen, Counts: c.sum()}
		err := c.chain.append(ctx, c.cfg.Journal, c.cfg.Now(), e)
		if err == nil {
			c.waiting = nil
			return nil
		}
		if !errors.Is(err, journal.ErrConflict) {
			// It may have been stored all the same: look before anything else is done.
			return errors.Join(err, c.reload(ctx))
		}
		if err := c.reload(ctx); err != nil {
			return err
		}
	}
	return nil
}

// reload reads on in the chain and drops what is counted by now. The lock is held.
func (c *Counter) reload(ctx context.Context) error {
	if err := c.chain.load(ctx, c.cfg.Journal); err != nil {
		return err
	}
	c.waiting = slices.DeleteFunc(c.waiting, func(w weighed) bool { return w.at <= c.chain.counted[w.kind] })
	for _, k := range kinds() {
		c.seen[k] = max(c.seen[k], c.chain.counted[k])
	}
	return nil
}

// sum adds up what waits, in a fixed order, so that the order of what happened is not kept.
func (c *Counter) sum() []Count {
	sums := map[Cell]int{}
	for _, w := range c.waiting {
		for _, n := range w.counts {
			sums[n.Cell] += n.N
		}
	}
	return sorted(sums)
}

func sorted(sums map[Cell]int) []Count {
	var list []Count
	for cell, n := range sums {
		if n != 0 {
			list = append(list, Count{cell, n})
		}
	}
	slices.SortFunc(list, func(a, b Count) int { return a.compare(b.Cell) })
	return list
}

// Between gives every count from one day to another, both included, whether stored or waiting.
func (c *Counter) Between(from, to Day) []Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	sums := map[Cell]int{}
	add := func(cell Cell, n int) {
		if cell.Day >= from && cell.Day <= to {
			sums[cell] += n
		}
	}
	for cell, n := range c.chain.totals {
		add(cell, n)
	}
	for _, w := range c.waiting {
		for _, n := range w.counts {
			add(n.Cell, n.N)
		}
	}
	return sorted(sums)
}

// CaughtUp returns when everything that is stored of conversations and requests at the moment of the call has been looked at.
func (c *Counter) CaughtUp(ctx context.Context) error {
	want := map[journal.Kind]journal.Position{}
	for _, k := range kinds() {
		for h, err := range c.cfg.Journal.Heads(ctx, k) {
			if err != nil && h.Stream.ID == "" {
				return fmt.Errorf("figures: listing streams: %w", err)
			}
			want[k] = max(want[k], h.Position)
		}
	}
	for {
		c.mu.Lock()
		there, moved := true, c.moved
		for k, at := range want {
			there = there && c.seen[k] >= at
		}
		c.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// entry is what one entry of the journal holds.
type entry struct {
	Counted map[journal.Kind]journal.Position `json:"counted,omitempty"` // up to where everything is in the counts
	Counts  []Count                           `json:"counts,omitempty"`  // to be added to those before
	Next    string                            `json:"next,omitempty"`    // closes the stream and names the one that follows
}

func (e entry) encode() ([]byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("figures: encoding counts: %w", err)
	}
	return data, nil
}
