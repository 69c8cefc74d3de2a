package request

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.org/intake/bot/journal"
)

// Lease is how long a claim lasts while its owner does nothing with the request.
const Lease = 30 * time.Minute

// FailedToPropose is after how many tries in a row that reached nobody closing is proposed.
const FailedToPropose = 3

// Result is how one attempt to reach a person went.
type Result string

// The results.
const (
	Reached     Result = "reached"
	LeftMessage Result = "left_message"
	NoAnswer    Result = "no_answer"
	WrongNumber Result = "wrong_number"
	NotSafe     Result = "not_safe" // it is not safe to call this person
)

// Results lists them in the order of their buttons.
func Results() []Result { return []Result{Reached, NoAnswer, LeftMessage, WrongNumber, NotSafe} }

// Outcome is what a request came to.
type Outcome string

// The outcomes.
const (
	IntakeBooked Outcome = "intake_booked"
	GroupBooked  Outcome = "group_booked"
	Referred     Outcome = "referred"
	Declined     Outcome = "declined"
	Unreachable  Outcome = "unreachable"
	Duplicate    Outcome = "duplicate" // set by merging only
)

// Outcomes lists those that staff choose from.
func Outcomes() []Outcome {
	return []Outcome{IntakeBooked, GroupBooked, Referred, Declined, Unreachable}
}

// Booked reports whether an outcome is an appointment.
func (o Outcome) Booked() bool { return o == IntakeBooked || o == GroupBooked }

// Attempt is one try to reach the person.
type Attempt struct {
	By     string
	Result Result
	At     time.Time
}

// Appointment is when and where a booked person comes.
type Appointment struct {
	At    time.Time `json:"at"`
	Place string    `json:"place,omitempty"`
}

// Events of the work on a request.
const (
	Claimed   Type = "claimed"   // By
	Released  Type = "released"  // By
	Given     Type = "given"     // By, To
	Attempted Type = "attempted" // By, Result
	Decided   Type = "decided"   // By, Outcome, Appointment
	Postponed Type = "postponed" // By, Until: somebody calls again then
	Joined    Type = "joined"    // By, Other: that request was merged into this one
	Merged    Type = "merged"    // By, Other: this request was merged into that one
)

// work is what [Event] holds of the work on a request.
type work struct {
	To          string       `json:"to,omitempty"` // account id
	Result      Result       `json:"result,omitempty"`
	Outcome     Outcome      `json:"outcome,omitempty"`
	Appointment *Appointment `json:"appointment,omitempty"`
	Other       string       `json:"other,omitempty"` // a request's id
	Until       *time.Time   `json:"until,omitempty"`
}

// Work is the part of a [Request] that staff make.
type Work struct {
	Holder      string    // account that claimed it, "" if nobody; see HeldBy
	HeldAt      time.Time // the last time its holder did something with it
	Attempts    []Attempt // oldest first
	Outcome     Outcome   // "" while open
	Appointment *Appointment
	Joined      []string // requests that were merged into this one
	Into        string   // the request that this one was merged into, "" if none
	failed      int
	later       time.Time
}

// ErrAppointment means that an appointment has no time.
var ErrAppointment = errors.New("request: an appointment needs a day and a time")

// ErrMerge means that two requests cannot be made one.
var ErrMerge = errors.New("request: these two cannot be merged")

// HeldError means that somebody else has the request.
type HeldError struct{ By string }

func (e *HeldError) Error() string { return "request: somebody else has it" }

// HeldBy is the account that has the request at a time, "" if nobody: a claim ends when its owner does nothing for [Lease].
func (w Work) HeldBy(now time.Time) string {
	if w.Holder == "" || now.Sub(w.HeldAt) >= Lease {
		return ""
	}
	return w.Holder
}

// Failed counts the tries in a row that reached nobody.
func (w Work) Failed() int { return w.failed }

// Unsafe reports whether the last word on calling this person was that it is not safe, or that the number is wrong.
func (w Work) Unsafe() Result {
	for _, a := range slices.Backward(w.Attempts) {
		switch a.Result {
		case NotSafe, WrongNumber:
			return a.Result
		case Reached:
			return ""
		}
	}
	return ""
}

// worked folds one event of the work in.
func (r *Request) worked(ev Event, at time.Time) {
	if ev.By != "" && ev.By == r.Holder {
		r.HeldAt = at
	}
	switch ev.Type {
	case Claimed:
		r.Holder, r.HeldAt = ev.By, at
	case Released:
		r.Holder = ""
	case Given:
		r.Holder, r.HeldAt = ev.To, at
	case Attempted:
		r.Attempts = append(slices.Clip(r.Attempts), Attempt{By: ev.By, Result: ev.Result, At: at})
		if r.failed++; ev.Result == Reached {
			r.failed = 0
		}
		r.later = time.Time{}
		if r.Status == New {
			r.Status = Contacted
		}
	case Decided:
		r.Outcome, r.Appointment, r.later = ev.Outcome, ev.Appointment, time.Time{}
		if r.Status = Closed; ev.Outcome.Booked() {
			r.Status = Scheduled
		}
		r.Holder = ""
	case Postponed:
		if ev.Until != nil {
			r.later = *ev.Until
		}
	case Joined:
		r.Joined = append(slices.Clip(r.Joined), ev.Other)
	case Merged:
		r.Into, r.Outcome, r.Status, r.Holder = ev.Other, Duplicate, Closed, ""
	case StatusSet:
		if ev.Status == New {
			r.reopen()
		}
		if ev.Status == Closed {
			r.Holder = ""
		}
	}
}

// reopen forgets what an earlier round came to. Its attempts stay on record and count no more.
func (r *Request) reopen() {
	r.Outcome, r.Appointment, r.Into, r.Holder, r.failed, r.later = "", nil, "", "", 0, time.Time{}
}

// act appends what decide wants in one entry, deciding again when somebody else was faster, and waits until the list shows it.
func (w *Worklist) act(ctx context.Context, id string, decide func(Request) ([]Event, error)) error {
	for {
		r, err := load(ctx, w.journal, id)
		if errors.Is(err, journal.ErrErased) || err == nil && r.Position == 0 {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		events, err := decide(r)
		if err != nil || len(events) == 0 {
			// What was decided upon may be newer than the list: whoever is told "Dana has it" must not find nobody there.
			if late := w.progress.Wait(ctx, r.Position); late != nil {
				return late
			}
			return err
		}
		data, err := json.Marshal(events)
		if err != nil {
			return fmt.Errorf("encoding a request event: %w", err)
		}
		at, err := w.journal.Append(ctx, stream(id), r.Position, data)
		if errors.Is(err, journal.ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("storing a request event: %w", err)
		}
		return w.progress.Wait(ctx, at)
	}
}

// Claim gives the request to an account. Of two at once one wins; the other gets a *HeldError that names the winner.
func (w *Worklist) Claim(ctx context.Context, id, by string, now time.Time) error {
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		switch holder := r.HeldBy(now); {
		case holder == by:
			return nil, nil
		case holder != "":
			return nil, &HeldError{By: holder}
		}
		return []Event{{Type: Claimed, By: by}}, nil
	})
}

// Release gives the request back to everybody. over lets it be somebody else's.
func (w *Worklist) Release(ctx context.Context, id, by string, now time.Time, over bool) error {
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		switch holder := r.HeldBy(now); {
		case holder == "":
			return nil, nil
		case holder != by && !over:
			return nil, &HeldError{By: holder}
		}
		return []Event{{Type: Released, By: by}}, nil
	})
}

// Give hands the request over to another account. over lets it be somebody else's.
func (w *Worklist) Give(ctx context.Context, id, by, to string, now time.Time, over bool) error {
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		switch holder := r.HeldBy(now); {
		case holder == to:
			return nil, nil
		case holder != "" && holder != by && !over:
			return nil, &HeldError{By: holder}
		}
		return []Event{{Type: Given, By: by, work: work{To: to}}}, nil
	})
}

// own puts a claim before the events of somebody who works on a request that nobody has, and refuses one that somebody else has.
func own(r Request, by string, now time.Time, events ...Event) ([]Event, error) {
	switch holder := r.HeldBy(now); {
	case holder == "":
		return append([]Event{{Type: Claimed, By: by}}, events...), nil
	case holder != by:
		return nil, &HeldError{By: holder}
	}
	return events, nil
}

// Attempt notes how a try went. cause names the press of the button: the same one a second time changes nothing.
func (w *Worklist) Attempt(ctx context.Context, id, by string, result Result, cause string, now time.Time) error {
	if !slices.Contains(Results(), result) {
		return fmt.Errorf("request: %q is not a result", result)
	}
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		if cause != "" && slices.Contains(r.causes, cause) {
			return nil, nil
		}
		return own(r, by, now, Event{Type: Attempted, By: by, Cause: cause, work: work{Result: result}})
	})
}

// Decide notes what the request came to. A booked one needs an appointment; any other closes the request.
func (w *Worklist) Decide(ctx context.Context, id, by string, o Outcome, a *Appointment, now time.Time) error {
	if !slices.Contains(Outcomes(), o) {
		return fmt.Errorf("request: %q is not an outcome", o)
	}
	if o.Booked() && (a == nil || a.At.IsZero()) {
		return ErrAppointment
	}
	if !o.Booked() {
		a = nil
	}
	return w.act(ctx, id, func(r Request) ([]Event, error) {
		return own(r, by, now, Event{Type: Decided, By: by, work: work{Outcome: o, Appointment: a}})
	})
}

// Merge closes the request other as a duplicate of id, which has the same phone. Two streams change; id first, so that nothing is closed
// that is not found again.
func (w *Worklist) Merge(ctx context.Context, id, other, by string, now time.Time) error {
	if !slices.ContainsFunc(w.SameWay(id), func(r Request) bool { return r.ID == other }) {
		return ErrMerge
	}
	err := w.act(ctx, id, func(r Request) ([]Event, error) {
		if slices.Contains(r.Work.Joined, other) {
			return nil, nil
		}
		return own(r, by, now, Event{Type: Joined, By: by, work: work{Other: other}})
	})
	if err != nil {
		return err
	}
	return w.act(ctx, other, func(r Request) ([]Event, error) {
		if holder := r.HeldBy(now); holder != "" && holder != by {
			return nil, &HeldError{By: holder}
		}
		return []Event{{Type: Merged, By: by, work: work{Other: id}}}, nil
	})
}
