package request

import (
	"context"
	"errors"
	"time"
)

// MaxLater is how far away the next call can be put.
const MaxLater = 14 * 24 * time.Hour

// ErrLater means that a time to call again is over already, or too far away.
var ErrLater = errors.New("request: a time to call again lies within the next two weeks")

// Later is when somebody wants to call again, zero if nobody said so. It holds until the next attempt or outcome; a visitor who comes back
// does not wait for it.
func (w Work) Later() time.Time { return w.later }

// Postpone puts the next call off until a time. The clinic's promise stays as it is: only the place in the list changes. The claim is
// not held any longer for it, so whoever is at work then can call.
func (w *Worklist) Postpone(ctx context.Context, id, by string, until, now time.Time) error {
	if !until.After(now) || until.Sub(now) > MaxLater {
		return ErrLater
	}
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		return own(r, by, now, Event{Type: Postponed, By: by, work: work{Until: &until}})
	})
}
