package staff

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SignIn checks a passphrase and opens a session. The session is a secret for the cookie and is stored nowhere. Any refusal is ErrSignIn,
// whatever the reason, and takes the same time; the account is filled in if the name exists, for the audit record alone. After five
// failures in a row an account makes everybody wait, longer each time, also those who know the passphrase.
func (d *Directory) SignIn(ctx context.Context, login, passphrase string) (session string, who Account, err error) {
	began := time.Now()
	session, who, err = d.signIn(ctx, login, passphrase)
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

func (d *Directory) signIn(ctx context.Context, login, passphrase string) (string, Account, error) {
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
	err = d.change(ctx, who.ID, func(a *account) (event, error) {
		// Asked again after a conflict: of many guesses sent at once, those beyond the free ones are not answered.
		if a.State != Active || a.wait(now) > 0 {
			return event{}, ErrSignIn
		}
		if !fits {
			return event{Type: signinFailed}, nil
		}
		return event{Type: signedIn, Secret: &sum, Until: now.Add(SessionLife)}, nil
	})
	switch {
	case err != nil:
		return "", who, err
	case !fits:
		return "", who, ErrSignIn
	}
	return secret, who, nil
}
