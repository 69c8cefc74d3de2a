package bot

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold lowers a text, drops its accents and turns everything that is not a letter, a digit or an apostrophe into single spaces.
func fold(text string) string {
	if folded(text) {
		return text
	}
	if plain, ok := foldASCII(text); ok {
		return plain
	}
	plain := norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text))))
	plain = strings.NewReplacer("’", "'", "‘", "'", "´", "'", "`", "'").Replace(plain)
	return strings.Join(strings.FieldsFunc(plain, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	}), " ")
}

// foldASCII folds a text without accents, which needs no tables.
func foldASCII(text string) (string, bool) {
	out := make([]byte, 0, len(text))
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 0x80 || c == '`':
			return "", false
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '\'':
			out = append(out, c)
		case len(out) > 0 && out[len(out)-1] != ' ':
			out = append(out, ' ')
		}
	}
	if len(out) > 0 && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	return string(out), true
}

// folded reports whether a text is as fold leaves it; most texts that reach it are.
func folded(text string) bool {
	space := true // none at the start, none after another
	for i := range len(text) {
		c := text[i]
		switch {
		case c == ' ' && space:
			return false
		case c == ' ', c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '\'':
			space = c == ' '
		default:
			return false
		}
	}
	return !space || text == ""
}

// markers are words that stand in nearly every sentence of one language and in hardly any of the other.
var markers = map[Lang]map[string]bool{
	EN: set("the and is are you my do does what how when where can i i'm it's for with have need want to of this that they he she it your will if on at be me please am was not don't would who why there his her hello hi " +
		"thanks thank about get take help"),
	ES: set("el la los las un una y es son que como cuando donde puedo quiero necesito mi su tengo tiene tienen para por con de del se ustedes usted yo lo le me estoy esta este ese si muy pero porque hay cuanto quien cual hola " +
		"gracias ayuda favor aceptan cobra cuesta al en hijo hija esposo nos sin mas tambien ya eso ser soy buenas buenos dias tardes noches"),
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// guess says in which language a text seems to be written and how many words speak for it beyond those that speak for the other. Numbers, names
// and words like "ok" or "no" speak for neither, so they never change a language in use.
func guess(text string) (Lang, int) {
	score := map[Lang]int{}
	for w := range strings.FieldsSeq(fold(text)) {
		for l, m := range markers {
			if m[w] {
				score[l]++
			}
		}
	}
	if strings.ContainsAny(text, "¿¡ñÑ") {
		score[ES] += 2
	}
	switch d := score[ES] - score[EN]; {
	case d > 0:
		return ES, d
	case d < 0:
		return EN, -d
	}
	return "", 0
}

// openers are words that a question begins with, in either language.
var openers = set("what what's whats how how's when where where's who who's why which do does did is are can could will would should may am isn't aren't " +
	"que como cuando donde quien quienes cual cuales cuanto cuanta cuantos cuantas puedo puede pueden hay tienen tiene aceptan acepta cobran")

// asksSomething reports whether a text reads like a question. What a question mark follows does; so does what begins like one.
func asksSomething(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return true
	}
	for _, c := range clauses(tidy(text)) {
		if c.asks && len(c.words) >= 2 {
			return true
		}
	}
	return false
}

// greetings are words that alone ask nothing; before a question they only hide it.
var greetings = set("hi hello hey hola buenas buenos buen dia dias tardes noches good morning afternoon evening thanks thank you so much very gracias muchas muchisimas mil ok okay yes yeah si no yep bueno pues perfecto great perfect cool alright entiendo i see understood que bien sir maam ma'am senora senor senorita dear again otra vez saludos bendiciones dios lo bendiga le god bless disculpe disculpa perdon perdone excuse me sorry oiga mire")

// withoutGreeting leaves the greeting before a question out: "Thanks. And what if it gets worse tonight?"
func withoutGreeting(text string) string {
	for {
		at := strings.IndexAny(text, ".,!;:\n¿¡…")
		if at <= 0 {
			return text
		}
		first, rest := text[:at], strings.TrimLeft(text[at:], ".,!;:\n¡… \t")
		if len(strings.Fields(fold(rest))) < 2 {
			return text
		}
		for w := range strings.FieldsSeq(fold(first)) {
			if !greetings[w] {
				return text
			}
		}
		text = rest
	}
}

// questions parts a message of two questions; a message of one, or of none, comes back whole.
func questions(text string) []string {
	if strings.Count(text, "?") < 2 {
		return []string{text}
	}
	var parts []string
	for _, p := range strings.SplitAfter(text, "?") {
		if len(strings.Fields(fold(p))) >= 2 {
			parts = append(parts, strings.TrimSpace(p))
		}
	}
	if len(parts) < 2 {
		return []string{text}
	}
	return parts[:2]
}

// has reports whether the folded text holds one of the phrases as whole words.
func has(text string, phrases ...string) bool {
	f := fold(text)
	for _, p := range phrases {
		for from := 0; from+len(p) <= len(f); {
			i := strings.Index(f[from:], p)
			if i < 0 {
				break
			}
			i += from
			if end := i + len(p); (i == 0 || f[i-1] == ' ') && (end == len(f) || f[end] == ' ') && p != "" {
				return true
			}
			from = i + 1
		}
	}
	return false
}
