// Package linear fits linear classifiers (multinomial logistic regression) to sparse texts. It knows nothing of what the labels mean.
package linear

import (
	"math"
	"math/rand/v2"
)

// Vector is a text: features and their values.
type Vector struct {
	IDs    []int32
	Values []float32
}

// Options say how to fit.
type Options struct {
	Rounds    int       // passes over all texts
	Pace      float32   // step size of AdaGrad
	Restraint float32   // pull of every weight towards nothing (L2)
	Weight    []float32 // how much each label's texts count; nil: all the same
}

// Fit learns weights, feature after feature with one for each label, and a bias for each label. The same input gives the same output.
func Fit(texts []Vector, labels []int, features, n int, o Options) (weights, bias []float32) {
	weights, bias = make([]float32, features*n), make([]float32, n)
	// AdaGrad keeps the sum of squared steps of every weight: rare features learn fast, common ones slowly.
	squares, biasSquares := make([]float32, len(weights)), make([]float32, n)
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewPCG(1, 2)) // fixed, so that a fit can be repeated
	miss := make([]float32, n)
	for range o.Rounds {
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			copy(miss, bias)
			for k, id := range texts[i].IDs {
				v := texts[i].Values[k]
				for l, w := range weights[int(id)*n:][:n] {
					miss[l] += v * w
				}
			}
			Softmax(miss)
			miss[labels[i]]--
			if o.Weight != nil {
				for l := range miss {
					miss[l] *= o.Weight[labels[i]]
				}
			}
			for l, d := range miss {
				biasSquares[l] += d * d
				bias[l] -= o.Pace * d / (root(biasSquares[l]) + 1e-3)
			}
			for k, id := range texts[i].IDs {
				row, sq, v := weights[int(id)*n:][:n], squares[int(id)*n:][:n], texts[i].Values[k]
				for l, d := range miss {
					if -1e-4 < d && d < 1e-4 { // most labels are far off and need no step
						continue
					}
					step := d*v + o.Restraint*row[l]
					sq[l] += step * step
					row[l] -= o.Pace * step / (root(sq[l]) + 1e-4)
				}
			}
		}
	}
	return weights, bias
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// Softmax turns logits into chances that add up to 1, in place.
func Softmax(p []float32) {
	top := p[0]
	for _, x := range p {
		top = max(top, x)
	}
	var sum float32
	for i, x := range p {
		p[i] = float32(math.Exp(float64(x - top)))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}
