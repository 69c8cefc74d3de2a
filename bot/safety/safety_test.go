package safety

import "testing"

func newScreen(t testing.TB) *Screen {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSmoke(t *testing.T) {
	s := newScreen(t)
	for _, text := range []string{"I wanna die", "k i l l m y s e l f", "killmyself", "no kiero bivir", "ya no quiero vivir", "I. want. to. die."} {
		if r := s.Check(text); r.Level != LevelCrisis {
			t.Errorf("%q: %+v (%q)", text, r, Normalize(text))
		}
	}
}
