package clinic

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exception is a run of days that differ from the week.
type exception struct {
	from, to day
	hours    map[Kind][]span // only the kinds that change; an empty list is closed
	text     map[string]string
}

func (e exception) covers(from, to day) bool {
	return e.from.compare(to) <= 0 && e.to.compare(from) >= 0
}

// Notice gives the texts of the exceptions in force on the day of t or in the seven days after it, or "".
func (p *Profile) Notice(t time.Time, lang string) string {
	today := dayOf(t.In(p.zone))
	var texts []string
	for _, e := range p.exceptions {
		if e.covers(today, today.add(7)) && e.text[lang] != "" {
			texts = append(texts, e.text[lang])
		}
	}
	return strings.Join(texts, " ")
}

// daysOfWeek are the keys of [office] and [dosing] by time.Weekday.
var daysOfWeek = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (c *checker) week(table string, hours map[string][]string) week {
	if len(hours) == 0 {
		return nil
	}
	w := new([7][]span)
	for key, texts := range hours {
		i := slices.Index(daysOfWeek[:], key)
		if i < 0 {
			c.fail(0, table+"."+key, "is not a day; write mon, tue, wed, thu, fri, sat or sun")
			continue
		}
		w[i] = c.spans(0, table+"."+key, texts)
	}
	return w
}

var spanForm = regexp.MustCompile(`^\s*(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)\s*$`)

// spans reads hours such as "8:00-16:30", in order and apart from each other.
func (c *checker) spans(nth int, key string, texts []string) []span {
	spans := []span{}
	for _, text := range texts {
		m := spanForm.FindStringSubmatch(text)
		if m == nil {
			c.fail(nth, key, fmt.Sprintf(`%q are no hours; write them as "8:00-16:30"`, text))
			continue
		}
		s := span{minutes(m[1], m[2]), minutes(m[3], m[4])}
		if s.from < 0 || s.to < 0 || s.from >= s.to {
			c.fail(nth, key, fmt.Sprintf(`%q: use hours from 0:00 to 24:00, the later one second; split a night at midnight`, text))
			continue
		}
		spans = append(spans, s)
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			c.fail(nth, key, "two of the hours overlap; write them apart")
		}
	}
	return spans
}

// minutes is the minute of the day, or -1.
func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if m > 59 || h*60+m > 24*60 {
		return -1
	}
	return h*60 + m
}

// change reads what an exception says about one kind of hours.
func (c *checker) change(nth int, kind Kind, v any, hours map[Kind][]span) {
	switch v := v.(type) {
	case nil:
		return
	case string:
		if v == "closed" {
			hours[kind] = []span{}
			return
		}
	case []any:
		var texts []string
		for _, x := range v {
			text, ok := x.(string)
			if !ok {
				break
			}
			texts = append(texts, text)
		}
		if len(texts) == len(v) && len(v) > 0 {
			hours[kind] = c.spans(nth, string(kind), texts)
			return
		}
	}
	c.fail(nth, string(kind), `write "closed" or hours such as ["8:00-12:00"]`)
}

// days reads either date or from and to.
func (c *checker) days(nth int, date, from, to any) (first, last day) {
	switch {
	case date != nil && from == nil && to == nil:
		first = c.day(nth, "date", date)
		return first, first
	case date == nil && from != nil && to != nil:
		first, last = c.day(nth, "from", from), c.day(nth, "to", to)
		if first.compare(last) > 0 {
			c.fail(nth, "to", "is before from; put the later day here")
		}
		return first, last
	}
	c.fail(nth, "date", "write either date, or from and to")
	return day{}, day{}
}

// bareDate is how the TOML library marks a date without a time.
const bareDate = "date-local"

// day reads a date, bare or in quotes.
func (c *checker) day(nth int, key string, v any) day {
	switch v := v.(type) {
	case time.Time:
		if v.Location().String() == bareDate {
			return dayOf(v)
		}
	case string:
		if t, err := time.Parse(time.DateOnly, strings.TrimSpace(v)); err == nil {
			return dayOf(t)
		}
	}
	c.fail(nth, key, "is no date; write it as 2026-12-25")
	return day{}
}
