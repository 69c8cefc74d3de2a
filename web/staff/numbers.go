package staff

import (
	"cmp"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/figures"
	"example.org/intake/bot/staff"
)

// numbersPath is the address of the numbers page; what is chosen there follows as a query and names nobody.
const numbersPath = "/staff/numbers"

// choice is what was chosen on the numbers page.
type choice struct {
	Period figures.Period
	Lang   bot.Lang // "" for all
}

// choiceOf reads it; what makes no sense becomes the usual choice.
func choiceOf(q url.Values) choice {
	x := choice{Period: figures.Period(q.Get("period")), Lang: bot.Lang(q.Get("language"))}
	if !slices.Contains(figures.Periods(), x.Period) {
		x.Period = figures.FourWeeks
	}
	if !x.Lang.Known() {
		x.Lang = ""
	}
	return x
}

func (x choice) query() string { return "period=" + string(x.Period) + "&language=" + string(x.Lang) }

// object is how the record names it.
func (x choice) object(page string) string {
	return page + ":" + string(x.Period) + ":" + cmp.Or(string(x.Lang), "all")
}

// isNumbers reports whether a path is the numbers page with a choice, or the weekly report.
func isNumbers(p string) bool {
	if p == numbersPath || p == numbersPath+"/report" {
		return true
	}
	raw, ok := strings.CutPrefix(p, numbersPath+"?")
	q, err := url.ParseQuery(raw)
	return ok && err == nil && choiceOf(q).query() == raw
}

type option struct {
	Value, Text string
	Chosen      bool
}

// kpi is one large number. Value is "" where it is hidden or cannot be said.
type kpi struct{ Title, Value, Note string }

type numbersPage struct {
	page
	Range     string
	Kpis      []kpi
	Charts    []chart
	Periods   []option
	Languages []option
	CSV       string // address of the same numbers as CSV, "" if not for this role
}

func (c *Console) showNumbers(w http.ResponseWriter, r *http.Request, v visit) error {
	x := choiceOf(r.URL.Query())
	if err := c.record(r, v.who.ID, audit.Counted, x.object("numbers")); err != nil {
		return err
	}
	rep := c.Figures.Report(x.Period, c.Figures.Today(), x.Lang)
	p := numbersPage{page: c.opened(v, "numbers.title", numbersPath+"?"+x.query()), Range: c.span(v.who.Lang, rep.Span)}
	for _, period := range figures.Periods() {
		p.Periods = append(p.Periods, option{string(period), p.T("numbers.period." + string(period)), period == x.Period})
	}
	for _, lang := range []string{"", "en", "es"} {
		p.Languages = append(p.Languages, option{lang, p.T("numbers.language." + cmp.Or(lang, "all")), lang == string(x.Lang)})
	}
	if mayExportNumbers(v) {
		p.CSV = numbersPath + "/csv?" + x.query()
	}
	p.Kpis, p.Charts = c.kpis(v.who.Lang, rep), c.charts(v.who.Lang, rep, x.Period)
	return c.render(w, http.StatusOK, "numbers", "layout", p)
}

// showReport is the last whole week on one sheet, to print.
func (c *Console) showReport(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.Counted, "report:week:all"); err != nil {
		return err
	}
	rep := c.Figures.Report(figures.LastWeek, c.Figures.Today(), "")
	p := numbersPage{page: c.opened(v, "numbers.report", numbersPath+"/report"), Range: c.span(v.who.Lang, rep.Span)}
	p.Kpis, p.Charts = c.kpis(v.who.Lang, rep), c.charts(v.who.Lang, rep, figures.LastWeek)
	return c.render(w, http.StatusOK, "report", "layout", p)
}

// exportNumbers gives the numbers of the page, with the same ones hidden, as CSV.
func (c *Console) exportNumbers(w http.ResponseWriter, r *http.Request, v visit) error {
	x := choiceOf(r.URL.Query())
	if err := c.record(r, v.who.ID, audit.Exported, x.object("numbers")); err != nil {
		return err
	}
	lang := v.who.Lang
	rep := c.Figures.Report(x.Period, c.Figures.Today(), x.Lang)
	var b strings.Builder
	b.WriteString("\uFEFF") // spreadsheets read accents right only with it
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	say := func(key string) string { return c.say(lang, "numbers.csv."+key) }
	rows := [][]string{{say("from"), say("to"), say("language"), say("figure"), say("row"), say("count")}}
	for _, ch := range c.charts(lang, rep, x.Period) {
		lead := []string{string(rep.Span.From), string(rep.Span.To), c.say(lang, "numbers.language."+cmp.Or(string(x.Lang), "all")), harmless(ch.Title)}
		for _, row := range ch.Rows {
			rows = append(rows, append(slices.Clone(lead), harmless(row.Label), row.Number))
		}
		rows = append(rows, append(slices.Clone(lead), c.say(lang, "numbers.total"), ch.Total))
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="numbers-`+string(rep.Span.From)+`-`+string(rep.Span.To)+`.csv"`)
	_, _ = w.Write([]byte(b.String())) // the browser went away: nothing to do
	return nil
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// mayExportNumbers reports whether the numbers may leave the house through this role; the route says the same.
func mayExportNumbers(v visit) bool {
	return v.who.Role == staff.Supervisor || v.who.Role == staff.Administrator
}

func (c *Console) kpis(lang bot.Lang, r figures.Report) []kpi {
	say := func(key string, pairs ...string) string { return c.say(lang, "numbers.kpi."+key, pairs...) }
	talks := kpi{Title: say("conversations"), Value: c.total(r.Conversations)}
	if spanish := r.Languages.Row(string(bot.ES)); r.Lang == "" && !r.Languages.Hidden && !spanish.Hidden && r.Languages.Total > 0 {
		talks.Note = say("spanish", "count", percent(spanish.N, r.Languages.Total))
	}
	q := r.Questions
	answers := kpi{Title: say("answered")}
	if row := q.Row(figures.Answered); !row.Hidden && q.Total > 0 {
		answers.Value = say("percent", "count", percent(row.N, q.Total))
		if o, d := q.Row(figures.Offered), q.Row(figures.Declined); !o.Hidden && !d.Hidden {
			answers.Note = say("rest", "offered", percent(o.N, q.Total), "declined", percent(d.N, q.Total))
		}
	}
	wants := kpi{Title: say("requests"), Value: c.total(r.Requests)}
	if i, g := r.Outcomes.Row("intake_booked"), r.Outcomes.Row("group_booked"); !r.Outcomes.Hidden && !i.Hidden && !g.Hidden {
		wants.Note = say("booked", "count", itoa(i.N+g.N))
	}
	first := kpi{Title: say("first"), Note: say("median")}
	if m := r.Median(); m != "" {
		first.Value = c.say(lang, "numbers.wait."+m)
	}
	list := []kpi{talks, answers, wants, first}
	for i := range list {
		if list[i].Value == "" {
			list[i].Value, list[i].Note = "—", cmp.Or(list[i].Note, say("few"))
			if list[i].Title == first.Title {
				list[i].Note = say("few")
			}
		}
	}
	return list
}

func (c *Console) total(t figures.Table) string {
	if t.Hidden {
		return ""
	}
	return itoa(t.Total)
}

func percent(n, of int) string { return itoa((200*n + of) / (2 * of)) }
