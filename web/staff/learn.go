package staff

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/gaps"
	"example.org/intake/bot/staff"
	"example.org/intake/knowledge"
)

// Knowledge from misses: what could not be answered, the entries, and what staff propose and approve of them.

// learnRoutes are the addresses of these pages.
func (c *Console) learnRoutes(bosses []staff.Role) []route {
	supervisors := []staff.Role{staff.Supervisor}
	return []route{
		{pattern: "GET /staff/gaps", signed: c.showGaps},
		{pattern: "GET /staff/gaps/{id}", signed: c.showGap},
		{pattern: "POST /staff/gaps/{id}/attach", signed: c.attach},
		{pattern: "POST /staff/gaps/{id}/aside", signed: c.setAside},
		{pattern: "POST /staff/gaps/{id}/back", signed: c.takeUp},
		{pattern: "GET /staff/entries", signed: c.showEntries},
		{pattern: "GET /staff/entries/{id}", signed: c.showEntry},
		{pattern: "GET /staff/entries/{id}/edit", signed: c.showEdit},
		{pattern: "POST /staff/entries/{id}/edit", signed: c.edit},
		{pattern: "POST /staff/entries/{id}/ways", signed: c.addWay},
		{pattern: "POST /staff/entries/{id}/back", signed: c.takeBack},
		{pattern: "GET /staff/draft", signed: c.showDraft},
		{pattern: "POST /staff/draft", signed: c.draft},
		{pattern: "GET /staff/approvals", signed: c.showApprovals, only: bosses},
		{pattern: "POST /staff/entries/{id}/approve", signed: c.approve, only: bosses},
		{pattern: "POST /staff/entries/{id}/sign", signed: c.signOffEntry, only: supervisors},
		{pattern: "POST /staff/entries/{id}/unsign", signed: c.unsignEntry, only: supervisors},
	}
}

// learnPages are the pages' files.
func learnPages() []string { return []string{"gaps", "gap", "entries", "entry", "draft", "approvals"} }

// learnPage is what these pages have in common.
type learnPage struct {
	page
	Boss, Supervisor bool
	Waiting          int // edits that wait for approval
	Open             int // questions without an answer
}

func (c *Console) learns(v visit, titleKey, here string) learnPage {
	p := learnPage{page: c.opened(v, titleKey, here), Boss: v.who.Role != staff.Staff, Supervisor: v.who.Role == staff.Supervisor, Waiting: len(c.Editorial.Waiting())}
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		open, _ := c.open(lang)
		p.Open += len(open)
	}
	return p
}

// editor is a visit as the editorial desk sees it.
func (c *Console) editor(v visit) editorial.Editor {
	e := editorial.Editor{ID: v.who.ID, Name: v.who.Name, Boss: v.who.Role != staff.Staff, Supervisor: v.who.Role == staff.Supervisor, Alone: true}
	for _, a := range c.Directory.List() {
		if a.ID != e.ID && a.State == staff.Active && a.Role != staff.Staff {
			e.Alone = false
		}
	}
	return e
}

// mostGaps is how many open questions of a language are shown.
const mostGaps = 50

// open gives the open questions of a language, and how many of those looked at would be answered by now.
func (c *Console) open(lang bot.Lang) (list []gaps.Group, answered int) {
	for _, g := range c.Gaps.Groups(lang) {
		if len(list) == mostGaps {
			break
		}
		if _, aside := c.Editorial.Aside(g.ID); aside {
			continue
		}
		r := c.tried.find(c.Editorial.Base(), g.Text, lang)
		if r.Decision == knowledge.Answer && !slices.Contains(g.Not, r.Label) {
			answered++
			continue
		}
		list = append(list, g)
	}
	return list, answered
}

// tried remembers what questions would be answered with, for as long as nothing is edited. It is small, and lives no longer than the program.
type tried struct {
	mu      sync.Mutex
	edition any
	results map[string]knowledge.Result
}

func (t *tried) find(b *knowledge.Base, text string, lang bot.Lang) knowledge.Result {
	t.mu.Lock()
	defer t.mu.Unlock()
	if edition := b.Edition(); t.edition != edition || len(t.results) > 8*mostGaps {
		t.edition, t.results = edition, map[string]knowledge.Result{}
	}
	key := string(lang) + " " + text
	r, ok := t.results[key]
	if !ok {
		r = b.Find(text, string(lang))
		t.results[key] = r
	}
	return r
}

// verdict is what the program does with a question, in words.
type verdict struct {
	Text   string
	Topics []topicView
}

type topicView struct{ Slug, Name string }

func (c *Console) verdict(lang bot.Lang, b *knowledge.Base, r knowledge.Result) verdict {
	v := verdict{}
	topics := r.Topics
	switch r.Decision {
	case knowledge.Answer:
		topics = []string{r.Label}
	case knowledge.Act, knowledge.Outside:
		topics = nil
	}
	for _, slug := range topics {
		if name := b.Question(slug, string(lang)); name != "" {
			v.Topics = append(v.Topics, topicView{slug, name})
		}
	}
	key := "learn.verdict." + string(r.Decision)
	if r.Decision == knowledge.Decline && len(v.Topics) > 0 {
		key += "_near"
	}
	v.Text = c.say(lang, key)
	return v
}

// trial is a question with what the program does now and what it would do after an approval.
type trial struct {
	Question  string
	Lang      bot.Lang
	Now, Then verdict
	Same      bool
	NowWord   string // what the columns are called, for narrow screens
	ThenWord  string
}

func (c *Console) trial(lang bot.Lang, then *knowledge.Base, question string, of bot.Lang) trial {
	base := c.Editorial.Base()
	was, will := base.Find(question, string(of)), then.Find(question, string(of))
	return trial{Question: question, Lang: of, NowWord: c.say(lang, "learn.trial.now"), ThenWord: c.say(lang, "learn.trial.then"), Now: c.verdict(lang, base, was), Then: c.verdict(lang, then, will),
		Same: was.Decision == will.Decision && was.Label == will.Label && slices.Equal(was.Topics, will.Topics)}
}

// topics lists all topics by their question in a language, for choosing.
func (c *Console) topics(lang bot.Lang) []topicView {
	base := c.Editorial.Base()
	var list []topicView
	for _, slug := range base.Slugs() {
		list = append(list, topicView{slug, base.Question(slug, string(lang))})
	}
	slices.SortFunc(list, func(a, b topicView) int { return strings.Compare(sortKey(a.Name), sortKey(b.Name)) })
	return list
}

var unaccented = strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n~")

// sortKey sorts questions as a reader of Spanish looks for them: marks and accents do not count, and ñ stands after n.
func sortKey(name string) string {
	return unaccented.Replace(strings.ToLower(strings.TrimLeft(name, "¿¡")))
}

// flaws puts into words what speaks against a text.
func (c *Console) flaws(lang bot.Lang, list []knowledge.Flaw) []string {
	var words []string
	for _, f := range list {
		pairs := []string{}
		for i, a := range f.Args {
			if i < 3 {
				pairs = append(pairs, string(rune('a'+i)), isolate(a))
			}
		}
		text := c.say(lang, "flaw."+f.Code, pairs...)
		place := c.say(lang, "flaw.part."+f.Part)
		if bot.Lang(f.Lang).Known() && f.Part != "way" {
			place += ", " + c.say(lang, "learn.in."+f.Lang)
		}
		if text = place + ": " + text; !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	return words
}

type gapView struct {
	ID, Text, Last string
	When           string // the same as Last, standing alone
	Aside          string // who set it aside and when, "" if nobody did
	Others         []string
	Lang           bot.Lang
	Count, Not     int
	Near           verdict
}

func (c *Console) gapView(lang bot.Lang, g gaps.Group) gapView {
	v := gapView{ID: g.ID, Text: g.Text, Others: g.Others, Lang: g.Lang, Count: g.Count, Not: g.NotAsked, Last: c.moment(lang, g.Last), When: c.when(lang, g.Last),
		Near: c.verdict(lang, c.Editorial.Base(), c.tried.find(c.Editorial.Base(), g.Text, g.Lang))}
	if a, ok := c.Editorial.Aside(g.ID); ok {
		v.Aside = c.say(lang, "learn.aside.by", "name", c.nameOf(lang, a.By), "time", c.moment(lang, a.At))
	}
	return v
}

type gapPage struct {
	learnPage
	Gap     gapView
	Topics  []topicView
	Chosen  string
	Typed   string
	Flaws   []string
	Preview *trial
	Typing  *trial // the same for what was typed
	MaxWay  int
}

func (c *Console) showGap(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.gap(w, r, v, http.StatusOK, func(*gapPage, gaps.Group) {})
}

func (c *Console) gap(w http.ResponseWriter, r *http.Request, v visit, status int, change func(*gapPage, gaps.Group)) error {
	g, ok := c.Gaps.Find(r.PathValue("id"))
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.OpenedGap, g.ID); err != nil {
		return err
	}
	p := gapPage{learnPage: c.learns(v, "learn.gap.title", "/staff/gaps/"+g.ID), MaxWay: knowledge.MaxWay}
	p.Gap, p.Topics = c.gapView(p.Lang, g), c.topics(p.Lang)
	if len(p.Gap.Near.Topics) > 0 {
		p.Chosen = p.Gap.Near.Topics[0].Slug
	}
	change(&p, g)
	return c.render(w, status, "gap", "layout", p)
}

// attach previews or proposes a new way of asking that was typed beside a question.
func (c *Console) attach(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	g, ok := c.Gaps.Find(r.PathValue("id"))
	if !ok {
		return errMissing
	}
	slug, way := r.PostFormValue("topic"), editorial.Way{Lang: g.Lang, Text: strings.Join(strings.Fields(r.PostFormValue("text")), " ")}
	if c.Editorial.Base().Question(slug, string(g.Lang)) == "" {
		return errMissing
	}
	again := func(status int, flaws []knowledge.Flaw) error {
		return c.gap(w, r, v, status, func(p *gapPage, g gaps.Group) {
			p.Chosen, p.Typed, p.Flaws = slug, way.Text, c.flaws(p.Lang, flaws)
			if len(flaws) > 0 {
				return
			}
			if then, err := c.Editorial.Preview(slug, editorial.Edit{Way: &way}); err == nil {
				asked, typed := c.trial(p.Lang, then, g.Text, g.Lang), c.trial(p.Lang, then, way.Text, g.Lang)
				p.Preview = &asked
				if way.Text != g.Text {
					p.Typing = &typed
				}
			}
		})
	}
	if flaws := c.Editorial.CheckWay(slug, way); len(flaws) > 0 {
		return again(http.StatusUnprocessableEntity, flaws)
	}
	if r.PostFormValue("do") == "preview" {
		return again(http.StatusOK, nil)
	}
	if err := c.record(r, v.who.ID, audit.OpenedGap, g.ID); err != nil {
		return err
	}
	return c.proposeWay(w, r, v, slug, way)
}

func (c *Console) proposeWay(w http.ResponseWriter, r *http.Request, v visit, slug string, way editorial.Way) error {
	if err := c.record(r, v.who.ID, audit.Proposed, slug); err != nil {
		return err
	}
	id, err := c.Editorial.ProposeWay(r.Context(), slug, c.editor(v), way)
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/entries/"+slug+"?sent=1#"+id, http.StatusSeeOther)
	return nil
}

// date reads a day of a form, zero where there is none or it is no date.
func date(s string) time.Time {
	t, _ := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return t
}

func dateShown(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}
