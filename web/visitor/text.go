package visitor

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot"
)

// What dom.js does with the program's texts, for pages that no script builds.

// number finds phone numbers in a text, as dom.js does.
var number = regexp.MustCompile(`(?:\b1-)?(?:\(\d{3}\) |\b\d{3}-)\d{3}-\d{4}\b|\b(?:911|988)\b`)

// run is a piece of a text, a link if Href is set.
type run struct {
	Text string
	Href template.URL
}

// linked parts a text into runs, with phone numbers as links.
func linked(text string) []run {
	var runs []run
	at := 0
	for _, m := range number.FindAllStringIndex(text, -1) {
		if m[1] < len(text) && text[m[1]] == '-' && m[1]-m[0] == 3 { // 988-1234 is another number
			continue
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text[m[0]:m[1]])
		switch len(digits) {
		case 3:
		case 10:
			digits = "+1" + digits
		default:
			digits = "+" + digits
		}
		runs = append(runs, run{Text: text[at:m[0]]}, run{text[m[0]:m[1]], template.URL("tel:" + digits)})
		at = m[1]
	}
	return append(runs, run{Text: text[at:]})
}

var blank = regexp.MustCompile(`\n\s*\n`)

func paragraphs(text string) []string {
	return slices.DeleteFunc(blank.Split(strings.TrimSpace(text), -1), func(p string) bool { return p == "" })
}

var goodLink = regexp.MustCompile(`^(tel:\+?\d+|sms:\d+(\?body=\w+)?|https://\S+)$`)

// safe lets through links that call, text or open a page over https, and drops every other.
func safe(href string) template.URL {
	if goodLink.MatchString(href) {
		return template.URL(href)
	}
	return ""
}

// sourced parts a source line so that the name in it is a link.
func sourced(s *bot.Source) []run {
	before, after, found := strings.Cut(s.Words, s.Name)
	if href := safe(s.URL); found && href != "" {
		date := strings.ReplaceAll(strings.TrimSpace(after), " ", "\u00a0") // never parted at the end of a line
		return []run{{Text: before}, {s.Name, href}, {Text: " " + date}}
	}
	return []run{{Text: s.Words}}
}
