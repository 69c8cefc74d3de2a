package staff

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// maxNote is the longest note, in characters.
const maxNote = 4000

type fact struct {
	Label, Value string
	Visitor      bool // in the visitor's own words
}

type choice struct {
	Status, Text string
	Now          bool
}

type noteView struct{ By, When, Text string }

type requestPage struct {
	page
	Row        row
	Asked      string
	Do, Dont   []string
	Phone      string // as shown, "" if none
	PhoneLink  template.URL
	Email      string
	EmailLink  template.URL
	Say        script
	Choices    []choice
	After      journal.Position
	Conflict   bool
	Facts      []fact
	Days       []talkDay
	TalkIn     string
	Notes      []noteView
	Note       string // what was typed and not saved
	NoteReason string
	MaxNote    int
}

func (c *Console) showRequest(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.request(w, r, v, http.StatusOK, func(*requestPage) {})
}

// request shows one request. Only what a visitor handed over is in the worklist, so nothing else can be opened.
func (c *Console) request(w http.ResponseWriter, r *http.Request, v visit, status int, change func(*requestPage)) error {
	id := r.PathValue("id")
	req, ok := c.Worklist.Get(id)
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Opened, id); err != nil {
		return err
	}
	talk, err := c.talk(r.Context(), v.who.Lang, id)
	if err != nil {
		return err
	}
	p := requestPage{page: c.opened(v, "console.request", "/staff/requests/"+id), Days: talk, MaxNote: maxNote}
	lang := p.Lang
	p.Events, p.State = "/staff/events?request="+id, stateOfOne(req)
	p.Row, p.Asked = c.row(lang, req), c.when(lang, req.Opened)
	p.After = req.Position
	p.Do, p.Dont = c.advice(lang, req)
	p.Say = c.script(lang, v.who.Name, req)
	p.contact(req)
	for _, s := range request.Statuses() {
		p.Choices = append(p.Choices, choice{Status: string(s), Text: c.say(lang, "console.status."+string(s)), Now: s == req.Status})
	}
	p.Facts = c.facts(lang, req)
	if len(talk) > 0 && req.Lang.Known() {
		p.TalkIn = c.say(lang, "console.talk.in."+string(req.Lang))
	}
	for _, n := range slices.Backward(req.Notes) {
		by := c.say(lang, "console.notes.someone")
		if a, ok := c.Directory.Get(n.By); ok && a.Name != "" {
			by = a.Name
		}
		p.Notes = append(p.Notes, noteView{By: by, When: c.when(lang, n.At), Text: n.Text})
	}
	change(&p)
	return c.render(w, status, "request", "layout", p)
}

func (c *Console) when(lang bot.Lang, t time.Time) string {
	return c.day(lang, t) + ", " + c.clock(lang, t)
}

var (
	e164  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	plain = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$`)
)

// contact fills in the number and the address. Links are made only from what is surely a number or an address, and none for somebody who
// left quickly: one tap must not put them in danger.
func (p *requestPage) contact(r request.Request) {
	f := r.Fields
	if f.Phone != "" {
		p.Phone = bot.PhoneShown(f.Phone)
		if e164.MatchString(f.Phone) && !r.LeftQuickly {
			p.PhoneLink = template.URL("tel:" + f.Phone)
		}
	}
	if f.Email != "" {
		p.Email = f.Email
		if plain.MatchString(f.Email) && !r.LeftQuickly {
			p.EmailLink = template.URL("mailto:" + url.PathEscape(f.Email))
		}
	}
}

// facts is everything the person told us, in the order of the dialogue.
func (c *Console) facts(lang bot.Lang, r request.Request) []fact {
	f := r.Fields
	word := func(prefix, value string) string {
		if value == "" {
			return ""
		}
		return c.say(lang, prefix+value)
	}
	consent := func(b *bool) string {
		switch {
		case b == nil:
			return ""
		case *b:
			return c.say(lang, "summary.yes")
		}
		return c.say(lang, "summary.no")
	}
	times, own := "", false
	if f.Times != "" {
		times, own = c.times(lang, f.Times)
	}
	speaks := ""
	if f.Language != "" {
		speaks = c.language(lang, f.Language)
	}
	if yes(f.Interpreter) {
		speaks = strings.TrimSpace(speaks + " " + c.say(lang, "summary.interpreter"))
	}
	var why []string
	for _, reason := range r.Reasons {
		why = append(why, c.say(lang, "console.why."+string(reason)))
	}
	told := []fact{
		{Label: c.say(lang, "summary.for_whom"), Value: word("console.for.", f.ForWhom)},
		{Label: c.say(lang, "summary.name"), Value: f.Name, Visitor: true},
		{Label: c.say(lang, "summary.times"), Value: times, Visitor: own},
		{Label: c.say(lang, "summary.language"), Value: speaks},
		{Label: c.say(lang, "summary.voicemail"), Value: consent(f.Voicemail)},
		{Label: c.say(lang, "summary.text"), Value: consent(f.Text)},
		{Label: c.say(lang, "summary.coverage"), Value: word("step.coverage.", f.Coverage)},
	}
	list := []fact{
		{Label: c.say(lang, "console.facts.opened"), Value: c.when(lang, r.Opened)},
		{Label: c.say(lang, "console.facts.why"), Value: strings.Join(why, " · ")},
		{Label: c.say(lang, "console.facts.chat_language"), Value: c.language(lang, string(r.Lang))},
	}
	if f.Equal(bot.Fields{}) {
		return list // nothing was asked, so nothing was left out either
	}
	return append(list, told...)
}

func (c *Console) setStatus(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, ok := c.Worklist.Get(id); !ok {
		return errMissing
	}
	status := request.Status(r.PostFormValue("status"))
	after, err := strconv.ParseUint(r.PostFormValue("after"), 10, 64)
	if err != nil || !slices.Contains(request.Statuses(), status) {
		return errRefused
	}
	if err := c.record(r, v.who.ID, audit.StatusSet, id+":"+string(status)); err != nil {
		return err
	}
	err = c.Worklist.SetStatus(r.Context(), id, journal.Position(after), status, v.who.ID)
	switch {
	case errors.Is(err, journal.ErrConflict):
		return c.request(w, r, v, http.StatusConflict, func(p *requestPage) { p.Conflict = true })
	case errors.Is(err, request.ErrUnknown), errors.Is(err, journal.ErrErased):
		return errMissing
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/staff/requests/"+id, http.StatusSeeOther)
	return nil
}

func (c *Console) addNote(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	id := r.PathValue("id")
	if _, ok := c.Worklist.Get(id); !ok {
		return errMissing
	}
	text := cleanNote(r.PostFormValue("text"))
	problem := ""
	switch {
	case text == "":
		problem = "console.notes.empty"
	case utf8.RuneCountInString(text) > maxNote:
		problem = "console.notes.long"
	}
	if problem != "" {
		return c.request(w, r, v, http.StatusUnprocessableEntity, func(p *requestPage) { p.Note, p.NoteReason = text, p.T(problem) })
	}
	if err := c.record(r, v.who.ID, audit.Noted, id); err != nil {
		return err
	}
	err := c.Worklist.AddNote(r.Context(), id, v.who.ID, text)
	if errors.Is(err, request.ErrUnknown) || errors.Is(err, journal.ErrErased) {
		return errMissing
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/requests/"+id+"#notes", http.StatusSeeOther)
	return nil
}

// cleanNote keeps line breaks and drops other control characters and those that turn the reading direction round.
func cleanNote(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s))
}
