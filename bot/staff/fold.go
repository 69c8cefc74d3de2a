package staff

import (
	"slices"
	"time"

	"example.org/intake/bot/journal"
)

// account is one account with what only this package may see.
type account struct {
	Account
	head     journal.Position
	damaged  bool // an entry could not be read: nobody signs in with it
	link     digest
	linkEnds time.Time
	hash     string
	failures int // in a row
	failed   time.Time
	sessions map[digest]*session
	totp     string // base32, "" if no authenticator app is set up
	step     int64  // the last 30 seconds whose code was used: a code works once
	codes    map[digest]bool
	passkeys []Passkey
}

// session is one signed-in browser.
type session struct {
	account *account
	half    bool // may only set up a second factor
	began   time.Time
	ends    time.Time     // at the latest
	seen    time.Time     // last use, known to this node
	stored  time.Time     // last use that was written down
	over    chan struct{} // closed when it ends early
}

// book is the fold of all accounts. It knows no clock: what has expired is decided by who reads it.
type book struct {
	accounts map[string]*account
	logins   map[string]*account
	links    map[digest]*account
	sessions map[digest]*session
	accepted bool // somebody accepted an invitation, ever
	idle     time.Duration
}

func newBook(idle time.Duration) *book {
	return &book{idle: idle, accounts: map[string]*account{}, logins: map[string]*account{}, links: map[digest]*account{}, sessions: map[digest]*session{}}
}

// apply folds one entry of the journal in. An entry that cannot be read closes its account: a later event may depend on it.
func (b *book) apply(en journal.Entry, failed error) {
	id := en.Stream.ID
	if en.Erased {
		b.drop(id)
		return
	}
	a := b.accounts[id]
	e, err := decodeEvent(en.Data)
	if failed != nil || err != nil {
		if a == nil {
			a = b.add(id)
		}
		a.damaged = true
		b.endAll(a)
	} else if a != nil || e.Type == invited {
		if a == nil {
			a = b.add(id)
		}
		b.change(a, e)
	} else {
		return // a stream that does not begin with an invitation is nobody
	}
	a.Secured, a.Passkeys = a.totp != "" || len(a.passkeys) > 0, len(a.passkeys)
	a.head = en.Position
}

func (b *book) add(id string) *account {
	a := &account{Account: Account{ID: id, State: Invited}, sessions: map[digest]*session{}}
	b.accounts[id] = a
	return a
}

func (b *book) change(a *account, e event) {
	a.Changed = e.At
	switch e.Type {
	case invited:
		if a.State != Invited || a.Role != "" {
			return
		}
		a.Role, a.link, a.linkEnds = e.Role, *e.Secret, e.Until
		b.links[a.link] = a
	case accepted:
		// Of two people who take one sign-in name at the same moment the first keeps it, on every node: positions decide. The other
		// one's link stays open.
		if a.State != Invited || a.Role == "" || b.logins[e.Login] != nil && b.logins[e.Login] != a {
			return
		}
		delete(b.links, a.link)
		a.State, a.Login, a.Name, a.hash, a.Lang = Active, e.Login, e.Name, e.Hash, e.Lang
		b.logins[a.Login], b.accepted = a, true
	case signedIn:
		a.failures = 0
		if a.State != Active || a.damaged {
			return
		}
		b.forget(a, e.At)
		if e.Ends != nil {
			b.end(a, *e.Ends)
		}
		a.step = max(a.step, e.Step)
		if e.Code != nil {
			delete(a.codes, *e.Code)
		}
		a.used(e.Passkey)
		s := &session{account: a, half: e.Half, began: e.At, ends: e.Until, seen: e.At, stored: e.At, over: make(chan struct{})}
		a.sessions[*e.Secret], b.sessions[*e.Secret] = s, s
	case seen:
		if s := a.sessions[*e.Secret]; s != nil {
			s.stored = later(s.stored, e.At)
			s.seen = later(s.seen, e.At)
		}
	case signedOut:
		b.end(a, *e.Secret)
	case signinFailed:
		a.failures++
		a.failed = e.At
	case spoke:
		a.Lang = e.Lang
	case codeSet:
		a.totp, a.step = e.Totp, max(a.step, e.Step)
		a.setCodes(e.Codes)
	case codesSet:
		a.setCodes(e.Codes)
	case passkeyAdded:
		a.passkeys = append(slices.Clip(a.passkeys), *e.Passkey)
		a.setCodes(e.Codes)
	case passkeyGone:
		a.passkeys = slices.DeleteFunc(slices.Clone(a.passkeys), func(p Passkey) bool { return p.ID == e.Passkey.ID })
	case passphrase:
		a.hash = e.Hash
		b.endAll(a)
	case reset:
		if a.State == Disabled {
			return
		}
		b.endAll(a)
		delete(b.links, a.link)
		a.State, a.hash, a.totp, a.codes, a.passkeys, a.failures = Invited, "", "", nil, nil, 0
		a.link, a.linkEnds = *e.Secret, e.Until
		b.links[a.link] = a
	case disabled:
		a.State = Disabled
		delete(b.links, a.link)
		b.endAll(a)
	}
}

// setCodes puts new recovery codes in place of the old ones; none changes nothing.
func (a *account) setCodes(codes []digest) {
	if len(codes) == 0 {
		return
	}
	a.codes = map[digest]bool{}
	for _, c := range codes {
		a.codes[c] = true
	}
}

// used takes in what a passkey's use changed of it.
func (a *account) used(p *Passkey) {
	if p == nil {
		return
	}
	if i := slices.IndexFunc(a.passkeys, func(k Passkey) bool { return k.ID == p.ID }); i >= 0 {
		a.passkeys = slices.Clone(a.passkeys)
		a.passkeys[i].Data, a.passkeys[i].Used = p.Data, p.Used
	}
}

func (b *book) end(a *account, d digest) {
	if s := a.sessions[d]; s != nil {
		close(s.over)
		delete(a.sessions, d)
		delete(b.sessions, d)
	}
}

func (b *book) endAll(a *account) {
	for d := range a.sessions {
		b.end(a, d)
	}
}

// forget drops an account's sessions that are over anyway, so that they do not pile up.
func (b *book) forget(a *account, now time.Time) {
	for d, s := range a.sessions {
		if !s.alive(now, b.idle) {
			b.end(a, d)
		}
	}
}

// drop removes an erased account.
func (b *book) drop(id string) {
	a := b.accounts[id]
	if a == nil {
		return
	}
	b.endAll(a)
	delete(b.links, a.link)
	if b.logins[a.Login] == a {
		delete(b.logins, a.Login)
	}
	delete(b.accounts, id)
}

// alive reports whether the session may still be used: not past its end, and not idle for too long.
func (s *session) alive(now time.Time, idle time.Duration) bool {
	return now.Before(s.ends) && now.Sub(s.seen) < idle
}

// wait says how long an account must be left alone after failed sign-ins: nothing for the first five, then half a minute that doubles up
// to twenty minutes. At that pace about eighty guesses fit in a day, and the account is never locked for ever.
func (a *account) wait(now time.Time) time.Duration {
	if a.failures < freeFailures {
		return 0
	}
	pause := maxPause
	if n := a.failures - freeFailures; n < 6 {
		pause = min(firstPause<<n, maxPause)
	}
	return max(0, a.failed.Add(pause).Sub(now))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
