package safety

import (
	"strings"

	"example.org/intake/bot/classify"
)

// lexicon is every word that some phrase names, each with a number. A word of a message is looked up once and gets the numbers of all
// the phrase words it may stand for; matching then compares numbers only.
type lexicon struct {
	exact    map[string]int32
	squeezed map[string][]int32     // by the word with doubled letters made single
	prefixes map[string][]prefix    // by the first three letters
	long     map[longKey][]longWord // words long enough to be recognised when misspelled
	number   int32                  // stands for any number written in digits
	several  int32                  // stands for any number from five up
	size     int32
}

type prefix struct {
	stem string
	id   int32
}

type longKey struct {
	first byte
	size  int
}

type longWord struct {
	text string
	id   int32
}

// minPrefix is the shortest stem before "*"; minLong the shortest word recognised with one wrong letter, minLongest with two.
const (
	minPrefix  = 4
	minLong    = 6
	minLongest = 10
	// minGlued is the shortest unknown word that is tried as several words written together.
	minGlued = 6
)

func newLexicon() *lexicon {
	l := &lexicon{exact: map[string]int32{}, squeezed: map[string][]int32{}, prefixes: map[string][]prefix{}, long: map[longKey][]longWord{}}
	l.number, l.several = l.next(), l.next()
	return l
}

func (l *lexicon) next() int32 { l.size++; return l.size }

// add gives the number of a phrase word; a final "*" makes it a stem that any ending may follow.
func (l *lexicon) add(w string) int32 {
	if id, ok := l.exact[w]; ok {
		return id
	}
	id := l.next()
	l.exact[w] = id
	if stem, ok := strings.CutSuffix(w, "*"); ok {
		key := stem[:3]
		l.prefixes[key] = append(l.prefixes[key], prefix{stem, id})
		return id
	}
	sq := squeeze(w)
	l.squeezed[sq] = append(l.squeezed[sq], id)
	if len(w) >= minLong {
		key := longKey{w[0], len(w)}
		l.long[key] = append(l.long[key], longWord{w, id})
	}
	return id
}

// know makes a word known, so that it is never taken for a misspelling of another.
func (l *lexicon) know(w string) {
	if _, ok := l.exact[w]; !ok {
		l.exact[w] = l.next()
	}
}

// ids gives the numbers of the phrase words that w may stand for.
func (l *lexicon) ids(w string) []int32 {
	var out []int32
	if isNumber(w) {
		if out = append(out, l.number); len(w) > 1 || w[0] >= '5' {
			out = append(out, l.several)
		}
	}
	if len(w) >= 3 {
		for _, p := range l.prefixes[w[:3]] {
			if strings.HasPrefix(w, p.stem) {
				out = append(out, p.id)
			}
		}
	}
	if id, ok := l.exact[w]; ok {
		return append(out, id)
	}
	if len(out) > 0 {
		return out
	}
	if sq := l.squeezed[squeeze(w)]; len(sq) > 0 {
		return append(out, sq...)
	}
	return append(out, l.near(w)...)
}

// near gives the long phrase words that differ from w by a letter or two but begin with the same letter.
func (l *lexicon) near(w string) []int32 {
	if len(w) < minLong-1 || len(w) > 24 {
		return nil
	}
	var out []int32
	best := 3
	for size := len(w) - 2; size <= len(w)+2; size++ {
		allowed := 0
		switch {
		case size >= minLongest:
			allowed = 2
		case size >= minLong:
			allowed = 1
		}
		if d := size - len(w); d > allowed || -d > allowed {
			continue
		}
		for _, c := range l.long[longKey{w[0], size}] {
			if d := classify.Slips(w, c.text, allowed); d <= allowed && d <= best {
				if d < best {
					out, best = out[:0], d
				}
				out = append(out, c.id)
			}
		}
	}
	return out
}

// split takes an unknown word apart into known ones ("killmyself"), the fewest possible; nil when it cannot be done.
func (l *lexicon) split(w string) []string {
	if len(w) < minGlued || len(w) > 40 {
		return nil
	}
	pieces := make([]int, len(w)+1) // the fewest words that end here, plus one; 0 when none
	from := make([]int, len(w)+1)
	pieces[0] = 1
	for end := 1; end <= len(w); end++ {
		for start := max(0, end-16); start < end; start++ {
			if pieces[start] == 0 || pieces[end] != 0 && pieces[end] <= pieces[start]+1 {
				continue
			}
			piece := w[start:end]
			if len(piece) == 1 && piece != "i" && piece != "a" && piece != "y" {
				continue
			}
			if _, ok := l.exact[piece]; ok || classify.Abbreviation(piece) != "" && len(piece) > 2 {
				pieces[end], from[end] = pieces[start]+1, start
			}
		}
	}
	n := pieces[len(w)] - 1
	if n < 2 || n > 7 || len(w) < 2*n {
		return nil
	}
	out := make([]string, n)
	for end := len(w); end > 0; end = from[end] {
		n--
		out[n] = w[from[end]:end]
	}
	return out
}

func isNumber(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}

// squeeze makes doubled letters single.
func squeeze(w string) string {
	for i := 1; i < len(w); i++ {
		if w[i] == w[i-1] {
			b := make([]byte, 0, len(w))
			for j := range len(w) {
				if j == 0 || w[j] != w[j-1] {
					b = append(b, w[j])
				}
			}
			return string(b)
		}
	}
	return w
}
