package staff

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"
)

// Session returns the account of an open session. It does not count as use; see Touch. A session that was opened by a passphrase alone is
// none; see Half.
func (d *Directory) Session(session string) (Account, bool) { return d.sessionOf(session, false) }

// Half returns the account of a session that may only set up a second factor.
func (d *Directory) Half(session string) (Account, bool) { return d.sessionOf(session, true) }

func (d *Directory) sessionOf(session string, half bool) (Account, bool) {
	sum, ok := digestOf(session)
	if !ok {
		return Account{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.open(sum)
	if s == nil || s.half != half {
		return Account{}, false
	}
	return s.account.Account, true
}

// Lapsed returns the account of a session that ended for want of use a while ago and was not ended by anybody: what its person had typed can
// be kept for them. The session opens nothing.
func (d *Directory) Lapsed(session string) (Account, bool) {
	sum, ok := digestOf(session)
	if !ok {
		return Account{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.book.sessions[sum]
	if s == nil || s.half || d.ended != nil || s.account.State != Active || s.account.damaged || d.now().Sub(s.seen) > SessionLife {
		return Account{}, false
	}
	return s.account.Account, true
}

// SessionInfo is one open session as its owner sees it.
type SessionInfo struct {
	ID          string // names the session and opens nothing
	Began, Used time.Time
	Here        bool // the one that asks
}

func (s digest) id() string {
	return base64.RawURLEncoding.EncodeToString(s[:9])
}

// Sessions lists the open sessions of the account that a session belongs to, the newest use first.
func (d *Directory) Sessions(session string) []SessionInfo {
	sum, _ := digestOf(session)
	d.mu.Lock()
	defer d.mu.Unlock()
	me := d.open(sum)
	if me == nil {
		return nil
	}
	var list []SessionInfo
	for other, s := range me.account.sessions {
		if s.alive(d.now(), d.idle) && !s.half {
			list = append(list, SessionInfo{ID: other.id(), Began: s.began, Used: s.seen, Here: other == sum})
		}
	}
	slices.SortFunc(list, func(a, b SessionInfo) int { return cmp.Or(b.Used.Compare(a.Used), strings.Compare(a.ID, b.ID)) })
	return list
}

// EndSession ends one session of an account by its [SessionInfo] id. Ending one that is over does nothing.
func (d *Directory) EndSession(ctx context.Context, who, id string) error {
	return d.change(ctx, who, func(a *account) (event, error) {
		for sum := range a.sessions {
			if sum.id() == id {
				return event{Type: signedOut, Secret: &sum}, nil
			}
		}
		return event{}, errNothing
	})
}

// open returns a session that may be used now; the lock is held. A directory that has lost the journal would not hear of a sign-out
// elsewhere, so it knows no session.
func (d *Directory) open(sum digest) *session {
	s := d.book.sessions[sum]
	if s == nil || d.ended != nil || s.account.State != Active || s.account.damaged || !s.alive(d.now(), d.idle) {
		return nil
	}
	return s
}

// Touch notes that a person used a session and puts off its idle end. It writes at most once in five minutes; ErrUnknown means that the
// session is over.
func (d *Directory) Touch(ctx context.Context, session string) error {
	sum, _ := digestOf(session)
	now := d.now().UTC()
	d.mu.Lock()
	s := d.open(sum)
	if s == nil {
		d.mu.Unlock()
		return ErrUnknown
	}
	s.seen = later(s.seen, now)
	write := now.Sub(s.stored) >= storeSeen
	if write {
		s.stored = now // others that come meanwhile need not write
	}
	id := s.account.ID
	d.mu.Unlock()
	if !write {
		return nil
	}
	return d.change(ctx, id, func(a *account) (event, error) {
		if a.sessions[sum] == nil {
			return event{}, ErrUnknown
		}
		return event{Type: seen, Secret: &sum}, nil
	})
}

// Ends returns when a session ends if it is not used again, and a channel that is closed when it ends before that: by sign-out or because
// the account was disabled. ok is false if it is over already.
func (d *Directory) Ends(session string) (at time.Time, over <-chan struct{}, ok bool) {
	sum, _ := digestOf(session)
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.open(sum)
	if s == nil {
		return time.Time{}, nil, false
	}
	at = s.seen.Add(d.idle)
	if s.ends.Before(at) {
		at = s.ends
	}
	return at, s.over, true
}

// SignOut ends a session. Ending it again does nothing.
func (d *Directory) SignOut(ctx context.Context, session string) error {
	sum, ok := digestOf(session)
	if !ok {
		return nil
	}
	d.mu.Lock()
	s := d.book.sessions[sum]
	id := ""
	if s != nil {
		id = s.account.ID
	}
	d.mu.Unlock()
	if s == nil {
		return nil
	}
	return d.change(ctx, id, func(a *account) (event, error) {
		if a.sessions[sum] == nil {
			return event{}, errNothing
		}
		return event{Type: signedOut, Secret: &sum}, nil
	})
}
