package visitor

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/live"
	"example.org/intake/bot/request"
)

// withDesk gives a site a desk, at which somebody called ana looks on.
func withDesk(t *testing.T, s *site) *live.Desk {
	t.Helper()
	road := s.cfg.Road
	work, err := request.Open(t.Context(), s.journal)
	if err != nil {
		t.Fatal(err)
	}
	desk, err := live.Open(t.Context(), live.Config{Road: road, Journal: s.journal, Requests: work, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	road.Requests, road.Staffed, s.cfg.Desk = work, desk.Staffed, desk
	signals, leave := desk.JoinStaff("ana", "")
	t.Cleanup(leave)
	go func() {
		for range signals { // a page of the console that only looks
		}
	}()
	return desk
}

// eventually waits for what happens in another goroutine.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s does not happen", what)
		}
	}
}

// takenBy has a person accept a conversation and waits until the desk knows.
func takenBy(t *testing.T, s *site, desk *live.Desk, id string) {
	t.Helper()
	if err := s.cfg.Road.Take(context.Background(), id, "ana", "Ana R."); err != nil {
		t.Fatal(err)
	}
	eventually(t, "that the desk hears of it", func() bool { c, ok := desk.Chat(id); return ok && c.Live.By == "ana" })
}

// TestLiveByPlainRequests: how many people are there, that the person types, and that the visitor does, travel on event streams and polls as
// they do on a socket; whoever polls is there, between two polls as well.
func TestLiveByPlainRequests(t *testing.T) {
	s := open(t, func(set *settings) { set.limits.away = 300 * time.Millisecond })
	desk := withDesk(t, s)
	opening := s.stream("") // the opening view: no token yet
	opening.until("ready", nil)
	opening.until("people", func(g got) bool { return g.Available == 0 })
	desk.SetAvailable("ana", true)
	opening.until("people", func(g got) bool { return g.Available == 1 })
	if f := decode[[]got](t, s.ask("GET", "/chat/poll?after=0", "", "")); len(f) != 2 || f[1].Type != "people" || f[1].Available != 1 {
		t.Errorf("a poll without a token gives %+v", f)
	}

	s.ask("POST", "/chat/say", tokenA, `{"type":"say","id":"line-0001","text":"","choice":"person","lang":"en"}`)
	id := must(converse.ConversationID(tokenA))
	stream := s.stream(tokenA)
	stream.until("people", func(g got) bool { return g.Available == 1 })
	eventually(t, "that the visitor is there", func() bool { return desk.Here(id) })
	takenBy(t, s, desk, id)
	stream.until("entry", func(g got) bool { return g.State.Live == "person" })
	desk.Typing(id, bot.FromStaff)
	stream.until("typing", nil)

	page, leave := desk.JoinStaff("ana", id)
	defer leave()
	if res := s.ask("POST", "/chat/say", tokenA, `{"type":"typing"}`); res.StatusCode != 204 {
		t.Errorf("typing by POST: %d", res.StatusCode)
	}
	for sig := range page {
		if sig.Kind == live.Typing && sig.From == bot.FromVisitor && sig.ID == id {
			break
		}
	}
	if res := s.ask("POST", "/chat/say", "", `{"type":"typing"}`); res.StatusCode != 400 {
		t.Errorf("typing without a token: %d", res.StatusCode)
	}
	stream.stop()
	eventually(t, "that the visitor is gone", func() bool { return !desk.Here(id) })

	// By polls: the first is answered at once, the second as soon as the person types.
	frames := decode[[]got](t, s.ask("GET", "/chat/poll?after=0", tokenA, ""))
	if !desk.Here(id) {
		t.Error("between two polls the visitor counts as gone")
	}
	at := frames[len(frames)-1].Position
	answered := make(chan []got, 1)
	go func() {
		answered <- decode[[]got](t, s.ask("GET", fmt.Sprintf("/chat/poll?after=%.0f&wait=1", at), tokenA, ""))
	}()
	var f []got
	eventually(t, "that the poll is answered", func() bool {
		desk.Typing(id, bot.FromStaff)
		select {
		case f = <-answered:
			return true
		default:
			return false
		}
	})
	if kinds := []string{f[0].Type, f[1].Type, f[len(f)-1].Type}; !slices.Equal(kinds, []string{"ready", "people", "typing"}) {
		t.Errorf("the poll brought %v", kinds)
	}
	eventually(t, "that who polls no more is gone", func() bool { return !desk.Here(id) })
}

// A visitor is told how many people are there, is called for, and sees that a person types; a person's lines come as any other.
func TestLiveOnTheSocket(t *testing.T) {
	s := open(t, nil)
	desk := withDesk(t, s)
	road := s.cfg.Road
	p := s.dial()
	p.hello("", 0)
	p.frames("ready", "people")
	desk.SetAvailable("ana", true)
	p.frames("people")
	p.send(object{"type": "say", "token": tokenA, "id": "line-0001", "text": "", "choice": "person", "lang": "en"})
	if got := p.frames("entry", "ack")["entry"]; got.State.Live != "ringing" || !got.State.Handed {
		t.Errorf("while it rings: %+v", got.State)
	}
	id, err := converse.ConversationID(tokenA)
	if err != nil {
		t.Fatal(err)
	}
	if !desk.Here(id) {
		t.Error("the desk does not know that the visitor is there")
	}
	takenBy(t, s, desk, id)
	got := p.frames("entry")["entry"]
	for got.State.Live != "person" {
		got = p.frames("entry")["entry"]
	}
	desk.Typing(id, "staff")
	p.frames("typing")
	page, leave2 := desk.JoinStaff("ana", id)
	defer leave2()
	p.send(object{"type": "typing"})
	for sig := range page {
		if sig.Kind == live.Typing && sig.From == "visitor" && sig.ID == id {
			break
		}
	}
	if err := road.StaffSay(context.Background(), id, "ana", "staff-0001", "Hello", "en"); err != nil {
		t.Fatal(err)
	}
	if got := p.frames("entry")["entry"]; len(got.Lines) != 1 || got.Lines[0].Text != "Hello" || got.Lines[0].Args["name"] != "Ana R." {
		t.Errorf("a person's line: %+v", got.Lines)
	}
	_ = p.ws.Close()
	eventually(t, "that the visitor has left", func() bool { return !desk.Here(id) })
}
