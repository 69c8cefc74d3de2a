package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// watch follows the requests from the cursor on.
func (n *Notifier) watch(ctx context.Context) {
	after, _ := n.outbox.told()
	for {
		for e, damage := range n.cfg.Journal.Watch(ctx, journal.Request, after) {
			if e.Position == 0 {
				if ctx.Err() == nil && !errors.Is(damage, journal.ErrClosed) {
					n.cfg.Log.Error("following the requests for alerts stopped; trying again", "err", damage)
				}
				break
			}
			if err := n.take(ctx, e); err != nil { // nothing is skipped: the same entry comes again
				if ctx.Err() == nil {
					n.cfg.Log.Error("an alert could not be stored; trying again", "err", err)
				}
				break
			}
			after = e.Position
			n.outbox.reached(after)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(look):
		}
	}
}

// take tells what one entry of a request changed. What cannot be read cannot be told.
func (n *Notifier) take(ctx context.Context, e journal.Entry) error {
	if e.Erased {
		return n.forget(ctx, e.Stream.ID)
	}
	if len(n.cfg.Settings.Destinations) == 0 {
		return nil
	}
	c, err := request.ChangeAt(ctx, n.cfg.Journal, e.Stream.ID, e.Position)
	switch {
	case errors.Is(err, journal.ErrErased):
		return nil // its tombstone follows
	case errors.Is(err, journal.ErrClosed), ctx.Err() != nil:
		return err
	case err != nil:
		n.cfg.Log.Error("a request cannot be read, so nobody is told about it", "err", err)
		return nil
	case !c.Handed:
		return nil
	}
	var event Event
	switch {
	case c.Before.Position == 0, c.Before.Status == request.Closed, c.Before.Status == request.Scheduled:
		event = New
	case c.After.Urgent && !c.Before.Urgent:
		event = Urgent
	default:
		return nil
	}
	return n.tell(ctx, c.After, event, e.Position, 0, func(d Destination) bool { return !d.Supervisors })
}

// alert says about a request what may be said.
func (n *Notifier) alert(r request.Request, e Event) Alert {
	lang := cmp.Or(r.Fields.Language, string(r.Lang))
	if !n.cfg.Words.Has("en", "language."+lang) { // a word of a list, or no word
		lang = Other
	}
	return Alert{Event: e, Code: r.Reference, Urgent: r.Urgent, Lang: lang}
}

// tell puts an alert into the outbox for each destination that is meant, unless it is or was there.
func (n *Notifier) tell(ctx context.Context, r request.Request, e Event, base journal.Position, round int, meant func(Destination) bool) error {
	a := n.alert(r, e)
	for _, d := range n.cfg.Settings.Destinations {
		if !meant(d) {
			continue
		}
		err := n.put(ctx, itemID(r.ID, base, e, round, d.Name), 0, entry{Step: told, Alert: &a, To: d.Name, Request: r.ID, Base: base, Round: round})
		if err != nil && !errors.Is(err, journal.ErrConflict) && !errors.Is(err, journal.ErrErased) {
			return err
		}
	}
	return nil
}

// put appends one entry to a stream of the outbox and waits until it is folded in.
func (n *Notifier) put(ctx context.Context, id string, after journal.Position, e entry) error {
	data, err := e.encode()
	if err != nil {
		return err
	}
	at, err := n.cfg.Journal.Append(ctx, journal.Stream{Kind: journal.Outbox, ID: id}, after, data)
	if err != nil {
		return fmt.Errorf("storing an alert: %w", err)
	}
	return n.outbox.wait(ctx, at)
}

// remind tells again about urgent requests that nobody has. What is due follows from the outbox and the journal's times, so all nodes agree.
func (n *Notifier) remind(ctx context.Context) error {
	if len(n.cfg.Settings.Destinations) == 0 {
		return nil
	}
	now := n.cfg.Now()
	var open []request.Request
	n.cfg.Requests.Each(func(r *request.Request) {
		if r.Urgent && (r.Status == request.New || r.Status == request.Contacted) && r.HeldBy(now) == "" {
			open = append(open, *r)
		}
	})
	s := n.cfg.Settings
	for _, r := range open {
		// The call is the last first word that it is urgent; what was told before the alerts were set up has none.
		call, last, base, round := r.Changed, r.Changed, journal.Position(0), 0
		items := n.outbox.about(r.ID)
		for _, i := range items {
			if i.round == 0 && i.Urgent && i.base > base {
				base, call, last = i.base, i.Told, i.Told
			}
		}
		busy := map[string]bool{} // where a reminder still waits, a second one would say the same
		for _, i := range items {
			if i.base != base {
				continue
			}
			round = max(round, i.round)
			for _, t := range []time.Time{i.Told, i.Ended} {
				if t.After(last) && i.Urgent {
					last = t
				}
			}
			busy[i.To] = busy[i.To] || i.round > 0 && i.State == Waiting
		}
		if now.Sub(last) < s.Again {
			continue
		}
		escalate := now.Sub(call) >= s.SupervisorsAfter
		err := n.tell(ctx, r, Unclaimed, base, round+1, func(d Destination) bool { return !busy[d.Name] && (!d.Supervisors || escalate) })
		if err != nil {
			return err
		}
	}
	return nil
}

// forget erases every alert about a request that was erased.
func (n *Notifier) forget(ctx context.Context, id string) error {
	var ids []string
	for _, i := range n.outbox.about(id) {
		ids = append(ids, i.ID)
	}
	return n.erase(ctx, ids)
}
