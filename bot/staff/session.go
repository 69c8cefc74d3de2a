package staff

import (
	"context"
	"time"
)

// Session returns the account of an open session. It does not count as use; see Touch.
func (d *Directory) Session(session string) (Account, bool) {
	sum, ok := digestOf(session)
	if !ok {
		return Account{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.open(sum)
	if s == nil {
		return Account{}, false
	}
	return s.account.Account, true
}

// open returns a session that may be used now; the lock is held. A directory that has lost the journal would not hear of a sign-out
// elsewhere, so it knows no session.
func (d *Directory) open(sum digest) *session {
	s := d.book.sessions[sum]
	if s == nil || d.ended != nil || s.account.State != Active || s.account.damaged || !s.alive(d.now()) {
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
	at = s.seen.Add(Idle)
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
