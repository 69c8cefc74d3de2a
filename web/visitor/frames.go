package visitor

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// Close codes of our own; see web/frames.md.
const (
	closeUnknown = 4000 // the frame was not understood
	closeEnded   = 4001 // the conversation has ended, or its token is void
	closeSlow    = 4002 // the reader is too slow
	closeNoHello = 4003 // no hello in time
)

// errFrame says that a frame was not understood. It never holds what was in it.
var errFrame = errors.New("visitor: the frame was not understood")

// frame is one thing the widget sends.
type frame struct {
	Type   string           `json:"type"` // hello, say, leave, typing
	Token  string           `json:"token"`
	After  journal.Position `json:"after"`
	Lang   bot.Lang         `json:"lang"`
	ID     string           `json:"id"`
	Text   string           `json:"text"`
	Choice string           `json:"choice"`
}

// maxChoice is above the longest id of an option, in bytes.
const maxChoice = 160

// parse reads a frame and checks everything that can be checked without knowing the conversation.
func parse(data []byte) (frame, error) {
	var f frame
	if !utf8.Valid(data) || json.Unmarshal(data, &f) != nil {
		return frame{}, errFrame
	}
	if f.Lang != "" && !f.Lang.Known() {
		return frame{}, errFrame
	}
	switch f.Type {
	case "hello", "leave", "typing":
		return f, nil
	case "say":
		if !lineID(f.ID) || len(f.Choice) > maxChoice || f.Text == "" && f.Choice == "" {
			return frame{}, errFrame
		}
		return f, nil
	}
	return frame{}, errFrame
}

// lineID reports whether s may name a line: 8 to 64 of A-Za-z0-9_-.
func lineID(s string) bool {
	if len(s) < 8 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}

// What the server sends.
type (
	readyFrame struct {
		Type  string `json:"type"`
		Known bool   `json:"known"`
	}
	entryFrame struct {
		Type     string           `json:"type"`
		Position journal.Position `json:"position"`
		Lines    []bot.Line       `json:"lines"`
		State    state            `json:"state"`
	}
	ackFrame struct {
		Type     string           `json:"type"`
		ID       string           `json:"id"`
		Position journal.Position `json:"position"`
	}
	unsavedFrame struct {
		Type  string     `json:"type"`
		ID    string     `json:"id"`
		Lines []bot.Line `json:"lines"`
	}
	endedFrame struct { // of streams and polls, which have no close code
		Type string `json:"type"`
	}
	refusedFrame struct {
		Type   string `json:"type"`
		ID     string `json:"id"`
		Reason string `json:"reason"`
		Text   string `json:"text"`
	}
)

// state is where a conversation stands after an entry.
type state struct {
	Lang      bot.Lang   `json:"lang"`
	Step      bot.StepID `json:"step,omitempty"`
	Emergency string     `json:"emergency,omitempty"`
	Doubt     bool       `json:"doubt,omitempty"` // the direct question was asked and not denied
	Handed    bool       `json:"handed,omitempty"`
	Code      string     `json:"code,omitempty"`
	Live      string     `json:"live,omitempty"` // "ringing": staff are called; "person": one talks
}

func stateOf(c *bot.Conversation) state {
	live := ""
	switch {
	case c.Live.Taken():
		live = "person"
	case !c.Live.Until.IsZero():
		live = "ringing"
	}
	return state{Live: live, Lang: c.Lang, Step: c.Intake.Step, Emergency: string(c.Emergency), Doubt: c.Doubt != "", Handed: len(c.Handed) > 0, Code: c.Reference}
}
