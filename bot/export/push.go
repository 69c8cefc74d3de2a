package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"example.org/intake/bot/journal"
)

// System is a webhook of the clinic's settings that takes bundles.
type System struct {
	Name  string // by which a disclosure names it
	Shown string // what a page may show of its address
	// Post makes one attempt to deliver; the id is the same in every attempt, so that the receiver can drop what it has. nil means that it has it.
	Post func(ctx context.Context, id, contentType string, body []byte, now time.Time) error
}

// ErrGone means that what was to be pushed is erased.
var ErrGone = errors.New("export: the request is erased")

// Pusher delivers what was pushed. What waits is the disclosure alone, which holds the ids of itself and of the request and nothing of its content:
// the bundle is made anew for every attempt, so that what was erased meanwhile does not leave.
type Pusher struct {
	Log     *Log
	Systems []System
	Bundle  func(ctx context.Context, d Disclosure) (File, error) // ErrGone: it is erased
	Now     func() time.Time
	Logger  *slog.Logger
}

// Times of the pusher.
const (
	look       = time.Second // between two looks at the clock
	firstPause = 10 * time.Second
	longPause  = 30 * time.Minute
	giveUp     = 24 * time.Hour
	tryFor     = 20 * time.Second
	lease      = 2 * tryFor // an attempt without an outcome is lost after this
)

// pause is how long to wait after the nth failure: twice as long each time, by chance up to half as much less.
func pause(n int) time.Duration {
	d := longPause
	if n < 9 {
		d = min(longPause, firstPause<<max(0, n-1))
	}
	return d - rand.N(d/2)
}

// Run delivers until ctx ends.
func (p *Pusher) Run(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		moved := p.Log.progress.Moved()
		for _, d := range p.Log.List(func(d Disclosure) bool { return d.Waits() && !d.due.After(p.Now()) }) {
			if err := p.try(ctx, d); err != nil && ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
				p.Logger.Error("the state of a push could not be stored; trying again", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-moved:
		case <-tick.C:
		}
	}
}

// Waits reports whether a push is still on its way.
func (d Disclosure) Waits() bool { return d.Form == Push && d.Sent.IsZero() && !d.Dead }

// try makes one attempt. It is entered before it is made, so that of two nodes one makes it; after a crash it is made again under the same id.
func (p *Pusher) try(ctx context.Context, d Disclosure) error {
	now := p.Now()
	at, err := p.Log.put(ctx, d.ID, d.position, entry{Due: now.Add(lease), Tries: d.tries + 1})
	if errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrErased) {
		return nil // another node has it, or it is gone
	}
	if err != nil {
		return err
	}
	err = p.send(ctx, d, now)
	if ctx.Err() != nil {
		return ctx.Err() // nobody knows whether it arrived
	}
	after := entry{Sent: err == nil, Tries: d.tries + 1}
	if err != nil {
		after.Dead = errors.Is(err, ErrGone) || now.Sub(d.At) >= giveUp
		after.Due = p.Now().Add(pause(d.tries + 1))
		// The words of the error may hold addresses.
		p.Logger.Warn("a push was not delivered", "to", d.To, "try", d.tries+1, "given_up", after.Dead)
	}
	if _, err = p.Log.put(ctx, d.ID, at, after); errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrErased) {
		return nil
	}
	return err
}

func (p *Pusher) send(ctx context.Context, d Disclosure, now time.Time) error {
	for _, s := range p.Systems {
		if s.Name == d.To {
			f, err := p.Bundle(ctx, d)
			if err != nil {
				return err
			}
			limited, cancel := context.WithTimeout(ctx, tryFor)
			defer cancel()
			return s.Post(limited, "dis_"+d.ID, f.Type, f.Data, now)
		}
	}
	return errors.New("the settings no longer name this system")
}

// put appends what became of a push and waits until the log shows it.
func (l *Log) put(ctx context.Context, id string, after journal.Position, e entry) (journal.Position, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return 0, fmt.Errorf("encoding the state of a push: %w", err)
	}
	at, err := l.journal.Append(ctx, journal.Stream{Kind: journal.Disclosure, ID: id}, after, data)
	if err != nil {
		return 0, fmt.Errorf("storing the state of a push: %w", err)
	}
	return at, l.progress.Wait(ctx, at)
}
