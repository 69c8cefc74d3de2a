package staff

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
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
	return append(list, "/staff/", "/staff/nothing", "/staff/live", "/staff/account", "/staff/secure", "/staff/people", "/staff/requests/carmen/record", "/staff/ring")
}

// Every page is whole in both languages: no word is missing, and no sentence is in the other language.
func TestPagesInBothLanguages(t *testing.T) {
	h := newHouse(t)
	h.accountAs("ana", bot.EN, staff.Administrator)
	h.accountAs("luz", bot.ES, staff.Administrator)
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
			if !strings.Contains(a.body, fmt.Sprintf(`lang="%s"`, lang)) && p != "/staff/ring" {
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
			want := 200
			if p == "/staff/requests/creole" {
				want = http.StatusForbidden // somebody else has it: the page asks for a reason
			}
			if a.status != want && p != "/staff/nothing" && !strings.HasPrefix(p, "/staff/setup") {
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
	for _, rt := range h.console.routes() { // and every other address that is read
		if strings.HasPrefix(rt.pattern, "GET ") {
			for _, id := range []string{"carmen", "red", "nothing"} {
				b.try(rt.pattern, id)
			}
		}
	}
	if h.heads(journal.Account, journal.Conversation, journal.Request, journal.Outbox, journal.Knowledge) != before {
		t.Error("a page that was only read changed something")
	}
}
