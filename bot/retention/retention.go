// Package retention says when what visitors wrote has been kept long enough, and erases it for good.
package retention

import (
	"context"
	"fmt"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// Keep is how long things are kept.
type Keep struct {
	Conversations time.Duration // one that was never handed to staff: after its last line
	Requests      time.Duration // a request and its conversation: after it was closed
}

// Report counts what was erased.
type Report struct{ Conversations, Requests int }

// Sweep erases every conversation and request that has been kept long enough at a time. It opens no conversation. Running it twice, or on
// several nodes at once, does no harm.
func Sweep(ctx context.Context, j journal.Journal, w *request.Worklist, keep Keep, now time.Time) (Report, error) {
	var done Report
	for _, r := range w.List() {
		if r.Status != request.Closed || now.Sub(r.Changed) < keep.Requests {
			continue
		}
		// The conversation goes first: a request without one can be swept again, a conversation without its request would be kept by nobody's rule.
		for _, kind := range []journal.Kind{journal.Conversation, journal.Request} {
			if err := j.Erase(ctx, journal.Stream{Kind: kind, ID: r.ID}); err != nil {
				return done, fmt.Errorf("erasing a closed request: %w", err)
			}
		}
		done.Requests++
	}
	for h, err := range j.Heads(ctx, journal.Conversation) {
		if err != nil {
			return done, fmt.Errorf("listing conversations: %w", err)
		}
		if _, handed := w.Get(h.Stream.ID); h.Erased || handed || now.Sub(h.At) < keep.Conversations {
			continue
		}
		if err := j.Erase(ctx, h.Stream); err != nil {
			return done, fmt.Errorf("erasing a conversation: %w", err)
		}
		done.Conversations++
	}
	return done, nil
}
