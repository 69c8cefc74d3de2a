package knowledge

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"example.org/intake/bot/classify"
)

// finder ranks the labels of one language for a message.
type finder struct {
	index  *index
	docs   []document
	roles  map[string]role
	labels []string // sorted
}

// ranked is a label with what speaks for it.
type ranked struct {
	role   role
	label  string
	score  float64 // the chance that it is meant, from 0 to 1; all labels together have 1
	margin float64 // the model's: above 0 where it is more likely than not
	vote   float64 // its share among the nearest documents, from 0 to 1
}

const (
	asks       = 5   // words of a message that the index is asked for: a common word fetches half the documents and tells little
	voters     = 12  // documents of the index that vote for their labels
	marginSays = 6.0 // how much a margin of the model counts, as a logarithm of a chance
	voteSays   = 1.0 // how much all votes together count beside it
	unlearned  = -1  // margin of a label that the model has not learned yet
)

// partWeights say how much a match with a part of the entry counts against one with a way of asking.
var partWeights = [...]float64{asked: 1, title: 0.9, body: 0.6}

func newFinder(lang string, docs []document) (*finder, error) {
	x, err := newIndex(lang, docs)
	if err != nil {
		return nil, err
	}
	f := &finder{index: x, docs: docs, roles: map[string]role{}}
	for _, d := range docs {
		f.roles[d.label] = d.role
	}
	f.labels = slices.Sorted(maps.Keys(f.roles))
	return f, nil
}

// rank gives all labels, the likeliest first, and how many words the message has. Without a model the votes alone decide. Two runs give the same.
func (f *finder) rank(m *classify.Model, text string) (list []ranked, words int) {
	text = shortened(text)
	read := slices.DeleteFunc(classify.Words(text), func(w string) bool { return w == classify.Stop })
	if len(read) == 0 {
		return nil, 0
	}
	votes := f.votes(mostTelling(m, text))
	learned := map[string]float64{}
	if m != nil {
		for i, margin := range m.Margins(classify.Words(text)) {
			learned[m.Labels[i]] = float64(margin)
		}
	}
	list = make([]ranked, len(f.labels))
	for i, label := range f.labels {
		margin, ok := learned[label]
		if !ok {
			margin = unlearned + votes[label] // all that is known of it
		}
		list[i] = ranked{role: f.roles[label], label: label, margin: margin, vote: votes[label]}
	}
	weigh(list, marginSays, voteSays)
	return list, len(read)
}

// weigh turns margins and votes into chances and puts the likeliest first.
func weigh(list []ranked, margin, vote float64) {
	sum := 0.0
	for i := range list {
		list[i].score = math.Exp(margin*list[i].margin + vote*list[i].vote)
		sum += list[i].score
	}
	for i := range list {
		list[i].score /= sum
	}
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.label, b.label))
	})
}

// mostTelling keeps the words of a message that tell most, in their order.
func mostTelling(m *classify.Model, text string) string {
	words := strings.Fields(text)
	if m == nil || len(words) <= asks {
		return text
	}
	tells := func(w string) (most float64) {
		for _, plain := range classify.Words(w) {
			most = max(most, m.Telling(plain))
		}
		return most
	}
	ranked := slices.Clone(words)
	slices.SortStableFunc(ranked, func(a, b string) int { return cmp.Compare(tells(b), tells(a)) })
	kept := ranked[:asks]
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return !slices.Contains(kept, w) }), " ")
}

// votes shares out one vote among the labels of the documents that the index finds nearest.
func (f *finder) votes(text string) map[string]float64 {
	hits, err := f.index.candidates(text, voters)
	if err != nil { // an index in memory has nothing to fail on; if it does, the model decides alone
		return nil
	}
	votes := map[string]float64{}
	all := 0.0
	for _, h := range hits {
		d := f.docs[h.document]
		votes[d.label] += partWeights[d.part] * h.score
		all += h.score
	}
	for label := range votes {
		votes[label] /= all
	}
	return votes
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
