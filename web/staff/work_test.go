package staff

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
)

// Two people press Claim at the same moment, a hundred times over HTTP: one has it, the other reads who.
func TestTwoClaimAtOnce(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	browsers := map[string]*browser{"ana": h.signedIn("ana"), "dana": h.signedIn("dana")}
	wins := map[string]int{}
	for i := range 100 {
		id := fmt.Sprint("round-", i)
		h.hand(id, bot.EN, bot.ReasonConfirmed, &bot.Fields{Name: "X", Phone: "+15085550143"}, "")
		var mu sync.Mutex
		answers := map[string]answer{}
		var wg sync.WaitGroup
		start := make(chan struct{})
		for login, b := range browsers {
			wg.Go(func() {
				<-start
				a := b.post("/staff/requests/" + id + "/claim")
				mu.Lock()
				answers[login] = a
				mu.Unlock()
			})
		}
		close(start)
		wg.Wait()
		winner, loser := "ana", "dana"
		if answers["dana"].status == http.StatusSeeOther {
			winner, loser = loser, winner
		}
		if answers[winner].to != "/staff/requests/"+id || answers[loser].status != http.StatusConflict || !strings.Contains(answers[loser].body, names[winner]+" has it") {
			t.Fatalf("round %d: %s %d, %s %d", i, winner, answers[winner].status, loser, answers[loser].status)
		}
		if r, _ := h.work.Get(id); r.HeldBy(h.clock.now()) != h.me(winner) {
			t.Fatalf("round %d: the list says somebody else", i)
		}
		wins[winner]++
	}
	t.Logf("100 rounds, one winner each: %v", wins)
}

// From claiming to an appointment, as a nurse does it, and what the visitor's status follows.
func TestFromClaimToAppointment(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.ES)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.seed()
	ana, dana, sup := h.signedIn("ana"), h.signedIn("dana"), h.signedIn("sup")
	get := func() request.Request { r, _ := h.work.Get("urgent-es"); return r }
	const at = "/staff/requests/urgent-es"

	// Two taps: the row, the result. The first one claims it.
	page := ana.get(at).body
	press := between(page, `name="press" value="`, `"`)
	for range 2 { // pressed twice
		ana.post(at+"/attempt", "result", "no_answer", "press", press)
	}
	if r := get(); len(r.Attempts) != 1 || r.HeldBy(h.clock.now()) != h.me("ana") || r.Status != request.Contacted {
		t.Errorf("after one try: %+v", r.Work)
	}
	if a := ana.post(at+"/attempt", "result", "shouted", "press", "press-0002"); a.status != http.StatusForbidden {
		t.Errorf("a result of one's own: %d", a.status)
	}
	ana.post(at+"/attempt", "result", "left_message", "press", "press-0003")
	ana.post(at+"/attempt", "result", "no_answer", "press", "press-0004")
	if a := ana.get(at); !strings.Contains(a.body, "Three tries reached nobody") || !strings.Contains(a.body, "3 of 3") {
		t.Error("three tries propose nothing")
	}

	// Handing over, and releasing.
	ana.post(at+"/give", "to", h.me("dana"))
	if a := ana.get(at); a.status != http.StatusForbidden {
		t.Errorf("handed over and still open: %d", a.status)
	}
	if a := dana.get(at); a.status != 200 || !strings.Contains(a.body, "Suya (vence") {
		t.Errorf("Dana does not have it: %d", a.status)
	}
	if a := ana.post(at+"/give", "to", h.me("ana")); a.status != http.StatusForbidden {
		t.Errorf("taking it back: %d", a.status)
	}
	sup.post(at + "/release")
	if r := get(); r.HeldBy(h.clock.now()) != "" {
		t.Error("a supervisor cannot release it")
	}
	dana.post(at + "/claim")
	h.clock.add(request.Lease)
	if a := h.signedIn("ana").get("/staff/list?show=unclaimed"); !strings.Contains(a.body, "r-urgent-es") {
		t.Error("a claim on which nothing happens does not end")
	}
	h.clock.add(-request.Lease)

	// An appointment needs a day and a time to come.
	for _, tc := range []struct{ day, clock, want string }{{"", "", "necesita día y hora"}, {"2026-11-20", "10:00", "ya pasaron"}, {"2026-12-01", "25:00", "necesita día y hora"}} {
		a := dana.post(at+"/outcome", "outcome", "intake_booked", "day", tc.day, "time", tc.clock, "place", "Cuarto 2")
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, tc.want) || !strings.Contains(a.body, `value="Cuarto 2"`) {
			t.Errorf("%s %s: %d", tc.day, tc.clock, a.status)
		}
	}
	dana.post(at+"/outcome", "outcome", "intake_booked", "day", "2026-12-01", "time", "10:30", "place", "Cuarto 2")
	r := get()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != request.Scheduled || r.Appointment == nil || !r.Appointment.At.Equal(time.Date(2026, 12, 1, 10, 30, 0, 0, zone)) || r.Appointment.Place != "Cuarto 2" {
		t.Fatalf("booked: %+v", r.Work)
	}
	if a := dana.get(at); !strings.Contains(a.body, "1 dic. 2026, 10:30 a. m. · \u2068Cuarto 2\u2069") {
		t.Error("the appointment is not on the page")
	}
	dana.post(at+"/status", "status", "closed")
	if r := get(); r.Status != request.Closed {
		t.Error("it does not close")
	}
	dana.post(at+"/status", "status", "new")
	if r := get(); r.Status != request.New || r.Outcome != "" {
		t.Error("it does not open again")
	}
	got := strings.Join(h.acts(), "\n")
	for _, want := range []string{"attempted urgent-es:no_answer", "given urgent-es:" + h.me("dana"), "released urgent-es", "claimed urgent-es", "decided urgent-es:intake_booked", "status urgent-es:closed", "opened urgent-es"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
	if strings.Contains(strings.ToLower(got), "cuarto") {
		t.Error("the place is in the record")
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// Calling outside the hours a person gave, at night, or against a rule asks for a reason.
func TestCallingAsksForAReason(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	const link = `href="tel:`
	b := h.signedIn("ana")
	// "Any time", at noon: at once. At night: not.
	if a := b.get("/staff/requests/urgent-es"); !strings.Contains(a.body, link) {
		t.Error("at noon the link is missing")
	}
	h.clock.add(10 * time.Hour)
	b = h.signedIn("ana")
	if a := b.get("/staff/requests/urgent-es"); strings.Contains(a.body, link) || !strings.Contains(a.body, "We call from 8 am to 9 pm") {
		t.Error("at night the link is there")
	}
	h.clock.add(-10 * time.Hour)
	b = h.signedIn("ana")
	h.work.Attempt(t.Context(), "nurse", h.me("ana"), request.NotSafe, "press-x", h.clock.now())
	for id, why := range map[string]string{"carmen": "They wrote:", "left-quickly": "left the chat in a hurry", "nurse": "not safe to call"} {
		at := "/staff/requests/" + id
		if a := b.get(at); strings.Contains(a.body, link) || !strings.Contains(a.body, why) {
			t.Errorf("%s: the link is there, or %q is not", id, why)
		}
		b.post(at+"/call", "reason", "I feel like it")
		if a := b.get(at); strings.Contains(a.body, link) {
			t.Errorf("%s: any reason will do", id)
		}
		b.post(at+"/call", "reason", "fits")
		if a := b.get(at); !strings.Contains(a.body, link) {
			t.Errorf("%s: a reason does not show the link", id)
		}
		if !slices.Contains(h.acts(), "overridden "+id+":call:fits") {
			t.Errorf("%s: the reason is not in the record", id)
		}
	}
	// "In the morning" is over at noon.
	h.hand("early", bot.EN, bot.ReasonConfirmed, &bot.Fields{Name: "E", Phone: "+15085550188", Times: "morning"}, "")
	if a := b.get("/staff/requests/early"); strings.Contains(a.body, link) || !strings.Contains(a.body, "They asked for: In the morning") {
		t.Error("in the morning, at noon: the link is there")
	}
}

func TestSearchAndMerging(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	carmen, _ := h.work.Get("carmen")
	for q, want := range map[string]string{"dona CARMEN": "carmen", carmen.Reference: "carmen", strings.ToLower(carmen.Reference): "carmen", "555-0143": "carmen", "walt": "walt"} {
		a := b.post("/staff/search", "q", q)
		if a.status != 200 || !strings.Contains(a.body, `id="r-`+want+`"`) || strings.Count(a.body, `class="req`) != 1 {
			t.Errorf("%q: %d", q, a.status)
		}
	}
	if a := b.post("/staff/search", "q", "CANARY"); !strings.Contains(a.body, "Nothing found.") {
		t.Errorf("nothing: %d", a.status)
	}
	if got := strings.ToLower(strings.Join(h.acts(), " ")); strings.Contains(got, "canary") || strings.Contains(got, "0143") || !strings.Contains(got, "searched requests:1") || !strings.Contains(got, "searched requests:0") {
		t.Error("the record misses the searches, or holds what was looked for")
	}
	if strings.Contains(h.logs.String(), "CANARY") {
		t.Error("the log holds what was looked for")
	}
	// The same phone once more.
	h.hand("again", bot.ES, bot.ReasonConfirmed, &bot.Fields{Name: "Carmen", Phone: "+15085550143"}, "")
	if a := b.get("/staff/requests/carmen"); !strings.Contains(a.body, "Same phone number") || !strings.Contains(a.body, "Merge into this one") {
		t.Error("the same phone is not offered for merging")
	}
	if a := b.post("/staff/requests/carmen/merge", "other", "walt"); a.status != http.StatusNotFound {
		t.Errorf("another phone: %d", a.status)
	}
	b.post("/staff/requests/carmen/merge", "other", "again")
	if r, _ := h.work.Get("again"); r.Into != "carmen" || r.Status != request.Closed {
		t.Errorf("not merged: %+v", r.Work)
	}
	if a := b.get("/staff/requests/again"); !strings.Contains(a.body, "Merged into") {
		t.Error("the merged one does not say where it went")
	}
	if a := b.get("/staff/requests/carmen"); !strings.Contains(a.body, "Merged into this one") {
		t.Error("the other one does not say what was merged")
	}
}

// Every act of the console is in the record, "who opened this" shows them, and no text that people wrote is in it.
func TestRecordOfARequest(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.ES)
	h.accountAs("sup", bot.ES, staff.Supervisor)
	h.seed()
	ana, sup := h.signedIn("ana"), h.signedIn("sup")
	ana.get("/staff/requests/carmen")
	ana.get("/staff/requests/carmen")
	ana.post("/staff/requests/carmen/claim")
	ana.post("/staff/requests/carmen/notes", "text", "CANARY note")
	ana.post("/staff/requests/carmen/attempt", "result", "reached", "press", "press-0001")
	ana.post("/staff/requests/carmen/call", "reason", "asked")
	h.signedIn("dana").post("/staff/requests/carmen/open", "reason", "covering")
	page := sup.get("/staff/requests/carmen/record").body
	for _, want := range []string{"Ana R.", "2 veces", "Tomada", "Nota escrita", "Intento de contacto: Contestó", "Abierta o llamada con una razón: Pidió que llamemos ahora",
		"Abierta o llamada con una razón: Cubro a esta persona del equipo", "Dana K.", "Vio este registro"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(page, "CANARY") || strings.Contains(page, "Carmen") || strings.Contains(page, "0143") {
		t.Error("the page of the record shows the request")
	}
	if a := ana.get("/staff/requests/carmen/record"); a.status != http.StatusNotFound {
		t.Errorf("staff see the record: %d", a.status)
	}
}
