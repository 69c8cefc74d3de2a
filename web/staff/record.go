package staff

import (
	"net/http"
	"slices"
	"strings"

	"example.org/intake/bot/audit"
)

type traceView struct{ When, Who, What string }

type recordPage struct {
	page
	ID, Reference string
	Opened        []traceView // one line for each person who opened it
	Traces        []traceView // everything, newest first
}

// showRecord answers who opened a request and what was done with it, from the audit record. Nothing of the request but its code is on the page.
func (c *Console) showRecord(w http.ResponseWriter, r *http.Request, v visit) error {
	one, ok := c.board.one(r.PathValue("id"))
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Traced, one.ID); err != nil {
		return err
	}
	records, err := c.Audit.About(r.Context(), one.ID, one.Opened)
	if err != nil {
		return err
	}
	p := recordPage{page: c.opened(v, "console.record.title", "/staff/requests/"+one.ID), ID: one.ID, Reference: one.Reference}
	lang := p.Lang
	count, last := map[string]int{}, map[string]audit.Record{}
	for _, rec := range records {
		if rec.Act == audit.Opened {
			count[rec.Who]++
			last[rec.Who] = rec
		}
		p.Traces = append(p.Traces, traceView{When: c.when(lang, rec.At), Who: c.whoOf(v, rec.Who), What: c.whatOf(v, rec)})
	}
	slices.Reverse(p.Traces)
	for who, rec := range last {
		p.Opened = append(p.Opened, traceView{When: c.when(lang, rec.At), Who: c.whoOf(v, who), What: c.say(lang, "console.record.times", "count", itoa(count[who]))})
	}
	slices.SortFunc(p.Opened, func(a, b traceView) int { return strings.Compare(a.Who, b.Who) })
	return c.render(w, http.StatusOK, "record", "layout", p)
}

func (c *Console) whoOf(v visit, id string) string {
	switch id {
	case audit.Terminal, audit.Unknown:
		return c.say(v.who.Lang, "console.record.who."+id)
	}
	return c.nameOf(v.who.Lang, id)
}

// whatOf puts one record into words. What it is about stands on the page already; a result, a reason or a colleague is added.
func (c *Console) whatOf(v visit, rec audit.Record) string {
	lang := v.who.Lang
	key := "console.act." + string(rec.Act)
	if !c.Words.Has(string(lang), key) {
		return string(rec.Act)
	}
	text := c.say(lang, key)
	parts := strings.Split(rec.Object, ":")
	add := ""
	switch {
	case rec.Act == audit.Overridden && len(parts) == 3:
		add = c.say(lang, "console.reason."+parts[1]+"."+parts[2])
	case len(parts) < 2:
	case rec.Act == audit.Attempted:
		add = c.say(lang, "console.try."+parts[1])
	case rec.Act == audit.Decided:
		add = c.say(lang, "console.outcome."+parts[1])
	case rec.Act == audit.StatusSet:
		add = c.say(lang, "console.status."+parts[1])
	case rec.Act == audit.Exported:
		add = c.say(lang, "export.form."+parts[1])
	case rec.Act == audit.Given:
		add = c.nameOf(lang, parts[1])
	}
	if add != "" {
		text += ": " + add
	}
	return text
}
