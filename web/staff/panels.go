package staff

import (
	"crypto/rand"
	"strings"
	"time"

	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
)

// dayHours are the hours in which a person may be called who named a part of the day, by the clinic's clock. Whoever said "any time" is not
// called at night either.
var dayHours = map[string][2]int{"morning": {8, 12}, "afternoon": {12, 17}, "evening": {17, 21}, "any": {8, 21}, "": {8, 21}}

// gate takes the link from a number that must not be called now, or that only a person can say may be called, and asks for a reason.
func (c *Console) gate(p *requestPage, v visit, r request.Request) {
	if p.Phone == "" || p.PhoneLink == "" {
		return
	}
	lang, f := p.Lang, r.Fields
	if why := r.Unwanted(); why != "" {
		p.Gate = append(p.Gate, p.T("console.gate."+why))
	}
	if bad := r.Unsafe(); bad != "" {
		p.Gate = append(p.Gate, p.T("console.gate."+string(bad)))
	}
	if f.Quiet() {
		p.Gate = append(p.Gate, p.T("console.gate.no_calls"))
	}
	now := c.Now().In(c.Clinic.Location())
	clock := c.clock(lang, now)
	times, own := c.times(lang, f.Times)
	hours, known := dayHours[f.Times]
	switch {
	case !known || own && f.Times != "":
		p.Gate = append(p.Gate, c.say(lang, "console.gate.words", "now", clock, "times", isolate(times)))
	case now.Hour() < hours[0] || now.Hour() >= hours[1]:
		if f.Times == "" || f.Times == "any" {
			p.Gate = append(p.Gate, c.say(lang, "console.gate.night", "now", clock))
		} else {
			p.Gate = append(p.Gate, c.say(lang, "console.gate.times", "now", clock, "times", times))
		}
	}
	if len(p.Gate) == 0 || c.grants.has(grant{v.session, toCall, r.ID}, c.Now()) {
		p.Gate = nil
		return
	}
	p.PhoneLink = ""
	p.GateWhy = c.reasons(lang, "call", callReasons())
}

// holding says who has the request and what can be done about it.
func (c *Console) holding(p *requestPage, v visit, r request.Request) {
	now := c.Now()
	holder := r.HeldBy(now)
	p.Held, p.Mine = holder != "", holder == v.who.ID
	p.May = !p.Held || p.Mine
	p.Boss = p.Held && !p.Mine && v.boss()
	p.Record = v.who.Role != staff.Staff
	until := c.clock(p.Lang, r.HeldAt.Add(request.Lease))
	switch {
	case p.Mine:
		p.Hold = c.say(p.Lang, "console.hold.mine", "time", until)
	case p.Held:
		p.Hold = c.say(p.Lang, "console.hold.theirs", "name", c.nameOf(p.Lang, holder), "time", until)
	}
	if p.Mine || p.Boss {
		for _, a := range c.Directory.List() {
			if a.State == staff.Active && a.ID != holder {
				p.Colleagues = append(p.Colleagues, colleague{ID: a.ID, Name: a.Name})
			}
		}
	}
}

// trying fills in the attempts, their buttons and the outcomes.
func (c *Console) trying(p *requestPage, r request.Request) {
	p.Press = strings.ToLower(rand.Text())
	p.NoWay = r.Fields.Phone == "" && r.Fields.Email == ""
	word := func(res request.Result) string {
		if key := "console.try.mail." + string(res); r.Fields.Phone == "" && c.Words.Has(string(p.Lang), key) {
			return p.T(key) // "Email sent", "Wrong address"
		}
		return p.T("console.try." + string(res))
	}
	for _, res := range request.Results() {
		if p.NoWay && res != request.Reached {
			continue // nobody can have been called
		}
		b := tryButton{Result: string(res), Text: word(res)}
		if res == request.LeftMessage && (r.Fields.Phone != "" && !yes(r.Fields.Voicemail) || r.Unwanted() != "") {
			b.Not = p.T("console.try.no_message")
		}
		p.Buttons = append(p.Buttons, b)
	}
	for n := len(r.Attempts) - 1; n >= 0; n-- {
		a := r.Attempts[n]
		p.Tries = append(p.Tries, tryView{By: c.nameOf(p.Lang, a.By), When: c.when(p.Lang, a.At), Text: word(a.Result)})
	}
	p.Propose = p.Open && r.Failed() >= request.FailedToPropose
	for _, o := range request.Outcomes() {
		p.Outcome.Choices = append(p.Outcome.Choices, reason{Key: string(o), Text: p.T("console.outcome." + string(o))})
	}
	if r.Outcome != "" {
		p.Result = p.T("console.outcome." + string(r.Outcome))
	} else if !p.Open {
		p.Result = p.T("console.status." + string(r.Status))
	}
	p.Waits = r.Status == request.Scheduled
	if a := r.Appointment; a != nil {
		p.Move = p.Waits && p.May
		at := a.At.In(c.Clinic.Location())
		p.Outcome.Outcome, p.Outcome.Day, p.Outcome.Time, p.Outcome.Place = string(r.Outcome), at.Format(time.DateOnly), at.Format("15:04"), a.Place
		p.Booked = c.when(p.Lang, a.At)
		if a.Place != "" {
			p.Booked += " · " + isolate(a.Place)
		}
	}
}

// others lists the requests that belong to this one, or may.
func (c *Console) others(p *requestPage, r request.Request) {
	short := func(o request.Request) duplicate {
		return duplicate{ID: o.ID, Reference: o.Reference, Name: o.Fields.Name, Asked: c.when(p.Lang, o.Opened)}
	}
	if r.Status != request.Closed {
		for _, o := range c.Worklist.SameWay(r.ID) {
			p.Same = append(p.Same, short(o))
		}
	}
	for _, id := range r.Work.Joined {
		if o, ok := c.Worklist.Get(id); ok {
			p.Joined = append(p.Joined, short(o))
		}
	}
	if o, ok := c.Worklist.Get(r.Work.Into); ok && r.Work.Into != "" {
		one := short(o)
		p.Into = &one
	}
}

// liveOf says whether somebody can talk with the visitor now.
func (c *Console) liveOf(p *requestPage, v visit, r request.Request) {
	chat, on := c.Desk.Chat(r.ID)
	switch {
	case on && chat.Live.By == v.who.ID:
		p.Chat = true
	case on && chat.Live.Taken():
		p.Talker = c.say(p.Lang, "console.live.with", "name", chat.Live.Name)
	default:
		p.Take = c.Desk.Here(r.ID) && !r.LeftQuickly
	}
}

// minutesSince is whole minutes and seconds as a clock: "0:42".
func minutesSince(from, now time.Time) string {
	s := max(0, int(now.Sub(from)/time.Second))
	return clockOf(s)
}
