package live

import (
	"time"

	"example.org/intake/bot"
)

// here reports whether somebody has a page of the console open, or had a moment ago; the lock is held.
func (d *Desk) here(account string, now time.Time) bool {
	p := d.people[account]
	return p != nil && (p.pages > 0 || now.Sub(p.left) < grace)
}

// available counts the people who can be called; the lock is held.
func (d *Desk) available(now time.Time) (n int) {
	for id, p := range d.people {
		if p.available && d.here(id, now) {
			n++
		}
	}
	return n
}

// Available counts the people who said that they can be called and have a page of the console open.
func (d *Desk) Available() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.available(d.cfg.Now())
}

// Staffed is what [converse.Road] asks.
func (d *Desk) Staffed() (int, time.Duration) { return d.Available(), d.cfg.Wait }

// IsAvailable reports whether an account said that it can be called.
func (d *Desk) IsAvailable(account string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.people[account]
	return p != nil && p.available
}

// SetAvailable notes whether an account can be called.
func (d *Desk) SetAvailable(account string, yes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.person(account)
	p.available = yes
	d.shown = d.available(d.cfg.Now())
	d.tell(Signal{Kind: People})
}

func (d *Desk) person(account string) *person {
	p := d.people[account]
	if p == nil {
		p = &person{left: d.cfg.Now()}
		d.people[account] = p
	}
	return p
}

// JoinStaff says that an account has a page open and gives the signals for it: everything but the typing of its own side. A chat is the
// conversation that the page shows, "" if none. The function ends it.
func (d *Desk) JoinStaff(account, chat string) (<-chan Signal, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.person(account).pages++
	return d.subscribe(func(s Signal) bool {
		switch s.Kind {
		case Line:
			return s.ID == chat
		case Typing:
			return s.ID == chat && s.From == bot.FromVisitor
		}
		return true
	}, func() {
		p := d.people[account]
		p.pages--
		p.left = d.cfg.Now()
	})
}

// JoinVisitor says that a visitor's page is open, of a conversation or "" before the first line, and gives the signals for it: who types and
// how many people are there. The function ends it.
func (d *Desk) JoinVisitor(id string) (<-chan Signal, func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id != "" {
		if d.visitors[id]++; d.visitors[id] == 1 && d.chats[id] != nil {
			d.tell(Signal{Kind: Ring})
		}
	}
	return d.subscribe(func(s Signal) bool {
		return s.Kind == People || s.Kind == Typing && s.ID == id && id != "" && s.From == bot.FromStaff
	}, func() {
		if id == "" {
			return
		}
		if d.visitors[id]--; d.visitors[id] <= 0 {
			delete(d.visitors, id)
			if d.chats[id] != nil {
				d.tell(Signal{Kind: Ring})
			}
		}
	})
}

// subscribe is called with the lock held.
func (d *Desk) subscribe(wants func(Signal) bool, gone func()) (<-chan Signal, func()) {
	c := make(chan Signal, 32)
	d.subs[c] = wants
	return c, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if _, there := d.subs[c]; there {
			delete(d.subs, c)
			gone()
		}
	}
}

// Typing passes on that somebody types. It is stored nowhere.
func (d *Desk) Typing(id string, from bot.From) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.chats[id]
	if c == nil || !c.Live.Taken() {
		return
	}
	if from == bot.FromStaff {
		c.staff = d.cfg.Now()
	}
	d.tell(Signal{Kind: Typing, ID: id, From: from})
}
