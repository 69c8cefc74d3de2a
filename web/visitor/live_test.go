package visitor

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"example.org/intake/bot/converse"
	"example.org/intake/bot/live"
	"example.org/intake/bot/request"
)

// A visitor is told how many people are there, is called for, and sees that a person types; a person's lines come as any other.
func TestLiveOnTheSocket(t *testing.T) {
	s := open(t, nil)
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
	defer leave()
	go func() {
		for range signals { // a page of the console that only looks
		}
	}()

	p := s.dial()
	p.hello("", 0)
	p.frames("ready", "people")
	desk.SetAvailable("ana", true)
	p.frames("people")
	p.send(object{"type": "say", "token": tokenA, "id": "line-0001", "text": "", "choice": "person", "lang": "en"})
	if got := p.frames("entry", "ack")["entry"]; got.State.Live != "" || !got.State.Handed {
		t.Errorf("while it rings: %+v", got.State)
	}
	id, err := converse.ConversationID(tokenA)
	if err != nil {
		t.Fatal(err)
	}
	if !desk.Here(id) {
		t.Error("the desk does not know that the visitor is there")
	}
	if err := road.Take(context.Background(), id, "ana", "Ana R."); err != nil {
		t.Fatal(err)
	}
	got := p.frames("entry")["entry"]
	for got.State.Live != "person" {
		got = p.frames("entry")["entry"]
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		if c, ok := desk.Chat(id); ok && c.Live.By == "ana" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the desk does not hear of it")
		}
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
	for deadline := time.Now().Add(5 * time.Second); desk.Here(id); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the desk does not notice that the visitor left")
		}
	}
}
