package knowledge

import (
	"math"
	"math/rand/v2"
	"slices"
)

// How the model is fitted. The values were chosen by cross-validation over our own ways of asking; figures stand in README.md.
const (
	rounds     = 10   // passes over all texts
	pace       = 0.2  // step size of AdaGrad
	restraint  = 3e-5 // pull of every weight towards nothing (L2)
	fewestSeen = 2    // texts that must hold a feature for it to count
)

// fit learns a model from texts and their labels. The same texts in the same order give the same model.
func fit(texts []features, labels []string) *model {
	m := &model{ids: map[string]int32{}, position: map[string]int{}}
	m.learnVocabulary(texts)
	m.labels = slices.Compact(slices.Sorted(slices.Values(labels)))
	for i, l := range m.labels {
		m.position[l] = i
	}
	n := len(m.labels)
	weights, miss := make([]float32, len(m.ids)*n), make([]float32, n)
	m.bias = make([]float32, n)
	// AdaGrad keeps the sum of squared steps of every weight: rare features learn fast, common ones slowly.
	squares, biasSquares := make([]float32, len(weights)), make([]float32, n)
	vectors, order := make([]sparse, len(texts)), make([]int, len(texts))
	for i, f := range texts {
		vectors[i], order[i] = m.encode(f), i
	}
	random := rand.New(rand.NewPCG(1, 2)) // fixed, so that a fit can be repeated
	for range rounds {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			copy(miss, m.bias)
			for k, id := range vectors[i].ids {
				v := vectors[i].values[k]
				for l, w := range weights[int(id)*n:][:n] {
					miss[l] += v * w
				}
			}
			softmax(miss)
			miss[m.position[labels[i]]]--
			for l, d := range miss {
				biasSquares[l] += d * d
				m.bias[l] -= pace * d / (root(biasSquares[l]) + 1e-3)
			}
			for k, id := range vectors[i].ids {
				row, sq, v := weights[int(id)*n:][:n], squares[int(id)*n:][:n], vectors[i].values[k]
				for l, d := range miss {
					if -1e-4 < d && d < 1e-4 { // most labels are far off and need no step
						continue
					}
					step := d*v + restraint*row[l]
					sq[l] += step * step
					row[l] -= pace * step / (root(sq[l]) + 1e-4)
				}
			}
		}
	}
	m.round(weights)
	return m
}

// leastStep is the smallest weight kept, in steps.
const leastStep = 2

// round keeps the weights of a fit in the model's small form.
func (m *model) round(weights []float32) {
	n := len(m.labels)
	for _, w := range weights {
		m.step = max(m.step, w/127, -w/127)
	}
	for id := range m.telling {
		m.rows = append(m.rows, int32(len(m.of)))
		for l, w := range weights[id*n:][:n] {
			if s := int(math.Round(float64(w / m.step))); s >= leastStep || s <= -leastStep {
				m.of, m.steps = append(m.of, uint16(l)), append(m.steps, int8(s))
			}
		}
	}
	m.rows = append(m.rows, int32(len(m.of)))
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// learnVocabulary numbers the features that are seen often enough, in the order in which they come.
func (m *model) learnVocabulary(texts []features) {
	seen := map[string]int{}
	each := func(do func(name string)) {
		for _, f := range texts {
			for b := range blocks {
				for _, name := range f[b] {
					do(featureName(b, name))
				}
			}
		}
	}
	each(func(name string) { seen[name]++ })
	each(func(name string) {
		if _, known := m.ids[name]; !known && seen[name] >= fewestSeen {
			m.ids[name] = int32(len(m.telling))
			m.telling = append(m.telling, float32(math.Log(1+float64(len(texts))/float64(seen[name]))))
		}
	})
}
