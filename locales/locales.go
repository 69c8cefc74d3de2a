// Package locales holds every word that visitors and staff read outside the knowledge entries, in each language of the program.
//
// Words live beside this file as <part>.<lang>.toml, one part for each area of the program (talk, live, safety, widget, console, alerts, learn, clinic, program):
// flat quoted keys, and texts that are go-i18n templates.
//
//	"step.name.got" = "Got it: {{.Name}}."
//
// A text that depends on a number is a table with the plural forms of its language:
//
//	["list.waiting"]
//	one = "{{.count}} person waits."
//	other = "{{.count}} people wait."
//
// A further language needs files only.
package locales

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.toml
var files embed.FS

// Words looks up the program's texts. It is safe for concurrent use.
type Words struct {
	localizers map[string]*i18n.Localizer
	messages   map[string]map[string]*i18n.Message // by language, then by key
	keys       map[string][]string                 // sorted
}

// Load reads the embedded files of every language.
func Load() (*Words, error) { return load(files) }

func load(fsys fs.FS) (*Words, error) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("list the locale files: %w", err)
	}
	if len(names) == 0 {
		return nil, errors.New("there are no locale files")
	}
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	w := &Words{
		localizers: map[string]*i18n.Localizer{},
		messages:   map[string]map[string]*i18n.Message{},
		keys:       map[string][]string{},
	}
	for _, name := range names {
		lang, err := langOf(name)
		if err != nil {
			return nil, err
		}
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read locale file %s: %w", name, err)
		}
		file, err := bundle.ParseMessageFileBytes(data, name)
		if err != nil {
			return nil, fmt.Errorf("locale file %s: %w", name, err)
		}
		if w.messages[lang] == nil {
			w.messages[lang] = map[string]*i18n.Message{}
			w.localizers[lang] = i18n.NewLocalizer(bundle, lang)
		}
		for _, m := range file.Messages {
			w.messages[lang][m.ID] = m
		}
	}
	for lang, messages := range w.messages {
		w.keys[lang] = slices.Sorted(maps.Keys(messages))
	}
	return w, nil
}

// langOf reads the language out of a file name such as talk.en.toml.
func langOf(name string) (string, error) {
	parts := strings.Split(name, ".")
	if len(parts) != 3 {
		return "", fmt.Errorf("locale file %s: name it <part>.<language>.toml", name)
	}
	if _, err := language.Parse(parts[1]); err != nil {
		return "", fmt.Errorf("locale file %s: %q is not a language: %w", name, parts[1], err)
	}
	return parts[1], nil
}

// Languages lists the languages that have words, sorted: "en", "es".
func (w *Words) Languages() []string { return slices.Sorted(maps.Keys(w.messages)) }

// T gives the text of a key in a language with args filled in. args["count"], a whole number, chooses the plural form. What cannot be said comes
// back as the key in ⟦⟧, so that it shows; it never falls back to another language.
func (w *Words) T(lang, key string, args map[string]string) string {
	if !w.Has(lang, key) {
		return missing(key)
	}
	config := i18n.LocalizeConfig{MessageID: key, TemplateData: args}
	if count, ok := args["count"]; ok {
		config.PluralCount = count
	}
	text, err := w.localizers[lang].Localize(&config)
	if text == "" && err != nil {
		return missing(key)
	}
	return text
}

func missing(key string) string { return "⟦" + key + "⟧" }

// Has reports whether a language has a text for the key.
func (w *Words) Has(lang, key string) bool {
	m := w.messages[lang][key]
	return m != nil && text(m) != ""
}

// Keys lists the keys of a language, sorted.
func (w *Words) Keys(lang string) []string { return slices.Clone(w.keys[lang]) }

// Part gives the texts of all keys that begin with prefix, for a page that fills in their {{.Name}} itself. Of texts with plural forms it gives
// the general one.
func (w *Words) Part(lang, prefix string) map[string]string {
	part := map[string]string{}
	at, _ := slices.BinarySearch(w.keys[lang], prefix)
	for _, key := range w.keys[lang][at:] {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		if t := text(w.messages[lang][key]); t != "" {
			part[key] = t
		}
	}
	return part
}

// text is a message's general form.
func text(m *i18n.Message) string { return cmp.Or(m.Other, m.Many, m.Few, m.Two, m.One, m.Zero) }
