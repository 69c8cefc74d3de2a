package staff

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

// page is what every page needs; the pages' own data embed it.
type page struct {
	c        *Console
	Lang     bot.Lang
	Title    string
	Who      *staff.Account // nil on pages before sign-in
	SignsOut string         // when, in words
	Seconds  int            // until then
	Here     string         // path to come back to after switching the language
	NewCount int
	Events   string // address of the event stream
	Ring     ring
	Present  bool // said to be available
	Calls    int  // chats that ring or are talked in
	Urgent   int  // urgent requests that nobody has
	Admin    bool
	Exports  bool   // may export lists and see what left
	Failing  int    // alerts that somebody should look at, for administrators
	State    string // what the page shows, to be compared with the event stream
	Damaged  bool
}

// T gives a text in the page's language.
func (p page) T(key string) string { return p.c.say(p.Lang, key) }

// TWith gives a text with pairs of names and values filled in.
func (p page) TWith(key string, pairs ...string) string { return p.c.say(p.Lang, key, pairs...) }

// TIn gives a text in another language than the page's.
func (p page) TIn(lang bot.Lang, key string) string { return p.c.say(lang, key) }

// At reports whether the page is, or is below, a place of the bar.
func (p page) At(place string) bool { return strings.HasPrefix(p.Here, place) }

// Asset is the address of a style or script.
func (p page) Asset(name string) string { return p.c.assets.Path(name) }

// Other is the language that the page is not in.
func (p page) Other() bot.Lang { return p.Lang.Other() }

// say gives a text with pairs of names and values filled in.
func (c *Console) say(lang bot.Lang, key string, pairs ...string) string {
	var args map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		if args == nil {
			args = map[string]string{}
		}
		args[pairs[i]] = pairs[i+1]
	}
	return c.Words.T(string(lang), key, args)
}

// isolate keeps the reading direction of what a visitor wrote away from the sentence around it, as <bdi> does for a whole element.
func isolate(s string) string { return "\u2068" + s + "\u2069" }

// closed is a page before sign-in, in the language that was asked for or that the browser prefers.
func (c *Console) closed(r *http.Request, titleKey string) page {
	lang := bot.Lang(r.FormValue("lang"))
	if !lang.Known() {
		lang = bot.EN
		if l := strings.ToLower(r.Header.Get("Accept-Language")); strings.HasPrefix(l, "es") {
			lang = bot.ES
		}
	}
	return page{c: c, Lang: lang, Title: c.say(lang, titleKey)}
}

// opened is a page for somebody who is signed in.
func (c *Console) opened(v visit, titleKey, here string) page {
	lang := v.who.Lang
	p := page{c: c, Lang: lang, Title: c.say(lang, titleKey), Who: &v.who, Here: here, Damaged: c.Worklist.Damaged() > 0, Events: "/staff/events"}
	p.Ring, p.Present, p.Calls = c.ring(v), c.Desk.IsAvailable(v.who.ID), len(c.Desk.Chats())
	p.Exports = v.exports()
	if p.Admin = v.who.Role == staff.Administrator; p.Admin {
		p.Failing = c.Alerts.Failing()
	}
	if at, _, ok := c.Directory.Ends(v.session); ok {
		p.SignsOut = c.signsOut(lang, at)
		p.Seconds = int(at.Sub(c.Now())/time.Second) + 1
	}
	for _, i := range c.board.all() {
		if !i.open() {
			break // the rest is closed or booked
		}
		p.NewCount++
	}
	p.Urgent = c.board.urgent(c.Now())
	return p
}

// signsOut says when an idle session ends.
func (c *Console) signsOut(lang bot.Lang, at time.Time) string {
	return c.say(lang, "console.signs_out", "time", c.clock(lang, at))
}

// render makes a page whole before the first byte of it is sent.
func (c *Console) render(w http.ResponseWriter, status int, name, part string, data any) error {
	var b bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&b, part, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // the browser went away: nothing to do
	return nil
}

// record writes the audit before something is shown or done.
func (c *Console) record(r *http.Request, who string, act audit.Act, object string) error {
	err := c.Audit.Write(r.Context(), audit.Record{At: c.Now(), Who: who, Act: act, Object: object})
	if err != nil {
		return fmt.Errorf("%w: %w", errRecord, err)
	}
	return nil
}

// Errors that have a page of their own.
var (
	errMissing = errors.New("nothing here that may be opened")
	errRefused = errors.New("the form did not come from our own page")
	errRecord  = errors.New("the audit record could not be written")
)

type problemPage struct {
	page
	Text string
}

// fail answers with a page that says what happened and what to do. who is nil before sign-in.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, who *staff.Account, err error) {
	status, key := http.StatusInternalServerError, "console.problem.broken"
	var tooBig *http.MaxBytesError
	switch {
	case errors.Is(err, errMissing):
		status, key = http.StatusNotFound, "console.problem.missing"
	case errors.Is(err, errRefused), errors.As(err, &tooBig):
		status, key = http.StatusForbidden, "console.problem.refused"
	case errors.Is(err, errRecord):
		status, key = http.StatusServiceUnavailable, "console.problem.record"
	}
	if status >= 500 {
		c.Log.Error("staff console", "route", r.Pattern, "status", status, "err", err)
	}
	lang := bot.EN
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "es") {
		lang = bot.ES
	}
	if who == nil {
		if a, ok := c.Directory.Session(c.sessionOf(r)); ok {
			who = &a
		}
	}
	if who != nil {
		lang = who.Lang
	}
	p := problemPage{page: page{c: c, Lang: lang, Title: c.say(lang, key+"_title")}, Text: c.say(lang, key)}
	if err := c.render(w, status, "problem", "layout", p); err != nil {
		c.Log.Error("staff console", "status", status, "err", err)
		http.Error(w, "error", status)
	}
}
