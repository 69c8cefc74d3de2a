package bot

import (
	"slices"
	"strings"
)

// reading is what a message says to the scheduling dialogue, whatever the step it waits for.
type reading struct {
	fields  Fields
	said    []StepID // steps that the fields belong to, in their order
	skip    []StepID // steps that the visitor does not want to answer
	change  StepID   // a step that the visitor wants to change without saying what to
	command command  // "cancel", "back" and the like, inside a sentence
	asks    string   // the question in the message, "" if there is none
	rest    string   // what was not understood
	problem problem  // why the answer to the pending step was not understood
	unreach bool     // the phone number shall not be used: "take the number out and email me"
	plain   bool     // the answer to the pending step could be nearly anything: a name of several words
}

// beginning stands for the pending step in a message that is known to begin a request: "can I get an appointment for my son?" asks nothing then.
const beginning StepID = "beginning"

// understand reads a message while the dialogue waits for a step ("" before it begins), given what is known. It takes every answer that is clear by
// itself, in whatever order they come, and then reads what is left as the answer to the pending step. A question is never an answer.
func understand(text string, pending StepID, known Fields) reading {
	var r reading
	way := reachIn(tidy(text))
	list := clauses(way.text)
	corrected := corrects(text)
	for i := range list { // "can you call me after 5?" is a wish, not a question
		if list[i].asks && list[i].wish() {
			list[i].asks = false
		}
	}
	if pending == StepTimes && !strings.ContainsAny(text, "?¿") {
		for i := range list { // "cuando llueva", "when it rains" answers there
			if w := list[i].words[0].fold; w == "cuando" || w == "when" {
				list[i].asks = false
			}
		}
	}
	begins := pending == beginning
	if begins {
		pending = ""
	}
	if begins && has(text, bookings...) {
		for i := range list { // "can I get an appointment for my husband?"
			if w := list[i].words[0].fold; list[i].asks && !hard[w] && has(list[i].span(0, len(list[i].words)), bookings...) {
				list[i].asks = false
				for j := i + 1; j < len(list) && list[j].sentence == list[i].sentence && !opensQuestion(text, list[j].words, false); j++ { // "..., I'm asking for myself"
					list[j].asks = false
				}
			}
		}
	}
	setAside(list)
	r.reach(way, list, pending, known, text)
	r.remarks(list, pending, known, begins || has(text, bookings...))
	if name := otherName(way.text, known.Name); name != "" {
		r.fields.Name = name
		for i := range list {
			list[i].useName(name)
		}
	}
	r.commands(list, pending, corrected)
	r.consents(list, pending, known, corrected)
	r.forWhom(list, pending, known, corrected)
	if way.phone+way.mail != "" {
		list = pieces(list)
	}
	for _, read := range []func([]clause, StepID, Fields, bool){r.names, r.languages, r.coverages, r.times} {
		read(list, pending, known, corrected)
	}
	if begins && r.fields.ForWhom == "" && known.ForWhom == "" {
		r.fields.ForWhom = forSubject(text)
	}
	r.weak(list, pending, known)
	r.stray(list, pending, known)
	r.told(list, pending)
	r.close(list, pending, text)
	return r
}

// hard open questions that want an answer, however much they speak of an appointment.
var hard = set("how what when where who why which do does did is are am como que cuando donde quien cuanto cual hay tienen por para")

// beforeAsking are words that only lead to a question, and denied what a visitor says not to have said.
var (
	beforeAsking = phrases("before that", "before this", "hold on before that", "wait before that", "before i answer", "before i answer that", "before anything", "before we go on", "antes de eso", "antes de esto", "antes de contestar", "antes de seguir", "antes de nada", "antes que nada", "despues de esto", "despues de eso", "after that", "after this", "y despues")
	denied       = []string{"no dice", "no sale", "no aparece", "no salio", "doesn't say", "doesnt say", "does not say", "doesn't show", "doesnt show", "isn't there", "never said", "didn't say", "didnt say", "did not say", "i ain't say", "not what i said", "no dije", "nunca dije", "yo no dije", "no le dije", "no he dicho"}
)

// setAside marks what only leads to a question ("hold on, before that, is it private") and what the visitor says not to have said: neither answers.
func setAside(list []clause) {
	for i := range list {
		c := &list[i]
		text := fold(c.span(0, len(c.words)))
		switch {
		case !c.asks && beforeAsking[text] && i+1 < len(list) && list[i+1].asks:
			c.useAll()
		case !c.asks && has(text, denied...) && len(c.words) <= 9:
			c.useAll()
			if i+1 < len(list) && list[i+1].sentence == c.sentence && denials[list[i+1].words[0].fold] { // "nunca dije que no texto ni mensaje"
				list[i+1].useAll()
			}
		}
	}
}

// wish reports whether a clause in the form of a question asks for a call at some time or in some language.
func (c *clause) wish() bool {
	f := fold(c.span(0, len(c.words)))
	for _, opener := range []string{"can you call", "can someone call", "can somebody call", "could you call", "could someone call", "can they call", "can i get a call", "can you please call", "could you please call", "would you call", "will you call me", "can we do", "could we do", "can it be", "could it be", "can we make it",
		"me puede llamar", "me pueden llamar", "me podrian llamar", "me podria llamar", "pueden llamarme", "puede llamarme", "podrian llamarme", "podria llamarme", "puede ser", "podria ser", "me llaman", "pueden marcarme", "me pueden marcar", "how about", "what about", "is after", "is before", "can you make it", "se puede"} {
		if strings.HasPrefix(f, opener) || strings.Contains(f, " "+opener+" ") {
			_, _, ok := c.timesAt(false)
			return ok
		}
	}
	for _, opener := range []string{"can it be in", "can we do it in", "can i do it in", "puede ser en", "podria ser en", "can the call be in", "can they call in", "can you call me in", "se puede en", "can someone call me in", "me pueden hablar en", "me puede hablar en"} {
		if strings.HasPrefix(f, opener) {
			return true
		}
	}
	return false
}

func (r *reading) add(s StepID) {
	if !slices.Contains(r.said, s) {
		r.said = append(r.said, s)
	}
}

// eachAnswer gives the clauses that are no questions.
func eachAnswer(list []clause, do func(*clause)) {
	for i := range list {
		if !list[i].asks {
			do(&list[i])
		}
	}
}

// clean joins the white space of a text and takes the marks out.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == markPhone || r == markMail {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// close lists what was understood and keeps the question and what is left.
func (r *reading) close(list []clause, pending StepID, text string) {
	if n := r.fields.Name; utf8Len(n) > 60 || strings.ContainsAny(n, notInNames+"?¿\n"+string(markPhone)+string(markMail)) {
		r.fields.Name = ""
	}
	if n := r.fields.Name; n != "" && initials.MatchString(n+".") && strings.Contains(text, n+".") { // "just put J.R."
		r.fields.Name = n + "."
	}
	r.unreach = r.fields.Phone == "" && r.fields.Email != "" && numberOut.MatchString(fold(text))
	for _, s := range append(Steps(), StepRemarks) {
		if r.fields.Known(s) || s == StepLanguage && r.fields.Interpreter != nil {
			r.add(s)
		}
	}
	if len(r.said) > 0 {
		r.skip = slices.DeleteFunc(r.skip, func(s StepID) bool { return slices.Contains(r.said, s) })
	}
	var asks, rest []string
	for i := range list {
		c := &list[i]
		from, to := c.rest()
		switch {
		case c.asks:
			if from < to || len(asks) > 0 {
				asks = append(asks, c.span(0, len(c.words)))
			}
		case from < to:
			rest = append(rest, c.span(from, to))
		}
	}
	r.rest = clean(strings.Join(rest, ", "))
	if len(asks) > 0 {
		r.asks = text
		if len(r.said)+len(r.skip) > 0 || strings.Count(text, "?") < 2 && len(asks) < len(list) {
			r.asks = clean(strings.Join(asks, ", ")) + "?"
		}
	}
}
