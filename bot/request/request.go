// Package request keeps the call-back requests: one stream a request, its events, and the worklist as a fold over all of them.
//
// A request's id is its conversation's id, so a conversation has at most one and it exists exactly once, however often it is sent.
package request

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
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
	Handed    Type = "handed" // Cause, Reason, Reference, Lang, Fields, Card: the visitor handed the conversation over; the first one opens the request
	StatusSet Type = "status" // Status, By
	Noted     Type = "noted"  // Text, By
	LeftNow   Type = "left"   // the visitor left quickly
)

// Event is one thing that happened to a request.
type Event struct {
	Type      Type          `json:"type"`
	Cause     string        `json:"cause,omitempty"` // the visitor's line that caused it; a second event of the same cause changes nothing
	Reason    bot.Reason    `json:"reason,omitempty"`
	Reference string        `json:"reference,omitempty"`
	Lang      bot.Lang      `json:"lang,omitempty"`
	Fields    *bot.Fields   `json:"fields,omitempty"`
	Card      safety.CardID `json:"card,omitempty"`
	Status    Status        `json:"status,omitempty"`
	By        string        `json:"by,omitempty"` // account id
	Text      string        `json:"text,omitempty"`
	work
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
	if r.Status == "" || r.Status == Closed { // a person who comes back after closing waits again
		r.Status = New
		r.reopen()
	}
	r.Lang = ev.Lang
	if !slices.Contains(r.Reasons, ev.Reason) {
		r.Reasons = append(slices.Clip(r.Reasons), ev.Reason)
	}
	if ev.Fields != nil {
		r.Fields = *ev.Fields
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

// alphabet has no vowels, so that a code never spells a word, and nothing that is misread for something else.
const alphabet = "23456789BCDFGHJKMNPQRTVWX"

// Code derives a reference code such as "R3H-9WP" from a conversation's id; the try tells codes apart that would be equal. 25^6 codes: about
// one request in a thousand meets a taken code when 244,000 are open.
func Code(id string, try int) string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint32([]byte("reference code "+id+" "), uint32(try)))
	n := binary.BigEndian.Uint64(sum[:8])
	code := make([]byte, 0, 7)
	for i := range 6 {
		if i == 3 {
			code = append(code, '-')
		}
		code = append(code, alphabet[n%uint64(len(alphabet))])
		n /= uint64(len(alphabet))
	}
	return string(code)
}
