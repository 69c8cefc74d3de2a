package staff

import (
	"errors"
	"net/http"
	"time"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/request"
)

// slot is an hour at which somebody can call again.
type slot struct {
	At, Text string
	On       bool // that is what was chosen last
}

// slotLayout writes a slot by the clinic's clock.
const slotLayout = "2006-01-02T15:04"

// laterDays is how many days, with today, the slots cover.
const laterDays = 3

// later offers the hours to which the next call can be put off: those that the person named, else those of a day.
func (c *Console) later(p *requestPage, r request.Request) {
	if r.Fields.Phone == "" && r.Fields.Email == "" || r.Unwanted() != "" || !p.May || !p.Open {
		return
	}
	hours, known := dayHours[r.Fields.Times]
	if !known {
		hours = dayHours["any"]
	}
	zone := c.Clinic.Location()
	now := c.Now().In(zone)
	for day := range laterDays {
		for hour := hours[0]; hour < hours[1]; hour++ {
			at := time.Date(now.Year(), now.Month(), now.Day()+day, hour, 0, 0, 0, zone)
			if at.After(now) {
				p.Slots = append(p.Slots, slot{At: at.Format(slotLayout), Text: c.moment(p.Lang, at), On: at.Equal(r.Later())})
			}
		}
	}
	if l := r.Later(); l.After(now) {
		p.Later = c.say(p.Lang, "console.later.until", "time", c.moment(p.Lang, l))
	}
}

// postpone puts the next call off.
func (c *Console) postpone(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	at, err := time.ParseInLocation(slotLayout, r.PostFormValue("at"), c.Clinic.Location())
	if err != nil {
		return errRefused
	}
	if now := c.Now(); !at.After(now) || at.Sub(now) > request.MaxLater { // the page stood open until the hour had come
		return c.request(w, r, v, http.StatusUnprocessableEntity, func(p *requestPage) { p.Problem = p.T("console.later.over") })
	}
	return c.step(w, r, v, audit.Postponed, one.ID, func() error {
		err := c.Worklist.Postpone(r.Context(), one.ID, v.who.ID, at, c.Now())
		if errors.Is(err, request.ErrLater) {
			return errRefused
		}
		return err
	})
}

// freshFor is how long a page says what was just noted on it.
const freshFor = time.Minute

// noted says what somebody has just done with a request, so that a press of a button is answered at the top of the page, where a phone shows it.
func (c *Console) noted(p *requestPage, v visit, r request.Request) {
	now := c.Now()
	if now.Sub(r.Changed) >= freshFor {
		return
	}
	switch n := len(r.Attempts); {
	case r.Outcome != "" && r.Outcome != request.Duplicate:
		p.Done = c.say(p.Lang, "console.noted", "what", p.Result)
	case r.Later().After(now) && p.Mine:
		p.Done = p.Later
	case n > 0 && r.Attempts[n-1].By == v.who.ID && now.Sub(r.Attempts[n-1].At) < freshFor:
		p.Done = c.say(p.Lang, "console.noted", "what", p.Tries[0].Text)
	}
}
