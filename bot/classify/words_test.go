package classify

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalize(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"I can’t breathe", "i can not breathe"},
		{"I cant breathe", "i can not breathe"},
		{"NO PUEDO RESPIRAR!!", "no puedo respirar"},
		{"él no despertó", "el no desperto"},
		{"diiiie", "die"}, {"freee", "fre"}, {"need", "need"},
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
		if len(out) > 16*MaxInput {
			t.Errorf("%d bytes out of %d", len(out), len(text))
		}
	})
}
