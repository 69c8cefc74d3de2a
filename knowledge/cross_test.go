package knowledge

import (
	"flag"
	"fmt"
	"math"
	"strings"
	"testing"
)

var tune = flag.Bool("tune", false, "search for the limits of a decision and print them")

// judged is a way of asking ranked by a finder that has never seen it.
type judged struct {
	document
	list  []ranked
	words int
	match string // what the plain Bleve match query finds first
}

// crossValidate ranks ways of asking, by language, with finders built without them. The ways are cut into parts, and of these the first few are each
// judged by all others. keep thins out what is known; nil keeps all.
func crossValidate(t *testing.T, parts, rounds int, keep func([]document) []document) map[string][]judged {
	t.Helper()
	c, err := read(embedded, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]judged{}
	for part := range rounds {
		known, unseen := map[string][]document{}, map[string][]document{}
		var lessons []document
		for _, lang := range languages {
			for i, d := range c.documents(lang) {
				if d.part == asked && i%parts == part {
					unseen[lang] = append(unseen[lang], d)
				} else {
					known[lang] = append(known[lang], d)
				}
			}
			if keep != nil {
				known[lang] = keep(known[lang])
			}
			lessons = append(lessons, known[lang]...)
		}
		m, err := learn(lessons)
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range languages {
			f, err := newFinder(lang, known[lang])
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range unseen[lang] {
				j := judged{document: d}
				j.list, j.words = f.rank(m, d.text)
				hits, err := f.index.match(d.text, 1)
				if err != nil {
					t.Fatal(err)
				}
				if len(hits) > 0 {
					j.match = f.docs[hits[0].document].label
				}
				all[lang] = append(all[lang], j)
			}
		}
	}
	return all
}

// figures count how messages of each role fared.
type figures struct {
	topics, right, offered, wrong, declined int // wrong: another entry or act, or called outside
	near                                    int // of the declined: the right topic is among those named as nearest
	first, among                            int // the right topic ranked first, or among the first three
	acts, actsRight, actsOffered, actsWrong int
	outsides, refused, offeredOutside       int
	match                                   int // the plain match query finds the right topic first
}

func (f figures) String() string {
	share := func(n, of int) string { return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(max(1, of))) }
	return fmt.Sprintf("%d questions: right %s, offered %s, wrong %s, declined %s of which %s near (ranked first %s, among three %s; plain match first %s)\n"+
		"%d acts: right %s, offered %s, wrong %s; %d outside: declined %s, offered %s, answered %s",
		f.topics, share(f.right, f.topics), share(f.offered, f.topics), share(f.wrong, f.topics), share(f.declined, f.topics), share(f.near, f.topics),
		share(f.first, f.topics), share(f.among, f.topics), share(f.match, f.topics),
		f.acts, share(f.actsRight, f.acts), share(f.actsOffered, f.acts), share(f.actsWrong, f.acts),
		f.outsides, share(f.refused, f.outsides), share(f.offeredOutside, f.outsides), share(f.outsides-f.refused-f.offeredOutside, f.outsides))
}

// score is what limits are searched for by: an offer is worth half an answer, what is wrong costs as much as it brings to offer, and what is outside
// must above all not be answered.
func (f figures) score() float64 {
	topics := float64(f.right) + 0.5*float64(f.offered) - 0.5*float64(f.wrong) + 0.1*float64(f.near)
	acts := float64(f.actsRight) + 0.3*float64(f.actsOffered) - 0.7*float64(f.actsWrong)
	outsides := float64(f.refused) - 0.3*float64(f.offeredOutside) - float64(f.outsides-f.refused-f.offeredOutside)
	return topics/float64(max(1, f.topics)) + 0.3*acts/float64(max(1, f.acts)) + 0.5*outsides/float64(max(1, f.outsides))
}

func count(all []judged, l limits) (f figures) {
	for _, j := range all {
		r := l.decide(j.list, j.words)
		right := (r.Decision == Answer || r.Decision == Act) && sameMeaning(r.Label, j.label)
		offered := false
		for _, slug := range r.Topics {
			offered = offered || r.Decision == Choose && sameMeaning(slug, j.label)
		}
		switch j.role {
		case topic:
			f.topics++
			switch {
			case right:
				f.right++
			case offered:
				f.offered++
			case r.Decision == Decline || r.Decision == Choose:
				f.declined++ // a choice without the right topic leads nowhere wrong either
				for _, slug := range r.Topics {
					if sameMeaning(slug, j.label) {
						f.near++
					}
				}
			default:
				f.wrong++
			}
			for i, slug := range r.Topics {
				if sameMeaning(slug, j.label) {
					f.among++
					if i == 0 && sameMeaning(j.list[0].label, j.label) {
						f.first++
					}
				}
			}
			if sameMeaning(j.match, j.label) {
				f.match++
			}
		case act:
			f.acts++
			if right {
				f.actsRight++
			} else if r.Decision == Choose {
				f.actsOffered++
			} else if r.Decision != Decline {
				f.actsWrong++
			}
		case outside:
			f.outsides++
			switch {
			case r.Decision == Outside || r.Decision == Decline:
				f.refused++
			case r.Decision == Choose:
				f.offeredOutside++
			}
		}
	}
	return f
}

func TestCrossValidation(t *testing.T) {
	if underRace {
		t.Skip("says nothing about races and takes minutes under their detector")
	}
	judged := crossValidate(t, 10, 1, nil)
	for _, lang := range languages {
		f := count(judged[lang], settled)
		t.Logf("%s: %v", lang, f)
		share := func(n, of int) float64 { return float64(n) / float64(of) }
		for _, floor := range []struct {
			name      string
			got, want float64
		}{
			{"right topic ranked first", share(f.first, f.topics), share(f.match, f.topics) + 0.1},
			{"right topic answered or offered", share(f.right+f.offered, f.topics), 0.5},
			{"not answered wrongly", 1 - share(f.wrong, f.topics), 0.7},
			{"outside not answered", 1 - share(f.outsides-f.refused-f.offeredOutside, f.outsides), 0.75},
		} {
			if floor.got < floor.want {
				t.Errorf("%s: %s %.3f, want at least %.3f", lang, floor.name, floor.got, floor.want)
			}
		}
	}
}

// TestTune prints how all ways of asking fare, and the limits that would do best: go test -run TestTune -v ./knowledge -args -tune
func TestTune(t *testing.T) {
	if !*tune {
		t.Skip("only with -tune")
	}
	var all []judged
	byLang := crossValidate(t, 6, 1, nil)
	for _, lang := range languages {
		t.Logf("%s as settled: %v", lang, count(byLang[lang], settled))
		all = append(all, byLang[lang]...)
	}
	fitWeighing(t, all)
	for i := range all { // the rest decides nothing, and limits are searched for over it many times
		all[i].list = all[i].list[:min(len(all[i].list), 16)]
	}
	fitted := fitSureness(all)
	best, most := fitted, math.Inf(-1)
	for _, answer := range steps(0.2, 0.6, 0.05) {
		for _, act := range steps(0.3, 0.6, 0.1) {
			for _, outside := range steps(0.3, 0.8, 0.1) {
				for _, floor := range steps(-1.1, -0.6, 0.1) {
					for _, offer := range steps(0.1, 0.5, 0.1) {
						l := fitted
						l.answer, l.act, l.outside, l.floor, l.offer = answer, act, outside, floor, offer
						if s := count(all, l).score(); s > most {
							most, best = s, l
						}
					}
				}
			}
		}
	}
	t.Logf("limits %+v\n%v", best, count(all, best))
	// Where confidence says 70 %, about 70 of 100 should be right.
	var n, right [10]int
	for _, j := range all {
		if len(j.list) > 0 {
			b := min(9, int(best.sure(j.list, j.words)*10))
			n[b]++
			if sameMeaning(j.list[0].label, j.label) {
				right[b]++
			}
		}
	}
	var rows strings.Builder
	for b := range n {
		fmt.Fprintf(&rows, "\n%d0%%: %d of %d", b, right[b], n[b])
	}
	t.Log("right by confidence:", rows.String())
}

// fitWeighing finds how much margins and votes should count: where the right labels get the greatest chances.
func fitWeighing(t *testing.T, all []judged) {
	best, margin, vote := math.Inf(-1), 0.0, 0.0
	for _, m := range steps(2, 8, 1) {
		for _, v := range []float64{0, 0.5, 1, 1.5, 2, 3, 4} {
			likely := 0.0
			for _, j := range all {
				weigh(j.list, m, v)
				for _, x := range j.list {
					if x.label == j.label {
						likely += math.Log(x.score)
					}
				}
			}
			first := count(all, settled).first
			t.Logf("margin %v vote %v: %.4f a line, %d first", m, v, likely/float64(len(all)), first)
			if likely > best {
				best, margin, vote = likely, m, v
			}
		}
	}
	for _, j := range all {
		weigh(j.list, margin, vote)
	}
	t.Logf("margins count %v, votes %v", margin, vote)
}

func steps(from, to, by float64) (list []float64) {
	for x := from; x <= to+by/2; x += by {
		list = append(list, x)
	}
	return list
}

// fitSureness fits the logistic curve of limits.sure by gradient descent over standardized evidence.
func fitSureness(all []judged) limits {
	var rows [][kinds]float64
	var right []float64
	var mean, spread [kinds]float64
	for _, j := range all {
		if len(j.list) == 0 {
			continue
		}
		x := evidence(j.list, j.words)
		rows = append(rows, x)
		if sameMeaning(j.list[0].label, j.label) {
			right = append(right, 1)
		} else {
			right = append(right, 0)
		}
		for k := range kinds {
			mean[k] += x[k]
			spread[k] += x[k] * x[k]
		}
	}
	n := float64(len(rows))
	for k := range kinds {
		mean[k] /= n
		spread[k] = math.Sqrt(spread[k]/n - mean[k]*mean[k])
	}
	var bias float64
	var w [kinds]float64
	for range 3000 {
		var biasBy float64
		var by [kinds]float64
		for i, x := range rows {
			z := bias
			for k := range kinds {
				z += w[k] * (x[k] - mean[k]) / spread[k]
			}
			miss := right[i] - 1/(1+math.Exp(-z))
			biasBy += miss
			for k := range kinds {
				by[k] += miss * (x[k] - mean[k]) / spread[k]
			}
		}
		bias += biasBy / n
		for k := range kinds {
			w[k] += by[k] / n
		}
	}
	l := settled
	for k := range kinds {
		w[k] /= spread[k]
		bias -= w[k] * mean[k]
	}
	l.bias, l.score, l.lead, l.margin, l.vote, l.words = bias, w[0], w[1], w[2], w[3], w[4]
	return l
}

// TestCurve prints how many ways of asking a topic needs: go test -run TestCurve -v ./knowledge -args -tune
func TestCurve(t *testing.T) {
	if !*tune {
		t.Skip("only with -tune")
	}
	for _, ways := range []int{10, 20, 40, 80, 160} {
		judged := crossValidate(t, 8, 1, func(docs []document) []document { return spread(docs, ways) })
		for _, lang := range languages {
			f := count(judged[lang], settled)
			n := float64(f.topics)
			t.Logf("%s, %d ways: first %.3f, among three %.3f; plain Bleve match first %.3f (%d unseen lines)", lang, ways, float64(f.first)/n, float64(f.among)/n,
				float64(f.match)/n, f.topics)
		}
	}
}

// spread keeps about so many ways of each label, spread over all hands that wrote them.
func spread(docs []document, ways int) (kept []document) {
	total, seen := map[string]int{}, map[string]int{}
	for _, d := range docs {
		if d.part == asked {
			total[d.label]++
		}
	}
	for _, d := range docs {
		if d.part != asked {
			continue
		}
		n := seen[d.label]
		seen[d.label]++
		if total[d.label] <= ways || n*ways/total[d.label] != (n+1)*ways/total[d.label] {
			kept = append(kept, d)
		}
	}
	return kept
}
