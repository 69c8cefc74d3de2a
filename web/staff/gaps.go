package staff

import (
	"context"
	"net/http"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/gaps"
)

// The list of questions without an answer, and what is set aside of it.

type gapList struct {
	Lang     bot.Lang
	Name     string
	Gaps     []gapView
	Answered string
}

type gapsPage struct {
	learnPage
	Aside   bool // the list of what was set aside
	Choices []showChoice
	Lists   []gapList
	Left    string
	Done    *gapView // what was set aside or put back just now
}

// aside gives the questions of a language that were set aside.
func (c *Console) aside(lang bot.Lang) (list []gaps.Group) {
	for _, g := range c.Gaps.Groups(lang) {
		if _, ok := c.Editorial.Aside(g.ID); ok {
			list = append(list, g)
		}
	}
	return list
}

func (c *Console) showGaps(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.ListedGaps, ""); err != nil {
		return err
	}
	p := gapsPage{learnPage: c.learns(v, "learn.gaps.title", "/staff/gaps"), Aside: r.URL.Query().Get("show") == "aside"}
	if p.Aside {
		p.Here = "/staff/gaps?show=aside"
	}
	asides := 0
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		shown, answered := c.open(lang)
		aside := c.aside(lang)
		asides += len(aside)
		if p.Aside {
			shown, answered = aside[:min(len(aside), mostGaps)], 0
		}
		one := gapList{Lang: lang, Name: c.say(p.Lang, "learn.lang."+string(lang))}
		for _, g := range shown {
			one.Gaps = append(one.Gaps, c.gapView(p.Lang, g))
		}
		if answered > 0 {
			one.Answered = c.say(p.Lang, "learn.gaps.answered", "count", itoa(answered))
		}
		p.Lists = append(p.Lists, one)
	}
	p.Choices = []showChoice{{Key: "open", Text: p.T("learn.show.open"), Count: p.Open, Here: !p.Aside}, {Key: "aside", Text: p.T("learn.show.aside"), Count: asides, Here: p.Aside}}
	if g, ok := c.Gaps.Find(r.URL.Query().Get("done")); ok {
		view := c.gapView(p.Lang, g)
		p.Done = &view
	}
	if n := c.Gaps.Left(); n > 0 {
		p.Left = c.say(p.Lang, "learn.gaps.left", "count", itoa(n))
	}
	return c.render(w, http.StatusOK, "gaps", "layout", p)
}

// setAside takes a question that is not for this clinic out of the list.
func (c *Console) setAside(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.move(w, r, v, audit.SetGapAside, c.Editorial.SetAside, "/staff/gaps?done=")
}

// takeUp puts a question back that was set aside.
func (c *Console) takeUp(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.move(w, r, v, audit.TookGapUp, c.Editorial.TakeUp, "/staff/gaps?done=")
}

func (c *Console) move(w http.ResponseWriter, r *http.Request, v visit, act audit.Act, do func(context.Context, []string, editorial.Editor) error, then string) error {
	g, ok := c.Gaps.Find(r.PathValue("id"))
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, act, g.ID); err != nil {
		return err
	}
	if err := do(r.Context(), g.IDs, c.editor(v)); err != nil {
		return err
	}
	http.Redirect(w, r, then+g.ID, http.StatusSeeOther)
	return nil
}
