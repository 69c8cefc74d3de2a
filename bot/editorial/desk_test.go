package editorial

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

var (
	ana  = Editor{ID: "ana", Name: "Ana R."}
	sue  = Editor{ID: "sue", Name: "Sue P.", Boss: true, Supervisor: true}
	ada  = Editor{ID: "ada", Name: "Ada N.", Boss: true}
	ctx  = context.Background()
	noon = time.Date(2026, 11, 25, 17, 0, 0, 0, time.UTC)
)

const (
	slug  = "disability-access"
	asked = "¿y si llego con mi iguana de apoyo?"
)

var loaded = sync.OnceValues(func() (*knowledge.Base, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	profile, err := clinic.Default()
	if err != nil {
		return nil, err
	}
	return knowledge.Load(profile, nil, words)
})

// open gives a desk over a journal, with a base of its own, as another node would have.
func open(t *testing.T, j journal.Journal) *Desk {
	t.Helper()
	base, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	if base, err = base.With(knowledge.Edits{}); err != nil {
		t.Fatal(err)
	}
	c, cancel := context.WithCancel(ctx)
	t.Cleanup(cancel)
	d, err := Open(c, j, base, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newJournal(t *testing.T) journal.Journal {
	t.Helper()
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, not %v", err, want)
	}
}

// pair is a new topic in both languages.
func pair() Entry {
	return Entry{Origin: &knowledge.Origin{Source: "clinic", Checked: noon.Truncate(24 * time.Hour)}, Words: map[bot.Lang]knowledge.Wording{
		bot.EN: {Title: "You may bring a dog", Question: "Can I bring my dog?", Text: "A dog may wait with you. Keep it on a leash."},
		bot.ES: {Title: "Puede traer a su perro", Question: "¿Puedo traer a mi perro?", Text: "Su perro puede esperar con usted. Llévelo con correa."}}}
}

// The whole way of a new way of asking, on two nodes: nothing before the approval, everywhere after it, and exactly the earlier decision once undone.
func TestWayOfAsking(t *testing.T) {
	j := newJournal(t)
	one, two := open(t, j), open(t, j)
	before := one.Base().Find(asked, "es")
	id, err := one.ProposeWay(ctx, slug, ana, Way{bot.ES, "  ¿y si llego  con mi iguana de apoyo? "})
	ok(t, err)
	again, err := one.ProposeWay(ctx, slug, ana, Way{bot.ES, asked})
	ok(t, err)
	if again != id || len(one.Waiting()) != 1 {
		t.Errorf("sent twice: %s and %s", id, again)
	}
	if r := one.Base().Find(asked, "es"); !reflect.DeepEqual(r, before) {
		t.Error("a proposal changes what is answered")
	}
	e, _ := one.Topic(slug).Edit(id)
	then, err := one.Preview(slug, e)
	ok(t, err)
	if r := then.Find(asked, "es"); r.Label != slug || r.Decision != knowledge.Answer {
		t.Errorf("preview: %+v", r)
	}
	wants(t, one.Approve(ctx, slug, id, ana, false, noon), ErrNotAllowed)
	wants(t, one.Approve(ctx, slug, "e9", sue, false, noon), ErrUnknown)
	ok(t, one.Approve(ctx, slug, id, sue, false, noon))
	ok(t, two.progress.Wait(ctx, one.Topic(slug).Position))
	for _, d := range []*Desk{one, two, open(t, j)} { // the third: after a restart
		if r := d.Base().Find(asked, "es"); r.Label != slug || r.Decision != knowledge.Answer {
			t.Errorf("approved: %+v", r)
		}
	}
	wants(t, two.Approve(ctx, slug, id, ada, false, noon), ErrDecided)
	wants(t, two.TakeBack(ctx, slug, id, ana), ErrNotAllowed)
	ok(t, two.TakeBack(ctx, slug, id, ada))
	ok(t, one.progress.Wait(ctx, two.Topic(slug).Position))
	for _, d := range []*Desk{one, two, open(t, j)} {
		if r := d.Base().Find(asked, "es"); !reflect.DeepEqual(r, before) {
			t.Errorf("undone: %+v, before %+v", r, before)
		}
	}
	wants(t, two.TakeBack(ctx, slug, id, ada), ErrDecided)
}

func TestWhoApproves(t *testing.T) {
	d := open(t, newJournal(t))
	id, err := d.ProposeWay(ctx, slug, sue, Way{bot.EN, "may my iguana come along"})
	ok(t, err)
	wants(t, d.Approve(ctx, slug, id, sue, false, noon), ErrOwn)
	alone := sue
	alone.Alone = true
	ok(t, d.Approve(ctx, slug, id, alone, false, noon))
	if e, _ := d.Topic(slug).Edit(id); !e.Own || e.State != InEffect {
		t.Errorf("%+v", e)
	}
	id, err = d.ProposeWay(ctx, slug, ana, Way{bot.EN, "is my parrot welcome too"})
	ok(t, err)
	wants(t, d.TakeBack(ctx, slug, id, Editor{ID: "dana"}), ErrNotAllowed)
	ok(t, d.TakeBack(ctx, slug, id, ana)) // one's own proposal
	wants(t, d.Approve(ctx, slug, id, sue, false, noon), ErrDecided)
}

// Of many who approve or refuse the same edit at once, on several nodes, exactly one decides.
func TestTwoApproveAtOnce(t *testing.T) {
	j := newJournal(t)
	desks := []*Desk{open(t, j), open(t, j), open(t, j)}
	for round := range 6 {
		id, err := desks[0].ProposeWay(ctx, slug, ana, Way{bot.EN, "question of round " + strings.Repeat("x", round+1) + " on iguanas"})
		ok(t, err)
		errs := make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() {
				by := []Editor{sue, ada}[i%2]
				if i < 4 {
					errs[i] = desks[i%3].Approve(ctx, slug, id, by, false, noon)
				} else {
					errs[i] = desks[i%3].TakeBack(ctx, slug, id, ana)
				}
			})
		}
		all.Wait()
		won := 0
		for _, err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, ErrDecided) && !errors.Is(err, ErrNotAllowed): // Ana comes late: it is in effect
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("round %d: %d decided", round, won)
		}
	}
}

func TestEntryPairAndOutdated(t *testing.T) {
	d := open(t, newJournal(t))
	half := pair()
	delete(half.Words, bot.ES)
	_, err := d.ProposeEntry(ctx, "dogs", ana, half, true, noon)
	var flawed *FlawError
	if !errors.As(err, &flawed) || flawed.Flaws[0].Code != "missing" {
		t.Errorf("half a pair: %v", err)
	}
	_, err = d.ProposeEntry(ctx, slug, ana, pair(), true, noon)
	wants(t, err, ErrExists)
	_, err = d.ProposeEntry(ctx, "dogs", ana, pair(), false, noon)
	wants(t, err, ErrUnknown)
	made, err := d.ProposeEntry(ctx, "dogs", ana, pair(), true, noon)
	ok(t, err)
	ok(t, d.Approve(ctx, "dogs", made, sue, false, noon))
	if r := d.Base().Find("can i bring my dog", "en"); r.Label != "dogs" {
		t.Errorf("%+v", r)
	}
	_, err = d.ProposeEntry(ctx, "dogs", ana, pair(), false, noon)
	wants(t, err, ErrNothing)

	// Sign-off, by a supervisor, of what was seen; any edit takes it back.
	wants(t, d.SignOff(ctx, "dogs", d.Topic("dogs").Position, ada, noon), ErrNotAllowed)
	wants(t, d.SignOff(ctx, "dogs", 0, sue, noon), ErrMoved)
	ok(t, d.SignOff(ctx, "dogs", d.Topic("dogs").Position, sue, noon))
	if e, _ := d.Base().Entry("dogs", "es", noon); e.SignedOff != "Sue P." || !d.Signed()["dogs"] {
		t.Errorf("signed off: %+v", e)
	}

	// One language alone: the other is outdated, and only whoever says so may approve that.
	en := Entry{Words: map[bot.Lang]knowledge.Wording{bot.EN: {Title: "You may bring a dog", Question: "Can I bring my dog?", Text: "A small dog may wait with you."}}}
	changed, err := d.ProposeEntry(ctx, "dogs", ana, en, false, noon)
	ok(t, err)
	wants(t, d.Approve(ctx, "dogs", changed, sue, false, noon), ErrOutdates)
	ok(t, d.Approve(ctx, "dogs", changed, sue, true, noon))
	entry := func(lang string) knowledge.Entry { e, _ := d.Base().Entry("dogs", lang, noon); return e }
	if !entry("es").Outdated || entry("en").Outdated || entry("en").SignedOff != "" || d.Signed()["dogs"] {
		t.Errorf("after one language: %+v %+v", entry("en"), entry("es"))
	}
	wants(t, d.SignOff(ctx, "dogs", d.Topic("dogs").Position, sue, noon), ErrOutdates)
	es := Entry{Words: map[bot.Lang]knowledge.Wording{bot.ES: {Title: "Puede traer a su perro", Question: "¿Puedo traer a mi perro?", Text: "Un perro pequeño puede esperar con usted."}}}
	caught, err := d.ProposeEntry(ctx, "dogs", ana, es, false, noon)
	ok(t, err)
	ok(t, d.Approve(ctx, "dogs", caught, sue, false, noon))
	if entry("es").Outdated || entry("en").Outdated {
		t.Error("the translation caught up and is still outdated")
	}
	// Undone in the middle, the rest stays; without the first the topic is gone, though later edits are left.
	ok(t, d.TakeBack(ctx, "dogs", changed, sue))
	if entry("en").Text != pair().Words[bot.EN].Text || entry("es").Text != "Un perro pequeño puede esperar con usted." {
		t.Errorf("undone in the middle: %q %q", entry("en").Text, entry("es").Text)
	}
	ok(t, d.TakeBack(ctx, "dogs", made, sue))
	if d.Base().Question("dogs", "es") != "" || d.Base().Find("can i bring my dog", "en").Label == "dogs" {
		t.Error("the topic is still there")
	}
}

// Names, numbers and what was masked are refused, each with its reason.
func TestPersonalDataIsRefused(t *testing.T) {
	d := open(t, newJournal(t))
	for text, code := range map[string]string{
		"can my friend Zebulon come along":                  "personal_name",
		"is kevin allowed to come along":                    "personal_name",
		"my number is 508-555-0143 can you call about pets": "personal_phone",
		"write to me at iguana@example.org about pets":      "personal_email",
		"I was born 4/12/1985 can I come with an iguana":    "personal_date",
		"can ••• come along with an iguana":                 "masked",
		"": "empty",
	} {
		_, err := d.ProposeWay(ctx, slug, ana, Way{bot.EN, text})
		var flawed *FlawError
		if !errors.As(err, &flawed) || !slices.ContainsFunc(flawed.Flaws, func(f knowledge.Flaw) bool { return f.Code == code }) {
			t.Errorf("%q: %v %+v", text, err, flawed)
		}
	}
	e := pair()
	w := e.Words[bot.EN]
	w.Text += " Call 508-555-0143."
	e.Words[bot.EN] = w
	_, err := d.ProposeEntry(ctx, "dogs", ana, e, true, noon)
	var flawed *FlawError
	if !errors.As(err, &flawed) || flawed.Flaws[0].Code != "personal_phone" {
		t.Errorf("a phone number in an entry: %v", err)
	}
	for _, lang := range []string{"en", "es"} { // what the files hold passes the same check
		for _, s := range d.Base().Slugs() {
			w, _, _ := d.Base().Written(s, lang)
			for _, text := range []string{w.Title, w.Question, w.Text, w.More} {
				if f := personal(lang, "text", text, func(string) bool { return true }, d.Base().Mentions); len(f) > 0 {
					t.Errorf("%s %s: %+v", s, lang, f)
				}
			}
		}
	}
	if len(d.Waiting()) != 0 {
		t.Error("something refused was stored")
	}
}

// Property: after any sequence of proposals, approvals and take-backs, taking back whatever is in effect gives the decisions of the files.
func TestTakingBackGivesTheEarlierDecisions(t *testing.T) {
	d := open(t, newJournal(t))
	probes := []string{"may my iguana come along", "can i bring my dog", "do you take medicare", "where do I park", "is my parrot welcome too", "how much is it"}
	decide := func() (list []knowledge.Result) {
		for _, p := range probes {
			list = append(list, d.Base().Find(p, "en"))
		}
		return list
	}
	before := decide()
	random := rand.New(rand.NewPCG(3, 9))
	slugs := d.Base().Slugs()
	for range 40 {
		s := slugs[random.IntN(4)]
		switch random.IntN(4) {
		case 0, 1:
			if id, err := d.ProposeWay(ctx, s, ana, Way{bot.EN, probes[random.IntN(len(probes))]}); err == nil {
				_ = d.Approve(ctx, s, id, sue, false, noon)
			}
		case 2:
			if id, err := d.ProposeEntry(ctx, "dogs", ana, pair(), true, noon); err == nil {
				ok(t, d.Approve(ctx, "dogs", id, sue, false, noon))
			}
		case 3:
			for _, e := range d.Topic(s).Edits {
				_ = d.TakeBack(ctx, s, e.ID, sue)
			}
		}
	}
	if reflect.DeepEqual(decide(), before) {
		t.Error("nothing changed: the test does not test")
	}
	for _, s := range append(slugs[:4:4], "dogs") {
		for _, e := range d.Topic(s).inEffect() {
			ok(t, d.TakeBack(ctx, s, e.ID, sue))
		}
	}
	if after := decide(); !reflect.DeepEqual(after, before) {
		t.Errorf("%+v\nbefore\n%+v", after, before)
	}
}
