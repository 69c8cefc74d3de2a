package converse_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/retention"
)

// house is a road with a sealed journal on disk.
type house struct {
	*converse.Road
	lines int
	stop  context.CancelFunc
}

var master = journal.NewMasterKey()

func openHouse(t *testing.T, dir string) *house {
	t.Helper()
	j, err := boltjournal.OpenSealed(t.Context(), dir, boltjournal.Options{}, func() (journal.MasterKey, error) { return master, nil })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	h := &house{Road: newRoad(t)}
	h.Journal, h.Log, h.Now = j, slog.New(slog.DiscardHandler), time.Now
	if h.Requests, err = request.Open(ctx, j); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	h.stop = func() {
		once.Do(func() {
			stop()
			if err := j.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(h.stop)
	return h
}

func id(t *testing.T, n int) string {
	t.Helper()
	id, err := converse.ConversationID(base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("the token of visitor no. %07d", n))))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// say sends typed lines and fails the test if one is refused.
func (h *house) say(t *testing.T, id string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		h.lines++
		if _, err := h.Say(t.Context(), id, converse.Message{ID: fmt.Sprintf("line-%04d", h.lines), Text: text, Lang: bot.EN}); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	}
}

var wholeRequest = []string{"i want an appointment", "for me", "my name is Red", "508 555 0143", "mornings", "english", "no", "yes please", "medicare"}

func TestARequestExistsExactlyOnce(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	h.say(t, one, wholeRequest...)
	// The same "send" from many tabs and retries at once.
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			line := fmt.Sprintf("send-%d", i%4) // four taps, each sent ten times
			if _, err := h.Say(context.Background(), one, converse.Message{ID: line, Text: "Send my request", Choice: bot.ChoiceSend, Lang: bot.EN}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list := h.Requests.List()
	if len(list) != 1 {
		t.Fatalf("%d requests", len(list))
	}
	c, _, err := h.Load(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	r := list[0]
	if r.Reference != c.Reference || r.Fields.Phone != "+15085550143" || r.Fields.Name != "Red" || r.Fields.Voicemail == nil || *r.Fields.Voicemail || !*r.Fields.Text {
		t.Errorf("the request is %+v, the visitor's code %s", r, c.Reference)
	}
	sends := 0
	for _, l := range c.Lines {
		if l.Choice == bot.ChoiceSend {
			sends++
		}
	}
	if sends != 4 {
		t.Errorf("four taps stand %d times in the conversation", sends)
	}
}

func TestARepeatedLineGetsTheFirstReceipt(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	m := converse.Message{ID: "line-0001", Text: "what is MAT", Lang: bot.EN}
	first, err := h.Say(t.Context(), one, m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.Say(t.Context(), one, m)
	if err != nil || again.Position != first.Position || !again.Saved {
		t.Errorf("first %+v, again %+v, %v", first, again, err)
	}
}

func TestLinesFromManyTabsAreAllKeptInOneOrder(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := h.Say(context.Background(), one, converse.Message{ID: fmt.Sprintf("line-%04d", i), Text: "hello", Lang: bot.EN}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	c, _, err := h.Load(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if !c.Heard(fmt.Sprintf("line-%04d", i)) {
			t.Errorf("line %d is lost", i)
		}
	}
}

func TestAnEmergencyCardNeedsNoDisk(t *testing.T) {
	h := openHouse(t, t.TempDir())
	h.stop() // the journal is closed: nothing can be read or stored
	receipt, err := h.Say(t.Context(), id(t, 1), converse.Message{ID: "line-0001", Text: "my son is blue and not breathing", Lang: bot.EN})
	if !errors.Is(err, converse.ErrNotSaved) || converse.Reason(err) != "not_saved" || receipt.Saved || receipt.Position != 0 {
		t.Fatalf("%+v, %v", receipt, err)
	}
	if len(receipt.Lines) != 2 || receipt.Lines[0].Card.Emergency == nil || receipt.Lines[0].Card.Emergency.Calls[0].Href != "tel:911" {
		t.Fatalf("no card: %+v", receipt.Lines)
	}
	if want := h.Words.T("en", "safety.unsaved", nil); receipt.Lines[1].Text != want {
		t.Errorf("the card does not say that it was not saved: %q", receipt.Lines[1].Text)
	}
	if receipt, err = h.Say(t.Context(), id(t, 1), converse.Message{ID: "line-0002", Text: "what is MAT", Lang: bot.EN}); err == nil || len(receipt.Lines) != 0 {
		t.Errorf("an ordinary question got %+v, %v", receipt, err)
	}
}

// full is a disk that can be read and not written.
type full struct{ journal.Journal }

func (full) Append(context.Context, journal.Stream, journal.Position, []byte) (journal.Position, error) {
	return 0, errors.New("no space left on device")
}

// A yes to the direct question brings the card also where it cannot be stored any more.
func TestAYesNeedsNoSpace(t *testing.T) {
	h := openHouse(t, t.TempDir())
	h.say(t, id(t, 1), "I can't do this anymore")
	h.Journal = full{h.Journal}
	for n, m := range []converse.Message{{Text: "yes"}, {Text: "Yes", Choice: bot.ChoiceYes}} {
		m.ID, m.Lang = fmt.Sprintf("line-100%d", n), bot.EN
		receipt, err := h.Say(t.Context(), id(t, 1), m)
		if !errors.Is(err, converse.ErrNotSaved) || len(receipt.Lines) != 2 || receipt.Lines[0].Card.Emergency == nil || receipt.Lines[1].Text != h.Words.T("en", "safety.unsaved", nil) {
			t.Errorf("%q: %+v, %v", m.Text, receipt.Lines, err)
		}
	}
	if receipt, _ := h.Say(t.Context(), id(t, 1), converse.Message{ID: "line-2000", Text: "no", Lang: bot.EN}); len(receipt.Lines) != 0 {
		t.Errorf("a no brings %+v", receipt.Lines)
	}
}

func TestEmergencyOpensAnUrgentRequest(t *testing.T) {
	h := openHouse(t, t.TempDir())
	h.say(t, id(t, 1), "hello", "ya no quiero vivir")
	h.say(t, id(t, 2), "hello")
	list := h.Requests.List()
	if len(list) != 1 || !list[0].Urgent || list[0].Emergency != "suicide" || list[0].ID != id(t, 1) {
		t.Errorf("the worklist is %+v", list)
	}
}

func TestLeavingVoidsTheTokenAndKeepsTheRecord(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	h.say(t, one, append(wholeRequest, "send it")...)
	for range 2 {
		if err := h.Leave(t.Context(), one); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Say(t.Context(), one, converse.Message{ID: "line-9999", Text: "hello"}); !errors.Is(err, converse.ErrEnded) {
		t.Errorf("after leaving: %v", err)
	}
	until(t, func() bool { r, _ := h.Requests.Get(one); return r.LeftQuickly })
	if err := h.Leave(t.Context(), id(t, 2)); err != nil {
		t.Errorf("leaving a conversation that never was: %v", err)
	}
}

// pausing holds the next append to a conversation back, as a slow disk does.
type pausing struct {
	journal.Journal
	armed         atomic.Bool
	reached, free chan struct{}
}

func (p *pausing) Append(ctx context.Context, s journal.Stream, at journal.Position, data []byte) (journal.Position, error) {
	if s.Kind == journal.Conversation && p.armed.CompareAndSwap(true, false) {
		close(p.reached)
		<-p.free
	}
	return p.Journal.Append(ctx, s, at, data)
}

// Somebody who flees while their line is under way has left quickly also for the request that this line made.
func TestLeavingBesideALineUnderWay(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	h.say(t, one, "hello")
	slow := &pausing{Journal: h.Journal, reached: make(chan struct{}), free: make(chan struct{})}
	slow.armed.Store(true)
	h.Journal = slow
	said := make(chan error)
	go func() {
		_, err := h.Say(context.Background(), one, converse.Message{ID: "line-9999", Text: "can I talk to a person", Lang: bot.EN})
		said <- err
	}()
	<-slow.reached
	if err := h.Leave(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	close(slow.free)
	if err := <-said; !errors.Is(err, converse.ErrEnded) {
		t.Errorf("the line: %v", err)
	}
	until(t, func() bool { r, ok := h.Requests.Get(one); return ok && r.LeftQuickly })
}

func TestTooLongAndTooMany(t *testing.T) {
	h := openHouse(t, t.TempDir())
	long := strings.Repeat("a", converse.MaxText+1)
	if _, err := h.Say(t.Context(), id(t, 1), converse.Message{ID: "line-0001", Text: long}); !errors.Is(err, converse.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
	receipt, err := h.Say(t.Context(), id(t, 1), converse.Message{ID: "line-0002", Text: "he is not breathing " + long})
	if !errors.Is(err, converse.ErrTooLong) || len(receipt.Lines) == 0 {
		t.Errorf("an emergency in a message that is too long: %+v, %v", receipt, err)
	}
}

// TestNothingIsReadableOnDisk plants canaries wherever visitors and staff write, and searches every byte of the data folder.
func TestNothingIsReadableOnDisk(t *testing.T) {
	dir := t.TempDir()
	h := openHouse(t, dir)
	one := id(t, 1)
	h.say(t, one, "canary-question about group therapy", "i want an appointment", "for me", "Canarina Quillfeather", "508 555 0143", "after 5, canary-times", "english", "no", "no", "medicare", "send it")
	if err := h.Requests.AddNote(t.Context(), one, "acc-1", "canary-note"); err != nil {
		t.Fatal(err)
	}
	c, _, err := h.Load(t.Context(), one)
	if err != nil || !c.Intake.Confirmed || c.Intake.Fields.Name != "Canarina Quillfeather" {
		t.Fatalf("the canaries are not in the conversation: %+v, %v", c.Intake, err)
	}
	h.stop()
	files, found := 0, 0
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, canary := range []string{"canary", "Canarina", "Quillfeather", "5550143", "555-0143", "555 0143", c.Reference, "medicare", "group therapy", "voicemail", `"said"`} {
			for form, text := range map[string]string{"plain": canary, "base64": base64.StdEncoding.EncodeToString([]byte(canary))[:4*(len(canary)/3)], "hex": fmt.Sprintf("%x", canary), "utf16": strings.Join(strings.Split(canary, ""), "\x00")} {
				if len(text) >= 6 && strings.Contains(string(raw), text) {
					found++
					t.Errorf("%s holds %q as %s", filepath.Base(path), canary, form)
				}
			}
		}
		return nil
	})
	if err != nil || files < 2 {
		t.Fatalf("%d files searched, %v", files, err)
	}
	// The search itself works: the same bytes unsealed are found.
	h = openHouse(t, dir)
	for e, err := range h.Journal.Read(t.Context(), journal.Stream{Kind: journal.Conversation, ID: one}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(e.Data), "canary-question") {
			found++
		}
	}
	if found != 1 {
		t.Errorf("the canary was found %d times, once unsealed was expected", found)
	}
}

func TestRetention(t *testing.T) {
	h := openHouse(t, t.TempDir())
	idle, closed, open := id(t, 1), id(t, 2), id(t, 3)
	h.say(t, idle, "what is MAT")
	h.say(t, closed, append(wholeRequest, "send it")...)
	h.say(t, open, append(wholeRequest, "send it")...)
	r, _ := h.Requests.Get(closed)
	if err := h.Requests.SetStatus(t.Context(), closed, r.Position, request.Closed, "acc-1"); err != nil {
		t.Fatal(err)
	}
	keep := retention.Keep{Conversations: 24 * time.Hour, Requests: 48 * time.Hour}
	for _, step := range []struct {
		later time.Duration
		want  retention.Report
	}{{23 * time.Hour, retention.Report{}}, {25 * time.Hour, retention.Report{Conversations: 1}}, {49 * time.Hour, retention.Report{Requests: 1}}, {49 * time.Hour, retention.Report{}}} {
		until(t, func() bool { return len(h.Requests.List()) >= 1 })
		got, err := retention.Sweep(t.Context(), h.Journal, h.Requests, keep, time.Now().Add(step.later))
		if err != nil || got != step.want {
			t.Errorf("after %v: %+v, %v, want %+v", step.later, got, err, step.want)
		}
		until(t, func() bool { return len(h.Requests.List()) == 2-got.Requests || len(h.Requests.List()) == 1 })
	}
	for name, erased := range map[string]string{"the idle one": idle, "the closed one": closed} {
		if _, err := h.Say(t.Context(), erased, converse.Message{ID: "line-9999", Text: "hello"}); !errors.Is(err, converse.ErrEnded) {
			t.Errorf("%s can still be written to: %v", name, err)
		}
	}
	if c, _, err := h.Load(t.Context(), open); err != nil || !c.Intake.Confirmed {
		t.Errorf("the open one: %v", err)
	}
}

// TestStartedAgain reads everything from disk: the same step, the same request.
func TestStartedAgain(t *testing.T) {
	dir := t.TempDir()
	h := openHouse(t, dir)
	h.say(t, id(t, 1), wholeRequest[:4]...)
	h.say(t, id(t, 2), append(wholeRequest, "send it")...)
	h.stop()
	h = openHouse(t, dir)
	c, _, err := h.Load(t.Context(), id(t, 1))
	if err != nil || c.Intake.Step != bot.StepTimes || c.Intake.Fields.Name != "Red" {
		t.Errorf("%+v, %v", c.Intake, err)
	}
	if r, ok := h.Requests.Get(id(t, 2)); !ok || r.Fields.Coverage != "medicare" {
		t.Errorf("the request is %+v", r)
	}
}

func TestTokens(t *testing.T) {
	for _, token := range []string{"", "short", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("A", 42) + "=", strings.Repeat("+", 43), strings.Repeat("A", 42) + "B"} {
		if _, err := converse.ConversationID(token); !errors.Is(err, converse.ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := journal.NewStream(journal.Conversation, id(t, 1)); err != nil {
		t.Error(err)
	}
}

// until waits for what follows a write by watching.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("did not come")
		}
	}
}
