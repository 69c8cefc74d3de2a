package staff

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/notify"
	"example.org/intake/bot/staff"
)

// receiver is where alerts go in these tests: a real server that answers as it is told.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	got    []string
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if w.WriteHeader(r.status); r.status == http.StatusOK {
			r.got = append(r.got, string(body))
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) answer(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status = status
}

func (r *receiver) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// tells runs a notifier for a house until the test ends, and shows it in the console.
func (h *house) tells(settings string) {
	h.t.Helper()
	s, err := notify.Parse([]byte(settings), "alerts.toml", func(string) string { return alertSecret })
	h.must(err)
	ctx, stop := context.WithCancel(context.Background())
	h.alerts, err = notify.Open(ctx, notify.Config{Journal: h.journal, Requests: h.work, Settings: s, Words: h.console.Words, Console: h.public + "/staff/", Now: h.clock.now,
		Log: slog.New(slog.NewTextHandler(h.logs, nil))})
	h.must(err)
	h.console.Alerts = h.alerts
	done := make(chan struct{})
	go func() { h.alerts.Run(ctx); close(done) }()
	h.t.Cleanup(func() { stop(); <-done })
}

// told waits until so many alerts are in a state.
func (h *house) told(state notify.State, n int) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		count := 0
		for _, i := range h.alerts.Items() {
			if i.State == state {
				count++
			}
		}
		if count == n {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%d alerts are %s, not %d\n%s", count, state, n, h.logs)
		}
	}
}

const alertSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

const hookSettings = "tries = 1\nallow = [\"127.0.0.1\"]\n[[to]]\nname = \"pager\"\nwebhook = \"%s/secret-path\"\n"

// An administrator sees whom alerts go to, what was not delivered and why, sends it again and sends a test. All of it is recorded; no secret, no
// path of a webhook and nothing about a person is on the page.
func TestAlerts(t *testing.T) {
	h := newHouse(t)
	h.accountAs("adm", bot.EN, staff.Administrator)
	h.account("ana", bot.EN)
	adm := h.signedIn("adm")
	if a := adm.get("/staff/alerts"); a.status != 200 || !strings.Contains(a.body, "No alerts are sent.") {
		t.Errorf("with nothing configured: %d", a.status)
	}
	pager := newReceiver(t)
	pager.answer(500)
	h.tells(fmt.Sprintf(hookSettings, pager.URL))
	h.hand("carmen", bot.ES, bot.ReasonConfirmed, &bot.Fields{Name: "CANARY name", Phone: "+15085550143", Times: "CANARY times", Language: "es"}, "")
	h.note("carmen", "CANARY note")
	h.told(notify.Dead, 1)
	a := adm.get("/staff/alerts")
	one, _ := h.work.Get("carmen")
	for _, want := range []string{"Not delivered", "The receiver answered with 500.", "pager", one.Reference, pager.URL, "Send again", "New request", "Does not work"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	for _, bad := range []string{"CANARY", "5550143", "secret-path", alertSecret, alertSecret[6:], "carmen"} {
		if strings.Contains(a.body, bad) {
			t.Errorf("%q is on the page", bad)
		}
	}
	if b := adm.get("/staff/people"); !strings.Contains(b.body, "need a look") {
		t.Error("the bar does not say that something failed")
	}
	if b := h.signedIn("ana").get("/staff/"); strings.Contains(b.body, "/staff/alerts") {
		t.Error("staff see the page of administrators in the bar")
	}
	id := between(a.body, `name="alert" value="`, `"`)
	pager.answer(200)
	if b := adm.post("/staff/alerts/again", "alert", id); b.to != "/staff/alerts" {
		t.Errorf("sent again: %d", b.status)
	}
	h.told(notify.Sent, 1)
	press := between(a.body, `name="press" value="`, `"`)
	for range 2 { // pressed twice
		if b := adm.post("/staff/alerts/test", "destination", "pager", "press", press); b.to != "/staff/alerts" {
			t.Errorf("a test: %d", b.status)
		}
	}
	h.told(notify.Sent, 2)
	got := pager.all()
	if len(got) != 2 || !strings.Contains(got[0], `"request.new"`) || !strings.Contains(got[1], `"test"`) || strings.Contains(strings.Join(got, ""), "CANARY") {
		t.Errorf("the receiver has %q", got)
	}
	if b := adm.get("/staff/alerts"); strings.Contains(b.body, "Send again") || !strings.Contains(b.body, "Works") {
		t.Error("the page does not show that it was delivered")
	}
	before := len(h.acts())
	for _, b := range []answer{adm.post("/staff/alerts/again", "alert", "msg_nothing"), adm.post("/staff/alerts/again", "alert", "CANARY words"),
		adm.post("/staff/alerts/test", "destination", "nobody", "press", press)} {
		if b.status != 404 {
			t.Errorf("about nothing: %d", b.status)
		}
	}
	if b := adm.post("/staff/alerts/test", "destination", "pager", "press", "CANARY words"); b.status != 403 {
		t.Errorf("a press of one's own words: %d", b.status)
	}
	acts := h.acts()
	if len(acts) != before {
		t.Errorf("recorded: %v", acts[before:])
	}
	for _, want := range []string{"listed_alerts", "alert_again " + id, "alert_tested pager"} {
		if !slices.Contains(acts, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
	if text := strings.Join(acts, " ") + h.logs.String(); strings.Contains(text, "CANARY") || strings.Contains(text, "5550143") || strings.Contains(text, "secret-path") {
		t.Error("the record or the log says too much")
	}
}

// Every page says how many urgent requests nobody has, and says it anew when that changes.
func TestUrgentInTheBar(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	hidden := `id="hot" hidden`
	if a := b.get("/staff/account"); !strings.Contains(a.body, hidden) {
		t.Error("nothing is urgent, and the bar says so")
	}
	h.hand("red", bot.EN, bot.ReasonEmergency, nil, "overdose")
	if a := b.get("/staff/account"); strings.Contains(a.body, hidden) || !strings.Contains(a.body, `<span id="hot-count">1</span><span class="vh"> urgent, waiting`) {
		t.Error("an urgent one waits, and the bar does not say so")
	}
	h.must(h.work.Claim(context.Background(), "red", h.me("ana"), h.clock.now()))
	if a := b.get("/staff/account"); !strings.Contains(a.body, hidden) {
		t.Error("somebody has it, and the bar still says so")
	}
}

// alerts makes an ordinary day of alerts for the pictures: delivered, under way, given up.
func (s *sight) alerts(t *testing.T) {
	before := s.h.heads(journal.Outbox)
	s.h.tells("") // what was before is not told
	s.h.until(func() bool { return s.h.heads(journal.Outbox) != before })
	good := newReceiver(t)
	s.h.tells(fmt.Sprintf("again = \"15m\"\nsupervisors_after = \"30m\"\nallow = [\"127.0.0.1\"]\ntries = 2\n[mail]\nserver = \"127.0.0.1\"\nport = 9\nsecurity = \"none\"\nfrom = \"chat@clinic.example\"\n"+
		"[[to]]\nname = \"front-desk\"\nmail = \"frontdesk@capecodclinic.example\"\nlang = \"es\"\n[[to]]\nname = \"pager\"\nwebhook = \"%[1]s/a\"\n[[to]]\nname = \"on-call\"\nwebhook = \"%[1]s/b\"\nwho = \"supervisors\"\n",
		good.URL))
	id := "alerted-" + string(s.lang)
	s.h.hand(id, bot.ES, bot.ReasonConfirmed, &bot.Fields{Name: "Rosa", Phone: "+15085550131", Language: "ht"}, "")
	s.h.hand(id+"-red", bot.EN, bot.ReasonEmergency, nil, "overdose")
	tried := func(event bool, n int) func() bool {
		return func() bool {
			for _, i := range s.h.alerts.Items() {
				if i.To == "front-desk" && i.Urgent == event && i.Tries == n && i.Failure.Why != "" {
					return true
				}
			}
			return false
		}
	}
	s.h.until(tried(false, 1))
	s.h.clock.add(time.Minute)
	s.h.until(tried(true, 1))
	s.h.told(notify.Sent, 2)
}

func (h *house) until(ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("it does not happen\n%s", h.logs)
		}
	}
}
