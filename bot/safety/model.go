package safety

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"example.org/intake/bot/linear"
)

// The model is a linear classifier over words, pairs of words and pieces of words. It catches what no phrase names: phrases are certain, the
// model is likely. It was fitted to the examples beside it in both languages at once, because people mix them.

// modelLabels are what the model tells apart, in the order of its weights.
func modelLabels() []string {
	return []string{"none", "advice", string(KindSuicide), string(KindOverdose), string(KindMedical), string(KindViolence), string(KindHarmOthers)}
}

// buckets is how many features the model has: their names are hashed, so no list of them is needed.
const buckets = 1 << 16

// longestModelWord and mostModelWords bound the work of one message.
const (
	longestModelWord = 24
	mostModelWords   = 160
)

// vectorOf turns a text into the model's features, each block of them of length 1.
func vectorOf(text string) linear.Vector {
	words := strings.Fields(Normalize(text))
	if len(words) > mostModelWords {
		words = append(words[:mostModelWords/2:mostModelWords/2], words[len(words)-mostModelWords/2:]...)
	}
	var v linear.Vector
	block := func(names []string, length float32) {
		slices.Sort(names)
		names = slices.Compact(names)
		scale := length / float32(math.Sqrt(float64(max(1, len(names)))))
		for _, n := range names {
			h := fnv.New32a()
			_, _ = h.Write([]byte(n)) // a hash takes everything
			v.IDs, v.Values = append(v.IDs, int32(h.Sum32()%buckets)), append(v.Values, scale)
		}
	}
	var one, two, three, pieces []string
	before, last := "^", "^"
	for _, w := range words {
		if len(w) > longestModelWord {
			w = strings.ToValidUTF8(w[:longestModelWord], "")
		}
		one = append(one, "1"+w)
		two = append(two, "2"+last+" "+w)
		three = append(three, "3"+before+" "+last+" "+w)
		before, last = last, w
		r := []rune("_" + w + "_")
		for n := 3; n <= 5; n++ {
			for i := 0; i+n <= len(r); i++ {
				pieces = append(pieces, "p"+string(r[i:i+n]))
			}
		}
	}
	two = append(two, "2"+last+" $")
	block(one, 1)
	block(two, 1)
	block(three, 0.6)
	block(pieces, 1)
	return v
}

// model holds the weights of one step each.
type model struct {
	step  float32
	bias  []float32
	steps []int8 // feature after feature, one for each label
}

// chances gives the chance of each of modelLabels.
func (m *model) chances(text string) []float32 {
	n := len(m.bias)
	p := slices.Clone(m.bias)
	v := vectorOf(text)
	for i, id := range v.IDs {
		for l, s := range m.steps[int(id)*n:][:n] {
			p[l] += v.Values[i] * m.step * float32(s)
		}
	}
	linear.Softmax(p)
	return p
}

// mostSentences bounds the work of one message.
const mostSentences = 12

// worst gives the chance of danger of the most dangerous part of a message, the whole of it or one sentence: an emergency does not become less of one
// by the small talk before it.
func (m *model) worst(text string) (danger float32) {
	text = text[:min(len(text), maxInput)]
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".?!¿¡;\n", r) })
	for _, part := range append(parts[max(0, len(parts)-mostSentences):], text) {
		p := m.chances(part)
		danger = max(danger, 1-p[0]-p[1])
	}
	return danger
}
