package staff

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/export"
)

type subjectView struct{ ID, Code string } // ID "": the request is erased

type disclosureView struct {
	When, People, What, Recipient, Purpose, Basis, By, State string
	Codes                                                    []subjectView
}

type disclosuresPage struct {
	page
	Rows                           []disclosureView
	Forms, Purposes, Bases         []pick
	From, Until                    string
	More, Broken, Filtered, Erased bool
	Code                           string // that was looked for and not found
}

// maxDisclosures is how many rows the log shows at once.
const maxDisclosures = 500

func (c *Console) showDisclosures(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.disclosures(w, r, v, http.StatusOK, "")
}

// disclosures shows what left the house. The filter holds words of lists and days, so that nothing about anybody stands in the address.
func (c *Console) disclosures(w http.ResponseWriter, r *http.Request, v visit, status int, code string) error {
	if err := c.record(r, v.who.ID, audit.Disclosures, ""); err != nil {
		return err
	}
	q := r.URL.Query()
	p := disclosuresPage{page: c.opened(v, "export.log.title", "/staff/disclosures"), Code: code, Broken: c.Exports.Damaged() > 0}
	lang := p.Lang
	form, purpose, basis := export.Form(q.Get("form")), export.Purpose(q.Get("purpose")), export.Basis(q.Get("basis"))
	p.Forms = picks(c, lang, "export.form.", export.Forms(), form)
	p.Purposes = picks(c, lang, "export.purpose.", export.Purposes(), purpose)
	p.Bases = picks(c, lang, "export.basis.", export.Bases(false), basis)
	from, until := c.dayOf(q.Get("from")), c.dayOf(q.Get("until"))
	if !from.IsZero() {
		p.From = q.Get("from")
	}
	if !until.IsZero() {
		p.Until, until = q.Get("until"), until.AddDate(0, 0, 1)
	}
	p.Filtered = form != "" || purpose != "" || basis != "" || p.From != "" || p.Until != ""
	list := c.Exports.List(func(d export.Disclosure) bool {
		return (form == "" || d.Form == form) && (purpose == "" || d.Purpose == purpose) && (basis == "" || d.Basis == basis) &&
			!d.At.Before(from) && (until.IsZero() || d.At.Before(until))
	})
	if p.More = len(list) > maxDisclosures; p.More {
		list = list[:maxDisclosures]
	}
	for _, d := range list {
		p.Rows = append(p.Rows, c.disclosure(v, d))
	}
	return c.render(w, status, "disclosures", "layout", p)
}

// dayOf reads a day on the clinic's clock; anything else is no day.
func (c *Console) dayOf(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, c.Clinic.Location())
	if err != nil {
		return time.Time{}
	}
	return t
}

func (c *Console) disclosure(v visit, d export.Disclosure) disclosureView {
	lang, m := v.who.Lang, c.maker(v.who.Lang)
	o := disclosureView{What: m.What(lang, d), By: c.nameOf(lang, d.By)}
	if d.Form == export.Push {
		o.State = c.say(lang, "export.log.dead")
		switch {
		case !d.Sent.IsZero():
			o.State = c.say(lang, "export.log.sent")
		case d.Waits():
			o.State = c.say(lang, "export.log.waiting")
		}
		o.State = d.To + ": " + o.State
	}
	for _, f := range m.Account(lang, d) {
		switch f.Key {
		case "disclosed":
			o.When = f.Value // the day as it is: "today" means nothing on paper
		case "recipient":
			o.Recipient = f.Value
		case "purpose":
			o.Purpose = f.Value
		case "basis":
			o.Basis = f.Value
		}
	}
	if n := len(d.Subjects); n > 1 {
		o.People = c.say(lang, "export.log.people", "count", itoa(n))
	}
	for _, s := range d.Subjects {
		one := subjectView{Code: s.Code}
		if _, there := c.Worklist.Get(s.Request); there {
			one.ID = s.Request
		}
		o.Codes = append(o.Codes, one)
	}
	return o
}

type accountingPage struct {
	page
	Code, Made string
	Back       string
	Rows       []disclosureView
}

// person gathers what belongs to one person as far as is known: the request, and those that were merged with it.
func (c *Console) person(id string) (ids, codes []string) {
	ids = []string{id}
	if r, ok := c.Worklist.Get(id); ok {
		if r.Into != "" {
			ids = append(ids, r.Into)
		}
		ids = append(ids, r.Joined...)
		if into, ok := c.Worklist.Get(r.Into); ok {
			ids = append(ids, into.Joined...)
		}
	}
	for _, one := range ids {
		if r, ok := c.Worklist.Get(one); ok {
			codes = append(codes, r.Reference)
		}
	}
	return ids, codes
}

// showAccounting is all that was disclosed about one person, to be printed for that person: about others nothing is on it.
func (c *Console) showAccounting(w http.ResponseWriter, r *http.Request, v visit) error {
	id := r.PathValue("id")
	ids, codes := c.person(id)
	list := c.Exports.List(func(d export.Disclosure) bool { return d.About(ids, codes) })
	code, back := "", ""
	if one, ok := c.Worklist.Get(id); ok {
		code, back = one.Reference, "/staff/requests/"+id
	}
	for _, d := range list { // erased, but the log knows it
		for _, s := range d.Subjects {
			if s.Request == id && code == "" {
				code = s.Code
			}
		}
	}
	if code == "" {
		return errMissing
	}
	return c.accounting(w, r, v, id, code, back, list)
}

// findAccounting looks for what was disclosed by the code that a person has. It is a form that is sent: codes stand in no address.
func (c *Console) findAccounting(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	typed := strings.TrimSpace(r.PostFormValue("q"))
	code := bot.CodeIn(typed)
	var ids []string
	codes := []string{code}
	if one, ok := c.Worklist.ByCode(code); ok {
		ids, codes = c.person(one.ID)
		codes = append(codes, code)
	}
	list := c.Exports.List(func(d export.Disclosure) bool { return code != "" && d.About(ids, codes) })
	if len(list) == 0 {
		if err := c.record(r, v.who.ID, audit.Accounted, "none"); err != nil {
			return err
		}
		r.URL.RawQuery = ""
		return c.disclosures(w, r, v, http.StatusNotFound, string([]rune(typed)[:min(20, len([]rune(typed)))]))
	}
	id := "none"
	for _, s := range list[0].Subjects {
		if s.Code == code || slices.Contains(ids, s.Request) {
			id = s.Request
		}
	}
	return c.accounting(w, r, v, id, code, "/staff/disclosures", list)
}

func (c *Console) accounting(w http.ResponseWriter, r *http.Request, v visit, id, code, back string, list []export.Disclosure) error {
	if err := c.record(r, v.who.ID, audit.Accounted, id); err != nil {
		return err
	}
	here := "/staff/disclosures"
	if r.Method == http.MethodGet {
		here = r.URL.Path
	}
	p := accountingPage{page: c.opened(v, "export.account.title", here), Code: code, Back: back}
	p.Made = c.say(p.Lang, "export.account.made", "time", c.Words.Date(string(p.Lang), c.Now().In(c.Clinic.Location())))
	for _, d := range list {
		d.Subjects = nil // others may be in the same list
		p.Rows = append(p.Rows, c.disclosure(v, d))
	}
	return c.render(w, http.StatusOK, "accounting", "layout", p)
}
