package visitor

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// gate holds appends until it is opened.
type gate struct {
	journal.Journal
	reached, free chan struct{}
}

func (g *gate) Append(ctx context.Context, s journal.Stream, after journal.Position, data []byte) (journal.Position, error) {
	g.reached <- struct{}{}
	<-g.free
	return g.Journal.Append(ctx, s, after, data)
}

func TestDrainAnswersWhatIsInFlight(t *testing.T) {
	g := &gate{reached: make(chan struct{}, 1), free: make(chan struct{})}
	s := open(t, func(set *settings) {
		set.wrap = func(j journal.Journal) journal.Journal { g.Journal = j; return g }
	})
	idle := s.dial()
	idle.hello("", 0)
	idle.frames("ready")
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "hello")
	<-g.reached
	ended := make(chan error, 1)
	go func() { ended <- s.Drain(t.Context()) }()
	if code := idle.closed(); code != websocket.CloseGoingAway {
		t.Errorf("the idle socket was closed with %d", code)
	}
	if _, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.server.URL, "http")+"/chat/socket", http.Header{"Origin": {s.server.URL}}); err == nil ||
		resp == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a new socket got %v, %v", resp, err)
	}
	p.say("", "line-0002", "still there?") // read only after draining began
	select {
	case err := <-ended:
		t.Fatalf("Drain returned %v with a message in flight", err)
	case <-time.After(100 * time.Millisecond):
	}
	close(g.free)
	p.frames("ack")
	if code := p.closed(); code != websocket.CloseGoingAway {
		t.Errorf("closed with %d", code)
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Drain: %v", err)
		}
	case <-time.After(time.Minute):
		t.Error("Drain does not end")
	}
}

func TestDrainGivesUpInTime(t *testing.T) {
	g := &gate{reached: make(chan struct{}, 1), free: make(chan struct{})}
	s := open(t, func(set *settings) {
		set.wrap = func(j journal.Journal) journal.Journal { g.Journal = j; return g }
	})
	t.Cleanup(func() { close(g.free) })
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "hello")
	<-g.reached
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Drain: %v", err)
	}
}

// broken refuses every append.
type broken struct{ journal.Journal }

func (broken) Append(context.Context, journal.Stream, journal.Position, []byte) (journal.Position, error) {
	return 0, errors.New("no space left on device")
}

func TestNothingIsAcknowledgedThatIsNotStored(t *testing.T) {
	s := open(t, func(set *settings) { set.wrap = func(j journal.Journal) journal.Journal { return broken{j} } })
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "what is group therapy?")
	if g := p.frames("refused")["refused"]; g.Reason != "not_saved" || g.Text == "" {
		t.Errorf("refused with %+v", g)
	}
	p.send(object{"type": "say", "id": "line-0002", "text": "mi hijo no respira", "lang": "es"})
	g := p.frames("unsaved")["unsaved"]
	if len(g.Lines) == 0 || g.Lines[0].Card.Emergency == nil || g.Lines[0].Lang != bot.ES {
		t.Errorf("unsaved: %+v", g)
	}
	if log := s.logged.String(); strings.Contains(log, "respira") || strings.Contains(log, "group therapy") {
		t.Error("a visitor's words were logged")
	}
}

func TestAnErasedConversationEnds(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "hello")
	p.frames("ack", "entry")
	id, err := converse.ConversationID(tokenA)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.journal.Erase(t.Context(), journal.Stream{Kind: journal.Conversation, ID: id}); err != nil {
		t.Fatal(err)
	}
	if code := p.closed(); code != closeEnded {
		t.Errorf("the open page was closed with %d", code)
	}
	q := s.dial()
	q.hello(tokenA, 0)
	if code := q.closed(); code != closeEnded {
		t.Errorf("a new page was closed with %d", code)
	}
}
