package journal

import (
	"context"
	"fmt"
	"math"
	"sync"
)

// Progress says how far a fold over one kind of stream has come, and lets others wait for it. It is safe for concurrent use.
type Progress struct {
	mu    sync.Mutex
	seen  Position
	err   error         // why the watch ended
	moved chan struct{} // closed and replaced at every change
}

// Follow hands every entry of a kind to fold, one after the other, and goes on until ctx ends. It returns once everything stored so far was handed
// over. An entry that cannot be read comes with its error; see [Journal.Watch].
func Follow(ctx context.Context, j Journal, kind Kind, fold func(Entry, error)) (*Progress, error) {
	var last Position
	for h, err := range j.Heads(ctx, kind) {
		if err != nil {
			return nil, fmt.Errorf("listing streams: %w", err)
		}
		last = max(last, h.Position)
	}
	p := Start(ctx, j, kind, fold)
	return p, p.Wait(ctx, last)
}

// Start does the same without waiting for what is stored so far.
func Start(ctx context.Context, j Journal, kind Kind, fold func(Entry, error)) *Progress {
	p := &Progress{moved: make(chan struct{})}
	go p.follow(ctx, j, kind, fold)
	return p
}

// Ended returns why the watch ended, once it has: nothing more will be folded.
func (p *Progress) Ended(ctx context.Context) error { return p.Wait(ctx, math.MaxUint64) }

func (p *Progress) follow(ctx context.Context, j Journal, kind Kind, fold func(Entry, error)) {
	var ended error
	for e, err := range j.Watch(ctx, kind, 0) {
		if err != nil && e.Position == 0 {
			ended = err
			break
		}
		fold(e, err)
		p.move(func() { p.seen = e.Position })
	}
	if ended == nil {
		ended = context.Cause(ctx)
	}
	p.move(func() { p.err = ended })
}

func (p *Progress) move(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.moved)
	p.moved = make(chan struct{})
}

// Moved is closed when the next entry was folded, or when there will be none.
func (p *Progress) Moved() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.moved
}

// Wait returns when everything up to a position was folded, or why that will not happen.
func (p *Progress) Wait(ctx context.Context, until Position) error {
	for {
		p.mu.Lock()
		seen, err, moved := p.seen, p.err, p.moved
		p.mu.Unlock()
		if seen >= until {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
