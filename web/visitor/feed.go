package visitor

import (
	"context"
	"errors"

	"github.com/gorilla/websocket"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// carrier is what carries a conversation to one open page: a socket, an event stream or an answer to a poll.
type carrier interface {
	// writeFrame reports false when nothing can be written any more.
	writeFrame(any) bool
	// shut ends the carrier once, with a close code of web/frames.md.
	shut(code int)
	// halted is closed when the carrier is closing: what is not shown yet is for the next time.
	halted() <-chan struct{}
}

// feed is how far one carrier has shown its conversation. It reads from the beginning, because the state is a fold of everything, and shows
// what comes after the position that the widget has seen. That number came from outside, so it is only compared, never read from.
type feed struct {
	v      *Visitor
	stream journal.Stream
	after  journal.Position // the widget has seen up to here
	read   journal.Position // folded up to here
	shown  int              // entries written
	talk   bot.Conversation
}

func newFeed(v *Visitor, id string, after journal.Position) *feed {
	return &feed{v: v, stream: journal.Stream{Kind: journal.Conversation, ID: id}, after: after}
}

// show writes what is new. It reports false when the carrier cannot be written to.
func (f *feed) show(to carrier) bool {
	if f == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(f.v.ctx, f.v.limits.say)
	defer cancel()
	for e, err := range f.v.cfg.Journal.Read(ctx, f.stream, f.read) {
		if errors.Is(err, journal.ErrErased) || e.Erased {
			to.shut(closeEnded)
			return true
		}
		var events []bot.Event
		if err == nil {
			events, err = converse.Decode(e.Data)
		}
		if err != nil {
			f.v.cfg.Log.Error("a conversation could not be read", "err", err)
			to.shut(websocket.CloseInternalServerErr)
			return true
		}
		lines := f.fold(events)
		f.read = e.Position
		if e.Position <= f.after {
			continue
		}
		if !to.writeFrame(entryFrame{Type: "entry", Position: e.Position, Lines: lines, State: stateOf(&f.talk)}) {
			return false
		}
		f.shown++
		if f.talk.Left {
			to.shut(closeEnded)
			return true
		}
		select {
		case <-to.halted():
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
