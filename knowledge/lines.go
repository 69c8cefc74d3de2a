package knowledge

import (
	"slices"
	"strings"

	"example.org/intake/bot/classify"
)

// What staff add is not part of the index and of the model, which were made of the files: learning anew takes the better part of a minute of both
// processors and several times the memory, and it would shift what is decided on questions that nobody touched. A line of theirs is found directly
// instead, as typed or nearly so, and taking it back gives exactly the decisions of before.

// line is a text that staff added, ready to be compared.
type line struct {
	slug   string
	folded string
	asked  string   // as staff typed it
	pieces []uint32 // of three letters, hashed and sorted
	text   classify.Text
	words  int
}

func newLine(m *classify.Model, slug, text string) line {
	l := line{slug: slug, asked: text, folded: folded(text)}
	l.words = len(strings.Fields(l.folded))
	for piece := range trigrams(l.folded) {
		l.pieces = append(l.pieces, hashOf(piece))
	}
	slices.Sort(l.pieces)
	l.text = m.Weigh(classify.Words(text))
	return l
}

// hashOf is FNV-1a.
func hashOf(text string) uint32 {
	h := uint32(2166136261)
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	return h
}

// How alike is alike enough. Two texts of one or two words are only ever the same or not: one letter can make another word of them.
const (
	same      = 0.66 // likeness from which a line is what was asked
	akin      = 0.4  // from which its topic is worth offering where nothing else is answered
	fewestFor = 3    // words of both texts, to be compared by likeness
)

// like says how alike a message and a line are, from 0 to 1: 1 only where they are the same but for capitals, accents and punctuation.
func (l line) like(m line) float64 {
	if l.folded == m.folded {
		return 1
	}
	if l.words < fewestFor || m.words < fewestFor {
		return 0
	}
	return min(0.99, max(l.text.Like(m.text), shared(l.pieces, m.pieces)))
}

// shared is the share of pieces that two sorted lists have in common, from 0 to 1.
func shared(a, b []uint32) float64 {
	both, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both++
			i++
			j++
		}
	}
	return float64(both) / float64(max(1, len(a)+len(b)-both))
}

// heed lets what staff added take part in a decision. A line that is what was asked answers; of an emergency only the same words do. One that is
// merely akin is offered, where the message would have been declined or topics are offered anyway.
func (f *face) heed(r Result, text, lang string) Result {
	lines := f.lines[lang]
	if len(lines) == 0 {
		return r
	}
	m := newLine(f.model, "", shortened(text))
	best, slug := 0.0, ""
	for _, l := range lines {
		if like := l.like(m); like > best {
			best, slug = like, l.slug
		}
	}
	switch {
	case best == 1, best >= same && !(r.Decision == Answer && strings.HasPrefix(r.Label, "crisis-")):
		r.Topics = first(slug, r.Topics)
		return Result{Decision: Answer, Label: slug, Topics: r.Topics, Confidence: best}
	case best >= akin && (r.Decision == Decline || r.Decision == Choose):
		r.Topics = first(slug, r.Topics)
		if len(r.Topics) > 1 {
			r.Decision = Choose
		}
	}
	return r
}

// first puts a topic before others and keeps three.
func first(slug string, topics []string) []string {
	rest := slices.DeleteFunc(slices.Clone(topics), func(s string) bool { return s == slug })
	return append([]string{slug}, rest[:min(2, len(rest))]...)
}
