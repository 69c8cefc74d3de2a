package classify

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// lexiconFiles hold words that mean much the same: "concept: word, word, two words", one concept a line, the same concepts in both languages.
//
//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// longestPhrase is how many words a phrase of the lexicon may have.
const longestPhrase = 4

// meanings are the lexicon, both languages in one: people mix them.
type meanings struct {
	concepts map[string][]string // by word or phrase
	begins   map[string]int      // how many words the longest phrase that begins with this word has
	alike    map[alike][]string  // single words that a misspelled one may be meant for
}

// alike is what a misspelled word nearly always has right: its first letter, and about its length.
type alike struct {
	first  byte
	length int
}

// Misspelled words are read as the word of the lexicon that they are nearest to, if it is near: one slip of the finger in a word of five letters, two
// in one of eight.
const (
	shortestMisspelled = 5
	twoSlipsFrom       = 8
)

// lexicon is read once. The files are compiled in and a test reads them, so they cannot fail to load.
var lexicon = sync.OnceValue(func() *meanings {
	m, err := readLexicon(lexiconFiles)
	if err != nil {
		panic(err)
	}
	return m
})

func readLexicon(files fs.FS) (*meanings, error) {
	m := &meanings{map[string][]string{}, map[string]int{}, map[alike][]string{}}
	names, err := fs.Glob(files, "lexicon/*.txt")
	if err != nil {
		return nil, fmt.Errorf("finding the lexicon: %w", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("reading the lexicon: %w", err)
		}
		for n, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			id, list, ok := strings.Cut(line, ":")
			if !ok || id == "" || strings.ContainsAny(id, " ,") {
				return nil, fmt.Errorf("%s:%d: write a concept, a colon, and words with commas between them", name, n+1)
			}
			for text := range strings.SplitSeq(list, ",") {
				if err := m.add(id, text); err != nil {
					return nil, fmt.Errorf("%s:%d: %w", name, n+1, err)
				}
			}
		}
	}
	return m, nil
}

func (m *meanings) add(id, text string) error {
	words := Words(text) // as messages are read
	if len(words) == 0 {
		return nil
	}
	if len(words) > 2*longestPhrase { // contractions are written out
		return fmt.Errorf("%q has more than %d words", strings.TrimSpace(text), longestPhrase)
	}
	phrase := strings.Join(words, " ")
	if w := words[0]; len(words) == 1 && m.concepts[w] == nil && len(w) >= shortestMisspelled-1 {
		k := alike{w[0], len(w)}
		m.alike[k] = append(m.alike[k], w)
	}
	if !slices.Contains(m.concepts[phrase], id) {
		m.concepts[phrase] = append(m.concepts[phrase], id)
	}
	m.begins[words[0]] = max(m.begins[words[0]], len(words))
	return nil
}

// means gives the concepts of a message in their order. The longest phrase counts, and its words do not count again. Words without a meaning here
// are passed over; the end of a sentence is a meaning of its own.
func (m *meanings) means(words []string, known func(word string) bool) (list []string) {
	for i := 0; i < len(words); {
		if words[i] == Stop {
			list = append(list, Stop)
			i++
			continue
		}
		step := 1
		for n := min(max(1, m.begins[words[i]]), len(words)-i); n > 0; n-- {
			text := words[i]
			if n > 1 {
				text = strings.Join(words[i:i+n], " ")
			}
			if ids := m.concepts[text]; ids != nil {
				list = append(list, ids...)
				step = n
				break
			}
			if n == 1 && m.concepts[text] == nil && len(text) >= shortestMisspelled && !known(text) {
				list = append(list, m.concepts[m.meant(text)]...)
			}
		}
		i += step
	}
	return list
}

// meant finds the word that a misspelled one is probably meant for, or "".
func (m *meanings) meant(word string) string {
	if len(word) > longestWord {
		return ""
	}
	most := 1
	if len(word) >= twoSlipsFrom {
		most = 2
	}
	found, at := "", most+1
	for length := len(word) - most; length <= len(word)+most; length++ {
		for _, w := range m.alike[alike{word[0], length}] {
			if d := Slips(word, w, at-1); d < at {
				found, at = w, d
			}
		}
	}
	return found
}

// Slips counts the letters to insert, leave out, replace or swap with their neighbour to turn a into b; above most, or for words of
// more than 28 letters, it may stop and say most+1. Both words are plain, so bytes are letters.
func Slips(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most || len(a) > longestWord || len(b) > longestWord {
		return most + 1
	}
	var rows [3][longestWord + 1]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twoAbove := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, twoAbove[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return rows[len(a)%3][len(b)]
}
