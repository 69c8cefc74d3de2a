package knowledge

import (
	"math"
	"slices"

	"example.org/intake/bot/linear"
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
	vectors, ids := make([]linear.Vector, len(texts)), make([]int, len(texts))
	for i, f := range texts {
		vectors[i], ids[i] = m.encode(f), m.position[labels[i]]
	}
	var weights []float32
	weights, m.bias = linear.Fit(vectors, ids, len(m.ids), len(m.labels), linear.Options{Rounds: rounds, Pace: pace, Restraint: restraint})
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
