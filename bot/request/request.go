// Package request keeps the call-back requests: one stream a request, its events, and the worklist as a fold over all of them.
//
// A request's id is its conversation's id, so a conversation has at most one and it exists exactly once, however often it is sent.
package request

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/safety"
)

// Status is how far staff have come.
type Status string

// The statuses.
const (
	New       Status = "new"
	Contacted Status = "contacted"
	Scheduled Status = "scheduled"
	Closed    Status = "closed"
)

// Statuses lists them in their order.
func Statuses() []Status { return []Status{New, Contacted, Scheduled, Closed} }

// Type names an event of a request.
type Type string

// The events.
const (
	Handed    Type = "handed"     // Cause, Reason, Reference, Lang, Fields, Card: the visitor handed the conversation over; the first one opens the request
	StatusSet Type = "status"     // Status, By
	Noted     Type = "noted"      // Text, By
	LeftNow   Type = "left"       // the visitor left quickly
	TakenBack Type = "taken_back" // Cause: the visitor took the request back; nobody calls
)

// Event is one thing that happened to a request.
type Event struct {
	Type      Type          `json:"type"`
	Cause     string        `json:"cause,omitempty"` // the visitor's line that caused it; a second event of the same cause changes nothing
	Reason    bot.Reason    `json:"reason,omitempty"`
	Reference string        `json:"reference,omitempty"`
	Lang      bot.Lang      `json:"lang,omitempty"`
	Fields    *bot.Fields   `json:"fields,omitempty"`
	Consent   *Consent      `json:"consent,omitempty"`
	Card      safety.CardID `json:"card,omitempty"`
	Status    Status        `json:"status,omitempty"`
	By        string        `json:"by,omitempty"` // account id
	Text      string        `json:"text,omitempty"`
	work
}

// Consent is what the visitor agreed to when sending the request.
type Consent struct {
	Version   string    `json:"version"` // of the wording, from locales
	Lang      bot.Lang  `json:"lang"`    // in which it was read
	At        time.Time `json:"at"`
	Voicemail bool      `json:"voicemail"`
	Text      bool      `json:"text"`
}

// Note is what staff wrote; the visitor never sees it.
type Note struct {
	By, Text string
	At       time.Time
}

// Request is the fold of a request's events.
type Request struct {
	ID          string
	Reference   string // short code that the visitor has too
	Lang        bot.Lang
	Reasons     []bot.Reason
	Fields      bot.Fields
	Consent     *Consent      // of the last time it was sent; nil where the visitor only asked for a person
	Withdrawn   bool          // the visitor took it back: do not call
	Urgent      bool          // an emergency card was shown
	Emergency   safety.CardID // which
	Status      Status
	Notes       []Note
	LeftQuickly bool
	Work
	Opened   time.Time
	Changed  time.Time
	Position journal.Position // of the last event, for changes by compare-and-swap
	causes   []string
}

// apply folds one stored entry in.
func (r *Request) apply(e journal.Entry) error {
	var events []Event
	if err := json.Unmarshal(e.Data, &events); err != nil {
		return fmt.Errorf("request %s at %d: %w", e.Stream.ID, e.Position, err)
	}
	for _, ev := range events {
		switch ev.Type {
		case Handed:
			r.handed(ev, e.At)
		case StatusSet:
			r.Status = ev.Status
		case Noted:
			r.Notes = append(slices.Clip(r.Notes), Note{By: ev.By, Text: ev.Text, At: e.At})
		case LeftNow:
			r.LeftQuickly = true
		case TakenBack:
			r.Withdrawn, r.Status = true, Closed
			r.causes = append(slices.Clip(r.causes), ev.key())
		}
		r.worked(ev, e.At)
		if ev.Type == Attempted {
			r.causes = append(slices.Clip(r.causes), ev.Cause)
		}
	}
	r.ID, r.Changed, r.Position = e.Stream.ID, e.At, e.Position
	return nil
}

func (r *Request) handed(ev Event, at time.Time) {
	if r.Opened.IsZero() {
		r.Opened, r.Reference = at, ev.Reference
	}
	r.later = time.Time{} // a person who comes back waits now
	switch r.Status {
	case "", Closed: // and again
		r.Status = New
		r.reopen()
	case Scheduled: // nobody would look before the day; what is booked stays booked
		r.Status, r.Holder, r.failed = New, "", 0
	}
	r.Lang = ev.Lang
	if !slices.Contains(r.Reasons, ev.Reason) {
		r.Reasons = append(slices.Clip(r.Reasons), ev.Reason)
	}
	if ev.Fields != nil {
		r.Fields = *ev.Fields
	}
	if ev.Consent != nil {
		r.Consent = ev.Consent
	}
	if ev.Reason != bot.ReasonEmergency { // a card that is shown later is no wish to be called
		r.Withdrawn = false
	}
	if ev.Reason == bot.ReasonEmergency {
		r.Urgent, r.Emergency = true, ev.Card
	}
	r.causes = append(slices.Clip(r.causes), ev.key())
}

// key tells two hand-overs by one line apart, where one turn does both.
func (e Event) key() string { return e.Cause + "/" + string(e.Reason) }

func stream(id string) journal.Stream { return journal.Stream{Kind: journal.Request, ID: id} }

// load folds one request from the journal. Position 0: there is none.
func load(ctx context.Context, j journal.Journal, id string) (Request, error) {
	var r Request
	for e, err := range j.Read(ctx, stream(id), 0) {
		if err != nil {
			return r, fmt.Errorf("reading request: %w", err)
		}
		if err := r.apply(e); err != nil {
			return r, err
		}
	}
	return r, nil
}

// HandOver makes sure that the hand-over is part of the request of this conversation, once, and opens the request if it is the first. It returns
// the request's reference code, which stays the one it was opened with.
func HandOver(ctx context.Context, j journal.Journal, id string, e Event) (reference string, err error) {
	e.Type = Handed
	err = change(ctx, j, id, func(r Request) (*Event, error) {
		reference = r.Reference
		if slices.Contains(r.causes, e.key()) {
			return nil, nil
		}
		if r.Position == 0 {
			reference = e.Reference
		}
		return &e, nil
	})
	return reference, err
}

// Withdraw takes a request back, once for each line that asks for it: it is closed and staff see that nobody is to call. It returns [ErrUnknown] if
// there is no such request.
func Withdraw(ctx context.Context, j journal.Journal, id, cause string) error {
	return change(ctx, j, id, func(r Request) (*Event, error) {
		e := Event{Type: TakenBack, Cause: cause}
		switch {
		case r.Position == 0:
			return nil, ErrUnknown
		case r.Withdrawn, slices.Contains(r.causes, e.key()):
			return nil, nil
		}
		return &e, nil
	})
}

// Unwanted says why nobody may call, write or text, whatever was allowed before: "left" for somebody who left the chat quickly, "withdrawn" for somebody who
// took the request back; "" where neither is so.
func (r Request) Unwanted() string {
	switch {
	case r.LeftQuickly:
		return "left"
	case r.Withdrawn:
		return "withdrawn"
	}
	return ""
}

// LeaveNow notes that the visitor left quickly, if there is a request to note it on.
func LeaveNow(ctx context.Context, j journal.Journal, id string) error {
	return change(ctx, j, id, func(r Request) (*Event, error) {
		if r.Position == 0 || r.LeftQuickly {
			return nil, nil
		}
		return &Event{Type: LeftNow}, nil
	})
}

// change appends what decide wants, deciding again when somebody else was faster.
func change(ctx context.Context, j journal.Journal, id string, decide func(Request) (*Event, error)) error {
	for {
		r, err := load(ctx, j, id)
		if err != nil {
			return err
		}
		e, err := decide(r)
		if err != nil || e == nil {
			return err
		}
		if _, err = put(ctx, j, id, r.Position, *e); !errors.Is(err, journal.ErrConflict) {
			return err
		}
	}
}

func put(ctx context.Context, j journal.Journal, id string, after journal.Position, e Event) (journal.Position, error) {
	data, err := json.Marshal([]Event{e})
	if err != nil {
		return 0, fmt.Errorf("encoding a request event: %w", err)
	}
	at, err := j.Append(ctx, stream(id), after, data)
	if err != nil {
		return 0, fmt.Errorf("storing a request event: %w", err)
	}
	return at, nil
}
