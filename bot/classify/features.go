package classify

import (
	"math"
	"math/bits"
	"slices"
)

// A family is one kind of feature. Each family of a message has a length of its own, so that a long message has no more weight than a short one.
type family byte

const (
	word        family = iota // one word
	pair                      // two words in a row, the beginning and the end marked
	triple                    // three words in a row
	skip                      // two words with one to three others between them
	piece                     // pieces of 3 to 5 letters inside a word, its borders marked
	concept                   // what a word or a set phrase means, from the lexicon
	conceptPair               // two meanings in a row
	conceptSkip               // two meanings with one or more others between them
	families
)

// reading is how closely a model reads. Features of a message are hashed into buckets, so no list of their names is kept.
type reading struct {
	buckets int               // how many, a power of two
	lengths [families]float32 // of the families, 1 for words
	reach   int               // how far apart two meanings may be to count together
}

// The two ways to read, chosen by cross-validation: brief where few messages stand for a label; thorough where a hundred thousand examples have few labels.
// Then words in a row are worth more, if their buckets are seldom shared: there are some millions of them.
var (
	brief    = reading{1 << 18, [families]float32{word: 1, pair: 0.7, triple: 0.4, skip: 0.4, piece: 1, concept: 1, conceptPair: 1, conceptSkip: 1}, 4}
	thorough = reading{1 << 22, [families]float32{word: 1, pair: 1.2, triple: 0.8, skip: 0.8, piece: 1, concept: 1, conceptPair: 1, conceptSkip: 1}, 7}
)

// readingOf finds the way to read of a model with so many buckets.
func readingOf(buckets int) (reading, bool) {
	for _, r := range []reading{brief, thorough} {
		if r.buckets == buckets {
			return r, true
		}
	}
	return reading{}, false
}

// Bounds on the work of one message. Of a longer one the beginning and the end are read: people ask there.
const (
	mostWords   = 120
	longestWord = 28 // letters
)

// vector is a message as buckets and their values, and where each family ends.
type vector struct {
	ids    []int32
	values []float32
}

// hash is FNV-1a, continued from h.
func hash(h uint32, text string) uint32 {
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	return h
}

func (r reading) word(w string) int32 { return bucket(hash(word.seed(), w), r.buckets) }

func (f family) seed() uint32 { return (2166136261 ^ uint32(f)) * 16777619 }

func bucket(h uint32, buckets int) int32 {
	return int32((h ^ h>>bits.TrailingZeros(uint(buckets))) & uint32(buckets-1))
}

// bucketsOf finds the distinct buckets of each family in the words of a message. A word that is not known may be a misspelled word of the lexicon.
func (r reading) bucketsOf(words []string, known func(word string) bool) (out [families][]int32) {
	if len(words) > mostWords {
		words = append(words[:mostWords/2:mostWords/2], words[len(words)-mostWords/2:]...)
	}
	add := func(f family, a, between, b string) {
		h := hash(f.seed(), a)
		if between != "" {
			h = hash(hash(h, between), b)
		}
		out[f] = append(out[f], bucket(h, r.buckets))
	}
	before, last := "^", "^"
	for i, w := range words {
		if letters := []rune(w); len(letters) > longestWord {
			w = string(letters[:longestWord])
		}
		add(word, w, "", "")
		add(pair, last, " ", w)
		add(triple, before, " ", last+" "+w)
		for j := i + 2; j <= i+4 && j < len(words); j++ {
			add(skip, w, " ", words[j])
		}
		before, last = last, w
		out[piece] = appendPieces(out[piece], w, r.buckets)
	}
	add(pair, last, " ", "$")
	means := lexicon().means(words, known)
	for i, c := range means {
		add(concept, c, "", "")
		if i+1 < len(means) {
			add(conceptPair, c, " ", means[i+1])
		}
		for j := i + 2; j <= i+r.reach && j < len(means); j++ {
			add(conceptSkip, c, " ", means[j])
		}
	}
	for f := range out {
		slices.Sort(out[f])
		out[f] = slices.Compact(out[f])
	}
	return out
}

// appendPieces adds the buckets of a word's pieces of letters.
func appendPieces(to []int32, w string, buckets int) []int32 {
	letters := []rune("_" + w + "_")
	for size := 3; size <= 5; size++ {
		for i := 0; i+size <= len(letters); i++ {
			h := piece.seed()
			for _, r := range letters[i : i+size] {
				h = (h ^ uint32(r)) * 16777619
			}
			to = append(to, bucket(h, buckets))
		}
	}
	return to
}

// weigh turns buckets into a vector: each bucket by how telling it is, each family of its own length. Buckets that are not telling are left out.
func (m *Model) weigh(of [families][]int32) vector {
	n := 0
	for _, ids := range of {
		n += len(ids)
	}
	v := vector{make([]int32, 0, n), make([]float32, 0, n)}
	for f, ids := range of {
		start, square := len(v.ids), 0.0
		for _, id := range ids {
			if t := m.tells(id); t > 0 {
				v.ids, v.values = append(v.ids, id), append(v.values, t)
				square += float64(t) * float64(t)
			}
		}
		if square > 0 {
			scale := m.reads.lengths[f] / float32(math.Sqrt(square))
			for i := start; i < len(v.values); i++ {
				v.values[i] *= scale
			}
		}
	}
	return v
}
