package staff

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

// soon is how long before its end an entry is marked.
const soon = 30 * 24 * time.Hour

type entryRow struct {
	Slug, Name, Source, Checked, Expires string
	Titles                               []titleView
	Signed                               string // by whom, "" if nobody
	Outdated                             []string
	Expired, Soon, Waits                 bool
	Asked                                []countView
	Times                                int
}

type titleView struct {
	Lang bot.Lang
	Text string
}

type countView struct {
	Name string
	N    int
}

type showChoice struct {
	Key, Text string
	Count     int
	Here      bool
}

type entriesPage struct {
	learnPage
	Show     string
	Choices  []showChoice
	Rows     []entryRow
	Coverage []string // by language
}

// entryShows are the parts of the list.
func entryShows() []string { return []string{"all", "asked", "unsigned", "outdated", "expiring"} }

func (c *Console) showEntries(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.ListedEntries, ""); err != nil {
		return err
	}
	show := r.URL.Query().Get("show")
	if !slices.Contains(entryShows(), show) {
		show = "all"
	}
	p := entriesPage{learnPage: c.learns(v, "learn.entries.title", "/staff/entries"), Show: show}
	asked := c.Gaps.Asked()
	var all []entryRow
	for _, t := range c.topics(p.Lang) {
		all = append(all, c.entryRow(p.Lang, t, asked[t.Slug]))
	}
	has := func(row entryRow, show string) bool {
		switch show {
		case "asked":
			return row.Times > 0
		case "unsigned":
			return row.Signed == ""
		case "outdated":
			return len(row.Outdated) > 0
		case "expiring":
			return row.Expired || row.Soon
		}
		return true
	}
	for _, key := range entryShows() {
		one := showChoice{Key: key, Text: p.T("learn.show." + key), Here: key == show}
		for _, row := range all {
			if has(row, key) {
				one.Count++
			}
		}
		p.Choices = append(p.Choices, one)
	}
	p.Rows = slices.DeleteFunc(all, func(row entryRow) bool { return !has(row, show) })
	if show == "asked" {
		slices.SortStableFunc(p.Rows, func(a, b entryRow) int { return b.Times - a.Times })
	}
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		answered, missed := 0, 0
		for _, counts := range asked {
			answered += counts[lang]
		}
		for _, g := range c.Gaps.Groups(lang) {
			missed += g.Count
		}
		p.Coverage = append(p.Coverage, c.say(p.Lang, "learn.lang."+string(lang))+": "+c.say(p.Lang, "learn.coverage.answered", "count", itoa(answered))+", "+
			c.say(p.Lang, "learn.coverage.missed", "count", itoa(missed)))
	}
	return c.render(w, http.StatusOK, "entries", "layout", p)
}

func (c *Console) entryRow(lang bot.Lang, t topicView, asked map[bot.Lang]int) entryRow {
	base := c.Editorial.Base()
	row := entryRow{Slug: t.Slug, Name: t.Name}
	for _, l := range []bot.Lang{bot.EN, bot.ES} {
		e, ok := base.Entry(t.Slug, string(l), c.Now())
		if !ok {
			continue
		}
		row.Titles = append(row.Titles, titleView{l, e.Title})
		row.Source, row.Signed, row.Expired = e.SourceName, e.SignedOff, row.Expired || e.Expired
		row.Checked, row.Expires = c.date(lang, e.CheckedOn), c.date(lang, e.ExpiresOn)
		row.Soon = !e.ExpiresOn.IsZero() && !e.Expired && e.ExpiresOn.Sub(c.Now()) < soon
		if e.Outdated {
			row.Outdated = append(row.Outdated, c.say(lang, "learn.lang."+string(l)))
		}
		if n := asked[l]; n > 0 {
			row.Asked = append(row.Asked, countView{c.say(lang, "learn.lang."+string(l)), n})
			row.Times += n
		}
	}
	row.Waits = slices.ContainsFunc(c.Editorial.Topic(t.Slug).Edits, func(e editorial.Edit) bool { return e.State == editorial.Waiting })
	return row
}

// date writes a calendar date, "" for none.
func (c *Console) date(lang bot.Lang, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	y, m, d := t.Date()
	return c.Words.Date(string(lang), time.Date(y, m, d, 12, 0, 0, 0, c.Clinic.Location()))
}

type sideView struct {
	Lang                        bot.Lang
	Name                        string
	Title, Question, Text, More string
	Outdated                    bool
}

func (c *Console) sides(lang bot.Lang, b *knowledge.Base, slug string) (list []sideView) {
	for _, l := range []bot.Lang{bot.EN, bot.ES} {
		if e, ok := b.Entry(slug, string(l), c.Now()); ok {
			list = append(list, sideView{Lang: l, Name: c.say(lang, "learn.lang."+string(l)), Title: e.Title, Question: e.Question, Text: e.Text, More: e.More, Outdated: e.Outdated})
		}
	}
	return list
}

// editView is one edit of a topic's history, or one that waits.
type editView struct {
	ID, Slug, Topic      string
	Lang                 bot.Lang // of a way of asking
	Way                  string
	Sides                []sideView // of an entry, as it would be
	Waits, Acts          bool
	State, By, Decided   string
	MayApprove, MayBack  bool
	Own                  bool // has to be approved by somebody else
	Mine                 bool // written by the reader
	Outdates             string
	Trials               []trial
	Source, Checked, End string
}

// shared hands one thing of a list to its template together with the page's words.
type shared struct{ Page, It any }

func (c *Console) editView(v visit, slug string, e editorial.Edit) editView {
	lang, me := v.who.Lang, c.editor(v)
	view := editView{ID: e.ID, Slug: slug, Topic: c.Editorial.Base().Question(slug, string(lang)), Waits: e.State == editorial.Waiting, Acts: e.State == editorial.InEffect}
	view.State = c.say(lang, "learn.state."+string(e.State))
	view.By = c.say(lang, "learn.proposed", "name", c.nameOf(lang, e.By), "time", c.moment(lang, e.At))
	switch {
	case !e.Undone.IsZero():
		view.Decided = c.say(lang, "learn.undone", "name", c.nameOf(lang, e.UndoneBy), "time", c.moment(lang, e.Undone))
	case e.State == editorial.Declined:
		view.Decided = c.say(lang, "learn.refused", "name", c.nameOf(lang, e.Decider), "time", c.moment(lang, e.Decided))
	case e.State == editorial.InEffect:
		view.Decided = c.say(lang, "learn.approved", "name", c.nameOf(lang, e.Decider), "time", c.moment(lang, e.Decided))
	}
	view.Mine = e.By == me.ID
	view.Own = view.Waits && view.Mine && !me.Alone
	view.MayApprove = view.Waits && me.Boss && !view.Own
	view.MayBack = view.Waits && (me.Boss || e.By == me.ID) || view.Acts && me.Boss
	if e.Way != nil {
		view.Way, view.Lang = e.Way.Text, e.Way.Lang
	} else {
		for _, l := range []bot.Lang{bot.EN, bot.ES} {
			if w, ok := e.Entry.Words[l]; ok {
				view.Sides = append(view.Sides, sideView{Lang: l, Name: c.say(lang, "learn.lang."+string(l)), Title: w.Title, Question: w.Question, Text: w.Text, More: w.More})
				if view.Topic == "" && l == lang {
					view.Topic = w.Question
				}
			}
		}
		if o := e.Entry.Origin; o != nil {
			view.Source, view.Checked, view.End = c.sourceName(lang, o.Source), c.date(lang, o.Checked), c.date(lang, o.Expires)
		}
	}
	if view.Waits {
		if c.Editorial.Outdates(slug, e) {
			view.Outdates = c.say(lang, "learn.outdates")
		}
		if then, err := c.Editorial.Preview(slug, e); err == nil {
			if e.Way != nil {
				view.Trials = append(view.Trials, c.trial(lang, then, e.Way.Text, e.Way.Lang))
			} else {
				for _, s := range view.Sides {
					view.Trials = append(view.Trials, c.trial(lang, then, s.Question, s.Lang))
				}
			}
		}
	}
	return view
}

// sourceName shows the word for the clinic itself as a name.
func (c *Console) sourceName(lang bot.Lang, source string) string {
	if source == "clinic" {
		return c.Clinic.Name
	}
	if source == "program" {
		return c.say(lang, "learn.source.program")
	}
	return source
}

type entryPage struct {
	learnPage
	Row      entryRow
	Sides    []sideView
	Waits    []editView
	History  []editView
	Position string
	Signed   string // when and by whom, in words
	Sent     bool
	Problem  string
	Flaws    []string
	Typed    string
	TypedIn  bot.Lang
	Preview  *trial
	MaxWay   int
}

func (c *Console) showEntry(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.entry(w, r, v, http.StatusOK, func(p *entryPage) { p.Sent = r.URL.Query().Get("sent") == "1" })
}

func (c *Console) entry(w http.ResponseWriter, r *http.Request, v visit, status int, change func(*entryPage)) error {
	slug := r.PathValue("id")
	t := c.Editorial.Topic(slug)
	base := c.Editorial.Base()
	if base.Question(slug, string(bot.EN)) == "" && len(t.Edits) == 0 {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.OpenedEntry, slug); err != nil {
		return err
	}
	p := entryPage{learnPage: c.learns(v, "learn.entry.title", "/staff/entries/"+slug), MaxWay: knowledge.MaxWay, TypedIn: v.who.Lang, Position: strconv.FormatUint(uint64(t.Position), 10)}
	p.Row = c.entryRow(p.Lang, topicView{slug, base.Question(slug, string(p.Lang))}, c.Gaps.Asked()[slug])
	p.Sides = c.sides(p.Lang, base, slug)
	for _, e := range slices.Backward(t.Edits) {
		view := c.editView(v, slug, e)
		if p.Row.Name == "" {
			p.Row.Name = view.Topic
		}
		switch {
		case view.Waits:
			p.Waits = append(p.Waits, view)
		default:
			p.History = append(p.History, view)
		}
	}
	if p.Row.Signed != "" {
		p.Signed = c.say(p.Lang, "learn.signed", "name", isolate(p.Row.Signed))
		if !t.Signed.IsZero() {
			p.Signed = c.say(p.Lang, "learn.signed_when", "name", isolate(p.Row.Signed), "time", c.moment(p.Lang, t.Signed))
		}
	}
	change(&p)
	return c.render(w, status, "entry", "layout", p)
}

// addWay previews or proposes a new way of asking on an entry's page.
func (c *Console) addWay(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	slug, way := r.PathValue("id"), editorial.Way{Lang: bot.Lang(r.PostFormValue("lang")), Text: oneLine(r.PostFormValue("text"))}
	if c.Editorial.Base().Question(slug, string(bot.EN)) == "" {
		return errMissing
	}
	again := func(status int, flaws []knowledge.Flaw) error {
		return c.entry(w, r, v, status, func(p *entryPage) {
			p.Typed, p.TypedIn, p.Flaws = way.Text, way.Lang, c.flaws(p.Lang, flaws)
			if then, err := c.Editorial.Preview(slug, editorial.Edit{Way: &way}); err == nil && len(flaws) == 0 {
				one := c.trial(p.Lang, then, way.Text, way.Lang)
				p.Preview = &one
			}
		})
	}
	if flaws := c.Editorial.CheckWay(slug, way); len(flaws) > 0 {
		return again(http.StatusUnprocessableEntity, flaws)
	}
	if r.PostFormValue("do") == "preview" {
		return again(http.StatusOK, nil)
	}
	return c.proposeWay(w, r, v, slug, way)
}

type approvalsPage struct {
	learnPage
	Edits []editView
}

func (c *Console) showApprovals(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.ListedEdits, ""); err != nil {
		return err
	}
	p := approvalsPage{learnPage: c.learns(v, "learn.approvals.title", "/staff/approvals")}
	for _, e := range c.Editorial.Waiting() {
		p.Edits = append(p.Edits, c.editView(v, e.Slug, e.Edit))
	}
	return c.render(w, http.StatusOK, "approvals", "layout", p)
}

// decided answers what became of a decision: back to the entry, or its page with what speaks against it.
func (c *Console) decided(w http.ResponseWriter, r *http.Request, v visit, err error) error {
	slug := r.PathValue("id")
	var flawed *editorial.FlawError
	problem := ""
	switch {
	case err == nil:
		http.Redirect(w, r, "/staff/entries/"+slug, http.StatusSeeOther)
		return nil
	case errors.Is(err, editorial.ErrUnknown):
		return errMissing
	case errors.As(err, &flawed):
		return c.entry(w, r, v, http.StatusConflict, func(p *entryPage) {
			p.Problem, p.Flaws = p.T("learn.problem.flaws"), c.flaws(p.Lang, flawed.Flaws)
		})
	case errors.Is(err, editorial.ErrDecided):
		problem = "learn.problem.decided"
	case errors.Is(err, editorial.ErrOwn):
		problem = "learn.problem.own"
	case errors.Is(err, editorial.ErrOutdates):
		problem = "learn.problem.outdates"
	case errors.Is(err, editorial.ErrMoved):
		problem = "learn.problem.moved"
	case errors.Is(err, editorial.ErrNotAllowed):
		problem = "learn.problem.not_allowed"
	default:
		return err
	}
	return c.entry(w, r, v, http.StatusConflict, func(p *entryPage) { p.Problem = p.T(problem) })
}

// named gives the edit that a form names, if the topic has it.
func (c *Console) named(r *http.Request) (slug string, e editorial.Edit, err error) {
	if err := r.ParseForm(); err != nil {
		return "", e, err
	}
	slug = r.PathValue("id")
	e, ok := c.Editorial.Topic(slug).Edit(r.PostFormValue("edit"))
	if !ok {
		return "", e, errMissing
	}
	return slug, e, nil
}

func (c *Console) approve(w http.ResponseWriter, r *http.Request, v visit) error {
	slug, e, err := c.named(r)
	if err != nil {
		return err
	}
	anyway := r.PostFormValue("anyway") == "1"
	if err := c.record(r, v.who.ID, audit.Approved, slug+":"+e.ID); err != nil {
		return err
	}
	if anyway && c.Editorial.Outdates(slug, e) {
		if err := c.record(r, v.who.ID, audit.Overridden, slug+":publish:outdated"); err != nil {
			return err
		}
	}
	return c.decided(w, r, v, c.Editorial.Approve(r.Context(), slug, e.ID, c.editor(v), anyway, c.Now()))
}

func (c *Console) takeBack(w http.ResponseWriter, r *http.Request, v visit) error {
	slug, e, err := c.named(r)
	if err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.TakenBack, slug+":"+e.ID); err != nil {
		return err
	}
	return c.decided(w, r, v, c.Editorial.TakeBack(r.Context(), slug, e.ID, c.editor(v)))
}

func (c *Console) signOffEntry(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	slug := r.PathValue("id")
	seen, err := strconv.ParseUint(r.PostFormValue("position"), 10, 64)
	if c.Editorial.Base().Question(slug, string(bot.EN)) == "" || err != nil {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.SignedOff, slug); err != nil {
		return err
	}
	return c.decided(w, r, v, c.Editorial.SignOff(r.Context(), slug, journal.Position(seen), c.editor(v), c.Now()))
}

func (c *Console) unsignEntry(w http.ResponseWriter, r *http.Request, v visit) error {
	slug := r.PathValue("id")
	if c.Editorial.Base().Question(slug, string(bot.EN)) == "" {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Unsigned, slug); err != nil {
		return err
	}
	return c.decided(w, r, v, c.Editorial.Unsign(r.Context(), slug, c.editor(v)))
}
