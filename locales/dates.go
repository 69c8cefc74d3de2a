package locales

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Date writes the day of t in its own zone: "Nov 23, 2026", "23 nov. 2026".
func (w *Words) Date(lang string, t time.Time) string {
	return w.T(lang, "clinic.date", map[string]string{
		"Day":   strconv.Itoa(t.Day()),
		"Month": w.T(lang, "clinic.month."+strconv.Itoa(int(t.Month())), nil),
		"Year":  strconv.Itoa(t.Year()),
	})
}

// Time writes the clock time of t in its own zone: "5:30 pm", "5:30 p. m.", and on the hour "5 pm", "5 p. m.".
func (w *Words) Time(lang string, t time.Time) string {
	clock := strconv.Itoa((t.Hour()+11)%12 + 1)
	if t.Minute() != 0 {
		clock += fmt.Sprintf(":%02d", t.Minute())
	}
	half := "clinic.time.am"
	if t.Hour() >= 12 {
		half = "clinic.time.pm"
	}
	return w.T(lang, half, map[string]string{"Clock": clock})
}

// Day names a day of the week: "Monday", "lunes".
func (w *Words) Day(lang string, d time.Weekday) string {
	return w.T(lang, "clinic.day."+strings.ToLower(d.String()), nil)
}
