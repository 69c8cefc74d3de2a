package staff

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Limits of a passphrase.
const (
	MinPassphrase = 12   // characters
	MaxPassphrase = 1024 // bytes
)

//go:embed common.txt
var common string

// CheckPassphrase returns ErrShort, ErrLong or ErrCommon if a passphrase must not be used by this sign-in name. Words, spaces and letters of
// every language are welcome; no rule asks for digits or signs.
func CheckPassphrase(passphrase, login string) error {
	p := norm.NFC.String(passphrase)
	if len(p) > MaxPassphrase {
		return ErrLong
	}
	if utf8.RuneCountInString(p) < MinPassphrase {
		return ErrShort
	}
	plain := squeeze(p)
	distinct := map[rune]bool{}
	for _, r := range plain {
		distinct[r] = true
	}
	// Fewer than five different characters: "abababababab", "111122223333".
	if len(distinct) < 5 {
		return ErrCommon
	}
	for line := range strings.Lines(common) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && plain == squeeze(line) {
			return ErrCommon
		}
	}
	// The sign-in name with a little around it.
	if name := squeeze(login); len(name) >= 4 && strings.Contains(plain, name) && len(plain)-len(name) < 8 {
		return ErrCommon
	}
	return nil
}

// squeeze drops what people vary first: capitals, spaces, dots and dashes.
func squeeze(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-_\t", r) {
			return -1
		}
		return r
	}, s))
}

// The cost of one hash: OWASP's first choice for argon2id, about 25 ms on one core.
const (
	argonMemory  = 19 << 10 // KiB
	argonTime    = 2
	argonThreads = 1
	argonSalt    = 16 // bytes
	argonLen     = 32 // bytes
)

// hashPassphrase gives the PHC string of a passphrase with a fresh salt.
func hashPassphrase(passphrase string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails; see crypto/rand
	sum := argon2.IDKey([]byte(norm.NFC.String(passphrase)), salt, argonTime, argonMemory, argonThreads, argonLen)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, b64(salt), b64(sum))
}

var errPHC = errors.New("staff: not an argon2id hash")

// matches reports whether a passphrase fits a PHC string. Parameters beyond four times our own are refused: a damaged record must not take
// the memory of the machine.
func matches(phc, passphrase string) (bool, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return false, errPHC
	}
	var m, t uint32
	var p uint8
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); n != 3 || err != nil {
		return false, errPHC
	}
	if m < 8 || m > 4*argonMemory || t < 1 || t > 4*argonTime || p < 1 || p > 4 {
		return false, errPHC
	}
	salt, err := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return false, errPHC
	}
	want, err := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return false, errPHC
	}
	got := argon2.IDKey([]byte(norm.NFC.String(passphrase)), salt, t, m, p, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// hasher lets at most two hashes run at once, so that a flood of sign-ins cannot take the memory and the cores that visitors need.
type hasher struct {
	turns   chan struct{}
	waiting atomic.Int64
	decoy   string // what an unknown name is compared with, so that it costs the same time
}

// maxWaiting bounds the queue for a hash.
const maxWaiting = 64

func newHasher() *hasher {
	return &hasher{turns: make(chan struct{}, 2), decoy: hashPassphrase(rand.Text())}
}

// turn waits for a free place; the func gives it back.
func (h *hasher) turn(ctx context.Context) (func(), error) {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return nil, ErrBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, passphrase string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return hashPassphrase(passphrase), nil
}

func (h *hasher) matches(ctx context.Context, phc, passphrase string) (bool, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	return matches(phc, passphrase)
}
