package notify

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"example.org/intake/bot/journal"
)

// Pauses between attempts.
const (
	firstPause = 10 * time.Second
	longPause  = 30 * time.Minute
	giveUp     = 24 * time.Hour // an alert that is older is given up at the next failure, however few its attempts
	lease      = 2 * timeout    // an attempt without an outcome is lost after this
)

// pause is how long to wait after the nth failure in a row: twice as long each time, by chance up to half as much less, so that not everything
// that waits for one server comes back at once.
func pause(n int) time.Duration {
	d := longPause
	if n < 10 {
		d = min(longPause, firstPause<<max(0, n-1))
	}
	return d - rand.N(d/2)
}

// serve delivers to one destination until ctx ends.
func (n *Notifier) serve(ctx context.Context, d Destination) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		changed := n.outbox.change()
		n.drain(ctx, d)
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-tick.C:
		}
	}
}

// drain delivers what is due to a destination, in order.
func (n *Notifier) drain(ctx context.Context, d Destination) {
	for ctx.Err() == nil {
		i, fails, ok := n.outbox.head(d.Name)
		if !ok || i.due().After(n.cfg.Now()) {
			return
		}
		err := n.try(ctx, d, i, fails)
		switch {
		case errors.Is(err, journal.ErrConflict), errors.Is(err, journal.ErrErased):
			return // another node has it, or it is gone: the fold will say so
		case err != nil:
			if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
				n.cfg.Log.Error("the state of an alert could not be stored; trying again", "err", err)
			}
			return
		}
	}
}

// try makes one attempt. Its error is the journal's alone: a failed attempt is an outcome.
func (n *Notifier) try(ctx context.Context, d Destination, i Item, fails int) error {
	if err := n.put(ctx, i.ID, i.position, entry{Step: trying, Node: n.node, Until: n.cfg.Now().Add(lease)}); err != nil {
		return err
	}
	i, ok := n.outbox.get(i.ID)
	if !ok || i.node != n.node {
		return journal.ErrConflict
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	err := d.send(limited, message{id: i.ID, alert: i.Alert, console: n.cfg.Console, words: n.cfg.Words, lang: d.Lang, now: n.cfg.Now()})
	cancel()
	if ctx.Err() != nil {
		return ctx.Err() // nobody knows whether it arrived: it is sent again under the same id
	}
	if err == nil {
		return n.put(ctx, i.ID, i.position, entry{Step: sent})
	}
	f := failureOf(err)
	now := n.cfg.Now()
	dead := i.Tries >= n.cfg.Settings.Tries || now.Sub(i.since) >= giveUp
	// The words of the error may hold addresses; only what they come to is kept.
	n.cfg.Log.Warn("an alert was not delivered", "to", d.Name, "why", string(f.Why), "code", f.Code, "try", i.Tries, "given_up", dead)
	return n.put(ctx, i.ID, i.position, entry{Step: failed, Why: f.Why, Code: f.Code, Dead: dead, Next: now.Add(pause(fails + 1))})
}
