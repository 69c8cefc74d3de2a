package knowledge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/BurntSushi/toml"
)

// source is an entry as it is written, with the places of its parts for problems to point at.
type source struct {
	Entry                            // Text and More as written, placeholders unfilled; SourceName may be "clinic" or "program"
	file              string         // entries/<slug>.<lang>.md
	lines             map[string]int // header key -> line; "text" and "more" -> first line of that part
	title, text, more *template.Template
	reviewed          string // a translation: the wording of the original that it was read against, "" if nobody did
	outdated          *bool  // not read against the other language as it is now; nil: nothing is said
}

// wording names an entry's words: it changes when a visitor would read something else. The first 12 of the hexadecimal digits of a SHA-256.
func (s *source) wording() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{s.Title, s.Question, s.Text, s.More}, "\x00")))
	return hex.EncodeToString(sum[:6])
}

// place is where a header key or part is written, as file:line.
func (s *source) place(part string) string {
	return fmt.Sprintf("%s:%d", s.file, max(1, s.lines[part]))
}

type header struct {
	Slug      string    `toml:"slug"`
	Lang      string    `toml:"lang"`
	Title     string    `toml:"title"`
	Source    string    `toml:"source"`
	SourceURL string    `toml:"source_url"`
	CheckedOn time.Time `toml:"checked_on"`
	ExpiresOn time.Time `toml:"expires_on"`
	SignedOff string    `toml:"signed_off"`
	Related   []string  `toml:"related"`
	Offer     string    `toml:"offer"`
	Question  string    `toml:"question"`
	Reviewed  string    `toml:"translation_reviewed"`
}

// optional header keys; all others must be there.
var optional = []string{"expires_on", "translation_reviewed"}

var (
	fence      = []byte("+++")
	moreHeader = regexp.MustCompile(`(?m)^## More[ \t]*$`)
	headerKey  = regexp.MustCompile(`^\s*"?([a-z_]+)"?\s*=`)
	tomlError  = regexp.MustCompile(`(?s)^toml: line (\d+)(?: \(last key "[^"]*"\))?: (.*)$`)
	slugForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// parseEntry reads one entry file. file is its name, <slug>.<lang>.md, with any folder before it.
func parseEntry(file string, data []byte) (*source, error) {
	data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	fail := func(line int, format string, args ...any) (*source, error) {
		return nil, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
	}
	if !bytes.HasPrefix(data, append(fence, '\n')) {
		return fail(1, "begin with a line +++ and the header")
	}
	head, body, ok := bytes.Cut(data[len(fence):], append(append([]byte("\n"), fence...), '\n'))
	if !ok {
		return fail(1, "end the header with a line +++")
	}
	s := &source{file: file, lines: map[string]int{}}
	for i, line := range strings.Split(string(head), "\n") { // head begins with the end of the first fence's line
		if m := headerKey.FindStringSubmatch(line); m != nil {
			s.lines[m[1]] = i + 1
		}
	}
	var h header
	meta, err := toml.Decode(string(head), &h)
	if err != nil {
		if m := tomlError.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			return fail(line, "%s", m[2])
		}
		return fail(1, "%v", err)
	}
	for _, key := range meta.Undecoded() {
		return fail(max(1, s.lines[key.String()]), "%s is not a key of an entry's header; remove it or correct its spelling", key)
	}
	for _, key := range []string{"slug", "lang", "title", "source", "source_url", "checked_on", "expires_on", "signed_off", "related", "offer", "question"} {
		if !meta.IsDefined(key) && !slices.Contains(optional, key) {
			return fail(1, "the header lacks %s", key)
		}
	}
	name := file[strings.LastIndexByte(file, '/')+1:]
	if want := h.Slug + "." + h.Lang + ".md"; name != want || !slugForm.MatchString(h.Slug) {
		return fail(s.lines["slug"], "slug and lang do not match the file's name; with them it would be %s", want)
	}
	s.lines["text"] = bytes.Count(head, []byte("\n")) + 3
	text, more := string(body), ""
	if at := moreHeader.FindStringIndex(text); at != nil {
		s.lines["more"] = s.lines["text"] + strings.Count(text[:at[1]], "\n")
		text, more = text[:at[0]], text[at[1]:]
	}
	s.Entry = Entry{
		Slug: h.Slug, Lang: h.Lang, Title: h.Title, Question: h.Question, Text: text, More: more,
		SourceName: h.Source, SourceURL: h.SourceURL, CheckedOn: h.CheckedOn, ExpiresOn: h.ExpiresOn,
		SignedOff: h.SignedOff, Related: h.Related, Offer: h.Offer,
	}
	s.reviewed = h.Reviewed
	if strings.TrimSpace(text) == "" {
		return fail(s.lines["text"], "there is no answer below the header")
	}
	if s.title, err = template.New("title").Option("missingkey=error").Parse(h.Title); err != nil {
		return fail(s.lines["title"], "the title's placeholders cannot be read: %v", err)
	}
	if s.text, err = template.New("text").Option("missingkey=error").Parse(text); err != nil {
		return fail(s.lines["text"], "the answer's placeholders cannot be read: %v", err)
	}
	if s.more, err = template.New("more").Option("missingkey=error").Parse(more); err != nil {
		return fail(s.lines["more"], "the placeholders below ## More cannot be read: %v", err)
	}
	return s, nil
}
