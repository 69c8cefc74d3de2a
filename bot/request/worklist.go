package request

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"example.org/intake/bot/journal"
)

// ErrUnknown means that there is no such request.
var ErrUnknown = errors.New("request: unknown")

// Worklist is every request, folded and kept up to date. It holds no conversation.
type Worklist struct {
	journal  journal.Journal
	mu       sync.Mutex
	byID     map[string]*Request // what they point to never changes
	codes    map[string]string   // reference code to id
	seen     journal.Position    // everything up to here is folded in
	damaged  int
	watches  map[chan struct{}]bool
	progress *journal.Progress
}

// Open folds all requests and follows the journal until ctx ends. It returns once everything stored so far is in the list.
func Open(ctx context.Context, j journal.Journal) (*Worklist, error) {
	w := &Worklist{journal: j, byID: map[string]*Request{}, codes: map[string]string{}, watches: map[chan struct{}]bool{}}
	var err error
	if w.progress, err = journal.Follow(ctx, j, journal.Request, w.fold); err != nil {
		return nil, fmt.Errorf("reading requests: %w", err)
	}
	return w, nil
}

func (w *Worklist) fold(e journal.Entry, damage error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case damage != nil:
		w.damaged++
	case e.Erased:
		if r := w.byID[e.Stream.ID]; r != nil {
			delete(w.codes, r.Reference)
		}
		delete(w.byID, e.Stream.ID)
	default:
		var r Request
		if old := w.byID[e.Stream.ID]; old != nil {
			r = *old
		}
		if err := r.apply(e); err != nil {
			w.damaged++
			break
		}
		w.byID[r.ID] = &r
		w.codes[r.Reference] = r.ID
	}
	w.seen = e.Position
	w.notify()
}

// notify wakes everybody; the caller holds the lock.
func (w *Worklist) notify() {
	for c := range w.watches {
		select {
		case c <- struct{}{}:
		default: // one signal is waiting already
		}
	}
}

// Seen is the position up to which everything is in the list: it changes with every change.
func (w *Worklist) Seen() journal.Position {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seen
}

// Damaged counts the entries that could not be read.
func (w *Worklist) Damaged() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.damaged
}

// List gives every request: by status, urgent ones first, then the one that waits longest.
func (w *Worklist) List() []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Request, 0, len(w.byID))
	for _, r := range w.byID {
		list = append(list, *r)
	}
	order := Statuses()
	slices.SortFunc(list, func(a, b Request) int {
		urgent := func(r Request) int {
			if r.Urgent && r.Status == New {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status)), cmp.Compare(urgent(a), urgent(b)),
			a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Each calls do for every request, in no order. do must not call the worklist and must change nothing.
func (w *Worklist) Each(do func(*Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.byID {
		do(r)
	}
}

// Get gives one request.
func (w *Worklist) Get(id string) (Request, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.byID[id]
	if !ok {
		return Request{}, false
	}
	return *r, true
}

// FreeCode gives the reference code for a conversation: the one its request has, or the first that no other request took.
func (w *Worklist) FreeCode(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, ok := w.byID[id]; ok {
		return r.Reference
	}
	for try := 0; ; try++ {
		code := Code(id, try)
		if _, taken := w.codes[code]; !taken {
			return code
		}
	}
}

// Changes gives a channel that is signalled after every change, several changes as one, and a function that ends it.
func (w *Worklist) Changes() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watches[c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.watches, c)
	}
}

// SetStatus changes a request's status if it is still as the caller saw it at position after; otherwise journal.ErrConflict. When it returns
// either, the list shows what was changed.
func (w *Worklist) SetStatus(ctx context.Context, id string, after journal.Position, s Status, by string) error {
	if _, ok := w.Get(id); !ok {
		return ErrUnknown
	}
	if !slices.Contains(Statuses(), s) {
		return fmt.Errorf("request: %q is not a status", s)
	}
	at, err := put(ctx, w.journal, id, after, Event{Type: StatusSet, Status: s, By: by})
	if errors.Is(err, journal.ErrConflict) {
		r, late := load(ctx, w.journal, id)
		if late == nil {
			late = w.progress.Wait(ctx, r.Position)
		}
		return errors.Join(err, late)
	}
	if err != nil {
		return err
	}
	return w.progress.Wait(ctx, at)
}

// AddNote adds a note, whatever happened to the request meanwhile.
func (w *Worklist) AddNote(ctx context.Context, id, by, text string) error {
	if _, ok := w.Get(id); !ok {
		return ErrUnknown
	}
	if err := change(ctx, w.journal, id, func(Request) (*Event, error) { return &Event{Type: Noted, By: by, Text: text}, nil }); err != nil {
		return err
	}
	r, err := load(ctx, w.journal, id)
	if err != nil {
		return err
	}
	return w.progress.Wait(ctx, r.Position)
}
