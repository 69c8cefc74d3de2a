// Package knowledge holds what the program may say: entries written and sourced by people, in every language, and the ways in which visitors ask
// for them. Find decides which entry answers a message, if any; the entry is then given word for word.
//
// Its sources are plain files, a pair for each topic and language:
//
//	entries/<slug>.<lang>.md   the entry: header, short answer, more
//	entries/<slug>.<lang>.txt  ways of asking, one a line
//	acts/<name>.<lang>.txt     messages that want something done rather than answered: a greeting, a person, a request
//	outside/<kind>.<lang>.txt  messages that the program does not answer
//
// A clinic's own files lie over entries/: a file replaces the one of its name, and new topics may be added.
package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"
	"time"

	"example.org/intake/bot/classify"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

//go:embed entries acts outside
var embedded embed.FS

// languages that every topic must have.
var languages = []string{"en", "es"}

// Entry is one topic in one language, its placeholders filled in.
type Entry struct {
	Slug, Lang string
	Title      string // answers in about five words
	Question   string // names the topic in a menu, as a visitor would ask
	Text       string // the short answer; paragraphs are parted by an empty line
	More       string // longer, or ""
	SourceName string
	SourceURL  string // https, or "" where the clinic or the program itself is the source
	CheckedOn  time.Time
	ExpiresOn  time.Time // the last day on which the text may be shown; zero: does not expire
	SignedOff  string    // who of the clinic signed the text off, or ""
	Related    []string  // slugs
	Offer      string    // what to offer next: "schedule", "person" or a slug
	Expired    bool
	Outdated   bool // the other language was changed since this one was read against it
}

// Base answers from the loaded entries and what staff changed of them. It is safe for concurrent use; only [Base.Apply] and [Base.Refit] change it.
type Base struct {
	*core
	face atomic.Pointer[face]
}

// core is what was made of the files.
type core struct {
	profile *clinic.Profile
	words   *locales.Words
	written map[string]map[string]*source // by language, then by slug
	finders map[string]*finder            // by language
	docs    []document                    // of all languages
	model   atomic.Pointer[classify.Model]
	stale   bool // the shipped model has not learned from docs

	vocabulary sync.Once
	ordinary   []uint32 // words of docs, hashed and sorted; made when it is first asked for
}

// Load reads the embedded files and a clinic's own entries laid over them (nil: none), and indexes them. What it refuses it names with file
// and line; what is merely unfinished, such as a topic without its pair, is for Check to find.
func Load(profile *clinic.Profile, overlay fs.FS, words *locales.Words) (*Base, error) {
	return load(embedded, profile, overlay, words)
}

func load(files fs.FS, profile *clinic.Profile, overlay fs.FS, words *locales.Words) (*Base, error) {
	c, err := read(files, overlay)
	if err != nil {
		return nil, err
	}
	b := &Base{core: &core{profile: profile, words: words, written: map[string]map[string]*source{}, finders: map[string]*finder{}}}
	for _, s := range c.entries {
		if b.written[s.Lang] == nil {
			b.written[s.Lang] = map[string]*source{}
		}
		b.written[s.Lang][s.Slug] = s
		if first := b.written[languages[0]][s.Slug]; first != nil && s != first { // sorted: the first language comes first
			out := s.reviewed != first.wording()
			s.outdated = &out
		}
		if _, err := b.fill(s, time.Time{}); err != nil {
			return nil, err
		}
	}
	// The languages are independent of each other, and building an index takes most of the start.
	langs := slices.Sorted(maps.Keys(b.written))
	finders, errs := make([]*finder, len(langs)), make([]error, len(langs)+1)
	var all sync.WaitGroup
	for i, lang := range langs {
		all.Go(func() {
			if finders[i], errs[i] = newFinder(lang, c.documents(lang)); errs[i] != nil {
				errs[i] = fmt.Errorf("index the ways of asking in %s: %w", lang, errs[i])
			}
		})
	}
	m, err := classify.Decode(weights)
	errs[len(langs)] = err
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for i, lang := range langs {
		b.finders[lang] = finders[i]
	}
	b.docs = c.allDocuments(langs)
	b.model.Store(m)
	b.stale = m.Lessons != lessonsHash(b.docs)
	return b, b.Apply(Edits{})
}

// Entry gives a topic as it stands at a moment. False: there is no such topic in that language.
func (b *Base) Entry(slug, lang string, now time.Time) (Entry, bool) {
	s := b.face.Load().entries[lang][slug]
	if s == nil {
		return Entry{}, false
	}
	e, err := b.fill(s, now)
	if err != nil { // the template was executed at loading with the same kinds of values
		return Entry{}, false
	}
	return e, true
}

// Slugs lists the topics, sorted.
func (b *Base) Slugs() []string { return slices.Clone(b.face.Load().slugs) }

// Question names a topic in a menu, or "".
func (b *Base) Question(slug, lang string) string {
	if s := b.face.Load().entries[lang][slug]; s != nil {
		return s.Question
	}
	return ""
}

// Find decides what a message asks for. A language without entries declines everything.
func (b *Base) Find(text, lang string) Result {
	f := b.finders[lang]
	if f == nil {
		return Result{Decision: Decline}
	}
	return b.face.Load().heed(decide(f.rank(b.model.Load(), text)), text, lang)
}

// facts are the values that an entry's placeholders may name. An empty one is unknown to the program.
type facts struct {
	Clinic, Phone, Address, OfficeHours, DosingHours, Notice string

	accepts func(code string) bool
}

// Accepts is {{.Accepts "medicare"}} in an entry.
func (f facts) Accepts(code string) bool { return f.accepts(code) }

func factsOf(p *clinic.Profile, words *locales.Words, lang string, now time.Time) facts {
	return facts{
		Clinic:      p.Name,
		Phone:       p.PhoneShown(),
		Address:     p.Address,
		OfficeHours: p.Hours(clinic.Office, words, lang),
		DosingHours: p.Hours(clinic.Dosing, words, lang),
		Notice:      p.Notice(now, lang),
		accepts:     p.Accepts,
	}
}

// fill makes an entry out of its source for the base's clinic.
func (b *Base) fill(s *source, now time.Time) (Entry, error) {
	values := factsOf(b.profile, b.words, s.Lang, now)
	e := s.Entry
	var errs [3]error
	e.Title, errs[0] = execute(s.title, values)
	e.Text, errs[1] = execute(s.text, values)
	e.More, errs[2] = execute(s.more, values)
	if err := errors.Join(errs[:]...); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", s.file, err)
	}
	switch e.SourceName {
	case "clinic":
		e.SourceName = b.profile.Name
		if e.SourceURL == "" {
			e.SourceURL = b.profile.Website
		}
	case "program":
		e.SourceName = b.words.T(s.Lang, "clinic.source.program", nil)
	}
	e.Related = slices.Clone(e.Related)
	e.Outdated = s.outdated != nil && *s.outdated
	e.Expired = expired(e.ExpiresOn, now, b.profile.Location())
	return e, nil
}

// expired reports whether the last day of validity is over on the clinic's calendar.
func expired(last, now time.Time, zone *time.Location) bool {
	if last.IsZero() {
		return false
	}
	y, m, d := last.Date()
	return !now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, zone))
}

// execute fills a template and tidies the blank space that untaken branches leave behind.
func execute(t *template.Template, values facts) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return "", err
	}
	var paragraphs []string
	for paragraph := range strings.SplitSeq(b.String(), "\n\n") {
		if p := strings.Join(strings.Fields(paragraph), " "); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	return strings.Join(paragraphs, "\n\n"), nil
}
