package staff

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/locales"
)

// paths are all pages of a seeded house that somebody signed in can open.
func paths() []string {
	var list []string
	for _, s := range shows() {
		list = append(list, "/staff/?show="+s, "/staff/list?show="+s)
	}
	for _, id := range seeded() {
		list = append(list, "/staff/requests/"+id)
	}
	return append(list, "/staff/", "/staff/nothing")
}

// Every page is whole in both languages: no word is missing, and no sentence is in the other language.
func TestPagesInBothLanguages(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("luz", bot.ES)
	h.seed()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	for login, lang := range map[string]bot.Lang{"ana": bot.EN, "luz": bot.ES} {
		b := h.signedIn(login)
		for _, p := range append(paths(), "/staff/signin?lang="+string(lang), "/staff/setup?lang="+string(lang)) {
			if strings.Contains(p, "lang=") {
				b = h.browser()
			}
			a := b.get(p)
			if strings.Contains(a.body, "⟦") || strings.Contains(a.body, "ZgotmplZ") || strings.Contains(a.body, "<no value>") {
				t.Errorf("%s %s: a word or a link is missing", lang, p)
			}
			if !strings.Contains(a.body, fmt.Sprintf(`lang="%s"`, lang)) {
				t.Errorf("%s: not in %s", p, lang)
			}
			script := strings.HasPrefix(p, "/staff/requests/") // has words to say in the person's language
			for key, text := range words.Part(string(lang.Other()), "console.") {
				if strings.HasPrefix(key, "console.other_language") || strings.HasPrefix(key, "console.language") || strings.Contains(text, "{{") ||
					len(text) < 12 || script && strings.HasPrefix(key, "console.script") {
					continue
				}
				if strings.Contains(a.body, ">"+text+"<") {
					t.Errorf("%s %s: %q is in the other language", lang, p, text)
				}
			}
			if want := 200; a.status != want && p != "/staff/nothing" && !strings.HasPrefix(p, "/staff/setup") {
				t.Errorf("%s: %d", p, a.status)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	for _, p := range append(paths(), "/staff/signin", "/staff/setup") {
		a := b.get(p)
		for name, want := range map[string]string{
			"Content-Security-Policy": policy, "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		} {
			if got := a.head.Get(name); got != want {
				t.Errorf("%s: %s is %q", p, name, got)
			}
		}
		// Nothing inline, nothing from elsewhere.
		for _, bad := range []string{"style=", "<style", "<script>", " onclick", " onload", "https://", "http://"} {
			if strings.Contains(a.body, bad) {
				t.Errorf("%s: the page has %q", p, bad)
			}
		}
	}
	css := b.get(h.console.assets.Path("staff.css"))
	if css.status != 200 || !strings.HasPrefix(css.head.Get("Content-Type"), "text/css") || !strings.Contains(css.head.Get("Cache-Control"), "immutable") {
		t.Errorf("style: %d %v", css.status, css.head)
	}
}

// Reading changes nothing but the audit record.
func TestGetChangesNothing(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	before := h.heads(journal.Account, journal.Conversation, journal.Request, journal.Outbox, journal.Knowledge)
	for _, p := range append(paths(), "/staff/signin", "/staff/setup", "/staff/signout", "/staff/lang?lang=es", "/staff/requests/carmen/status?status=closed",
		"/staff/requests/carmen/notes?text=x") {
		b.get(p)
	}
	if h.heads(journal.Account, journal.Conversation, journal.Request, journal.Outbox, journal.Knowledge) != before {
		t.Error("a page that was only read changed something")
	}
}

// Whoever may not open something learns nothing about it, not even whether it exists.
func TestNothingForOthers(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", bot.EN)
	gone := h.account("gone", bot.EN)
	h.seed()
	h.talk("never-handed-over", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY private")})
	ended := h.signedIn("ana")
	if err := h.dir.SignOut(ctx, ended.cookie); err != nil {
		t.Fatal(err)
	}
	disabled := h.signedIn("gone")
	if err := h.dir.Disable(ctx, gone.ID, "terminal"); err != nil {
		t.Fatal(err)
	}
	forged := h.browser()
	forged.cookie = strings.Repeat("A", 43)
	odd := h.browser()
	odd.cookie = "x"
	before := h.heads(journal.Kinds()...)

	// Without a session every id gets the same answer.
	for name, b := range map[string]*browser{"no session": h.browser(), "ended": ended, "disabled": disabled, "forged": forged, "malformed": odd} {
		cookie := b.cookie
		for _, rt := range h.console.routes() {
			if rt.signed == nil {
				continue
			}
			method, pattern, _ := strings.Cut(rt.pattern, " ")
			var answers []answer
			for _, id := range []string{"carmen", "never-handed-over", "no-such-id"} {
				b.cookie = cookie
				path := strings.NewReplacer("{id}", id, "{$}", "").Replace(pattern)
				if strings.HasSuffix(path, "/events") {
					path += "?request=" + id
				}
				if method == http.MethodPost {
					answers = append(answers, b.post(path, "status", "closed", "after", "1", "text", "x", "lang", "es"))
				} else {
					answers = append(answers, b.get(path))
				}
			}
			for _, a := range answers {
				a.head.Del("Date")
				answers[0].head.Del("Date")
				if a.status != http.StatusSeeOther && a.status != http.StatusUnauthorized || a.status != answers[0].status ||
					a.to != answers[0].to || len(a.body) != len(answers[0].body) || strings.Contains(a.body, "Carmen") {
					t.Errorf("%s, %s: %d %q", name, rt.pattern, a.status, a.to)
				}
			}
		}
	}
	if h.heads(journal.Kinds()...) != before {
		t.Error("something was stored")
	}

	// With a session: a conversation that was never handed over is as unknown as one that does not exist.
	b := h.signedIn("ana")
	for _, path := range []string{"", "/status", "/notes"} {
		var answers []answer
		for _, id := range []string{"never-handed-over", "no-such-id", "..", "%2e%2e%2faccount", "UPPER", strings.Repeat("a", 300), "carmen%00"} {
			p := "/staff/requests/" + id + path
			if path == "" {
				answers = append(answers, b.get(p))
			} else {
				answers = append(answers, b.post(p, "status", "closed", "after", "1", "text", "x"))
			}
		}
		for i, a := range answers {
			if i == 2 && a.status >= 300 && a.status < 400 {
				continue // the mux cleans ".." away and sends elsewhere
			}
			if a.status != http.StatusNotFound || a.body != answers[0].body || strings.Contains(a.body, "CANARY") {
				t.Errorf("%q, id %d: %d", path, i, a.status)
			}
		}
	}
	if a := b.get("/staff/events?request=never-handed-over"); a.status != http.StatusNotFound {
		t.Errorf("events: %d", a.status)
	}
	if strings.Contains(strings.Join(h.acts(), " "), "never") {
		t.Error("an act on something unknown was recorded as if it had been opened")
	}
}
