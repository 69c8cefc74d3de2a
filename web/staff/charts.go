package staff

import (
	"strconv"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/figures"
)

// chart is one table of numbers, drawn as bars on the server. Where a number is hidden there is no bar, only a mark of fixed height.
type chart struct {
	ID, Title, Note string
	Heading, Count  string // over the table's columns
	Sum             string // names the last row
	Rows            []bar
	Total           string
	Empty, Hidden   bool
	Blank           bool       // there is a table, and nothing in it that could be drawn
	Upright         bool       // columns over time; otherwise lines of a list
	Person          bool       // in the colour of people
	Ticks           []gridline // of an upright chart
}

// bar is one row of the table and its bar, in the units of the drawing.
type bar struct {
	Label, Number       string
	Tick                string // under the column, "" for none
	Extra               bool   // the tick is left out on narrow screens
	Hidden              bool
	X, Y, W, H, Mid, Up string
}

// gridline is one line of the scale.
type gridline struct{ Y, TextY, Text string }

// The drawing of upright charts, in its own units: small enough that its letters can be read on a phone.
const (
	drawWidth, drawLeft = 360, 28
	drawTop, drawBottom = 22, 150
	lineWidth           = 300 // of a bar in a list
)

func (c *Console) charts(lang bot.Lang, r figures.Report, p figures.Period) []chart {
	unit := map[figures.Period]string{figures.FourWeeks: "week", figures.TwelveMonths: "month"}[p]
	if unit == "" {
		unit = "day"
	}
	unitName := func(value string) string { return c.unit(lang, p, value) }
	tick := func(value string) string { return c.tick(lang, p, value) }
	hour := func(value string) string { return c.hour(lang, value) }
	hours := func(value string) string {
		if value == "00" || value == "06" || value == "12" || value == "18" {
			return c.hour(lang, value)
		}
		return ""
	}
	words := func(prefix string) func(string) string {
		return func(value string) string { return c.say(lang, prefix+value) }
	}
	danger := func(value string) string { return c.say(lang, "numbers.danger."+value) }
	outcome := func(value string) string {
		if value == figures.Withdrawn {
			return c.say(lang, "numbers.withdrawn")
		}
		return c.say(lang, "console.outcome."+value)
	}
	list := []chart{
		c.chart(lang, "conversations_"+unit, r.Conversations, unitName, tick),
		c.chart(lang, "requests_"+unit, r.Requests, unitName, tick),
		c.chart(lang, "hours", r.Hours, hour, hours),
		c.chart(lang, "topics", r.Topics, func(slug string) string { return c.topic(lang, slug) }, nil),
		c.chart(lang, "questions", r.Questions, words("numbers.question."), nil),
		c.chart(lang, "emergencies", r.Emergencies, danger, nil),
		c.chart(lang, "first", r.FirstContact, words("numbers.wait."), nil),
		c.chart(lang, "outcomes", r.Outcomes, outcome, nil),
		c.chart(lang, "chosen", r.Chosen, words("numbers.chosen."), nil),
	}
	if r.Lang == "" {
		list = append(list, c.chart(lang, "languages", r.Languages, words("console.language."), nil))
	}
	for i := range list {
		list[i].Person = list[i].ID == "emergencies" || list[i].ID == "requests_"+unit || list[i].ID == "first" || list[i].ID == "outcomes"
	}
	return list
}

// chart lays a table out: upright if it has ticks.
func (c *Console) chart(lang bot.Lang, id string, t figures.Table, label, tick func(string) string) chart {
	ch := chart{ID: id, Title: c.say(lang, "numbers.chart."+id), Note: c.say(lang, "numbers.note."+id), Heading: c.say(lang, "numbers.head."+id),
		Count: c.say(lang, "numbers.count"), Sum: c.say(lang, "numbers.total"), Upright: tick != nil, Hidden: t.Hidden, Empty: !t.Hidden && t.Total == 0}
	most := 0
	for _, row := range t.Rows {
		most = max(most, row.N)
	}
	ch.Blank = most == 0
	most = max(most, 1)
	step := scale(most)
	top := (most + step - 1) / step * step
	ch.Total = c.say(lang, "numbers.hidden")
	if !t.Hidden {
		ch.Total = itoa(t.Total)
	}
	if ch.Upright {
		for n := 0; n <= top; n += step {
			y := drawBottom - float64(n)/float64(top)*(drawBottom-drawTop)
			ch.Ticks = append(ch.Ticks, gridline{units(y), units(y + 4), itoa(n)})
		}
	}
	for i, row := range t.Rows {
		b := bar{Label: label(row.Value), Number: itoa(row.N), Hidden: row.Hidden}
		if row.Hidden {
			b.Number = c.say(lang, "numbers.hidden")
		}
		if ch.Upright {
			b.Tick, b.Extra = tick(row.Value), few(len(t.Rows)) && len(t.Rows) > 8 && (len(t.Rows)-i)%2 == 0
			b.upright(i, len(t.Rows), float64(row.N)/float64(top))
		} else {
			b.W = units(float64(row.N) / float64(most) * lineWidth)
		}
		ch.Rows = append(ch.Rows, b)
	}
	return ch
}

// upright places a column; part is its height, 0 to 1.
func (b *bar) upright(i, of int, part float64) {
	slot := float64(drawWidth-drawLeft) / float64(of)
	width := min(slot*.72, 44)
	mid := drawLeft + slot*(float64(i)+.5)
	height := part * (drawBottom - drawTop)
	b.X, b.W, b.Mid = units(mid-width/2), units(width), units(mid)
	b.Y, b.H, b.Up = units(drawBottom-height), units(height), units(drawBottom-height-6)
}

// scale is the distance between two lines of a chart's scale: 1, 2 or 5 times a power of ten, so that there are at most five.
func scale(most int) int {
	for step := 1; ; step *= 10 {
		for _, n := range []int{1, 2, 5} {
			if (most+n*step-1)/(n*step) <= 4 {
				return n * step
			}
		}
	}
}

func units(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// Few reports whether the columns are wide enough for a number above each.
func (ch chart) Few() bool { return few(len(ch.Rows)) }

func few(columns int) bool { return columns <= 12 }

func (c *Console) topic(lang bot.Lang, slug string) string {
	if c.Topic != nil {
		if name := c.Topic(slug, lang); name != "" {
			return name
		}
	}
	return slug
}

func (c *Console) hour(lang bot.Lang, value string) string {
	h, _ := strconv.Atoi(value)
	return c.Words.Time(string(lang), time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC))
}

// shortDay is a day without its year: "Nov 23", "23 nov.".
func (c *Console) shortDay(lang bot.Lang, d figures.Day) string {
	t := d.Time()
	return c.say(lang, "numbers.day", "day", itoa(t.Day()), "month", c.month(lang, t))
}

func (c *Console) month(lang bot.Lang, t time.Time) string {
	return c.say(lang, "clinic.month."+itoa(int(t.Month())))
}

// span is two days inside a sentence.
func (c *Console) span(lang bot.Lang, s figures.Span) string {
	return c.say(lang, "numbers.span", "from", c.Words.Date(string(lang), s.From.Time()), "to", c.Words.Date(string(lang), s.To.Time()))
}

// unit names a day, a week or a month of a report.
func (c *Console) unit(lang bot.Lang, p figures.Period, from string) string {
	first := figures.Day(from)
	switch p {
	case figures.TwelveMonths:
		return c.say(lang, "numbers.month", "month", c.month(lang, first.Time()), "year", itoa(first.Time().Year()))
	case figures.FourWeeks:
		return c.say(lang, "numbers.span", "from", c.shortDay(lang, first), "to", c.shortDay(lang, first.Add(6)))
	}
	return c.Words.Day(string(lang), first.Time().Weekday()) + ", " + c.shortDay(lang, first)
}

// tick is the short name under a column.
func (c *Console) tick(lang bot.Lang, p figures.Period, from string) string {
	if p == figures.TwelveMonths {
		return c.month(lang, figures.Day(from).Time())
	}
	return c.shortDay(lang, figures.Day(from))
}
