package safety

import (
	"testing"
)

func TestWeightsAreNotStale(t *testing.T) {
	_, hash, err := sources{"examples", "../../knowledge"}.read()
	if err != nil {
		t.Fatal(err)
	}
	if _, fitted, err := loadWeights(); err != nil || fitted != hash {
		t.Errorf("the examples have changed since the model was fitted: run go generate ./bot/safety (%v)", err)
	}
}

// TestModelAlone prints what the model is worth without the phrases, on examples it has not learned from and on the corpus of another hand.
func TestModelAlone(t *testing.T) {
	list, _, err := sources{"examples", "../../knowledge"}.read()
	if err != nil {
		t.Fatal(err)
	}
	const parts = 5
	var danger, none [101]int // by chance of danger in percent
	nd, nn := 0, 0
	for part := range 2 {
		var known, unseen []example
		for i, e := range list {
			if i%parts == part {
				unseen = append(unseen, e)
			} else {
				known = append(known, e)
			}
		}
		m := fitModel(known)
		for _, e := range unseen {
			p := m.chances(e.text)
			at := int(100 * (1 - p[0] - p[1]))
			if e.label >= 2 {
				danger[at]++
				nd++
			} else {
				none[at]++
				nn++
			}
		}
	}
	for _, at := range []int{10, 20, 30, 40, 50, 60, 70, 80, 90} {
		hit, false_ := 0, 0
		for i := at; i <= 100; i++ {
			hit, false_ = hit+danger[i], false_+none[i]
		}
		t.Logf("from %d%%: danger found %.3f, false %.3f", at, float64(hit)/float64(nd), float64(false_)/float64(nn))
	}
}
