package figures_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"example.org/intake/bot"
	"example.org/intake/bot/figures"
)

func TestHide(t *testing.T) {
	for _, x := range []struct {
		name    string
		columns [][]int
		want    []bool
		all     bool
	}{
		{"nothing small", [][]int{{5, 0, 12}}, []bool{false, false, false}, false},
		{"one small one hides the next larger too", [][]int{{3, 20, 7}}, []bool{true, false, true}, false},
		{"two that add up to less than five", [][]int{{1, 1, 9, 30}}, []bool{true, true, true, false}, false},
		{"two small ones are enough", [][]int{{4, 4, 9}}, []bool{true, true, false}, false},
		{"a small sum hides all", [][]int{{0, 3, 0}}, []bool{true, true, true}, true},
		{"no other row is left", [][]int{{4, 9}}, []bool{true, true}, false},
		{"small in one language hides in both, and another for its sake", [][]int{{10, 8, 30}, {3, 7, 40}}, []bool{true, true, false}, false},
		{"one language is too small as a whole", [][]int{{10, 20}, {0, 2}}, []bool{true, true}, true},
		{"nobody at all", [][]int{{0, 0}}, []bool{false, false}, false},
	} {
		rows, all := figures.Hide(nil, x.columns...)
		if !slices.Equal(rows, x.want) || all != x.all {
			t.Errorf("%s: %v %v, want %v %v", x.name, rows, all, x.want, x.all)
		}
	}
}

// solutions finds what a hidden number may be for somebody who knows every shown number and sum, and that shown numbers are never 1 to 4: the
// smallest and the largest. Rows are all languages, English and Spanish.
type grid struct {
	values, shown [3][]int // shown -1: hidden
	sums          [3]int   // -1: hidden
}

// ambiguous reports whether a small number that is hidden could also be another one. It looks for a second table with the same shown numbers by moving
// one or two between two rows, in one language or both.
func (g grid) ambiguous(lang, row int) bool {
	n := len(g.values[0])
	var moves [][2]int
	for de := -2; de <= 2; de++ {
		for ds := -2; ds <= 2; ds++ {
			if de != 0 || ds != 0 {
				moves = append(moves, [2]int{de, ds})
			}
		}
	}
	for other := range n {
		for _, m := range moves {
			delta := [3]int{m[0] + m[1], m[0], m[1]}
			ok := delta[lang] != 0
			for l := range 3 {
				for _, x := range []struct{ row, d int }{{row, delta[l]}, {other, -delta[l]}} {
					if other == row {
						x.d = delta[l]
					}
					if x.d != 0 && (g.shown[l][x.row] >= 0 || g.values[l][x.row]+x.d < 0) {
						ok = false
					}
				}
				if other == row && delta[l] != 0 && g.sums[l] >= 0 {
					ok = false
				}
			}
			if ok {
				return true
			}
		}
	}
	return false
}

// No number from 1 to 4 is shown, and none can be worked out from all that the three views show together: all languages, English, Spanish.
func TestNoSmallNumberCanBeWorkedOut(t *testing.T) {
	units := []figures.Span{{From: "2026-11-02", To: "2026-11-08"}}
	values := []string{"intake_booked", "group_booked", "referred", "declined", "unreachable"}
	small, shown := 0, 0
	for seed := range uint64(4000) {
		r := rand.New(rand.NewPCG(seed, 3))
		var list []figures.Count
		for _, v := range values {
			for _, l := range []bot.Lang{bot.EN, bot.ES} {
				if n := r.IntN([]int{3, 7, 12, 40}[r.IntN(4)]); n > 0 {
					list = append(list, figures.Count{Cell: cell{Day: "2026-11-03", Metric: figures.Outcomes, Value: v, Lang: l}, N: n})
				}
			}
		}
		var g grid
		for l, lang := range []bot.Lang{"", bot.EN, bot.ES} {
			table := figures.NewReport(list, units, lang).Outcomes
			if g.sums[l] = table.Total; table.Hidden {
				g.sums[l] = -1
			}
			for _, v := range values {
				n := 0
				for _, c := range list {
					if c.Value == v && (lang == "" || c.Lang == lang) {
						n += c.N
					}
				}
				row := table.Row(v)
				g.values[l] = append(g.values[l], n)
				if row.Hidden {
					g.shown[l] = append(g.shown[l], -1)
					if row.N != 0 {
						t.Fatalf("seed %d: a hidden row still holds its number", seed)
					}
					continue
				}
				shown++
				g.shown[l] = append(g.shown[l], row.N)
				if row.N != n || n > 0 && n < figures.Least {
					t.Fatalf("seed %d: %s in %q shows %d, it is %d", seed, v, lang, row.N, n)
				}
			}
			if s := g.sums[l]; s > 0 && s < figures.Least {
				t.Fatalf("seed %d: a sum of %d is shown", seed, s)
			}
		}
		for l := range 3 {
			for i, n := range g.values[l] {
				if n > 0 && n < figures.Least {
					small++
					if !g.ambiguous(l, i) {
						t.Fatalf("seed %d: %d of row %d can be worked out from %+v", seed, n, i, g)
					}
				}
			}
		}
	}
	if small < 1000 || shown < 1000 {
		t.Errorf("%d small numbers, %d shown: the test shows little", small, shown)
	}
	t.Logf("%d small numbers, %d numbers shown", small, shown)
}

// A number that is the total of another table is not given away there.
func TestTotalsOfOtherTables(t *testing.T) {
	units := []figures.Span{{From: "2026-11-02", To: "2026-11-08"}}
	count := func(m figures.Metric, v string, n int) figures.Count {
		return figures.Count{Cell: cell{Day: "2026-11-03", Metric: m, Value: v, Lang: bot.EN}, N: n}
	}
	r := figures.NewReport([]figures.Count{count(figures.Questions, figures.Answered, 50), count(figures.Questions, figures.Offered, 9), count(figures.Questions, figures.Declined, 2),
		count(figures.Chosen, "", 9), count(figures.Topics, "cost", 50)}, units, "")
	if !r.Questions.Row(figures.Declined).Hidden || !r.Questions.Row(figures.Offered).Hidden {
		t.Error("a number can be worked out from the sum")
	}
	if !r.Chosen.Hidden {
		t.Error("how many were offered a choice is hidden in one table and shown in the other")
	}
	if r.Topics.Hidden || r.Topics.Row("cost").N != 50 {
		t.Error("more is hidden than needs to be")
	}
}

func TestPeriods(t *testing.T) {
	for _, x := range []struct {
		period      figures.Period
		today       figures.Day
		first, last figures.Span
		n           int
	}{
		{figures.SevenDays, "2026-11-05", figures.Span{From: "2026-10-29", To: "2026-10-29"}, figures.Span{From: "2026-11-04", To: "2026-11-04"}, 7},
		{figures.FourWeeks, "2026-11-23", figures.Span{From: "2026-10-26", To: "2026-11-01"}, figures.Span{From: "2026-11-16", To: "2026-11-22"}, 4},
		{figures.TwelveMonths, "2027-03-01", figures.Span{From: "2026-03-01", To: "2026-03-31"}, figures.Span{From: "2027-02-01", To: "2027-02-28"}, 12},
		{figures.TwelveMonths, "2026-12-31", figures.Span{From: "2026-01-01", To: "2026-01-31"}, figures.Span{From: "2026-12-01", To: "2026-12-30"}, 12},
		{figures.LastWeek, "2026-11-23", figures.Span{From: "2026-11-16", To: "2026-11-16"}, figures.Span{From: "2026-11-22", To: "2026-11-22"}, 7},
		{figures.LastWeek, "2026-11-22", figures.Span{From: "2026-11-09", To: "2026-11-09"}, figures.Span{From: "2026-11-15", To: "2026-11-15"}, 7},
	} {
		t.Run(fmt.Sprint(x.period, x.today), func(t *testing.T) {
			units := x.period.Units(x.today)
			if len(units) != x.n || units[0] != x.first || units[len(units)-1] != x.last {
				t.Errorf("%d parts from %v to %v", len(units), units[0], units[len(units)-1])
			}
			for i := 1; i < len(units); i++ {
				if units[i].From != units[i-1].To.Add(1) {
					t.Errorf("%v does not follow %v", units[i], units[i-1])
				}
			}
		})
	}
}
