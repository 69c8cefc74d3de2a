package bot

import (
	"regexp"
	"strconv"
)

// topicMinors is the entry on the age limit.
const topicMinors = "age-limit-minors"

var (
	ageSaid = regexp.MustCompile(`\b(?:i'm|im|i am|i just turned|i turned|tengo|cumpli|acabo de cumplir)(?: only| just| solo| apenas| almost| casi| about)? (\d{1,2}|thirteen|fourteen|fifteen|sixteen|seventeen|trece|catorce|quince|dieciseis|diecisiete)\b`)
	// What may follow a number that is no age, what makes it one all the same, and what may follow an age said without "years".
	ageThen = regexp.MustCompile(`^ ?(?:years?|yrs?|anos|months?|meses|weeks?|semanas|days?|dias|hours?|horas|minutes?|minutos|mg|miles|millas|kids|hijos|pounds|dollars|dolares|percent|bags|pills|pastillas|times|veces)\b`)
	ageOld  = regexp.MustCompile(`^ ?(?:years? old|yrs? old|anos(?: de edad)?(?: (?:y|pero|puedo|necesito|quiero|me|mi|mis|es|voy|estoy|no|se|como)\b|$))`)
	ageOn   = regexp.MustCompile(`^( (?:and|y|yo|so|but|pero|can|puedo|is|do|am|in|i|can't|my|me|mi|need|will|would|please|now|ahora|female|male|girl|boy)\b|$)`)
	minors  = []string{"i'm a minor", "i am a minor", "im a minor", "i'm under 18", "i am under 18", "im under 18", "i'm underage", "i am underage", "im underage", "i'm not 18 yet", "i'm not 18", "i am not 18", "im not 18", "i'm a teenager", "i'm a teen", "im a teen", "im a teenager", "i'm in high school", "im in high school", "i am in high school", "i'm in middle school", "i'm still in school and my parents", "i turn 18 next",
		"soy menor de edad", "soy menor", "soy un menor", "no tengo 18", "aun no tengo 18", "todavia no tengo 18", "no cumplo 18", "aun no cumplo 18", "todavia no cumplo los 18", "tengo menos de 18", "estoy en la prepa", "estoy en la secundaria", "estoy en high school", "voy a la secundaria", "voy a la prepa", "soy adolescente"}
	adults = []string{"i'm an adult", "i am an adult", "im an adult", "i'm over 18", "i am over 18", "soy adulto", "soy adulta", "soy mayor de edad", "ya cumpli 18", "i'm 18 or older"}
)

// kinAge is the age of a child or another relative, before or after the word for them, and theirAge of somebody spoken of.
var (
	kinAge   = regexp.MustCompile(`\b(?:my|our|mi) (?:\S+ )?(?:son|daughter|kid|child|boy|girl|brother|sister|nephew|niece|grandson|granddaughter|hijo|hija|nino|nina|hermano|hermana|sobrino|sobrina|nieto|nieta)(?: (?:is|of|de|tiene|just turned|who is|que tiene|cumplio))? (?:only |solo |apenas )?(\d{1,2})\b`)
	ageOfKin = regexp.MustCompile(`\b(\d{1,2})(?: |-)?(?:yo|y/o|yr old|year old|year-old|years old) (?:son|daughter|kid|child|boy|girl|brother|sister|nephew|niece|grandson|granddaughter)\b`)
	theirAge = regexp.MustCompile(`\b(?:he's|she's|hes|shes|he is|she is|(?:el|ella) tiene|tiene) (?:only |solo |apenas )?(\d{1,2})\b`)
)

// kinUnder18 reports whether somebody else, for whom this is, is said to be under 18. "He's 16 months clean" says nothing of it.
func kinUnder18(text string) bool {
	f := fold(text)
	for _, form := range []*regexp.Regexp{kinAge, ageOfKin, theirAge} {
		m := form.FindStringSubmatchIndex(f)
		if m == nil {
			continue
		}
		age, err := strconv.Atoi(f[m[2]:m[3]])
		if then := f[m[3]:]; err != nil || form != ageOfKin && ageThen.MatchString(then) && !kinOld.MatchString(then) {
			continue
		}
		return age >= 8 && age < 18
	}
	return false
}

// kinOld follows an age; "years clean" does not.
var kinOld = regexp.MustCompile(`^ ?(?:years? old|yrs? old|anos)(?: (?:de edad|y|usa|and|who|uses)\b|$)`)

// ageIn reads what somebody says about their own age: minor, adult, or neither. "I'm 16 weeks pregnant" and "tengo 15 años limpio" say nothing of it.
func ageIn(text string) (minor, adult bool) {
	f := fold(text)
	if has(text, adults...) {
		return false, true
	}
	if has(text, minors...) && !has(text, "my son", "my daughter", "mi hijo", "mi hija", "was", "were", "era") {
		return true, false
	}
	m := ageSaid.FindStringSubmatchIndex(f)
	if m == nil {
		return false, false
	}
	age, err := strconv.Atoi(f[m[2]:m[3]])
	if err != nil {
		age, _ = strconv.Atoi(digitWords[f[m[2]:m[3]]])
	}
	then := f[m[3]:]
	if ageThen.MatchString(then) && !ageOld.MatchString(then) || !ageThen.MatchString(then) && !ageOn.MatchString(then) {
		return false, false
	}
	return age >= 8 && age < 18, age >= 18
}
