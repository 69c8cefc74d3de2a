package knowledge

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestEntryIsFilledForTheClinic(t *testing.T) {
	b, err := load(fixture(t), profile(t, `phone = "508-555-0143"
coverage = ["medicare"]
website = "https://www.example.org/"
[office]
mon = ["8:00-16:30"]
[[exception]]
date = 2026-11-27
office = "closed"
text.en = "Closed on November 27."
text.es = "Cerrado el 27 de noviembre."
`), nil, realWords(t))
	if err != nil {
		t.Fatal(err)
	}
	e, ok := b.Entry("visit-hours", "en", today)
	if want := "We are here. The office is open Monday 8 am to 4:30 pm. Closed on November 27."; !ok || e.Text != want {
		t.Errorf("text %q, want %q", e.Text, want)
	}
	if want := "Call (508) 555-0143.\n\nBayberry Center takes Medicare."; e.More != want {
		t.Errorf("more %q, want %q", e.More, want)
	}
	if e.Title != "When we are open" || e.Question != "When are you open?" || e.SourceName != "SAMHSA" || e.SignedOff != "R. Nurse" || e.Offer != "schedule" ||
		e.CheckedOn.Format(time.DateOnly) != "2026-11-20" || e.ExpiresOn.Format(time.DateOnly) != "2026-12-31" || strings.Join(e.Related, " ") != "pay-with-card" {
		t.Errorf("header: %+v", e)
	}
	if e, _ := b.Entry("visit-hours", "es", today.AddDate(0, 0, 7)); !strings.HasSuffix(e.Text, "lunes de 8 a. m. a 4:30 p. m..") && strings.Contains(e.Text, "noviembre") {
		t.Errorf("a week later: %q", e.Text)
	}
	if e, _ := b.Entry("pay-with-card", "en", today); e.SourceName != "Bayberry Center" || e.SourceURL != "https://www.example.org/" {
		t.Errorf("the clinic as a source: %q %q", e.SourceName, e.SourceURL)
	}
	if e, _ := b.Entry("pay-with-card", "es", today); e.SourceName != "Sobre este programa" || e.SourceURL != "" {
		t.Errorf("the program as a source: %q %q", e.SourceName, e.SourceURL)
	}
	if _, ok := b.Entry("visit-hours", "pt", today); ok {
		t.Error("an entry in a language without entries")
	}
	if got := strings.Join(b.Slugs(), " "); got != "pay-with-card visit-hours" {
		t.Errorf("slugs %q", got)
	}
	if got := b.Question("pay-with-card", "es"); got != "¿Puedo pagar con tarjeta?" {
		t.Errorf("question %q", got)
	}
	if b.Question("none", "es")+b.Question("pay-with-card", "pt") != "" {
		t.Error("a question of a topic that does not exist")
	}
}

func TestEntryOfAClinicThatHasToldNothing(t *testing.T) {
	b, err := load(fixture(t), profile(t, ""), nil, realWords(t))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := b.Entry("visit-hours", "en", today)
	if want := "We are here. This program does not know the hours. A person can tell you."; e.Text != want || e.More != "" {
		t.Errorf("text %q, more %q", e.Text, e.More)
	}
	e.Related[0] = "changed"
	if again, _ := b.Entry("visit-hours", "en", today); again.Related[0] != "pay-with-card" {
		t.Error("a caller can change the base")
	}
}

// The last day counts on the clinic's calendar, not in UTC.
func TestExpiry(t *testing.T) {
	b, err := load(fixture(t), profile(t, ""), nil, realWords(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		now     string
		expired bool
	}{{"2026-12-31T23:59:59-05:00", false}, {"2027-01-01T00:00:00-05:00", true}, {"2027-01-01T03:00:00Z", false}} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if e, _ := b.Entry("visit-hours", "en", now); e.Expired != c.expired {
			t.Errorf("at %s expired is %v", c.now, e.Expired)
		}
		if e, _ := b.Entry("pay-with-card", "en", now); e.Expired {
			t.Error("an entry without a date expired")
		}
	}
}

func TestFindInTheFixture(t *testing.T) {
	b, err := load(fixture(t), profile(t, ""), nil, realWords(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Refit(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lang, text string
		decision   Decision
		label      string
	}{
		{"en", "When are you open?", Answer, "visit-hours"},
		{"en", "WHAT TIME DO U CLOSE TODAY", Answer, "visit-hours"},
		{"en", "can i pay with a credit crad", Answer, "pay-with-card"},
		{"en", "Hello", Act, "hello"},
		{"en", "will it rain tomorrow", Outside, "weather"},
		{"en", "purple elephants juggle quietly", Decline, ""},
		{"en", "", Decline, ""},
		{"en", "?!… 🙂", Decline, ""},
		{"es", "cuando abren", Answer, "visit-hours"},
		{"es", "ACEPTAN TARGETAS DE CREDITO", Answer, "pay-with-card"},
		{"es", "manana nieva", Outside, "weather"},
		{"es", "buenos dias", Act, "hello"},
		{"pt", "bom dia", Decline, ""},
	} {
		r := b.Find(c.text, c.lang)
		if c.decision == Decline && c.text != "" && r.Decision == Outside { // with so few labels, what is strange is near to what is outside
			continue
		}
		if r.Decision != c.decision || r.Label != c.label {
			t.Errorf("%s %q: %+v, want %s %s", c.lang, c.text, r, c.decision, c.label)
		}
		if r.Confidence < 0 || r.Confidence > 1 || len(r.Topics) > 3 {
			t.Errorf("%s %q: %+v", c.lang, c.text, r)
		}
	}
}

// An accent may be left out, but where it is written the entry that has it comes first.
func TestAccentsRank(t *testing.T) {
	x, err := newIndex("es", []document{{label: "anos", text: "tengo un ano"}, {label: "años", text: "tengo un año"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text  string
		first int
	}{{"un año", 1}, {"UN AN\u0303O", 1}, {"un ano", 0}} {
		hits, err := x.candidates(c.text, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) != 2 || hits[0].document != c.first {
			t.Errorf("%q: %+v", c.text, hits)
		}
	}
}

func TestFindIsTheSameEachTime(t *testing.T) {
	b := realBase(t)
	const text = "my mom has medicare and wants to know about the group"
	want := b.Find(text, "en")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5 {
				if got := b.Find(text, "en"); got.Label != want.Label || got.Confidence != want.Confidence || strings.Join(got.Topics, " ") != strings.Join(want.Topics, " ") {
					t.Errorf("%+v, before %+v", got, want)
				}
			}
		})
	}
	group.Wait()
}

// No visitor may slow the program down with one message: of a long one only the beginning and the end are read.
func TestLongMessages(t *testing.T) {
	b := realBase(t)
	for _, text := range []string{strings.Repeat("medicare group ", 2000), strings.Repeat("x", 16000), strings.Repeat("¿", 8000), "\xff\xfe\x00medicare"} {
		b.Find(text, "en")
		if short := shortened(text); len(strings.Fields(short)) > mostWords || len(short) > mostWords*(4*longestWord+1) {
			t.Errorf("of %d bytes %d are read", len(text), len(short))
		}
	}
}

// BenchmarkFind decides the lines of our own measuring sets, on one core with GOMAXPROCS=1, and reports the median beside the mean.
func BenchmarkFind(b *testing.B) {
	base := realBase(b)
	for _, lang := range languages {
		b.Run(lang, func(b *testing.B) {
			data, err := os.ReadFile("testdata/questions." + lang + ".jsonl")
			if err != nil {
				b.Fatal(err)
			}
			var texts []string
			for line := range strings.Lines(string(data)) {
				var l struct{ Text string }
				if err := json.Unmarshal([]byte(line), &l); err != nil {
					b.Fatal(err)
				}
				texts = append(texts, l.Text)
			}
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				base.Find(texts[len(took)%len(texts)], lang)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	p, w := realProfile(b), realWords(b)
	for b.Loop() {
		if _, err := Load(p, nil, w); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParseEntry(f *testing.F) {
	for _, file := range fixture(f) {
		f.Add(string(file.Data))
	}
	f.Add("+++\n+++\n")
	f.Add("+++\nslug = \"a\"\n+++\n{{range .}}{{end}}\n## More\n{{")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := parseEntry("entries/visit-hours.en.md", []byte(text))
		if err != nil {
			if !strings.HasPrefix(err.Error(), "entries/visit-hours.en.md:") {
				t.Errorf("the error names no place: %v", err)
			}
			return
		}
		if s.Slug != "visit-hours" || s.Lang != "en" || strings.TrimSpace(s.Text) == "" {
			t.Errorf("accepted %+v", s.Entry)
		}
	})
}

func FuzzParseWays(f *testing.F) {
	f.Add("# comment\n\nhello there\n")
	f.Fuzz(func(t *testing.T, text string) {
		ways, err := parseWays(act, "acts/hello.en.txt", []byte(text))
		if err != nil {
			return
		}
		for _, w := range ways {
			if w.text == "" || strings.HasPrefix(w.text, "#") || strings.Contains(w.text, "\n") || w.label != "hello" || w.lang != "en" {
				t.Errorf("%+v", w)
			}
		}
	})
}
