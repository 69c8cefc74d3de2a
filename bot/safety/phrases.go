package safety

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"example.org/intake/bot/classify"
)

//go:embed phrases
var phraseFiles embed.FS

// languages are the folders of phrases. Every message is screened with all of them: people mix languages when it matters most.
func languages() []string { return []string{"en", "es"} }

// Groups that stand for numbers written in digits.
const (
	anyNumber = "@number"  // any
	fromFive  = "@several" // five or more
)

// reader turns phrase files into patterns. Its notation is described in README.md.
type reader struct {
	words   *lexicon
	fillers map[string]bool
	groups  map[string][][]string // "@name" of the language being read
	screen  *Screen
}

func (r *reader) language(files fs.FS, lang string) error {
	r.groups = map[string][][]string{}
	dir := path.Join("phrases", lang)
	if err := r.eachLine(files, dir+"/groups.txt", r.group); err != nil {
		return err
	}
	if err := r.patterns(files, dir+"/idioms.txt", lang+"/idioms.txt", func(*section) (index, error) { return r.screen.idioms, nil }); err != nil {
		return err
	}
	dangers, advice := cards(), adviceKinds()
	for k, id := range dangers {
		fill := func(s *section) (index, error) {
			s.card = id
			switch s.level {
			case LevelCrisis:
				s.rank = k
			case LevelAsk:
				s.rank = len(dangers) + k
			default:
				return nil, fmt.Errorf("a section here is [crisis] or [ask]")
			}
			return r.screen.index, nil
		}
		name := string(id) + ".txt"
		if err := r.patterns(files, path.Join(dir, name), lang+"/"+name, fill); err != nil {
			return err
		}
	}
	for k, kind := range advice {
		fill := func(s *section) (index, error) {
			if s.level != LevelAdvice {
				return nil, fmt.Errorf("a section here is [advice]")
			}
			s.advice, s.rank = kind, 2*len(dangers)+k
			return r.screen.index, nil
		}
		name := string(kind) + ".txt"
		if err := r.patterns(files, path.Join(dir, name), lang+"/"+name, fill); err != nil {
			return err
		}
	}
	return nil
}

// patterns reads one phrase file. fill completes a new section and says which index its patterns go to.
func (r *reader) patterns(files fs.FS, name, short string, fill func(*section) (index, error)) error {
	var now *section
	var into index
	return r.eachLine(files, name, func(n int, line string) error {
		if head, _, ok := strings.Cut(line, "]"); ok && strings.HasPrefix(head, "[") && isLevel(head[1:]) {
			now = &section{level: Level(head[1:])}
			var err error
			into, err = fill(now)
			return err
		}
		if now == nil {
			return fmt.Errorf("a phrase before the first section, such as [crisis]")
		}
		if text, ok := strings.CutPrefix(line, "unless:"); ok {
			elements, err := r.parse(text)
			if err != nil {
				return err
			}
			now.unless = append(now.unless, pattern{elements: elements})
			return nil
		}
		elements, err := r.parse(line)
		if err != nil {
			return err
		}
		into.add(&pattern{elements: elements, section: now, rule: fmt.Sprintf("%s:%d", short, n)})
		return nil
	})
}

func isLevel(s string) bool {
	return slices.Contains([]string{string(LevelCrisis), string(LevelAsk), string(LevelAdvice), "idiom"}, s)
}

// group reads "@name = words | other words".
func (r *reader) group(_ int, line string) error {
	name, list, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok || !strings.HasPrefix(name, "@") {
		return fmt.Errorf("write a group as \"@name = words | other words\"")
	}
	choices, err := r.choices(list)
	if err != nil {
		return err
	}
	r.groups[name] = append(r.groups[name], choices...)
	return nil
}

// choices reads "words | other words | @group" as word sequences.
func (r *reader) choices(list string) ([][]string, error) {
	var out [][]string
	for _, item := range strings.Split(list, "|") {
		item = strings.TrimSpace(item)
		if strings.HasPrefix(item, "@") && !strings.Contains(item, " ") {
			if item == anyNumber || item == fromFive {
				out = append(out, []string{item})
				continue
			}
			g, ok := r.groups[item]
			if !ok {
				return nil, fmt.Errorf("no group %s", item)
			}
			out = append(out, g...)
			continue
		}
		sequences := [][]string{nil}
		for _, f := range strings.Fields(item) {
			if strings.HasPrefix(f, "@") {
				g, err := r.choices(f)
				if err != nil {
					return nil, err
				}
				sequences = product(sequences, g)
				continue
			}
			stem, open := strings.CutSuffix(f, "*")
			w := classify.Words(stem)
			if open {
				if len(w) != 1 || len(w[0]) < minPrefix {
					return nil, fmt.Errorf("%q: at least %d letters before the *", f, minPrefix)
				}
				w[0] += "*"
			}
			sequences = product(sequences, [][]string{w})
		}
		if len(sequences[0]) == 0 {
			return nil, fmt.Errorf("an empty choice in %q", list)
		}
		out = append(out, sequences...)
	}
	return out, nil
}

// product joins every beginning with every continuation.
func product(begin, next [][]string) [][]string {
	out := make([][]string, 0, len(begin)*len(next))
	for _, b := range begin {
		for _, n := range next {
			out = append(out, slices.Concat(b, n))
		}
	}
	return out
}

// parse reads one phrase.
func (r *reader) parse(line string) ([]element, error) {
	var out []element
	gap := 0
	for line = strings.TrimSpace(line); line != ""; line = strings.TrimSpace(line) {
		var item string
		optional := line[0] == '['
		switch {
		case line[0] == '(' || optional:
			end := strings.IndexAny(line, ")]")
			if end < 0 {
				return nil, fmt.Errorf("no closing bracket in %q", line)
			}
			item, line = line[1:end], line[end+1:]
		default:
			item, line, _ = strings.Cut(line, " ")
		}
		if item == "..." {
			gap += maxGap
			continue
		}
		choices, err := r.choices(item)
		if err != nil {
			return nil, err
		}
		e := element{gap: gap, optional: optional}
		for _, c := range choices {
			if ids := r.numbers(c); len(ids) > 0 {
				e.choices = append(e.choices, ids)
			}
		}
		if len(e.choices) == 0 { // only filler words: they are not in the message either
			continue
		}
		gap = 0
		out = append(out, e)
	}
	if len(out) == 0 || out[0].gap > 0 || gap > 0 {
		return nil, fmt.Errorf("a phrase begins and ends with a word")
	}
	if !slices.ContainsFunc(out, func(e element) bool { return !e.optional }) {
		return nil, fmt.Errorf("every word of the phrase is optional")
	}
	return out, nil
}

func (r *reader) numbers(sequence []string) []int32 {
	var ids []int32
	for _, w := range sequence {
		switch {
		case w == anyNumber:
			ids = append(ids, r.words.number)
		case w == fromFive:
			ids = append(ids, r.words.several)
		case !r.fillers[w]:
			ids = append(ids, r.words.add(w))
		}
	}
	return ids
}

// eachLine calls do for each line of a file that is neither empty nor a comment. Errors name the file and the line.
func (r *reader) eachLine(files fs.FS, name string, do func(n int, line string) error) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("reading phrases: %w", err)
	}
	for n, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := do(n+1, line); err != nil {
			return fmt.Errorf("%s line %d: %w", name, n+1, err)
		}
	}
	return nil
}
