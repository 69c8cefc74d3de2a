// Package classify tells short messages apart. It reads them into plain words, adds what the words mean from a lexicon in both languages, and weighs
// words, pairs, pieces and meanings with a linear model (one-against-rest support vector machines) that was fitted to labelled examples. It knows
// nothing of what the labels mean: bot/safety tells danger from the harmless with it, knowledge tells topics apart.
package classify

import "math"

// Model is a fitted classifier. It does not change and is safe for concurrent use.
type Model struct {
	Lessons string   // names what the model was fitted to
	Labels  []string // sorted

	telling []float32 // how telling each bucket is (inverse document frequency); 0: it was not seen often enough
	rows    []uint32  // where each bucket's weights begin in of and steps, and the end of the last
	of      []uint8   // label of a weight
	steps   []int8    // the weight, in steps of its label
	step    []float32 // by label
	bias    []float32 // by label
}

// Margins scores each label for the words of a message (see [Words]): above 0 where the label is more likely than not, at most about 1.5. They are
// in the order of Labels.
func (m *Model) Margins(words []string) []float32 {
	sums := make([]float32, len(m.Labels))
	v := weigh(bucketsOf(words, m.knows, len(m.telling)), m.telling)
	for i, id := range v.ids {
		value := v.values[i]
		for k := m.rows[id]; k < m.rows[id+1]; k++ {
			sums[m.of[k]] += value * float32(m.steps[k])
		}
	}
	for l := range sums {
		sums[l] = sums[l]*m.step[l] + m.bias[l]
	}
	return sums
}

// knows reports whether a word was seen when the model was fitted.
func (m *Model) knows(word string) bool { return m.telling[wordBucket(word, len(m.telling))] > 0 }

// Telling says how rare a word was among the examples, and so how much it tells: about 1 for the commonest, 10 for the rarest. A word that was not
// seen tells most.
func (m *Model) Telling(word string) float64 {
	if t := m.telling[wordBucket(word, len(m.telling))]; t > 0 {
		return float64(t)
	}
	return math.Log(math.MaxInt32)
}
