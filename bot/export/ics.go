package export

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// ErrNoAppointment means that there is no appointment to put into a calendar.
var ErrNoAppointment = errors.New("export: there is no appointment")

// ICS gives the appointment of a request for a calendar, after RFC 5545. Whoever looks over a shoulder sees a neutral word, a code and the short
// notice: no name, no number, nothing of what kind of place it is. The same request gives the same event, so that a calendar that has it already
// changes it.
func (m Maker) ICS(d Disclosure, r Record) (File, error) {
	if r.Appointment == nil {
		return File{}, ErrNoAppointment
	}
	lang := d.Lang
	description := []string{r.Reference}
	for _, f := range m.Account(lang, d) {
		description = append(description, f.Label+": "+f.Value)
	}
	description = append(description, m.Notice(lang, false), m.Notice(lang.Other(), false))
	lines := [][2]string{
		{"BEGIN", "VCALENDAR"}, {"VERSION", "2.0"}, {"PRODID", "-//Appointments//1.0//EN"}, {"CALSCALE", "GREGORIAN"}, {"METHOD", "PUBLISH"},
		{"BEGIN", "VEVENT"},
		{"UID", uuid("appointment", r.ID)},
		{"DTSTAMP", stamp(d.At)},
		{"DTSTART", stamp(r.Appointment.At)}, // how long it takes is not known, so no end is said
		{"SUMMARY;LANGUAGE=" + string(lang), escapeText(m.say(lang, "export.title"))},
		{"DESCRIPTION;LANGUAGE=" + string(lang), escapeText(strings.Join(description, "\n"))},
	}
	if d.Has(Place) && r.Appointment.Place != "" {
		lines = append(lines, [2]string{"LOCATION", escapeText(clean(r.Appointment.Place))})
	}
	lines = append(lines, [2]string{"CLASS", "CONFIDENTIAL"}, [2]string{"STATUS", "CONFIRMED"}, [2]string{"TRANSP", "OPAQUE"},
		[2]string{"END", "VEVENT"}, [2]string{"END", "VCALENDAR"})
	var b strings.Builder
	for _, l := range lines {
		foldLine(&b, l[0]+":"+l[1])
	}
	return m.file(lang, "appointment", "ics", "text/calendar; charset=utf-8; method=PUBLISH", []byte(b.String())), nil
}

func stamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escapeText writes a value of type TEXT (RFC 5545, 3.3.11).
func escapeText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`, "\t", " ").Replace(s)
}

// foldLine writes a content line in pieces of at most 75 bytes, none of which ends within a character (RFC 5545, 3.1).
func foldLine(b *strings.Builder, line string) {
	for most := 75; len(line) > most; most = 74 { // the space in front counts
		cut := most
		for !utf8.RuneStart(line[cut]) {
			cut--
		}
		b.WriteString(line[:cut] + "\r\n ")
		line = line[cut:]
	}
	b.WriteString(line + "\r\n")
}
