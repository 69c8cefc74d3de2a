package gaps

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
)

type house struct {
	t       *testing.T
	journal journal.Journal
	heads   map[string]journal.Position
	last    journal.Position
}

func open(t *testing.T) *house {
	t.Helper()
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return &house{t: t, journal: j, heads: map[string]journal.Position{}}
}

// turn stores one turn of a conversation.
func (h *house) turn(id string, events ...bot.Event) {
	h.t.Helper()
	data, err := json.Marshal(events)
	if err != nil {
		h.t.Fatal(err)
	}
	at, err := h.journal.Append(context.Background(), journal.Stream{Kind: journal.Conversation, ID: id}, h.heads[id], data)
	if err != nil {
		h.t.Fatal(err)
	}
	h.heads[id], h.last = at, at
}

func (h *house) list() *List {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h.t.Cleanup(cancel)
	l := Open(ctx, h.journal, func(w string) bool { return w == "medicare" }, slog.New(slog.DiscardHandler))
	h.wait(l)
	return l
}

func (h *house) wait(l *List) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.Wait(ctx, h.last); err != nil {
		h.t.Fatal(err)
	}
}

func said(lang bot.Lang, text, choice string) bot.Event {
	return bot.Event{Type: bot.Said, Line: &bot.Line{ID: text, From: bot.FromVisitor, Lang: lang, Text: text, Choice: choice}}
}

func missed() bot.Event              { return bot.Event{Type: bot.Missed} }
func answered(slug string) bot.Event { return bot.Event{Type: bot.Found, Topics: []string{slug}} }

func TestGroupsCountsAndLanguages(t *testing.T) {
	h := open(t)
	for i, text := range []string{"can I bring my iguana", "can i bring an iguana with me?", "is my iguana welcome, can I bring it", "do you sell stamps"} {
		h.turn(fmt.Sprint("c", i), said(bot.EN, text, ""), missed())
	}
	h.turn("c0", said(bot.EN, "can I bring my iguana", ""), missed()) // the same person again
	h.turn("es", said(bot.ES, "¿puedo llevar mi iguana?", ""), missed())
	h.turn("fine", said(bot.EN, "do you take Medicare", ""), answered("medicare-accepted"))
	h.turn("fine", said(bot.EN, "thanks", ""))
	l := h.list()
	en := l.Groups(bot.EN)
	if len(en) != 2 || en[0].Count != 3 || en[0].Text != "is my iguana welcome, can I bring it" || len(en[0].Others) != 2 || en[1].Count != 1 {
		t.Fatalf("%+v", en)
	}
	if es := l.Groups(bot.ES); len(es) != 1 || es[0].Text != "¿puedo llevar mi iguana?" || es[0].Lang != bot.ES {
		t.Errorf("%+v", es)
	}
	if asked := l.Asked(); asked["medicare-accepted"][bot.EN] != 1 || len(asked) != 1 {
		t.Errorf("asked: %v", asked)
	}
	// The ids are the same on another node and after a restart, and tell nothing.
	if again := h.list().Groups(bot.EN); again[0].ID != en[0].ID || len(en[0].ID) != 16 {
		t.Error("another node names the groups otherwise")
	}
	if g, ok := l.Find(en[0].IDs[2]); !ok || g.ID != en[0].ID || len(g.IDs) != 3 || g.IDs[0] != g.ID {
		t.Errorf("by the id of a later question: %+v", g)
	}
	if g, ok := l.Find(en[1].ID); !ok || g.Text != "do you sell stamps" {
		t.Errorf("%+v", g)
	}
}

// "Not what I asked" means the question that this answer was given to, not the button.
func TestNotWhatIAsked(t *testing.T) {
	h := open(t)
	h.turn("a", said(bot.EN, "is there a shuttle", ""), answered("parking"))
	h.turn("a", said(bot.EN, "how much is it", ""), answered("cost"))
	h.turn("a", said(bot.EN, "Not what I asked", "not-asked:parking"), missed())
	h.turn("b", said(bot.EN, "is there any shuttle", ""), bot.Event{Type: bot.Replied, Line: &bot.Line{Key: bot.KeyChoose}})
	h.turn("b", said(bot.EN, "None of these", "none"), missed())
	h.turn("c", said(bot.EN, "Parking?", "topic:parking"), answered("parking"))
	h.turn("c", said(bot.EN, "Not what I asked", "not-asked:parking"), missed()) // nothing was typed
	g := h.list().Groups(bot.EN)
	if len(g) != 1 || g[0].Count != 2 || g[0].NotAsked != 1 || len(g[0].Not) != 1 || g[0].Not[0] != "parking" || strings.Contains(fmt.Sprint(g), "Not what") {
		t.Errorf("%+v", g)
	}
}

func TestTextIsMasked(t *testing.T) {
	h := open(t)
	h.turn("a", said(bot.EN, "my name is Zoraida Quintero, 508-555-0143, can my parrot visit Kevin", ""), missed())
	h.turn("b", said(bot.EN, "508 555 0143", ""), missed())
	g := h.list().Groups(bot.EN)
	if len(g) != 1 || g[0].Text != "my name is •••, •••, can my parrot visit •••" {
		t.Errorf("%+v", g)
	}
}

// What was erased is gone from the list, also from the ways in which others put the same question, and after a restart.
func TestErasureIsForgotten(t *testing.T) {
	h := open(t)
	h.turn("a", said(bot.EN, "canary one iguana visit", ""), missed())
	h.turn("b", said(bot.EN, "canary two iguana visit", ""), missed(), answered("cost"))
	l := h.list()
	if g := l.Groups(bot.EN); len(g) != 1 || g[0].Count != 2 {
		t.Fatalf("%+v", g)
	}
	erase := func(id string) {
		if err := h.journal.Erase(context.Background(), journal.Stream{Kind: journal.Conversation, ID: id}); err != nil {
			t.Fatal(err)
		}
		for head, err := range h.journal.Heads(context.Background(), journal.Conversation) {
			if err != nil {
				t.Fatal(err)
			}
			h.last = max(h.last, head.Position)
		}
		h.wait(l)
	}
	erase("b")
	for _, list := range []*List{l, h.list()} {
		if g := list.Groups(bot.EN); len(g) != 1 || g[0].Count != 1 || strings.Contains(fmt.Sprint(g), "two") || len(list.Asked()) != 0 {
			t.Errorf("after an erasure: %+v, %v", g, list.Asked())
		}
	}
	erase("a")
	if g := l.Groups(bot.EN); len(g) != 0 || len(l.talks) != 0 || len(l.order) != 0 || l.held != 0 {
		t.Errorf("after all erasures: %+v, %d talks", g, len(l.talks))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	l := &List{talks: map[string]*talk{}, known: func(string) bool { return true }}
	for i := range MaxQuestions + 50 {
		data, err := json.Marshal([]bot.Event{said(bot.EN, fmt.Sprintf("question %d %s", i, strings.Repeat("long ", 200)), ""), missed()})
		if err != nil {
			t.Fatal(err)
		}
		l.fold(context.Background(), journal.Entry{Stream: journal.Stream{Kind: journal.Conversation, ID: fmt.Sprint("c", i)}, Position: journal.Position(i + 1), Data: data})
	}
	if l.held != MaxQuestions || len(l.order) != MaxQuestions || l.Left() != 50 {
		t.Errorf("%d held, %d in order, %d left out", l.held, len(l.order), l.Left())
	}
	for _, q := range l.order {
		if len([]rune(q.text)) > maxText+2 {
			t.Fatal("a text is too long")
		}
	}
	if l.order[0].text[:12] != "question 50 " {
		t.Errorf("the oldest kept is %q", l.order[0].text[:12])
	}
}
