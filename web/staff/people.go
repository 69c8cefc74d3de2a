package staff

import (
	"errors"
	"net/http"
	"strconv"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

func itoa(n int) string { return strconv.Itoa(n) }

type accountView struct {
	ID, Name, Login, Role, State string
	Me, Disabled, Invited        bool
	Secured                      string
}

type peoplePage struct {
	page
	Accounts []accountView
	Roles    []reason
	Link     string // shown once
	LinkFor  string
	Problem  string
}

func (c *Console) showPeople(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.accounts(w, r, v, http.StatusOK, func(*peoplePage) {})
}

func (c *Console) accounts(w http.ResponseWriter, r *http.Request, v visit, status int, change func(*peoplePage)) error {
	if err := c.record(r, v.who.ID, audit.ListedStaff, ""); err != nil {
		return err
	}
	p := peoplePage{page: c.opened(v, "console.people.title", "/staff/people")}
	for _, a := range c.Directory.List() {
		one := accountView{ID: a.ID, Name: a.Name, Login: a.Login, Role: p.T("console.role." + string(a.Role)), State: p.T("console.people.state." + string(a.State)),
			Me: a.ID == v.who.ID, Disabled: a.State == staff.Disabled, Invited: a.State == staff.Invited, Secured: p.T("console.people.no_factor")}
		switch {
		case a.Passkeys > 0:
			one.Secured = p.T("console.people.passkey")
		case a.Secured:
			one.Secured = p.T("console.people.totp")
		}
		p.Accounts = append(p.Accounts, one)
	}
	for _, role := range []staff.Role{staff.Staff, staff.Supervisor, staff.Administrator} {
		p.Roles = append(p.Roles, reason{Key: string(role), Text: p.T("console.people.role." + string(role))})
	}
	change(&p)
	return c.render(w, status, "people", "layout", p)
}

// link shows a one-time link. It is on this page alone, and is not shown again.
func (c *Console) link(w http.ResponseWriter, r *http.Request, v visit, token, who string) error {
	return c.accounts(w, r, v, http.StatusOK, func(p *peoplePage) {
		p.Link, p.LinkFor = c.Public.String()+"/staff/setup?token="+token, who
	})
}

func (c *Console) invite(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	role := staff.Role(r.PostFormValue("role"))
	if !role.Known() {
		return errRefused
	}
	if err := c.record(r, v.who.ID, audit.Invited, string(role)); err != nil {
		return err
	}
	token, err := c.Directory.Invite(r.Context(), role, v.who.ID)
	if err != nil {
		return err
	}
	return c.link(w, r, v, token, c.say(v.who.Lang, "console.role."+string(role)))
}

// other gives the account that a form is about, which is not one's own.
func (c *Console) other(r *http.Request, v visit) (staff.Account, error) {
	if err := r.ParseForm(); err != nil {
		return staff.Account{}, err
	}
	a, ok := c.Directory.Get(r.PostFormValue("account"))
	if !ok || a.ID == v.who.ID || a.State == staff.Disabled {
		return a, errMissing
	}
	return a, nil
}

func (c *Console) disable(w http.ResponseWriter, r *http.Request, v visit) error {
	a, err := c.other(r, v)
	if err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.Disabled, a.ID); err != nil {
		return err
	}
	err = c.Directory.Disable(r.Context(), a.ID, v.who.ID)
	if errors.Is(err, staff.ErrLastAdministrator) {
		return c.accounts(w, r, v, http.StatusConflict, func(p *peoplePage) { p.Problem = p.T("console.people.last") })
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/people", http.StatusSeeOther)
	return nil
}

func (c *Console) reset(w http.ResponseWriter, r *http.Request, v visit) error {
	a, err := c.other(r, v)
	if err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.ResetDone, a.ID); err != nil {
		return err
	}
	token, err := c.Directory.Reset(r.Context(), a.ID, v.who.ID)
	if err != nil {
		return err
	}
	name := a.Name
	if name == "" {
		name = c.say(v.who.Lang, "console.role."+string(a.Role))
	}
	return c.link(w, r, v, token, name)
}
