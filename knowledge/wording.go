package knowledge

import (
	"regexp"
	"strings"
)

// unwanted is a form of words that answers do not use.
type unwanted struct {
	form   *regexp.Regexp
	prefer string
}

func avoid(form, prefer string) unwanted {
	return unwanted{regexp.MustCompile(`(?i)(?:^|[^\p{L}])(` + form + `)(?:$|[^\p{L}])`), prefer}
}

// unwantedWords are refused in answers, by language: words that hurt, with the person-first words to use; amounts that only a clinician may give;
// promises that only a clinic can make. Visitors may use any word, so ways of asking are not looked at.
var unwantedWords = map[string][]unwanted{
	"en": {
		avoid(`addicts?|junkies?|junky|druggies?|(?:drug )?abusers?|(?:drug|opioid) users?|users`, "person with an opioid use disorder, or person who uses drugs"),
		avoid(`(?:substance|drug|opioid|alcohol) abuse|drug habits?`, "substance use, or substance use disorder"),
		avoid(`(?:get|getting|stay|staying|be|being|are|is|am|been|come|comes) (?:clean|dirty)`, "in recovery, or not using; using"),
		avoid(`(?:clean|dirty) (?:tests?|urines?|screens?|samples?)|(?:tests?|tested|urine) (?:clean|dirty)`, "negative, or positive"),
		avoid(`(?:former|reformed|recovering|ex)[- ]addicts?`, "person in recovery"),
		avoid(`(?:opioid |opiate )?(?:replacement|substitution) (?:therapy|treatment)`, "medicine for opioid use disorder"),
		avoid(`relaps\w*|slip(?:s|ped|ping)? up`, "return to use"),
		avoid(`addicted bab(?:y|ies)`, "newborn with opioid withdrawal"),
		avoid(`non-?compliant|failed treatment`, "treatment was not the right fit, or stopped"),
		avoid(`you are covered|you're covered|you’re covered|guaranteed?`, "staff check it with you"),
		avoid(`free of charge|for free|(?:is|are) free`, "say who pays"),
	},
	"es": {
		avoid(`(?:ex)?(?:drogadict|adict|tecat|yonqui|yonki)[oa]?s?`, "persona con un trastorno por consumo de opioides, o persona que consume"),
		avoid(`(?:usuari[oa]s?|consumidor(?:a|es|as)?) de drogas|abusador(?:a|es|as)?`, "persona que consume"),
		avoid(`(?:abuso|abusar) (?:de|del) (?:las? |los )?(?:drogas?|sustancias?|opioides?|alcohol)`, "consumo o uso de sustancias, o consumo problemático"),
		avoid(`(?:está|estar|estoy|están|es|ser|seguir|sigue|mantenerse|quedar) (?:limpi|suci)[oa]s?`, "en recuperación, o no consume; consume"),
		avoid(`(?:pruebas?|orinas?|resultados?|muestras?) (?:limpi|suci)[oa]s?`, "resultado negativo, o positivo"),
		avoid(`(?:terapia|tratamiento) de (?:sustitución|reemplazo)`, "medicamento para el trastorno por consumo de opioides"),
		avoid(`síndrome de abstinencia`, "malestar al dejar los opioides (abstinencia)"),
		avoid(`recaídas?|recaer|recae|recayó`, "volver a consumir"),
		avoid(`bebés? adict[oa]s?`, "recién nacido con abstinencia de opioides"),
		avoid(`está cubiert[oa]|garantizad[oa]s?|le garantizamos`, "el personal lo revisa con usted"),
		avoid(`gratis|gratuit[oa]s?`, "diga quién paga"),
	},
}

// unwantedAnywhere holds in every language.
var unwantedAnywhere = []unwanted{
	{regexp.MustCompile(`(?i)\d[\d.,]*[\s\x{a0}-]*(mg|mcg|ml|milligrams?|micrograms?|milliliters?|miligramos?|microgramos?|mililitros?)\b`), "no amounts of medicine; a nurse or doctor sets them"},
	{regexp.MustCompile(`([!¡])`), "a full stop"},
	{regexp.MustCompile(`([\x{2600}-\x{27bf}\x{1f300}-\x{1faff}])`), "no emoji"},
	{regexp.MustCompile("(\\*\\*|__|`|\\]\\(|<\\w+)"), "plain text without marks"},
}

// notForAnswers stands between an unwanted word, in quotation marks, and what is better.
const notForAnswers = `" is not for answers; better: `

// wordingProblems names the unwanted words of a text.
func wordingProblems(text, lang string) (problems []string) {
	for _, u := range append(unwantedWords[lang][:len(unwantedWords[lang]):len(unwantedWords[lang])], unwantedAnywhere...) {
		for _, m := range u.form.FindAllStringSubmatch(text, -1) {
			problems = append(problems, `"`+strings.TrimSpace(m[0])+notForAnswers+u.prefer)
		}
	}
	return problems
}
