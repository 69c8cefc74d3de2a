package staff

import (
	"errors"
	"net/http"
	"regexp"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/knowledge"
)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// fieldSet is what is typed of one language.
type fieldSet struct {
	Lang bot.Lang
	Name string
	knowledge.Wording
}

type draftPage struct {
	learnPage
	Slug                          string
	New                           bool
	Fields                        []fieldSet
	Source, URL, Checked, Expires string
	Reviewed                      bool
	Gap                           *gapView
	Problem                       string
	Flaws                         []string
	Sides                         []sideView // the preview
	Trials                        []trial
}

// showDraft is the empty form for a new topic; ?gap= names the question that it is to answer.
func (c *Console) showDraft(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.draftPage(w, r, v, http.StatusOK, "", func(p *draftPage) {
		p.Source, p.Checked = "clinic", c.Now().In(c.Clinic.Location()).Format("2006-01-02")
	})
}

// showEdit is the form with an entry as it stands.
func (c *Console) showEdit(w http.ResponseWriter, r *http.Request, v visit) error {
	slug := r.PathValue("id")
	base := c.Editorial.Base()
	if base.Question(slug, string(bot.EN)) == "" {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.OpenedEntry, slug); err != nil {
		return err
	}
	return c.draftPage(w, r, v, http.StatusOK, slug, func(p *draftPage) {
		for i, f := range p.Fields {
			words, origin, _ := base.Written(slug, string(f.Lang))
			p.Fields[i].Wording = words
			p.Source, p.URL, p.Checked, p.Expires = origin.Source, origin.URL, dateShown(origin.Checked), dateShown(origin.Expires)
		}
	})
}

// draftPage shows the form; slug is "" for a new topic.
func (c *Console) draftPage(w http.ResponseWriter, r *http.Request, v visit, status int, slug string, change func(*draftPage)) error {
	p := draftPage{learnPage: c.learns(v, "learn.draft.new", "/staff/draft"), Slug: slug, New: slug == ""}
	if slug != "" {
		p.Title, p.Here = p.T("learn.draft.change"), "/staff/entries/"+slug+"/edit"
	}
	for _, l := range []bot.Lang{bot.EN, bot.ES} {
		p.Fields = append(p.Fields, fieldSet{Lang: l, Name: c.say(p.Lang, "learn.lang."+string(l))})
	}
	if g, ok := c.Gaps.Find(r.FormValue("gap")); ok {
		if err := c.record(r, v.who.ID, audit.OpenedGap, g.ID); err != nil {
			return err
		}
		view := c.gapView(p.Lang, g)
		p.Gap = &view
	}
	change(&p)
	return c.render(w, status, "draft", "layout", p)
}

var topicName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *Console) draft(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.writeEntry(w, r, v, "")
}

func (c *Console) edit(w http.ResponseWriter, r *http.Request, v visit) error {
	slug := r.PathValue("id")
	if c.Editorial.Base().Question(slug, string(bot.EN)) == "" {
		return errMissing
	}
	return c.writeEntry(w, r, v, slug)
}

// writeEntry previews or proposes an entry; of is "" for a new topic.
func (c *Console) writeEntry(w http.ResponseWriter, r *http.Request, v visit, of string) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	slug := of
	if of == "" {
		slug = strings.TrimSpace(r.PostFormValue("slug"))
	}
	typed := map[bot.Lang]knowledge.Wording{}
	for _, l := range []bot.Lang{bot.EN, bot.ES} {
		get := func(part string) string { return cleanNote(r.PostFormValue(part + "." + string(l))) }
		typed[l] = knowledge.Wording{Title: get("title"), Question: get("question"), Text: get("text"), More: get("more")}
	}
	e := editorial.Entry{Words: typed, Reviewed: r.PostFormValue("reviewed") == "1", Origin: &knowledge.Origin{Source: cleanNote(r.PostFormValue("source")), URL: cleanNote(r.PostFormValue("url")),
		Checked: date(r.PostFormValue("checked")), Expires: date(r.PostFormValue("expires"))}}
	again := func(status int, problem string, flaws []knowledge.Flaw, change func(*draftPage)) error {
		return c.draftPage(w, r, v, status, of, func(p *draftPage) {
			p.Slug, p.Reviewed = slug, e.Reviewed
			p.Source, p.URL, p.Checked, p.Expires = e.Origin.Source, e.Origin.URL, r.PostFormValue("checked"), r.PostFormValue("expires")
			for i, f := range p.Fields {
				p.Fields[i].Wording = typed[f.Lang]
			}
			if problem != "" {
				p.Problem = p.T(problem)
			}
			p.Flaws = c.flaws(p.Lang, flaws)
			change(p)
		})
	}
	nothing := func(*draftPage) {}
	if of == "" && (!topicName.MatchString(slug) || len(slug) > 60) {
		return again(http.StatusUnprocessableEntity, "flaw.slug", nil, nothing)
	}
	if r.PostFormValue("do") == "preview" {
		lean := c.Editorial.Lean(slug, e)
		if flaws := c.Editorial.CheckEntry(slug, lean, c.Now()); len(flaws) > 0 {
			return again(http.StatusUnprocessableEntity, "", flaws, nothing)
		}
		then, err := c.Editorial.Preview(slug, editorial.Edit{Entry: &lean})
		if err != nil {
			return err
		}
		return again(http.StatusOK, "", nil, func(p *draftPage) {
			p.Sides = c.sides(p.Lang, then, slug)
			if p.Gap != nil {
				p.Trials = append(p.Trials, c.trial(p.Lang, then, p.Gap.Text, p.Gap.Lang))
			}
			for _, l := range []bot.Lang{bot.EN, bot.ES} {
				p.Trials = append(p.Trials, c.trial(p.Lang, then, then.Question(slug, string(l)), l))
			}
		})
	}
	if err := c.record(r, v.who.ID, audit.Proposed, slug); err != nil {
		return err
	}
	id, err := c.Editorial.ProposeEntry(r.Context(), slug, c.editor(v), e, of == "", c.Now())
	var flawed *editorial.FlawError
	switch {
	case errors.As(err, &flawed):
		return again(http.StatusUnprocessableEntity, "", flawed.Flaws, nothing)
	case errors.Is(err, editorial.ErrExists):
		return again(http.StatusConflict, "learn.problem.exists", nil, nothing)
	case errors.Is(err, editorial.ErrNothing):
		return again(http.StatusUnprocessableEntity, "learn.problem.nothing", nil, nothing)
	case err != nil:
		return err
	}
	http.Redirect(w, r, "/staff/entries/"+slug+"?sent=1#"+id, http.StatusSeeOther)
	return nil
}
