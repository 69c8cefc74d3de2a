package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"example.org/intake/bot/journal"
)

// step names an entry of an outbox stream.
type step string

const (
	told   step = "told"   // Alert, To, Request, Base, Round: the first entry
	trying step = "trying" // Node, Until: an attempt is under way
	failed step = "failed" // Why, Code, Next, Dead
	sent   step = "sent"   // the receiver has it
	again  step = "again"  // By: a dead letter is sent again
	cursor step = "cursor" // At: up to here the requests are told; in streams of its own
)

// entry is one stored step.
type entry struct {
	Step    step             `json:"step"`
	Alert   *Alert           `json:"alert,omitempty"`
	To      string           `json:"to,omitempty"`
	Request string           `json:"request,omitempty"`
	Base    journal.Position `json:"base,omitempty"`
	Round   int              `json:"round,omitempty"`
	Node    string           `json:"node,omitempty"`
	Until   time.Time        `json:"until,omitzero"`
	Why     Why              `json:"why,omitempty"`
	Code    int              `json:"code,omitempty"`
	Next    time.Time        `json:"next,omitzero"`
	Dead    bool             `json:"dead,omitempty"`
	By      string           `json:"by,omitempty"`
	At      journal.Position `json:"at,omitempty"`
}

func (e entry) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encoding an entry of the outbox: %w", err)
	}
	return b, nil
}

// State says where an alert stands.
type State string

// The states.
const (
	Waiting State = "waiting" // not delivered yet
	Sent    State = "sent"
	Dead    State = "dead" // given up
)

// Item is one alert to one destination.
type Item struct {
	ID string // opaque; the same in every attempt
	Alert
	To      string // a destination's name, which the settings may not know any more
	Request string // "" in a test
	Told    time.Time
	State   State
	Tries   int // since it was told or sent again
	Failure Failure
	Next    time.Time // no attempt before this
	Ended   time.Time // when it was delivered or given up

	base     journal.Position // the entry of the request that is told
	round    int              // of reminders, 0: the first word
	since    time.Time        // told, or sent again
	place    journal.Position // in the queue of its destination
	position journal.Position // of the last entry
	node     string           // that makes an attempt
	until    time.Time        // when that attempt counts as lost
}

// itemID names the stream of an alert: what is told, and to whom.
func itemID(request string, base journal.Position, e Event, round int, to string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "alert %q %d %q %d %q", request, base, e, round, to))
	return "msg_" + hex.EncodeToString(sum[:16])
}

// apply folds one entry in.
func (i *Item) apply(e entry, at journal.Entry) {
	switch e.Step {
	case told:
		i.ID, i.To, i.Request, i.base, i.round = at.Stream.ID, e.To, e.Request, e.Base, e.Round
		if e.Alert != nil {
			i.Alert = *e.Alert
		}
		i.Told, i.since, i.State, i.place = at.At, at.At, Waiting, at.Position
	case trying:
		i.Tries++
		i.node, i.until = e.Node, e.Until
	case failed:
		i.Failure, i.Next, i.node, i.until = Failure{Why: e.Why, Code: e.Code, At: at.At}, e.Next, "", time.Time{}
		if e.Dead {
			i.State, i.Ended = Dead, at.At
		}
	case sent:
		i.State, i.Ended, i.node, i.until = Sent, at.At, "", time.Time{}
	case again:
		i.State, i.Tries, i.since, i.Next, i.Ended, i.place = Waiting, 0, at.At, time.Time{}, time.Time{}, at.Position
	}
	i.position = at.Position
}

// due is when the next attempt may begin.
func (i *Item) due() time.Time {
	if i.until.After(i.Next) {
		return i.until
	}
	return i.Next
}
