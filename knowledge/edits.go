package knowledge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"example.org/intake/bot/classify"
)

// Wording is what a visitor reads of an entry in one language. It may hold placeholders such as {{.Phone}}.
type Wording struct {
	Title    string `json:"title"`
	Question string `json:"question"` // names the topic in a menu
	Text     string `json:"text"`
	More     string `json:"more,omitempty"`
}

// Origin is where an entry's facts come from, the same in every language.
type Origin struct {
	Source  string    `json:"source"` // "clinic" and "program" stand for themselves
	URL     string    `json:"url,omitempty"`
	Checked time.Time `json:"checked"`          // a date
	Expires time.Time `json:"expires,omitzero"` // the last day on which the text may be shown; zero: does not expire
}

// Change replaces parts of an entry, or makes a new topic where there is none.
type Change struct {
	Words    map[string]Wording // by language; a language that is missing stays as it is
	Origin   *Origin            // nil: stays as it is
	Outdated map[string]bool    // languages that were not read against the other one as it is now
}

// Way is a way of asking that staff added.
type Way struct{ Slug, Lang, Text string }

// Edits are what a clinic's staff changed on top of the files.
type Edits struct {
	Ways    []Way
	Entries map[string]Change // by slug
	// SignedOff says by slug who of the clinic signed an entry off; "" takes back what a file says.
	SignedOff map[string]string
}

// face is what the files and the edits together say. It does not change.
type face struct {
	entries map[string]map[string]*source // by language, then by slug
	slugs   []string                      // sorted
	model   *classify.Model               // that weighed the lines
	lines   map[string][]line             // by language: what staff added
	known   map[[3]string]line            // while it is made: lines of the face before, by language, topic and text
}

// Apply puts edits in the place of all earlier ones, at once: a question that is being answered meanwhile sees the earlier ones or the new ones, never
// a mixture. Empty edits give back what the files say. The index and the model of the files stay as they are, so it takes milliseconds. An error
// means that a template cannot be read or filled in; then nothing changes.
func (b *Base) Apply(e Edits) error {
	f, err := b.edited(e)
	if err != nil {
		return err
	}
	b.face.Store(f)
	return nil
}

// With is the base as it would be with other edits, for previews. It shares everything else with this one.
func (b *Base) With(e Edits) (*Base, error) {
	f, err := b.edited(e)
	if err != nil {
		return nil, err
	}
	other := &Base{core: b.core}
	other.face.Store(f)
	return other, nil
}

func (b *Base) edited(e Edits) (*face, error) {
	f := &face{entries: map[string]map[string]*source{}, model: b.model.Load(), lines: map[string][]line{}, known: map[[3]string]line{}}
	if old := b.face.Load(); old != nil && old.model == f.model {
		for lang, lines := range old.lines {
			for _, l := range lines {
				f.known[[3]string{lang, l.slug, l.asked}] = l
			}
		}
	}
	slugs := map[string]bool{}
	for lang, list := range b.written {
		f.entries[lang] = maps.Clone(list)
	}
	for _, slug := range slices.Sorted(maps.Keys(e.Entries)) {
		if b.half(slug, e.Entries[slug]) {
			continue
		}
		for _, lang := range languages {
			s, err := changed(f.entries[lang][slug], slug, lang, e.Entries[slug])
			if err != nil {
				return nil, err
			}
			if s == nil {
				continue
			}
			if _, err := b.fill(s, time.Time{}); err != nil {
				return nil, err
			}
			if f.entries[lang] == nil {
				f.entries[lang] = map[string]*source{}
			}
			before := f.entries[lang][slug]
			f.entries[lang][slug] = s
			if before == nil || before.Question != s.Question {
				f.add(lang, slug, s.Question)
			}
			if before == nil || before.Title != s.Title {
				f.add(lang, slug, plain(s.Title))
			}
		}
	}
	for slug, who := range e.SignedOff {
		for _, lang := range languages {
			if s := f.entries[lang][slug]; s != nil {
				signed := *s
				signed.SignedOff = who
				f.entries[lang][slug] = &signed
			}
		}
	}
	for _, list := range f.entries {
		for slug := range list {
			slugs[slug] = true
		}
	}
	f.slugs = slices.Sorted(maps.Keys(slugs))
	for _, w := range e.Ways {
		if f.entries[w.Lang][w.Slug] != nil {
			f.add(w.Lang, w.Slug, w.Text)
		}
	}
	f.known = nil
	return f, nil
}

// half reports whether a change would make a new topic in one language only, as when the edit that made it was taken back and a later one was not.
func (b *Base) half(slug string, c Change) bool {
	for _, lang := range languages {
		if _, ok := c.Words[lang]; !ok && b.written[lang][slug] == nil {
			return true
		}
	}
	return false
}

// add takes a text as something that visitors ask a topic with.
func (f *face) add(lang, slug, text string) {
	l, ok := f.known[[3]string{lang, slug, text}]
	if !ok {
		l = newLine(f.model, slug, text)
	}
	if l.folded != "" {
		f.lines[lang] = append(f.lines[lang], l)
	}
}

// changed is an entry with a change, nil where there is no entry and the change makes none.
func changed(old *source, slug, lang string, c Change) (*source, error) {
	words, reworded := c.Words[lang]
	if old == nil && !reworded {
		return nil, nil
	}
	s := &source{file: slug + "." + lang + ".md", lines: map[string]int{}}
	if old != nil {
		*s = *old
	} else {
		s.Entry = Entry{Slug: slug, Lang: lang, Offer: offerPerson, SourceName: sourceClinic}
	}
	if c.Origin != nil {
		s.SourceName, s.SourceURL, s.CheckedOn, s.ExpiresOn = c.Origin.Source, c.Origin.URL, c.Origin.Checked, c.Origin.Expires
	}
	if out, said := c.Outdated[lang]; said {
		s.outdated = &out
	}
	if !reworded {
		return s, nil
	}
	s.Title, s.Question, s.Text, s.More = words.Title, words.Question, words.Text, words.More
	var errs [3]error
	s.title, errs[0] = template.New("title").Option("missingkey=error").Parse(words.Title)
	s.text, errs[1] = template.New("text").Option("missingkey=error").Parse(words.Text)
	s.more, errs[2] = template.New("more").Option("missingkey=error").Parse(words.More)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
	return s, nil
}

// Written gives the words of an entry with its placeholders, as staff edit them, and where its facts come from.
func (b *Base) Written(slug, lang string) (Wording, Origin, bool) {
	s := b.face.Load().entries[lang][slug]
	if s == nil {
		return Wording{}, Origin{}, false
	}
	tidy := func(text string) string { return strings.TrimSpace(text) }
	return Wording{Title: s.Title, Question: s.Question, Text: tidy(s.Text), More: tidy(s.More)},
		Origin{Source: s.SourceName, URL: s.SourceURL, Checked: s.CheckedOn, Expires: s.ExpiresOn}, true
}

// Edition is a value that changes, by ==, whenever edits were applied. It serves to remember what was decided until then.
func (b *Base) Edition() any { return b.face.Load() }
