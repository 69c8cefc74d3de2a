package staff

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SignIn checks a passphrase with a code, of the authenticator app or for recovery, and opens a session. The session is a secret for the
// cookie and is stored nowhere. Any refusal is ErrSignIn, whatever the reason, and takes the same time; the account is filled in if the name
// exists, for the audit record alone. After five failures in a row an account makes everybody wait, longer each time, also those who know
// the passphrase; a passkey is not held up by that. Where no second factor is set up the session is a half one: see [Directory.Half].
func (d *Directory) SignIn(ctx context.Context, login, passphrase, code string) (session string, who Account, err error) {
	began := time.Now()
	session, who, err = d.signIn(ctx, login, passphrase, code)
	if errors.Is(err, ErrSignIn) {
		pause := time.NewTimer(d.least - time.Since(began))
		defer pause.Stop()
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
	}
	return session, who, err
}

func (d *Directory) signIn(ctx context.Context, login, passphrase, code string) (string, Account, error) {
	if len(passphrase) > MaxPassphrase {
		passphrase = "" // costs a hash like any other wrong one
	}
	login, badLogin := cleanLogin(login)
	d.mu.Lock()
	a := d.book.logins[login]
	hash, usable := d.hasher.decoy, false
	var who Account
	if badLogin == nil && a != nil {
		who = a.Account
		if a.State == Active && !a.damaged && a.wait(d.now()) == 0 {
			hash, usable = a.hash, true
		}
	}
	d.mu.Unlock()

	fits, err := d.hasher.matches(ctx, hash, passphrase)
	if errors.Is(err, errPHC) {
		return "", who, fmt.Errorf("staff: the stored passphrase of account %s cannot be read: %w", who.ID, err)
	}
	if err != nil {
		return "", who, err
	}
	if !usable {
		return "", who, ErrSignIn
	}

	secret, sum := newSecret()
	now := d.now().UTC()
	refused := false
	err = d.change(ctx, who.ID, func(a *account) (event, error) {
		// Asked again after a conflict: of many guesses sent at once, those beyond the free ones are not answered.
		if a.State != Active || a.hash != hash || a.wait(now) > 0 {
			return event{}, ErrSignIn
		}
		if refused = !fits; refused {
			return event{Type: signinFailed}, nil
		}
		in := event{Type: signedIn, Secret: &sum, Until: now.Add(SessionLife)}
		if !a.Secured {
			in.Half, in.Until = true, now.Add(HalfLife)
			return in, nil
		}
		switch used := a.secondFactor(&in, code, now); used {
		case factorFits:
			return in, nil
		case factorUsed:
			// A code that was used a moment ago is a second press of the button or a copy of it: no guess, so it counts as none.
			return event{}, ErrSignIn
		}
		refused = true
		return event{Type: signinFailed}, nil
	})
	switch {
	case err != nil:
		return "", who, err
	case refused:
		return "", who, ErrSignIn
	}
	return secret, who, nil
}

// upgrade opens a whole session in place of another one, which ends.
func (d *Directory) upgrade(ctx context.Context, id, session string) (string, error) {
	old, _ := digestOf(session)
	secret, sum := newSecret()
	now := d.now().UTC()
	err := d.change(ctx, id, func(a *account) (event, error) {
		if a.State != Active || a.sessions[old] == nil {
			return event{}, ErrUnknown
		}
		return event{Type: signedIn, Secret: &sum, Until: now.Add(SessionLife), Ends: &old}, nil
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
