package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// A second factor is an authenticator app (a code of six digits that changes every 30 seconds, RFC 6238) or a passkey. Recovery codes stand
// in for a lost device, each once.

const (
	period        = 30 // seconds of one code
	skew          = 1  // steps that the clock of a phone may be off
	recoveryCodes = 10
	codeLength    = 12 // characters of a recovery code: 60 bits
)

// Passkey is one registered passkey. Data is what the carrier needs to check it; this package does not look inside.
type Passkey struct {
	ID    string    `json:"id"`              // of the credential, base64url
	Data  []byte    `json:"data,omitempty"`  // changes with each use
	Added time.Time `json:"added,omitzero"`  //
	Used  time.Time `json:"used,omitzero"`   // the last time, zero if never
	Label string    `json:"label,omitempty"` // how its owner calls it
}

// NewTOTP makes the secret for an authenticator app, in base32.
func NewTOTP() string {
	raw := make([]byte, 20)
	_, _ = rand.Read(raw) // never fails; see crypto/rand
	return base32.StdEncoding.EncodeToString(raw)
}

// codeAt is the code of a step.
func codeAt(secret string, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("staff: a code could not be computed: %w", err)
	}
	return code, nil
}

// stepOf finds the step whose code this is, 0 if it is none of now.
func stepOf(secret, code string, now time.Time) int64 {
	found := int64(0)
	at := now.Unix() / period
	for step := at - skew; step <= at+skew; step++ {
		want, err := codeAt(secret, step)
		// Every step is compared, so that the time tells nothing.
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = step
		}
	}
	return found
}

// plainCode drops what people put between the parts of a code.
func plainCode(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' {
			return -1
		}
		return r
	}, s))
}

func recoveryDigest(id, code string) digest {
	return sha256.Sum256([]byte("recovery " + id + " " + code))
}

type factor int

const (
	factorWrong factor = iota
	factorFits
	factorUsed // right, but it was used before
)

// secondFactor checks a code against an account and notes on the sign-in what was used. The library would take a code twice: here the last
// step that was used is part of the account, and the sign-in is appended only where the account still stands as it was seen.
func (a *account) secondFactor(in *event, code string, now time.Time) factor {
	code = plainCode(code)
	if len(code) == 6 && a.totp != "" {
		step := stepOf(a.totp, code, now)
		switch {
		case step == 0:
			return factorWrong
		case step <= a.step:
			return factorUsed
		}
		in.Step = step
		return factorFits
	}
	if sum := recoveryDigest(a.ID, code); a.codes[sum] {
		in.Code = &sum
		return factorFits
	}
	return factorWrong
}

// newCodes makes recovery codes for an account and their digests.
func newCodes(id string) (codes []string, sums []digest) {
	for range recoveryCodes {
		code := rand.Text()[:codeLength]
		sums = append(sums, recoveryDigest(id, code))
		codes = append(codes, code[:4]+"-"+code[4:8]+"-"+code[8:])
	}
	return codes, sums
}

// owner is the account of a whole or half session.
func (d *Directory) owner(session string) (Account, bool, error) {
	if who, ok := d.Session(session); ok {
		return who, false, nil
	}
	if who, ok := d.Half(session); ok {
		return who, true, nil
	}
	return Account{}, false, ErrUnknown
}

// SetTOTP sets up an authenticator app with a secret of [NewTOTP], proved by a code of it, which is used up by that. It returns recovery
// codes if the account had none, and a new session in place of the one given. ErrCode means that the code does not fit.
func (d *Directory) SetTOTP(ctx context.Context, session, secret, code string) (codes []string, fresh string, err error) {
	raw, err := base32.StdEncoding.DecodeString(secret)
	step := stepOf(secret, plainCode(code), d.now())
	if err != nil || len(raw) != 20 || step == 0 {
		return nil, "", ErrCode
	}
	return d.secure(ctx, session, event{Type: codeSet, Totp: secret, Step: step})
}

// AddPasskey registers a passkey, which the caller has checked. It returns what SetTOTP returns.
func (d *Directory) AddPasskey(ctx context.Context, session string, p Passkey) (codes []string, fresh string, err error) {
	p.Added = d.now().UTC()
	return d.secure(ctx, session, event{Type: passkeyAdded, Passkey: &p})
}

func (d *Directory) secure(ctx context.Context, session string, e event) ([]string, string, error) {
	who, half, err := d.owner(session)
	if err != nil {
		return nil, "", err
	}
	made, sums := newCodes(who.ID)
	var codes []string
	err = d.change(ctx, who.ID, func(a *account) (event, error) {
		if a.State != Active || half && a.Secured { // a session that only knows the passphrase sets up the first factor, never another
			return event{}, ErrUnknown
		}
		e.Codes, codes = nil, nil
		if len(a.codes) == 0 {
			e.Codes, codes = sums, made
		}
		return e, nil
	})
	if err != nil {
		return nil, "", err
	}
	fresh, err := d.upgrade(ctx, who.ID, session)
	return codes, fresh, err
}

// NewCodes puts new recovery codes in place of the old ones.
func (d *Directory) NewCodes(ctx context.Context, id string) ([]string, error) {
	codes, sums := newCodes(id)
	return codes, d.change(ctx, id, func(*account) (event, error) { return event{Type: codesSet, Codes: sums}, nil })
}

// CodesLeft counts the recovery codes of an account that were not used.
func (d *Directory) CodesLeft(id string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.book.accounts[id]; a != nil {
		return len(a.codes)
	}
	return 0
}

// HasTOTP reports whether an authenticator app is set up.
func (d *Directory) HasTOTP(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := d.book.accounts[id]
	return a != nil && a.totp != ""
}

// Passkeys lists the passkeys of an account.
func (d *Directory) Passkeys(id string) []Passkey {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.book.accounts[id]; a != nil {
		return slices.Clone(a.passkeys)
	}
	return nil
}

// RemovePasskey forgets a passkey, unless it is the only second factor: ErrLastFactor.
func (d *Directory) RemovePasskey(ctx context.Context, id, passkey string) error {
	return d.change(ctx, id, func(a *account) (event, error) {
		if !slices.ContainsFunc(a.passkeys, func(p Passkey) bool { return p.ID == passkey }) {
			return event{}, errNothing
		}
		if len(a.passkeys) == 1 && a.totp == "" {
			return event{}, ErrLastFactor
		}
		return event{Type: passkeyGone, Passkey: &Passkey{ID: passkey}}, nil
	})
}

// SignInPasskey opens a session for an account whose passkey the caller has checked; p is the passkey as it stands after this use. Guesses at
// the passphrase do not hold it up.
func (d *Directory) SignInPasskey(ctx context.Context, id string, p Passkey) (session string, who Account, err error) {
	secret, sum := newSecret()
	now := d.now().UTC()
	p.Used = now
	err = d.change(ctx, id, func(a *account) (event, error) {
		who = a.Account
		if a.State != Active || !slices.ContainsFunc(a.passkeys, func(k Passkey) bool { return k.ID == p.ID }) {
			return event{}, ErrSignIn
		}
		return event{Type: signedIn, Secret: &sum, Until: now.Add(SessionLife), Passkey: &p}, nil
	})
	if err != nil {
		return "", who, err
	}
	return secret, who, nil
}

// ChangePassphrase sets a new passphrase; every session of the account ends, and the one returned begins. ErrSignIn means that the old one
// is wrong, which counts as a failed sign-in; other errors are those of CheckPassphrase.
func (d *Directory) ChangePassphrase(ctx context.Context, session, old, fresh string) (string, error) {
	who, ok := d.Session(session)
	if !ok {
		return "", ErrUnknown
	}
	if err := CheckPassphrase(fresh, who.Login); err != nil {
		return "", err
	}
	d.mu.Lock()
	hash, wait := "", time.Duration(0)
	if a := d.book.accounts[who.ID]; a != nil {
		hash, wait = a.hash, a.wait(d.now())
	}
	d.mu.Unlock()
	if wait > 0 {
		return "", ErrSignIn
	}
	fits, err := d.hasher.matches(ctx, hash, old)
	if err != nil {
		return "", err
	}
	if !fits {
		err := d.change(ctx, who.ID, func(*account) (event, error) { return event{Type: signinFailed}, nil })
		if err != nil {
			return "", err
		}
		return "", ErrSignIn
	}
	made, err := d.hasher.hash(ctx, fresh)
	if err != nil {
		return "", err
	}
	err = d.change(ctx, who.ID, func(a *account) (event, error) {
		if a.State != Active || a.hash != hash {
			return event{}, ErrSignIn
		}
		return event{Type: passphrase, Hash: made}, nil
	})
	if err != nil {
		return "", err
	}
	secret, sum := newSecret()
	err = d.change(ctx, who.ID, func(*account) (event, error) {
		return event{Type: signedIn, Secret: &sum, Until: d.now().UTC().Add(SessionLife)}, nil
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}
