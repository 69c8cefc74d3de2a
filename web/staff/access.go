package staff

import (
	"net/http"
	"slices"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
)

// Only what a visitor handed over is in the worklist, so nothing else can be listed or opened by anybody. Of that, a request that nobody has
// is open to all; one that somebody has, to its owner and to supervisors; everybody else gives a reason first, which goes into the record.

// readReasons are the reasons for opening what somebody else has.
func readReasons() []string { return []string{"covering", "called_in", "urgent", "check"} }

// callReasons are the reasons for calling at another time or against a rule.
func callReasons() []string { return []string{"fits", "asked", "urgent"} }

// reason is one of them as a choice on a page.
type reason struct{ Key, Text string }

func (c *Console) reasons(lang bot.Lang, what string, keys []string) []reason {
	var list []reason
	for _, k := range keys {
		list = append(list, reason{Key: k, Text: c.say(lang, "console.reason."+what+"."+k)})
	}
	return list
}

// talks reports whether an account is the one that talks in a chat.
func (c *Console) talks(account, id string) bool {
	chat, ok := c.Desk.Chat(id)
	return ok && chat.Live.By == account
}

func (c *Console) mayRead(v visit, r request.Request) bool {
	holder := r.HeldBy(c.Now())
	return holder == "" || holder == v.who.ID || v.who.Role == staff.Supervisor || c.talks(v.who.ID, r.ID) ||
		c.grants.has(grant{v.session, toRead, r.ID}, c.Now())
}

// readable gives a request that the visit may read. Otherwise it has answered already, with the page that asks for a reason, and done is true.
func (c *Console) readable(w http.ResponseWriter, r *http.Request, v visit) (one *item, done bool, err error) {
	id := r.PathValue("id")
	one, ok := c.board.one(id)
	if !ok {
		return one, true, errMissing
	}
	if c.mayRead(v, one.Request) {
		return one, false, nil
	}
	return one, true, c.askReason(w, v, one.Request)
}

type reasonPage struct {
	page
	ID, Reference, Holder string
	Reasons               []reason
}

// askReason says who has the request and asks why somebody else opens it. Nothing of the request but its code is on the page.
func (c *Console) askReason(w http.ResponseWriter, v visit, r request.Request) error {
	p := reasonPage{page: c.opened(v, "console.reason.title", "/staff/requests/"+r.ID), ID: r.ID, Reference: r.Reference}
	p.Holder = c.say(p.Lang, "console.held_by", "name", c.nameOf(p.Lang, r.HeldBy(c.Now())))
	p.Reasons = c.reasons(p.Lang, "read", readReasons())
	return c.render(w, http.StatusForbidden, "reason", "layout", p)
}

// openAnyway takes the reason for opening what somebody else has.
func (c *Console) openAnyway(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.override(w, r, v, toRead, readReasons())
}

// callAnyway takes the reason for calling at another time or against a rule.
func (c *Console) callAnyway(w http.ResponseWriter, r *http.Request, v visit) error {
	if _, done, err := c.readable(w, r, v); done || err != nil {
		return err
	}
	return c.override(w, r, v, toCall, callReasons())
}

func (c *Console) override(w http.ResponseWriter, r *http.Request, v visit, what string, allowed []string) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	id, why := r.PathValue("id"), r.PostFormValue("reason")
	if _, ok := c.board.one(id); !ok {
		return errMissing
	}
	if !slices.Contains(allowed, why) {
		http.Redirect(w, r, "/staff/requests/"+id, http.StatusSeeOther)
		return nil
	}
	if err := c.record(r, v.who.ID, audit.Overridden, id+":"+what+":"+why); err != nil {
		return err
	}
	c.grants.give(grant{v.session, what, id}, c.Now())
	http.Redirect(w, r, "/staff/requests/"+id, http.StatusSeeOther)
	return nil
}
