// Package retention says when what visitors wrote has been kept long enough, and erases it for good.
package retention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// Keep is how long things are kept.
type Keep struct {
	Conversations time.Duration // one that was never handed to staff: after its last line
	Requests      time.Duration // a request and its conversation: after it was closed
}

// Disclosures is how long the log of what left the house is kept: an accounting goes back six years (45 CFR 164.528). It does not end with the
// requests that it is about.
const Disclosures = 6 * 366 * 24 * time.Hour

// Report counts what was erased.
type Report struct{ Conversations, Requests, Disclosures int }

// Sweep erases every conversation and request that has been kept long enough at a time. It opens no conversation. Running it twice, or on
// several nodes at once, does no harm.
func Sweep(ctx context.Context, j journal.Journal, w *request.Worklist, keep Keep, now time.Time) (Report, error) {
	var closed, idle []string
	for _, r := range w.List() {
		if r.Status == request.Closed && now.Sub(r.Changed) >= keep.Requests {
			closed = append(closed, r.ID)
		}
	}
	for h, err := range j.Heads(ctx, journal.Conversation) {
		if err != nil {
			return Report{}, fmt.Errorf("listing conversations: %w", err)
		}
		if _, handed := w.Get(h.Stream.ID); !h.Erased && !handed && now.Sub(h.At) >= keep.Conversations {
			idle = append(idle, h.Stream.ID)
		}
	}
	// The conversation goes before its request: a request without one is swept again next time, a conversation whose request is gone would wait
	// for the longer of the two terms.
	swept, err := erase(ctx, j, journal.Conversation, slices.Concat(idle, closed))
	done := Report{Conversations: min(swept, len(idle))}
	if err != nil {
		return done, err
	}
	if done.Requests, err = erase(ctx, j, journal.Request, closed); err != nil {
		return done, err
	}
	var old []string
	for h, err := range j.Heads(ctx, journal.Disclosure) {
		if err != nil {
			return done, fmt.Errorf("listing disclosures: %w", err)
		}
		if !h.Erased && now.Sub(h.At) >= Disclosures {
			old = append(old, h.Stream.ID)
		}
	}
	done.Disclosures, err = erase(ctx, j, journal.Disclosure, old)
	return done, err
}

// atOnce is how many streams are erased together: an erasure rewrites files, and erasures under way at the same time share that work.
const atOnce = 64

func erase(ctx context.Context, j journal.Journal, kind journal.Kind, ids []string) (done int, err error) {
	for batch := range slices.Chunk(ids, atOnce) {
		errs := make([]error, len(batch))
		var all sync.WaitGroup
		for i, id := range batch {
			all.Go(func() { errs[i] = j.Erase(ctx, journal.Stream{Kind: kind, ID: id}) })
		}
		all.Wait()
		if err := errors.Join(errs...); err != nil {
			return done, fmt.Errorf("erasing what was kept long enough: %w", err)
		}
		done += len(batch)
	}
	return done, nil
}
