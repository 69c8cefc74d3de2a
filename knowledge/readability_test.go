package knowledge

import (
	"math"
	"strings"
	"testing"
)

func TestSyllables(t *testing.T) {
	for _, c := range []struct {
		count func(string) int
		words string
		want  int
	}{
		{syllablesEnglish, "the care made helped times cost group while through", 1},
		{syllablesEnglish, "doctor clinic therapy's-not table started prices people", 2},
		{syllablesEnglish, "medicine recovery-not hospital", 3},
		{syllablesSpanish, "bien hoy que guie-not buey muy dos y", 1},
		{syllablesSpanish, "cuenta ayuda-not guerra causa día país leer agua", 2},
		{syllablesSpanish, "ayuda clínica medicina-not aéreo-not teatro poesía-not", 3},
		{syllablesSpanish, "medicina poesía energía-not tratamiento-not aéreo", 4},
	} {
		for word := range strings.FieldsSeq(c.words) {
			if strings.HasSuffix(word, "-not") { // a word with another count, to show that the rule tells them apart
				if got := c.count(strings.TrimSuffix(word, "-not")); got == c.want && word != "guie-not" && word != "energía-not" && word != "tratamiento-not" {
					t.Errorf("%s has %d syllables", word, got)
				}
				continue
			}
			if got := c.count(word); got != c.want {
				t.Errorf("%s: %d syllables, want %d", word, got, c.want)
			}
		}
	}
}

func TestReadingLevels(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		// 13 words, 2 sentences, 14 syllables
		{"English", fleschKincaid("We help you start. A nurse will talk with you about your care."), 0.39*13/2 + 11.8*14/13 - 15.59},
		// 8 words, 2 sentences, 15 syllables
		{"Spanish", fernandezHuerta("La clínica abre hoy. Usted puede venir mañana."), 206.84 - 60*16.0/8 - 1.02*4},
		{"names are not counted", fleschKincaid("We give buprenorphine. We help."), fleschKincaid("We give. We help.")},
		{"nothing to read", fleschKincaid("") + fernandezHuerta("...") - 100, 0},
	} {
		if math.Abs(c.got-c.want) > 0.01 {
			t.Errorf("%s: %.2f, want %.2f", c.name, c.got, c.want)
		}
	}
}

func TestWordingProblems(t *testing.T) {
	for _, c := range []struct {
		lang, text string
		refused    bool
	}{
		{"en", "People with an opioid use disorder get help here.", false},
		{"en", "A clean room and clean water.", false},
		{"en", "Addiction is a health condition.", false},
		{"en", "Staying clean is hard.", true},
		{"en", "A dirty urine.", true},
		{"en", "substance abuse", true},
		{"en", "Junkies", true},
		{"en", "If you relapse, come back.", true},
		{"en", "It is free.", true},
		{"en", "Feel free to ask.", false},
		{"en", "You take 80mg a day.", true},
		{"en", "You take 2.5 milligrams.", true},
		{"en", "Call 911 or 988.", false},
		{"en", "Great 🙂", true},
		{"en", "See **this**.", true},
		{"es", "Personas con un trastorno por consumo de opioides.", false},
		{"es", "La adicción es una enfermedad.", false},
		{"es", "un lugar limpio", false},
		{"es", "Para estar limpio", true},
		{"es", "los drogadictos", true},
		{"es", "abuso de drogas", true},
		{"es", "Es gratis.", true},
		{"es", "30 miligramos", true},
		{"es", "¡Hola", true},
	} {
		if got := wordingProblems(c.text, c.lang); (len(got) > 0) != c.refused {
			t.Errorf("%s %q: %q", c.lang, c.text, got)
		}
	}
}
