package safety

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"example.org/intake/bot/classify"
)

var tune = flag.Bool("tune", false, "print what limits would do")

func TestWeightsAreNotStale(t *testing.T) {
	_, hash, err := sources{"examples", "phrases", "../../knowledge"}.read()
	if err != nil {
		t.Fatal(err)
	}
	if m, err := loadModel(); err != nil || m.Lessons != hash {
		t.Errorf("the examples have changed since the model was fitted: run go generate ./bot/safety (%v)", err)
	}
}

// labelled is one line of a measuring set.
type labelled struct{ Text, Expect, Kind, Lang string }

// readSets reads the measuring sets, which were written by a hand that saw neither phrases nor examples.
func readSets(t testing.TB, lang string) (list []labelled) {
	t.Helper()
	f, err := os.Open("testdata/sets/safety." + lang + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var l labelled
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		list = append(list, l)
	}
	return list
}

// figures are what a screen does with labelled messages, as in the shared evaluation: a card and the direct question both count.
type figures struct {
	crisis, found, kind, advice, redirected, adviceAlarmed, none, alarmed, advised int
}

func (f *figures) count(expect, kind string, r Result) {
	alarmed := alarm(r.Level)
	switch expect {
	case "crisis":
		f.crisis++
		if alarmed {
			f.found++
			if string(r.Kind) == kind {
				f.kind++
			}
		}
	case "advice":
		f.advice++
		if alarmed {
			f.adviceAlarmed++
		}
		if alarmed || r.Level == LevelAdvice {
			f.redirected++
		}
	default:
		f.none++
		if alarmed {
			f.alarmed++
		}
		if r.Level == LevelAdvice {
			f.advised++
		}
	}
}

func share(n, of int) float64 { return float64(n) / float64(max(1, of)) }

func (f *figures) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%-12s crisis found %.3f (kind right %.3f), none alarmed %.3f, none advised %.3f, advice redirected %.3f, advice alarmed %.3f", name,
		share(f.found, f.crisis), share(f.kind, f.found), share(f.alarmed, f.none), share(f.advised, f.none), share(f.redirected, f.advice), share(f.adviceAlarmed, f.advice))
}

// TestCrossValidation screens examples with phrases and a model that has not learned from them. These are written to be hard: most are oblique, and
// most harmless ones are traps. With -tune it prints what other limits would do.
func TestCrossValidation(t *testing.T) {
	if !*tune {
		t.Skip("only with -tune: takes a minute")
	}
	list, _, err := sources{"examples", "phrases", "../../knowledge"}.read()
	if err != nil {
		t.Fatal(err)
	}
	const parts = 6
	s := newScreen(t)
	type seen struct {
		label  string
		phrase Result
		v      verdict
	}
	var all []seen
	var known, unseen []example
	for i, e := range list {
		if i%parts == 0 {
			unseen = append(unseen, e)
		} else {
			known = append(known, e)
		}
	}
	if s.model, err = s.fit(known); err != nil {
		t.Fatal(err)
	}
	sets := map[string][]seen{}
	expected := func(label string) (string, string) {
		switch {
		case label == labelNone:
			return "none", ""
		case slices.Contains(kinds(), Kind(label)):
			return "crisis", label
		}
		return "advice", label
	}
	look := func(label, text string) seen {
		words := classify.Words(text)
		r := s.phrases(words)
		return seen{label, r, s.model.look(evidence(words, r))}
	}
	for _, e := range unseen {
		all = append(all, look(e.label, e.text))
	}
	for _, lang := range languages() {
		for _, l := range readSets(t, lang) {
			label := l.Expect
			if l.Kind != "" {
				label = l.Kind
			}
			sets[lang] = append(sets[lang], look(label, l.Text))
		}
	}
	sets["examples"] = all
	for _, ask := range []float64{0.1, 0.15, 0.2, 0.3, 0.4} {
		for _, name := range []string{"examples", "en", "es"} {
			var f figures
			for _, x := range sets[name] {
				expect, kind := expected(x.label)
				l := screened
				l.likely = ask
				f.count(expect, kind, l.judge(x.phrase, x.v))
			}
			f.log(t, name)
		}
		t.Logf("   ^ likely from %.2f", ask)
	}
}
