package staff

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"example.org/intake/bot"
)

// digest is the SHA-256 of a link's token or of a session. The secret itself has 256 random bits, so that no salt is needed.
type digest [sha256.Size]byte

// digestOf hashes a secret; ok is false for anything that was never one of ours.
func digestOf(secret string) (digest, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(secret)
	if err != nil || len(raw) != secretLen {
		return digest{}, false
	}
	return sha256.Sum256(raw), true
}

// MarshalText writes base64, so that stored events stay small.
func (d digest) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, d[:]), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *digest) UnmarshalText(b []byte) error {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(string(b))
	if err != nil || len(raw) != len(d) {
		return fmt.Errorf("staff: not a digest")
	}
	copy(d[:], raw)
	return nil
}

// eventType names what happened to an account.
type eventType string

const (
	invited      eventType = "invited"       // Role, Secret (the link), Until, By
	accepted     eventType = "accepted"      // Login, Name, Hash, Lang
	signedIn     eventType = "signed_in"     // Secret (the session), Until; Half; Ends; what was used: Step, Code or Passkey
	seen         eventType = "seen"          // Secret: the session was used
	signedOut    eventType = "signed_out"    // Secret
	signinFailed eventType = "signin_failed" //
	spoke        eventType = "spoke"         // Lang: the console is shown in this language
	codeSet      eventType = "code_set"      // Totp, Step: an authenticator app was set up; Codes where there were none
	codesSet     eventType = "codes_set"     // Codes: recovery codes, in place of earlier ones
	passkeyAdded eventType = "passkey_added" // Passkey; Codes where there were none
	passkeyGone  eventType = "passkey_gone"  // Passkey.ID
	passphrase   eventType = "passphrase"    // Hash: changed by its owner, every session has ended
	reset        eventType = "reset"         // Secret (a new link), Until, By: passphrase and second factors are gone, the name stays
	disabled     eventType = "disabled"      // By
)

// event is one thing that happened to an account. Which fields are set follows from the type.
type event struct {
	Type   eventType `json:"type"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`
	Role   Role      `json:"role,omitempty"`
	Secret *digest   `json:"secret,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Login  string    `json:"login,omitempty"`
	Name   string    `json:"name,omitempty"`
	Hash   string    `json:"hash,omitempty"`
	Lang   bot.Lang  `json:"lang,omitempty"`

	Half    bool     `json:"half,omitempty"` // a session that may only set up a second factor
	Ends    *digest  `json:"ends,omitempty"` // the session that this one takes the place of
	Totp    string   `json:"totp,omitempty"` // the secret that the authenticator app shares with us, base32
	Step    int64    `json:"step,omitempty"` // the 30 seconds whose code was used
	Code    *digest  `json:"code,omitempty"` // the recovery code that was used
	Codes   []digest `json:"codes,omitempty"`
	Passkey *Passkey `json:"passkey,omitempty"`
}

func (e event) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("staff: encode %s: %w", e.Type, err)
	}
	return b, nil
}

// decodeEvent reads one stored event and refuses one that misses what its type needs.
func decodeEvent(b []byte) (event, error) {
	var e event
	if err := json.Unmarshal(b, &e); err != nil {
		// The JSON error may repeat what it read.
		return event{}, fmt.Errorf("staff: an account event is not readable")
	}
	bad := e.At.IsZero()
	switch e.Type {
	case invited:
		bad = bad || e.Secret == nil || !e.Role.Known() || e.Until.IsZero()
	case accepted:
		login, err := cleanLogin(e.Login)
		bad = bad || err != nil || login != e.Login || e.Name == "" || e.Hash == "" || !e.Lang.Known()
	case signedIn:
		bad = bad || e.Secret == nil || e.Until.IsZero()
	case seen, signedOut:
		bad = bad || e.Secret == nil
	case codeSet:
		bad = bad || e.Totp == "" || e.Step == 0
	case codesSet:
		bad = bad || len(e.Codes) == 0
	case passkeyAdded, passkeyGone:
		bad = bad || e.Passkey == nil || e.Passkey.ID == ""
	case passphrase:
		bad = bad || e.Hash == ""
	case reset:
		bad = bad || e.Secret == nil || e.Until.IsZero()
	case spoke:
		bad = bad || !e.Lang.Known()
	case signinFailed, disabled:
	default:
		bad = true
	}
	if bad {
		return event{}, fmt.Errorf("staff: an account event of type %.20q is incomplete or unknown", e.Type)
	}
	return e, nil
}
