package converse_test

import (
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/knowledge/clinic"
)

const openWeekdays = `name = "The clinic"
phone = "508-555-0100"
time_zone = "America/New_York"
neutral_page = "https://www.weather.gov/"
[office]
sun = ["9:00-11:00"]
mon = ["8:00-16:30"]
tue = ["8:00-16:30"]
wed = ["8:00-16:30"]
thu = ["8:00-16:30"]
fri = ["8:00-16:30"]
[dosing]
mon = ["5:30-11:00"]
[[exception]]
date = 2026-12-25
office = "closed"
text.en = "On December 25 the office is closed."
text.es = "El 25 de diciembre la oficina está cerrada."
[[exception]]
from = 2027-02-01
to = 2027-02-12
office = "closed"
text.en = "The office is closed until February 12."
text.es = "La oficina está cerrada hasta el 12 de febrero."
`

// TestHoursAreHonest asks for a person at several moments: the office's hours, never those of the doses, with exceptions, and on both days on which the
// clocks change. Nowhere is it promised that somebody reads along.
func TestHoursAreHonest(t *testing.T) {
	profile, err := clinic.Parse([]byte(openWeekdays), "test")
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	road := newRoad(t)
	road.Clinic = profile
	for _, c := range []struct{ at, en, es string }{
		{"2026-11-24 10:00", "The office is open now.", "La oficina está abierta ahora."},
		{"2026-11-24 18:00", "It opens Wednesday at 8 am.", "Abre a las 8 a. m. el miércoles."},
		{"2026-11-30 06:00", "It opens Monday at 8 am.", "Abre a las 8 a. m. el lunes."},   // doses are given: that is not the office
		{"2026-10-31 22:00", "It opens Sunday at 9 am.", "Abre a las 9 a. m. el domingo."}, // clocks go back in this night
		{"2026-11-01 10:30", "The office is open now.", "La oficina está abierta ahora."},  //
		{"2027-03-13 22:00", "It opens Sunday at 9 am.", "Abre a las 9 a. m. el domingo."}, // clocks go forward in this night
		{"2027-03-14 10:59", "The office is open now.", "La oficina está abierta ahora."},  //
		{"2027-03-14 11:00", "It opens Monday at 8 am.", "Abre a las 8 a. m. el lunes."},   //
		{"2026-12-24 17:00", "It opens Sunday at 9 am.", "Abre a las 9 a. m. el domingo."}, // closed on the 25th, a Friday
		{"2026-12-24 17:01", "On December 25 the office is closed.", "El 25 de diciembre la oficina está cerrada."},
		{"2027-01-31 12:00", "It opens Sunday, Feb 14, 2027 at 9 am.", "Abre a las 9 a. m. el domingo, 14 feb. 2027."},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, newYork)
		if err != nil {
			t.Fatal(err)
		}
		road.Now = func() time.Time { return at }
		for lang, want := range map[bot.Lang]string{bot.EN: c.en, bot.ES: c.es} {
			turn := road.Decide(bot.Conversation{}, "hours", converse.Message{ID: "line-1", Text: map[bot.Lang]string{bot.EN: "talk to a person", bot.ES: "hablar con una persona"}[lang], Lang: lang})
			said := ""
			for _, l := range turn.After.Lines { // the step that asks for a number stands under it
				if l.Key == bot.KeyPerson {
					said = l.Text
				}
			}
			if !strings.Contains(said, want) {
				t.Errorf("%s in %s: %q, want %q", c.at, lang, said, want)
			}
			if !strings.Contains(said, "no one reading") && !strings.Contains(said, "Puede que nadie") {
				t.Errorf("%s in %s promises a reader: %q", c.at, lang, said)
			}
		}
	}
}
