package visitor

import (
	"context"
	"errors"

	"github.com/gorilla/websocket"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// feed is how far one socket has shown its conversation. It reads from the beginning, because the state is a fold of everything, and shows
// what comes after the position that the widget has seen. That number came from outside, so it is only compared, never read from.
type feed struct {
	stream journal.Stream
	after  journal.Position // the widget has seen up to here
	read   journal.Position // folded up to here
	talk   bot.Conversation
}

// show writes what is new. It reports false when the socket cannot be written to.
func (f *feed) show(s *socket) bool {
	if f == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(s.v.ctx, s.v.limits.say)
	defer cancel()
	for e, err := range s.v.cfg.Journal.Read(ctx, f.stream, f.read) {
		if errors.Is(err, journal.ErrErased) || e.Erased {
			s.shut(closeEnded)
			return true
		}
		var events []bot.Event
		if err == nil {
			events, err = converse.Decode(e.Data)
		}
		if err != nil {
			s.v.cfg.Log.Error("a conversation could not be read", "err", err)
			s.shut(websocket.CloseInternalServerErr)
			return true
		}
		lines := f.fold(events)
		f.read = e.Position
		if e.Position <= f.after {
			continue
		}
		if !s.writeFrame(entryFrame{Type: "entry", Position: e.Position, Lines: lines, State: stateOf(&f.talk)}) {
			return false
		}
		if f.talk.Left {
			s.shut(closeEnded)
			return true
		}
		select {
		case <-s.halt: // closing: the rest is for the next time
			return true
		default:
		}
	}
	return true
}

// fold takes in one turn and gives its lines.
func (f *feed) fold(events []bot.Event) []bot.Line {
	lines := []bot.Line{}
	for _, e := range events {
		f.talk.Apply(e)
		if e.Line != nil {
			lines = append(lines, *e.Line)
		}
	}
	f.talk.Lines = f.talk.Lines[:0] // the state does not need them
	return lines
}
