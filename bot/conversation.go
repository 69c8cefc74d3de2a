// Package bot decides what is said in a conversation. It is pure: no input or output, no clock, no randomness. Everything that happens is an
// [Event]; a [Conversation] is the fold of its events; [Step] takes a conversation and one input and says which events follow.
package bot

import (
	"iter"
	"log/slog"
	"slices"
	"time"

	"example.org/intake/bot/safety"
)

// Lang is the language of a conversation or of one line: "en" or "es".
type Lang string

// The two languages at full parity.
const (
	EN Lang = "en"
	ES Lang = "es"
)

// Known reports whether entries and words exist in this language.
func (l Lang) Known() bool { return l == EN || l == ES }

// Other returns the other of the two languages.
func (l Lang) Other() Lang {
	if l == ES {
		return EN
	}
	return ES
}

// From says who wrote a line.
type From string

// Who writes lines.
const (
	FromVisitor From = "visitor"
	FromProgram From = "program"
	FromStaff   From = "staff"
)

// Line is one thing said. A visitor's line holds the masked text. A program's line keeps its message key beside the exact words that the
// visitor saw, so that the record stays true when wording changes and staff can read it in their own language.
type Line struct {
	ID     string            `json:"id"`               // chosen by the visitor's device; a program's line takes the visitor's id and a number
	From   From              `json:"from"`             //
	Lang   Lang              `json:"lang"`             // language of the text
	Text   string            `json:"text"`             // what was read; a card's title and body in one
	Choice string            `json:"choice,omitempty"` // visitor: the option tapped, a stable id such as "topic:medicare-accepted"
	Key    string            `json:"key,omitempty"`    // program: what kind of line this is, one of the Key constants
	Args   map[string]string `json:"args,omitempty"`   // program: what the words were filled with
	Topics []string          `json:"topics,omitempty"` // program: entries behind the line, best first
	Card   *Card             `json:"card,omitempty"`   // program: how the line is laid out
	At     time.Time         `json:"at"`               // when the turn was decided
}

// LogValue shows only the length, so that a visitor's words never reach a log.
func (l Line) LogValue() slog.Value {
	return slog.GroupValue(slog.String("from", string(l.From)), slog.Int("bytes", len(l.Text)))
}

// EventType names what happened.
type EventType string

// The events of a conversation. One turn's events are stored as one entry of the journal.
const (
	Started   EventType = "started"   // Lang
	Said      EventType = "said"      // Line of the visitor
	Replied   EventType = "replied"   // Line of the program
	Switched  EventType = "switched"  // Lang: the conversation goes on in this language
	Asked     EventType = "asked"     // Step: the dialogue waits for this step
	Answered  EventType = "answered"  // Fields: what was understood
	Skipped   EventType = "skipped"   // Step: left out on purpose
	Cleared   EventType = "cleared"   // Step: the phone number, or what staff were to know beside the answers, is taken out
	Postponed EventType = "postponed" // Step: passed over for now, because the visitor goes on with something else
	Cancelled EventType = "cancelled" // the scheduling dialogue was dropped, its answers with it
	Warned    EventType = "warned"    // Card, Kind: the emergency card was shown
	Doubted   EventType = "doubted"   // Card, Kind: the direct question was asked
	Calmed    EventType = "calmed"    // the visitor said that nobody is in danger
	Found     EventType = "found"     // Topics: entries that were answered
	Missed    EventType = "missed"    // nothing fitted, or "not what I asked"
	Handed    EventType = "handed"    // Reason, Reference: a request for staff exists
	Withdrawn EventType = "withdrawn" // Reference: the request was taken back
	Underage  EventType = "underage"  // the visitor said to be under 18; no request is taken
	OfAge     EventType = "of_age"    // the visitor said to be 18 or older after all
	Left      EventType = "left"      // the visitor left quickly; the token is void, the record stays
)

// Reason says why a conversation was handed to staff.
type Reason string

// Why a request was opened.
const (
	ReasonConfirmed Reason = "confirmed" // the visitor sent the request
	ReasonPerson    Reason = "person"    // the visitor asked for a person
	ReasonEmergency Reason = "emergency" // an emergency card was shown
)

// Event is one thing that happened in a conversation. Which fields are set follows from the type.
type Event struct {
	Type      EventType     `json:"type"`
	Line      *Line         `json:"line,omitempty"`
	Lang      Lang          `json:"lang,omitempty"`
	Step      StepID        `json:"step,omitempty"`
	Fields    *Fields       `json:"fields,omitempty"`
	Card      safety.CardID `json:"card,omitempty"`
	Kind      safety.Kind   `json:"kind,omitempty"`
	Topics    []string      `json:"topics,omitempty"`
	Reason    Reason        `json:"reason,omitempty"`
	Reference string        `json:"reference,omitempty"`
	Live      *Live         `json:"live,omitempty"` // see live.go
}

// Conversation is what the events so far add up to.
type Conversation struct {
	Lang      Lang
	Started   time.Time
	Lines     []Line
	Intake    Intake
	Misses    int           // declined in a row; the second one offers a person
	Topics    []string      // the last two entries answered, newest first
	Emergency safety.CardID // the card that stays reachable, "" if none
	Doubt     safety.CardID // the card that a yes to the pending direct question would bring, "" if none is pending
	DoubtKind safety.Kind
	Handed    []Reason // why staff may read this, empty if they may not
	Reference string   // the code that the visitor was given, "" if none
	Left      bool     // the visitor left quickly
	Minor     bool     // the visitor said to be under 18
	Full      bool     // the cap on lines is reached; nothing more is taken
	Live      Live     // whether a person talks, or is being called
}

// Heard reports whether the visitor's line with this id is already part of the conversation, so that a repeat changes nothing.
func (c *Conversation) Heard(id string) bool {
	for i := range c.Lines {
		if c.Lines[i].From == FromVisitor && c.Lines[i].ID == id {
			return true
		}
	}
	return false
}

// recent gives what was said to the visitor in this turn and in the turns before it, the newest first.
func (c *Conversation) recent(turns int) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		heard := 0
		for _, l := range slices.Backward(c.Lines) {
			if l.From == FromVisitor {
				if heard++; heard > turns {
					return
				}
			} else if !yield(l) {
				return
			}
		}
	}
}

// IsHanded reports whether the conversation was handed to staff for this reason.
func (c *Conversation) IsHanded(r Reason) bool {
	for _, h := range c.Handed {
		if h == r {
			return true
		}
	}
	return false
}

// Apply folds one event in.
func (c *Conversation) Apply(e Event) {
	switch e.Type {
	case Started:
		c.Lang = e.Lang
	case Said:
		if len(c.Lines) == 0 {
			c.Started = e.Line.At
		}
		c.Lines = append(c.Lines, *e.Line)
	case Replied, StaffSaid:
		c.Lines = append(c.Lines, *e.Line)
		c.Full = c.Full || e.Line.Key == KeyFull
	case Switched:
		c.Lang = e.Lang
	case Asked:
		c.Intake.ask(e.Step)
	case Answered:
		c.Intake.Fields.merge(*e.Fields)
	case Cleared:
		if e.Step == StepReach {
			c.Intake.Fields.Phone, c.Intake.Fields.Voicemail, c.Intake.Fields.Text = "", nil, nil
			return
		}
		c.Intake.Fields.Remarks, c.Intake.Fields.NoCalls = "", nil
	case Skipped:
		c.Intake.Fields.skip(e.Step)
	case Postponed:
		c.Intake.Later = append(slices.Clip(c.Intake.Later), e.Step)
	case Cancelled:
		c.Intake = Intake{}
	case Warned:
		c.Emergency, c.Doubt, c.DoubtKind = e.Card, "", ""
	case Doubted:
		c.Doubt, c.DoubtKind = e.Card, e.Kind
	case Calmed:
		c.Doubt, c.DoubtKind = "", ""
	case Found:
		c.Misses = 0
		for _, t := range e.Topics {
			c.remember(t)
		}
	case Missed:
		c.Misses++
	case Handed:
		if !c.IsHanded(e.Reason) {
			c.Handed = append(c.Handed, e.Reason)
		}
		c.Reference = e.Reference
		if e.Reason == ReasonConfirmed {
			c.Intake.Step, c.Intake.Confirmed = StepConfirmed, true
		}
	case Withdrawn:
		if e.Reference == c.Reference {
			c.Intake, c.Handed = Intake{}, nil
		}
	case Underage:
		c.Intake, c.Minor = Intake{}, true
	case OfAge:
		c.Minor = false
	case Left:
		c.Left = true
	case Rang, Unanswered, Taken, Returned:
		c.turnLive(e)
	}
}

func (c *Conversation) remember(topic string) {
	if len(c.Topics) > 0 && c.Topics[0] == topic {
		return
	}
	c.Topics = append([]string{topic}, c.Topics...)
	if len(c.Topics) > 2 {
		c.Topics = c.Topics[:2]
	}
}
