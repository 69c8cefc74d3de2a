package editorial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"

	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

// Desk folds all topics, follows the journal and lays what is in effect over a knowledge base. It is safe for concurrent use.
type Desk struct {
	journal journal.Journal
	base    *knowledge.Base
	log     *slog.Logger

	progress *journal.Progress

	mu     sync.Mutex
	topics map[string]Topic
	ready  bool // everything stored before the start is folded in
}

// Open folds all edits, lays them over the base and follows the journal until ctx ends. It returns once everything stored so far is in effect.
func Open(ctx context.Context, j journal.Journal, base *knowledge.Base, log *slog.Logger) (*Desk, error) {
	d := &Desk{journal: j, base: base, log: log, topics: map[string]Topic{}}
	var err error
	if d.progress, err = journal.Follow(ctx, j, journal.Knowledge, d.fold); err != nil {
		return nil, fmt.Errorf("reading the edits of the knowledge base: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = true
	d.lay()
	return d, nil
}

func (d *Desk) fold(e journal.Entry, damage error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var events []Event
	switch {
	case damage != nil:
		d.log.Error("an edit of the knowledge base cannot be read", "err", damage)
	case e.Erased:
		delete(d.topics, e.Stream.ID)
	case json.Unmarshal(e.Data, &events) != nil:
		d.log.Error("an edit of the knowledge base cannot be read", "position", e.Position)
	default:
		t := d.topics[e.Stream.ID]
		t.apply(events, e)
		d.topics[e.Stream.ID] = t
	}
	if d.ready && e.Stream.ID != asideStream {
		d.lay()
	}
}

// edits is everything in effect, but for one topic, which is left out if it is named; the caller holds the lock.
func (d *Desk) edits(without ...string) knowledge.Edits {
	all := knowledge.Edits{Entries: map[string]knowledge.Change{}, SignedOff: map[string]string{}}
	for _, slug := range slices.Sorted(maps.Keys(d.topics)) {
		if !slices.Contains(without, slug) {
			d.topics[slug].into(&all)
		}
	}
	return all
}

// lay puts what is in effect over the base; the caller holds the lock. A topic that cannot be read is left out, so that it spoils no other.
func (d *Desk) lay() {
	err := d.base.Apply(d.edits())
	if err == nil {
		return
	}
	var broken []string
	for slug, t := range d.topics {
		one := knowledge.Edits{Entries: map[string]knowledge.Change{}, SignedOff: map[string]string{}}
		t.into(&one)
		if _, err := d.base.With(one); err != nil {
			broken = append(broken, slug)
		}
	}
	d.log.Error("edits of the knowledge base do not fit the program and are left out", "topics", len(broken))
	if err := d.base.Apply(d.edits(broken...)); err != nil {
		d.log.Error("the knowledge base stays as it was", "err", err)
	}
}

// Base is the knowledge base with everything in effect.
func (d *Desk) Base() *knowledge.Base { return d.base }

// Topic gives what happened to a topic; the zero Topic with its slug where nothing did.
func (d *Desk) Topic(slug string) Topic {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := d.topics[slug]
	t.Slug = slug
	t.Edits = slices.Clone(t.Edits)
	return t
}

// Pending is an edit that waits for approval.
type Pending struct {
	Slug string
	Edit
}

// Waiting lists the edits that wait, the longest waiting first.
func (d *Desk) Waiting() []Pending {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []Pending
	for slug, t := range d.topics {
		for _, e := range t.Edits {
			if e.State == Waiting {
				list = append(list, Pending{slug, e})
			}
		}
	}
	slices.SortFunc(list, func(a, b Pending) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Slug+a.ID, b.Slug+b.ID)
	})
	return list
}

// Signed says by slug whether a topic whose sign-off was given or taken back in the console is signed off as it stands.
func (d *Desk) Signed() map[string]bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return signed(d.topics)
}

// Signed is [Desk.Signed] read from a journal, for commands.
func Signed(ctx context.Context, j journal.Journal) (map[string]bool, error) {
	d := &Desk{journal: j}
	topics := map[string]Topic{}
	for h, err := range j.Heads(ctx, journal.Knowledge) {
		if err != nil {
			return nil, fmt.Errorf("listing the edits of the knowledge base: %w", err)
		}
		if h.Erased {
			continue
		}
		t, err := d.load(ctx, h.Stream)
		if err != nil {
			return nil, err
		}
		topics[t.Slug] = t
	}
	return signed(topics), nil
}

func signed(topics map[string]Topic) map[string]bool {
	list := map[string]bool{}
	for slug, t := range topics {
		if t.touched {
			list[slug] = t.SignedBy != ""
		}
	}
	return list
}

// Preview is the knowledge base as it would be with an edit on top of what is in effect. Nothing is changed or stored.
func (d *Desk) Preview(slug string, e Edit) (*knowledge.Base, error) {
	d.mu.Lock()
	t, all := d.topics[slug], d.edits(slug)
	d.mu.Unlock()
	t.Slug = slug
	e.ID, e.State, e.order = "preview", InEffect, t.approved+1
	t.Edits = append(slices.Clone(t.Edits), e)
	t.into(&all)
	return d.base.With(all)
}

// change appends what decide wants to a topic, deciding again when somebody else was faster. When it returns nil the change is in effect here.
func (d *Desk) change(ctx context.Context, slug string, decide func(Topic) (*Event, error)) error {
	s, err := journal.NewStream(journal.Knowledge, slug)
	if err != nil {
		return ErrUnknown
	}
	for {
		t, err := d.load(ctx, s)
		if err != nil {
			return err
		}
		if err := d.progress.Wait(ctx, t.Position); err != nil { // what is checked is checked against what is in effect
			return err
		}
		ev, err := decide(t)
		if err != nil || ev == nil {
			return err
		}
		data, err := json.Marshal([]Event{*ev})
		if err != nil {
			return fmt.Errorf("encoding an edit: %w", err)
		}
		at, err := d.journal.Append(ctx, s, t.Position, data)
		if errors.Is(err, journal.ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("storing an edit: %w", err)
		}
		return d.progress.Wait(ctx, at)
	}
}

func (d *Desk) load(ctx context.Context, s journal.Stream) (Topic, error) {
	t := Topic{Slug: s.ID}
	for e, err := range d.journal.Read(ctx, s, 0) {
		if errors.Is(err, journal.ErrErased) {
			return t, ErrUnknown
		}
		if err != nil {
			return t, fmt.Errorf("reading the edits of a topic: %w", err)
		}
		var events []Event
		if err := json.Unmarshal(e.Data, &events); err != nil {
			return t, fmt.Errorf("reading the edits of a topic: %w", err)
		}
		t.apply(events, e)
	}
	return t, nil
}
