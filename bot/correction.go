package bot

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// corrections are words with which people take back what they said.
var corrections = []string{"turned it around", "turned around", "backwards", "mixed up", "goodness", "al reves", "perdone", "perdoneme", "me confundi", "actually", "sorry", "wait", "i mean", "i meant", "correction", "oops", "instead", "rather", "make it", "make that", "change", "better", "should be", "my bad", "the right", "new",
	"perdon", "disculpe", "disculpa", "digo", "quise decir", "mejor", "me equivoque", "en realidad", "cambie", "cambiar", "cambio", "corrijo", "correccion", "el correcto", "es mas bien", "mas bien", "ahora es", "espere", "esperese", "esperate", "ay no", "el mio es", "mine is", "now it's", "but it's", "i changed", "nuevo", "changed my mind", "cambie de idea", "cambie de opinion", "me arrepenti"}

func corrects(text string) bool { return has(text, corrections...) }

var lastDigits = regexp.MustCompile(`\b\d{2,6}\b`)

// mended puts the last digits of a correction into a number that is known: "sorry, it's 0143 at the end".
func mended(known, text string) string {
	if known == "" || !corrects(text) && !has(text, "not", "no", "ends in", "ends with", "termina en", "at the end", "al final", "last four", "last digits", "ultimos") {
		return ""
	}
	found := lastDigits.FindAllString(text, -1)
	if len(found) == 0 || len(found) > 2 {
		return ""
	}
	if len(found) == 1 && len(found[0]) == 3 && strings.HasPrefix(known, "+1") && len(strings.Fields(text)) <= 7 && !has(text, "at the end", "ends", "termina", "al final") { // another area code
		fixed := "+1" + found[0] + known[5:]
		if num, err := phonenumbers.Parse(fixed, "US"); err == nil && phonenumbers.IsValidNumber(num) && fixed != known {
			return fixed
		}
	}
	end := found[0]
	ends := has(text, "ends", "end", "termina", "terminan", "final", "last", "ultimos", "ultimas")
	if len(found) == 2 && !strings.HasSuffix(known, found[1]) || len(found) == 1 && !(ends && len(end) >= 2 || len(end) == 4 && near(known, end)) {
		return ""
	}
	if len(found) == 2 && len(end) != len(found[1]) {
		return ""
	}
	fixed := known[:len(known)-len(end)] + end
	if num, err := phonenumbers.Parse(fixed, "US"); err != nil || !phonenumbers.IsValidNumber(num) || fixed == known {
		return ""
	}
	return fixed
}

// near reports whether four digits hold the last four of a number in another order or with one changed.
func near(known, end string) bool {
	old, same := known[len(known)-4:], 0
	for i := range 4 {
		if old[i] == end[i] {
			same++
		}
	}
	return same >= 2
}
