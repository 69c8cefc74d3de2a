// Package staff keeps the accounts of the people who work in the console: who they are, what they may do, how they sign in and which
// sessions are open. Every account is one stream of the journal; a [Directory] folds all of them and follows along, so that several nodes
// agree on who is signed in. No passphrase, link or session is stored, only hashes of them.
package staff

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.org/intake/bot"
)

// Role says what an account may do.
type Role string

// The roles.
const (
	Administrator Role = "administrator" // may also invite and disable accounts
	Supervisor    Role = "supervisor"    // may also see the work of others
	Staff         Role = "staff"         // follows up on requests
)

// Known reports whether the role exists.
func (r Role) Known() bool { return r == Administrator || r == Supervisor || r == Staff }

// State says where an account stands.
type State string

// The states.
const (
	Invited  State = "invited"  // a link was made, the first one or after a reset; nobody used it yet
	Active   State = "active"   // may sign in
	Disabled State = "disabled" // may not, and every session has ended
)

// Account is one person who works in the console.
type Account struct {
	ID      string   // opaque; what the audit record names
	Login   string   // sign-in name, lower case, "" while invited
	Name    string   // as colleagues see it
	Role    Role     //
	Lang    bot.Lang // language of the console for this person
	State   State    //
	Changed time.Time
	// Secured says that a second factor is set up. Until then a passphrase opens nothing but the page that sets one up.
	Secured  bool
	Passkeys int // how many are registered
}

// Errors of this package; compare with errors.Is.
var (
	// ErrSignIn means that the sign-in was refused. It does not say why, so that nobody learns which names exist.
	ErrSignIn = errors.New("staff: sign-in refused")
	// ErrBusy means that too many sign-ins are waiting: try again in a moment.
	ErrBusy = errors.New("staff: too many sign-ins at once")
	// ErrLink means that a link is unknown, used or older than an hour.
	ErrLink = errors.New("staff: the link is used, too old or wrong")
	// ErrName means that a display name is empty, too long or holds control characters.
	ErrName = errors.New("staff: a name has 1 to 60 characters")
	// ErrLogin means that a sign-in name has characters or a length that are not allowed.
	ErrLogin = errors.New("staff: a sign-in name has 2 to 64 letters, digits or . - _ @")
	// ErrLoginTaken means that another account has this sign-in name.
	ErrLoginTaken = errors.New("staff: the sign-in name is taken")
	// ErrShort means that a passphrase has fewer than MinPassphrase characters.
	ErrShort = errors.New("staff: the passphrase is too short")
	// ErrLong means that a passphrase has more than MaxPassphrase bytes.
	ErrLong = errors.New("staff: the passphrase is too long")
	// ErrCommon means that a passphrase is one of those that are tried first.
	ErrCommon = errors.New("staff: the passphrase is too easy to guess")
	// ErrCode means that a code of an authenticator app does not fit.
	ErrCode = errors.New("staff: the code does not fit")
	// ErrLastFactor means that the last passkey of an account without an authenticator app was to be removed.
	ErrLastFactor = errors.New("staff: the last second factor cannot be removed")
	// ErrUnknown means that there is no such account or session.
	ErrUnknown = errors.New("staff: no such account")
	// ErrLastAdministrator means that nobody could invite people any more.
	ErrLastAdministrator = errors.New("staff: the last administrator cannot be disabled")
)

// cleanName gives a display name as it is stored, or ErrName.
func cleanName(s string) (string, error) {
	s = strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	if n := utf8.RuneCountInString(s); n == 0 || n > 60 || !utf8.ValidString(s) {
		return "", ErrName
	}
	for _, r := range s {
		// Format characters can turn the reading direction round and make one name look like another.
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return "", ErrName
		}
	}
	return s, nil
}

// cleanLogin gives a sign-in name as it is stored and compared, or ErrLogin. Only ASCII is allowed: look-alike letters of other
// alphabets could pass for a colleague.
func cleanLogin(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) < 2 || len(s) > 64 {
		return "", ErrLogin
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune(".-_@", rune(c)) {
			return "", ErrLogin
		}
	}
	return s, nil
}
