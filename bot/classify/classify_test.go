package classify

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func examples() (list []Example) {
	for label, texts := range map[string][]string{
		"pay":   {"how much does it cost", "what do i pay", "is it free", "cuanto cuesta", "que precio tiene", "do i pay a copay"},
		"open":  {"when are you open", "what time do you close", "are you open on sunday", "a que hora abren", "cuando cierran", "opening hours"},
		"place": {"where are you", "what is the address", "how do i get there", "donde quedan", "cual es la direccion", "is there parking"},
	} {
		for _, text := range texts {
			list = append(list, Example{Words(text), label})
		}
	}
	slices.SortFunc(list, func(a, b Example) int { return strings.Compare(strings.Join(a.Words, " "), strings.Join(b.Words, " ")) })
	return list
}

func best(m *Model, text string) string {
	margins := m.Margins(Words(text))
	at := 0
	for i := range margins {
		if margins[i] > margins[at] {
			at = i
		}
	}
	return m.Labels[at]
}

func TestFitTellsLabelsApart(t *testing.T) {
	for _, o := range []Options{{}, {Thorough: true}} {
		tellsLabelsApart(t, o)
	}
}

func tellsLabelsApart(t *testing.T, o Options) {
	t.Helper()
	m, err := Fit(examples(), o)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"how much will it cost me": "pay", "when do you close": "open", "the address please": "place", "cuánto cuesta la consulta": "pay", "¿a qué hora cierran?": "open"} {
		if got := best(m, text); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
	again, err := Fit(examples(), o)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := m.Margins(Words("when do you close")), again.Margins(Words("when do you close")); !slices.Equal(a, b) {
		t.Errorf("two fits differ: %v and %v", a, b)
	}
	if m.Margins(nil) == nil || m.Telling("zzzz") <= m.Telling("you") {
		t.Error("nothing said, and words never seen")
	}
	if _, err := Fit(examples()[:1], o); err == nil {
		t.Error("fitted to one label")
	}
}

func TestStoredModelIsTheSame(t *testing.T) {
	for _, o := range []Options{{}, {Thorough: true}} {
		storedIsTheSame(t, o)
	}
}

func storedIsTheSame(t *testing.T, o Options) {
	t.Helper()
	m, err := Fit(examples(), o)
	if err != nil {
		t.Fatal(err)
	}
	m.Lessons = "these"
	data, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"how much", "when", "donde", ""} {
		if a, b := m.Margins(Words(text)), read.Margins(Words(text)); !slices.Equal(a, b) {
			t.Errorf("%q: %v, read again %v", text, a, b)
		}
	}
	if read.Lessons != "these" {
		t.Errorf("lessons %q", read.Lessons)
	}
	for _, broken := range [][]byte{nil, data[:len(data)/2], []byte("not a model")} {
		if _, err := Decode(broken); err == nil {
			t.Errorf("read a broken model of %d bytes", len(broken))
		}
	}
}

func FuzzDecode(f *testing.F) {
	m, err := Fit(examples(), Options{})
	if err != nil {
		f.Fatal(err)
	}
	data, err := m.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := Decode(data); err == nil {
			m.Margins(Words("how much does it cost"))
		}
	})
}

// What is common to both languages, phrases and misspellings are read as one meaning.
func TestMeanings(t *testing.T) {
	m, err := readLexicon(fstest.MapFS{
		"lexicon/en.txt": {Data: []byte("# words\npay: cost, copay, out of pocket\ndie: die, pass away\n")},
		"lexicon/es.txt": {Data: []byte("pay: cuesta, precio\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	known := func(string) bool { return false }
	for text, want := range map[string]string{"what is the cost": "pay", "¿cuánto cuesta?": "pay", "out of pocket": "pay", "pass away": "die", "coppay": "pay", "away": "", "dye": ""} {
		if got := strings.Join(m.means(Words(text), known), " "); got != want {
			t.Errorf("%q means %q, want %q", text, got, want)
		}
	}
	for _, broken := range []string{"no colon here\n", "two words: a\n", ": a\n"} {
		if _, err := readLexicon(fstest.MapFS{"lexicon/en.txt": {Data: []byte(broken)}}); err == nil {
			t.Errorf("read %q", broken)
		}
	}
}

// The lexicon that is compiled in can be read, and both languages have the same meanings.
func TestLexiconIsWhole(t *testing.T) {
	names := map[string][]string{}
	for _, lang := range []string{"en", "es"} {
		data, err := lexiconFiles.ReadFile("lexicon/" + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if id, _, ok := strings.Cut(line, ":"); ok && !strings.HasPrefix(line, "#") {
				names[lang] = append(names[lang], id)
			}
		}
		slices.Sort(names[lang])
	}
	if !slices.Equal(names["en"], names["es"]) || len(names["en"]) < 300 {
		t.Errorf("%d meanings in English, %d in Spanish", len(names["en"]), len(names["es"]))
	}
	if _, err := readLexicon(lexiconFiles); err != nil {
		t.Error(err)
	}
}

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		a, b string
		most int
		want int
	}{{"same", "same", 2, 0}, {"metadone", "methadone", 2, 1}, {"aet", "eat", 1, 1}, {"cat", "dog", 1, 2}, {"a", strings.Repeat("a", 40), 2, 3}} {
		if got := Slips(c.a, c.b, c.most); got != c.want && got <= c.most {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func BenchmarkMargins(b *testing.B) {
	m, err := Fit(examples(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	words := Words("My mother is 71 and takes pain pills every day. She has Medicare and I am worried. What would it cost her to come to you?")
	for b.Loop() {
		m.Margins(words)
	}
}
