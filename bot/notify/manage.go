package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.org/intake/bot/journal"
)

// ErrUnknown means that there is no such alert, or its destination is not in the settings.
var ErrUnknown = errors.New("notify: there is no such alert or destination")

// Known reports whether the settings have a destination.
func (n *Notifier) Known(name string) bool {
	return slices.ContainsFunc(n.cfg.Settings.Destinations, func(d Destination) bool { return d.Name == name })
}

// Items gives every alert that is kept, the newest first.
func (n *Notifier) Items() []Item { return n.outbox.all() }

// Item gives one alert.
func (n *Notifier) Item(id string) (Item, bool) { return n.outbox.get(id) }

// Failing counts what somebody should look at: dead letters, and destinations at which the last attempts failed.
func (n *Notifier) Failing() (count int) {
	n.outbox.mu.Lock()
	defer n.outbox.mu.Unlock()
	for _, i := range n.outbox.items {
		if i.State == Dead {
			count++
		}
	}
	for _, d := range n.cfg.Settings.Destinations {
		if len(n.outbox.queue[d.Name]) > 0 && n.outbox.fails[d.Name] > 1 {
			count++
		}
	}
	return count
}

// Again sends a dead letter again, at the end of its destination's queue; one that is none stays as it is. by is an account's id.
func (n *Notifier) Again(ctx context.Context, id, by string) error {
	i, ok := n.outbox.get(id)
	if !ok || !n.Known(i.To) {
		return ErrUnknown
	}
	if i.State != Dead { // it is under way already
		return nil
	}
	err := n.put(ctx, id, i.position, entry{Step: again, By: by})
	if errors.Is(err, journal.ErrConflict) { // somebody else was quicker
		return nil
	}
	return err
}

// Try puts a test alert to a destination into the outbox. press names the press of the button: the same one a second time changes nothing.
func (n *Notifier) Try(ctx context.Context, to, press string) error {
	if !n.Known(to) {
		return ErrUnknown
	}
	err := n.put(ctx, itemID("test "+press, 0, Test, 0, to), 0, entry{Step: told, Alert: &Alert{Event: Test}, To: to})
	if errors.Is(err, journal.ErrConflict) || errors.Is(err, journal.ErrErased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("a test alert: %w", err)
	}
	return nil
}
