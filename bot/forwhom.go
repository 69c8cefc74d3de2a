package bot

import (
	"regexp"
	"strings"
)

// relatives are people for whom somebody else asks.
var relatives = set("son daughter husband wife partner boyfriend girlfriend fiance fiancee mother father mom mum mama dad brother sister friend relative grandson granddaughter grandma grandpa grandmother grandfather grandkid cousin nephew niece uncle aunt kid child children stepson stepdaughter stepbrother stepsister roommate neighbor boss coworker ex buddy spouse family " +
	"hijo hija hijos esposo esposa pareja novio novia mama papa madre padre hermano hermana amigo amiga familiar nieto nieta primo prima sobrino sobrina tio tia abuelo abuela marido mujer mujercita muchacho hijastro hijastra cunado cunada suegro suegra companero companera vecino vecina comadre compadre nuera yerno ahijado ahijada compa roomie sponsee stepmom stepdad stepfather stepmother godson goddaughter tenant employee empleado empleada inquilino muchacha viejo ma nene nena bebe gramma granny hubby wifey bro sis him her them")

// relativePhrases are people for whom somebody else asks, in two words.
var relativePhrases = []string{"loved one", "someone else", "somebody else", "another person", "someone i love", "someone i care about", "family member", "ser querido", "otra persona", "alguien mas", "un conocido", "una conocida", "on behalf of"}

// asksFor stand before the person for whom somebody asks.
var asksFor = set("parte for about behalf get getting help bring enroll para pa por a")

// notFor stand before "for" where it names no person for whom something is asked: "waiting for my husband", "that works for me".
var notFor = set("wait waiting afraid scared care caring work works working good best better easier easy hard fine ok looking bien mejor facil dificil espero esperando great pick safe convenient possible")

// own stand between "for" and the person.
var own = set("my our a an the mi un una el la nuestro nuestra mis su dear")

var providers = []string{"a patient", "my patient", "patients", "a client", "my client", "referral", "refer", "patient needs", "client needs", "paciente necesita", "cliente necesita", "referring", "i'm a nurse", "i am a nurse", "a social worker", "a case manager", "case manager", "social worker", "i'm a doctor", "i am a doctor", "a provider", "a counselor here", "i'm a counselor", "nurse practitioner", "discharge planner", "probation officer", "from the hospital", "i'm a therapist", "our patient", "our client", "nurse from", "nurse at", "doctor at", "physician",
	"un paciente", "una paciente", "mi paciente", "un cliente", "una clienta", "mi cliente", "mi clienta", "referir", "refiero", "soy enfermera", "soy enfermero", "soy medico", "soy medica", "soy doctora", "soy doctor", "trabajadora social", "trabajador social", "manejadora de casos", "soy consejera", "soy consejero", "soy terapeuta", "referido", "soy la enfermera", "nuestro paciente"}

// forWhomIn reads for whom the appointment is. pending says that this was just asked, so that a bare "my son" is an answer.
func (c *clause) forWhomIn(pending, known bool) string {
	for i := range c.words {
		if c.words[i].used || !asksFor[c.words[i].fold] || i > 0 && notFor[c.words[i-1].fold] {
			continue
		}
		if c.words[i].fold == "por" && known { // "no dejen mensajes, por mi compañera": because of her
			continue
		}
		if c.words[i].fold == "por" && i+1 < len(c.words) && (c.words[i+1].fold == "la" || c.words[i+1].fold == "el") { // "por la compañera": because of her
			continue
		}
		j := i + 1
		if j < len(c.words) && (c.words[j].fold == "of" || c.words[i].fold == "parte" && c.words[j].fold == "de") {
			j++
		}
		for j < len(c.words) && own[c.words[j].fold] {
			j++
		}
		if w := c.words[i].fold; (w == "a" || w == "get" || w == "getting" || w == "help" || w == "bring" || w == "enroll") && (known || j == i+1) {
			continue // "a mi sobrino", "get my nephew": only where nothing is known yet
		}
		for k := j; k < len(c.words) && k <= j+1; k++ { // "for my young son"
			if old := c.words[k].fold == "viejo"; old && (k == 0 || c.words[k-1].fold != "mi" && c.words[k-1].fold != "su") { // "un celular viejo"
				continue
			}
			if relatives[c.words[k].fold] && (k == j || j > i+1) {
				if c.negated(i) {
					break
				}
				c.use(c.backOver(i), k+1)
				return "loved_one"
			}
		}
		if j >= i+1 && (j <= i+2 || j == i+3 && c.words[i+1].fold == "mi" && c.words[i+2].fold == "mi") { // "para mi mi numero es"
			at := i + 1
			if at < len(c.words) && (c.words[at].fold == "me" || c.words[at].fold == "myself" || c.words[at].fold == "self" || c.words[at].fold == "mi" && (at+1 == len(c.words) || !isName(c.words[at+1].fold, pending))) {
				if c.negated(i) {
					continue
				}
				if known && !pending && !c.onlyFillersBefore(c.backOver(i)) { // "Spanish for me" says nothing about the request
					continue
				}
				end := at + 1
				if end < len(c.words) && (c.words[end].fold == "mismo" || c.words[end].fold == "misma") {
					end++
				}
				c.use(c.backOver(i), end)
				return "self"
			}
		}
	}
	for i := 1; i < len(c.words) && !known; i++ { // "para él", "por él"
		if w := &c.words[i]; !w.used && (c.text[w.from:w.to] == "él" || c.text[w.from:w.to] == "ella" || w.fold == "el" && i+1 == len(c.words)) && (c.words[i-1].fold == "para" || c.words[i-1].fold == "pa" || c.words[i-1].fold == "por") {
			c.use(i-1, i+1)
			return "loved_one"
		}
	}
	if from, to, ok := c.any([]string{"i am the patient", "i'm the patient", "im the patient", "soy el paciente", "soy la paciente", "paciente soy yo", "actually for me", "really for me", "the patient is me"}); ok {
		c.use(from, to)
		return "self"
	}
	if m := kinOf.FindStringIndex(fold(c.span(0, len(c.words)))); m != nil && !known { // "soy la mamá", "I'm his wife"
		c.useAll()
		return "loved_one"
	}
	if from, to, ok := c.any(relativePhrases); ok && !known {
		c.use(from, to)
		return "loved_one"
	}
	if from, to, ok := c.any(providers); ok && (!known || pending) && !c.ownPatient() {
		c.use(from, to)
		return "provider"
	}
	if !pending && known {
		return ""
	}
	if from, to, ok := c.any([]string{"it's me", "its me", "it is me", "soy yo", "yo mismo", "yo misma", "es mia", "just me", "only me", "para mi persona", "myself", "yours truly", "para mi", "for self", "i need help myself", "it's mine"}); ok {
		c.use(from, to)
		return "self"
	}
	for i := range c.words { // "my son needs help", "mi hijo quiere empezar"
		if c.deniedAt(i) || i > 2 && c.words[i-2].fold == "de" && (c.words[i-3].fold == "el" || c.words[i-3].fold == "la" || c.words[i-3].fold == "numero" || c.words[i-3].fold == "telefono" || c.words[i-3].fold == "celular") { // "not my wife", "ese es el de mi hija"
			continue
		}
		if relatives[c.words[i].fold] && c.words[i].fold != "family" && !c.words[i].used && (pending || i > 0 && own[c.words[i-1].fold] && (i+1 < len(c.words) && needs[c.words[i+1].fold] || i+2 < len(c.words) && needs[c.words[i+2].fold] && isUpper(c.span(i+1, i+2)))) { // "my husband Earl needs"
			c.use(max(0, i-1), i+1)
			return "loved_one"
		}
	}
	if !pending {
		return ""
	}
	if from, to := c.rest(); to-from == 1 || to-from == 2 {
		switch fold(c.span(from, to)) {
		case "me", "i", "self", "mine", "myself", "mi", "yo", "solo yo", "i am", "yo mismo", "yo misma", "conmigo", "mi mismo", "patient", "paciente":
			if w := c.words[from].fold; w == "patient" || w == "paciente" {
				c.use(from, to)
				return "provider"
			}
			c.use(from, to)
			return "self"
		}
	}
	for _, w := range []string{"patient", "patients", "client", "clients", "nurse", "doctor", "provider", "referral", "paciente", "pacientes", "enfermera", "enfermero", "medico", "proveedor"} {
		if from, to := c.find(w); from >= 0 && !c.ownPatient() {
			c.use(from, to)
			return "provider"
		}
	}
	return ""
}

// kinOf says who writes by whose relative it is.
var kinOf = regexp.MustCompile(`^(yo )?(soy|i'm|im|i am) (la|el|su|his|her|the|their) (mama|madre|papa|padre|espos[oa]|herman[oa]|abuel[oa]|ti[oa]|hij[oa]|novi[oa]|mom|mother|mum|dad|father|wife|husband|sister|brother|grandmother|grandma|grandfather|grandpa|aunt|uncle|son|daughter|girlfriend|boyfriend|partner)( de el| de ella)?$`)

// needs are what is said of a person who needs care.
var needs = set("needs wants is has uses would could should really necesita quiere esta tiene usa ocupa anda desea")

// isName reports whether a word behind "para mi" is somebody else: "para mi son".
func isName(w string, pending bool) bool {
	return relatives[w] || w == "paciente" || w == "cliente" || w == "familia" || !pending && (w == "es" || w == "seria" || w == "esta")
}

// ownPatient tells a person who is or wants to be a patient from one who sends one.
func (c *clause) ownPatient() bool {
	return has(c.span(0, len(c.words)), "new patient", "i'm a patient", "i am a patient", "as a patient", "become a patient", "be a patient", "soy paciente", "ser paciente", "paciente nuevo", "paciente nueva", "nuevo paciente", "a client of yours", "i was a patient", "i was a client")
}

// negated reports whether "not" stands right before a place.
func (c *clause) negated(i int) bool {
	return i > 0 && (c.words[i-1].fold == "not" || c.words[i-1].fold == "no" || c.words[i-1].fold == "isn't")
}

func (c *clause) onlyFillersBefore(i int) bool {
	for k := range i {
		if w := c.words[k].fold; !fillers[w] && !hedges[w] && w != "no" && w != "verdad" && w != "realidad" && w != "really" && w != "honestly" && w != "look" && w != "en" && w != "mostly" && w != "mean" && w != "meant" && w != "quise" && w != "decir" {
			return false
		}
	}
	return true
}

// backOver goes back over "it's", "it is", "es": they belong to "for my son".
func (c *clause) backOver(i int) int {
	for i > 0 && strings.Contains(" it's its it is it'll would be es seria sera esto cita appointment an una actually sino ", " "+c.words[i-1].fold+" ") {
		i--
	}
	return i
}

// forWhom reads for whom the request is; a relative outweighs "me".
func (r *reading) forWhom(list []clause, pending StepID, known Fields, corrected bool) {
	if known.ForWhom != "" && deniesRelative(list) { // "it's not a friend, it's me"
		pending, known.ForWhom = StepForWhom, ""
	}
	eachAnswer(list, func(c *clause) {
		if from, to := c.rest(); corrected && known.ForWhom != "" && to-from == 1 && len(c.words) <= 2 && strings.Contains(" me myself yo ", " "+c.words[from].fold+" ") { // "no wait, me"
			r.fields.ForWhom = "self"
			c.useAll()
			return
		}
		if w := c.forWhomIn(pending == StepForWhom, known.ForWhom != "" && pending != StepForWhom); w != "" && (r.fields.ForWhom == "" || w != "self" && (len(list) == 1 || c.holds(asksFor))) { // "for myself, my wife passed" is for oneself
			r.fields.ForWhom = w
		}
	})
}

// subject is a relative of whom something is told, and third what is wished for that person: "my brother is in Hyannis and asked me to get him in".
var (
	subject = regexp.MustCompile(`\b(?:my|our|mi|nuestro|nuestra|un|una|a) (\S+)\b`)
	third   = regexp.MustCompile(`\b(for (him|her|them)|(he|she|they) (needs?|wants?)|get (him|her|them)|le \S+ una cita|(conseguir|hacer|sacar|pedir|dar)(le|les)|necesita (una )?(cita|consulta|ayuda)|que (lo|la|le) (vea|vean|atiendan)|le (consiga|consiguiera|haga|hiciera|saque|sacara))\b`)
)

// forSubject reads for whom an opening asks that tells of a relative and then of "him" or "her".
func forSubject(text string) string {
	f := fold(text)
	if !third.MatchString(f) {
		return ""
	}
	for _, m := range subject.FindAllStringSubmatch(f, -1) {
		if relatives[m[1]] {
			return "loved_one"
		}
	}
	return ""
}

// deniesRelative reports whether a message says that it is not for somebody named before: "no es un amigo".
func deniesRelative(list []clause) bool {
	for i := range list {
		c := &list[i]
		for k := range c.words {
			if relatives[c.words[k].fold] && !c.asks && k > 1 && c.deniedAt(k) && len(c.words) <= 8 {
				return true
			}
		}
	}
	return false
}

// deniedAt reports whether the person at a place is ruled out: "not my wife", "no es un amigo".
func (c *clause) deniedAt(i int) bool {
	if i > 0 && own[c.words[i-1].fold] {
		i--
	}
	return c.negated(i) || i > 1 && c.words[i-1].fold == "es" && c.negated(i-1)
}
