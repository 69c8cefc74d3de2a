package staff

import (
	"errors"
	"net/http"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

type signInPage struct {
	page
	Hello   string
	Login   string
	Ended   bool
	Problem string
	Options string // for a passkey, JSON; "" where the address allows none
}

func (c *Console) newSignIn(r *http.Request) signInPage {
	p := signInPage{page: c.closed(r, "console.signin.title")}
	hello := "console.hello.evening"
	switch h := c.Now().In(c.Clinic.Location()).Hour(); {
	case h >= 4 && h < 12:
		hello = "console.hello.morning"
	case h >= 12 && h < 18:
		hello = "console.hello.afternoon"
	}
	p.Hello = p.T(hello)
	p.Ended = r.Method == http.MethodGet && r.FormValue("ended") != ""
	if c.passkey != nil {
		var err error
		if p.Options, err = c.passkey.assertion(); err != nil {
			c.Log.Error("staff console: no passkeys at the door", "err", err)
		}
	}
	return p
}

func (c *Console) showSignIn(w http.ResponseWriter, r *http.Request) error {
	if _, ok := c.Directory.Session(c.sessionOf(r)); ok {
		http.Redirect(w, r, "/staff/", http.StatusSeeOther)
		return nil
	}
	return c.render(w, http.StatusOK, "signin", "layout", c.newSignIn(r))
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	login := r.PostFormValue("login")
	session, who, err := c.Directory.SignIn(r.Context(), login, r.PostFormValue("passphrase"), r.PostFormValue("code"))
	switch {
	case errors.Is(err, staff.ErrSignIn):
		// What was typed as a name is not recorded: people type passphrases into the wrong field.
		id := audit.Unknown
		if who.ID != "" {
			id = who.ID
		}
		if err := c.record(r, id, audit.SigninFailed, ""); err != nil {
			return err
		}
		p := c.newSignIn(r)
		p.Problem = p.T("console.signin.refused")
		p.Login = login
		return c.render(w, http.StatusUnauthorized, "signin", "layout", p)
	case errors.Is(err, staff.ErrBusy):
		p := c.newSignIn(r)
		p.Problem, p.Login = p.T("console.signin.busy"), login
		return c.render(w, http.StatusServiceUnavailable, "signin", "layout", p)
	case err != nil:
		return err
	}
	if _, half := c.Directory.Half(session); half {
		// The passphrase is right and no second factor is set up: that comes first, and nothing is open before it.
		return c.begin(w, r, who, session, audit.Passed)
	}
	return c.begin(w, r, who, session, audit.SignedIn)
}

// begin gives the browser its new session, unless that cannot be recorded. The session that the browser had before ends.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, who staff.Account, session string, act audit.Act) error {
	if err := c.record(r, who.ID, act, ""); err != nil {
		return errors.Join(err, c.Directory.SignOut(r.Context(), session))
	}
	if old := c.sessionOf(r); old != "" {
		if err := c.Directory.SignOut(r.Context(), old); err != nil {
			return err
		}
	}
	http.SetCookie(w, c.cookie(session))
	to := "/staff/"
	if act == audit.Passed {
		to = "/staff/secure"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// signOut ends the session that the browser has, if any. The cookie goes whatever happens.
func (c *Console) signOut(w http.ResponseWriter, r *http.Request) error {
	session := c.sessionOf(r)
	http.SetCookie(w, c.cookie(""))
	if who, ok := c.Directory.Session(session); ok {
		if err := c.Directory.SignOut(r.Context(), session); err != nil {
			return err
		}
		// The session is over in any case; a missing record must not keep somebody signed in.
		if err := c.record(r, who.ID, audit.SignedOut, ""); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/staff/signin?ended=1", http.StatusSeeOther)
	return nil
}

type setupPage struct {
	page
	Void                   bool
	Token, Name, Login     string
	Role                   string
	Again                  bool              // after a reset: the sign-in name stays
	Screen                 bot.Lang          // chosen for the account
	Problems               map[string]string // by field
	MinLength, MaxNameSize int
}

func (c *Console) newSetup(r *http.Request, token string) setupPage {
	p := setupPage{page: c.closed(r, "console.setup.title"), Token: token, MinLength: staff.MinPassphrase, MaxNameSize: 60}
	a, ok := c.Directory.Invited(token)
	if !ok {
		p.Void, p.Token, p.Title = true, "", p.T("console.setup.void_title")
		return p
	}
	p.Role = c.say(p.Lang, "console.setup.role", "role", p.T("console.role."+string(a.Role)))
	p.Screen = p.Lang
	if a.Login != "" {
		p.Again, p.Name, p.Login = true, a.Name, a.Login
	}
	return p
}

func (c *Console) showSetup(w http.ResponseWriter, r *http.Request) error {
	p := c.newSetup(r, r.URL.Query().Get("token"))
	status := http.StatusOK
	if p.Void {
		status = http.StatusNotFound
	}
	return c.render(w, status, "setup", "layout", p)
}

func (c *Console) setUp(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	form := r.PostForm
	p := c.newSetup(r, form.Get("token"))
	if p.Void {
		return c.render(w, http.StatusNotFound, "setup", "layout", p)
	}
	if p.Name = form.Get("name"); !p.Again {
		p.Login = form.Get("login")
	}
	if l := bot.Lang(form.Get("screen")); l.Known() {
		p.Screen = l
	}
	field, key := "again", "console.setup.differs"
	if form.Get("passphrase") == form.Get("again") {
		who, err := c.Directory.Accept(r.Context(), form.Get("token"), p.Name, p.Login, form.Get("passphrase"), p.Screen)
		if err == nil {
			if err := c.record(r, who.ID, audit.Accepted, ""); err != nil {
				return err
			}
			session, who, err := c.Directory.SignIn(r.Context(), who.Login, form.Get("passphrase"), "")
			if err != nil {
				return err
			}
			return c.begin(w, r, who, session, audit.Passed)
		}
		if errors.Is(err, staff.ErrLink) {
			return c.render(w, http.StatusNotFound, "setup", "layout", c.newSetup(r, ""))
		}
		if field, key = setupProblem(err); field == "" {
			return err
		}
	}
	p.Problems = map[string]string{field: p.T(key)}
	return c.render(w, http.StatusUnprocessableEntity, "setup", "layout", p)
}

// setupProblem says which field an error is about, and the text under it.
func setupProblem(err error) (field, key string) {
	for _, e := range []struct {
		err        error
		field, key string
	}{
		{staff.ErrName, "name", "console.setup.bad_name"},
		{staff.ErrLogin, "login", "console.setup.bad_login"},
		{staff.ErrLoginTaken, "login", "console.setup.taken"},
		{staff.ErrShort, "passphrase", "console.setup.short"},
		{staff.ErrLong, "passphrase", "console.setup.long"},
		{staff.ErrCommon, "passphrase", "console.setup.common"},
		{staff.ErrBusy, "again", "console.signin.busy"},
	} {
		if errors.Is(err, e.err) {
			return e.field, e.key
		}
	}
	return "", ""
}

// setLang stores the language of somebody's screens.
func (c *Console) setLang(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	lang := bot.Lang(r.PostFormValue("lang"))
	if !lang.Known() {
		return errRefused
	}
	if err := c.Directory.Speak(r.Context(), v.who.ID, lang); err != nil {
		return err
	}
	http.Redirect(w, r, returnTo(r.PostFormValue("here")), http.StatusSeeOther)
	return nil
}

// here is sent by the script while somebody types or moves, at most once a minute; serve has noted the use already. The answer is the new
// line under the person's name, and how many seconds are left.
func (c *Console) here(w http.ResponseWriter, _ *http.Request, v visit) error {
	at, _, _ := c.Directory.Ends(v.session)
	w.Header().Set("Intake-Seconds", itoa(int(at.Sub(c.Now())/time.Second)+1))
	return plainText(w, http.StatusOK, c.signsOut(v.who.Lang, at))
}
