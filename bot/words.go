package bot

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// fold lowers a text, drops its accents and turns everything that is not a letter, a digit or an apostrophe into single spaces.
func fold(text string) string {
	t := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	plain, _, err := transform.String(t, strings.ToLower(text))
	if err != nil { // only on invalid UTF-8, which the carriers refuse
		plain = strings.ToLower(text)
	}
	plain = strings.NewReplacer("’", "'", "‘", "'", "´", "'", "`", "'").Replace(plain)
	return strings.Join(strings.FieldsFunc(plain, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	}), " ")
}

// command is a short message that steers the dialogue instead of answering it.
type command string

const (
	cmdBack    command = "back"
	cmdSkip    command = "skip"
	cmdCancel  command = "cancel"
	cmdOver    command = "over"
	cmdPerson  command = "person"
	cmdEnglish command = "language:en"
	cmdSpanish command = "language:es"
	cmdSend    command = "send"
)

// commands are matched against the whole folded message, never inside a sentence: "I want to go back to work" is not a step back.
var commands = map[command][]string{
	cmdBack: {"back", "go back", "previous", "previous question", "last question", "atras", "para atras", "volver", "volver atras", "regresar",
		"la anterior", "pregunta anterior", "ir atras"},
	cmdSkip: {"skip", "skip it", "skip this", "pass", "next", "next question", "i'd rather not say", "i would rather not say", "rather not say", "prefer not to say",
		"i prefer not to say", "no comment", "saltar", "salte", "saltarla", "omitir", "pasar", "paso", "siguiente", "prefiero no decir", "prefiero no decirlo",
		"no quiero decir", "no quiero decirlo", "sin nombre", "anonimo", "anonymous", "no name"},
	cmdCancel: {"cancel", "cancel it", "cancel this", "cancel the request", "cancel my request", "stop", "quit", "never mind", "nevermind", "forget it", "cancelar", "cancele",
		"cancelalo", "cancelar la solicitud", "olvidelo", "olvidalo", "dejelo", "dejalo", "mejor no", "ya no quiero", "ya no quiero seguir", "no quiero seguir", "parar"},
	cmdOver: {"start over", "start again", "restart", "begin again", "from the beginning", "empezar de nuevo", "empezar otra vez", "comenzar de nuevo",
		"desde el principio", "de nuevo", "otra vez desde el principio"},
	cmdPerson: {"person", "a person", "human", "a human", "agent", "operator", "representative", "someone", "staff", "real person", "persona", "una persona", "humano",
		"un humano", "operador", "operadora", "representante", "alguien", "una persona real", "gente"},
	cmdEnglish: {"english", "english please", "in english", "in english please", "speak english", "switch to english", "ingles", "en ingles", "ingles por favor",
		"en ingles por favor"},
	cmdSpanish: {"spanish", "spanish please", "in spanish", "in spanish please", "switch to spanish", "espanol", "en espanol", "espanol por favor", "en espanol por favor",
		"hable espanol", "cambiar a espanol", "habla espanol por favor"},
	cmdSend: {"send", "send it", "send my request", "confirm", "that's right", "looks good", "enviar", "envielo", "enviela", "enviar mi solicitud", "confirmar", "confirmo",
		"todo bien", "esta bien asi"},
}

func commandIn(text string) command {
	f := fold(text)
	if f == "" || len(f) > 40 {
		return ""
	}
	for c, list := range commands {
		for _, w := range list {
			if f == w {
				return c
			}
		}
	}
	return ""
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
var openers = set("what how when where who why which do does did is are can could will would should may am " +
	"que como cuando donde quien quienes cual cuales cuanto cuanta cuantos puedo puede pueden hay tienen tiene aceptan acepta cobran")

// asksSomething reports whether a text reads like a question. One or two words are more often a name or an answer, unless they carry a question mark.
func asksSomething(text string) bool {
	if strings.ContainsAny(text, "?¿") {
		return true
	}
	words := strings.Fields(fold(text))
	return len(words) >= 3 && (openers[words[0]] || words[0] == "por" && words[1] == "que")
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
