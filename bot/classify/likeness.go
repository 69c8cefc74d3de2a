package classify

import (
	"cmp"
	"math"
	"slices"
)

// Text is a message as a model weighs it, to be compared with others of the same model.
type Text struct {
	ids    []int32 // sorted, each once
	values []float32
	length float64
}

// Weigh reads the words of a message (see [Words]) as the model does.
func (m *Model) Weigh(words []string) Text {
	v := m.weigh(m.reads.bucketsOf(words, m.knows))
	order := make([]int, len(v.ids))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v.ids[a], v.ids[b]) })
	t := Text{ids: make([]int32, 0, len(order)), values: make([]float32, 0, len(order))}
	for _, i := range order {
		if n := len(t.ids); n > 0 && t.ids[n-1] == v.ids[i] { // two families may share a bucket
			t.values[n-1] += v.values[i]
			continue
		}
		t.ids, t.values = append(t.ids, v.ids[i]), append(t.values, v.values[i])
	}
	for _, x := range t.values {
		t.length += float64(x) * float64(x)
	}
	t.length = math.Sqrt(t.length)
	return t
}

// Like says how much two texts have in common, words, pieces of words and meanings together, from 0 to 1 (their cosine). A text of which the model
// knows nothing is like no other.
func (t Text) Like(other Text) float64 {
	if t.length == 0 || other.length == 0 {
		return 0
	}
	sum, i, j := 0.0, 0, 0
	for i < len(t.ids) && j < len(other.ids) {
		switch a, b := t.ids[i], other.ids[j]; {
		case a < b:
			i++
		case a > b:
			j++
		default:
			sum += float64(t.values[i]) * float64(other.values[j])
			i++
			j++
		}
	}
	return sum / (t.length * other.length)
}
