package knowledge

import (
	"math"

	"example.org/intake/bot/linear"
)

// model is a linear classifier over the features of a text: one weight for each feature and label, turned into chances by softmax
// (multinomial logistic regression). It learns from the ways of asking and catches what no single one of them says. Its weights are rounded to 127
// steps, and those near nothing are left out, so that it is small and quick.
type model struct {
	labels   []string
	ids      map[string]int32 // features, their block's number in front
	telling  []float32        // inverse document frequency, by feature
	rows     []int32          // where each feature's weights begin in of and steps, and the end of the last
	of       []uint16         // label of a weight
	steps    []int8           // the weight, in steps
	step     float32          // what a step is worth
	bias     []float32        // by label
	position map[string]int   // of labels
}

// blockScale is how long a text's vector is in each block: two stems in a row are rarer and so counted less.
var blockScale = [blocks]float32{stems: 1, pairs: 0.7, pieces: 1}

func featureName(b block, name string) string { return string('0'+rune(b)) + name }

// encode turns features into a vector, each block of its own length. What the model has never seen has no place in it.
func (m *model) encode(f features) linear.Vector {
	var s linear.Vector
	for b := range blocks {
		start, square := len(s.IDs), 0.0
		for _, name := range f[b] {
			if id, ok := m.ids[featureName(b, name)]; ok {
				w := m.telling[id]
				s.IDs, s.Values = append(s.IDs, id), append(s.Values, w)
				square += float64(w) * float64(w)
			}
		}
		if square > 0 {
			scale := blockScale[b] / float32(math.Sqrt(square))
			for i := start; i < len(s.Values); i++ {
				s.Values[i] *= scale
			}
		}
	}
	return s
}

// logits writes the score of each label into to, which has room for all.
func (m *model) logits(s linear.Vector, to []float32) {
	copy(to, m.bias)
	for i, id := range s.IDs {
		v := s.Values[i] * m.step
		for k := m.rows[id]; k < m.rows[id+1]; k++ {
			to[m.of[k]] += v * float32(m.steps[k])
		}
	}
}
