// Package notify tells staff that a request waits, by e-mail and by signed webhook, without saying anything about anybody.
//
// What is to be told is found by watching the requests from a stored cursor, and by the clock: an urgent request that nobody has is told again,
// later to the supervisors too. Each alert to each destination is a stream of kind outbox whose id follows from what is told and to whom, so it
// exists once, however many nodes find it and however often they start anew. Each destination is served in the order of its alerts. An attempt
// is entered before it is made, so that of two nodes one makes it; after a crash it is made again under the same id, by which receivers drop
// what they have. Delivery is tried again with growing pauses; what fails for too long is a dead letter, which an administrator can send again.
package notify

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/locales"
)

// Event says what an alert tells.
type Event string

// The events.
const (
	New       Event = "request.new"       // somebody asked for a call or for a person, or came back after closing; or an emergency card was shown
	Urgent    Event = "request.urgent"    // a request became urgent
	Unclaimed Event = "request.unclaimed" // an urgent request that nobody has, again
	Test      Event = "test"              // an administrator tries out a destination
)

// Alert is all that is ever told. There is no place in it for anything a visitor wrote.
type Alert struct {
	Event  Event  `json:"event"`
	Code   string `json:"code,omitempty"` // the request's reference code; "" in a test
	Urgent bool   `json:"urgent,omitempty"`
	Lang   string `json:"lang,omitempty"` // the language to speak, a tag that the locales name, or Other; "" in a test
}

// Other stands for a language that the locales have no name for.
const Other = "other"

// Config is what a [Notifier] works with. Every field is needed.
type Config struct {
	Journal  journal.Journal
	Requests *request.Worklist
	Settings Settings
	Words    *locales.Words
	Console  string // address of the console, which alerts link to
	Now      func() time.Time
	Log      *slog.Logger
}

// Notifier writes alerts into the outbox and delivers them. Without destinations it tells nothing, and only forgets what is to be forgotten.
// All methods may be called by many goroutines at once.
type Notifier struct {
	cfg    Config
	outbox *outbox
	node   string // this process, so that it knows its own attempts
	saved  struct {
		at   journal.Position
		when time.Time
	}
}

// Open folds the outbox and follows it until ctx ends. Nothing is told before [Notifier.Run].
func Open(ctx context.Context, cfg Config) (*Notifier, error) {
	n := &Notifier{cfg: cfg, outbox: newOutbox(), node: rand.Text()}
	var last journal.Position
	for h, err := range cfg.Journal.Heads(ctx, journal.Outbox) {
		if err != nil {
			return nil, fmt.Errorf("listing the outbox: %w", err)
		}
		last = max(last, h.Position)
	}
	go n.outbox.follow(ctx, cfg.Journal, cfg.Log)
	if err := n.outbox.wait(ctx, last); err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return n, n.begin(ctx)
}

// begin sets the first cursor: what was there before alerts were is not told.
func (n *Notifier) begin(ctx context.Context) error {
	for {
		if _, set := n.outbox.told(); set {
			return nil
		}
		var last journal.Position
		for h, err := range n.cfg.Journal.Heads(ctx, journal.Request) {
			if err != nil {
				return fmt.Errorf("listing requests: %w", err)
			}
			last = max(last, h.Position)
		}
		if err := n.saveCursor(ctx, last); err != nil && !errors.Is(err, journal.ErrConflict) {
			return err
		}
		if err := n.outbox.turn(ctx); err != nil { // another node may have been quicker: its word counts
			return err
		}
	}
}

// Usual times.
const (
	Again            = 10 * time.Minute
	SupervisorsAfter = 20 * time.Minute
	Tries            = 60 // at growing pauses: the better part of a day

	look = time.Second         // between two looks at the clock
	keep = 30 * 24 * time.Hour // what was delivered, or is dead, is kept so long
)

// Run tells and delivers until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	go n.watch(ctx)
	for _, d := range n.cfg.Settings.Destinations {
		go n.serve(ctx, d)
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		if err := n.remind(ctx); err != nil && ctx.Err() == nil {
			n.cfg.Log.Error("an alert could not be stored; trying again", "err", err)
		}
		if err := n.keepCursor(ctx); err != nil && ctx.Err() == nil {
			n.cfg.Log.Error("the place of the alerts could not be stored; trying again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Settings are those it works with.
func (n *Notifier) Settings() Settings { return n.cfg.Settings }

// filled gives what was set, with the usual times where nothing was.
func (s Settings) filled() Settings {
	s.Again, s.SupervisorsAfter, s.Tries = cmp.Or(s.Again, Again), cmp.Or(s.SupervisorsAfter, SupervisorsAfter), cmp.Or(s.Tries, Tries)
	return s
}
