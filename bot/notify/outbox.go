package notify

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"example.org/intake/bot/journal"
)

// outbox is the fold of the kind outbox.
type outbox struct {
	mu    sync.Mutex
	items map[string]*Item
	queue map[string][]*Item         // waiting ones by destination, in order
	of    map[string]map[string]bool // item ids by request
	fails map[string]int             // failed attempts in a row, by destination

	cursors map[string]journal.Position // head of each cursor stream
	cursor  journal.Position            // the farthest word in them
	set     bool                        // there is a cursor

	seen  journal.Position
	moved chan struct{} // closed and replaced at every change
}

func newOutbox() *outbox {
	return &outbox{items: map[string]*Item{}, queue: map[string][]*Item{}, of: map[string]map[string]bool{}, fails: map[string]int{},
		cursors: map[string]journal.Position{}, moved: make(chan struct{})}
}

func (o *outbox) follow(ctx context.Context, j journal.Journal, log *slog.Logger) {
	var after journal.Position
	for {
		for e, err := range j.Watch(ctx, journal.Outbox, after) {
			if e.Position == 0 {
				if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
					log.Error("following the alerts stopped; trying again", "err", err)
				}
				break
			}
			if after = e.Position; err != nil {
				log.Error("an alert cannot be read", "err", err)
			}
			o.fold(e, err != nil)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func (o *outbox) fold(at journal.Entry, damaged bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer func() {
		o.seen = at.Position
		close(o.moved)
		o.moved = make(chan struct{})
	}()
	id := at.Stream.ID
	if at.Erased {
		if i := o.items[id]; i != nil {
			o.unqueue(i)
			delete(o.of[i.Request], id)
			if len(o.of[i.Request]) == 0 {
				delete(o.of, i.Request)
			}
		}
		delete(o.items, id)
		delete(o.cursors, id)
		return
	}
	var e entry
	if damaged || json.Unmarshal(at.Data, &e) != nil {
		return
	}
	if e.Step == cursor {
		o.cursors[id], o.cursor, o.set = at.Position, max(o.cursor, e.At), true
		return
	}
	was := o.items[id]
	if was == nil && e.Step != told {
		return // its beginning is damaged
	}
	i := &Item{}
	if was != nil {
		*i = *was
	}
	i.apply(e, at)
	o.items[id] = i
	if i.Request != "" {
		if o.of[i.Request] == nil {
			o.of[i.Request] = map[string]bool{}
		}
		o.of[i.Request][id] = true
	}
	switch e.Step {
	case failed:
		o.fails[i.To]++
	case sent:
		o.fails[i.To] = 0
	}
	// The place in the queue stays; one that is sent again goes to its end.
	q := o.queue[i.To]
	n := slices.IndexFunc(q, func(x *Item) bool { return x.ID == id })
	switch {
	case i.State != Waiting:
		o.unqueue(i)
	case n >= 0:
		q[n] = i
	default:
		o.queue[i.To] = append(q, i)
	}
}

func (o *outbox) unqueue(i *Item) {
	q := slices.DeleteFunc(o.queue[i.To], func(x *Item) bool { return x.ID == i.ID })
	if o.queue[i.To] = q; len(q) == 0 {
		delete(o.queue, i.To)
	}
}

// wait returns when everything up to a position is folded in.
func (o *outbox) wait(ctx context.Context, until journal.Position) error {
	for {
		o.mu.Lock()
		seen, moved := o.seen, o.moved
		o.mu.Unlock()
		if seen >= until {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// turn returns when something was folded in since the call, or a moment later.
func (o *outbox) turn(ctx context.Context) error {
	o.mu.Lock()
	moved := o.moved
	set := o.set
	o.mu.Unlock()
	if set {
		return nil
	}
	select {
	case <-moved:
	case <-time.After(time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// change is closed at the next change.
func (o *outbox) change() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.moved
}

// told is the cursor: up to there the requests are told.
func (o *outbox) told() (journal.Position, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cursor, o.set
}

// head gives the alert that a destination gets next, and how many attempts there failed in a row.
func (o *outbox) head(to string) (i Item, fails int, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if q := o.queue[to]; len(q) > 0 {
		return *q[0], o.fails[to], true
	}
	return Item{}, 0, false
}

func (o *outbox) get(id string) (Item, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if i := o.items[id]; i != nil {
		return *i, true
	}
	return Item{}, false
}

// about gives every alert about a request.
func (o *outbox) about(request string) []Item {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []Item
	for id := range o.of[request] {
		list = append(list, *o.items[id])
	}
	return list
}

// all gives every alert, the newest first.
func (o *outbox) all() []Item {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]Item, 0, len(o.items))
	for _, i := range o.items {
		list = append(list, *i)
	}
	slices.SortFunc(list, func(a, b Item) int {
		if a.place < b.place {
			return 1
		}
		return -1
	})
	return list
}
