package locales

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
)

var (
	keyLine     = regexp.MustCompile(`^\s*(?:"([^"]+)"|'([^']+)'|\[\s*"([^"]+)"\s*\]|\[\s*([\w.-]+)\s*\]|([\w.-]+))\s*(?:=|$|#)`)
	placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)
	field       = regexp.MustCompile(`\.([A-Za-z]\w*)`)
)

// found is one text with the place it was written at.
type found struct {
	place        string // file:line
	message      *i18n.Message
	placeholders string // "{{.Count}} {{.Name}}"
}

// Check lists what is wrong with the embedded files, each problem with its file and line: a key that one language lacks, an empty text,
// placeholders that differ between languages, a text that is no template, a key given twice. No problem: an empty list.
func Check() []string { return check(files) }

func check(fsys fs.FS) (problems []string) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return []string{err.Error()}
	}
	parts := map[string]map[string]map[string]found{} // part, language, key
	langs := map[string]bool{}
	given := map[string]string{} // language and key -> place
	for _, name := range names {
		lang, err := langOf(name)
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		file, err := i18n.ParseMessageFileBytes(data, name, map[string]i18n.UnmarshalFunc{"toml": toml.Unmarshal})
		if err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", name, err))
			continue
		}
		langs[lang] = true
		part, _, _ := strings.Cut(name, ".")
		if parts[part] == nil {
			parts[part] = map[string]map[string]found{}
		}
		parts[part][lang] = map[string]found{}
		lines := linesOf(string(data))
		for _, m := range file.Messages {
			f := found{place: fmt.Sprintf("%s:%d", name, lines[m.ID]), message: m}
			if text(m) == "" {
				problems = append(problems, fmt.Sprintf("%s: %q has no text", f.place, m.ID))
			}
			for _, form := range forms(m) {
				if _, err := template.New(m.ID).Parse(form); err != nil {
					problems = append(problems, fmt.Sprintf("%s: %q is not a template: %v", f.place, m.ID, err))
				}
			}
			f.placeholders = placeholdersOf(m)
			if first, twice := given[lang+" "+m.ID]; twice {
				problems = append(problems, fmt.Sprintf("%s: %q is also in %s", f.place, m.ID, first))
			}
			given[lang+" "+m.ID] = f.place
			parts[part][lang][m.ID] = f
		}
	}
	for part, byLang := range parts {
		problems = append(problems, compare(part, byLang, slices.Sorted(maps.Keys(langs)))...)
	}
	slices.Sort(problems)
	return problems
}

// compare names what differs between the languages of one part.
func compare(part string, byLang map[string]map[string]found, langs []string) (problems []string) {
	for _, lang := range langs {
		for _, other := range langs {
			if other == lang {
				continue
			}
			for key, f := range byLang[lang] {
				o, ok := byLang[other][key]
				switch {
				case !ok:
					problems = append(problems, fmt.Sprintf("%s: %q is missing from %s.%s.toml", f.place, key, part, other))
				case lang < other && f.placeholders != o.placeholders:
					problems = append(problems, fmt.Sprintf("%s: %q has the placeholders %q, but %q in %s", f.place, key, f.placeholders, o.placeholders, o.place))
				}
			}
		}
	}
	return problems
}

func forms(m *i18n.Message) []string { return []string{m.Zero, m.One, m.Two, m.Few, m.Many, m.Other} }

// placeholdersOf names the values that a message uses in any of its forms, so that word order may differ between languages.
func placeholdersOf(m *i18n.Message) string {
	names := map[string]bool{}
	for _, form := range forms(m) {
		for _, action := range placeholder.FindAllString(form, -1) {
			for _, name := range field.FindAllStringSubmatch(action, -1) {
				names["{{."+name[1]+"}}"] = true
			}
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

// linesOf finds the line of each key, counted from 1.
func linesOf(data string) map[string]int {
	lines := map[string]int{}
	for i, line := range strings.Split(data, "\n") {
		if m := keyLine.FindStringSubmatch(line); m != nil {
			key := strings.Join(m[1:], "") // exactly one of the groups matched
			if lines[key] == 0 {
				lines[key] = i + 1
			}
		}
	}
	return lines
}
