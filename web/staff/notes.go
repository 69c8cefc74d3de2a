package staff

import (
	"errors"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// maxNote is the longest note, in characters.
const maxNote = 4000

// noteRoute is where notes are saved; what is sent there after the session ended is kept as a draft.
const noteRoute = "POST /staff/requests/{id}/notes"

func (c *Console) addNote(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	text := cleanNote(r.PostFormValue("text"))
	problem := ""
	switch {
	case text == "":
		problem = "console.notes.empty"
	case utf8.RuneCountInString(text) > maxNote:
		problem = "console.notes.long"
	}
	if problem != "" {
		return c.request(w, r, v, http.StatusUnprocessableEntity, func(p *requestPage) { p.Note, p.NoteReason = text, p.T(problem) })
	}
	if err := c.record(r, v.who.ID, audit.Noted, one.ID); err != nil {
		return err
	}
	err = c.Worklist.AddNote(r.Context(), one.ID, v.who.ID, text)
	if errors.Is(err, request.ErrUnknown) || errors.Is(err, journal.ErrErased) {
		return errMissing
	}
	if err != nil {
		return err
	}
	c.drafts.keep(v.who.ID, one.ID, "", c.Now())
	http.Redirect(w, r, "/staff/requests/"+one.ID+"#notes", http.StatusSeeOther)
	return nil
}

// keepDraft keeps what was typed and not saved, for whoever typed it.
func (c *Console) keepDraft(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	one, done, err := c.readable(w, r, v)
	if done || err != nil {
		return err
	}
	c.keep(v.who.ID, one.ID, r.PostFormValue("text"))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *Console) keep(account, id, text string) {
	text = cleanNote(text)
	if utf8.RuneCountInString(text) <= maxNote {
		c.drafts.keep(account, id, text, c.Now())
	}
}

// rescue keeps a note that was sent after its session had ended for want of use: it waits on the request's page for the next sign-in.
func (c *Console) rescue(r *http.Request, session string) {
	id := r.PathValue("id")
	who, ok := c.Directory.Lapsed(session)
	if _, there := c.Worklist.Get(id); !ok || !there || r.ParseForm() != nil {
		return
	}
	if text := r.PostFormValue("text"); text != "" {
		c.keep(who.ID, id, text)
	}
}

// cleanNote keeps line breaks and drops other control characters and those that turn the reading direction round.
func cleanNote(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return r
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, s))
}
