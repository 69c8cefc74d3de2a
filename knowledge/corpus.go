package knowledge

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// role says what a label stands for.
type role int

const (
	topic   role = iota // the label is a slug
	act                 // the name of an act
	outside             // a kind of what is not answered
)

// folders name the folder of each role.
var folders = map[role]string{topic: "entries", act: "acts", outside: "outside"}

// way is one way of asking.
type way struct {
	role  role
	label string
	lang  string
	text  string
	place string // file:line
}

// corpus is everything read from the files.
type corpus struct {
	entries []*source // by slug and language
	ways    []way
}

// read gathers the files of a tree and of the folder laid over its entries.
func read(files, overlay fs.FS) (*corpus, error) {
	c := &corpus{}
	for _, role := range []role{topic, act, outside} {
		folder := folders[role]
		in, err := fs.Sub(files, folder)
		if err != nil {
			return nil, fmt.Errorf("open the folder %s: %w", folder, err)
		}
		layers := []layer{{in, folder + "/"}}
		if role == topic && overlay != nil {
			layers = append(layers, layer{overlay, "the clinic's entries/"})
		}
		if err := c.readFolder(role, layers); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(c.entries, func(a, b *source) int {
		return cmp.Or(strings.Compare(a.Slug, b.Slug), strings.Compare(a.Lang, b.Lang))
	})
	return c, nil
}

// layer is one folder and how its files are called in problems.
type layer struct {
	files fs.FS
	shown string
}

func (c *corpus) readFolder(role role, layers []layer) error {
	from := map[string]layer{} // file name -> the last layer that has it
	for _, l := range layers {
		found, err := fs.ReadDir(l.files, ".")
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", l.shown, err)
		}
		for _, f := range found {
			if !f.IsDir() && !strings.HasPrefix(f.Name(), ".") {
				from[f.Name()] = l
			}
		}
	}
	names := make([]string, 0, len(from))
	for name := range from {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		l := from[name]
		shown := l.shown + name
		data, err := fs.ReadFile(l.files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", shown, err)
		}
		switch ext := path.Ext(name); {
		case ext == ".md" && role == topic:
			s, err := parseEntry(shown, data)
			if err != nil {
				return err
			}
			c.entries = append(c.entries, s)
		case ext == ".txt":
			ways, err := parseWays(role, shown, data)
			if err != nil {
				return err
			}
			c.ways = append(c.ways, ways...)
		case name == "README.md":
		default:
			return fmt.Errorf("%s: only <name>.<language>.txt%s belongs here", shown, map[bool]string{true: " or .md"}[role == topic])
		}
	}
	return nil
}

// longestWay is how many characters a way of asking may have.
const longestWay = 600

// parseWays reads a file of ways of asking: one a line, # begins a comment line.
func parseWays(role role, file string, data []byte) ([]way, error) {
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("%s: is not UTF-8 text; save it as UTF-8", file)
	}
	name := strings.TrimSuffix(file[strings.LastIndexByte(file, '/')+1:], ".txt")
	label, lang, ok := strings.Cut(name, ".")
	if !ok || !slugForm.MatchString(label) || len(lang) < 2 || strings.ContainsFunc(lang, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }) {
		return nil, fmt.Errorf("%s: name the file <topic>.<language>.txt", file)
	}
	var ways []way
	line := 0
	for text := range strings.SplitSeq(strings.TrimPrefix(string(data), "\ufeff"), "\n") {
		line++
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		place := fmt.Sprintf("%s:%d", file, line)
		if utf8.RuneCountInString(text) > longestWay {
			return nil, fmt.Errorf("%s: the line is longer than %d characters; shorten it", place, longestWay)
		}
		ways = append(ways, way{role: role, label: label, lang: lang, text: text, place: place})
	}
	return ways, nil
}
