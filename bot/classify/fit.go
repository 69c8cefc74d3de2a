package classify

import (
	"cmp"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
)

// Example is a message, read into words, and its label.
type Example struct {
	Words []string
	Label string
}

// Options say how to fit. The zero value takes the defaults, which were chosen by cross-validation.
type Options struct {
	Cost   float64            // what an example on the wrong side costs; 0: 0.5
	Weight map[string]float64 // how much more an example of a label counts; absent: 1
	Rounds int                // passes over all examples; 0: 12
	// Thorough reads more closely: what stands in a row counts more, and has a place of its own, for which the model takes 12 MB more of memory. Of worth
	// where a hundred thousand examples have few labels.
	Thorough bool
}

const (
	fewestSeen = 2 // examples that must hold a bucket for it to count
	leastStep  = 2 // smallest weight kept, in steps: what is near nothing is left out
	mostLabels = 255
)

// Fit learns to tell labels apart. The same examples in the same order give the same model, on any number of processors.
//
// Each label is learned against all others with a squared hinge loss, by dual coordinate descent: Hsieh et al., "A Dual Coordinate Descent Method
// for Large-scale Linear SVM", ICML 2008.
func Fit(examples []Example, o Options) (*Model, error) {
	o.Cost, o.Rounds = cmp.Or(o.Cost, 0.5), cmp.Or(o.Rounds, 12)
	m := &Model{reads: brief}
	if o.Thorough {
		m.reads = thorough
	}
	for _, e := range examples {
		m.Labels = append(m.Labels, e.Label)
	}
	slices.Sort(m.Labels)
	m.Labels = slices.Compact(m.Labels)
	if len(m.Labels) < 2 || len(m.Labels) > mostLabels {
		return nil, errors.New("classify: there must be 2 to 255 labels")
	}
	texts := make([]vector, len(examples))
	if err := m.learn(examples, texts); err != nil {
		return nil, err
	}
	t := &training{texts: texts, labels: make([]int, len(examples)), costs: make([]float64, len(examples)), lengths: make([]float64, len(examples)), rounds: o.Rounds}
	for i, e := range examples {
		t.labels[i], _ = slices.BinarySearch(m.Labels, e.Label)
		t.costs[i] = o.Cost * cmp.Or(o.Weight[e.Label], 1)
		for _, v := range texts[i].values {
			t.lengths[i] += float64(v) * float64(v)
		}
	}
	n := len(m.Labels)
	m.step, m.bias = make([]float32, n), make([]float32, n)
	rounded := make([][]weight, n)
	var all sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			weights := make([]float64, len(m.telling))
			for l := range next {
				clear(weights)
				m.bias[l] = float32(t.oneAgainstRest(l, weights))
				rounded[l], m.step[l] = round(weights)
			}
		})
	}
	for l := range n {
		next <- l
	}
	close(next)
	all.Wait()
	m.gather(rounded)
	return m, nil
}

// learn counts in how many examples each bucket is, and weighs the examples.
func (m *Model) learn(examples []Example, texts []vector) error {
	found := make([][families][]int32, len(examples))
	words := map[string]int{}
	for _, e := range examples {
		for _, w := range e.Words {
			words[w]++
		}
	}
	known := func(word string) bool { return words[word] >= fewestSeen }
	seen := make([]int, m.reads.buckets)
	for i, e := range examples {
		found[i] = m.reads.bucketsOf(e.Words, known)
		for _, ids := range found[i] {
			for _, id := range ids {
				seen[id]++
			}
		}
	}
	m.levels, m.telling = []float32{0}, make([]uint16, m.reads.buckets)
	levels := map[int]uint16{} // by how often a bucket was seen
	for id, n := range seen {
		if n < fewestSeen {
			continue
		}
		level, there := levels[n]
		if !there {
			if len(m.levels) > math.MaxUint16 {
				return errors.New("classify: too many examples")
			}
			level = uint16(len(m.levels))
			levels[n], m.levels = level, append(m.levels, float32(math.Log(1+float64(len(examples))/float64(n))))
		}
		m.telling[id] = level
	}
	for i := range found {
		texts[i] = m.weigh(found[i])
	}
	return nil
}

// training is what all labels are learned from.
type training struct {
	texts   []vector
	labels  []int
	costs   []float64
	lengths []float64 // squared
	rounds  int
}

// oneAgainstRest learns the weights of one label and returns its bias.
func (t *training) oneAgainstRest(label int, weights []float64) (bias float64) {
	pulls := make([]float64, len(t.texts)) // how strongly each example holds its side
	order := make([]int, len(t.texts))
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewPCG(uint64(label), 7)) // fixed, so that a fit can be repeated
	// An example that is far on its right side is passed over until the last two rounds: most are, and they cost most of the time.
	far, steepest := math.Inf(1), 0.0
	for round := range t.rounds {
		if round == t.rounds-2 {
			order, far = order[:len(t.texts)], math.Inf(1)
		}
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		steepest = 0
		for at := 0; at < len(order); at++ {
			i := order[at]
			side := -1.0
			if t.labels[i] == label {
				side = 1
			}
			x, slack := t.texts[i], 1/(2*t.costs[i])
			sum := bias
			for k, id := range x.ids {
				sum += weights[id] * float64(x.values[k])
			}
			slope := side*sum - 1 + slack*pulls[i]
			if pulls[i] == 0 && slope >= 0 {
				if slope > far {
					last := len(order) - 1
					order[at], order[last] = order[last], order[at]
					order = order[:last]
					at--
				}
				continue
			}
			steepest = max(steepest, math.Abs(slope))
			old := pulls[i]
			pulls[i] = max(0, old-slope/(t.lengths[i]+1+slack))
			change := (pulls[i] - old) * side
			if change == 0 {
				continue
			}
			for k, id := range x.ids {
				weights[id] += change * float64(x.values[k])
			}
			bias += change
		}
		far = steepest
	}
	return bias
}

// weight is one rounded weight of a label.
type weight struct {
	bucket int32
	steps  int8
}

// round keeps the weights of a label in 127 steps on either side of nothing.
func round(weights []float64) (list []weight, step float32) {
	most := 0.0
	for _, w := range weights {
		most = max(most, math.Abs(w))
	}
	if most == 0 {
		return nil, 0
	}
	for id, w := range weights {
		if s := math.Round(w / most * 127); s >= leastStep || s <= -leastStep {
			list = append(list, weight{int32(id), int8(s)})
		}
	}
	return list, float32(most / 127)
}

// gather lays the labels' weights out by bucket.
func (m *Model) gather(rounded [][]weight) {
	m.counts = make([]uint8, len(m.telling))
	for _, list := range rounded {
		for _, w := range list {
			m.counts[w.bucket]++
		}
	}
	total := m.index()
	m.of, m.steps = make([]uint8, total), make([]int8, total)
	at := make([]uint32, len(m.counts))
	for id := range at {
		at[id], _ = m.row(int32(id))
	}
	for l, list := range rounded {
		for _, w := range list {
			m.of[at[w.bucket]], m.steps[at[w.bucket]] = uint8(l), w.steps
			at[w.bucket]++
		}
	}
}

// index finds where each block begins and returns how many weights there are.
func (m *Model) index() (total int) {
	m.starts = make([]uint32, len(m.counts)/block)
	for id, n := range m.counts {
		if id%block == 0 {
			m.starts[id/block] = uint32(total)
		}
		total += int(n)
	}
	return total
}
