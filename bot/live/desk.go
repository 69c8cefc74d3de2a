// Package live is the desk between visitors and the people at the console: who is there, which chats ring, which are talked in. What happens
// is in the journal and is folded here; who is present and who types is kept in memory alone, passes through and is stored nowhere.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// Usual times.
const (
	Wait   = 2 * time.Minute // staff have so long to accept before the visitor is offered a call-back
	Silent = 3 * time.Minute // a visitor who waits for a person's answer this long gets the program back

	grace   = 10 * time.Second // a page that loads anew is away for a moment
	look    = 250 * time.Millisecond
	restart = 24 * time.Hour // chats older than this are not looked at when the program starts
)

// Config is what a desk works with.
type Config struct {
	Road     *converse.Road
	Journal  journal.Journal
	Requests *request.Worklist
	Now      func() time.Time
	Log      *slog.Logger
	Wait     time.Duration // 0: [Wait]
	Silent   time.Duration // 0: [Silent]
}

// Chat is one conversation that rings or is talked in.
type Chat struct {
	ID      string
	Lang    bot.Lang
	Live    bot.Live
	Since   time.Time // when it began to ring, or was taken
	Visitor bool      // the visitor's page is open
	waits   time.Time // the visitor's line that has no answer yet, zero if none
	staff   time.Time // the last sign of life of the person who talks
}

// Signal tells a page that something changed; what changed is read from the desk or the journal.
type Signal struct {
	Kind string   // Ring, Line, Typing, People
	ID   string   // the conversation, "" for Ring and People
	From bot.From // of Typing
}

// Kinds of signal.
const (
	Ring   = "ring"   // a chat rings, was taken, or is over
	Line   = "line"   // something was said in a conversation
	Typing = "typing" // somebody types in it
	People = "people" // somebody came or went
)

// Desk follows the journal from [Open] on. All methods may be called by many goroutines at once.
type Desk struct {
	cfg Config

	mu       sync.Mutex
	chats    map[string]*Chat
	visitors map[string]int // open pages by conversation
	people   map[string]*person
	subs     map[chan Signal]func(Signal) bool // which signals a page wants
	shown    int                               // people available at the last look
}

// person is one account at the console.
type person struct {
	available bool
	pages     int
	left      time.Time // when the last page closed
}

// Open finds the chats that ring or are talked in and follows the journal until ctx ends.
func Open(ctx context.Context, cfg Config) (*Desk, error) {
	cfg.Wait, cfg.Silent = cmp.Or(cfg.Wait, Wait), cmp.Or(cfg.Silent, Silent)
	d := &Desk{cfg: cfg, chats: map[string]*Chat{}, visitors: map[string]int{}, people: map[string]*person{}, subs: map[chan Signal]func(Signal) bool{}}
	var end journal.Position
	for h, err := range cfg.Journal.Heads(ctx, journal.Conversation) {
		if err != nil && h.Stream.ID == "" {
			return nil, fmt.Errorf("live: listing conversations: %w", err)
		}
		end = max(end, h.Position)
	}
	for _, r := range cfg.Requests.List() {
		if cfg.Now().Sub(r.Changed) > restart {
			continue
		}
		c, _, err := cfg.Road.Load(ctx, r.ID)
		if err != nil {
			continue // erased or damaged: nobody talks there
		}
		d.take(r.ID, c.Lang, c.Live)
	}
	go d.follow(ctx, end)
	go d.watch(ctx)
	return d, nil
}

func (d *Desk) follow(ctx context.Context, after journal.Position) {
	for {
		for e, err := range d.cfg.Journal.Watch(ctx, journal.Conversation, after) {
			if e.Position == 0 {
				if ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
					d.cfg.Log.Error("following the live chats stopped; trying again", "err", err)
				}
				break
			}
			after = e.Position
			d.fold(e)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// fold takes one entry of a conversation in. Only chats that ring or are talked in are kept.
func (d *Desk) fold(e journal.Entry) {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.tell(Signal{Kind: Line, ID: e.Stream.ID})
	if e.Erased {
		d.drop(e.Stream.ID)
		return
	}
	events, err := converse.Decode(e.Data)
	if err != nil {
		return
	}
	var lang bot.Lang // of the visitor's line in this turn: the worklist may not know the request yet
	for _, ev := range events {
		switch ev.Type {
		case bot.Said:
			lang = ev.Line.Lang
		case bot.Rang, bot.Taken:
			d.take(e.Stream.ID, lang, *ev.Live)
			d.tell(Signal{Kind: Ring})
		case bot.Unanswered, bot.Returned, bot.Left:
			if d.drop(e.Stream.ID) {
				d.tell(Signal{Kind: Ring})
			}
		}
		c := d.chats[e.Stream.ID]
		switch {
		case c == nil:
		case ev.Type == bot.Said:
			if c.Lang = ev.Line.Lang; c.waits.IsZero() {
				c.waits = d.cfg.Now()
			}
		case ev.Type == bot.StaffSaid:
			c.waits, c.staff = time.Time{}, d.cfg.Now()
		}
	}
}

// take notes a chat that rings or is talked in; the lock is held, or nobody else knows the desk yet.
func (d *Desk) take(id string, lang bot.Lang, l bot.Live) {
	if !l.Taken() && l.Until.IsZero() {
		return
	}
	now := d.cfg.Now()
	c := d.chats[id]
	if c == nil {
		c = &Chat{ID: id, Lang: lang}
		if !lang.Known() {
			c.Lang = bot.EN
			if r, ok := d.cfg.Requests.Get(id); ok && r.Lang.Known() {
				c.Lang = r.Lang
			}
		}
		d.chats[id] = c
	}
	c.Live, c.Since, c.staff, c.waits = l, now, now, time.Time{}
}

func (d *Desk) drop(id string) bool {
	_, there := d.chats[id]
	delete(d.chats, id)
	return there
}

// tell sends a signal to the pages that want it; one that is full has enough to look at. The lock is held.
func (d *Desk) tell(s Signal) {
	for c, wants := range d.subs {
		if wants(s) {
			select {
			case c <- s:
			default:
			}
		}
	}
}

// watch ends what nobody answers.
func (d *Desk) watch(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		unanswered, silent := d.overdue()
		for _, id := range unanswered {
			if err := d.cfg.Road.Unanswered(ctx, id); err != nil && ctx.Err() == nil {
				d.failed("nobody came to a chat", id, err)
			}
		}
		for _, c := range silent {
			if err := d.cfg.Road.GiveBack(ctx, c.ID, c.Live.By, true); err != nil && ctx.Err() == nil {
				d.failed("a person fell silent in a chat", c.ID, err)
			}
		}
	}
}

// failed notes that a chat could not be ended. One that is over already needs nothing; anything else is tried again at the next look.
func (d *Desk) failed(what, id string, err error) {
	if errors.Is(err, converse.ErrEnded) || errors.Is(err, converse.ErrNotYours) || errors.Is(err, converse.ErrNotHanded) {
		d.mu.Lock()
		d.drop(id)
		d.mu.Unlock()
		return
	}
	d.cfg.Log.Error(what+", and that could not be stored", "err", err)
}

func (d *Desk) overdue() (unanswered []string, silent []Chat) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.cfg.Now()
	for id, c := range d.chats {
		switch {
		case !c.Live.Taken():
			if !c.Live.Ringing(now) {
				unanswered = append(unanswered, id)
			}
		case !c.waits.IsZero() && now.Sub(later(c.waits, c.staff)) >= d.cfg.Silent,
			!d.here(c.Live.By, now) && now.Sub(c.staff) >= d.cfg.Silent:
			silent = append(silent, *c)
		}
	}
	if n := d.available(now); n != d.shown {
		d.shown = n
		d.tell(Signal{Kind: People})
	}
	return unanswered, silent
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Chats gives what rings and what is talked in, the longest first.
func (d *Desk) Chats() []Chat {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []Chat
	for _, c := range d.chats {
		one := *c
		one.Visitor = d.visitors[c.ID] > 0
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Chat) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Chat gives one conversation that rings or is talked in.
func (d *Desk) Chat(id string) (Chat, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.chats[id]
	if c == nil {
		return Chat{}, false
	}
	one := *c
	one.Visitor = d.visitors[id] > 0
	return one, true
}

// Here reports whether the visitor of a conversation has its page open.
func (d *Desk) Here(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.visitors[id] > 0
}

// Road is the way of a conversation's lines, for who takes one over.
func (d *Desk) Road() *converse.Road { return d.cfg.Road }

// Wait is how long staff have to accept.
func (d *Desk) Wait() time.Duration { return d.cfg.Wait }
