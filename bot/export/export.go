// Package export takes requests out of the house: as a page for printing, as an appointment for a calendar (RFC 5545), as CSV (RFC 4180) and as a
// FHIR R4 bundle. Before anything leaves, somebody says who gets it, what for and on which basis ([Terms]), and that is written into a log of
// disclosures ([Log]) that outlives the requests. Everything that leaves says these terms and carries the notice against redisclosure of
// 42 CFR 2.32 in both languages.
package export

import (
	"strings"
	"time"
	"unicode"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// Record is one request with what was said, where that is to leave too.
type Record struct {
	request.Request
	Talk []bot.Line
}

// File is what leaves. Its name says nothing about anybody.
type File struct {
	Name, Type string
	Data       []byte
}

// Maker makes files. Name gives the name of an account as colleagues see it.
type Maker struct {
	Words  *locales.Words
	Clinic *clinic.Profile
	Name   func(account string) string
}

func (m Maker) say(lang bot.Lang, key string, pairs ...string) string {
	var args map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		if args == nil {
			args = map[string]string{}
		}
		args[pairs[i]] = pairs[i+1]
	}
	return m.Words.T(string(lang), key, args)
}

// file names a file by a neutral word of its language: "appointment.ics", "cita.ics".
func (m Maker) file(lang bot.Lang, key, ext, kind string, data []byte) File {
	return File{Name: m.say(lang, "export.file."+key) + "." + ext, Type: kind, Data: data}
}

// moment writes a time on the clinic's clock.
func (m Maker) moment(lang bot.Lang, t time.Time) string {
	t = t.In(m.Clinic.Location())
	return m.Words.Date(string(lang), t) + ", " + m.Words.Time(string(lang), t)
}

// Field is one thing that leaves.
type Field struct {
	Key   string // stable: "phone"
	Label string
	Value string // "" where it is not known
	Own   bool   // in the visitor's or the staff's own words
	Yes   *bool  // where it is a yes or a no
}

// Fields is what leaves of a request, in a fixed order that follows from the terms alone.
func (m Maker) Fields(t Terms, r Record) []Field {
	lang, f := t.Lang, r.Fields
	word := func(prefix, value string) string {
		if value == "" || !m.Words.Has(string(lang), prefix+value) {
			return value
		}
		return m.say(lang, prefix+value)
	}
	list := []Field{
		{Key: "code", Label: m.say(lang, "export.field.code"), Value: r.Reference},
		{Key: "opened", Label: m.say(lang, "export.field.opened"), Value: m.moment(lang, r.Opened)},
		{Key: "status", Label: m.say(lang, "export.field.status"), Value: m.say(lang, "console.status."+string(r.Status))},
		{Key: "contact", Label: m.say(lang, "export.field.contact"), Value: m.mayCall(lang, r.Request)},
		{Key: "for_whom", Label: m.say(lang, "summary.for_whom"), Value: word("console.for.", f.ForWhom)},
		{Key: "name", Label: m.say(lang, "summary.name"), Value: f.Name, Own: true},
		{Key: "phone", Label: m.say(lang, "export.field.phone"), Value: phone(f.Phone)},
		{Key: "email", Label: m.say(lang, "export.field.email"), Value: f.Email, Own: true},
		{Key: "voicemail", Label: m.say(lang, "summary.voicemail"), Value: m.yesNo(lang, f.Voicemail), Yes: f.Voicemail},
		{Key: "text", Label: m.say(lang, "summary.text"), Value: m.yesNo(lang, f.Text), Yes: f.Text},
		{Key: "remarks", Label: m.say(lang, "summary.remarks"), Value: f.Heeds(m.say(lang, "summary.no_calls")), Own: true},
		{Key: "times", Label: m.say(lang, "summary.times"), Value: m.times(lang, f.Times), Own: f.Times != ""},
		{Key: "language", Label: m.say(lang, "summary.language"), Value: word("language.", spoken(r.Request))},
		{Key: "interpreter", Label: m.say(lang, "export.field.interpreter"), Value: m.yesNo(lang, f.Interpreter), Yes: f.Interpreter},
	}
	if t.Has(Details) {
		var why []string
		for _, reason := range r.Reasons {
			why = append(why, m.say(lang, "console.why."+string(reason)))
		}
		list = append(list, Field{Key: "coverage", Label: m.say(lang, "summary.coverage"), Value: word("step.coverage.", f.Coverage)},
			Field{Key: "why", Label: m.say(lang, "export.field.why"), Value: strings.Join(why, " · ")})
	}
	if t.Has(Appointment) {
		when, place := "", ""
		if r.Appointment != nil {
			when, place = m.moment(lang, r.Appointment.At), r.Appointment.Place
		}
		list = append(list, Field{Key: "outcome", Label: m.say(lang, "export.field.outcome"), Value: word("console.outcome.", string(r.Outcome))},
			Field{Key: "when", Label: m.say(lang, "export.field.when"), Value: when},
			Field{Key: "place", Label: m.say(lang, "export.field.place"), Value: place, Own: true})
	}
	if t.Has(Conversation) {
		list = append(list, Field{Key: "talk", Label: m.say(lang, "export.field.talk"), Value: m.talk(lang, r.Talk), Own: true})
	}
	if t.Has(Notes) {
		var notes []string
		for _, n := range r.Notes {
			notes = append(notes, m.moment(lang, n.At)+" · "+m.Name(n.By)+": "+n.Text)
		}
		list = append(list, Field{Key: "notes", Label: m.say(lang, "export.field.notes"), Value: strings.Join(notes, "\n\n"), Own: true})
	}
	for i := range list {
		list[i].Value = clean(list[i].Value)
	}
	return list
}

// Account is what is said about a disclosure itself, in what leaves and in the accounting.
func (m Maker) Account(lang bot.Lang, d Disclosure) []Field {
	basis := m.say(lang, "export.basis."+string(d.Basis))
	switch d.Basis {
	case Consent:
		basis = m.say(lang, "export.consent", "date", m.day(lang, d.Date), "scope", m.say(lang, "export.scope."+string(d.Scope)))
	case Court:
		basis = m.say(lang, "export.court", "date", m.day(lang, d.Date))
	case Emergency:
		basis += ": " + m.say(lang, "export.nature."+string(d.Nature))
	}
	return []Field{
		{Key: "disclosed", Label: m.say(lang, "export.field.disclosed"), Value: m.moment(lang, d.At)},
		{Key: "recipient", Label: m.say(lang, "export.field.recipient"), Value: m.recipient(lang, d), Own: d.Basis != Person},
		{Key: "purpose", Label: m.say(lang, "export.field.purpose"), Value: m.say(lang, "export.purpose."+string(d.Purpose))},
		{Key: "basis", Label: m.say(lang, "export.field.basis"), Value: basis},
	}
}

func (m Maker) recipient(lang bot.Lang, d Disclosure) string {
	if d.Basis == Person {
		return m.say(lang, "export.recipient.person")
	}
	return d.Recipient
}

// What says what left, in words: "Print: contact, appointment".
func (m Maker) What(lang bot.Lang, d Disclosure) string {
	var parts []string
	if d.Form == ICS {
		parts = append(parts, m.say(lang, "export.part.time"))
	} else {
		parts = append(parts, m.say(lang, "export.part.contact"))
	}
	for _, p := range d.Parts {
		parts = append(parts, m.say(lang, "export.part."+string(p)))
	}
	return m.say(lang, "export.form."+string(d.Form)) + ": " + strings.Join(parts, ", ")
}

func (m Maker) day(lang bot.Lang, date string) string {
	t, err := time.ParseInLocation(time.DateOnly, date, m.Clinic.Location())
	if err != nil {
		return date
	}
	return m.Words.Date(string(lang), t)
}

// Notice is the notice against redisclosure (42 CFR 2.32) in one language: the long statement, or the short one that names no kind of treatment.
func (m Maker) Notice(lang bot.Lang, long bool) string {
	if long {
		return m.say(lang, "export.notice.long")
	}
	return m.say(lang, "export.notice.short")
}

// notices is the short notice in both languages, the reader's first.
func (m Maker) notices(lang bot.Lang) string {
	return m.Notice(lang, false) + " / " + m.Notice(lang.Other(), false)
}

// mayCall says whether the person may be reached at all, before any number.
func (m Maker) mayCall(lang bot.Lang, r request.Request) string {
	key := "ok"
	switch {
	case r.LeftQuickly:
		key = "left"
	case r.Withdrawn:
		key = "withdrawn"
	case r.Unsafe() != "":
		key = string(r.Unsafe())
	case r.Fields.Phone == "" && r.Fields.Email == "":
		key = "none"
	case r.Fields.Quiet():
		key = "no_calls"
	}
	return m.say(lang, "export.contact."+key)
}

// reachable reports whether machines may be given a number to call.
func reachable(r request.Request) bool { return !r.LeftQuickly && !r.Withdrawn && r.Unsafe() == "" }

func (m Maker) yesNo(lang bot.Lang, b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return m.say(lang, "summary.yes")
	}
	return m.say(lang, "summary.no")
}

// times says when to call: a choice in words, else the visitor's words.
func (m Maker) times(lang bot.Lang, times string) string {
	if key := "step.times." + times; isWord(times) && m.Words.Has(string(lang), key) {
		return m.say(lang, key)
	}
	return times
}

func isWord(s string) bool { return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == "" }

func phone(e164 string) string {
	if e164 == "" {
		return ""
	}
	return bot.PhoneShown(e164)
}

// spoken is the language that a person asked for, else the one of the chat.
func spoken(r request.Request) string {
	if r.Fields.Language != "" {
		return r.Fields.Language
	}
	return string(r.Lang)
}

// talk is a conversation as text, one line said after the other, with an empty one between them.
func (m Maker) talk(lang bot.Lang, lines []bot.Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(m.moment(lang, l.At) + " · " + m.say(lang, "export.from."+string(l.From)) + ": " + l.Text + "\n\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// clean makes a text fit for every form: whole UTF-8, one kind of line break, no control characters but tabs.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, s)
}
