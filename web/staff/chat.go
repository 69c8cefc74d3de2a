package staff

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/live"
	"example.org/intake/bot/request"
)

// ring is the bar on every page: a visitor who asks for a person, or the chat that one talks in.
type ring struct {
	ID      string // "" for no bar
	Mine    bool
	Badge   badge
	Waits   string // "0:42"
	Left    string // until the visitor is offered a call-back
	Seconds int
	More    int // further ones that ring
	Loud    bool
}

func clockOf(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// ring gives the bar for a visit. Only people who said that they are available are called; what one talks in is always shown.
func (c *Console) ring(v visit) ring {
	now := c.Now()
	var one ring
	for _, chat := range c.Desk.Chats() {
		b := badge{Text: c.say(v.who.Lang, "console.language."+string(chat.Lang)), Lang: chat.Lang, Quiet: chat.Lang == bot.EN}
		switch {
		case chat.Live.By == v.who.ID:
			if one.ID == "" || !one.Mine {
				one = ring{ID: chat.ID, Mine: true, Badge: b}
			}
		case chat.Live.Ringing(now) && c.Desk.IsAvailable(v.who.ID) && !one.Mine:
			if one.ID != "" {
				one.More++
				continue
			}
			left := int(chat.Live.Until.Sub(now) / time.Second)
			one = ring{ID: chat.ID, Badge: b, Waits: minutesSince(chat.Since, now), Left: clockOf(left), Seconds: left, Loud: true}
		}
	}
	return one
}

// showRing is the bar alone, for the script.
func (c *Console) showRing(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.render(w, http.StatusOK, "worklist", "ring", c.opened(v, "console.requests", returnTo(r.URL.Query().Get("at"))))
}

func (c *Console) setAvailable(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	c.Desk.SetAvailable(v.who.ID, r.PostFormValue("on") == "1")
	http.Redirect(w, r, returnTo(r.PostFormValue("here")), http.StatusSeeOther)
	return nil
}

type callView struct {
	ID, Reference, Name string
	Badge               badge
	Words               string
	Here                string
	Rings, Mine         bool
}

type livePage struct {
	page
	People string
	Calls  []callView
}

// showLive lists what rings and what is talked in. Nothing that was said is on the page.
func (c *Console) showLive(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := c.record(r, v.who.ID, audit.Listed, "live"); err != nil {
		return err
	}
	p := livePage{page: c.opened(v, "console.live", "/staff/live")}
	p.People = c.people(p.Lang)
	now := c.Now()
	for _, chat := range c.Desk.Chats() {
		one := callView{ID: chat.ID, Badge: badge{Text: c.say(p.Lang, "console.language."+string(chat.Lang)), Lang: chat.Lang, Quiet: chat.Lang == bot.EN},
			Rings: chat.Live.Ringing(now), Mine: chat.Live.By == v.who.ID}
		if req, ok := c.Worklist.Get(chat.ID); ok {
			one.Reference, one.Name = req.Reference, req.Fields.Name
		}
		switch {
		case one.Rings:
			one.Words = c.say(p.Lang, "console.live.waits", "time", minutesSince(chat.Since, now))
		case one.Mine:
			one.Words = c.say(p.Lang, "console.live.you", "time", minutesSince(chat.Since, now))
		default:
			one.Words = c.say(p.Lang, "console.live.with", "name", chat.Live.Name)
		}
		one.Here = p.T("console.live.gone")
		if chat.Visitor {
			one.Here = p.T("console.live.here")
		}
		p.Calls = append(p.Calls, one)
	}
	return c.render(w, http.StatusOK, "live", "layout", p)
}

// people says how many can be called: "2 staff available".
func (c *Console) people(lang bot.Lang) string {
	n := c.Desk.Available()
	if n == 0 {
		return c.say(lang, "console.live.nobody")
	}
	return c.say(lang, "console.live.available", "count", fmt.Sprint(n))
}

type canned struct {
	Key, Text, Gloss string
	Lang             bot.Lang
}

type chatPage struct {
	page
	ID, Reference, Name string
	Badge               badge
	Days                []talkDay
	Gone                bool // the visitor's page is closed
	Canned              []canned
	Line                string // names the next line, so that it is said once
	Text                string
	Problem             string
	TextLang            bot.Lang
}

// cannedKeys are the ready answers, the same in both languages.
func cannedKeys() []string {
	return []string{"hello", "moment", "call", "number", "appointment", "safe", "bye"}
}

// own gives the chat that the visit talks in.
func (c *Console) own(r *http.Request, v visit) (live.Chat, error) {
	chat, ok := c.Desk.Chat(r.PathValue("id"))
	if !ok || chat.Live.By != v.who.ID {
		return chat, errMissing
	}
	return chat, nil
}

func (c *Console) showChat(w http.ResponseWriter, r *http.Request, v visit) error {
	chat, err := c.own(r, v)
	if err != nil {
		// Over, or somebody else's: the request's page knows whether it may be read.
		if _, ok := c.Worklist.Get(r.PathValue("id")); ok {
			http.Redirect(w, r, "/staff/requests/"+r.PathValue("id"), http.StatusSeeOther)
			return nil
		}
		return err
	}
	if err := c.record(r, v.who.ID, audit.Opened, chat.ID); err != nil {
		return err
	}
	return c.chat(w, r, v, chat, http.StatusOK, "layout", "", "")
}

// showLines is the conversation alone, for the script of the page that talks in it. That it is open is in the record already.
func (c *Console) showLines(w http.ResponseWriter, r *http.Request, v visit) error {
	chat, err := c.own(r, v)
	if err != nil {
		return err
	}
	return c.chat(w, r, v, chat, http.StatusOK, "lines", "", "")
}

func (c *Console) chat(w http.ResponseWriter, r *http.Request, v visit, chat live.Chat, status int, part, text, problem string) error {
	days, err := c.talk(r.Context(), v.who.Lang, chat.ID)
	if err != nil {
		return err
	}
	p := chatPage{page: c.opened(v, "console.live", "/staff/live/"+chat.ID), ID: chat.ID, Days: days, Gone: !chat.Visitor, Line: strings.ToLower(rand.Text()),
		Text: text, Problem: problem, TextLang: chat.Lang}
	p.Events = "/staff/events?chat=" + chat.ID
	if req, ok := c.Worklist.Get(chat.ID); ok {
		p.Reference, p.Name = req.Reference, req.Fields.Name
	}
	p.Badge = badge{Text: p.T("console.language." + string(chat.Lang)), Lang: chat.Lang, Quiet: chat.Lang == bot.EN}
	for _, key := range cannedKeys() {
		one := canned{Key: key, Lang: chat.Lang, Text: c.say(chat.Lang, "console.canned."+key)}
		if chat.Lang != p.Lang {
			one.Gloss = p.T("console.canned." + key)
		}
		p.Canned = append(p.Canned, one)
	}
	return c.render(w, status, "chat", part, p)
}

// accept takes a chat over: one that rings, or one whose visitor is there and was handed over. Whoever is second sees who was first.
func (c *Console) accept(w http.ResponseWriter, r *http.Request, v visit) error {
	id := r.PathValue("id")
	req, ok := c.Worklist.Get(id)
	if !ok {
		return errMissing
	}
	chat, on := c.Desk.Chat(id)
	if rings := on && chat.Live.Ringing(c.Now()); !rings && !c.mayRead(v, req) {
		return c.askReason(w, v, req)
	}
	if err := c.record(r, v.who.ID, audit.ChatTaken, id); err != nil {
		return err
	}
	err := c.Desk.Road().Take(r.Context(), id, v.who.ID, v.who.Name)
	var taken *converse.TakenError
	switch {
	case errors.As(err, &taken):
		if err := c.record(r, v.who.ID, audit.ChatLost, id); err != nil {
			return err
		}
		p := c.opened(v, "console.live.lost_title", "/staff/live")
		return c.render(w, http.StatusConflict, "problem", "layout", problemPage{page: p, Text: c.say(p.Lang, "console.live.lost", "name", taken.Name)})
	case errors.Is(err, converse.ErrNotHanded), errors.Is(err, converse.ErrEnded):
		return errMissing
	case err != nil:
		return err
	}
	// The call-back is whoever's the chat is, unless somebody has it already.
	var held *request.HeldError
	if err := c.Worklist.Claim(r.Context(), id, v.who.ID, c.Now()); err != nil && !errors.As(err, &held) {
		return storeError(err)
	}
	c.await(id, func(chat live.Chat, on bool) bool { return on && chat.Live.By == v.who.ID })
	http.Redirect(w, r, "/staff/live/"+id, http.StatusSeeOther)
	return nil
}

// await gives the desk a moment to hear of what was just stored, so that the next page shows it.
func (c *Console) await(id string, ok func(live.Chat, bool) bool) {
	for range 200 {
		if ok(c.Desk.Chat(id)) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (c *Console) sayInChat(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	chat, err := c.own(r, v)
	if err != nil {
		return err
	}
	text, line := cleanNote(r.PostFormValue("text")), r.PostFormValue("line")
	if key := r.PostFormValue("canned"); key != "" {
		if !slices.Contains(cannedKeys(), key) {
			return errRefused
		}
		text = c.say(chat.Lang, "console.canned."+key)
	}
	if len(line) < 8 || len(line) > 64 || !isID(line) {
		return errRefused
	}
	if text == "" || utf8.RuneCountInString(text) > converse.MaxText {
		return c.chat(w, r, v, chat, http.StatusUnprocessableEntity, "layout", text, c.say(v.who.Lang, "console.live.length"))
	}
	if err := c.record(r, v.who.ID, audit.ChatSaid, chat.ID); err != nil {
		return err
	}
	err = c.Desk.Road().StaffSay(r.Context(), chat.ID, v.who.ID, "staff-"+line, text, chat.Lang)
	switch {
	case errors.Is(err, converse.ErrNotYours), errors.Is(err, converse.ErrEnded), errors.Is(err, journal.ErrErased):
		p := c.opened(v, "console.live.over_title", "/staff/requests/"+chat.ID)
		return c.render(w, http.StatusConflict, "problem", "layout", problemPage{page: p, Text: p.T("console.live.over")})
	case err != nil:
		return c.chat(w, r, v, chat, http.StatusServiceUnavailable, "layout", text, c.say(v.who.Lang, "console.live.not_said"))
	}
	http.Redirect(w, r, "/staff/live/"+chat.ID, http.StatusSeeOther)
	return nil
}

// typing passes on that somebody types; never what.
func (c *Console) typing(w http.ResponseWriter, r *http.Request, v visit) error {
	chat, err := c.own(r, v)
	if err != nil {
		return err
	}
	c.Desk.Typing(chat.ID, bot.FromStaff)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *Console) handBack(w http.ResponseWriter, r *http.Request, v visit) error {
	chat, err := c.own(r, v)
	if err != nil {
		return err
	}
	if err := c.record(r, v.who.ID, audit.ChatReturned, chat.ID); err != nil {
		return err
	}
	err = c.Desk.Road().GiveBack(r.Context(), chat.ID, v.who.ID, false)
	if err != nil && !errors.Is(err, converse.ErrNotYours) && !errors.Is(err, converse.ErrEnded) {
		return err
	}
	c.await(chat.ID, func(chat live.Chat, on bool) bool { return !on || chat.Live.By != v.who.ID })
	http.Redirect(w, r, "/staff/requests/"+chat.ID, http.StatusSeeOther)
	return nil
}
