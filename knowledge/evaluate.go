package knowledge

import (
	"fmt"
	"slices"
	"time"
)

// Labelled is a text and what it asks for; "oos" is none of the labels.
type Labelled struct {
	Text  string `json:"text"`
	Label string `json:"label"`
}

// outOfScope is the label of what fits nothing.
const outOfScope = "oos"

// Figures are how the decision fared on a labelled set.
type Figures struct {
	Lines, Right         int           // in scope: the right label ranked first, whatever was decided
	Answered, RightGiven int           // in scope: answered at all, and rightly
	Out, OutRecognised   int           // out of scope: not answered
	Median               time.Duration // of one decision
}

// String lays the figures out a line each.
func (f Figures) String() string {
	share := func(n, of int) float64 { return float64(n) / float64(max(1, of)) }
	return fmt.Sprintf("lines in scope         %d\naccuracy (ranked first) %.4f\nanswered               %.4f\nright of the answered  %.4f\nout of scope           %d\nout-of-scope recall    %.4f\nmedian time            %v\n",
		f.Lines, share(f.Right, f.Lines), share(f.Answered, f.Lines), share(f.RightGiven, f.Answered), f.Out, share(f.OutRecognised, f.Out), f.Median)
}

// Evaluate learns from train alone, and decides the lines of test with the code and the limits that answer visitors.
func Evaluate(lang string, train, test []Labelled) (Figures, error) {
	docs := make([]document, len(train))
	for i, l := range train {
		docs[i] = document{role: topic, label: l.Label, text: l.Text, part: asked}
		if l.Label == outOfScope {
			docs[i].role = outside
		}
	}
	f, err := newFinder(lang, docs)
	if err != nil {
		return Figures{}, err
	}
	m, err := learn(docs)
	if err != nil {
		return Figures{}, err
	}
	var fig Figures
	var took []time.Duration
	for _, l := range test {
		start := time.Now()
		list, words := f.rank(m, l.Text)
		r := decide(list, words)
		took = append(took, time.Since(start))
		if l.Label == outOfScope {
			fig.Out++
			if r.Decision != Answer {
				fig.OutRecognised++
			}
			continue
		}
		fig.Lines++
		if len(list) > 0 && list[0].label == l.Label {
			fig.Right++
		}
		if r.Decision == Answer {
			fig.Answered++
			if r.Label == l.Label {
				fig.RightGiven++
			}
		}
	}
	if len(took) > 0 {
		slices.Sort(took)
		fig.Median = took[len(took)/2]
	}
	return fig, nil
}
