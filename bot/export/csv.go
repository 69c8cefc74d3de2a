package export

import (
	"strings"
	"unicode"
)

// CSV gives requests as a table after RFC 4180, UTF-8 with a mark in front, by which Excel knows the accents. The first line names the columns;
// each line carries the terms and the notice in its last columns, so that a line that is copied out of the table keeps them.
func (m Maker) CSV(d Disclosure, list []Record) File {
	var b strings.Builder
	b.WriteString("\uFEFF")
	t := d.Terms
	account := append(m.Account(t.Lang, d), Field{Key: "notice", Label: m.say(t.Lang, "export.field.notice"), Value: m.notices(t.Lang)})
	var names []string
	for _, f := range append(m.Fields(t, Record{}), account...) {
		names = append(names, f.Label)
	}
	writeRow(&b, names)
	for _, r := range list {
		var cells []string
		for _, f := range append(m.Fields(t, r), account...) {
			cells = append(cells, f.Value)
		}
		writeRow(&b, cells)
	}
	key := "list"
	if len(list) == 1 {
		key = "record"
	}
	return m.file(t.Lang, key, "csv", "text/csv; charset=utf-8; header=present", []byte(b.String()))
}

func writeRow(b *strings.Builder, cells []string) {
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoteCell(Defuse(clean(c))))
	}
	b.WriteString("\r\n")
}

func quoteCell(s string) string {
	if s == "" || !strings.ContainsAny(s, "\",\r\n;\t'") && strings.TrimSpace(s) == s {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Defuse keeps a spreadsheet from reading a cell as a formula: it puts an apostrophe before a text that begins with = + - @, a tab or a line
// break, or with their wide forms, also behind spaces and invisible characters. A text that begins with an apostrophe gets another one, so that
// [Undefuse] gives back every text as it was.
func Defuse(s string) string {
	if s == "" {
		return s
	}
	first := strings.TrimLeftFunc(s, func(r rune) bool {
		return r == ' ' || r == '\u00a0' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zs, r)
	})
	if first == "" {
		return s
	}
	if strings.ContainsRune("=+-@\t\r\n＝＋－＠'", []rune(first)[0]) || s[0] == '\'' {
		return "'" + s
	}
	return s
}

// Undefuse undoes [Defuse].
func Undefuse(s string) string { return strings.TrimPrefix(s, "'") }
