package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/export"
	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
)

// exports reports whether somebody may make every form, export lists and see what left. Everybody else may print what they have claimed, and
// put its appointment into a calendar.
func (v visit) exports() bool {
	return v.who.Role == staff.Supervisor || v.who.Role == staff.Administrator
}

// formsFor lists what somebody may make of a request.
func (c *Console) formsFor(v visit, r request.Request) []export.Form {
	switch {
	case v.exports():
		forms := []export.Form{export.Print, export.ICS, export.CSV, export.FHIR}
		if len(c.Systems) > 0 {
			forms = append(forms, export.Push)
		}
		return forms
	case r.HeldBy(c.Now()) == v.who.ID:
		return []export.Form{export.Print, export.ICS}
	}
	return nil
}

// pick is one choice of a form.
type pick struct {
	Key, Text string
	On        bool
}

type exportPage struct {
	page
	ID, Reference                                                 string // "" for a list
	Show                                                          string
	Shows, Forms, Parts, Purposes, Bases, Scopes, Natures, In, To []pick
	Recipient, Date, Press, Action                                string
	Warn                                                          []string
	Problems                                                      []export.Problem
}

// Says gives a problem in words.
func (p exportPage) Says(o export.Problem) string { return p.T("export.problem." + o.Key) }

// Of gives what is wrong with a field, "" if nothing is.
func (p exportPage) Of(field string) string {
	for _, o := range p.Problems {
		if o.Field == field {
			return p.Says(o)
		}
	}
	return ""
}

func picks[T ~string](c *Console, lang bot.Lang, prefix string, keys []T, on ...T) []pick {
	var list []pick
	for _, k := range keys {
		list = append(list, pick{Key: string(k), Text: c.say(lang, prefix+string(k)), On: slices.Contains(on, k)})
	}
	return list
}

// exportForm is the page that asks; t is what was chosen already.
func (c *Console) exportForm(v visit, here, title string, t export.Terms, forms []export.Form, list bool) exportPage {
	p := exportPage{page: c.opened(v, title, here), Recipient: t.Recipient, Date: t.Date, Action: here, Press: strings.ToLower(rand.Text())}
	lang := p.Lang
	if !t.Lang.Known() {
		t.Lang = lang
	}
	if t.Form == "" && len(forms) > 0 {
		t.Form = forms[0]
	}
	parts := export.CSV.Parts(list)
	if slices.Contains(forms, export.ICS) {
		parts = append(parts, export.Place)
	}
	p.Forms = picks(c, lang, "export.page.form.", forms, t.Form)
	p.Parts = picks(c, lang, "export.page.part.", parts, t.Parts...)
	p.Purposes = picks(c, lang, "export.purpose.", export.Purposes(), t.Purpose)
	p.Bases = picks(c, lang, "export.basis.", export.Bases(list), t.Basis)
	p.Scopes = picks(c, lang, "export.scope.", export.Scopes(), t.Scope)
	p.Natures = picks(c, lang, "export.nature.", export.Natures(), t.Nature)
	if slices.Contains(forms, export.Push) {
		for _, one := range c.Systems {
			p.To = append(p.To, pick{Key: one.Name, Text: one.Name + " (" + one.Shown + ")", On: one.Name == t.To})
		}
	}
	p.In = picks(c, lang, "console.language.", []bot.Lang{bot.EN, bot.ES}, t.Lang)
	return p
}

// termsOf reads what was chosen.
func termsOf(f url.Values) export.Terms {
	t := export.Terms{Form: export.Form(f.Get("form")), Lang: bot.Lang(f.Get("lang")), Recipient: f.Get("recipient"), Purpose: export.Purpose(f.Get("purpose")),
		Basis: export.Basis(f.Get("basis")), Date: f.Get("date"), Scope: export.Scope(f.Get("scope")), Nature: export.Nature(f.Get("nature")), To: f.Get("to")}
	for _, p := range f["part"] {
		t.Parts = append(t.Parts, export.Part(p))
	}
	return t
}

func (c *Console) showExport(w http.ResponseWriter, r *http.Request, v visit) error {
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	return c.askExport(w, v, one.Request, http.StatusOK, export.Terms{}, nil)
}

// askExport asks what is to leave, to whom, what for and on which basis. Nothing of the request but its code is on the page.
func (c *Console) askExport(w http.ResponseWriter, v visit, one request.Request, status int, t export.Terms, problems []export.Problem) error {
	p := c.exportForm(v, "/staff/requests/"+one.ID+"/export", "export.page.title", t, c.formsFor(v, one), false)
	p.ID, p.Reference, p.Problems = one.ID, one.Reference, problems
	if one.Withdrawn {
		p.Warn = append(p.Warn, p.T("export.page.withdrawn"))
	}
	if one.LeftQuickly {
		p.Warn = append(p.Warn, p.T("export.page.left"))
	}
	return c.render(w, status, "export", "layout", p)
}

func (c *Console) exportOne(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	forms := c.formsFor(v, one.Request)
	if len(forms) == 0 {
		return c.askExport(w, v, one.Request, http.StatusForbidden, export.Terms{}, nil)
	}
	typed := termsOf(r.PostForm)
	t := typed
	problems := t.Check(c.Now().In(c.Clinic.Location()), []request.Request{one.Request}, false)
	switch {
	case t.Form == export.ICS && one.Appointment == nil:
		problems = append(problems, export.Problem{Field: "form", Key: "no_appointment"})
	case slices.Contains(export.Forms(), t.Form) && !slices.Contains(forms, t.Form),
		t.To != "" && !slices.ContainsFunc(c.Systems, func(s export.System) bool { return s.Name == t.To }):
		return errRefused // the page does not offer it
	}
	if len(problems) > 0 {
		return c.askExport(w, v, one.Request, http.StatusUnprocessableEntity, typed, problems)
	}
	d, err := c.disclose(r, v, t, []request.Request{one.Request}, one.ID+":"+string(t.Form))
	if errors.Is(err, export.ErrUsed) {
		return c.askExport(w, v, one.Request, http.StatusConflict, typed, []export.Problem{{Key: "used"}})
	}
	if err != nil {
		return err
	}
	if t.Form == export.Push { // the page says what became of it
		http.Redirect(w, r, "/staff/requests/"+one.ID+"/accounting", http.StatusSeeOther)
		return nil
	}
	rec, err := c.recordOf(r.Context(), t, one.Request)
	if err != nil {
		return err
	}
	m := c.maker(v.who.Lang)
	var f export.File
	switch t.Form {
	case export.Print:
		return c.render(w, http.StatusOK, "print", "sheet", c.sheet(v, m, d, rec))
	case export.ICS:
		f, err = m.ICS(d, rec)
	case export.CSV:
		f = m.CSV(d, []export.Record{rec})
	case export.FHIR:
		f, err = m.FHIR(d, rec)
	}
	if err != nil {
		return err
	}
	return sendFile(w, f)
}

// disclose writes into the audit record and into the log what is about to leave. about says what the record names.
func (c *Console) disclose(r *http.Request, v visit, t export.Terms, requests []request.Request, about string) (export.Disclosure, error) {
	press := r.PostFormValue("press")
	if len(press) < 8 || len(press) > 64 || !isID(press) {
		return export.Disclosure{}, errRefused
	}
	d := export.Disclosure{At: c.Now(), By: v.who.ID, Terms: t}
	for _, one := range requests {
		d.Subjects = append(d.Subjects, export.Subject{Request: one.ID, Code: one.Reference})
	}
	var err error
	if d.ID, err = d.Name(press); err != nil {
		return d, err
	}
	if err := c.record(r, v.who.ID, audit.Exported, about+":"+d.ID); err != nil {
		return d, err
	}
	return c.Exports.Made(r.Context(), d)
}

func (c *Console) maker(lang bot.Lang) export.Maker {
	return export.Maker{Words: c.Words, Clinic: c.Clinic, Name: func(id string) string { return c.nameOf(lang, id) }}
}

// recordOf is a request with its conversation, where that is to leave too.
func (c *Console) recordOf(ctx context.Context, t export.Terms, one request.Request) (export.Record, error) {
	rec := export.Record{Request: one}
	if !t.Has(export.Conversation) {
		return rec, nil
	}
	conv, err := c.conversation(ctx, one.ID, func(bot.Conversation, bot.Event) {})
	rec.Talk = conv.Lines
	return rec, err
}

// Bundle makes what a push delivers, from the request as it is now.
func (c *Console) Bundle(ctx context.Context, d export.Disclosure) (export.File, error) {
	if len(d.Subjects) != 1 {
		return export.File{}, export.ErrGone
	}
	one, ok := c.Worklist.Get(d.Subjects[0].Request)
	if !ok {
		return export.File{}, export.ErrGone
	}
	rec, err := c.recordOf(ctx, d.Terms, one)
	if err != nil {
		return export.File{}, err
	}
	return c.maker(d.Lang).FHIR(d, rec)
}

// sendFile sends a file to be kept, never to be shown by the browser.
func sendFile(w http.ResponseWriter, f export.File) error {
	h := w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(f.Data)))
	_, _ = w.Write(f.Data) // the browser went away: nothing to do
	return nil
}

// sheetPage is a request as a page for printing. Its title, which printers and their queues show, is neutral.
type sheetPage struct {
	page
	ID                string
	Fields, Long      []export.Field
	Disclosed         []export.Field
	Notice            string
	Second            string
	SecondIn, ScreenL bot.Lang
}

func (c *Console) sheet(v visit, m export.Maker, d export.Disclosure, r export.Record) sheetPage {
	p := sheetPage{page: page{c: c, Lang: d.Lang, Title: c.say(d.Lang, "export.title")}, ID: r.ID, Disclosed: m.Account(d.Lang, d), Notice: m.Notice(d.Lang, true),
		Second: m.Notice(d.Lang.Other(), true), SecondIn: d.Lang.Other(), ScreenL: v.who.Lang}
	for _, f := range m.Fields(d.Terms, r) {
		if f.Key == "talk" || f.Key == "notes" {
			p.Long = append(p.Long, f)
		} else {
			p.Fields = append(p.Fields, f)
		}
	}
	return p
}

// maxListed is how many requests one table may hold.
const maxListed = 1000

func (c *Console) showListExport(w http.ResponseWriter, r *http.Request, v visit) error {
	show, _, ok := partOf(r)
	if !ok {
		return errMissing
	}
	return c.askListExport(w, v, http.StatusOK, show, export.Terms{}, nil)
}

// listed gives a part of the list without what others have and the visit may not read, and how many that are.
func (c *Console) listed(v visit, show string) (list []request.Request, left int) {
	now := c.Now()
	for _, i := range c.board.all() {
		switch {
		case !i.belongs(show, v.who.ID, now):
		case !c.mayRead(v, i.Request):
			left++
		default:
			list = append(list, i.Request)
		}
	}
	return list, left
}

func (c *Console) askListExport(w http.ResponseWriter, v visit, status int, show string, t export.Terms, problems []export.Problem) error {
	p := c.exportForm(v, "/staff/export", "export.page.list_title", t, []export.Form{export.CSV}, true)
	p.Show, p.Problems, p.Shows = show, problems, picks(c, p.Lang, "console.show.", shows(), show)
	for i, s := range p.Shows {
		list, _ := c.listed(v, s.Key)
		p.Shows[i].Text += " (" + itoa(len(list)) + ")"
	}
	if _, left := c.listed(v, show); left > 0 {
		p.Warn = append(p.Warn, c.say(p.Lang, "export.left_out", "count", itoa(left)))
	}
	return c.render(w, status, "export", "layout", p)
}

func (c *Console) exportList(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	show := r.PostFormValue("show")
	if show == "" {
		show = shows()[0]
	}
	if !isShow(show) {
		return errMissing
	}
	requests, _ := c.listed(v, show)
	typed := termsOf(r.PostForm)
	typed.Form = export.CSV
	t := typed
	problems := t.Check(c.Now().In(c.Clinic.Location()), requests, true)
	switch n := len(requests); {
	case n == 0:
		problems = append(problems, export.Problem{Field: "show", Key: "none"})
	case n > maxListed:
		problems = append(problems, export.Problem{Field: "show", Key: "many"})
	}
	if len(problems) > 0 {
		return c.askListExport(w, v, http.StatusUnprocessableEntity, show, typed, problems)
	}
	d, err := c.disclose(r, v, t, requests, "list:csv")
	if errors.Is(err, export.ErrUsed) {
		return c.askListExport(w, v, http.StatusConflict, show, typed, []export.Problem{{Key: "used"}})
	}
	if err != nil {
		return err
	}
	var list []export.Record
	for _, one := range requests {
		list = append(list, export.Record{Request: one})
	}
	return sendFile(w, c.maker(v.who.Lang).CSV(d, list))
}
