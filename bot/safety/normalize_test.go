package safety

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"I can’t breathe", "i can not breathe"},
		{"I cant breathe", "i can not breathe"},
		{"NO PUEDO RESPIRAR!!", "no puedo respirar"},
		{"él no despertó", "el no desperto"},
		{"diiiie", "diie"},
		{"d i e", "die"},
		{"k.i.l.l me", "kill me"},
		{"k1ll mys3lf", "kill myself"},
		{"su!cide", "suicide"},
		{"k*ll", "kill"},
		{"o.d. on dope", "od on dope"},
		{"he od'd", "he overdosed"},
		{"ki\u200bll\u202e me", "kill me"},
		{"кill me", "kill me"},
		{"I. Want. To. Die.", "i want to die"},
		{"Hello there. He is blue", "hello there . he is blue"},
		{"i just... can't", "i just can not"},
		{"wanna kms", "want to kill myself"},
		{"xq no kiero", "porque no quiero"},
		{"with a 🔪", "with a knife"},
		{"hes, not; breathing", "he is not . breathing"},
		{"M30s and 24/7", "m30s and 24 7"},
		{"40mg", "40 mg"},
		{"", ""},
		{"\xff\xfe", ""},
	} {
		if got := Normalize(c.in); got != c.want {
			t.Errorf("Normalize(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

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
		if float64(found) < 0.97*float64(danger) {
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

func FuzzNormalize(f *testing.F) {
	for _, seed := range []string{"I can’t", "k i l l", "o.d.'d", "😀\u200b**'!@$", "\xff", "ñandú ¿qué?"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out := Normalize(text)
		if !utf8.ValidString(out) {
			t.Errorf("not UTF-8: %q", out)
		}
		if strings.Contains(out, "  ") || strings.TrimSpace(out) != out {
			t.Errorf("spaces: %q", out)
		}
		if len(out) > 16*maxInput {
			t.Errorf("%d bytes out of %d", len(out), len(text))
		}
	})
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
