package locales

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func words(t *testing.T) *Words {
	t.Helper()
	w, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestFilesHaveNoProblems(t *testing.T) {
	for _, problem := range Check() {
		t.Error(problem)
	}
}

func TestBothLanguagesAreThere(t *testing.T) {
	if got := strings.Join(words(t).Languages(), " "); got != "en es" {
		t.Errorf("languages %q, want en es", got)
	}
}

func TestDatesAndTimes(t *testing.T) {
	w := words(t)
	at := time.Date(2026, time.November, 23, 17, 30, 0, 0, time.UTC)
	clock := func(hour, minute int) time.Time { return time.Date(2026, time.May, 3, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct{ got, want string }{
		{w.Date("en", at), "Nov 23, 2026"},
		{w.Date("es", at), "23 nov. 2026"},
		{w.Date("es", clock(1, 0)), "3 mayo 2026"},
		{w.Time("en", at), "5:30 pm"},
		{w.Time("es", at), "5:30 p. m."},
		{w.Time("en", clock(8, 0)), "8 am"},
		{w.Time("en", clock(0, 5)), "12:05 am"},
		{w.Time("en", clock(12, 0)), "12 pm"},
		{w.Time("es", clock(11, 59)), "11:59 a. m."},
		{w.Day("en", time.Monday), "Monday"},
		{w.Day("es", time.Sunday), "domingo"},
		{w.Day("es", at.Weekday()), "lunes"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTexts(t *testing.T) {
	fsys := fstest.MapFS{
		"talk.en.toml": {Data: []byte("\"step.name.got\" = \"Got it: {{.Name}}.\"\n\"step.hi\" = \"Hello.\"\n\"stepping\" = \"x\"\n[\"list.waiting\"]\none = \"{{.count}} person waits.\"\nother = \"{{.count}} people wait.\"\n")},
		"talk.es.toml": {Data: []byte("\"step.name.got\" = \"Anotado: {{.Name}}.\"\n[\"list.waiting\"]\none = \"{{.count}} persona espera.\"\nother = \"{{.count}} personas esperan.\"\n")},
	}
	w, err := load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, key string
		args      map[string]string
		want      string
	}{
		{"en", "step.name.got", map[string]string{"Name": "Sam"}, "Got it: Sam."},
		{"es", "step.name.got", map[string]string{"Name": "Sam & <Lu>"}, "Anotado: Sam & <Lu>."},
		{"en", "list.waiting", map[string]string{"count": "1"}, "1 person waits."},
		{"es", "list.waiting", map[string]string{"count": "3"}, "3 personas esperan."},
		{"es", "list.waiting", map[string]string{"count": "1000000"}, "1000000 personas esperan."},
		{"en", "list.waiting", map[string]string{"count": "few"}, "⟦list.waiting⟧"},
		{"es", "step.hi", nil, "⟦step.hi⟧"}, // never the English text
		{"en", "step.none", nil, "⟦step.none⟧"},
		{"pt", "step.hi", nil, "⟦step.hi⟧"},
	} {
		if got := w.T(c.lang, c.key, c.args); got != c.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
	if w.Has("es", "step.hi") || !w.Has("en", "step.hi") {
		t.Error("Has is wrong about step.hi")
	}
	part := w.Part("en", "step.")
	if len(part) != 2 || part["step.name.got"] != "Got it: {{.Name}}." || part["step.hi"] != "Hello." {
		t.Errorf("Part(step.) = %v", part)
	}
	if keys := strings.Join(w.Keys("es"), " "); keys != "list.waiting step.name.got" {
		t.Errorf("Keys(es) = %q", keys)
	}
}

func TestCheckNamesFileAndLine(t *testing.T) {
	problems := check(fstest.MapFS{
		"talk.en.toml":   {Data: []byte("# words\n\"a\" = \"Hello {{.Name}}.\"\n\"b\" = \"\"\n\"only\" = \"x\"\n\"bad\" = \"{{.Name\"\n")},
		"talk.es.toml":   {Data: []byte("\"b\" = \"b\"\n\n\"a\" = \"Hola {{.Nombre}}.\"\n\"bad\" = \"x\"\n")},
		"widget.en.toml": {Data: []byte("\"b\" = \"again\"\n")},
		"widget.es.toml": {Data: []byte("\"b\" = \"otra vez\"\n")},
		"odd.toml":       {Data: []byte("")},
		"broken.en.toml": {Data: []byte("\"a = 1")},
	})
	all := strings.Join(problems, "\n")
	for _, want := range []string{
		`talk.en.toml:2: "a" has the placeholders "{{.Name}}", but "{{.Nombre}}" in talk.es.toml:3`,
		`talk.en.toml:3: "b" has no text`,
		`talk.en.toml:4: "only" is missing from talk.es.toml`,
		`talk.en.toml:5: "bad" is not a template`,
		`widget.en.toml:1: "b" is also in talk.en.toml:3`,
		`odd.toml: name it`,
		`broken.en.toml: `,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no problem %q in:\n%s", want, all)
		}
	}
}
