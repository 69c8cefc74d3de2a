package staff

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

// ceremony is how long a person may take to use a passkey.
const ceremony = 5 * time.Minute

// passkeys checks passkeys. A challenge carries its own end and a keyed hash, so that asking for one stores nothing; one that was used is
// remembered until it would have ended.
type passkeys struct {
	auth *webauthn.WebAuthn
	now  func() time.Time
	key  []byte

	mu   sync.Mutex
	used map[string]time.Time
}

// newPasskeys returns nil where the address is a bare number: browsers bind a passkey to a name.
func newPasskeys(public *url.URL, now func() time.Time) (*passkeys, error) {
	if net.ParseIP(public.Hostname()) != nil {
		return nil, nil
	}
	auth, err := webauthn.New(&webauthn.Config{RPID: public.Hostname(), RPDisplayName: "Intake", RPOrigins: []string{public.Scheme + "://" + public.Host}})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", public.Hostname(), err)
	}
	p := &passkeys{auth: auth, now: now, key: make([]byte, 32), used: map[string]time.Time{}}
	_, _ = rand.Read(p.key) // never fails; see crypto/rand
	return p, nil
}

// challenge makes one for a purpose: an account that registers, "" for signing in.
func (p *passkeys) challenge(purpose string) []byte {
	raw := make([]byte, 16, 56)
	_, _ = rand.Read(raw) // never fails; see crypto/rand
	raw = binary.BigEndian.AppendUint64(raw, uint64(p.now().Add(ceremony).Unix()))
	return append(raw, p.sum(raw, purpose)...)
}

func (p *passkeys) sum(raw []byte, purpose string) []byte {
	m := hmac.New(sha256.New, p.key)
	m.Write(raw)
	m.Write([]byte(purpose))
	return m.Sum(nil)
}

var errChallenge = errors.New("staff console: the passkey answers another question")

// session takes up a challenge that came back, if it is ours, still good and not used; it is used from then on.
func (p *passkeys) session(challenge, purpose string, user []byte) (webauthn.SessionData, error) {
	raw, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(raw) != 56 || !hmac.Equal(p.sum(raw[:24], purpose), raw[24:]) {
		return webauthn.SessionData{}, errChallenge
	}
	ends, now := time.Unix(int64(binary.BigEndian.Uint64(raw[16:24])), 0), p.now()
	if !now.Before(ends) {
		return webauthn.SessionData{}, errChallenge
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for old, end := range p.used {
		if now.After(end) {
			delete(p.used, old)
		}
	}
	if _, twice := p.used[challenge]; twice {
		return webauthn.SessionData{}, errChallenge
	}
	p.used[challenge] = ends
	return webauthn.SessionData{Challenge: challenge, RelyingPartyID: p.auth.Config.RPID, UserID: user, UserVerification: protocol.VerificationRequired}, nil
}

// person is an account as the library wants it.
type person struct {
	staff.Account
	keys []webauthn.Credential
}

func (p person) WebAuthnID() []byte                         { return []byte(p.ID) }
func (p person) WebAuthnName() string                       { return p.Login }
func (p person) WebAuthnDisplayName() string                { return p.Name }
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.keys }

func newPerson(a staff.Account, stored []staff.Passkey) (person, error) {
	p := person{Account: a}
	for _, s := range stored {
		var key webauthn.Credential
		if err := json.Unmarshal(s.Data, &key); err != nil {
			return p, fmt.Errorf("a stored passkey of account %s cannot be read: %w", a.ID, err)
		}
		p.keys = append(p.keys, key)
	}
	return p, nil
}

// creation gives the options for registering a passkey, as JSON for the browser.
func (p *passkeys) creation(a staff.Account, stored []staff.Passkey) (string, error) {
	who, err := newPerson(a, stored)
	if err != nil {
		return "", err
	}
	options, _, err := p.auth.BeginRegistration(who, webauthn.WithExclusions(webauthn.Credentials(who.keys).CredentialDescriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired}))
	if err != nil {
		return "", fmt.Errorf("options for a passkey: %w", err)
	}
	options.Response.Challenge = p.challenge(a.ID)
	text, err := json.Marshal(options.Response)
	if err != nil {
		return "", fmt.Errorf("options for a passkey: %w", err)
	}
	return string(text), nil
}

// register checks what the browser made.
func (p *passkeys) register(a staff.Account, stored []staff.Passkey, answer string) (staff.Passkey, error) {
	who, err := newPerson(a, stored)
	if err != nil {
		return staff.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return staff.Passkey{}, fmt.Errorf("reading a passkey: %w", err)
	}
	session, err := p.session(parsed.Response.CollectedClientData.Challenge, a.ID, []byte(a.ID))
	if err != nil {
		return staff.Passkey{}, err
	}
	session.CredParams = webauthn.CredentialParametersDefault()
	key, err := p.auth.CreateCredential(who, session, parsed)
	if err != nil {
		return staff.Passkey{}, fmt.Errorf("checking a passkey: %w", err)
	}
	return store(key)
}

func store(key *webauthn.Credential) (staff.Passkey, error) {
	data, err := json.Marshal(key)
	if err != nil {
		return staff.Passkey{}, fmt.Errorf("storing a passkey: %w", err)
	}
	return staff.Passkey{ID: base64.RawURLEncoding.EncodeToString(key.ID), Data: data}, nil
}

// assertion gives the options for signing in, as JSON for the browser. They name no account: the passkey knows whose it is.
func (p *passkeys) assertion() (string, error) {
	options, _, err := p.auth.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return "", fmt.Errorf("options for signing in: %w", err)
	}
	options.Response.Challenge = p.challenge("")
	text, err := json.Marshal(options.Response)
	if err != nil {
		return "", fmt.Errorf("options for signing in: %w", err)
	}
	return string(text), nil
}

// check gives the account and the passkey that an answer of the browser belongs to.
func (p *passkeys) check(answer string, find func(id string) (staff.Account, []staff.Passkey, bool)) (string, staff.Passkey, error) {
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return "", staff.Passkey{}, fmt.Errorf("reading a passkey: %w", err)
	}
	session, err := p.session(parsed.Response.CollectedClientData.Challenge, "", nil)
	if err != nil {
		return "", staff.Passkey{}, err
	}
	id := ""
	key, err := p.auth.ValidateDiscoverableLogin(func(_, handle []byte) (webauthn.User, error) {
		a, keys, ok := find(string(handle))
		if !ok {
			return nil, staff.ErrUnknown
		}
		id = a.ID
		return newPerson(a, keys)
	}, session, parsed)
	if err != nil {
		return id, staff.Passkey{}, fmt.Errorf("checking a passkey: %w", err)
	}
	if key.Authenticator.CloneWarning {
		return id, staff.Passkey{}, errors.New("staff console: the passkey may have been copied")
	}
	made, err := store(key)
	return id, made, err
}

// signInPasskey signs in with a passkey alone: it is something one has, opened by something one knows or is.
func (c *Console) signInPasskey(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if c.passkey == nil {
		return errMissing
	}
	id, key, err := c.passkey.check(r.PostFormValue("credential"), func(id string) (staff.Account, []staff.Passkey, bool) {
		a, ok := c.Directory.Get(id)
		return a, c.Directory.Passkeys(id), ok && a.State == staff.Active
	})
	var session string
	var who staff.Account
	if err == nil {
		session, who, err = c.Directory.SignInPasskey(r.Context(), id, key)
	}
	if err != nil {
		if id == "" {
			id = audit.Unknown
		}
		if err := c.record(r, id, audit.SigninFailed, "passkey"); err != nil {
			return err
		}
		p := c.newSignIn(r)
		p.Problem = p.T("console.signin.no_passkey")
		return c.render(w, http.StatusUnauthorized, "signin", "layout", p)
	}
	return c.begin(w, r, who, session, audit.SignedIn)
}
