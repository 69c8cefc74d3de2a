package staff

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"slices"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/request"
)

// waitsLong is after how much time a new request stands out.
const waitsLong = 24 * time.Hour

// filter is one part of the worklist as a link.
type filter struct {
	Show    string
	Text    string
	Count   int
	Current bool
}

// row is one request in the list.
type row struct {
	ID, Reference, Name string // Name "": none given
	ForWhom             string
	Why                 []string
	Urgent, Late        bool
	Word, Small         string // when it was asked: a word, and a second line
	Rules               []rule
	Badge               badge
	Status, StatusWord  string
}

type worklistPage struct {
	page
	Show    string
	Filters []filter
	Rows    []row
	Empty   string
	Hint    bool
}

// shows are the parts of the worklist; the first is the one shown without asking.
func shows() []string { return []string{"open", "new", "contacted", "scheduled", "closed"} }

func isShow(s string) bool { return slices.Contains(shows(), s) }

func belongs(r request.Request, show string) bool {
	return string(r.Status) == show || show == "open" && r.Status != request.Closed
}

func (c *Console) showWorklist(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.list(w, r, v, "layout")
}

// showList is the list alone, for the script.
func (c *Console) showList(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.list(w, r, v, "list")
}

func (c *Console) list(w http.ResponseWriter, r *http.Request, v visit, part string) error {
	show := r.URL.Query().Get("show")
	if show == "" {
		show = shows()[0]
	}
	if !isShow(show) {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Listed, show); err != nil {
		return err
	}
	p := worklistPage{page: c.opened(v, "console.requests", "/staff/?show="+show), Show: show}
	p.Events = "/staff/events?show=" + show
	all := c.Worklist.List()
	p.State = stateOf(all, show)
	for _, s := range shows() {
		f := filter{Show: s, Text: p.T("console.show." + s), Current: s == show}
		for _, r := range all {
			if belongs(r, s) {
				f.Count++
			}
		}
		p.Filters = append(p.Filters, f)
	}
	for _, r := range all {
		if belongs(r, show) {
			p.Rows = append(p.Rows, c.row(p.Lang, r))
		}
	}
	p.Empty = p.T("console.empty.other")
	if show == "open" || show == "new" {
		p.Empty, p.Hint = p.T("console.empty.open"), true
	}
	return c.render(w, http.StatusOK, "worklist", part, p)
}

func (c *Console) row(lang bot.Lang, r request.Request) row {
	v := row{ID: r.ID, Reference: r.Reference, Name: r.Fields.Name, Rules: c.rules(lang, r), Badge: c.badge(lang, r),
		Status: string(r.Status), StatusWord: c.say(lang, "console.status."+string(r.Status))}
	if f := r.Fields.ForWhom; f != "" {
		v.ForWhom = c.say(lang, "console.for."+f)
	}
	for _, why := range r.Reasons {
		if why == bot.ReasonConfirmed {
			continue // the ordinary one
		}
		v.Why = append(v.Why, c.say(lang, "console.why."+string(why)))
	}
	v.Word, v.Small = c.day(lang, r.Opened), c.clock(lang, r.Opened)
	waits := r.Status == request.New
	switch {
	case r.Urgent && waits:
		v.Urgent = true
		v.Small = v.Word + ", " + v.Small
		v.Word = c.say(lang, "console.urgent")
	case waits && c.Now().Sub(r.Opened) >= waitsLong:
		v.Late = true
		v.Small = v.Word + ", " + v.Small
		v.Word = c.say(lang, "console.waiting")
	}
	return v
}

// stateOf stands for what a list shows without saying anything about it, so that the event stream can carry it.
func stateOf(all []request.Request, show string) string {
	h := sha256.New()
	for _, r := range all {
		h.Write([]byte(r.ID + " " + string(r.Status) + " "))
		if belongs(r, show) {
			h.Write(binary.BigEndian.AppendUint64(nil, uint64(r.Position)))
		}
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

// stateOfOne is the same for one request.
func stateOfOne(r request.Request) string {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(r.ID+" "), uint64(r.Position)))
	return base64.RawURLEncoding.EncodeToString(h[:12])
}
