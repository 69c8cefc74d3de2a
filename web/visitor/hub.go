package visitor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.org/intake/bot/journal"
)

// hub wakes whoever shows a conversation when something was added to it. It follows the journal once for all of them and carries nothing: each
// carrier reads its own stream after its own position, so the order on every screen is the order of positions, and a slow reader holds up nobody.
type hub struct {
	journal journal.Journal
	log     *slog.Logger
	mu      sync.Mutex
	waiting map[string]map[chan struct{}]struct{} // by conversation; each channel has room for one
}

func newHub(j journal.Journal, log *slog.Logger) *hub {
	return &hub{journal: j, log: log, waiting: map[string]map[chan struct{}]struct{}{}}
}

// start finds the end of the journal and follows it from there until ctx ends.
func (h *hub) start(ctx context.Context) error {
	var end journal.Position
	for head, err := range h.journal.Heads(ctx, journal.Conversation) {
		if err != nil && head.Stream.ID == "" {
			return err
		}
		end = max(end, head.Position) // a head that cannot be read matters to its own conversation only
	}
	go h.follow(ctx, end)
	return nil
}

func (h *hub) follow(ctx context.Context, after journal.Position) {
	for {
		var failed error
		for e, err := range h.journal.Watch(ctx, journal.Conversation, after) {
			if e.Position == 0 {
				failed = err
				break
			}
			after = e.Position
			h.wake(e.Stream.ID)
		}
		if ctx.Err() != nil || errors.Is(failed, journal.ErrClosed) {
			return
		}
		h.log.Error("following the conversations stopped; trying again", "err", failed)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func (h *hub) wake(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.waiting[id] {
		select {
		case w <- struct{}{}:
		default: // it will look anyhow
		}
	}
}

// join has a channel woken for a conversation until it leaves.
func (h *hub) join(id string, wake chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.waiting[id] == nil {
		h.waiting[id] = map[chan struct{}]struct{}{}
	}
	h.waiting[id][wake] = struct{}{}
}

func (h *hub) leave(id string, wake chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.waiting[id], wake)
	if len(h.waiting[id]) == 0 {
		delete(h.waiting, id)
	}
}
