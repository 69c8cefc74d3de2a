package safety

import (
	"strings"
	"testing"
	"time"
)

// TestDisguises checks that a message in danger is found however it is typed.
func TestDisguises(t *testing.T) {
	s := newScreen(t)
	disguises := map[string]func(string) string{
		"capitals":     strings.ToUpper,
		"curly quotes": func(m string) string { return strings.ReplaceAll(m, "'", "’") },
		"no apostrophes or accents": func(m string) string {
			return strings.NewReplacer("'", "", "á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ñ", "n").Replace(m)
		},
		"no punctuation": func(m string) string { return strings.NewReplacer(",", "", ".", "", "?", "", "¿", "").Replace(m) },
		"zero-width":     func(m string) string { return strings.Join(strings.Split(m, "i"), "i\u200b") },
		"stretched end":  func(m string) string { return m + strings.Repeat(m[len(m)-1:], 4) },
		"asks first":     func(m string) string { return "hello, do you take medicare? " + m },
		"full width": func(m string) string {
			return strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' {
					return r - 'a' + 'ａ'
				}
				return r
			}, m)
		},
		"newlines": func(m string) string { return strings.ReplaceAll(m, " ", "\n") },
	}
	for name, disguise := range disguises {
		var danger, found int
		for _, lang := range languages() {
			for _, l := range readCorpus(t, lang) {
				if !alarm(l.level) || !alarm(s.Check(l.text).Level) {
					continue
				}
				danger++
				if alarm(s.Check(disguise(l.text)).Level) {
					found++
				} else if testing.Verbose() {
					t.Logf("%s hides %q", name, l.text)
				}
			}
		}
		t.Logf("%-26s %d of %d still found", name, found, danger)
		if float64(found) < 0.96*float64(danger) { // an ordinary question in front weakens what the model hears
			t.Errorf("%s hides too much: %d of %d found", name, found, danger)
		}
	}
}

// TestLongInput checks that a hostile message costs little: the cap holds, and the time does not explode.
func TestLongInput(t *testing.T) {
	s := newScreen(t)
	for _, unit := range []string{"i want to ", "took all my ", "no quiero ", "overdosee ", "a ", ". ", "i", "killmyselfwantto", "my son my son ", "'", "e\u0301", "*"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		start := time.Now()
		s.Check(text)
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("a message of %q repeated took %v", unit, d)
		}
	}
}

func FuzzCheck(f *testing.F) {
	s := newScreen(f)
	for _, seed := range []string{"I want to die", "no respira", "how many mg should i take", "tomé 20 pastillas", "iwanttodie . . ."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := s.Check(text)
		if again := s.Check(text); again != r {
			t.Errorf("%v, then %v", r, again)
		}
		if (r.Level == LevelNone) != (r.Rule == "") || (r.Level == LevelAdvice) != (r.Advice != "") || alarm(r.Level) != (r.Card != "" && r.Kind != "") {
			t.Errorf("half a result: %+v", r)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	s := newScreen(b)
	var texts []string
	for _, lang := range languages() {
		for _, l := range readCorpus(b, lang) {
			texts = append(texts, l.text)
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Check(texts[i%len(texts)])
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		newScreen(b)
	}
}
