package knowledge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/intake/knowledge/clinic"
)

// Flaw is one thing that an entry or a way of asking must not have. The code and its values are put into words by whoever shows it: the locale keys
// "flaw.<code>" name the values a, b and c.
type Flaw struct {
	Lang string // of the entry; "" where both languages are meant
	Part string // "title", "question", "text", "more", "source", "source_url", "checked_on", "expires_on" or "way"
	Code string
	Args []string
}

// MaxWay is how many characters a way of asking that staff add may have.
const MaxWay = 200

// Review lists what a changed topic would break of the rules that Check holds entries to. It changes nothing.
func (b *Base) Review(slug string, c Change, now time.Time) []Flaw {
	var flaws []Flaw
	f := b.face.Load()
	example, err := clinic.Parse([]byte(exampleProfile), "example")
	if err != nil {
		return []Flaw{{Part: "text", Code: "broken"}}
	}
	k := checker{profile: b.profile, words: b.words, today: now, example: example, bySlug: map[string]map[string]*source{}}
	for lang, list := range f.entries {
		for s, e := range list {
			if k.bySlug[s] == nil {
				k.bySlug[s] = map[string]*source{}
			}
			if s != slug {
				k.bySlug[s][lang] = e
			}
		}
	}
	if !slugForm.MatchString(slug) || len(slug) > greatestSlug {
		flaws = append(flaws, Flaw{Part: "slug", Code: "slug"})
	}
	k.bySlug[slug] = map[string]*source{}
	var pair []*source
	for _, lang := range languages {
		if w, ok := c.Words[lang]; ok && strings.TrimSpace(w.Text) == "" {
			flaws = append(flaws, Flaw{Lang: lang, Part: "text", Code: "empty"})
			continue
		}
		s, err := changed(f.entries[lang][slug], slug, lang, c)
		if err != nil {
			flaws = append(flaws, Flaw{Lang: lang, Part: "text", Code: "placeholder"})
			continue
		}
		if s == nil {
			flaws = append(flaws, Flaw{Lang: lang, Part: "text", Code: "missing"})
			continue
		}
		k.bySlug[slug][lang] = s
		pair = append(pair, s)
	}
	for _, s := range pair {
		k.header(s)
		k.answer(s)
	}
	if len(pair) == len(languages) {
		k.same(pair[0], pair[1])
	}
	return append(flaws, k.flaws...)
}

// ReviewWay lists what speaks against a new way of asking of a topic.
func (b *Base) ReviewWay(slug, lang, text string) []Flaw {
	flaw := func(code string, args ...string) []Flaw {
		return []Flaw{{Lang: lang, Part: "way", Code: code, Args: args}}
	}
	key := folded(text)
	switch n := utf8.RuneCountInString(text); {
	case key == "":
		return flaw("empty")
	case n > MaxWay:
		return flaw("long", fmt.Sprint(n), fmt.Sprint(MaxWay))
	}
	f := b.face.Load()
	if f.entries[lang][slug] == nil {
		return flaw("topic")
	}
	for _, l := range f.lines[lang] {
		switch {
		case l.folded != key:
		case l.slug == slug:
			return flaw("way_known")
		default:
			return flaw("way_other", b.Question(l.slug, lang))
		}
	}
	finder := b.finders[lang]
	if finder == nil {
		return nil
	}
	for _, d := range finder.docs {
		if d.part == body || d.role == outside || len(d.text) > 4*MaxWay || folded(d.text) != key {
			continue
		}
		switch {
		case d.label == slug:
			return flaw("way_known")
		case d.role == act:
			return flaw("way_act")
		default:
			return flaw("way_other", b.Question(d.label, lang))
		}
	}
	return nil
}

// Ordinary reports whether a word occurs in the ways of asking more than once, so that it is not taken for a name where it is written with a capital.
func (b *Base) Ordinary(word string) bool {
	b.vocabulary.Do(func() {
		once, twice := map[uint32]bool{}, map[uint32]bool{}
		for _, d := range b.docs {
			for w := range strings.FieldsSeq(folded(d.text)) {
				switch h := hashOf(w); {
				case twice[h]:
				case once[h]:
					twice[h] = true
				default:
					once[h] = true
				}
			}
		}
		b.ordinary = slices.Sorted(maps.Keys(twice))
	})
	for w := range strings.FieldsSeq(folded(word)) {
		if _, ok := slices.BinarySearch(b.ordinary, hashOf(w)); !ok {
			return false
		}
	}
	return true
}

// Mentions reports whether an entry as it stands holds a number, digit for digit: a help line that is given to visitors already.
func (b *Base) Mentions(digits string) bool {
	for _, list := range b.face.Load().entries {
		for _, s := range list {
			if strings.Contains(digitsOf(s.Text), digits) || strings.Contains(digitsOf(s.More), digits) {
				return true
			}
		}
	}
	return false
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}
