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

var digitRun = regexp.MustCompile(`[+(]?\d[\d\s().\-–/]{4,}\d`)

// phoneIn finds a phone number in a text: "mi numero es 508 555 0143", "call (508) 555-0143 after 5". It returns the number in E.164, what is
// left of the text, and a problem where digits look like a number but are not one.
func phoneIn(text string) (e164, rest string, p problem) {
	for _, at := range digitRun.FindAllStringIndex(text, -1) {
		run := text[at[0]:at[1]]
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, run)
		switch n := len(digits); {
		case n < 7:
			continue
		case n == 7:
			p = "phone_area"
			continue
		}
		num, err := phonenumbers.Parse(run, "US")
		if err != nil || !phonenumbers.IsValidNumber(num) {
			p = "phone"
			continue
		}
		rest = strings.TrimSpace(text[:at[0]] + " " + text[at[1]:])
		return phonenumbers.Format(num, phonenumbers.E164), rest, ""
	}
	return "", text, p
}

// numberLead is what people write before their number.
var numberLead = regexp.MustCompile(`(?i)^[\s,.;:–-]*((it'?s|is|my|our|the|mi|el|es|al|a|at|on|y|and)\s+)*((phone|cell|mobile|home|telephone|tel|celular|cel|casa|n[uú]mero|number|tel[eé]fono|call|text|ll[aá]me(n|me|nme)?|reach)\b[\s.:#]*)((de\s+)?(tel[eé]fono|number|phone|me|is|es|at|al|a|on|cell|celular)\b[\s.:]*)*$`)

// withoutLead takes away what only led to a number, so that "mi numero es" is not read as a name.
func withoutLead(rest string) string {
	if numberLead.MatchString(rest) || len(fold(rest)) < 2 {
		return ""
	}
	return rest
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

func emailIn(text string) string {
	for w := range strings.FieldsSeq(text) {
		w = strings.Trim(w, ".,;:<>()\"'")
		if !strings.Contains(w, "@") || len(w) > 120 {
			continue
		}
		if a, err := mail.ParseAddress(w); err == nil && strings.Contains(a.Address[strings.LastIndex(a.Address, "@"):], ".") {
			return a.Address
		}
	}
	return ""
}

var (
	yesWords = set("yes yeah yep yup sure ok okay fine y si sip claro bueno dale vale correcto")
	noWords  = set("no nope nah never n nunca jamas tampoco negative")
)

// yesOrNo reads a clear yes or no. Consent counts only when nothing speaks against it: "yes but no voicemail" and "I don't know" are neither.
func yesOrNo(text string) (answer, ok bool) {
	f := fold(text)
	words := strings.Fields(f)
	if len(words) == 0 || len(words) > 8 {
		return false, false
	}
	yes, no := 0, 0
	for _, w := range words {
		switch {
		case yesWords[w]:
			yes++
		case noWords[w], w == "don't", w == "dont", w == "not":
			no++
		}
	}
	for _, unsure := range []string{"know", "sure about", "not sure", "se", "depende", "maybe", "tal vez", "quizas", "unless", "only if", "but", "pero", "solo si"} {
		if strings.Contains(" "+f+" ", " "+unsure+" ") {
			return false, false
		}
	}
	switch {
	case yes > 0 && no == 0:
		return true, true
	case no > 0 && yes == 0:
		return false, true
	}
	return false, false
}

// justNo reports whether a message is a no and nothing more. It answers the direct question about danger, where "no aguanto más" must not.
func justNo(text string) bool {
	words := strings.Fields(fold(text))
	no := 0
	for _, w := range words {
		switch {
		case noWords[w]:
			no++
		case w != "thanks" && w != "thank" && w != "you" && w != "gracias" && w != "para" && w != "nada":
			return false
		}
	}
	return no > 0
}

// unsure reports whether a short message neither says yes nor no to the direct question about danger.
func unsure(text string) bool {
	return len(strings.Fields(fold(text))) <= 5 && has(text, "maybe", "i don't know", "i dont know", "idk", "sometimes", "kind of", "sort of", "a little", "i think so", "not sure", "probably",
		"no se", "tal vez", "quizas", "quiza", "a veces", "creo que si", "un poco", "puede ser", "mas o menos")
}

var nameLead = regexp.MustCompile(`(?i)^\s*(my name is|my name's|name is|i am|i'm|im|it's|its|this is|call me|you can call me|me llamo|mi nombre es|yo soy|soy|llámeme|llameme|me dicen|puede llamarme|dígame|digame)\s+`)

// nameIn reads a name or alias. Anything a person wants to be called will do, but not a number, an address or a whole story.
func nameIn(text string) (string, problem) {
	name := strings.Trim(nameLead.ReplaceAllString(strings.TrimSpace(text), ""), " .,;:!")
	name = strings.Join(strings.Fields(name), " ")
	letters := 0
	for _, r := range name {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if letters == 0 || len([]rune(name)) > 60 || len(strings.Fields(name)) > 6 || strings.ContainsAny(name, "@/\\<>") {
		return "", "name"
	}
	return name, ""
}

// has reports whether the folded text holds one of the phrases as whole words.
func has(text string, phrases ...string) bool {
	f := " " + fold(text) + " "
	for _, p := range phrases {
		if strings.Contains(f, " "+p+" ") {
			return true
		}
	}
	return false
}

func forWhomIn(text string) string {
	switch {
	case has(text, "patient", "patients", "client", "paciente", "nurse", "doctor", "provider", "social worker", "case manager", "referral", "enfermera", "enfermero", "medico", "trabajadora social", "proveedor"):
		return "provider"
	case has(text, "son", "daughter", "husband", "wife", "partner", "boyfriend", "girlfriend", "mother", "father", "mom", "dad", "brother", "sister", "friend", "relative", "loved one", "someone else", "grandson", "granddaughter", "cousin", "nephew", "niece",
		"hijo", "hija", "esposo", "esposa", "pareja", "novio", "novia", "mama", "papa", "madre", "padre", "hermano", "hermana", "amigo", "amiga", "familiar", "ser querido", "otra persona", "nieto", "nieta", "primo", "prima", "sobrino", "sobrina", "marido", "mujer"):
		return "loved_one"
	case has(text, "for me", "myself", "for self", "it's me", "its me", "i am the patient", "para mi", "yo mismo", "yo misma", "soy yo", "es mia", "a mi"):
		return "self"
	}
	switch fold(text) { // alone these mean oneself; in a sentence they mean nothing ("me llamo Carmen")
	case "me", "i", "self", "mine", "just me", "me please", "mi", "yo", "solo yo":
		return "self"
	}
	return ""
}

// languagesHeard maps names of languages that people on Cape Cod speak to BCP 47 tags.
var languagesHeard = []struct {
	tag   string
	names []string
}{
	{"en", []string{"english", "ingles"}},
	{"es", []string{"spanish", "espanol", "castellano"}},
	{"pt", []string{"portuguese", "portugues", "brazilian", "brasileno"}},
	{"ht", []string{"haitian creole", "haitian", "creole", "criollo haitiano", "creole haitiano", "kreyol"}},
	{"kea", []string{"cape verdean", "cape verdean creole", "kriolu", "criollo caboverdiano", "caboverdiano"}},
	{"ase", []string{"asl", "sign language", "american sign language", "lengua de senas", "lenguaje de senas"}},
	{"fr", []string{"french", "frances"}}, {"zh", []string{"chinese", "mandarin", "cantonese", "chino", "mandarin"}},
	{"vi", []string{"vietnamese", "vietnamita"}}, {"ru", []string{"russian", "ruso"}}, {"ar", []string{"arabic", "arabe"}},
	{"uk", []string{"ukrainian", "ucraniano"}}, {"ja", []string{"japanese", "japones"}}, {"ko", []string{"korean", "coreano"}},
	{"quc", []string{"k'iche", "kiche", "quiche"}}, {"bg", []string{"bulgarian", "bulgaro"}},
}

func languageIn(text string) (tag string, interpreter *bool) {
	for _, l := range languagesHeard {
		if has(text, l.names...) && (tag == "" || tag == "en" || tag == "es") {
			tag = l.tag
		}
	}
	wanted := has(text, "interpreter", "translator", "interprete", "traductor", "traductora")
	refused := has(text, "no interpreter", "without interpreter", "without an interpreter", "sin interprete", "no necesito interprete", "don't need an interpreter")
	switch {
	case refused:
		return tag, new(false)
	case wanted, tag != "" && tag != "en" && tag != "es":
		return tag, new(true)
	}
	return tag, nil
}

func coverageIn(text string) string {
	medicare := has(text, "medicare", "medicair", "medicaire", "red white and blue", "roja blanca y azul", "part b", "parte b", "advantage")
	mass := has(text, "masshealth", "mass health", "medicaid", "medicade")
	switch {
	case has(text, "both", "los dos", "las dos", "ambos", "ambas") || medicare && mass:
		return "both"
	case medicare:
		return "medicare"
	case mass:
		return "masshealth"
	case has(text, "private", "blue cross", "employer", "through work", "my job", "tricare", "va", "harvard pilgrim", "tufts", "aetna", "cigna", "united", "privado", "privada", "del trabajo", "por el trabajo", "seguro privado"):
		return "private"
	case has(text, "i don't know", "don't know", "dont know", "not sure", "unsure", "no idea", "no se", "no estoy seguro", "no estoy segura", "ni idea"):
		return "unknown"
	case has(text, "none", "no insurance", "nothing", "uninsured", "no coverage", "don't have insurance", "don't have any", "ninguno", "ninguna", "no tengo", "sin seguro", "nada"), fold(text) == "no":
		return "none"
	}
	return ""
}

// timeWords make a text say when: without one of them, or a digit, it does not.
var timeWords = set("am pm morning mornings noon midday afternoon afternoons evening evenings night nights after before between until weekday weekdays weekend weekends day days daytime today tomorrow tonight now asap soon " +
	"early late later lunch lunchtime work time times week never always monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays mon tue wed thu fri sat sun " +
	"manana mananas mediodia tarde tardes noche noches despues antes entre hasta semana dia dias hoy ahora pronto temprano trabajo almuerzo hora horas nunca siempre madrugada rato lunes martes miercoles jueves viernes sabado sabados domingo domingos")

// timesIn reads when to call: one of the choices, or the visitor's own words if they say when.
func timesIn(text string) (string, problem) {
	t := strings.Join(strings.Fields(text), " ")
	if len([]rune(t)) > 160 {
		return "", "times"
	}
	switch fold(t) {
	case "any time", "anytime", "any", "whenever", "cualquier hora", "a cualquier hora", "cuando sea", "cuando quieran", "cualquiera":
		return "any", ""
	case "morning", "mornings", "in the morning", "manana", "mananas", "por la manana", "en la manana", "las mananas", "por las mananas":
		return "morning", ""
	case "afternoon", "afternoons", "in the afternoon", "tarde", "tardes", "por la tarde", "en la tarde", "por las tardes":
		return "afternoon", ""
	case "evening", "evenings", "in the evening", "night", "at night", "noche", "noches", "por la noche", "en la noche", "por las noches":
		return "evening", ""
	}
	for w := range strings.FieldsSeq(fold(t)) {
		if timeWords[w] || unicode.IsDigit([]rune(w)[0]) {
			return t, ""
		}
	}
	return "", "times"
}
