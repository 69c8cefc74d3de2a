// Package editorial keeps what the clinic's staff change of the knowledge base: new ways of asking, new and changed entries, and the clinic's
// sign-off. Every topic is a stream of events; their fold is laid over the files and takes effect at once on every node that follows the journal.
// One more stream says which of the questions without an answer were set aside.
//
// One person proposes, another approves: a supervisor or an administrator, and not the one who proposed it. Only where no other active account may
// approve does the proposer's own approval count; the event says so. An edit can be undone at any time, which gives back exactly what was before it.
package editorial

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

// Type names an event.
type Type string

// The events of a topic.
const (
	Proposed  Type = "proposed"   // Edit, By, Way or Entry
	Approved  Type = "approved"   // Edit, By, Own, Anyway
	Refused   Type = "refused"    // Edit, By: taken back before it was approved
	Undone    Type = "undone"     // Edit, By: taken back after it was approved
	SignedOff Type = "signed_off" // By, Name
	Unsigned  Type = "unsigned"   // By
	SetAside  Type = "set_aside"  // By, Questions: without an answer, and not for this clinic
	TakenUp   Type = "taken_up"   // By, Questions: set aside before
)

// Event is one thing that happened to a topic.
type Event struct {
	Type   Type   `json:"type"`
	Edit   string `json:"edit,omitempty"`
	By     string `json:"by"` // account id
	Name   string `json:"name,omitempty"`
	Way    *Way   `json:"way,omitempty"`
	Entry  *Entry `json:"entry,omitempty"`
	Own    bool   `json:"own,omitempty"`    // approved by who proposed it, because nobody else could
	Anyway bool   `json:"anyway,omitempty"` // approved though the other language is outdated by it

	Questions []string `json:"questions,omitempty"` // ids, never words
}

// Way is a new way of asking.
type Way struct {
	Lang bot.Lang `json:"lang"`
	Text string   `json:"text"`
}

// Entry is a new or changed entry. A language that is missing stays as it is, and is outdated from then on, unless Reviewed says that it was read
// against the other one and still says the same.
type Entry struct {
	Words    map[bot.Lang]knowledge.Wording `json:"words,omitempty"`
	Origin   *knowledge.Origin              `json:"origin,omitempty"`
	Reviewed bool                           `json:"reviewed,omitempty"`
}

// State says where an edit stands.
type State string

// The states.
const (
	Waiting  State = "waiting"
	InEffect State = "in_effect"
	Declined State = "declined"
	TakenOut State = "taken_out"
)

// Edit is the fold of one edit.
type Edit struct {
	ID       string
	Way      *Way   // one of the two is set
	Entry    *Entry //
	State    State
	By       string
	At       time.Time
	Decider  string // who approved or refused it
	Decided  time.Time
	Own      bool
	Anyway   bool
	UndoneBy string
	Undone   time.Time
	order    int // of approval within the topic
}

// Topic is the fold of one topic's events.
type Topic struct {
	Slug     string
	Edits    []Edit // in the order in which they were proposed
	SignedBy string // name of who signed the topic off as it stands, "" if nobody did
	Signed   time.Time
	Position journal.Position
	touched  bool // the sign-off of the file, if any, no longer counts
	approved int
	aside    map[string]Aside // questions set aside, by id; in one stream of its own
}

// Editor is somebody who works on the knowledge base.
type Editor struct {
	ID, Name   string
	Boss       bool // supervisor or administrator: may approve
	Supervisor bool // may sign off
	Alone      bool // no other active account may approve
}

// Why something was not done; compare with errors.Is.
var (
	// ErrUnknown means that there is no such topic or edit.
	ErrUnknown = errors.New("editorial: unknown")
	// ErrDecided means that somebody else decided about the edit before.
	ErrDecided = errors.New("editorial: decided already")
	// ErrOwn means that somebody else has to approve what one proposed.
	ErrOwn = errors.New("editorial: somebody else has to approve this")
	// ErrNotAllowed means that the role does not allow it.
	ErrNotAllowed = errors.New("editorial: not allowed")
	// ErrMoved means that the topic changed since it was looked at.
	ErrMoved = errors.New("editorial: the topic has changed")
	// ErrNothing means that an edit changes nothing.
	ErrNothing = errors.New("editorial: nothing is changed")
	// ErrOutdates means that approving would leave the other language outdated, and that nobody said to do so anyway.
	ErrOutdates = errors.New("editorial: the other language would be outdated")
	// ErrExists means that a new topic has the name of one that is there.
	ErrExists = errors.New("editorial: there is such a topic already")
)

// FlawError lists what speaks against a text.
type FlawError struct{ Flaws []knowledge.Flaw }

func (e *FlawError) Error() string {
	return fmt.Sprintf("editorial: %d things must be changed first", len(e.Flaws))
}

// find gives an edit to change, nil if there is none.
func (t *Topic) find(id string) *Edit {
	for i := range t.Edits {
		if t.Edits[i].ID == id {
			return &t.Edits[i]
		}
	}
	return nil
}

// Edit gives one edit.
func (t Topic) Edit(id string) (Edit, bool) {
	if e := t.find(id); e != nil {
		return *e, true
	}
	return Edit{}, false
}

// apply folds one stored entry in. The topic is a copy that the caller owns.
func (t *Topic) apply(events []Event, e journal.Entry) {
	t.Edits = slices.Clone(t.Edits)
	for _, ev := range events {
		one := t.find(ev.Edit)
		switch {
		case ev.Type == Proposed && one == nil && (ev.Way != nil || ev.Entry != nil):
			t.Edits = append(t.Edits, Edit{ID: ev.Edit, Way: ev.Way, Entry: ev.Entry, State: Waiting, By: ev.By, At: e.At})
		case ev.Type == SignedOff:
			t.SignedBy, t.Signed, t.touched = ev.Name, e.At, true
		case ev.Type == Unsigned:
			t.unsign()
		case ev.Type == SetAside, ev.Type == TakenUp:
			t.asides(ev, e.At)
		case one == nil:
		case ev.Type == Approved && one.State == Waiting:
			t.approved++
			one.State, one.Decider, one.Decided, one.Own, one.Anyway, one.order = InEffect, ev.By, e.At, ev.Own, ev.Anyway, t.approved
			t.unsign()
		case ev.Type == Refused && one.State == Waiting:
			one.State, one.Decider, one.Decided = Declined, ev.By, e.At
		case ev.Type == Undone && one.State == InEffect:
			one.State, one.UndoneBy, one.Undone = TakenOut, ev.By, e.At
			t.unsign()
		}
	}
	t.Slug, t.Position = e.Stream.ID, e.Position
}

// asides folds in what was set aside or taken up again. The map is another one afterwards, because copies of the topic share it.
func (t *Topic) asides(ev Event, at time.Time) {
	aside := maps.Clone(t.aside)
	if aside == nil {
		aside = map[string]Aside{}
	}
	for _, q := range ev.Questions {
		if ev.Type == SetAside {
			aside[q] = Aside{By: ev.By, At: at}
		} else {
			delete(aside, q)
		}
	}
	t.aside = aside
}

func (t *Topic) unsign() { t.SignedBy, t.Signed, t.touched = "", time.Time{}, true }

// inEffect are the edits that are approved and not undone, in the order of their approval.
func (t Topic) inEffect() []Edit {
	list := slices.DeleteFunc(slices.Clone(t.Edits), func(e Edit) bool { return e.State != InEffect })
	slices.SortFunc(list, func(a, b Edit) int { return a.order - b.order })
	return list
}

// into adds what is in effect of a topic to edits.
func (t Topic) into(all *knowledge.Edits) {
	var c knowledge.Change
	changed := false
	for _, e := range t.inEffect() {
		if e.Way != nil {
			all.Ways = append(all.Ways, knowledge.Way{Slug: t.Slug, Lang: string(e.Way.Lang), Text: e.Way.Text})
			continue
		}
		changed = true
		c = e.Entry.onto(c)
	}
	if changed {
		all.Entries[t.Slug] = c
	}
	if t.touched {
		all.SignedOff[t.Slug] = t.SignedBy
	}
}

// onto lays an entry over an earlier change.
func (e *Entry) onto(before knowledge.Change) knowledge.Change {
	c := knowledge.Change{Words: map[string]knowledge.Wording{}, Origin: before.Origin, Outdated: map[string]bool{}}
	for lang, w := range before.Words {
		c.Words[lang] = w
	}
	for lang, out := range before.Outdated {
		c.Outdated[lang] = out
	}
	for lang, w := range e.Words {
		c.Words[string(lang)] = w
	}
	if e.Origin != nil {
		c.Origin = e.Origin
	}
	switch one, only := e.only(); {
	case len(e.Words) == 0:
	case !only || e.Reviewed:
		c.Outdated[string(bot.EN)], c.Outdated[string(bot.ES)] = false, false
	case before.Outdated[string(one)]: // it catches up with the other one
		c.Outdated[string(one)] = false
	default:
		c.Outdated[string(one.Other())] = true
	}
	return c
}

// only gives the one language that an entry changes.
func (e *Entry) only() (bot.Lang, bool) {
	if len(e.Words) != 1 {
		return "", false
	}
	for lang := range e.Words {
		return lang, true
	}
	return "", false
}

// outdates reports whether an entry leaves the other language outdated that is not so before it.
func (e *Entry) outdates(before knowledge.Change) bool {
	one, only := e.only()
	return only && !e.Reviewed && !before.Outdated[string(one)]
}

func tidy(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
