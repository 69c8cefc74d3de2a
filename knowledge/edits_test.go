package knowledge

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// What visitors might ask, for comparing decisions before and after.
var probes = map[string][]string{
	"en": {"do you take medicare?", "how much does it cost", "can I bring my dog", "what are your hours", "my son is in jail, can he start", "is there parking", "hello", "asdf qwer", "how long does treatment take", "do you validate parking tickets"},
	"es": {"aceptan medicare", "cuánto cuesta", "puedo llevar a mi perro", "a qué hora abren", "hay estacionamiento", "hola", "xyz abc", "cuánto dura el tratamiento", "mi hijo está en la cárcel"},
}

func decisions(b *Base) (list []Result) {
	for _, lang := range languages {
		for _, text := range probes[lang] {
			list = append(list, b.Find(text, lang))
		}
	}
	return list
}

// An approved line is found exactly and nearly as it was typed, without the index or the model having learned it, and in its own language only.
func TestWayIsFoundAtOnce(t *testing.T) {
	b, err := realBase(t).With(Edits{})
	if err != nil {
		t.Fatal(err)
	}
	const slug, asked = "disability-access", "¿Y si llego con mi iguana de apoyo?"
	before := b.Find(asked, "es")
	if before.Decision == Answer && before.Label == slug {
		t.Fatal("it is answered already")
	}
	if err := b.Apply(Edits{Ways: []Way{{slug, "es", asked}}}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{asked, "y si llego con mi iguana de apoyo", "Y SI LLEGO CON MI IGUANA DE APOYO??", "y si yo llego con mi iguana de apoyo", "que pasa si llego con mi iguana de apoyo"} {
		if r := b.Find(text, "es"); r.Decision != Answer || r.Label != slug || r.Topics[0] != slug || len(r.Topics) > 3 {
			t.Errorf("%q: %+v", text, r)
		}
	}
	if r := b.Find(asked, "en"); r.Label == slug {
		t.Errorf("found in the other language: %+v", r)
	}
	for _, text := range probes["es"] {
		if was, is := realBase(t).Find(text, "es"), b.Find(text, "es"); was.Decision != is.Decision || was.Label != is.Label {
			t.Errorf("%q was %+v and is %+v", text, was, is)
		}
	}
	if err := b.Apply(Edits{}); err != nil {
		t.Fatal(err)
	}
	if after := b.Find(asked, "es"); !reflect.DeepEqual(before, after) {
		t.Errorf("taken back: %+v, before %+v", after, before)
	}
}

// Of an emergency, only the same words take a question away.
func TestWayDoesNotHideAnEmergency(t *testing.T) {
	b, err := realBase(t).With(Edits{Ways: []Way{{"visit-hours-x", "en", "x"}, {"driving-and-machinery", "en", "what do I do when someone took too much and will not wake up at work"}}})
	if err != nil {
		t.Fatal(err)
	}
	const asked = "what do I do when someone took too much and will not wake up"
	if r := b.Find(asked, "en"); !strings.HasPrefix(r.Label, "crisis-") {
		t.Errorf("%+v", r)
	}
}

// Property: whatever is laid over the files and in whatever order, empty edits give back every decision and entry.
func TestEmptyEditsGiveBackEverything(t *testing.T) {
	b, err := realBase(t).With(Edits{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	before, entry := decisions(b), func() Entry { e, _ := b.Entry("disability-access", "es", now); return e }
	first := entry()
	random := rand.New(rand.NewPCG(7, 7))
	slugs := b.Slugs()
	for range 60 {
		var e Edits
		e.Entries, e.SignedOff = map[string]Change{}, map[string]string{}
		for range random.IntN(8) {
			lang := languages[random.IntN(2)]
			e.Ways = append(e.Ways, Way{slugs[random.IntN(len(slugs))], lang, probes[lang][random.IntN(len(probes[lang]))]})
		}
		e.Entries["disability-access"] = Change{Words: map[string]Wording{"es": {Title: "Otro", Question: "¿Otra cosa?", Text: "Otro texto."}}, Outdated: map[string]bool{"en": true}}
		e.Entries["new-topic"] = Change{Words: map[string]Wording{"en": {Title: "Dogs", Question: "Can I bring my dog?", Text: "Yes."}, "es": {Title: "Perros", Question: "¿Puedo llevar a mi perro?", Text: "Sí."}}}
		e.SignedOff["disability-access"] = "Sue P."
		if err := b.Apply(e); err != nil {
			t.Fatal(err)
		}
		if r := b.Find("can i bring my dog", "en"); len(e.Ways) == 0 && r.Label != "new-topic" {
			t.Errorf("a new topic is not found by its question: %+v", r)
		}
		if x := entry(); x.Text != "Otro texto." || x.SignedOff != "Sue P." {
			t.Errorf("changed entry: %+v", x)
		}
		if !slices.Contains(b.Slugs(), "new-topic") {
			t.Error("the new topic is not listed")
		}
		if err := b.Apply(Edits{}); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(decisions(b), before) || !reflect.DeepEqual(entry(), first) {
			t.Fatalf("%+v left something behind", e)
		}
	}
}

// Find and Entry may go on while edits change; under the race detector this says that nothing is shared unguarded.
func TestApplyWhileAnswering(t *testing.T) {
	b, err := realBase(t).With(Edits{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 50 {
				b.Find("can I bring my dog", "en")
				b.Entry("new-topic", "en", time.Now())
				b.Slugs()
			}
		})
	}
	for i := range 50 {
		e := Edits{Entries: map[string]Change{"new-topic": {Words: map[string]Wording{"en": {Title: "Dogs", Question: "Can I bring my dog?", Text: "Yes."}, "es": {Title: "Perros", Question: "¿Puedo traer perro?", Text: "Sí."}}}}}
		if i%2 == 0 {
			e = Edits{}
		}
		if err := b.Apply(e); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
}

// What breaks a rule is refused with its part and reason; an entry as it stands breaks none.
func TestReview(t *testing.T) {
	b := realBase(t)
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	for _, slug := range b.Slugs() {
		if flaws := b.Review(slug, Change{}, now); len(flaws) > 0 {
			t.Errorf("%s as it stands: %+v", slug, flaws)
		}
	}
	good := func() Change {
		return Change{Origin: &Origin{Source: "clinic", Checked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)}, Words: map[string]Wording{
			"en": {Title: "You may bring a dog", Question: "Can I bring my dog?", Text: "A dog may wait with you. Keep it on a leash."},
			"es": {Title: "Puede traer a su perro", Question: "¿Puedo traer a mi perro?", Text: "Su perro puede esperar con usted. Llévelo con correa."}}}
	}
	if flaws := b.Review("dogs", good(), now); len(flaws) > 0 {
		t.Errorf("a good pair: %+v", flaws)
	}
	for _, c := range []struct {
		name, lang, part, code string
		spoil                  func(*Change, *Wording)
	}{
		{"no pair", "es", "text", "missing", func(c *Change, _ *Wording) { delete(c.Words, "es") }},
		{"milligrams", "en", "text", "amount", func(_ *Change, w *Wording) { w.Text = "Take 20 mg." }},
		{"long", "en", "title", "long", func(_ *Change, w *Wording) { w.Title = strings.Repeat("dog ", 20) }},
		{"too many words", "en", "text", "words", func(_ *Change, w *Wording) { w.Text = strings.Repeat("A dog may wait. ", 21) }},
		{"hard", "en", "text", "grade", func(_ *Change, w *Wording) {
			w.Text = "Administrative authorization necessitates comprehensive documentation."
		}},
		{"words that hurt", "en", "text", "word", func(_ *Change, w *Wording) { w.Text = "We help addicts." }},
		{"placeholders differ", "es", "text", "differs", func(_ *Change, w *Wording) { w.Text += " {{.Phone}}" }},
		{"unknown placeholder", "en", "text", "placeholder", func(_ *Change, w *Wording) { w.Text += " {{.Fone}}" }},
		{"broken placeholder", "en", "text", "placeholder", func(_ *Change, w *Wording) { w.Text += " {{.Phone" }},
		{"no source", "en", "source_url", "address", func(c *Change, _ *Wording) { c.Origin.Source = "CDC" }},
		{"expired", "en", "expires_on", "expired", func(c *Change, _ *Wording) { c.Origin.Expires = c.Origin.Checked.AddDate(0, 0, -1) }},
		{"future", "en", "checked_on", "future", func(c *Change, _ *Wording) { c.Origin.Checked = now.AddDate(0, 0, 3) }},
		{"empty", "en", "text", "empty", func(_ *Change, w *Wording) { w.Text = " \n" }},
	} {
		change := good()
		w := change.Words["en"]
		c.spoil(&change, &w)
		change.Words["en"] = w
		flaws := b.Review("dogs", change, now)
		if !slices.ContainsFunc(flaws, func(f Flaw) bool { return f.Lang == c.lang && f.Part == c.part && f.Code == c.code }) {
			t.Errorf("%s: %+v", c.name, flaws)
		}
	}
	if flaws := b.ReviewWay("disability-access", "en", "do you take medicare?"); len(flaws) != 1 || flaws[0].Code != "way_other" {
		t.Errorf("a way of another topic: %+v", flaws)
	}
	if flaws := b.ReviewWay("disability-access", "en", "hey"); len(flaws) != 1 || flaws[0].Code != "way_act" {
		t.Errorf("a greeting: %+v", flaws)
	}
	if flaws := b.ReviewWay("disability-access", "en", "may my iguana come along"); flaws != nil {
		t.Errorf("a good way: %+v", flaws)
	}
	if flaws := b.ReviewWay("no-such", "en", "may my iguana come along"); len(flaws) != 1 {
		t.Errorf("no topic: %+v", flaws)
	}
}

func BenchmarkApply(b *testing.B) {
	base, e := realBase(b), Edits{}
	for _, slug := range base.Slugs() {
		for range 10 {
			e.Ways = append(e.Ways, Way{slug, "en", "what about " + slug + " on a rainy day in spring"})
		}
	}
	with, err := base.With(Edits{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(e.Ways)), "lines")
	for b.Loop() {
		if err := with.Apply(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFindWithEdits(b *testing.B) {
	base, e := realBase(b), Edits{}
	for _, slug := range base.Slugs() {
		for range 10 {
			e.Ways = append(e.Ways, Way{slug, "en", "what about " + slug + " on a rainy day in spring"})
		}
	}
	with, err := base.With(e)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		with.Find("can my brother come with me to the first visit", "en")
	}
}
