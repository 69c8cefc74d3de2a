package bot

import (
	"strconv"
	"strings"
	"time"

	"example.org/intake/bot/safety"
)

// Live is where a conversation stands between the program and a person. The zero value is the program's.
type Live struct {
	Until time.Time `json:"until,omitzero"` // staff are being called until then; zero: they are not
	By    string    `json:"by,omitempty"`   // account that talks with the visitor, "" for the program
	Name  string    `json:"name,omitempty"` // how the visitor sees that person
}

// Taken reports whether a person talks with the visitor.
func (l Live) Taken() bool { return l.By != "" }

// Ringing reports whether staff are being called at a time.
func (l Live) Ringing(now time.Time) bool { return l.By == "" && now.Before(l.Until) }

// The events of a takeover.
const (
	Rang       EventType = "rang"       // Live.Until: staff are called
	Unanswered EventType = "unanswered" // nobody came in time
	Taken      EventType = "taken"      // Live.By, Live.Name: a person talks from here on
	StaffSaid  EventType = "staff_said" // Line of the person
	Returned   EventType = "returned"   // Live.By who talked until now: the program talks again
)

// What the program says around a takeover.
const (
	KeyRinging    = "ringing"    // Args count: minutes that staff have
	KeyUnanswered = "unanswered" // nobody came: a call-back is offered
	KeyJoined     = "joined"     // Args name: a person is here, the program is quiet
	KeyReturned   = "returned"   // Args name: that person has left; silent: and did not answer any more
)

// KeyStaff marks a line that a person wrote; Args name is how the visitor sees them.
const KeyStaff = "staff"

func (c *Conversation) turnLive(e Event) {
	switch {
	case e.Type == Unanswered, e.Type == Returned:
		c.Live = Live{}
	case e.Live != nil:
		c.Live = *e.Live
	}
}

// ring calls staff if somebody is there, and reports whether it did.
func (t *turn) ring() bool {
	if t.in.Staffed == 0 && !t.c.Live.Ringing(t.in.Time) {
		return false
	}
	if !t.c.Live.Ringing(t.in.Time) {
		t.add(Event{Type: Rang, Live: &Live{Until: t.in.Time.Add(t.in.Wait)}})
	}
	minutes := max(1, int((t.c.Live.Until.Sub(t.in.Time)+time.Minute-1)/time.Minute))
	t.say(KeyRinging, map[string]string{"count": strconv.Itoa(minutes)})
	return true
}

// quiet is a turn while a person talks: the program says nothing, and danger still brings the card and the direct question.
func (t *turn) quiet() {
	switch {
	case t.in.Screen.Level == safety.LevelCrisis:
		t.emergency(t.in.Screen.Card, t.in.Screen.Kind)
	case t.c.Doubt != "" && t.in.Choice == ChoiceYes:
		t.emergency(t.c.Doubt, t.c.DoubtKind)
	case t.c.Doubt != "" && t.in.Choice == ChoiceNo, t.in.Choice == ChoiceSafe:
		t.add(Event{Type: Calmed})
	case t.in.Choice != "":
		if lang := Lang(strings.TrimPrefix(t.in.Choice, "language:")); lang.Known() {
			t.add(Event{Type: Switched, Lang: lang}) // the page changes its language; whoever talks sees it
		}
	case t.c.Doubt != "" && t.saysYes():
		t.emergency(t.c.Doubt, t.c.DoubtKind)
	case t.c.Doubt != "" && flatNo(t.in.Text):
		t.add(Event{Type: Calmed})
	case t.in.Screen.Level == safety.LevelAsk:
		t.add(Event{Type: Doubted, Card: t.in.Screen.Card, Kind: t.in.Screen.Kind})
		t.say(KeyDoubt, map[string]string{"kind": string(t.in.Screen.Kind)})
	}
}

func (t *turn) saysYes() bool {
	yes, ok := yesOrNo(t.in.Text)
	return ok && yes || unsure(t.in.Text)
}
