package visitor

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// The pages for browsers where script is off, too old or broken. Every step is a POST that the page itself answers, so nothing about the
// visitor stands in an address; the token travels in a hidden field; each form carries the id of the line it would send, so a page that is
// loaded again sends nothing twice.

const plainAt = "/chat/plain"

// maxForm is the largest form, in bytes: the longest message, each character of four bytes, each byte written as three.
const maxForm = 64 << 10

// plainPage is what plain.html shows.
type plainPage struct {
	page
	Token, ID string
	Now       []bot.Line // the newest turn: what the visitor said and what was answered
	Earlier   []bot.Line
	Starters  []Starter
	Typed     string // what was not taken, to send it again
	Problem   string // why
	Handed    bool   // there is a request
	Asking    bool   // whether to erase everything
	Over      bool   // the conversation has ended
	Erased    *converse.Erased
}

// part is one line with the page around it, for the templates of cards.
type part struct {
	Page *plainPage
	Line bot.Line
	Card *bot.Card
	Live bool // the newest turn: its buttons work
}

func (p *plainPage) Part(l bot.Line, live bool) part { return part{p, l, l.Card, live} }

// Begun reports whether anything was said.
func (p *plainPage) Begun() bool { return len(p.Now) > 0 }

// Alarm reports whether the newest turn brought an emergency card, which nothing may push down the page.
func (p *plainPage) Alarm() bool {
	return slices.ContainsFunc(p.Now, func(l bot.Line) bool { return l.Card != nil && l.Card.Emergency != nil })
}

// Stepping reports whether the newest card asks for words itself, so that the page needs no second field for them.
func (p *plainPage) Stepping() bool {
	return slices.ContainsFunc(p.Now, func(l bot.Line) bool { return l.Card != nil && l.Card.Kind == bot.CardStep })
}

// whenEmpty is the key of what is said to a form that was sent with nothing in it.
func (p *plainPage) whenEmpty() string {
	if slices.ContainsFunc(p.Now, func(l bot.Line) bool { return l.Card != nil && len(l.Card.Options) > 0 }) {
		return "plain.first_choice"
	}
	return "plain.first"
}

func (v *Visitor) newPlain(lang string) *plainPage {
	p := &plainPage{page: v.page(lang), Token: random(32), ID: random(12)}
	if v.cfg.Questions != nil {
		p.Starters = v.cfg.Questions(lang)
	}
	return p
}

func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails; see crypto/rand
	return base64.RawURLEncoding.EncodeToString(raw)
}

// servePlain shows the empty page. Its token means nothing before something is sent with it.
func (v *Visitor) servePlain(w http.ResponseWriter, r *http.Request) {
	if v.sentHome(w, r) {
		return
	}
	p := v.newPlain(pageLang(r))
	p.Topic, p.Closed = v.topic(r, p.Lang), v.closed(p.Lang)
	v.writePlain(w, http.StatusOK, p)
}

// topic is the question that the address names, nil if there is none.
func (v *Visitor) topic(r *http.Request, lang string) *Starter {
	slug := r.URL.Query().Get("topic")
	if q := v.cfg.Road.Knowledge.Question(slug, lang); slug != "" && q != "" {
		return &Starter{Choice: bot.ChoiceTopic(slug), Label: q}
	}
	return nil
}

// posted is a form of ours with the conversation that it is about.
type posted struct {
	id   string // of the conversation
	page *plainPage
	talk bot.Conversation
	at   journal.Position // where the conversation stands; 0: nothing was said
	err  error            // why it could not be read
}

// posted makes the handler of a form: it reads the form and the conversation, sets the deadline, and answers what is no form of ours itself.
// Whatever was asked is done also for a browser that has gone away meanwhile.
func (v *Visitor) posted(answer func(context.Context, http.ResponseWriter, *http.Request, *posted)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if o := r.Header.Values("Origin"); len(o) > 1 || len(o) == 1 && o[0] != v.origin || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
			http.Error(w, "this address is for the chat page", http.StatusForbidden)
			return
		}
		done := v.hurry(w)
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		err := r.ParseForm()
		done()
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		token := r.PostForm.Get("token")
		id, bad := converse.ConversationID(token)
		if err != nil || bad != nil {
			http.Error(w, "the form was not understood", http.StatusBadRequest)
			return
		}
		lang := r.PostForm.Get("lang")
		if !bot.Lang(lang).Known() {
			lang = pageLang(r)
		}
		f := &posted{id: id, page: v.newPlain(lang)}
		f.page.Token = token
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), v.limits.say)
		defer cancel()
		f.talk, f.at, f.err = v.cfg.Road.Load(ctx, id)
		answer(ctx, w, r, f)
	}
}

// postPlain takes one line and shows what was answered.
func (v *Visitor) postPlain(ctx context.Context, w http.ResponseWriter, r *http.Request, of *posted) {
	id, p, c, at, err := of.id, of.page, of.talk, of.at, of.err
	f := frame{Type: "say", ID: r.PostForm.Get("id"), Text: strings.TrimSpace(r.PostForm.Get("text")), Choice: r.PostForm.Get("choice")}
	if f.Choice == "" && f.Text == "" {
		f.Choice = r.PostForm.Get("pick")
	}
	if errors.Is(err, converse.ErrEnded) || c.Left { // an emergency card is shown all the same
		v.plainOver(w, p, v.cfg.Road.Urgent(converse.Message{ID: f.ID, Text: f.Text, Choice: f.Choice, Lang: bot.Lang(p.Lang)})...)
		return
	}
	if f.Choice != "" {
		f.Text = v.label(&c, p.Lang, f.Choice)
	}
	var urgent []bot.Line
	empty := false
	switch {
	case err == nil && r.PostForm.Has("look"):
	case f.Text == "" && !strings.HasPrefix(f.Choice, "language:"):
		empty = true
	case !lineID(f.ID) || len(f.Choice) > maxChoice:
		http.Error(w, "the form was not understood", http.StatusBadRequest)
		return
	default:
		answer, ended := v.say(ctx, id, f, bot.Lang(p.Lang), nil)
		switch a := answer.(type) {
		case refusedFrame:
			p.Problem, p.Typed, p.ID = a.Text, f.Text, f.ID
		case unsavedFrame:
			urgent, p.Typed, p.ID = a.Lines, f.Text, f.ID
		}
		if ended {
			v.plainOver(w, p, urgent...)
			return
		}
		c, at, err = v.cfg.Road.Load(ctx, id)
	}
	if err != nil { // the card, if one is due, is shown all the same
		v.cfg.Log.Error("a conversation could not be read", "err", err)
		if p.Problem == "" && urgent == nil {
			p.Problem = v.cfg.Road.Refusal(bot.Lang(p.Lang), "not_saved")
		}
	}
	if at != 0 {
		v.fill(p, &c)
	}
	if empty && p.Problem == "" {
		p.Problem = v.cfg.Words.T(p.Lang, p.whenEmpty(), nil)
	}
	if urgent != nil {
		p.Earlier, p.Now = slices.Concat(p.Earlier, p.Now), urgent
	}
	v.writePlain(w, http.StatusOK, p)
}

// fill puts a conversation on the page: the newest turn in full, what came before folded away.
func (v *Visitor) fill(p *plainPage, c *bot.Conversation) {
	if c.Lang.Known() && string(c.Lang) != p.Lang {
		was := *p
		*p = *v.newPlain(string(c.Lang))
		p.Token, p.ID, p.Typed, p.Problem = was.Token, was.ID, was.Typed, was.Problem
	}
	last := 0
	for i, l := range c.Lines {
		if l.From == bot.FromVisitor {
			last = i
		}
	}
	shown := func(lines []bot.Line) []bot.Line {
		return slices.DeleteFunc(slices.Clone(lines), func(l bot.Line) bool {
			return l.From == bot.FromVisitor && (l.Text == "" || strings.HasPrefix(l.Choice, "language:"))
		})
	}
	p.Earlier, p.Now = shown(c.Lines[:last]), shown(c.Lines[last:])
	p.Handed = c.Reference != ""
}

// label is what the visitor read on the option with this id.
func (v *Visitor) label(c *bot.Conversation, lang, choice string) string {
	for _, l := range slices.Backward(c.Lines) {
		if l.Card == nil {
			continue
		}
		for _, o := range l.Card.Options {
			if o.ID == choice {
				return o.Label
			}
		}
		for _, row := range l.Card.Rows {
			if bot.ChoiceChange(row.Step) == choice {
				return row.Change
			}
		}
	}
	what, slug, _ := strings.Cut(choice, ":")
	switch what {
	case "topic":
		return v.cfg.Road.Knowledge.Question(slug, lang)
	case "not-asked":
		return v.cfg.Words.T(lang, "widget.not_asked", nil)
	case "schedule", "person", "back", "skip":
		return v.cfg.Words.T(lang, "widget."+what, nil)
	}
	return ""
}

// postLeave makes the token void and sends the browser to the neutral page. The browser is asked to forget what it kept of these pages.
func (v *Visitor) postLeave(ctx context.Context, w http.ResponseWriter, r *http.Request, of *posted) {
	v.leave(ctx, of.id)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, v.cfg.Clinic.NeutralPage, http.StatusSeeOther)
}

// postErase asks before it erases. The answer counts only for what was asked: whoever has a request by now is asked what becomes of it.
func (v *Visitor) postErase(ctx context.Context, w http.ResponseWriter, r *http.Request, of *posted) {
	p, withdraw := of.page, r.PostForm.Get("withdraw")
	p.Handed = of.talk.Reference != ""
	if of.err == nil && (of.at == 0 || of.talk.Left) || withdraw == "" && of.err != nil {
		v.plainOver(w, p)
		return
	}
	if withdraw == "" || withdraw == "none" && p.Handed {
		p.Asking = true
		v.writePlain(w, http.StatusOK, p)
		return
	}
	erased, err := v.cfg.Road.Erase(ctx, of.id, withdraw != "no")
	switch {
	case errors.Is(err, converse.ErrEnded):
		v.plainOver(w, p)
	case err != nil:
		v.cfg.Log.Error("a conversation could not be erased", "err", err)
		p.Asking, p.Problem = true, v.cfg.Words.T(p.Lang, "widget.erase_failed", nil)
		v.writePlain(w, http.StatusServiceUnavailable, p)
	default:
		w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
		p.Erased = &erased
		v.writePlain(w, http.StatusOK, p)
	}
}

// postCopy gives the conversation as plain text.
func (v *Visitor) postCopy(_ context.Context, w http.ResponseWriter, _ *http.Request, of *posted) {
	if of.err != nil || of.at == 0 || of.talk.Left {
		v.plainOver(w, of.page)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="chat.txt"`)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write([]byte(v.copy(&of.talk))) // the page may have gone
}

// copy writes a conversation as the visitor read it.
func (v *Visitor) copy(c *bot.Conversation) string {
	var b strings.Builder
	b.WriteString(v.cfg.Words.T(string(c.Lang), "widget.title", nil) + "\r\n")
	for _, l := range c.Lines {
		if l.Text == "" || strings.HasPrefix(l.Choice, "language:") {
			continue
		}
		who := map[bot.From]string{bot.FromVisitor: "widget.you", bot.FromProgram: "widget.program", bot.FromStaff: "widget.staff"}[l.From]
		b.WriteString("\r\n" + strings.TrimSuffix(v.cfg.Words.T(string(l.Lang), who, nil), ":") + ":\r\n" + strings.ReplaceAll(l.Text, "\n", "\r\n") + "\r\n")
	}
	return b.String()
}

// plainOver says that there is nothing under this token any more, below an emergency card if one is due.
func (v *Visitor) plainOver(w http.ResponseWriter, p *plainPage, urgent ...bot.Line) {
	p.Over, p.Now = true, urgent
	v.writePlain(w, http.StatusNotFound, p)
}

func (v *Visitor) writePlain(w http.ResponseWriter, code int, p *plainPage) {
	var b bytes.Buffer
	if err := v.pages[p.Lang].ExecuteTemplate(&b, "plain.html", p); err != nil {
		v.cfg.Log.Error("a page could not be rendered", "page", "plain.html", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	neutral := ""
	if u, err := url.Parse(v.cfg.Clinic.NeutralPage); err == nil { // a form's redirect counts as its action
		neutral = " " + origin(u)
	}
	v.secure(w.Header(), "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"+neutral+"; frame-ancestors "+v.framers())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes()) // not compressed: it holds a secret beside what the visitor wrote
}
