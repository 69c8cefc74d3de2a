package staff

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/request"
)

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
	Word, Small         string // when it is due: a word, and a second line
	Rules               []rule
	Badge               badge
	Who, Initials       string // who has it, "" if nobody
	Mine                bool
	Tries               string
	Marks               []bool // one for each of three tries, filled or not
	Result              string // what it came to, "" while open
}

type worklistPage struct {
	page
	Show    string
	From    int
	Filters []filter
	Rows    []row
	Empty   string
	DueCol  string // what the first column says
	Hint    string // what to do where nothing is shown, "" if that is plain
	Earlier string // address of the rows before, "" if none
	Later   string
	Range   string
	Query   string // what was searched for; it stands in no address
	Found   bool   // the page shows what a search found
	Problem string
}

func (c *Console) showWorklist(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.list(w, r, v, http.StatusOK, "layout", "")
}

// showList is the list alone, for the script.
func (c *Console) showList(w http.ResponseWriter, r *http.Request, v visit) error {
	return c.list(w, r, v, http.StatusOK, "list", "")
}

// partOf reads which page of which part of the list is asked for.
func partOf(r *http.Request) (show string, from int, ok bool) {
	q := r.URL.Query()
	if show = q.Get("show"); show == "" {
		show = shows()[0]
	}
	from, err := strconv.Atoi(q.Get("from"))
	if q.Get("from") == "" {
		from, err = 0, nil
	}
	return show, from, isShow(show) && err == nil && from >= 0 && from%pageSize == 0
}

func (c *Console) list(w http.ResponseWriter, r *http.Request, v visit, status int, part, problem string) error {
	show, from, ok := partOf(r)
	if !ok {
		return errMissing
	}
	if err := c.record(r, v.who.ID, audit.Listed, show); err != nil {
		return err
	}
	now := c.Now()
	cut := c.board.part(show, v.who.ID, from, now)
	at := func(from int) string { return "/staff/?show=" + show + "&from=" + strconv.Itoa(from) }
	p := worklistPage{page: c.opened(v, "console.requests", "/staff/?show="+show), Show: show, From: from, Problem: problem}
	p.Events, p.State = "/staff/events?show="+show+"&from="+strconv.Itoa(from), cut.state
	for _, s := range shows() {
		p.Filters = append(p.Filters, filter{Show: s, Text: p.T("console.show." + s), Current: s == show, Count: cut.counts[s]})
	}
	for _, i := range cut.rows {
		p.Rows = append(p.Rows, c.row(v, i, now))
	}
	if from > 0 {
		p.Earlier = at(from - pageSize)
	}
	if from+len(cut.rows) < cut.total {
		p.Later = at(from + pageSize)
	}
	if p.Earlier != "" || p.Later != "" {
		p.Range = c.say(p.Lang, "console.range", "from", strconv.Itoa(from+1), "to", strconv.Itoa(from+len(cut.rows)), "of", strconv.Itoa(cut.total))
	}
	switch p.DueCol = p.T("console.col.due"); show {
	case "booked":
		p.DueCol = p.T("console.col.booked")
	case "closed":
		p.DueCol = p.T("console.col.closed")
	}
	p.Empty = p.T("console.empty.other")
	switch show {
	case "open", "unclaimed":
		p.Empty, p.Hint = p.T("console.empty.open"), p.T("console.empty.hint")
	case "mine":
		p.Empty, p.Hint = p.T("console.empty.mine"), p.T("console.empty.hint.mine")
	}
	return c.render(w, status, "worklist", part, p)
}

// maxFound bounds what one search shows.
const maxFound = 50

// search finds requests by code, name or phone. It is a form that is sent, so that names and numbers stand in no address and no history.
func (c *Console) search(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	text := strings.TrimSpace(r.PostFormValue("q"))
	if text == "" || utf8.RuneCountInString(text) > 80 {
		http.Redirect(w, r, "/staff/", http.StatusSeeOther)
		return nil
	}
	found := c.Worklist.Search(text)
	if err := c.record(r, v.who.ID, audit.Searched, "requests:"+strconv.Itoa(len(found))); err != nil {
		return err
	}
	now := c.Now()
	p := worklistPage{page: c.opened(v, "console.requests", "/staff/?show=open"), Show: "open", Query: text, Found: true, Empty: c.say(v.who.Lang, "console.search.none"), DueCol: c.say(v.who.Lang, "console.col.due")}
	for _, s := range shows() {
		p.Filters = append(p.Filters, filter{Show: s, Text: p.T("console.show." + s), Count: c.board.part(s, v.who.ID, 0, now).total})
	}
	p.Hint = p.T("console.empty.hint.found")
	p.Range = c.say(p.Lang, "console.search.found", "count", strconv.Itoa(len(found)))
	for _, one := range found[:min(len(found), maxFound)] {
		p.Rows = append(p.Rows, c.row(v, c.board.item(one), now))
	}
	return c.render(w, http.StatusOK, "worklist", "layout", p)
}

func (c *Console) row(v visit, i *item, now time.Time) row {
	lang := v.who.Lang
	o := row{ID: i.ID, Reference: i.Reference, Name: i.Fields.Name, Rules: c.rules(lang, i.Request), Badge: c.badge(lang, i.Request)}
	if f := i.Fields.ForWhom; f != "" {
		o.ForWhom = c.say(lang, "console.for."+f)
	}
	for _, why := range i.Reasons {
		if why != bot.ReasonConfirmed { // the ordinary one
			o.Why = append(o.Why, c.say(lang, "console.why."+string(why)))
		}
	}
	if i.open() && i.Failed() >= request.FailedToPropose {
		o.Why = append(o.Why, c.say(lang, "console.tries.close"))
	}
	c.dueWords(&o, lang, i, now)
	if by := i.HeldBy(now); by != "" {
		o.Who, o.Mine = c.nameOf(lang, by), by == v.who.ID
		o.Initials = initials(o.Who)
		if o.Mine {
			o.Who = c.say(lang, "console.you")
		}
	}
	failed := min(i.Failed(), request.FailedToPropose)
	for n := range request.FailedToPropose {
		o.Marks = append(o.Marks, n < failed)
	}
	o.Tries = c.say(lang, "console.tries.of", "n", strconv.Itoa(i.Failed()), "m", strconv.Itoa(request.FailedToPropose))
	if !i.open() {
		o.Result = c.say(lang, "console.status."+string(i.Status))
		if i.Outcome != "" {
			o.Result = c.say(lang, "console.outcome."+string(i.Outcome))
		}
	}
	return o
}

// dueWords says until when somebody is to be called, or what there is to say instead.
func (c *Console) dueWords(o *row, lang bot.Lang, i *item, now time.Time) {
	asked := c.say(lang, "console.due.asked", "time", c.moment(lang, i.Opened))
	switch {
	case i.Status == request.Scheduled && i.Appointment != nil:
		o.Word, o.Small = c.day(lang, i.Appointment.At), c.clock(lang, i.Appointment.At)
		return
	case !i.open():
		o.Word, o.Small = c.day(lang, i.Changed), c.clock(lang, i.Changed)
		return
	case i.waits(now):
		o.Word, o.Small = c.day(lang, i.Later()), c.say(lang, "console.later.at", "time", c.clock(lang, i.Later()))
	case i.again(now):
		o.Late, o.Word, o.Small = true, c.say(lang, "console.later.now"), c.say(lang, "console.later.was", "time", c.moment(lang, i.Later()))
	case i.due.IsZero():
		o.Word, o.Small = c.day(lang, i.Opened), c.clock(lang, i.Opened)
		if i.Urgent {
			o.Small = asked
		}
	default:
		o.Word, o.Small = c.day(lang, i.due), c.clock(lang, i.due)
		if i.Urgent || i.overdue(now) {
			o.Small = c.dueIn(lang, i.due, now)
		}
	}
	switch {
	case i.Urgent:
		o.Urgent, o.Word = true, c.say(lang, "console.urgent")
	case i.overdue(now) && !i.again(now):
		o.Late, o.Word = true, c.say(lang, "console.due.overdue")
	}
}

// dueIn says how near a due time is: in minutes within the hour, else as a time.
func (c *Console) dueIn(lang bot.Lang, due, now time.Time) string {
	minutes := int(due.Sub(now) / time.Minute)
	switch {
	case minutes >= 0 && minutes < 60:
		return c.say(lang, "console.due.in", "count", strconv.Itoa(minutes))
	case minutes > -60 && minutes < 0:
		return c.say(lang, "console.due.over", "count", strconv.Itoa(-minutes))
	case c.day(lang, due) == c.say(lang, "console.today"):
		return c.say(lang, "console.due.at", "time", c.clock(lang, due))
	}
	return c.say(lang, "console.due.at", "time", c.dayWord(lang, due))
}

// nameOf is how colleagues see an account.
func (c *Console) nameOf(lang bot.Lang, id string) string {
	if a, ok := c.Directory.Get(id); ok && a.Name != "" {
		return a.Name
	}
	return c.say(lang, "console.notes.someone")
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	picked := words[:1]
	if len(words) > 1 {
		picked = []string{words[0], words[len(words)-1]}
	}
	var letters []rune
	for _, word := range picked {
		r, _ := utf8.DecodeRuneInString(word)
		letters = append(letters, unicode.ToUpper(r))
	}
	return string(slices.Clip(letters))
}
