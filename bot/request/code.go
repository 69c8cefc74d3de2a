package request

import (
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"time"

	"golang.org/x/time/rate"

	"example.org/intake/bot"
)

// alphabet is Crockford's base32: no I, L, O or U, so that nothing is misread for something else.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// hours are codes that read like hours of the day.
var hours = regexp.MustCompile(`^\d\d[AP]M-\d\d[AP]M$`)

// Code derives a reference code such as "7K3H-9WP2" from a conversation's id; the try tells codes apart that would be equal. Of 32^8 codes it leaves
// out those that have fewer than two letters or fewer than two digits from 2 to 9: a code is never a word or a phone number.
func Code(id string, try int) string {
	for round := 0; ; round++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("reference code "+id+" "), uint32(try)), uint32(round)))
		n := binary.BigEndian.Uint64(sum[:8])
		code := make([]byte, 0, 9)
		digits, letters := 0, 0
		for i := range 8 {
			if i == 4 {
				code = append(code, '-')
			}
			c := alphabet[n%32]
			if c >= '2' && c <= '9' { // 0 and 1 are also written O and l
				digits++
			} else if c >= 'A' {
				letters++
			}
			code = append(code, c)
			n /= 32
		}
		if digits >= 2 && letters >= 2 && !hours.Match(code) {
			return string(code)
		}
	}
}

// ByCode gives the request with a reference code, however it is written: "7k3h 9wp2" is the same.
func (w *Worklist) ByCode(code string) (Request, bool) {
	code = bot.CodeIn(code)
	w.mu.Lock()
	defer w.mu.Unlock()
	r, ok := w.byID[w.codes[code]]
	if !ok || code == "" {
		return Request{}, false
	}
	if into, merged := w.byID[r.Into]; merged { // one call answers both
		r = into
	}
	return *r, true
}

// Guesses limits how many reference codes that do not exist may be tried, by everybody together: nothing is kept about who tries. At the limit a
// guesser finds one of a thousand open requests once in centuries.
type Guesses struct{ limit *rate.Limiter }

// NewGuesses allows a burst of wrong codes and then one in each interval.
func NewGuesses(burst int, every time.Duration) *Guesses {
	return &Guesses{limit: rate.NewLimiter(rate.Every(every), burst)}
}

// Left reports whether a code may be tried now.
func (g *Guesses) Left(now time.Time) bool { return g.limit.TokensAt(now) >= 1 }

// Miss counts a code that does not exist.
func (g *Guesses) Miss(now time.Time) { g.limit.AllowN(now, 1) }
