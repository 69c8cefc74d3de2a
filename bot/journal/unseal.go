package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

func (j *sealed) Read(ctx context.Context, s Stream, after Position) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if err := s.Validate(); err != nil {
			yield(Entry{}, err)
			return
		}
		tail, err := j.tails.Tail(ctx, s) // read before the stream, so that it is never ahead of what must be found
		if err != nil {
			yield(Entry{}, err)
			return
		}
		missing := func(last Position) error {
			return fmt.Errorf("%w: %s ends at %d, not %d", ErrTailMissing, s, last, tail.Position)
		}
		var k Key
		loaded, met, last := false, after >= tail.Position, after
		for e, err := range j.inner.Read(ctx, s, after) {
			if err == nil && !loaded {
				if k, err = j.key(ctx, s); errors.Is(err, ErrNoKey) {
					err = j.noKey(ctx, s)
				}
				loaded = err == nil
			}
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !met && e.Position > tail.Position {
				yield(Entry{}, missing(last))
				return
			}
			predecessor, data, err := openEntry(k, s, e.Data)
			if err == nil && (predecessor != last || e.Position <= last || e.Stream != s || e.Erased ||
				e.Position == tail.Position && !tail.verify(k, e.Data)) {
				err = ErrCorrupt
			}
			if err != nil {
				yield(Entry{Stream: s, Position: e.Position, At: e.At}, fmt.Errorf("%w: %s at position %d", err, s, e.Position))
				return
			}
			met = met || e.Position == tail.Position
			last, e.Data = e.Position, data
			if !yield(e, nil) {
				return
			}
		}
		if !met {
			yield(Entry{}, missing(last))
		}
	}
}

func (j *sealed) Watch(ctx context.Context, kind Kind, after Position) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		last := map[string]Position{}     // of each stream met, to see that nothing between was left out
		unread := map[Position]struct{}{} // of unknown stream: an entry that follows one is not to blame
		for e, err := range j.inner.Watch(ctx, kind, after) {
			if err != nil {
				unread[e.Position] = struct{}{}
				if !yield(e, err) {
					return
				}
				continue
			}
			if e.Erased {
				delete(last, e.Stream.ID)
				j.cache.remove(e.Stream)
				if !yield(e, nil) {
					return
				}
				continue
			}
			before, met := last[e.Stream.ID]
			last[e.Stream.ID] = e.Position
			k, err := j.key(ctx, e.Stream)
			if errors.Is(err, ErrNoKey) {
				if err = j.noKey(ctx, e.Stream); errors.Is(err, ErrErased) {
					continue // erased since it was found: the tombstone comes
				}
			}
			var predecessor Position
			if err == nil {
				predecessor, e.Data, err = openEntry(k, e.Stream, e.Data)
			}
			if _, skipped := unread[predecessor]; err == nil && (predecessor >= e.Position ||
				!skipped && (met && predecessor != before || !met && predecessor > after)) {
				err = ErrCorrupt
			}
			if err != nil {
				e.Data = nil
				err = fmt.Errorf("%w: %s at position %d", err, e.Stream, e.Position)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func (j *sealed) Heads(ctx context.Context, kind Kind) iter.Seq2[Head, error] {
	return func(yield func(Head, error) bool) {
		tails := map[Stream]Position{} // read before the heads, which are then never behind
		for t, err := range j.tails.AllTails(ctx, kind) {
			if err != nil {
				yield(Head{}, err)
				return
			}
			tails[t.Stream] = t.Position
		}
		for h, err := range j.inner.Heads(ctx, kind) {
			if tail := tails[h.Stream]; err == nil && !h.Erased && h.Position < tail {
				err = fmt.Errorf("%w: %s ends at %d, not %d", ErrTailMissing, h.Stream, h.Position, tail)
			}
			delete(tails, h.Stream)
			if !yield(h, err) {
				return
			}
		}
		for s := range tails {
			if !yield(Head{Stream: s}, fmt.Errorf("%w: %s is gone", ErrTailMissing, s)) {
				return
			}
		}
	}
}
