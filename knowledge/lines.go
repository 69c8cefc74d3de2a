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
	pieces map[string]bool
	text   classify.Text
	words  int
}

func newLine(m *classify.Model, slug, text string) line {
	l := line{slug: slug, folded: folded(text)}
	l.words = len(strings.Fields(l.folded))
	l.pieces = trigrams(l.folded)
	l.text = m.Weigh(classify.Words(text))
	return l
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
	return min(0.99, max(l.text.Like(m.text), overlap(l.pieces, m.pieces)))
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
