package staff

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// A call that is put off leaves the head of the list until its hour, comes back then, and is forgotten with the next try.
func TestCallLater(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.ES)
	h.seed()
	b := h.signedIn("ana")
	const at = "/staff/requests/creole" // overdue since yesterday, in the evening
	h.must(h.work.Release(t.Context(), "creole", "dana", h.clock.now(), true))
	row := func(b *browser) string {
		_, rest, _ := strings.Cut(b.get("/staff/list").body, `id="r-creole"`)
		before, _, _ := strings.Cut(b.get("/staff/list").body, `id="r-creole"`)
		due := before[strings.LastIndex(before, `<li class="req`):]
		end, _, _ := strings.Cut(rest, "</li>")
		return due + end
	}
	if r := row(b); !strings.Contains(r, "Overdue") {
		t.Fatalf("before: %s", r)
	}
	// Only hours in which the person wants to be called are offered, and none that is over.
	page := b.get(at).body
	if !strings.Contains(page, `<option value="2026-11-23T17:00">today, 5 pm`) || strings.Contains(page, "T12:00") || strings.Contains(page, "T21:00") {
		t.Error("the hours are not those of an evening")
	}
	for _, wrong := range []string{"", "soon", "2026-11-23T17:00:00Z"} {
		if a := b.post(at+"/later", "at", wrong); a.status != http.StatusForbidden {
			t.Errorf("%q: %d", wrong, a.status)
		}
	}
	for _, wrong := range []string{"2026-11-23T11:00", "2027-11-23T17:00"} {
		if a := b.post(at+"/later", "at", wrong); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "That hour has come") {
			t.Errorf("%q: %d", wrong, a.status)
		}
	}
	if a := b.post(at+"/later", "at", "2026-11-23T17:00"); a.to != at || !strings.Contains(b.get(at).body, "Call again: today, 5 pm") {
		t.Fatal("it is not put off")
	}
	if !strings.Contains(b.get(at).body, `<option value="2026-11-23T17:00" selected>`) {
		t.Error("the hour that was chosen is not the one on the page")
	}
	if r := row(b); strings.Contains(r, "Overdue") || !strings.Contains(r, "call again 5 pm") {
		t.Errorf("put off: %s", r)
	}
	if r := row(h.signedIn("dana")); !strings.Contains(r, "volver a llamar: 5 p. m.") {
		t.Errorf("put off, in Spanish: %s", r)
	}
	list := b.get("/staff/list").body
	if strings.Index(list, "r-creole") < strings.Index(list, "r-left-quickly") {
		t.Error("it still stands before those that are due earlier")
	}
	if !slices.Contains(h.acts(), "postponed creole") {
		t.Error("it is not in the record")
	}
	// Its hour comes: it is said to all, and nobody holds it any more.
	h.clock.add(5*time.Hour + time.Minute)
	b = h.signedIn("ana")
	if r := row(b); !strings.Contains(r, "Call now") || !strings.Contains(r, "put off to today, 5 pm") || !strings.Contains(r, "Nobody yet") {
		t.Errorf("its hour: %s", r)
	}
	b.post(at+"/attempt", "result", "no_answer", "press", "press-0001")
	if a := b.get(at); !strings.Contains(a.body, "Noted: No answer") {
		t.Error("the page does not say what was noted")
	}
	if r, _ := h.work.Get("creole"); !r.Later().IsZero() {
		t.Error("a try does not end it")
	}
	// Somebody who left quickly is not called later either.
	if a := b.get("/staff/requests/left-quickly"); strings.Contains(a.body, "/later") {
		t.Error("a call to somebody who left quickly is offered")
	}
}

// An urgent request keeps its place and its alarm, whoever puts it off.
func TestUrgentIsNotPutAway(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	now := h.clock.now()
	h.must(h.work.Postpone(t.Context(), "urgent-es", "somebody", now.Add(5*time.Hour), now))
	h.must(h.work.Release(t.Context(), "urgent-es", "somebody", now, false))
	if i := h.console.board.all()[1]; i.ID != "urgent-es" || h.console.board.urgent(now) != 2 {
		t.Errorf("second is %s, %d urgent ones", i.ID, h.console.board.urgent(now))
	}
}

// Who can be reached by email only, or not at all, is tried in words that fit.
func TestTriesFitTheWay(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	if a := b.get("/staff/requests/walt"); !strings.Contains(a.body, ">Email sent</button>") || strings.Contains(a.body, "Wrong number") || strings.Contains(a.body, "not allowed") {
		t.Error("an email is tried like a call")
	}
	if a := b.get("/staff/requests/red"); !strings.Contains(a.body, "Nobody can call this person") || strings.Contains(a.body, `value="no_answer"`) || !strings.Contains(a.body, `value="reached"`) {
		t.Error("somebody without a number was called in vain")
	}
}

// A booked appointment is moved in one step; what the visitor reads follows.
func TestAppointmentMoves(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	const at = "/staff/requests/mikes-mom"
	if a := b.get(at); !strings.Contains(a.body, "Change the appointment") || !strings.Contains(a.body, `value="2026-11-25"`) || !strings.Contains(a.body, `value="15:00"`) || !strings.Contains(a.body, `value="Room 2"`) {
		t.Error("the form does not begin with what is booked")
	}
	b.post(at+"/outcome", "outcome", "intake_booked", "day", "2026-11-27", "time", "09:30", "place", "Room 1")
	r, _ := h.work.Get("mikes-mom")
	if r.Status != request.Scheduled || r.Appointment.Place != "Room 1" || !r.Appointment.At.Equal(time.Date(2026, 11, 27, 14, 30, 0, 0, time.UTC)) {
		t.Errorf("moved: %s, %+v", r.Status, r.Appointment)
	}
}
