package clinic

import "time"

// Kind says which hours are meant.
type Kind string

const (
	Office Kind = "office" // when staff are there to talk
	Dosing Kind = "dosing" // when medicine is given
)

// span is a part of a day in minutes of wall clock, from 0 to 1440, the end not included.
type span struct{ from, to int }

// week holds each day's spans by time.Weekday; nil: the hours are not known.
type week *[7][]span

// day is a calendar day without a zone.
type day struct {
	year  int
	month time.Month
	day   int
}

func dayOf(t time.Time) day {
	y, m, d := t.Date()
	return day{y, m, d}
}

func (d day) add(days int) day {
	return dayOf(time.Date(d.year, d.month, d.day+days, 12, 0, 0, 0, time.UTC))
}

func (d day) weekday() time.Weekday {
	return time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC).Weekday()
}

func (d day) compare(o day) int {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC).Compare(time.Date(o.year, o.month, o.day, 0, 0, 0, 0, time.UTC))
}

// spansOn gives a day's hours: those of the last exception that changes them, else the week's.
func (p *Profile) spansOn(kind Kind, d day) (spans []span, known bool) {
	for i := len(p.exceptions) - 1; i >= 0; i-- {
		e := p.exceptions[i]
		if spans, changed := e.hours[kind]; changed && e.covers(d, d) {
			return spans, true
		}
	}
	if w := p.weeks[kind]; w != nil {
		return w[d.weekday()], true
	}
	return nil, false
}

// Open reports whether the clinic is open at t by its wall clock; known is false where the profile does not say.
func (p *Profile) Open(kind Kind, t time.Time) (open, known bool) {
	t = t.In(p.zone)
	spans, known := p.spansOn(kind, dayOf(t))
	minute := t.Hour()*60 + t.Minute()
	for _, s := range spans {
		if s.from <= minute && minute < s.to {
			return true, true
		}
	}
	return false, known
}

// NextOpening is the next moment after t at which the doors open, in the clinic's zone. False: not known, or closed for a year.
func (p *Profile) NextOpening(kind Kind, t time.Time) (time.Time, bool) {
	today := dayOf(t.In(p.zone))
	for i := range 367 {
		d := today.add(i)
		spans, known := p.spansOn(kind, d)
		if !known && p.weeks[kind] == nil && i > 0 && !p.changesAfter(kind, d) {
			return time.Time{}, false
		}
		for _, s := range spans {
			// An opening inside the hour that spring skips happens when the clock jumps; one that lies in it wholly does not happen.
			at := wallClock(d, s.from, p.zone)
			if open, _ := p.Open(kind, at); open && at.After(t) && !p.openBefore(kind, at) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// openBefore reports whether the clinic is open right up to a moment: a span that goes on at midnight is no opening.
func (p *Profile) openBefore(kind Kind, at time.Time) bool {
	open, _ := p.Open(kind, at.Add(-time.Minute))
	return open
}

func (p *Profile) changesAfter(kind Kind, d day) bool {
	for _, e := range p.exceptions {
		if _, changed := e.hours[kind]; changed && e.to.compare(d) >= 0 {
			return true
		}
	}
	return false
}

// wallClock is the first moment of a day at which the clock shows at least the given minute.
func wallClock(d day, minute int, zone *time.Location) time.Time {
	t := time.Date(d.year, d.month, d.day, 0, minute, 0, 0, zone)
	switch shown := t.Hour()*60 + t.Minute(); {
	case dayOf(t) == d && shown == minute:
		// In autumn an hour comes twice, and which one time.Date chooses is not said: take the first.
		if earlier := t.Add(-time.Hour); earlier.Hour() == t.Hour() && earlier.Day() == t.Day() {
			return earlier
		}
		return t
	case dayOf(t) == d && shown > minute: // skipped, and t lies behind the jump
		start, _ := t.ZoneBounds()
		return start
	default:
		_, end := t.ZoneBounds()
		return end
	}
}
