package clinic

import (
	"slices"
	"strings"
	"time"

	"example.org/intake/locales"
)

// Hours writes the weekly hours in a language, days with the same hours together: "Monday to Friday 8 am to 4:30 pm; Saturday 8 am to noon".
// It is "" where the profile does not know them. Exceptions are told by Notice.
func (p *Profile) Hours(kind Kind, words *locales.Words, lang string) string {
	w := p.weeks[kind]
	if w == nil {
		return ""
	}
	var lines []string
	var told [7]bool
	for i := range 7 {
		first := weekdayAt(i)
		if told[first] || len(w[first]) == 0 {
			continue
		}
		var same []int // places in a week that begins on Monday
		for j := i; j < 7; j++ {
			if d := weekdayAt(j); slices.Equal(w[d], w[first]) {
				told[d] = true
				same = append(same, j)
			}
		}
		lines = append(lines, words.T(lang, "clinic.hours.line", map[string]string{
			"Days": daysShown(same, words, lang), "Hours": spansShown(w[first], words, lang),
		}))
	}
	return strings.Join(lines, "; ")
}

func weekdayAt(place int) time.Weekday { return time.Weekday((place + 1) % 7) }

// daysShown names days, three or more in a row as a range.
func daysShown(places []int, words *locales.Words, lang string) string {
	if len(places) == 7 {
		return words.T(lang, "clinic.hours.every_day", nil)
	}
	var parts []string
	for i := 0; i < len(places); {
		j := i
		for j+1 < len(places) && places[j+1] == places[j]+1 {
			j++
		}
		if j-i >= 2 {
			parts = append(parts, words.T(lang, "clinic.hours.days", map[string]string{
				"First": words.Day(lang, weekdayAt(places[i])), "Last": words.Day(lang, weekdayAt(places[j])),
			}))
		} else {
			for _, place := range places[i : j+1] {
				parts = append(parts, words.Day(lang, weekdayAt(place)))
			}
		}
		i = j + 1
	}
	return listed(parts, words, lang)
}

func spansShown(spans []span, words *locales.Words, lang string) string {
	if len(spans) == 1 && spans[0] == (span{0, 24 * 60}) {
		return words.T(lang, "clinic.hours.day_and_night", nil)
	}
	var parts []string
	for _, s := range spans {
		parts = append(parts, words.T(lang, "clinic.hours.span", map[string]string{
			"From": clock(s.from, words, lang), "To": clock(s.to, words, lang),
		}))
	}
	return listed(parts, words, lang)
}

func clock(minute int, words *locales.Words, lang string) string {
	switch minute {
	case 0, 24 * 60:
		return words.T(lang, "clinic.hours.midnight", nil)
	case 12 * 60:
		return words.T(lang, "clinic.hours.noon", nil)
	}
	return words.Time(lang, time.Date(2000, time.January, 1, 0, minute, 0, 0, time.UTC))
}

// listed joins parts as a sentence does: "a, b and c".
func listed(parts []string, words *locales.Words, lang string) string {
	last := len(parts) - 1
	if last <= 0 {
		return strings.Join(parts, "")
	}
	return words.T(lang, "clinic.hours.and", map[string]string{"First": strings.Join(parts[:last], ", "), "Last": parts[last]})
}
