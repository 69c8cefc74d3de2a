package knowledge

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"golang.org/x/text/unicode/norm"
)

// block is a family of features. Texts are compared block by block, and the blocks' similarities are averaged with fixed weights.
type block int

const (
	stems  block = iota // one stem
	pairs               // two stems in a row
	pieces              // pieces of 3 to 5 letters inside a word, its borders marked
	blocks
)

// blockWeights add up to 1, so that a similarity lies between 0 and 1.
var blockWeights = [blocks]float64{stems: 0.4, pairs: 0.2, pieces: 0.4}

// mostStems bounds the work that one text can cause.
const mostStems = 200

// features are the distinct features of a text in each block.
type features [blocks][]string

// featuresOf takes a text apart with the index's own analysis, so that both see the same words.
func featuresOf(analyzer analysis.Analyzer, words analysis.Analyzer, text string) features {
	var f features
	data := []byte(norm.NFC.String(text))
	last := "^"
	tokens := analyzer.Analyze(data)
	for _, t := range tokens[:min(len(tokens), mostStems)] {
		stem := string(t.Term)
		f[stems] = append(f[stems], stem)
		f[pairs] = append(f[pairs], last+" "+stem)
		last = stem
	}
	f[pairs] = append(f[pairs], last+" $")
	tokens = words.Analyze(data)
	for _, t := range tokens[:min(len(tokens), mostStems)] {
		f[pieces] = appendPieces(f[pieces], "_"+string(t.Term)+"_")
	}
	for b := range f {
		slices.Sort(f[b])
		f[b] = slices.Compact(f[b])
	}
	return f
}

// appendPieces adds the pieces of a word. They share the word's memory: there are very many of them.
func appendPieces(to []string, word string) []string {
	if len(word) > 40 || !strings.ContainsFunc(word, unicode.IsLetter) {
		return append(to, word[:min(len(word), 40)])
	}
	var starts [43]int // where each rune begins, and the end; a word has at most 40 bytes
	n := 0
	for i := range word {
		starts[n] = i
		n++
	}
	starts[n] = len(word)
	for size := 3; size <= 5; size++ {
		for i := 0; i+size <= n; i++ {
			to = append(to, word[starts[i]:starts[i+size]])
		}
	}
	return to
}

// term is a known feature and its weight in one text.
type term struct {
	id     int32
	weight float32
}

// vector is a text in one block, its terms by id, of length 1 (or 0 if empty).
type vector []term

// vocabulary numbers the features of a block and knows how telling each is.
type vocabulary struct {
	ids     map[string]int32
	telling []float64 // inverse document frequency
	unknown float64   // of a feature that no document has
	words   spelling  // what unknown features may be meant for; nil where they are no words
}

func newVocabulary(docs []features, b block) *vocabulary {
	v := &vocabulary{ids: map[string]int32{}}
	var counts []int
	for _, d := range docs {
		for _, name := range d[b] {
			id, ok := v.ids[name]
			if !ok {
				id = int32(len(counts))
				v.ids[name] = id
				counts = append(counts, 0)
			}
			counts[id]++
		}
	}
	idf := func(count int) float64 {
		return math.Log(1 + (float64(len(docs))-float64(count)+0.5)/(float64(count)+0.5))
	}
	for _, n := range counts {
		v.telling = append(v.telling, idf(n))
	}
	v.unknown = idf(1)
	if b == stems {
		v.words = spelling{}
		names := make([]string, len(counts))
		for name, id := range v.ids {
			names[id] = name
		}
		for id, name := range names {
			if counts[id] >= knownFrom {
				v.words.add(name)
			}
		}
	}
	return v
}

// vector weighs a text's features. What is unknown has no term but counts in the length, so that a text full of strange words is near nothing.
func (v *vocabulary) vector(names []string) vector {
	var terms vector
	square := 0.0
	for _, name := range names {
		w := v.unknown
		if id, ok := v.ids[name]; ok {
			w = v.telling[id]
			terms = append(terms, term{id, float32(w)})
		} else if meant := v.words.meant(name); meant != "" {
			id = v.ids[meant]
			w = v.telling[id]
			terms = append(terms, term{id, float32(w * misspelledWorth)})
		}
		square += w * w
	}
	if square > 0 {
		scale := float32(1 / math.Sqrt(square))
		for i := range terms {
			terms[i].weight *= scale
		}
	}
	slices.SortFunc(terms, func(a, b term) int { return int(a.id) - int(b.id) })
	return slices.CompactFunc(terms, func(a, b term) bool { return a.id == b.id }) // one word spelled twice, right and wrong
}

// unknownOf lists the features that no document has.
func (v *vocabulary) unknownOf(names []string) (unknown []string) {
	for _, name := range names {
		if _, ok := v.ids[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	return unknown
}

// dot is the similarity of two vectors, from 0 to 1.
func dot(a, b vector) float64 {
	sum := 0.0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].id < b[j].id:
			i++
		case a[i].id > b[j].id:
			j++
		default:
			sum += float64(a[i].weight) * float64(b[j].weight)
			i++
			j++
		}
	}
	return sum
}
