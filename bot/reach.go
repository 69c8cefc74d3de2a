package bot

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// problem is the end of a message key that says what was not understood at a step, "" if all is well.
type problem string

var digitRun = regexp.MustCompile(`[+(]?\d[\doO\s().\-–/]{4,}\d`)

// reach is the ways to reach a person that a message names.
type reach struct {
	phone, mail string
	problem     problem // digits that look like a number and are none
	part        string  // seven digits without an area code, or the last digits of a correction
	text        string  // the message with marks in their place
}

// reachIn takes the phone number and the email out of a text. Of two numbers it takes the one that is not ruled out by "not", and the last one
// where the visitor corrects himself.
func reachIn(text string) reach {
	r := reach{text: text}
	r.text, r.mail = takeMail(r.text)
	if strings.ContainsFunc(r.text, func(c rune) bool { return c > unicode.MaxASCII && unicode.IsDigit(c) }) {
		r.text = asciiDigits(r.text)
	}
	r.text = spokenDigits(r.text)
	var out strings.Builder
	end := 0
	for _, at := range digitRun.FindAllStringIndex(r.text, -1) {
		run := r.text[at[0]:at[1]]
		digits := digitsOf(run)
		if len(digits) > 22 { // more than two numbers in a row are none
			continue
		}
		num, err := phonenumbers.Parse(zeros(run), "US")
		valid := err == nil && len(digits) >= 10 && phonenumbers.IsValidNumber(num)
		switch {
		case valid:
		case len(digits) == 20 || len(digits) == 22: // two numbers with nothing but a space between
			half := len(digits) / 2
			num, err = phonenumbers.Parse(digits[:half], "US")
			if valid = err == nil && phonenumbers.IsValidNumber(num); !valid {
				continue
			}
		case len(digits) == 7 && !strings.ContainsAny(run, "/:"):
			r.problem, r.part = "phone_area", digits
			continue
		case len(digits) < 7 || len(digits) == 8 && strings.ContainsAny(run, "-/") && looksLikeDate(run):
			continue
		default:
			if r.problem == "" {
				r.problem = "phone"
			}
			continue
		}
		before := strings.Fields(fold(r.text[:at[0]]))
		tail := strings.Join(before[max(0, len(before)-2):], " ")
		ruledOut := strings.HasSuffix(" "+tail, " not") || strings.HasSuffix(" "+tail, " no") && len(before) > 1 && r.phone != "" || strings.HasSuffix(tail, "instead of") || strings.HasSuffix(tail, "vez de") || strings.HasSuffix(tail, "ya no")
		if r.phone != "" && strings.HasSuffix(tail, " no") && corrects(strings.TrimSuffix(fold(r.text[end:at[0]]), " no")) { // "0134, wait no, 0135"
			ruledOut = false
		}
		if !ruledOut && (r.phone == "" || corrects(r.text[end:at[0]])) {
			r.phone = phonenumbers.Format(num, phonenumbers.E164)
		}
		out.WriteString(r.text[end:at[0]])
		out.WriteString(" " + string(markPhone) + " ")
		end = at[1]
	}
	out.WriteString(r.text[end:])
	r.text = out.String()
	if r.phone == "" && len(r.part) == 7 { // "area code 508, then 555 0143"
		if m := areaBefore.FindStringSubmatch(text); m != nil {
			if num, err := phonenumbers.Parse(m[1]+r.part, "US"); err == nil && phonenumbers.IsValidNumber(num) {
				r.phone = phonenumbers.Format(num, phonenumbers.E164)
				r.text = strings.TrimSpace(areaBefore.ReplaceAllString(text, " ") + " ")
				r.text = strings.TrimSpace(seven.ReplaceAllString(r.text, " "+string(markPhone)+" "))
			}
		}
	}
	if r.phone != "" {
		r.problem, r.part = "", ""
	}
	return r
}

var (
	areaBefore = regexp.MustCompile(`(?i)\b(?:area(?: code)?|c[oó]digo(?: de [aá]rea)?|[aá]rea)\D{0,12}(\d{3})\b`)
	seven      = regexp.MustCompile(`\d{3}[\s.-]?\d{4}`)
)

func looksLikeDate(run string) bool {
	return strings.Count(run, "-") == 2 || strings.Count(run, "/") == 2
}

// zeros reads the letter o between digits as a zero.
func zeros(run string) string { return strings.NewReplacer("o", "0", "O", "0").Replace(run) }

func digitsOf(run string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'o' || r == 'O':
			return '0'
		case r >= '0' && r <= '9':
			return r
		}
		return -1
	}, run)
}

func asciiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return '0' + (r - '０')
		case r >= '٠' && r <= '٩':
			return '0' + (r - '٠')
		}
		return r
	}, text)
}

// takeMail finds an email in running text and puts a mark in its place.
func takeMail(text string) (rest, address string) {
	for w := range strings.FieldsSeq(text) {
		bare := strings.Trim(w, ".,;:<>()\"'!?¡¿[]")
		if !strings.Contains(bare, "@") || len(bare) > 120 {
			continue
		}
		a, err := mail.ParseAddress(bare)
		if err != nil {
			continue
		}
		if at := strings.LastIndex(a.Address, "@"); at > 0 && strings.Contains(a.Address[at:], ".") && !strings.HasSuffix(a.Address, ".") {
			return strings.Replace(text, bare, " "+string(markMail)+" ", 1), a.Address
		}
	}
	return text, ""
}

// digitWords are digits as people say them, in both languages. Tens and teens give two digits.
var digitWords = map[string]string{
	"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
	"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
	"diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14", "quince": "15", "dieciseis": "16", "diecisiete": "17", "dieciocho": "18", "diecinueve": "19",
	"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
	"veinte": "20", "treinta": "30", "cuarenta": "40", "cincuenta": "50", "sesenta": "60", "setenta": "70", "ochenta": "80", "noventa": "90",
	"veintiuno": "21", "veintidos": "22", "veintitres": "23", "veinticuatro": "24", "veinticinco": "25", "veintiseis": "26", "veintisiete": "27", "veintiocho": "28", "veintinueve": "29",
}

var spokenWord = regexp.MustCompile(`[\p{L}\p{M}]+|\d+`)

// spokenDigits writes a run of number words as digits, where it gives ten digits, or eleven with a leading 1: nothing shorter is a number to call.
func spokenDigits(text string) string {
	words := spokenWord.FindAllStringIndex(text, -1)
	for i := 0; i < len(words); i++ {
		digits, spoken, j := "", 0, i
		for tens := false; j < len(words); j++ {
			raw := text[words[j][0]:words[j][1]]
			w := fold(raw)
			if j > i && strings.Trim(text[words[j-1][1]:words[j][0]], " ,.-–") != "" {
				break
			}
			d, ok := digitWords[w]
			switch {
			case w == "o" && j > i: // "five o eight"
				d, ok = "0", true
			case raw[0] >= '0' && raw[0] <= '9':
				d, ok = raw, true
				spoken--
			case w == "y" && tens, w == "and" && tens: // "cincuenta y cinco"
				continue
			case (w == "double" || w == "doble" || w == "triple") && j+1 < len(words):
				next := digitWords[fold(text[words[j+1][0]:words[j+1][1]])]
				if len(next) != 1 {
					break
				}
				d, ok = strings.Repeat(next, map[string]int{"double": 2, "doble": 2, "triple": 3}[w]), true
				j++
			case w == "hundred" && len(digits) > 0: // "eight hundred"
				d, ok = "00", true
			}
			if !ok || len(digits) > 11 {
				break
			}
			spoken++
			if tens && len(d) == 1 && d != "0" {
				digits = digits[:len(digits)-1]
			}
			tens = len(d) == 2 && d[1] == '0' && d[0] != '1' && d[0] != '0' && len(w) > 2
			digits += d
		}
		if n := len(digits); spoken > 0 && (n == 10 || n == 11 && digits[0] == '1') {
			return text[:words[i][0]] + digits[:n-10] + digits[n-10:n-7] + "-" + digits[n-7:n-4] + "-" + digits[n-4:] + text[words[j-1][1]:]
		}
	}
	return text
}

// corrections are words with which people take back what they said.
var corrections = []string{"actually", "sorry", "wait", "i mean", "i meant", "correction", "oops", "instead", "rather", "make it", "make that", "change", "better", "should be", "my bad", "the right", "new",
	"perdon", "disculpe", "disculpa", "digo", "quise decir", "mejor", "me equivoque", "en realidad", "cambie", "cambiar", "cambio", "corrijo", "correccion", "el correcto", "es mas bien", "mas bien", "ahora es", "espere", "now it's", "but it's", "i changed", "nuevo"}

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

// PhoneShown writes an E.164 number as people here read it: "(508) 555-0143"; a foreign one with its country code.
func PhoneShown(e164 string) string {
	num, err := phonenumbers.Parse(e164, "US")
	if err != nil {
		return e164
	}
	if num.GetCountryCode() == 1 {
		return phonenumbers.Format(num, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(num, phonenumbers.INTERNATIONAL)
}
