package visitor

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"example.org/intake/bot/journal"
)

// hub wakes the sockets of a conversation when something was added to it. It follows the journal once for all of them and carries nothing: each
// socket reads its own stream after its own position, so the order on every screen is the order of positions, and a slow reader holds up nobody.
type hub struct {
	journal journal.Journal
	log     *slog.Logger
	mu      sync.Mutex
	sockets map[string]map[*socket]struct{} // by conversation
}

func newHub(j journal.Journal, log *slog.Logger) *hub {
	return &hub{journal: j, log: log, sockets: map[string]map[*socket]struct{}{}}
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
	for s := range h.sockets[id] {
		select {
		case s.wake <- struct{}{}:
		default: // it will look anyhow
		}
	}
}

func (h *hub) join(id string, s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sockets[id] == nil {
		h.sockets[id] = map[*socket]struct{}{}
	}
	h.sockets[id][s] = struct{}{}
}

func (h *hub) leave(id string, s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets[id], s)
	if len(h.sockets[id]) == 0 {
		delete(h.sockets, id)
	}
}
