package live_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/live"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

type clock struct{ n atomic.Int64 }

func (c *clock) now() time.Time      { return time.Unix(0, c.n.Load()).UTC() }
func (c *clock) add(d time.Duration) { c.n.Add(int64(d)) }

// house is a desk on a real journal, with the road of a visitor's lines.
type house struct {
	t    *testing.T
	dir  string
	j    journal.Journal
	road *converse.Road
	desk *live.Desk
	work *request.Worklist
	*clock
	lines int
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), clock: &clock{}}
	h.n.Store(time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC).UnixNano())
	h.open(t.Context())
	return h
}

// open starts the program on the folder, or starts it again.
func (h *house) open(ctx context.Context) {
	h.t.Helper()
	j, err := boltjournal.Open(h.dir, boltjournal.Options{Now: h.now})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = j.Close() })
	words, err := locales.Load()
	if err != nil {
		h.t.Fatal(err)
	}
	place, err := clinic.Default()
	if err != nil {
		h.t.Fatal(err)
	}
	screen, err := safety.New()
	if err != nil {
		h.t.Fatal(err)
	}
	if h.work, err = request.Open(ctx, j); err != nil {
		h.t.Fatal(err)
	}
	// Nothing is looked up in these tests, so the entries are not loaded.
	h.j, h.road = j, &converse.Road{Clinic: place, Words: words, Screen: screen, Journal: j, Requests: h.work, Now: h.now, Log: slog.New(slog.DiscardHandler)}
	if h.desk, err = live.Open(ctx, live.Config{Road: h.road, Journal: j, Requests: h.work, Now: h.now, Log: h.road.Log}); err != nil {
		h.t.Fatal(err)
	}
	h.road.Staffed = h.desk.Staffed
}

func id(n int) string {
	id, err := converse.ConversationID(base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("the token of visitor no. %07d", n))))
	if err != nil {
		panic(err)
	}
	return id
}

func (h *house) say(id, text, choice string) {
	h.t.Helper()
	h.lines++
	if _, err := h.road.Say(context.Background(), id, converse.Message{ID: fmt.Sprintf("line-%04d", h.lines), Text: text, Choice: choice, Lang: bot.ES}); err != nil {
		h.t.Fatal(err)
	}
}

// keys are what the program and people said, in order.
func (h *house) keys(id string) (keys []string) {
	h.t.Helper()
	c, _, err := h.road.Load(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, l := range c.Lines {
		if l.From != bot.FromVisitor {
			keys = append(keys, l.Key)
		}
	}
	return keys
}

func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("%s: did not come", what)
		}
	}
}

// here makes an account present and available.
func (h *house) here(account string) func() {
	_, leave := h.desk.JoinStaff(account, "")
	h.desk.SetAvailable(account, true)
	return leave
}

func (h *house) rings(id string) bool {
	c, ok := h.desk.Chat(id)
	return ok && c.Live.Ringing(h.now())
}

func TestPresence(t *testing.T) {
	h := newHouse(t)
	if h.desk.Available() != 0 {
		t.Error("somebody is there who is not")
	}
	leave := h.here("ana")
	second := h.here("ana") // a second page of the same person
	h.here("dana")
	if n := h.desk.Available(); n != 2 {
		t.Errorf("%d available", n)
	}
	h.desk.SetAvailable("dana", false)
	leave()
	second()
	if n := h.desk.Available(); n != 1 {
		t.Errorf("a page that loads anew: %d available", n)
	}
	h.add(11 * time.Second)
	if n := h.desk.Available(); n != 0 {
		t.Errorf("gone for good: %d available", n)
	}
}

func TestNobodyComes(t *testing.T) {
	h := newHouse(t)
	h.say(id(1), "", bot.ChoicePerson)
	if got := h.keys(id(1)); len(got) != 1 || got[0] != bot.KeyPerson {
		t.Errorf("with nobody there: %v", got)
	}
	h.here("ana")
	signals, leave := h.desk.JoinStaff("dana", "")
	defer leave()
	h.say(id(2), "", bot.ChoicePerson)
	h.until("it rings", func() bool { return h.rings(id(2)) })
	if c, _ := h.desk.Chat(id(2)); c.Lang != bot.ES {
		t.Errorf("it rings in %q", c.Lang)
	}
	if s := <-signals; s.Kind != live.Ring && s.Kind != live.People {
		t.Errorf("the signal is %+v", s)
	}
	h.add(live.Wait - time.Second)
	time.Sleep(600 * time.Millisecond) // two looks of the desk
	if got := h.keys(id(2)); len(got) != 1 {
		t.Errorf("before the time is over: %v", got)
	}
	h.add(time.Second)
	h.until("the visitor is told", func() bool { k := h.keys(id(2)); return k[len(k)-1] == bot.KeyUnanswered })
	h.until("it rings no more", func() bool { _, on := h.desk.Chat(id(2)); return !on }) // the desk follows the journal, as everybody does
	if r, ok := h.work.Get(id(2)); !ok || r.Status != request.New {
		t.Error("the call-back is not in the worklist")
	}
}

// A hundred times two people accept at the same moment: one has the chat, the other learns who, and the visitor reads one line of it.
func TestTwoAcceptAtOnce(t *testing.T) {
	h := newHouse(t)
	h.here("ana")
	for n := range 100 {
		h.say(id(n), "", bot.ChoicePerson)
		var won, lost atomic.Int64
		var wg sync.WaitGroup
		for _, who := range []string{"ana", "dana"} {
			wg.Go(func() {
				err := h.road.Take(context.Background(), id(n), who, who)
				var taken *converse.TakenError
				switch {
				case err == nil:
					won.Add(1)
				case errors.As(err, &taken):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		joined := 0
		for _, k := range h.keys(id(n)) {
			if k == bot.KeyJoined {
				joined++
			}
		}
		if won.Load() != 1 || lost.Load() != 1 || joined != 1 {
			t.Fatalf("round %d: %d won, %d lost, %d lines", n, won.Load(), lost.Load(), joined)
		}
	}
}

func TestTalkingAndGivingBack(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.here("ana")
	v := id(1)
	h.say(v, "", bot.ChoicePerson)
	if err := h.road.StaffSay(ctx, v, "ana", "staff-0001", "Hola", bot.ES); !errors.Is(err, converse.ErrNotYours) {
		t.Errorf("before taking it: %v", err)
	}
	if err := h.road.Take(ctx, v, "ana", "Ana R."); err != nil {
		t.Fatal(err)
	}
	for range 3 { // sent again after a lost answer
		if err := h.road.StaffSay(ctx, v, "ana", "staff-0001", "Hola", bot.ES); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.road.StaffSay(ctx, v, "dana", "staff-0002", "Yo también", bot.ES); !errors.Is(err, converse.ErrNotYours) {
		t.Errorf("somebody else: %v", err)
	}
	h.say(v, "gracias, ¿qué es la terapia de grupo?", "")
	h.say(v, "mi hijo no respira y está morado", "")
	got := h.keys(v)
	want := []string{bot.KeyRinging, bot.KeyJoined, bot.KeyStaff, bot.KeyEmergency, bot.KeyAfter}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("said %v, want %v", got, want)
	}
	if r, _ := h.work.Get(v); !r.Urgent {
		t.Error("the danger does not show in the worklist")
	}
	if err := h.road.GiveBack(ctx, v, "dana", false); !errors.Is(err, converse.ErrNotYours) {
		t.Errorf("somebody else gives it back: %v", err)
	}
	if err := h.road.GiveBack(ctx, v, "ana", false); err != nil {
		t.Fatal(err)
	}
	if got := h.keys(v); got[len(got)-1] != bot.KeyReturned {
		t.Errorf("after giving back: %v", got)
	}
	if err := h.road.StaffSay(ctx, v, "ana", "staff-0003", "¿Sigue ahí?", bot.ES); !errors.Is(err, converse.ErrNotYours) {
		t.Errorf("after giving back: %v", err)
	}
	if err := h.road.Take(ctx, id(99), "ana", "Ana"); !errors.Is(err, converse.ErrNotHanded) {
		t.Errorf("a conversation that is not there: %v", err)
	}
}

// A person who falls silent gives the chat back without a word; so it is also after the program was started again in between.
func TestSilentPerson(t *testing.T) {
	for _, restart := range []bool{false, true} {
		t.Run(fmt.Sprint("restart ", restart), func(t *testing.T) {
			h := newHouse(t)
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			if restart {
				_ = h.j.Close()
				h.open(ctx)
			}
			h.here("ana")
			v := id(1)
			h.say(v, "", bot.ChoicePerson)
			if err := h.road.Take(context.Background(), v, "ana", "Ana R."); err != nil {
				t.Fatal(err)
			}
			h.until("Ana has it", func() bool { c, ok := h.desk.Chat(v); return ok && c.Live.By == "ana" })
			h.say(v, "¿hola?", "")
			if restart {
				stop()
				_ = h.j.Close()
				h.open(t.Context())
				if c, ok := h.desk.Chat(v); !ok || c.Live.By != "ana" {
					t.Fatal("after the restart nobody knows who has the chat")
				}
			} else {
				time.Sleep(50 * time.Millisecond)
				// A sign of life puts it off.
				h.add(live.Silent - time.Second)
				h.desk.Typing(v, bot.FromStaff)
				h.add(2 * time.Second)
				time.Sleep(600 * time.Millisecond)
				if k := h.keys(v); k[len(k)-1] != bot.KeyJoined {
					t.Fatalf("somebody who types lost the chat: %v", k)
				}
			}
			h.add(live.Silent)
			h.until("the program is back", func() bool { k := h.keys(v); return k[len(k)-1] == bot.KeyReturned })
		})
	}
}

// Typing goes to the other side alone, while a person talks, and is in no file.
func TestTypingIsNotStored(t *testing.T) {
	h := newHouse(t)
	h.here("ana")
	v, other := id(1), id(2)
	visitor, leave := h.desk.JoinVisitor(v)
	defer leave()
	stranger, leave2 := h.desk.JoinVisitor(other)
	defer leave2()
	staff, leave3 := h.desk.JoinStaff("ana", v)
	defer leave3()
	h.say(v, "", bot.ChoicePerson)
	drain := func(c <-chan live.Signal) (typing int) {
		for {
			select {
			case s := <-c:
				if s.Kind == live.Typing {
					typing++
				}
			case <-time.After(50 * time.Millisecond):
				return typing
			}
		}
	}
	h.desk.Typing(v, bot.FromVisitor)
	if n := drain(staff); n != 0 {
		t.Error("typing is passed on before a person talks")
	}
	if err := h.road.Take(context.Background(), v, "ana", "Ana"); err != nil {
		t.Fatal(err)
	}
	h.until("Ana has it", func() bool { c, ok := h.desk.Chat(v); return ok && c.Live.By == "ana" && c.Visitor })
	drain(staff)
	drain(visitor)
	before := h.size()
	for range 5 {
		h.desk.Typing(v, bot.FromVisitor)
		h.desk.Typing(v, bot.FromStaff)
	}
	if s, p, n := drain(staff), drain(visitor), drain(stranger); s != 5 || p != 5 || n != 0 {
		t.Errorf("staff saw %d, the visitor %d, a stranger %d", s, p, n)
	}
	if !bytes.Equal(before, h.size()) {
		t.Error("something was stored")
	}
}

// size stands for everything on disk.
func (h *house) size() []byte {
	h.t.Helper()
	var all []byte
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			h.t.Fatal(err)
		}
		all = append(all, data...)
	}
	return all
}

// A chat whose request is decided already is still a chat: after a restart too somebody answers, or the program does.
func TestRestartAfterADecision(t *testing.T) {
	h := newHouse(t)
	h.here("ana")
	h.say(id(1), "", bot.ChoicePerson)
	h.until("rings", func() bool { return h.rings(id(1)) })
	if err := h.road.Take(t.Context(), id(1), "ana", "Ana"); err != nil {
		t.Fatal(err)
	}
	h.until("taken", func() bool { c, ok := h.desk.Chat(id(1)); return ok && c.Live.Taken() })
	if err := h.work.Decide(t.Context(), id(1), "ana", request.Referred, nil, h.now()); err != nil {
		t.Fatal(err)
	}
	if err := h.j.Close(); err != nil {
		t.Fatal(err)
	}
	h.open(t.Context())
	if c, ok := h.desk.Chat(id(1)); !ok || !c.Live.Taken() {
		t.Error("the desk has forgotten the chat: the program stays quiet for ever")
	}
}
