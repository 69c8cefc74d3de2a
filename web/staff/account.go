package staff

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

type sessionView struct {
	ID, Text string
	Here     bool
}

type keyView struct{ ID, Label, Used string }

type accountPage struct {
	page
	Login     string
	Role      string
	TOTP      bool
	CodesLeft string
	Keys      []keyView
	Sessions  []sessionView
	Ends      string
	Problem   string // with the passphrase
	Done      string
	MinLength int
}

func (c *Console) showAccount(w http.ResponseWriter, _ *http.Request, v visit) error {
	return c.account(w, v, http.StatusOK, func(*accountPage) {})
}

func (c *Console) account(w http.ResponseWriter, v visit, status int, change func(*accountPage)) error {
	p := accountPage{page: c.opened(v, "console.account.title", "/staff/account"), Login: v.who.Login, TOTP: c.Directory.HasTOTP(v.who.ID), MinLength: staff.MinPassphrase}
	lang := p.Lang
	p.Role = c.say(lang, "console.setup.role", "role", p.T("console.role."+string(v.who.Role)))
	p.CodesLeft = c.say(lang, "console.account.codes_left", "count", itoa(c.Directory.CodesLeft(v.who.ID)))
	for _, k := range c.Directory.Passkeys(v.who.ID) {
		used := p.T("console.account.never")
		if !k.Used.IsZero() {
			used = c.say(lang, "console.account.used", "time", c.moment(lang, k.Used))
		}
		p.Keys = append(p.Keys, keyView{ID: k.ID, Label: cmp.Or(k.Label, p.T("console.people.passkey")), Used: used})
	}
	for _, s := range c.Directory.Sessions(v.session) {
		p.Sessions = append(p.Sessions, sessionView{ID: s.ID, Here: s.Here, Text: c.say(lang, "console.account.session", "since", c.moment(lang, s.Began), "used", c.moment(lang, s.Used))})
		if s.Here {
			p.Ends = c.say(lang, "console.account.ends", "time", c.moment(lang, s.Began.Add(staff.SessionLife)))
		}
	}
	slices.SortStableFunc(p.Sessions, func(a, b sessionView) int { // this screen first
		switch {
		case a.Here == b.Here:
			return 0
		case a.Here:
			return -1
		}
		return 1
	})
	change(&p)
	return c.render(w, status, "account", "layout", p)
}

func (c *Console) changePassphrase(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	refuse := func(key string) error {
		return c.account(w, v, http.StatusUnprocessableEntity, func(p *accountPage) { p.Problem = p.T(key) })
	}
	if form.Get("passphrase") != form.Get("again") {
		return refuse("console.setup.differs")
	}
	session, err := c.Directory.ChangePassphrase(r.Context(), v.session, form.Get("old"), form.Get("passphrase"))
	if errors.Is(err, staff.ErrSignIn) {
		if err := c.record(r, v.who.ID, audit.SigninFailed, "passphrase"); err != nil {
			return err
		}
		return refuse("console.account.old_wrong")
	}
	if _, key := setupProblem(err); key != "" {
		return refuse(key)
	}
	if err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.NewPass, ""); err != nil {
		return errors.Join(err, c.Directory.SignOut(r.Context(), session))
	}
	http.SetCookie(w, c.cookie(session))
	return c.account(w, visit{who: v.who, session: session}, http.StatusOK, func(p *accountPage) { p.Done = p.T("console.account.changed") })
}

func (c *Console) renewCodes(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.FactorSet, "codes"); err != nil {
		return err
	}
	codes, err := c.Directory.NewCodes(r.Context(), v.who.ID)
	if err != nil {
		return err
	}
	return c.showCodes(w, v, codes)
}

func (c *Console) removePasskey(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.FactorGone, "passkey"); err != nil {
		return err
	}
	err := c.Directory.RemovePasskey(r.Context(), v.who.ID, r.PostFormValue("passkey"))
	if errors.Is(err, staff.ErrLastFactor) {
		return c.account(w, v, http.StatusConflict, func(p *accountPage) { p.Problem = p.T("console.account.last_factor") })
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/staff/account", http.StatusSeeOther)
	return nil
}

// otherSessions stands for all sessions but the one that asks.
const otherSessions = "others"

// endSession ends one of the own sessions, or all others.
func (c *Console) endSession(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.EndedSession, ""); err != nil {
		return err
	}
	which := []string{r.PostFormValue("session")}
	if which[0] == otherSessions {
		which = nil
		for _, s := range c.Directory.Sessions(v.session) {
			if !s.Here {
				which = append(which, s.ID)
			}
		}
	}
	for _, id := range which {
		if err := c.Directory.EndSession(r.Context(), v.who.ID, id); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/staff/account", http.StatusSeeOther)
	return nil
}
