package staff

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
)

// right says who may use a route. Every route of the console needs one: TestAccess fails for a route without, and for one that is gone.
type right string

const (
	everybody  right = "everybody"  // also without a session
	halfway    right = "halfway"    // with a passphrase alone, and with a whole session
	signedIn   right = "signed in"  // with a whole session; the route is about oneself or about lists
	readers    right = "readers"    // who may read the request: all if nobody has it, its owner, supervisors; others are asked for a reason
	exporters  right = "exporters"  // readers; of these, others than supervisors and administrators only who has the request
	anybody    right = "anybody"    // any whole session, if the request exists: nothing of it is shown
	talker     right = "talker"     // who talks in the chat
	bosses     right = "bosses"     // supervisors and administrators
	administer right = "administer" // administrators
	supervise  right = "supervise"  // supervisors
)

var rights = map[string]right{
	"GET /staff/setup": everybody, "POST /staff/setup": everybody, "GET /staff/signin": everybody, "POST /staff/signin": everybody,
	"POST /staff/signin/passkey": everybody, "POST /staff/signout": everybody,
	"GET /staff/secure": halfway, "POST /staff/secure/code": halfway, "POST /staff/secure/passkey": halfway,
	"GET /staff/{$}": signedIn, "GET /staff/list": signedIn, "POST /staff/search": signedIn, "GET /staff/ring": signedIn,
	"POST /staff/here": signedIn, "POST /staff/lang": signedIn, "POST /staff/available": signedIn, "GET /staff/live": signedIn,
	"GET /staff/account": signedIn, "POST /staff/account/passphrase": signedIn, "POST /staff/account/codes": signedIn,
	"POST /staff/account/passkey": signedIn, "POST /staff/account/session": signedIn,
	"GET /staff/events":        readers, // with ?request=
	"GET /staff/requests/{id}": readers, "POST /staff/requests/{id}/call": readers, "POST /staff/requests/{id}/attempt": readers, "POST /staff/requests/{id}/later": readers,
	"POST /staff/requests/{id}/outcome": readers, "POST /staff/requests/{id}/merge": readers, "POST /staff/requests/{id}/status": readers,
	"POST /staff/requests/{id}/notes": readers, "POST /staff/requests/{id}/draft": readers, "POST /staff/requests/{id}/release": readers,
	"POST /staff/requests/{id}/give": readers, "POST /staff/live/{id}/accept": readers,
	"POST /staff/requests/{id}/open": anybody, "POST /staff/requests/{id}/claim": anybody,
	"GET /staff/live/{id}": talker, "GET /staff/live/{id}/lines": talker, "POST /staff/live/{id}/say": talker,
	"POST /staff/live/{id}/typing": talker, "POST /staff/live/{id}/return": talker,
	"GET /staff/numbers": signedIn, "GET /staff/numbers/report": signedIn, "GET /staff/numbers/csv": bosses,
	"GET /staff/requests/{id}/record": bosses,
	"GET /staff/gaps":                 signedIn, "GET /staff/gaps/{id}": signedIn, "POST /staff/gaps/{id}/attach": signedIn, "POST /staff/gaps/{id}/aside": signedIn, "POST /staff/gaps/{id}/back": signedIn, "GET /staff/entries": signedIn, "GET /staff/entries/{id}": signedIn,
	"GET /staff/entries/{id}/edit": signedIn, "POST /staff/entries/{id}/edit": signedIn, "POST /staff/entries/{id}/ways": signedIn, "POST /staff/entries/{id}/back": signedIn,
	"GET /staff/draft": signedIn, "POST /staff/draft": signedIn, "GET /staff/approvals": bosses, "POST /staff/entries/{id}/approve": bosses,
	"POST /staff/entries/{id}/sign": supervise, "POST /staff/entries/{id}/unsign": supervise,
	"GET /staff/requests/{id}/export": readers, "POST /staff/requests/{id}/export": exporters, "GET /staff/requests/{id}/accounting": bosses,
	"GET /staff/export": bosses, "POST /staff/export": bosses, "GET /staff/disclosures": bosses, "POST /staff/accounting": bosses,
	"GET /staff/people": administer, "POST /staff/people/invite": administer, "POST /staff/people/disable": administer, "POST /staff/people/reset": administer,
	"GET /staff/alerts": administer, "POST /staff/alerts/test": administer, "POST /staff/alerts/again": administer,
}

// try sends one request to a route, about one object, with a form that would do something.
func (b *browser) try(pattern, id string, fields ...string) answer {
	b.h.t.Helper()
	method, path, _ := strings.Cut(pattern, " ")
	path = strings.NewReplacer("{id}", id, "{$}", "").Replace(path)
	if path == "/staff/events" {
		path += "?request=" + id
	}
	if method == http.MethodGet {
		ctx, cancel := context.WithCancel(context.Background()) // an event stream would not end
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, method, b.h.server.URL+path, nil)
		if err != nil {
			b.h.t.Fatal(err)
		}
		if strings.Contains(path, "/events") {
			return b.headOf(r)
		}
		return b.do(r)
	}
	form := []string{"text", "CANARY-typed", "status", "closed", "result", "reached", "press", "press-0001", "outcome", "declined", "reason", "urgent", "line", "line-0001",
		"lang", "en", "role", "staff", "on", "0", "secret", "A", "q", "carmen", "form", "print", "recipient", "CANARY office", "purpose", "operations", "basis", "internal",
		"at", noon.Add(5 * time.Hour).Format(slotLayout)}
	return b.post(path, append(form, fields...)...)
}

// headOf gives only status and headers, for an event stream.
func (b *browser) headOf(r *http.Request) answer {
	b.h.t.Helper()
	r.AddCookie(&http.Cookie{Name: "intake", Value: b.cookie})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	_ = res.Body.Close()
	return answer{status: res.StatusCode, to: res.Header.Get("Location"), head: res.Header}
}

// Every route, every role, other people's objects, expired and disabled sessions: the same 404, the sign-in page, or the page that asks for a
// reason. The list of routes is the console's own.
func TestAccess(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.account("half", bot.EN)
	h.account("idle", bot.EN)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.accountAs("adm", bot.EN, staff.Administrator)
	h.accountAs("adm2", bot.EN, staff.Administrator)
	gone := h.account("gone", bot.EN)
	h.seed()
	h.talk("never-handed-over", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY private")})
	known := map[string]bool{}
	for _, rt := range h.console.routes() {
		known[rt.pattern] = true
		if rights[rt.pattern] == "" {
			t.Errorf("%s has no entry in the table of rights: say who may use it", rt.pattern)
		}
	}
	for pattern := range rights {
		if !known[pattern] {
			t.Errorf("%s is in the table of rights and is no route", pattern)
		}
	}

	// Whoever has no session, or one that is over, gets the sign-in page, the same for every id, and stores nothing.
	idle := h.signedIn("idle")
	h.clock.add(staff.Idle)
	ended := h.signedIn("ana")
	h.must(h.dir.SignOut(ctx, ended.cookie))
	disabled := h.signedIn("gone")
	h.must(h.dir.Disable(ctx, gone.ID, "terminal"))
	forged, odd := h.browser(), h.browser()
	forged.cookie, odd.cookie = strings.Repeat("A", 43), "x"
	half := h.halfIn("half")
	// A chat that Dana talks in.
	h.hand("dana-chat", bot.EN, bot.ReasonPerson, &bot.Fields{Name: "CANARY name", Phone: "+15085550111"}, "")
	h.talk("dana-chat", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY private"), {Type: bot.Handed, Reason: bot.ReasonPerson},
		{Type: bot.Taken, Live: &bot.Live{By: h.me("dana"), Name: "Dana K."}}})
	h.must(h.work.Claim(ctx, "dana-chat", h.me("dana"), h.clock.now()))
	h.talks("dana-chat", "dana")
	before := h.heads(journal.Kinds()...)
	tried := 0
	for name, b := range map[string]*browser{"no session": h.browser(), "idle too long": idle, "ended": ended, "disabled": disabled, "forged": forged, "malformed": odd, "half": half} {
		cookie := b.cookie
		for _, rt := range h.console.routes() {
			if rights[rt.pattern] == everybody || name == "half" && rights[rt.pattern] == halfway {
				continue
			}
			want, to := http.StatusSeeOther, "/staff/signin?ended=1"
			switch {
			case rt.quiet:
				want, to = http.StatusUnauthorized, ""
			case name == "half":
				to = "/staff/secure"
			case name == "no session":
				to = "/staff/signin"
			}
			var first *answer
			for _, id := range []string{"carmen", "creole", "dana-chat", "never-handed-over", "no-such-id"} {
				b.cookie = cookie
				a := b.try(rt.pattern, id)
				tried++
				if a.status != want || a.to != to || strings.Contains(a.body, "CANARY") || strings.Contains(a.body, "Carmen") {
					t.Errorf("%s, %s %s: %d to %q", name, rt.pattern, id, a.status, a.to)
				}
				if first == nil {
					first = &a
				} else if a.body != first.body {
					t.Errorf("%s, %s: %s gets another answer", name, rt.pattern, id)
				}
			}
		}
	}
	if h.heads(journal.Kinds()...) != before {
		t.Error("somebody without a session stored something")
	}

	// With a session: what is not there, what was never handed over and what is not for this role are the same 404.
	for _, login := range []string{"ana", "sup", "adm"} {
		b := h.signedIn(login)
		missing := b.get("/staff/nothing")
		for _, rt := range h.console.routes() {
			r := rights[rt.pattern]
			denied := r == bosses && login == "ana" || r == administer && login != "adm" || r == supervise && login != "sup"
			object := strings.Contains(rt.pattern, "{id}") || rt.pattern == "GET /staff/events"
			if !denied && !object {
				continue
			}
			ids := []string{"never-handed-over", "no-such-id", "UPPER", strings.Repeat("a", 300), "carmen%00"}
			if denied {
				ids = append(ids, "carmen", "dana-chat")
			} else if r == talker {
				ids = append(ids, "carmen") // nobody talks there
			}
			for _, id := range ids {
				a := b.try(rt.pattern, id, "account", h.me("dana"))
				tried++
				if rt.pattern == "GET /staff/live/{id}" && id == "carmen" && a.to == "/staff/requests/carmen" {
					continue // sent to the request's page, which knows whether it may be read
				}
				if a.status != http.StatusNotFound || a.body != "" && a.body != missing.body {
					t.Errorf("%s, %s %s: %d to %q", login, rt.pattern, id[:min(len(id), 30)], a.status, a.to)
				}
			}
		}
	}

	// What Dana has: the owner and supervisors may, everybody else is asked for a reason and changes nothing.
	dana := h.signedIn("dana")
	for _, rt := range h.console.routes() {
		r := rights[rt.pattern]
		for _, login := range []string{"ana", "adm"} {
			b := h.signedIn(login)
			stored := h.heads(journal.Request, journal.Conversation)
			switch {
			case r == readers || r == exporters:
				a := b.try(rt.pattern, "dana-chat", "to", h.me("ana"), "other", "carmen")
				tried++
				want := http.StatusForbidden
				if rt.pattern == "GET /staff/events" {
					want = http.StatusNotFound
				}
				if a.status != want || strings.Contains(a.body, "CANARY") || want == http.StatusForbidden && !strings.Contains(a.body, "Dana K. has it") {
					t.Errorf("%s, %s of Dana's: %d", login, rt.pattern, a.status)
				}
			case r == talker && rt.pattern != "GET /staff/live/{id}":
				if a := b.try(rt.pattern, "dana-chat"); a.status != http.StatusNotFound || strings.Contains(a.body, "CANARY") {
					t.Errorf("%s, %s of Dana's: %d", login, rt.pattern, a.status)
				}
				tried++
			case rt.pattern == "POST /staff/requests/{id}/claim":
				if a := b.try(rt.pattern, "dana-chat"); a.status != http.StatusConflict || !strings.Contains(a.body, "Dana K. has it") || strings.Contains(a.body, "CANARY private") {
					t.Errorf("%s, claiming Dana's: %d", login, a.status)
				}
				tried++
			default:
				continue
			}
			if h.heads(journal.Request, journal.Conversation) != stored {
				t.Errorf("%s, %s changed what Dana has", login, rt.pattern)
			}
		}
	}
	sup := h.signedIn("sup")
	for name, b := range map[string]*browser{"the owner": dana, "a supervisor": sup} {
		if a := b.get("/staff/requests/dana-chat"); a.status != http.StatusOK || !strings.Contains(a.body, "CANARY private") {
			t.Errorf("%s may not read it: %d", name, a.status)
		}
		if a := b.try("GET /staff/events", "dana-chat"); a.status != http.StatusOK {
			t.Errorf("%s gets no events: %d", name, a.status)
		}
	}
	if a := dana.get("/staff/live/dana-chat"); a.status != http.StatusOK {
		t.Errorf("Dana may not talk: %d", a.status)
	}

	// A reason opens it for this session and a quarter of an hour, and lands in the record as a word of a list.
	ana, other := h.signedIn("ana"), h.signedIn("ana")
	if a := ana.post("/staff/requests/dana-chat/open", "reason", "because I want to"); a.to == "" || ana.get("/staff/requests/dana-chat").status != http.StatusForbidden {
		t.Errorf("a reason of one's own words: %d", a.status)
	}
	ana.post("/staff/requests/dana-chat/open", "reason", "covering")
	if a := ana.get("/staff/requests/dana-chat"); a.status != http.StatusOK || !strings.Contains(a.body, "CANARY private") {
		t.Errorf("with a reason: %d", a.status)
	}
	if a := other.get("/staff/requests/dana-chat"); a.status != http.StatusForbidden {
		t.Errorf("the reason opens it for another session: %d", a.status)
	}
	h.clock.add(grantLife - time.Minute)
	ana.post("/staff/here")
	h.clock.add(2 * time.Minute)
	h.must(h.work.Claim(ctx, "dana-chat", h.me("dana"), h.clock.now())) // nothing to do, she still has it
	if a := ana.get("/staff/requests/dana-chat"); a.status != http.StatusForbidden {
		t.Errorf("after a quarter of an hour: %d", a.status)
	}
	acts := h.acts()
	if !slices.Contains(acts, "overridden dana-chat:read:covering") || strings.Contains(strings.Join(acts, " "), "because") {
		t.Error("the reason is not in the record, or words of one's own are")
	}
	if joined := strings.Join(acts, " "); strings.Contains(joined, "never") || strings.Contains(joined, "no-such") {
		t.Error("an act on something unknown was recorded as if it had been opened")
	}
	t.Logf("%d routes, %d requests tried", len(rights), tried)
}
