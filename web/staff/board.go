package staff

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"sync"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// board is the worklist in the order of the page, made anew only when something changed: with ten thousand requests sorting is most of the
// work of a page.
type board struct {
	work *request.Worklist
	due  func(asked time.Time, urgent bool) (time.Time, bool)

	mu    sync.Mutex
	seen  journal.Position
	made  bool
	items []*item // in order; neither the slice nor what it points to is changed once others may have it
	byID  map[string]*item
}

// item is one request with its due time, zero where the clinic promises nothing.
type item struct {
	request.Request
	due time.Time
}

// waits reports whether the next call was put off and its time has not come.
func (i *item) waits(now time.Time) bool { return i.open() && i.Later().After(now) }

// again reports whether the time of a call that was put off has come.
func (i *item) again(now time.Time) bool {
	return i.open() && !i.Later().IsZero() && !i.Later().After(now)
}

// open reports whether somebody still has to call.
func (i *item) open() bool { return i.Status == request.New || i.Status == request.Contacted }

func (i *item) overdue(now time.Time) bool {
	return i.open() && !i.due.IsZero() && now.After(i.due) && !i.waits(now)
}

// spanish is spoken for a list of thousands: it copies nothing.
func (i *item) spanish() bool {
	return cmp.Or(i.Fields.Language, string(i.Lang)) == "es"
}

func (i *item) rank() int {
	switch {
	case i.open() && i.Urgent:
		return 0
	case i.open():
		return 1
	case i.Status == request.Scheduled:
		return 2
	}
	return 3
}

// when is what requests of one rank are sorted by.
func (i *item) when() time.Time {
	switch {
	case i.Status == request.Scheduled && i.Appointment != nil:
		return i.Appointment.At
	case i.open() && !i.Urgent && !i.Later().IsZero():
		return i.Later()
	case i.due.IsZero():
		return i.Opened
	}
	return i.due
}

// all gives every request: urgent ones first, then by due time; booked ones by their appointment; closed ones last, the newest first. The
// slice is shared and must not be changed.
func (b *board) all() []*item {
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := b.work.Seen()
	if b.made && seen == b.seen {
		return b.items
	}
	// Only what changed is made anew; the old order is nearly the new one, which sorting makes use of.
	byID := make(map[string]*item, len(b.byID)+1)
	var fresh []*item
	b.work.Each(func(r *request.Request) {
		i := b.byID[r.ID]
		if i == nil || i.Position != r.Position {
			was := i
			i = b.item(*r)
			if was == nil {
				fresh = append(fresh, i)
			}
		}
		byID[r.ID] = i
	})
	items := make([]*item, 0, len(byID))
	for _, i := range b.items {
		if now := byID[i.ID]; now != nil {
			items = append(items, now)
		}
	}
	items = append(items, fresh...)
	slices.SortFunc(items, before)
	b.items, b.byID, b.seen, b.made = items, byID, seen, true
	return items
}

func before(x, y *item) int {
	if c := cmp.Compare(x.rank(), y.rank()); c != 0 {
		return c
	}
	if x.Status == request.Closed {
		return cmp.Or(y.Changed.Compare(x.Changed), cmp.Compare(x.ID, y.ID))
	}
	return cmp.Or(x.when().Compare(y.when()), x.Opened.Compare(y.Opened), cmp.Compare(x.ID, y.ID))
}

func (b *board) item(r request.Request) *item {
	i := &item{Request: r}
	if r.Status != request.Closed {
		i.due, _ = b.due(r.Opened, r.Urgent)
	}
	return i
}

// urgent counts the urgent requests that nobody has: while there are any, every open page says so again and again.
func (b *board) urgent(now time.Time) (n int) {
	for _, i := range b.all() {
		if i.rank() > 0 {
			break
		}
		if i.HeldBy(now) == "" {
			n++
		}
	}
	return n
}

// one gives one request.
func (b *board) one(id string) (*item, bool) {
	r, ok := b.work.Get(id)
	if !ok {
		return nil, false
	}
	return b.item(r), true
}

// shows are the parts of the worklist; the first is the one shown without asking.
func shows() []string {
	return []string{"open", "mine", "unclaimed", "spanish", "overdue", "booked", "closed"}
}

func isShow(s string) bool { return slices.Contains(shows(), s) }

// belongs reports whether a request is in a part of the list as one account sees it.
func (i *item) belongs(show, me string, now time.Time) bool {
	switch show {
	case "open":
		return i.open()
	case "mine":
		return i.open() && i.HeldBy(now) == me
	case "unclaimed":
		return i.open() && i.HeldBy(now) == ""
	case "spanish":
		return i.open() && i.spanish()
	case "overdue":
		return i.overdue(now)
	case "booked":
		return i.Status == request.Scheduled
	case "closed":
		return i.Status == request.Closed
	}
	return false
}

// pageSize is how many rows one page of the list has.
const pageSize = 50

// part is one page of one part of the list.
type part struct {
	show   string
	from   int // rows before it
	rows   []*item
	total  int            // rows of the part
	counts map[string]int // of every part
	state  string
}

// part cuts a page out of the list as one account sees it. Its state stands for all that it shows without saying anything about it, so that
// the event stream can carry it.
func (b *board) part(show, me string, from int, now time.Time) part {
	p := part{show: show, from: from, counts: map[string]int{}}
	for _, i := range b.all() {
		for _, s := range shows() {
			if i.belongs(s, me, now) {
				p.counts[s]++
			}
		}
		if !i.belongs(show, me, now) {
			continue
		}
		if p.total++; p.total > from && len(p.rows) < pageSize {
			p.rows = append(p.rows, i)
		}
	}
	h := sha256.New()
	var n [8]byte
	put := func(v uint64) { h.Write(binary.BigEndian.AppendUint64(n[:0], v)) }
	for _, s := range shows() {
		put(uint64(p.counts[s]))
	}
	for _, i := range p.rows {
		h.Write([]byte(i.ID + " " + i.HeldBy(now) + " "))
		put(uint64(i.Position))
		if i.overdue(now) {
			put(1)
		}
		if i.again(now) {
			put(2)
		}
	}
	p.state = base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
	return p
}

// stateOfOne is the same for one request.
func stateOfOne(r request.Request, now time.Time) string {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(r.ID+" "+r.HeldBy(now)+" "), uint64(r.Position)))
	return base64.RawURLEncoding.EncodeToString(h[:12])
}
