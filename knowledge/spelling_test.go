package knowledge

import "testing"

func TestMeant(t *testing.T) {
	s := spelling{}
	for _, word := range []string{"methadon", "medicar", "medicaid", "appoint", "metadon", "group", "terapi", "meth"} {
		s.add(word)
	}
	for _, c := range []struct{ word, want string }{
		{"methodon", "methadon"}, {"mehtadon", "methadon"}, {"medicair", "medicar"}, {"medacar", "medicar"}, {"apoint", "appoint"},
		{"gruop", "group"}, {"terapy", "terapi"}, {"teraphi", "terapi"},
		{"grup", ""},    // too short
		{"troup", ""},   // another first letter
		{"methrow", ""}, // too far
		{"", ""}, {"elephant", ""}, {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""},
	} {
		if got := s.meant(c.word); got != c.want {
			t.Errorf("%q is read as %q, want %q", c.word, got, c.want)
		}
	}
}

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "abcd", 1}, {"abcdef", "badcef", 2}, {"abc", "xyz", 3}, {"", "ab", 2}} {
		if got := slips(c.a, c.b, 5); got != c.want {
			t.Errorf("slips(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := slips(c.a, c.b, 1); got != min(c.want, 2) {
			t.Errorf("slips(%q, %q) at most 1 = %d", c.a, c.b, got)
		}
	}
}
