package staff

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
)

// boss reports whether somebody may act on what others have.
func (v visit) boss() bool { return v.who.Role == staff.Supervisor }

// claim takes a request. Whoever is second sees who was first. The script asks for one line of text instead of a page.
func (c *Console) claim(w http.ResponseWriter, r *http.Request, v visit) error {
	id := r.PathValue("id")
	one, ok := c.Worklist.Get(id)
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Claimed, id); err != nil {
		return err
	}
	script := strings.HasPrefix(r.Header.Get("Accept"), "text/plain")
	err := c.Worklist.Claim(r.Context(), id, v.who.ID, c.Now())
	var held *request.HeldError
	if errors.As(err, &held) {
		// The record of the try stands already; this one says that it came to nothing.
		if err := c.record(r, v.who.ID, audit.ClaimLost, id); err != nil {
			return err
		}
		text := c.say(v.who.Lang, "console.held_by", "name", c.nameOf(v.who.Lang, held.By))
		if script {
			return plainText(w, http.StatusConflict, text)
		}
		r.URL.RawQuery = ""
		return c.list(w, r, v, http.StatusConflict, "layout", one.Reference+": "+text)
	}
	if err != nil {
		return storeError(err)
	}
	if script {
		return plainText(w, http.StatusOK, "/staff/requests/"+id)
	}
	http.Redirect(w, r, "/staff/requests/"+id, http.StatusSeeOther)
	return nil
}

func plainText(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // the browser went away: nothing to do
	return nil
}

// storeError turns an error of the worklist into one that has a page.
func storeError(err error) error {
	if errors.Is(err, request.ErrUnknown) || errors.Is(err, journal.ErrErased) {
		return errMissing
	}
	return err
}

// step does one thing to a request that the visit may read, records it first, and comes back to its page. Where somebody else has it the
// page says who.
func (c *Console) step(w http.ResponseWriter, r *http.Request, v visit, act audit.Act, object string, do func() error) error {
	id := r.PathValue("id")
	if err := c.record(r, v.who.ID, act, object); err != nil {
		return err
	}
	err := do()
	var held *request.HeldError
	switch {
	case errors.As(err, &held):
		text := c.say(v.who.Lang, "console.held_by", "name", c.nameOf(v.who.Lang, held.By))
		return c.request(w, r, v, http.StatusConflict, func(p *requestPage) { p.Problem = text })
	case err != nil:
		return storeError(err)
	}
	http.Redirect(w, r, "/staff/requests/"+id, http.StatusSeeOther)
	return nil
}

func (c *Console) release(w http.ResponseWriter, r *http.Request, v visit) error {
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.Released, one.ID); err != nil {
		return err
	}
	if err := c.Worklist.Release(r.Context(), one.ID, v.who.ID, c.Now(), v.boss()); err != nil {
		var held *request.HeldError
		if !errors.As(err, &held) {
			return storeError(err)
		}
	}
	http.Redirect(w, r, "/staff/?show=open", http.StatusSeeOther)
	return nil
}

func (c *Console) give(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	to, ok := c.Directory.Get(r.PostFormValue("to"))
	if !ok || to.State != staff.Active {
		return errRefused
	}
	return c.step(w, r, v, audit.Given, one.ID+":"+to.ID, func() error {
		return c.Worklist.Give(r.Context(), one.ID, v.who.ID, to.ID, c.Now(), v.boss())
	})
}

func (c *Console) attempt(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	result, press := request.Result(r.PostFormValue("result")), r.PostFormValue("press")
	if !slices.Contains(request.Results(), result) || len(press) > 64 || !isID(press) {
		return errRefused
	}
	return c.step(w, r, v, audit.Attempted, one.ID+":"+string(result), func() error {
		return c.Worklist.Attempt(r.Context(), one.ID, v.who.ID, result, press, c.Now())
	})
}

// maxPlace is the longest place of an appointment, in characters.
const maxPlace = 120

func (c *Console) decide(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	form := r.PostForm
	outcome := request.Outcome(form.Get("outcome"))
	f := outcomeForm{Outcome: string(outcome), Day: form.Get("day"), Time: form.Get("time"), Place: cleanNote(form.Get("place"))}
	problem := ""
	var when *request.Appointment
	switch {
	case !slices.Contains(request.Outcomes(), outcome):
		problem = "console.outcome.choose"
	case outcome.Booked():
		at, err := time.ParseInLocation("2006-01-02 15:04", f.Day+" "+f.Time, c.Clinic.Location())
		switch {
		case err != nil:
			problem = "console.outcome.when_missing"
		case at.Before(c.Now()):
			problem = "console.outcome.past"
		case utf8.RuneCountInString(f.Place) > maxPlace:
			problem = "console.outcome.place_long"
		}
		when = &request.Appointment{At: at, Place: f.Place}
	}
	if problem != "" {
		f.Problem = c.say(v.who.Lang, problem)
		return c.request(w, r, v, http.StatusUnprocessableEntity, func(p *requestPage) { f.Choices, p.Done = p.Outcome.Choices, ""; p.Outcome = f })
	}
	return c.step(w, r, v, audit.Decided, one.ID+":"+string(outcome), func() error {
		return c.Worklist.Decide(r.Context(), one.ID, v.who.ID, outcome, when, c.Now())
	})
}

func (c *Console) merge(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	other, ok := c.Worklist.Get(r.PostFormValue("other"))
	if !ok || !c.mayRead(v, other) {
		return errMissing
	}
	return c.step(w, r, v, audit.Merged, one.ID+":"+other.ID, func() error {
		err := c.Worklist.Merge(r.Context(), one.ID, other.ID, v.who.ID, c.Now())
		if errors.Is(err, request.ErrMerge) {
			return errMissing
		}
		return err
	})
}

// setStatus closes a request whose appointment is over, or opens one again.
func (c *Console) setStatus(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	status := request.Status(r.PostFormValue("status"))
	if status != request.New && status != request.Closed {
		return errRefused
	}
	return c.step(w, r, v, audit.StatusSet, one.ID+":"+string(status), func() error {
		err := c.Worklist.SetStatus(r.Context(), one.ID, one.Position, status, v.who.ID)
		if errors.Is(err, journal.ErrConflict) {
			return nil // somebody was quicker: the page shows what they did
		}
		return err
	})
}
