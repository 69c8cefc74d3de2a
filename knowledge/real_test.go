package knowledge

import (
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// The entries were checked on this day; tests of the real files hold then, whenever they run.
var today = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func realWords(t testing.TB) *locales.Words {
	t.Helper()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func realProfile(t testing.TB) *clinic.Profile {
	t.Helper()
	profile, err := clinic.Default()
	if err != nil {
		t.Fatal(err)
	}
	return profile
}

// loadReal loads the real files once for all tests: nothing changes a base.
var loadReal = sync.OnceValues(func() (*Base, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	profile, err := clinic.Default()
	if err != nil {
		return nil, err
	}
	return Load(profile, nil, words)
})

func realBase(t testing.TB) *Base {
	t.Helper()
	b, err := loadReal()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRealEntriesHaveNoProblems(t *testing.T) {
	r, err := Check(realProfile(t), nil, realWords(t), today)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("\n%s", r)
	for _, problem := range r.Problems {
		t.Error(problem)
	}
	if fewest, mean := r.perTopic(); len(r.Topics) != 109 || fewest < 30 || mean < 80 {
		t.Errorf("%d topics with at least %d ways of asking, %.1f on average; 109, 30 and 80 are wanted", len(r.Topics), fewest, mean)
	}
	if r.Parity() != 1 {
		t.Errorf("%.0f%% of topics are complete in every language", 100*r.Parity())
	}
}

// What the product owner asks of the first version, in both languages.
func TestSixQuestions(t *testing.T) {
	b := realBase(t)
	for _, c := range []struct{ lang, text, want string }{
		{"en", "do you take Medicare", "medicare-accepted"},
		{"en", "what is group therapy", "group-therapy-what-is-it"},
		{"en", "does Medicare pay for group therapy", "medicare-what-is-covered"},
		{"en", "what is MAT", "mat-what-is-it"},
		{"en", "can I book at 2 in the morning", "appointment-schedule"},
		{"en", "what will the weather be", ""},
		{"es", "¿Aceptan Medicare?", "medicare-accepted"},
		{"es", "qué es la terapia de grupo", "group-therapy-what-is-it"},
		{"es", "¿Medicare paga la terapia de grupo?", "medicare-what-is-covered"},
		{"es", "¿Qué es el MAT?", "mat-what-is-it"},
		{"es", "puedo sacar una cita a las 2 de la mañana", "appointment-schedule"},
		{"es", "¿Qué tiempo va a hacer mañana?", ""},
	} {
		r := b.Find(c.text, c.lang)
		t.Logf("%s %q: %+v", c.lang, c.text, r)
		if c.want == "" {
			if r.Decision != Decline && r.Decision != Outside {
				t.Errorf("%s %q is not declined: %+v", c.lang, c.text, r)
			}
		} else if r.Decision != Answer || r.Label != c.want {
			t.Errorf("%s %q: %+v, want %s", c.lang, c.text, r, c.want)
		}
	}
}

// One word is enough to be offered something.
func TestSingleWords(t *testing.T) {
	b := realBase(t)
	for _, c := range []struct{ lang, text, topic string }{
		{"en", "medicare", "medicare-"}, {"en", "medicaire", "medicare-"}, {"en", "methadone", "methadone-"}, {"en", "group", "group-"}, {"en", "appointment", "appointment-schedule"},
		{"en", "methodone", "methadone-"}, {"en", "hours", "hours-of-operation"}, {"en", "copay", "medicare-costs"}, {"en", "privacy", "privacy-"}, {"en", "MAT", "mat-what-is-it"},
		{"es", "medicare", "medicare-"}, {"es", "metadona", "methadone-"}, {"es", "grupo", "group-"}, {"es", "cita", "appointment-schedule"},
		{"es", "horario", "hours-of-operation"}, {"es", "privacidad", "privacy-"}, {"es", "terapia", "group-"},
	} {
		r := b.Find(c.text, c.lang)
		t.Logf("%s %q: %+v", c.lang, c.text, r)
		near := false
		for _, slug := range r.Topics {
			near = near || strings.HasPrefix(slug, c.topic)
		}
		if (r.Decision != Answer && r.Decision != Choose && r.Decision != Act) || !near {
			t.Errorf("%s %q: %+v", c.lang, c.text, r)
		}
	}
}

// A model that has not learned from the ways of asking as they are now answers for ways that are gone.
func TestWeightsAreNotStale(t *testing.T) {
	if realBase(t).stale {
		t.Error("the ways of asking have changed since the model was fitted: run go generate ./knowledge")
	}
}
