package staff

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/staff"
)

// unrecorded are the routes that leave no record, and why none is needed. A new route is recorded or stands here.
var unrecorded = map[string]string{
	"GET /staff/secure":                "shows nothing of anybody else",
	"POST /staff/secure/passkey":       "recorded once a passkey was set up; this test has none",
	"POST /staff/secure/code":          "recorded once a code was right; this test has none",
	"GET /staff/events":                "says that something changed, never what",
	"GET /staff/ring":                  "says that a visitor asks for a person, never who",
	"POST /staff/here":                 "somebody is at work",
	"POST /staff/lang":                 "the language of one's own screens",
	"POST /staff/available":            "presence is stored nowhere",
	"GET /staff/requests/{id}/export":  "asks; shows nothing of the request but its code",
	"GET /staff/export":                "asks; shows nothing of any request",
	"POST /staff/requests/{id}/draft":  "seen by its writer alone",
	"POST /staff/live/{id}/typing":     "passes through",
	"GET /staff/live/{id}/lines":       "the chat that one talks in: taking it and opening it are recorded",
	"GET /staff/draft":                 "an empty form; with a question in it that is recorded, see TestFromMissToAnswer",
	"GET /staff/account":               "shows nothing of anybody else",
	"POST /staff/account/passphrase":   "recorded once it was changed, or the old one was wrong; this test sends none",
	"POST /staff/signin/passkey":       "at the door; see the tests of the door",
	"GET /staff/setup":                 "at the door",
	"POST /staff/setup":                "at the door",
	"GET /staff/signin":                "at the door",
	"POST /staff/signin":               "at the door",
	"POST /staff/signout":              "at the door",
	"POST /staff/people/disable":       "recorded for the account it is about; see TestPeople",
	"POST /staff/alerts/test":          "recorded for the destination it is about; see TestAlerts",
	"POST /staff/alerts/again":         "recorded for the alert it is about; see TestAlerts",
	"POST /staff/people/reset":         "recorded for the account it is about; see TestPeople",
	"POST /staff/requests/{id}/status": "a status of a list; see TestFromClaimToAppointment",
}

// Every view, search, claim, edit and override is in the record, by the route table; and nothing that anybody typed is.
func TestEverythingIsRecorded(t *testing.T) {
	h := newHouse(t)
	h.account("dana", bot.EN)
	h.account("ana", bot.EN)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.accountAs("adm", bot.EN, staff.Administrator)
	browsers := map[right]*browser{bosses: h.signedIn("sup"), exporters: h.signedIn("sup"), administer: h.signedIn("adm"), supervise: h.signedIn("sup")}
	h.asks()
	ana := h.signedIn("ana")
	recorded := 0
	for n, rt := range h.console.routes() {
		if unrecorded[rt.pattern] != "" {
			continue
		}
		id := fmt.Sprint("object-", n)
		h.hand(id, bot.EN, bot.ReasonPerson, &bot.Fields{Name: "CANARY name", Phone: fmt.Sprintf("+1508555%04d", n)}, "")
		h.hand(id+"-twin", bot.EN, bot.ReasonPerson, &bot.Fields{Name: "CANARY twin", Phone: fmt.Sprintf("+1508555%04d", n)}, "")
		now := bot.Event{Type: bot.Taken, Live: &bot.Live{By: h.me("ana"), Name: "Ana R."}}
		if strings.HasSuffix(rt.pattern, "/accept") {
			now = bot.Event{Type: bot.Rang, Live: &bot.Live{Until: h.clock.now().Add(time.Minute)}}
		}
		h.talk(id, []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY private"), {Type: bot.Handed, Reason: bot.ReasonPerson}, now})
		if now.Type == bot.Taken {
			h.talks(id, "ana")
		}
		b := browsers[rights[rt.pattern]]
		if b == nil {
			b = ana
		}
		before := h.acts()
		if strings.Contains(rt.pattern, "accounting") {
			h.disclosed(id)
		}
		more := []string{}
		if object, fields := h.learning(rt.pattern, n); object != "" {
			id, more = object, fields
			before = h.acts()
		}
		a := b.try(rt.pattern, id, append(more, "to", h.me("dana"), "other", id+"-twin", "q", "CANARY", "place", "CANARY place")...)
		after := h.acts()
		if len(after) <= len(before) {
			t.Errorf("%s is not in the record (%d)", rt.pattern, a.status)
			continue
		}
		recorded++
		if strings.Contains(rt.pattern, "{id}") && !slices.ContainsFunc(after[len(before):], func(act string) bool { return strings.Contains(act, id) }) {
			t.Errorf("%s: the record does not say about what: %v", rt.pattern, after[len(before):])
		}
	}
	for pattern := range unrecorded {
		if rights[pattern] == "" {
			t.Errorf("%s is no route", pattern)
		}
	}
	all := strings.ToLower(strings.Join(h.acts(), "\n"))
	for _, bad := range []string{"canary", "name", "508555", "ana r"} {
		if strings.Contains(all, bad) {
			t.Errorf("the record holds %q", bad)
		}
	}
	if n, err := h.audit.Verify(t.Context()); err != nil || n < recorded {
		t.Errorf("the chain does not hold: %d, %v", n, err)
	}
	t.Logf("%d routes leave a record, %d need none", recorded, len(unrecorded))
}

// An administrator invites, resets and disables; the last administrator stays.
func TestPeople(t *testing.T) {
	h := newHouse(t)
	h.accountAs("adm", bot.ES, staff.Administrator)
	dana := h.account("dana", bot.EN)
	adm, hers := h.signedIn("adm"), h.signedIn("dana")
	a := adm.post("/staff/people/invite", "role", "supervisor")
	link := between(a.body, `<code class="secret">`, `</code>`)
	token := between(link+"|", "token=", "|")
	if who, ok := h.dir.Invited(token); !ok || who.Role != staff.Supervisor || a.status != 200 {
		t.Fatalf("the link does not work: %d", a.status)
	}
	if again := adm.get("/staff/people"); strings.Contains(again.body, token) {
		t.Error("the link is shown a second time")
	}
	if a := adm.post("/staff/people/invite", "role", "king"); a.status != 403 {
		t.Errorf("a role of one's own: %d", a.status)
	}
	a = adm.post("/staff/people/reset", "account", dana.ID)
	if !strings.Contains(a.body, `<code class="secret">`) || hers.get("/staff/").to != "/staff/signin?ended=1" {
		t.Errorf("reset: %d", a.status)
	}
	if a := h.browser().get("/staff/setup?lang=es&token=" + between(between(a.body, `<code class="secret">`, `</code>`)+"|", "token=", "|")); a.status != 200 || !strings.Contains(a.body, `value="dana"`) {
		t.Errorf("the link of the reset: %d", a.status)
	}
	adm.post("/staff/people/disable", "account", dana.ID)
	if a, _ := h.dir.Get(dana.ID); a.State != staff.Disabled {
		t.Error("not disabled")
	}
	for _, id := range []string{h.me("adm"), dana.ID, "nobody"} { // oneself, somebody disabled, nobody
		if a := adm.post("/staff/people/disable", "account", id); a.status != 404 {
			t.Errorf("%s: %d", id, a.status)
		}
	}
	acts := h.acts()
	for _, want := range []string{"invited supervisor", "reset " + dana.ID, "disabled " + dana.ID, "listed_staff"} {
		if !slices.Contains(acts, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
}
