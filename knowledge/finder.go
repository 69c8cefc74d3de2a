package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
)

// finder ranks the labels of one language by how near a message is to their documents.
type finder struct {
	index        *index
	docs         []document
	stem, words  analysis.Analyzer
	vocabularies [blocks]*vocabulary
	vectors      [][blocks]vector // of docs
	centers      map[string][blocks]vector
}

// ranked is a label with its similarity to a message, from 0 to 1.
type ranked struct {
	role  role
	label string
	score float64
}

const (
	mostCandidates = 60  // documents fetched from the index for one message
	nearest        = 5   // documents of a label that count, each half as much as the one before
	centerShare    = 0.7 // how much of a label's score is its documents taken together
	nearlySame     = 0.6 // a similarity above which a single document speaks for itself
)

// partWeights say how much a match with a part of the entry counts against one with a way of asking.
var partWeights = [...]float64{asked: 1, title: 0.9, body: 0.6}

func newFinder(lang string, docs []document) (*finder, error) {
	x, err := newIndex(lang, docs)
	if err != nil {
		return nil, err
	}
	f := &finder{index: x, docs: docs, centers: map[string][blocks]vector{}}
	f.stem, f.words = x.mapping.AnalyzerNamed(stemAnalyzer), x.mapping.AnalyzerNamed(wordAnalyzer)
	all := make([]features, len(docs))
	for i, d := range docs {
		all[i] = featuresOf(f.stem, f.words, d.text)
	}
	f.vectors = make([][blocks]vector, len(docs))
	for b := range blocks {
		f.vocabularies[b] = newVocabulary(all, b)
		sums := map[string]map[int32]float64{}
		for i, d := range docs {
			v := f.vocabularies[b].vector(all[i][b])
			f.vectors[i][b] = v
			if sums[d.label] == nil {
				sums[d.label] = map[int32]float64{}
			}
			for _, t := range v {
				sums[d.label][t.id] += float64(t.weight) * partWeights[d.part]
			}
		}
		for label, sum := range sums {
			c := f.centers[label]
			c[b] = unit(sum)
			f.centers[label] = c
		}
	}
	return f, nil
}

func unit(sum map[int32]float64) vector {
	v := make(vector, 0, len(sum))
	square := 0.0
	for _, w := range sum {
		square += w * w
	}
	for id, w := range sum {
		v = append(v, term{id, float32(w / math.Sqrt(square))})
	}
	slices.SortFunc(v, func(a, b term) int { return int(a.id) - int(b.id) })
	return v
}

func similarity(a, b [blocks]vector) float64 {
	sum := 0.0
	for i := range blocks {
		sum += blockWeights[i] * dot(a[i], b[i])
	}
	return sum
}

// rank gives the labels that a message is near to, best first, and how many different words it has. Two runs give the same.
func (f *finder) rank(text string) (list []ranked, words int) {
	text = shortened(text)
	names := featuresOf(f.stem, f.words, text)
	var asked [blocks]vector
	for b := range blocks {
		asked[b] = f.vocabularies[b].vector(names[b])
	}
	hits, err := f.index.candidates(text, f.vocabularies[stems].unknownOf(names[stems]), mostCandidates)
	if err != nil { // an index in memory has nothing to fail on; if it does, the message is declined
		return nil, 0
	}
	type near struct {
		role role
		best []float64
	}
	labels := map[string]*near{}
	for _, h := range hits {
		d := f.docs[h.document]
		n := labels[d.label]
		if n == nil {
			n = &near{role: d.role}
			labels[d.label] = n
		}
		n.best = append(n.best, partWeights[d.part]*similarity(asked, f.vectors[h.document]))
	}
	list = make([]ranked, 0, len(labels))
	for label, n := range labels {
		slices.SortFunc(n.best, func(a, b float64) int { return cmp.Compare(b, a) })
		list = append(list, ranked{n.role, label, score(n.best, similarity(asked, f.centers[label]))})
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.label, b.label))
	})
	return list, len(names[stems])
}

// mostWords bounds the work that one message can cause. Of a longer one the beginning and the end are read: people ask there.
const (
	mostWords   = 80
	longestWord = 40
)

// shortened keeps at most mostWords words of a message, and of each at most longestWord characters.
func shortened(text string) string {
	words := strings.Fields(strings.ToValidUTF8(text, " "))
	if len(words) > mostWords {
		words = append(words[:mostWords/2:mostWords/2], words[len(words)-mostWords/2:]...)
	}
	for i, w := range words {
		if runes := []rune(w); len(runes) > longestWord {
			words[i] = string(runes[:longestWord])
		}
	}
	return strings.Join(words, " ")
}

// score blends the similarities of a label's nearest documents, best first, with that of its center. A document that says nearly the same as
// the message lifts the score towards 1, whatever the others say.
func score(best []float64, center float64) float64 {
	sum, weight, all := 0.0, 1.0, 0.0
	for i := range nearest {
		if i < len(best) {
			sum += weight * best[i]
		}
		all += weight
		weight /= 2
	}
	blend := (1-centerShare)*sum/all + centerShare*center
	if best[0] > nearlySame {
		lift := (best[0] - nearlySame) / (1 - nearlySame)
		blend += (1 - blend) * lift * lift
	}
	return min(blend, 1)
}
