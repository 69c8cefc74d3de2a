package request_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
)

func open(t *testing.T) (journal.Journal, *request.Worklist) {
	t.Helper()
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	w, err := request.Open(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	return j, w
}

func handOver(t *testing.T, j journal.Journal, w *request.Worklist, id string, e request.Event) request.Request {
	t.Helper()
	e.Reference = w.FreeCode(id)
	if _, err := request.HandOver(t.Context(), j, id, e); err != nil {
		t.Fatal(err)
	}
	var head journal.Position // until the list has all of it: a request that was there before is not yet this one
	for entry, err := range j.Read(t.Context(), journal.Stream{Kind: journal.Request, ID: id}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		head = entry.Position
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if r, ok := w.Get(id); ok && r.Position >= head && slices.Contains(r.Reasons, e.Reason) {
			return r
		}
		if time.Now().After(deadline) {
			t.Fatal("the request did not come")
		}
	}
}

func TestTwoStaffAtOnce(t *testing.T) {
	j, w := open(t)
	r := handOver(t, j, w, "one", request.Event{Cause: "line-1", Reason: bot.ReasonConfirmed, Lang: bot.ES, Fields: &bot.Fields{Name: "Ana"}})
	if err := w.SetStatus(t.Context(), "one", r.Position, request.Contacted, "dana"); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Get("one"); got.Status != request.Contacted {
		t.Errorf("the list shows %q right after the change", got.Status)
	}
	if err := w.SetStatus(t.Context(), "one", r.Position, request.Closed, "ana"); !errors.Is(err, journal.ErrConflict) {
		t.Errorf("the second of two at once: %v", err)
	}
	if err := w.AddNote(t.Context(), "one", "ana", "called"); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Get("one"); len(got.Notes) != 1 || got.Notes[0].Text != "called" || got.Notes[0].By != "ana" {
		t.Errorf("notes: %+v", got.Notes)
	}
	if err := w.SetStatus(t.Context(), "two", 1, request.Closed, "ana"); !errors.Is(err, request.ErrUnknown) {
		t.Errorf("unknown: %v", err)
	}
	if err := w.SetStatus(t.Context(), "one", 1, "lost", "ana"); err == nil {
		t.Error("a made-up status was taken")
	}
}

func TestARepeatedHandOverChangesNothing(t *testing.T) {
	j, w := open(t)
	e := request.Event{Cause: "line-1", Reason: bot.ReasonPerson, Lang: bot.EN}
	first := handOver(t, j, w, "one", e)
	for range 3 {
		if again := handOver(t, j, w, "one", e); again.Position != first.Position || again.Reference != first.Reference {
			t.Errorf("first %+v, again %+v", first, again)
		}
	}
	// Coming back after closing makes it new again, under the same code.
	if err := w.SetStatus(t.Context(), "one", first.Position, request.Closed, "ana"); err != nil {
		t.Fatal(err)
	}
	if r := handOver(t, j, w, "one", request.Event{Cause: "line-2", Reason: bot.ReasonEmergency, Card: "suicide"}); r.Status != request.New || !r.Urgent || r.Reference != first.Reference {
		t.Errorf("after coming back: %+v", r)
	}
	// So does coming back before the appointment, which stays as it is.
	at := time.Date(2027, 1, 5, 15, 0, 0, 0, time.UTC)
	if err := w.Decide(t.Context(), "one", "ana", request.IntakeBooked, &request.Appointment{At: at, Place: "Room 2"}, at.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if r := handOver(t, j, w, "one", request.Event{Cause: "line-3", Reason: bot.ReasonPerson}); r.Status != request.New || r.Appointment == nil || !r.Appointment.At.Equal(at) || r.Outcome != request.IntakeBooked {
		t.Errorf("after coming back with an appointment: %+v", r)
	}
}

func TestOrderOfTheList(t *testing.T) {
	j, w := open(t)
	handOver(t, j, w, "first", request.Event{Cause: "l", Reason: bot.ReasonConfirmed})
	handOver(t, j, w, "second", request.Event{Cause: "l", Reason: bot.ReasonConfirmed})
	handOver(t, j, w, "urgent", request.Event{Cause: "l", Reason: bot.ReasonEmergency, Card: "overdose"})
	r, _ := w.Get("first")
	if err := w.SetStatus(t.Context(), "first", r.Position, request.Contacted, "ana"); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range w.List() {
		got = append(got, r.ID)
	}
	if fmt.Sprint(got) != "[urgent second first]" {
		t.Errorf("the order is %v", got)
	}
	if err := j.Erase(context.Background(), journal.Stream{Kind: journal.Request, ID: "urgent"}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); len(w.List()) != 2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("an erased request stays in the list")
		}
	}
}

func TestCodes(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	seen := map[string]bool{}
	for i := range 2000 {
		code := request.Code(fmt.Sprint("conversation-", i), 0)
		if !form.MatchString(code) || code == request.Code(fmt.Sprint("conversation-", i), 1) {
			t.Fatalf("code %q", code)
		}
		for _, text := range []string{code, "cancel " + code + " please", "mi código es " + strings.ToLower(code) + ".", strings.Replace(code, "-", "", 1), strings.NewReplacer("0", "O", "1", "l").Replace(code)} {
			if got := bot.CodeIn(text); got != code {
				t.Fatalf("in %q found %q", text, got)
			}
		}
		seen[code] = true
	}
	if len(seen) != 2000 {
		t.Errorf("2000 conversations have %d codes", len(seen))
	}
	for _, text := range []string{"508 555 0143", "5085-5501", "10am-12pm", "after5pm", "medicare", "MassHealth", "12345678", "call 12th", "jo@example.org", "between 10am and 12pm", "1EG4-TE5-MK73"} {
		if got := bot.CodeIn(text); got != "" {
			t.Errorf("%q holds the code %q", text, got)
		}
	}
}

func TestTakenBack(t *testing.T) {
	j, w := open(t)
	r := handOver(t, j, w, "one", request.Event{Cause: "line-1", Reason: bot.ReasonConfirmed, Fields: &bot.Fields{Name: "Ana", Phone: "+15085550143"}})
	for range 2 { // sent twice
		if err := request.Withdraw(t.Context(), j, "one", "line-2"); err != nil {
			t.Fatal(err)
		}
	}
	if err := request.Withdraw(t.Context(), j, "nobody", "line-2"); !errors.Is(err, request.ErrUnknown) {
		t.Errorf("a request that is not there: %v", err)
	}
	wait(t, func() bool { got, _ := w.Get("one"); return got.Withdrawn })
	if got, _ := w.Get("one"); got.Status != request.Closed || got.Position != r.Position+1 {
		t.Errorf("%+v", got)
	}
	handOver(t, j, w, "one", request.Event{Cause: "line-3", Reason: bot.ReasonConfirmed, Fields: &bot.Fields{Name: "Ana"}})
	wait(t, func() bool { got, _ := w.Get("one"); return !got.Withdrawn && got.Status == request.New })
}

func TestSameWay(t *testing.T) {
	j, w := open(t)
	for id, f := range map[string]bot.Fields{"one": {Phone: "+15085550143"}, "two": {Phone: "+15085550143", Name: "Ana"}, "three": {Email: "jo@example.org"}, "four": {Email: "Jo@Example.org"}, "five": {}, "six": {}} {
		handOver(t, j, w, id, request.Event{Cause: "line-" + id, Reason: bot.ReasonConfirmed, Fields: &f})
	}
	for id, want := range map[string]string{"one": "two", "two": "one", "three": "four", "four": "three", "five": "", "six": "", "nobody": ""} {
		got := ""
		for _, r := range w.SameWay(id) {
			got += r.ID
		}
		if got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}

func TestGuesses(t *testing.T) {
	g := request.NewGuesses(3, time.Minute)
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for range 3 {
		if !g.Left(now) {
			t.Fatal("no guess is left")
		}
		g.Miss(now)
	}
	if g.Left(now) || g.Left(now.Add(50*time.Second)) || !g.Left(now.Add(61*time.Second)) {
		t.Error("the limit does not hold, or does not end")
	}
}

func wait(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("did not come")
		}
	}
}
