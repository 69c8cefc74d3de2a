package staff

import (
	"context"
	"crypto/rand"
	"strings"

	"example.org/intake/bot"
)

// Invite makes an account that waits for its person and returns the token of its one-time link, which works once and for an hour. The token
// is stored nowhere. by is the id of the account that invites, or a word for the terminal.
func (d *Directory) Invite(ctx context.Context, role Role, by string) (token string, err error) {
	if !role.Known() {
		return "", ErrUnknown
	}
	token, sum := newSecret()
	now := d.now().UTC()
	at, err := d.append(ctx, strings.ToLower(rand.Text()), 0, event{Type: invited, At: now, By: by, Role: role, Secret: &sum, Until: now.Add(LinkLife)})
	if err != nil {
		return "", err
	}
	return token, d.until(ctx, func() bool { return d.folded >= at })
}

// Invited returns the account that a link is for, as long as it works.
func (d *Directory) Invited(token string) (Account, bool) {
	sum, ok := digestOf(token)
	if !ok {
		return Account{}, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.book.links[sum]
	if a == nil || a.damaged || !d.now().Before(a.linkEnds) {
		return Account{}, false
	}
	return a.Account, true
}

// Accept uses up a link: the account gets its name, sign-in name, passphrase and language. Errors: ErrLink, ErrName, ErrLogin,
// ErrLoginTaken, ErrShort, ErrLong, ErrCommon, ErrBusy; after any of them but ErrLink the link still works.
func (d *Directory) Accept(ctx context.Context, token, name, login, passphrase string, lang bot.Lang) (Account, error) {
	waiting, ok := d.Invited(token)
	if !ok {
		return Account{}, ErrLink
	}
	name, err := cleanName(name)
	if err != nil {
		return Account{}, err
	}
	if waiting.Login != "" { // after a reset the name stays
		login = waiting.Login
	}
	if login, err = cleanLogin(login); err != nil {
		return Account{}, err
	}
	if err := CheckPassphrase(passphrase, login); err != nil {
		return Account{}, err
	}
	if !lang.Known() {
		lang = bot.EN
	}
	hash, err := d.hasher.hash(ctx, passphrase)
	if err != nil {
		return Account{}, err
	}
	err = d.change(ctx, waiting.ID, func(a *account) (event, error) {
		if a.State != Invited || !d.now().Before(a.linkEnds) {
			return event{}, ErrLink
		}
		if other := d.book.logins[login]; other != nil && other != a {
			return event{}, ErrLoginTaken
		}
		return event{Type: accepted, Login: login, Name: name, Hash: hash, Lang: lang}, nil
	})
	if err != nil {
		return Account{}, err
	}
	// Another account may have taken the sign-in name between the decision and the append; the fold then passed ours over.
	a, ok := d.Get(waiting.ID)
	if !ok || a.Login != login || a.State != Active {
		return Account{}, ErrLoginTaken
	}
	return a, nil
}

// Reset takes passphrase, second factors and sessions from an account and returns the token of a link, as Invite does, with which its person
// sets them up anew. The sign-in name stays theirs.
func (d *Directory) Reset(ctx context.Context, id, by string) (token string, err error) {
	token, sum := newSecret()
	until := d.now().UTC().Add(LinkLife)
	err = d.change(ctx, id, func(a *account) (event, error) {
		if a.State == Disabled {
			return event{}, ErrUnknown
		}
		return event{Type: reset, By: by, Secret: &sum, Until: until}, nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// Find returns the account with a sign-in name.
func (d *Directory) Find(login string) (Account, bool) {
	login, err := cleanLogin(login)
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.book.logins[login]; err == nil && a != nil {
		return a.Account, true
	}
	return Account{}, false
}
