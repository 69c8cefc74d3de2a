// Package figures counts what happens, as counts and nothing else: how many conversations a day, in which language, at which hour, how many
// questions were answered, how many requests came to what. A count holds no text and no id, so it outlives the conversation it came from without
// holding anything of it.
package figures

import (
	"cmp"
	"fmt"
	"time"

	"example.org/intake/bot"
)

// Metric names what is counted. The values that a metric is parted by stand behind each.
type Metric string

// The metrics. Each is a number of its own: no cell says which topic was asked at which hour, or what a person in danger asked before.
const (
	Conversations Metric = "conversations" // none
	Hours         Metric = "hours"         // conversations by the hour they began, "00" to "23" on the clinic's clock
	Questions     Metric = "questions"     // what became of a question: [Answered], [Offered], [Advised], [Declined]
	Chosen        Metric = "chosen"        // none: a topic that was offered was tapped
	Topics        Metric = "topics"        // answers by topic: the slug of an entry
	Emergencies   Metric = "emergencies"   // cards shown by kind of danger, and [Asked]
	Requests      Metric = "requests"      // none: requests for a call, once each
	FirstContact  Metric = "first_contact" // time from a request to the first attempt, one of [Waits], on the day of the attempt
	Outcomes      Metric = "outcomes"      // what requests came to: the outcomes of a request, and [Withdrawn]
)

// Metrics lists them in the order of the page.
func Metrics() []Metric {
	return []Metric{Conversations, Hours, Questions, Chosen, Topics, Emergencies, Requests, FirstContact, Outcomes}
}

// Values that are not the name of something else.
const (
	Answered  = "answered"
	Offered   = "offered"   // several topics, to choose from
	Advised   = "advised"   // a personal medical question: the boundary was said
	Declined  = "declined"  // nothing fitted, or "not what I asked"
	Asked     = "asked"     // of Emergencies: the direct question was asked before any card
	Withdrawn = "withdrawn" // of Outcomes: the visitor took the request back
)

// Waits are the classes of the time to the first attempt: up to so long, the last one anything above.
func Waits() []string { return []string{"30m", "1h", "2h", "4h", "24h", "more"} }

// wait is the class of a time.
func wait(d time.Duration) string {
	for i, most := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 24 * time.Hour} {
		if d <= most {
			return Waits()[i]
		}
	}
	return "more"
}

// Day is a day on the clinic's calendar: "2026-11-23".
type Day string

// DayOf is the day of a time on the clock of its zone.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// Add gives the day so many days later. A day that is none stays as it is.
func (d Day) Add(days int) Day {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return DayOf(t.AddDate(0, 0, days))
}

// Time is noon of the day in UTC, for writing it.
func (d Day) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d))
	return t.Add(12 * time.Hour)
}

// Cell is what one count is about. The day is the finest time that is stored, but for [Hours].
type Cell struct {
	Day    Day      `json:"day"`
	Metric Metric   `json:"metric"`
	Value  string   `json:"value,omitempty"`
	Lang   bot.Lang `json:"lang"`
}

// Count is a cell and its number; it is below zero where an outcome was corrected.
type Count struct {
	Cell
	N int `json:"n"`
}

// validate keeps out everything that is no count: a value is a short word of ours.
func (c Cell) validate() error {
	if _, err := time.Parse(time.DateOnly, string(c.Day)); err != nil || !c.Lang.Known() || len(c.Value) > 80 {
		return fmt.Errorf("figures: not a cell")
	}
	for i := range len(c.Value) {
		if b := c.Value[i]; (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '-' && b != '_' {
			return fmt.Errorf("figures: not a cell")
		}
	}
	return nil
}

func (c Cell) compare(o Cell) int {
	return cmp.Or(cmp.Compare(c.Day, o.Day), cmp.Compare(c.Metric, o.Metric), cmp.Compare(c.Value, o.Value), cmp.Compare(c.Lang, o.Lang))
}
