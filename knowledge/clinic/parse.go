package clinic

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/nyaruka/phonenumbers"
)

// coverages are the codes that entries may ask for; a misspelled one would silently turn a yes into a "not known".
var coverages = []string{"medicare", "medicare-advantage", "masshealth", "private", "tricare", "va"}

// languages that every text of a profile must have.
var languages = []string{"en", "es"}

type document struct {
	Name          string              `toml:"name"`
	Phone         string              `toml:"phone"`
	Address       string              `toml:"address"`
	Website       string              `toml:"website"`
	TimeZone      string              `toml:"time_zone"`
	Coverage      []string            `toml:"coverage"`
	NeutralPage   string              `toml:"neutral_page"`
	NeutralCaller any                 `toml:"neutral_caller"`
	Colors        map[string]string   `toml:"colors"`
	Office        map[string][]string `toml:"office"`
	Dosing        map[string][]string `toml:"dosing"`
	CallBack      struct {
		Within string `toml:"within"`
		Urgent string `toml:"urgent"`
	} `toml:"call_back"`
	Exception []struct {
		Date   any               `toml:"date"`
		From   any               `toml:"from"`
		To     any               `toml:"to"`
		Office any               `toml:"office"`
		Dosing any               `toml:"dosing"`
		Text   map[string]string `toml:"text"`
	} `toml:"exception"`
}

// Parse reads a profile. name is how errors call the file; an error lists every problem as "file:line: key: problem; what to do".
func Parse(data []byte, name string) (*Profile, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // written by some editors
	var d document
	meta, err := toml.Decode(string(data), &d)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	c := checker{name: name, lines: strings.Split(string(data), "\n")}
	for _, key := range meta.Undecoded() {
		if key[0] == "neutral_caller" { // looked at in caller
			continue
		}
		c.fail(0, key.String(), "is not a key of this file; remove it or correct its spelling")
	}
	p := &Profile{
		Name:          c.text("name", d.Name, 80),
		Phone:         c.phone(d.Phone),
		Address:       c.text("address", d.Address, 200),
		Website:       c.https("website", d.Website),
		NeutralPage:   c.https("neutral_page", d.NeutralPage),
		neutralCaller: c.caller(d.NeutralCaller),
		callBack:      c.promise(d.CallBack.Within, d.CallBack.Urgent),
		Colors:        c.colors(d.Colors),
		zone:          time.UTC,
		weeks:         map[Kind]week{Office: c.week("office", d.Office), Dosing: c.week("dosing", d.Dosing)},
	}
	if p.Name == "" {
		c.fail(0, "name", "is missing; write the name that visitors read")
	}
	if p.NeutralPage == "" {
		c.fail(0, "neutral_page", `is missing; write a plain page such as "https://www.weather.gov/"`)
	}
	if zone, err := time.LoadLocation(d.TimeZone); d.TimeZone == "" || d.TimeZone == "Local" || err != nil {
		c.fail(0, "time_zone", fmt.Sprintf(`%q is no time zone; write one such as "America/New_York"`, d.TimeZone))
	} else {
		p.zone = zone
	}
	for _, code := range d.Coverage {
		if !slices.Contains(coverages, code) {
			c.fail(0, "coverage", fmt.Sprintf("%q is not known; choose from %s", code, strings.Join(coverages, ", ")))
		}
		p.Coverage = append(p.Coverage, code)
	}
	for i, x := range d.Exception {
		n := i + 1
		e := exception{text: map[string]string{}, hours: map[Kind][]span{}}
		e.from, e.to = c.days(n, x.Date, x.From, x.To)
		c.change(n, Office, x.Office, e.hours)
		c.change(n, Dosing, x.Dosing, e.hours)
		for _, lang := range languages {
			if strings.TrimSpace(x.Text[lang]) == "" {
				c.fail(n, "text."+lang, "is missing; say in a sentence what changes")
			}
		}
		for lang, text := range x.Text {
			e.text[lang] = c.textIn(n, "text."+lang, text, 300)
		}
		p.exceptions = append(p.exceptions, e)
	}
	slices.SortStableFunc(p.exceptions, func(a, b exception) int { return a.from.compare(b.from) })
	if err := errors.Join(c.problems...); err != nil {
		return nil, err
	}
	return p, nil
}

var parserWords = regexp.MustCompile(`(?s)^toml: line (\d+)(?: \(last key "(.*?)"\))?: (.*)$`)

// syntaxError puts the TOML library's words into the form of our own problems.
func syntaxError(name string, err error) error {
	m := parserWords.FindStringSubmatch(err.Error())
	if m == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if m[2] != "" {
		m[2] += ": "
	}
	return fmt.Errorf("%s:%s: %s%s", name, m[1], m[2], m[3])
}

// checker collects problems with the place they are at.
type checker struct {
	name     string
	lines    []string
	problems []error
}

// fail notes a problem of a key; nth is 0, or which [[exception]] the key is in, counted from 1.
func (c *checker) fail(nth int, key, problem string) {
	place := c.name
	if line := c.lineOf(nth, key); line > 0 {
		place = fmt.Sprintf("%s:%d", place, line)
	}
	if nth > 0 {
		key = fmt.Sprintf("exception %d: %s", nth, key)
	}
	c.problems = append(c.problems, fmt.Errorf("%s: %s: %s", place, key, problem))
}

var header = regexp.MustCompile(`^\s*\[+\s*([\w."-]+)\s*\]+`)

// lineOf finds where a key is written, or its table, or 0. The TOML library keeps no positions after decoding.
func (c *checker) lineOf(nth int, key string) int {
	table, exceptions, best := "", 0, 0
	for i, line := range c.lines {
		if m := header.FindStringSubmatch(line); m != nil {
			table = m[1]
			if table == "exception" {
				exceptions++
			}
			if nth > 0 && table == "exception" && exceptions == nth || nth == 0 && table == key {
				best = i + 1
			}
			continue
		}
		left, _, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		full := strings.Trim(strings.TrimSpace(left), `"'`)
		if table != "" {
			full = table + "." + full
		}
		if nth == 0 && full == key || nth > 0 && exceptions == nth && full == "exception."+key {
			return i + 1
		}
	}
	return best
}

func (c *checker) text(key, text string, most int) string { return c.textIn(0, key, text, most) }

func (c *checker) textIn(nth int, key, text string, most int) string {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > most {
		c.fail(nth, key, fmt.Sprintf("is too long; at most %d characters", most))
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		c.fail(nth, key, "holds line breaks or control characters; write one line of text")
	}
	return text
}

func (c *checker) phone(text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	num, err := phonenumbers.Parse(text, "US")
	if err != nil || !phonenumbers.IsValidNumber(num) {
		c.fail(0, "phone", fmt.Sprintf(`%q is not a phone number; write it as "508-555-0143"`, text))
		return ""
	}
	return phonenumbers.Format(num, phonenumbers.E164)
}

func (c *checker) https(key, text string) string {
	text = strings.TrimSpace(text)
	if text == "" {
		return ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		c.fail(0, key, fmt.Sprintf(`%q is not a web address; write it as "https://www.example.org/"`, text))
	}
	return text
}

// caller reads one name for all languages or a table of names.
func (c *checker) caller(v any) map[string]string {
	names := map[string]string{}
	switch v := v.(type) {
	case nil:
	case string:
		names[""] = c.text("neutral_caller", v, 60)
	case map[string]any:
		for lang, name := range v {
			text, ok := name.(string)
			if !ok || !slices.Contains(languages, lang) {
				c.fail(0, "neutral_caller", `write names as { en = "...", es = "..." }`)
			}
			names[lang] = c.text("neutral_caller", text, 60)
		}
	default:
		c.fail(0, "neutral_caller", `write a name, or { en = "...", es = "..." }`)
	}
	return names
}
