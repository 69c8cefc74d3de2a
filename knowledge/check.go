package knowledge

import (
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// What an entry must keep to.
const (
	fewestWays     = 8    // ways of asking a topic needs in each language
	tooAlike       = 0.8  // overlap of two ways of asking above which one of them teaches nothing
	mostTextWords  = 80   // in the short answer
	mostMoreWords  = 120  // below it
	longestTitle   = 60   // characters
	longestName    = 45   // characters of a question
	highestGrade   = 8.0  // Flesch-Kincaid, English
	lowestEase     = 65.0 // Fernández-Huerta, Spanish
	greatestSlug   = 60   // characters
	offerSchedule  = "schedule"
	offerPerson    = "person"
	sourceClinic   = "clinic"
	sourceProgram  = "program"
	exampleProfile = `name = "x"
time_zone = "America/New_York"
neutral_page = "https://example.org/"
office = { mon = ["8:00-16:30"], tue = ["8:00-16:30"], wed = ["8:00-16:30"], thu = ["8:00-16:30"], fri = ["8:00-16:30"] }
dosing = { mon = ["5:30-11:00"], tue = ["5:30-11:00"], wed = ["5:30-11:00"], thu = ["5:30-11:00"], fri = ["5:30-11:00"], sat = ["6:00-9:00"] }
`
)

// Check reads the same files as Load and lists what should be mended before visitors see them. Its error says that something could not be read
// at all.
func Check(profile *clinic.Profile, overlay fs.FS, words *locales.Words, today time.Time) (Report, error) {
	return check(embedded, profile, overlay, words, today)
}

func check(files fs.FS, profile *clinic.Profile, overlay fs.FS, words *locales.Words, today time.Time) (Report, error) {
	c, err := read(files, overlay)
	if err != nil {
		return Report{}, err
	}
	example, err := clinic.Parse([]byte(exampleProfile), "example")
	if err != nil {
		return Report{}, fmt.Errorf("the example profile: %w", err)
	}
	k := checker{corpus: c, profile: profile, words: words, today: today, example: example, bySlug: map[string]map[string]*source{}}
	for _, s := range c.entries {
		if k.bySlug[s.Slug] == nil {
			k.bySlug[s.Slug] = map[string]*source{}
		}
		k.bySlug[s.Slug][s.Lang] = s
	}
	for _, s := range c.entries {
		k.header(s)
		k.answer(s)
	}
	k.pairs()
	k.ways()
	return k.report(), nil
}

// checker gathers problems.
type checker struct {
	*corpus
	profile, example *clinic.Profile
	words            *locales.Words
	today            time.Time
	bySlug           map[string]map[string]*source
	problems         []string
	flaws            []Flaw // the same for people who edit in the console
}

// flaw notes a problem that staff can mend in the console.
func (k *checker) flaw(s *source, part, code, format string, args ...any) {
	f := Flaw{Lang: s.Lang, Part: part, Code: code}
	for _, a := range args {
		switch v := a.(type) {
		case float64:
			f.Args = append(f.Args, fmt.Sprintf("%.1f", v))
		default:
			if text := fmt.Sprint(v); text != part {
				f.Args = append(f.Args, text)
			}
		}
	}
	if code == "word" { // the problem of wordingProblems, taken apart again
		word, better, _ := strings.Cut(f.Args[0], notForAnswers)
		f.Args = []string{strings.Trim(word, `"`), better}
		for i, u := range unwantedAnywhere {
			if u.prefer == better {
				f.Code, f.Args = [...]string{"amount", "exclamation", "emoji", "marks"}[i], f.Args[:1]
			}
		}
	}
	for _, other := range k.flaws {
		if other.Lang == f.Lang && other.Part == part && other.Code == code && slices.Equal(other.Args, f.Args) {
			return
		}
	}
	k.flaws = append(k.flaws, f)
	k.fail(s.place(part), format, args...)
}

func (k *checker) fail(place, format string, args ...any) {
	k.problems = append(k.problems, place+": "+fmt.Sprintf(format, args...))
}

// header checks what stands above an entry.
func (k *checker) header(s *source) {
	for _, f := range []struct {
		key, text string
		most      int
	}{{"question", s.Question, longestName}, {"source", s.SourceName, 60}, {"slug", s.Slug, greatestSlug}} {
		n := utf8.RuneCountInString(f.text)
		if strings.TrimSpace(f.text) == "" {
			k.flaw(s, f.key, "empty", "%s is empty", f.key)
		}
		if n > f.most {
			k.flaw(s, f.key, "long", "%s has %d characters; at most %d", f.key, n, f.most)
		}
		if f.key != "slug" {
			for _, problem := range wordingProblems(f.text, s.Lang) {
				k.flaw(s, f.key, "word", "%s", problem)
			}
		}
	}
	u, err := url.Parse(s.SourceURL)
	own := s.SourceName == sourceClinic || s.SourceName == sourceProgram
	if ok := err == nil && u.Scheme == "https" && u.Host != ""; !ok && (s.SourceURL != "" || !own) {
		k.flaw(s, "source_url", "address", "source_url is no https address; only the sources %q and %q may leave it empty", sourceClinic, sourceProgram)
	}
	switch {
	case s.CheckedOn.IsZero():
		k.flaw(s, "checked_on", "date", "checked_on is no date; write it as 2026-11-23")
	case dateAfter(s.CheckedOn, k.today, k.profile.Location()):
		k.flaw(s, "checked_on", "future", "checked_on lies in the future")
	}
	if !s.ExpiresOn.IsZero() && !s.ExpiresOn.After(s.CheckedOn) {
		k.flaw(s, "expires_on", "order", "expires_on is not after checked_on")
	}
	if expired(s.ExpiresOn, k.today, k.profile.Location()) {
		k.flaw(s, "expires_on", "expired", "expired on %s; check the facts anew and set both dates", s.ExpiresOn.Format(time.DateOnly))
	}
	seen := map[string]bool{s.Slug: true}
	for _, slug := range s.Related {
		if k.bySlug[slug] == nil {
			k.fail(s.place("related"), "related names %q, which is no topic", slug)
		} else if seen[slug] {
			k.fail(s.place("related"), "related names %q twice or names the topic itself", slug)
		}
		seen[slug] = true
	}
	if s.Offer != offerSchedule && s.Offer != offerPerson && (k.bySlug[s.Offer] == nil || s.Offer == s.Slug) {
		k.fail(s.place("offer"), "offer is %q; write %q, %q or another topic", s.Offer, offerSchedule, offerPerson)
	}
}

// dateAfter reports whether a calendar date has not yet come at a moment.
func dateAfter(date, now time.Time, zone *time.Location) bool {
	y, m, d := date.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone).After(now)
}

// answer checks the text as it reads for this clinic, for one that has told nothing, and for one that has told everything.
func (k *checker) answer(s *source) {
	full := factsOf(k.example, k.words, s.Lang, k.today)
	full.Clinic, full.Phone, full.Address = k.profile.Name, "(508) 555-0143", "1 Example Road, Anytown, MA 02601"
	full.Notice = full.OfficeHours
	full.accepts = func(string) bool { return true }
	empty := facts{Clinic: k.profile.Name, accepts: func(string) bool { return false }}
	once := func(part, code, format string, args ...any) { k.flaw(s, part, code, format, args...) } // flaw says nothing twice
	for _, values := range []facts{factsOf(k.profile, k.words, s.Lang, k.today), empty, full} {
		switch title, err := execute(s.title, values); {
		case err != nil:
			once("title", "placeholder", "the placeholders cannot be filled in: %v", err)
		case title == "":
			once("title", "empty", "title is empty")
		case utf8.RuneCountInString(title) > longestTitle:
			once("title", "long", "title has %d characters; at most %d", utf8.RuneCountInString(title), longestTitle)
		default:
			for _, problem := range wordingProblems(title, s.Lang) {
				once("title", "word", "%s", problem)
			}
		}
		var whole []string
		for _, part := range []struct {
			name   string
			render func() (string, error)
			most   int
		}{
			{"text", func() (string, error) { return execute(s.text, values) }, mostTextWords},
			{"more", func() (string, error) { return execute(s.more, values) }, mostMoreWords},
		} {
			text, err := part.render()
			if err != nil {
				once(part.name, "placeholder", "the placeholders cannot be filled in: %v", err)
				continue
			}
			if n := len(strings.Fields(text)); n > part.most {
				once(part.name, "words", "has more than %d words (%d)", part.most, n)
			}
			if part.name == "text" && text == "" {
				once(part.name, "nothing", "nothing is left of the answer once the placeholders are filled in")
			}
			for _, problem := range wordingProblems(text, s.Lang) {
				once(part.name, "word", "%s", problem)
			}
			whole = append(whole, text)
		}
		text := strings.ReplaceAll(strings.Join(whole, "\n\n"), k.profile.Name, "")
		switch grade, ease := fleschKincaid(text), fernandezHuerta(text); {
		case s.Lang == "en" && grade > highestGrade:
			once("text", "grade", "reads at grade %.1f (Flesch-Kincaid); at most %.0f: shorter sentences, shorter words", grade, highestGrade)
		case s.Lang == "es" && ease < lowestEase:
			once("text", "ease", "has a reading ease of %.1f (Fernández-Huerta); at least %.0f: shorter sentences, shorter words", ease, lowestEase)
		}
	}
}

// pairs checks that each topic is there in every language and says the same.
func (k *checker) pairs() {
	for _, slug := range slices.Sorted(maps.Keys(k.bySlug)) {
		first := k.bySlug[slug][languages[0]]
		for _, lang := range languages {
			s := k.bySlug[slug][lang]
			if s == nil {
				k.fail(fmt.Sprintf("%s.%s.md", slug, lang), "is missing; the topic exists in another language")
				continue
			}
			if first == nil || s == first {
				continue
			}
			if now := first.wording(); s.reviewed != now {
				k.fail(s.place("translation_reviewed"), "is not read against %s as it is now; when it has been, write translation_reviewed = %q", first.file, now)
			}
			k.same(first, s)
		}
	}
}

// same checks that a topic says the same in two languages.
func (k *checker) same(first, s *source) {
	for _, f := range []struct{ key, a, b string }{
		{"related", strings.Join(first.Related, " "), strings.Join(s.Related, " ")},
		{"offer", first.Offer, s.Offer},
		{"checked_on", first.CheckedOn.Format(time.DateOnly), s.CheckedOn.Format(time.DateOnly)},
		{"expires_on", first.ExpiresOn.Format(time.DateOnly), s.ExpiresOn.Format(time.DateOnly)},
		{"text", placeholdersOf(first.Text + first.More), placeholdersOf(s.Text + s.More)},
	} {
		if f.a != f.b {
			k.flaw(s, f.key, "differs", "differs from %s: %q there, %q here", first.place(f.key), f.a, f.b)
		}
	}
}

// placeholdersOf lists the distinct placeholders of a text.
func placeholdersOf(text string) string {
	set := map[string]bool{}
	for _, p := range placeholder.FindAllString(text, -1) {
		set[strings.Join(strings.Fields(p), " ")] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(set)), " ")
}
