// Package classify tells short messages apart. It reads them into plain words, adds what the words mean from a lexicon in both languages, and weighs
// words, pairs, pieces and meanings with a linear model (one-against-rest support vector machines) that was fitted to labelled examples. It knows
// nothing of what the labels mean: bot/safety tells danger from the harmless with it, knowledge tells topics apart.
package classify

import "math"

// Model is a fitted classifier. It does not change and is safe for concurrent use.
type Model struct {
	Lessons string   // names what the model was fitted to
	Labels  []string // sorted

	reads   reading   // how closely
	levels  []float32 // how telling a bucket can be (inverse document frequency); the first, 0, is for those that were not seen often enough
	telling []uint16  // which level each bucket has
	counts  []uint8   // weights of each bucket
	starts  []uint32  // where the weights of each block of buckets begin in of and steps
	of      []uint8   // label of a weight
	steps   []int8    // the weight, in steps of its label
	step    []float32 // by label
	bias    []float32 // by label
}

// block is how many buckets stand in one: where the weights of each begin is counted from its start, which takes a quarter of the memory of knowing it.
const block = 64

// row is where the weights of a bucket begin and end.
func (m *Model) row(id int32) (from, to uint32) {
	from = m.starts[id/block]
	for _, n := range m.counts[id/block*block : id] {
		from += uint32(n)
	}
	return from, from + uint32(m.counts[id])
}

// tells is how telling a bucket is.
func (m *Model) tells(id int32) float32 { return m.levels[m.telling[id]] }

// Margins scores each label for the words of a message (see [Words]): above 0 where the label is more likely than not, at most about 1.5. They are
// in the order of Labels.
func (m *Model) Margins(words []string) []float32 {
	sums := make([]float32, len(m.Labels))
	v := m.weigh(m.reads.bucketsOf(words, m.knows))
	for i, id := range v.ids {
		value := v.values[i]
		for k, to := m.row(id); k < to; k++ {
			sums[m.of[k]] += value * float32(m.steps[k])
		}
	}
	for l := range sums {
		sums[l] = sums[l]*m.step[l] + m.bias[l]
	}
	return sums
}

// knows reports whether a word was seen when the model was fitted.
func (m *Model) knows(word string) bool { return m.tells(m.reads.word(word)) > 0 }

// Telling says how rare a word was among the examples, and so how much it tells: about 1 for the commonest, 10 for the rarest. A word that was not
// seen tells most.
func (m *Model) Telling(word string) float64 {
	if t := m.tells(m.reads.word(word)); t > 0 {
		return float64(t)
	}
	return math.Log(math.MaxInt32)
}
