package knowledge

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2/analysis"

	"example.org/intake/bot/linear"
)

// finder ranks the labels of one language by how near a message is to their documents.
type finder struct {
	index        *index
	docs         []document
	stem, words  analysis.Analyzer
	vocabularies [blocks]*vocabulary
	vectors      [][blocks]vector // of docs
	roles        map[string]role
	labels       []string // sorted
	model        atomic.Pointer[model]
	stale        bool // the model has not learned from all of docs
}

// ranked is a label with what speaks for it.
type ranked struct {
	role  role
	label string
	score float64 // the chance that it is meant, from 0 to 1; all labels together have 1
	near  float64 // the similarity of its nearest documents, from 0 to 1
}

const (
	mostCandidates = 60   // documents fetched from the index for one message
	nearest        = 5    // documents of a label that count, each half as much as the one before
	nearlySame     = 0.6  // a similarity above which a single document speaks for itself
	nearWeight     = 8    // how much similarity counts against the model's logarithm of a chance
	unlearned      = 1e-3 // the model's chance of a label that it has not learned yet
)

// partWeights say how much a match with a part of the entry counts against one with a way of asking.
var partWeights = [...]float64{asked: 1, title: 0.9, body: 0.6}

func newFinder(lang string, docs []document) (*finder, error) {
	x, err := newIndex(lang, docs)
	if err != nil {
		return nil, err
	}
	f := &finder{index: x, docs: docs, roles: map[string]role{}}
	f.stem, f.words = x.mapping.AnalyzerNamed(stemAnalyzer), x.mapping.AnalyzerNamed(wordAnalyzer)
	all := make([]features, len(docs))
	for i, d := range docs {
		all[i] = f.features(d.text)
		f.roles[d.label] = d.role
	}
	f.labels = slices.Sorted(maps.Keys(f.roles))
	f.vectors = make([][blocks]vector, len(docs))
	for b := range blocks {
		f.vocabularies[b] = newVocabulary(all, b)
		for i := range docs {
			f.vectors[i][b] = f.vocabularies[b].vector(all[i][b])
		}
	}
	return f, nil
}

func (f *finder) features(text string) features { return featuresOf(f.stem, f.words, text) }

// lessons are the texts that the model learns from: what visitors write and what topics are called, but no answers.
func (f *finder) lessons() (texts []features, labels []string) {
	for _, d := range f.docs {
		if d.part != body {
			texts, labels = append(texts, f.features(d.text)), append(labels, d.label)
		}
	}
	return texts, labels
}

func similarity(a, b [blocks]vector) float64 {
	sum := 0.0
	for i := range blocks {
		sum += blockWeights[i] * dot(a[i], b[i])
	}
	return sum
}

// rank gives all labels, the likeliest first, and how many different words the message has. Two runs give the same.
func (f *finder) rank(text string) (list []ranked, words int) {
	text = shortened(text)
	names := f.features(text)
	var asked [blocks]vector
	for b := range blocks {
		asked[b] = f.vocabularies[b].vector(names[b])
	}
	hits, err := f.index.candidates(text, f.vocabularies[stems].unknownOf(names[stems]), mostCandidates)
	if err != nil { // an index in memory has nothing to fail on; if it does, the message is declined
		return nil, 0
	}
	best := map[string][]float64{}
	for _, h := range hits {
		d := f.docs[h.document]
		best[d.label] = append(best[d.label], partWeights[d.part]*similarity(asked, f.vectors[h.document]))
	}
	m := f.model.Load()
	var chances []float32
	if m != nil {
		chances = make([]float32, len(m.labels))
		m.logits(m.encode(names), chances)
		linear.Softmax(chances)
	}
	list = make([]ranked, len(f.labels))
	sum := 0.0
	for i, label := range f.labels {
		list[i] = ranked{role: f.roles[label], label: label, near: nearness(best[label])}
		chance := unlearned
		if m != nil {
			if at, ok := m.position[label]; ok {
				chance = float64(chances[at])
			}
		}
		list[i].score = (chance + 1e-9) * math.Exp(nearWeight*list[i].near)
		sum += list[i].score
	}
	for i := range list {
		list[i].score /= sum
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

// nearness blends the similarities of a label's nearest documents. A document that says nearly the same as the message lifts it towards 1,
// whatever the others say.
func nearness(similarities []float64) float64 {
	if len(similarities) == 0 {
		return 0
	}
	slices.SortFunc(similarities, func(a, b float64) int { return cmp.Compare(b, a) })
	sum, weight, all := 0.0, 1.0, 0.0
	for i := range nearest {
		if i < len(similarities) {
			sum += weight * similarities[i]
		}
		all += weight
		weight /= 2
	}
	blend := sum / all
	if similarities[0] > nearlySame {
		lift := (similarities[0] - nearlySame) / (1 - nearlySame)
		blend += (1 - blend) * lift * lift
	}
	return min(blend, 1)
}
