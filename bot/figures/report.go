package figures

import (
	"cmp"
	"slices"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

// Period is how far back a report looks. It ends with yesterday: a day that still goes on would show single people as they come.
type Period string

// The periods.
const (
	SevenDays    Period = "7d"
	FourWeeks    Period = "4w"
	TwelveMonths Period = "12m"
	LastWeek     Period = "week" // the last whole week, Monday to Sunday
)

// Periods lists those to choose from.
func Periods() []Period { return []Period{SevenDays, FourWeeks, TwelveMonths} }

// Span is some days, both ends included.
type Span struct{ From, To Day }

// Units gives the parts that a period has as seen from a day, oldest first: days, weeks or calendar months, of which the last may be incomplete.
func (p Period) Units(today Day) []Span {
	var units []Span
	switch p {
	case FourWeeks:
		for n := 4; n > 0; n-- {
			units = append(units, Span{today.Add(-7 * n), today.Add(-7*n + 6)})
		}
	case TwelveMonths:
		last := today.Add(-1)
		first := last.Time().AddDate(0, 0, 1-last.Time().Day())
		for n := 11; n >= 0; n-- {
			from := first.AddDate(0, -n, 0)
			units = append(units, Span{DayOf(from), min(DayOf(from.AddDate(0, 1, -1)), last)})
		}
	case LastWeek:
		monday := today.Add(-(int(today.Time().Weekday()) + 6) % 7)
		for n := -7; n < 0; n++ {
			units = append(units, Span{monday.Add(n), monday.Add(n)})
		}
	default:
		for n := -7; n < 0; n++ {
			units = append(units, Span{today.Add(n), today.Add(n)})
		}
	}
	return units
}

// Row is one number of a table. Where it is hidden N is 0, whatever it was.
type Row struct {
	Value  string
	N      int
	Hidden bool
}

// Table is one metric, parted. Where its total is hidden, so are all rows.
type Table struct {
	Rows   []Row
	Total  int
	Hidden bool
}

// Row gives the row of a value; one that is missing is 0.
func (t Table) Row(value string) Row {
	for _, r := range t.Rows {
		if r.Value == value {
			return r
		}
	}
	return Row{Value: value, Hidden: t.Hidden}
}

// Partly reports whether a number is hidden.
func (t Table) Partly() bool {
	return t.Hidden || slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Hidden })
}

// Report is what may be shown of some days, in all languages or one.
type Report struct {
	Span  Span
	Units []Span
	Lang  bot.Lang // "" for all

	Conversations Table // by unit; the value is its first day
	Languages     Table // conversations by language; empty where Lang is set
	Hours         Table
	Questions     Table
	Chosen        Table // of the offers to choose: [Chosen] and "not"
	Topics        Table // the most asked first
	Emergencies   Table
	Requests      Table // by unit
	FirstContact  Table
	Outcomes      Table
}

// Report counts up a period as seen from a day.
func (c *Counter) Report(p Period, today Day, lang bot.Lang) Report {
	units := p.Units(today)
	return NewReport(c.Between(units[0].From, units[len(units)-1].To), units, lang)
}

// Today is the day on the clinic's calendar.
func (c *Counter) Today() Day { return DayOf(c.cfg.Now().In(c.cfg.Zone)) }

// NewReport makes the tables of some counts and hides what is too small to be shown; see [Hide]. What one table hides no other gives away: all
// languages and each one are looked at together, and so are numbers that are the total of another table.
func NewReport(counts []Count, units []Span, lang bot.Lang) Report {
	r := Report{Span: Span{units[0].From, units[len(units)-1].To}, Units: units, Lang: lang}
	counts = slices.DeleteFunc(slices.Clone(counts), func(n Count) bool { return n.Day < r.Span.From || n.Day > r.Span.To })
	var starts []string
	for _, u := range units {
		starts = append(starts, string(u.From))
	}
	unit := func(n Count) string {
		for i, u := range units {
			if n.Day >= u.From && n.Day <= u.To {
				return starts[i]
			}
		}
		return ""
	}
	value := func(n Count) string { return n.Value }
	r.Conversations = table(counts, Conversations, starts, unit, lang)
	r.Requests = table(counts, Requests, starts, unit, lang)
	r.Hours = table(counts, Hours, hours(), value, lang)
	r.Questions = table(counts, Questions, []string{Answered, Offered, Advised, Declined}, value, lang)
	r.Topics = table(counts, Topics, topics(counts), value, lang)
	r.Emergencies = table(counts, Emergencies, dangers(), value, lang)
	r.FirstContact = table(counts, FirstContact, Waits(), value, lang)
	r.Outcomes = table(counts, Outcomes, outcomes(), value, lang)
	if lang == "" {
		r.Languages = table(counts, Conversations, []string{string(bot.EN), string(bot.ES)}, func(n Count) string { return string(n.Lang) }, "")
	}
	r.Chosen = chosen(counts, lang)
	if r.Questions.Row(Offered).Hidden {
		r.Chosen = r.Chosen.closed()
	}
	if r.Questions.Row(Answered).Hidden {
		r.Topics = r.Topics.closed()
	}
	slices.SortStableFunc(r.Topics.Rows, func(a, b Row) int { return cmp.Compare(b.N, a.N) })
	return r
}

// table adds up the counts of a metric in rows, which always come in the same order.
func table(counts []Count, m Metric, values []string, rowOf func(Count) string, lang bot.Lang) Table {
	columns := map[bot.Lang][]int{"": make([]int, len(values)), bot.EN: make([]int, len(values)), bot.ES: make([]int, len(values))}
	for _, n := range counts {
		if i := slices.Index(values, rowOf(n)); n.Metric == m && i >= 0 {
			columns[""][i] += n.N
			columns[n.Lang][i] += n.N
		}
	}
	return show(values, columns, lang)
}

// show lays out one column and hides what the three of them together would give away.
func show(values []string, columns map[bot.Lang][]int, lang bot.Lang) Table {
	hidden, all := Hide(nil, columns[""])
	if lang != "" && !all {
		hidden, all = Hide(hidden, columns[bot.EN], columns[bot.ES])
	}
	t := Table{}
	for i, v := range values {
		t.Rows = append(t.Rows, Row{Value: v, N: columns[lang][i], Hidden: hidden[i]})
		t.Total += columns[lang][i]
		if hidden[i] {
			t.Rows[i].N = 0
		}
	}
	if all {
		return t.closed()
	}
	return t
}

// closed hides everything.
func (t Table) closed() Table {
	for i := range t.Rows {
		t.Rows[i].N, t.Rows[i].Hidden = 0, true
	}
	t.Total, t.Hidden = 0, true
	return t
}

func chosen(counts []Count, lang bot.Lang) Table {
	columns := map[bot.Lang][]int{"": {0, 0}, bot.EN: {0, 0}, bot.ES: {0, 0}}
	for _, n := range counts {
		for _, l := range []bot.Lang{"", n.Lang} {
			switch {
			case n.Metric == Chosen:
				columns[l][0] += n.N
				columns[l][1] -= n.N
			case n.Metric == Questions && n.Value == Offered:
				columns[l][1] += n.N
			}
		}
	}
	for _, column := range columns {
		column[1] = max(column[1], 0) // offered before the first day, chosen on it
	}
	return show([]string{string(Chosen), "not"}, columns, lang)
}

func hours() []string {
	var list []string
	for h := range 24 {
		list = append(list, time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC).Format("15"))
	}
	return list
}

func topics(counts []Count) []string {
	var list []string
	for _, n := range counts {
		if n.Metric == Topics && !slices.Contains(list, n.Value) {
			list = append(list, n.Value)
		}
	}
	slices.Sort(list)
	return list
}

func dangers() []string {
	list := []string{Asked}
	for _, c := range []safety.CardID{safety.CardOverdose, safety.CardSuicide, safety.CardMedical, safety.CardViolence, safety.CardUsingAlone, safety.CardHarmOthers} {
		list = append(list, string(c))
	}
	return list
}

func outcomes() []string {
	var list []string
	for _, o := range request.Outcomes() {
		list = append(list, string(o))
	}
	return append(list, string(request.Duplicate), Withdrawn)
}

// Median is the class in which half of the requests had their first attempt, "" where there are too few to say so.
func (r Report) Median() string {
	if r.FirstContact.Partly() || r.FirstContact.Total < 2*Least {
		return ""
	}
	sum := 0
	for _, row := range r.FirstContact.Rows {
		if sum += row.N; 2*sum >= r.FirstContact.Total {
			return row.Value
		}
	}
	return ""
}
