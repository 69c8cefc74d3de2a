package knowledge

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ways checks the ways of asking: enough of them in every language, each for one label only, none almost the same as another of its topic.
func (k *checker) ways() {
	type group struct {
		role        role
		label, lang string
	}
	groups := map[group][]way{}
	labels := map[role]map[string]bool{topic: {}, act: {}, outside: {}}
	for slug := range k.bySlug {
		labels[topic][slug] = true
	}
	first := map[string]way{} // language and folded text
	for _, w := range k.corpus.ways {
		g := group{w.role, w.label, w.lang}
		groups[g] = append(groups[g], w)
		labels[w.role][w.label] = true
		key := w.lang + " " + folded(w.text)
		if other, ok := first[key]; ok && (other.role != w.role || other.label != w.label) {
			k.fail(w.place, "is also a way of asking for something else, at %s", other.place)
		} else if !ok {
			first[key] = w
		}
	}
	for _, role := range []role{topic, act, outside} {
		for _, label := range slices.Sorted(maps.Keys(labels[role])) {
			if role == topic && k.bySlug[label] == nil {
				k.fail(folders[role]+"/"+label, "has ways of asking but no entry")
			}
			for _, lang := range languages {
				list := groups[group{role, label, lang}]
				if len(list) < fewestWays {
					k.fail(fmt.Sprintf("%s/%s.%s.txt", folders[role], label, lang), "has %d ways of asking; write at least %d", len(list), fewestWays)
				}
				if role == topic {
					k.alike(list)
				}
			}
		}
	}
}

// alike compares the ways of one topic with each other.
func (k *checker) alike(list []way) {
	grams := make([]map[string]bool, len(list))
	for i, w := range list {
		grams[i] = trigrams(folded(w.text))
		for j := range i {
			if overlap(grams[i], grams[j]) >= tooAlike {
				k.fail(w.place, "is nearly the same as %s; one of them is enough", list[j].place)
			}
		}
	}
}

// folded is a text without capitals, accents, punctuation and needless space.
func folded(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func trigrams(text string) map[string]bool {
	set := map[string]bool{}
	letters := []rune(" " + text + " ")
	for i := 0; i+3 <= len(letters); i++ {
		set[string(letters[i:i+3])] = true
	}
	return set
}

// overlap is the share of pieces that two texts have in common, from 0 to 1.
func overlap(a, b map[string]bool) float64 {
	both := 0
	for g := range a {
		if b[g] {
			both++
		}
	}
	if all := len(a) + len(b) - both; all > 0 {
		return float64(both) / float64(all)
	}
	return 0
}

// Clashes names every way of asking that is also one of some lines, but for capitals, accents and punctuation: lines that measure must not be learned from.
func Clashes(overlay fs.FS, lines []string) ([]string, error) {
	c, err := read(embedded, overlay)
	if err != nil {
		return nil, err
	}
	apart := map[string]bool{}
	for _, line := range lines {
		apart[folded(line)] = true
	}
	var clashes []string
	for _, w := range c.ways {
		if f := folded(w.text); f != "" && apart[f] {
			clashes = append(clashes, w.place+": stands in a file that it must be apart from; write another")
		}
	}
	return clashes, nil
}
