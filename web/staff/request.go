package staff

import (
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/request"
)

type fact struct {
	Label, Value string
	Visitor      bool // in the visitor's own words
}

type noteView struct{ By, When, Text string }

type tryView struct{ By, When, Text string }

type colleague struct{ ID, Name string }

type duplicate struct{ ID, Reference, Name, Asked string }

// outcomeForm is what was chosen, so that a mistake loses nothing.
type outcomeForm struct {
	Choices                   []reason
	Outcome, Day, Time, Place string
	Problem                   string
}

// tryButton is one result of an attempt.
type tryButton struct {
	Result, Text string
	Not          string // why this one is not allowed, "" if it is
}

type requestPage struct {
	page
	Row        row
	Due        string
	Do, Dont   []string
	Phone      string // as shown, "" if none
	PhoneLink  template.URL
	Gate       []string // why calling now asks for a reason
	GateWhy    []reason
	Email      string
	EmailLink  template.URL
	Say        script
	Open       bool
	Hold       string // "Yours until 4:10 pm"
	Mine       bool
	Held       bool
	Colleagues []colleague // whom it can be handed to
	May        bool        // work on it: it is mine or nobody's
	Boss       bool        // may take it from somebody
	Record     bool        // may see who opened it
	Buttons    []tryButton
	Press      string // names the next press, so that it counts once
	Tries      []tryView
	Propose    bool
	Outcome    outcomeForm
	Booked     string // when and where
	Waits      bool   // for the appointment
	Result     string
	Same       []duplicate
	Joined     []duplicate
	Into       *duplicate
	Facts      []fact
	Days       []talkDay
	TalkIn     string
	Chat       bool   // it rings, or I talk
	Talker     string // who talks there now
	Take       bool   // the visitor is there and nobody talks
	Notes      []noteView
	Note       string // what was typed and not saved
	NoteReason string
	MaxNote    int
	Problem    string
	Slots      []slot // when to call again
	Later      string // "Call again: today, 5 pm"
	Done       string // what was just noted
	NoWay      bool   // neither a number nor an address
	Move       bool   // an appointment that can be moved
}

func (c *Console) showRequest(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.request(w, r, v, http.StatusOK, func(*requestPage) {})
}

// request shows one request.
func (c *Console) request(w http.ResponseWriter, r *http.Request, v visit, status int, change func(*requestPage)) error {
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	id := one.ID
	if err := c.record(r, v.who.ID, audit.Opened, id); err != nil {
		return err
	}
	talk, err := c.talk(r.Context(), v.who.Lang, id)
	if err != nil {
		return err
	}
	now := c.Now()
	p := requestPage{page: c.opened(v, "console.request", "/staff/requests/"+id), Days: talk, MaxNote: maxNote}
	lang := p.Lang
	p.Events, p.State = "/staff/events?request="+id, stateOfOne(one.Request, now)
	p.Row, p.Open = c.row(v, one, now), one.open()
	p.Due = c.dueLine(lang, one)
	p.Do, p.Dont = c.advice(lang, one.Request)
	p.Say = c.script(lang, v.who.Name, one.Request)
	p.contact(one.Request)
	c.gate(&p, v, one.Request)
	c.holding(&p, v, one.Request)
	c.trying(&p, one.Request)
	c.later(&p, one.Request)
	c.noted(&p, v, one.Request)
	c.others(&p, one.Request)
	c.liveOf(&p, v, one.Request)
	p.Facts = c.facts(lang, one.Request)
	if len(talk) > 0 && one.Lang.Known() {
		p.TalkIn = c.say(lang, "console.talk.in."+string(one.Lang))
	}
	for _, n := range slices.Backward(one.Notes) {
		p.Notes = append(p.Notes, noteView{By: c.nameOf(lang, n.By), When: c.when(lang, n.At), Text: n.Text})
	}
	p.Note = c.drafts.of(v.who.ID, id, now)
	change(&p)
	return c.render(w, status, "request", "layout", p)
}

// dueLine says when the request came and until when it is due.
func (c *Console) dueLine(lang bot.Lang, i *item) string {
	text := c.say(lang, "console.due.asked", "time", c.moment(lang, i.Opened))
	if i.open() && !i.due.IsZero() {
		text += " · " + c.say(lang, "console.due.at", "time", c.moment(lang, i.due))
	}
	return text
}

func (c *Console) when(lang bot.Lang, t time.Time) string {
	return c.day(lang, t) + ", " + c.clock(lang, t)
}

var (
	e164  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	plain = regexp.MustCompile(`^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$`)
)

// contact fills in the number and the address. Links are made only from what is surely a number or an address, and no address for somebody
// who left quickly: one tap must not put them in danger. Whether the number is a link is decided by gate.
func (p *requestPage) contact(r request.Request) {
	f := r.Fields
	if f.Phone != "" {
		p.Phone = bot.PhoneShown(f.Phone)
		if e164.MatchString(f.Phone) {
			p.PhoneLink = template.URL("tel:" + f.Phone)
		}
	}
	if f.Email != "" {
		p.Email = f.Email
		if plain.MatchString(f.Email) && r.Unwanted() == "" {
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
	if f.Remarks != "" {
		told = append(told, fact{Label: c.say(lang, "summary.remarks"), Value: f.Remarks, Visitor: true})
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
