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
	begins := pending == beginning
	if begins {
		pending = ""
	}
	if begins && has(text, bookings...) {
		for i := range list { // "can I get an appointment for my husband?"
			if w := list[i].words[0].fold; list[i].asks && !hard[w] && has(list[i].span(0, len(list[i].words)), bookings...) {
				list[i].asks = false
			}
		}
	}
	setAside(list)
	r.reach(way, list, pending, known, text)
	if name := otherName(way.text, known.Name); name != "" {
		r.fields.Name = name
		for i := range list {
			list[i].useName(name)
		}
	}
	r.commands(list, pending, corrected)
	for _, read := range []func([]clause, StepID, Fields, bool){r.consents, r.forWhom, r.names, r.languages, r.coverages, r.times} {
		read(list, pending, known, corrected)
	}
	r.weak(list, pending, known)
	r.stray(list, pending, known)
	r.close(list, pending, text)
	return r
}

// hard open questions that want an answer, however much they speak of an appointment.
var hard = set("how what when where who why which do does did is are am como que cuando donde quien cuanto cual hay tienen por para")

// beforeAsking are words that only lead to a question, and denied what a visitor says not to have said.
var (
	beforeAsking = phrases("before that", "before this", "hold on before that", "wait before that", "before i answer", "before i answer that", "before anything", "before we go on", "antes de eso", "antes de esto", "antes de contestar", "antes de seguir", "antes de nada", "antes que nada", "despues de esto", "despues de eso", "after that", "after this", "y despues")
	denied       = []string{"never said", "didn't say", "didnt say", "did not say", "i ain't say", "not what i said", "no dije", "nunca dije", "yo no dije", "no le dije", "no he dicho"}
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

// reach takes over phone and email, unless they stand in a question about somebody else's number.
func (r *reading) reach(way reach, list []clause, pending StepID, known Fields, text string) {
	for i := range list {
		for k := range list[i].words {
			w := &list[i].words[k]
			if w.fold != string(markPhone) && w.fold != string(markMail) {
				continue
			}
			w.used = true
			if list[i].asks && has(list[i].span(0, len(list[i].words)), "your", "yours", "su", "sus", "ustedes", "clinic", "clinica") && !has(list[i].span(0, len(list[i].words)), "my", "mi") {
				way.phone, way.mail = "", ""
				continue
			}
			list[i].useLead(k)
		}
	}
	if way.phone == "" && way.problem == "" || way.phone == "" && way.part == "" {
		if fixed := mended(known.Phone, way.text); fixed != "" {
			way.phone, way.problem = fixed, ""
			for i := range list {
				list[i].useAll()
			}
		}
	}
	if way.phone != "" || way.mail != "" {
		r.fields.Phone, r.fields.Email = way.phone, way.mail
		return
	}
	if pending == StepReach || pending == StepSummary || way.problem != "" && has(text, "number", "numero", "cell", "phone", "celular", "telefono", "call me at", "llamen al", "llameme al") {
		r.problem = way.problem
	}
}

// numberWords stand before a number or an email.
var numberWords = set("my number phone cell mobile home telephone tel celular cel casa numero telefono call reach me at on is it's its it the best way contact a by through to email mail e address correo electronico mi el es al por llamen llamenme llameme llame llamarme marqueme marquen pueden puede you can may use nuevo new correct right correcto should be try work's ext our nuestro su tengo este phone's cell's personal lo mejor via mejor here aqui write escribame escribanme send mande change cambie cambiar cambiemos actualice update")

// useLead marks the words that only led to a number: "mi numero es".
func (c *clause) useLead(at int) {
	for k := at - 1; k >= 0 && !c.words[k].used && numberWords[c.words[k].fold]; k-- {
		c.words[k].used = true
	}
	if at+1 < len(c.words) && c.words[at+1].fold == "ext" {
		c.use(at+1, min(len(c.words), at+3))
	}
}

func (c *clause) useName(name string) {
	if from, to := c.find(fold(name)); from >= 0 {
		c.use(from, to)
		for from > 0 && strings.Contains(" no it's its is es name nombre my mi ", " "+c.words[from-1].fold+" ") {
			from--
			c.words[from].used = true
		}
	}
	for i := range c.words { // "not Anna" goes with it
		if w := c.words[i].fold; (w == "not" || w == "no") && i+2 >= len(c.words)-1 && len(c.words) <= i+3 {
			c.use(i, len(c.words))
		}
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

func (r *reading) consents(list []clause, pending StepID, _ Fields, _ bool) {
	said := map[StepID]*bool{}
	named := map[StepID]int{}
	for i := range list {
		for _, way := range []struct {
			step  StepID
			nouns []string
		}{{StepVoicemail, voicemailWords}, {StepText, textWords}} {
			yes, clear, bare := list[i].consentIn(way.nouns)
			switch {
			case clear && said[way.step] == nil:
				said[way.step] = new(yes)
			case bare && !list[i].asks:
				named[way.step] = i + 1
			}
		}
	}
	for step, at := range named { // "no voicemail or texts": the second goes with the first
		other := StepText
		if step == StepText {
			other = StepVoicemail
		}
		if said[step] == nil && said[other] != nil && !*said[other] && at > 1 {
			said[step] = new(false)
		}
	}
	if said[StepVoicemail] == nil && said[StepText] == nil {
		for i := range list {
			if from, to, ok := list[i].any(noMessages); ok { // neither kind is named: both are meant
				list[i].use(from, to)
				if pending != StepText {
					said[StepVoicemail] = new(false)
				}
				if pending != StepVoicemail {
					said[StepText] = new(false)
				}
			}
		}
	}
	if said[StepVoicemail] != nil {
		r.fields.Voicemail = said[StepVoicemail]
	}
	if said[StepText] != nil {
		r.fields.Text = said[StepText]
	}
}

// noMessages rule out messages of either kind.
var noMessages = []string{"no messages", "no message", "no msgs", "don't leave or send messages", "no mensajes", "no mensaje", "sin mensajes", "ningun mensaje", "nada de mensajes", "no quiero mensajes", "no me manden mensajes"}

func (r *reading) forWhom(list []clause, pending StepID, known Fields, corrected bool) {
	eachAnswer(list, func(c *clause) {
		if from, to := c.rest(); corrected && known.ForWhom != "" && to-from == 1 && len(c.words) <= 2 && strings.Contains(" me myself yo ", " "+c.words[from].fold+" ") { // "no wait, me"
			r.fields.ForWhom = "self"
			c.useAll()
			return
		}
		if w := c.forWhomIn(pending == StepForWhom, known.ForWhom != "" && pending != StepForWhom); w != "" && (r.fields.ForWhom == "" || w != "self") {
			r.fields.ForWhom = w
		}
	})
}

func (r *reading) languages(list []clause, pending StepID, _ Fields, _ bool) {
	for i := range list {
		c := &list[i]
		if c.asks && !(c.wish() || pending == StepLanguage && has(c.span(0, len(c.words)), "interpreter", "interprete")) {
			continue
		}
		tag, interpreter, ok := c.languageIn(pending == StepLanguage || r.change == StepLanguage)
		if !ok {
			continue
		}
		if tag != "" && (r.fields.Language == "" || r.fields.Language == "en" || r.fields.Language == "es" && tag != "en") {
			r.fields.Language = tag
		}
		if interpreter != nil {
			r.fields.Interpreter = interpreter
		}
	}
}

func (r *reading) names(list []clause, pending StepID, known Fields, corrected bool) {
	if r.fields.Name != "" {
		return
	}
	for _, shy := range []bool{false, true} { // "it's Robert but I go by Robbie"
		eachAnswer(list, func(c *clause) {
			if r.fields.Name == "" {
				r.fields.Name = c.ledName(shy, pending == StepName, corrected)
				if shy && r.fields.Name == "" && (pending == StepForWhom || pending == StepName || pending == StepSummary || r.fields.Phone != "" || pending != "" && known.Name == "") {
					r.fields.Name = c.plainlyNamed()
				}
			}
		})
	}
	if pending == StepName && r.fields.Name == "" {
		eachAnswer(list, func(c *clause) {
			if r.fields.Name == "" {
				r.fields.Name = c.kinName()
			}
		})
	}
	if r.fields.Name == "" && (r.fields.Phone != "" || r.fields.Email != "") && known.Name == "" && pending != StepName { // "Carla 508 555 0143"
		eachAnswer(list, func(c *clause) {
			if from, to := c.rest(); r.fields.Name == "" && to-from >= 1 && to-from <= 3 && isUpper(c.span(from, to)) && len(list) <= 2 {
				r.fields.Name = c.bareName()
			}
		})
	}
}

func (r *reading) coverages(list []clause, pending StepID, _ Fields, _ bool) {
	var codes []string
	eachAnswer(list, func(c *clause) {
		codes = append(codes, c.coveragesIn(pending == StepCoverage || r.change == StepCoverage, len(list) > 1 || pending != "")...)
	})
	r.fields.Coverage = coverageOf(codes)
}

func (r *reading) times(list []clause, pending StepID, known Fields, corrected bool) {
	from, to, last := -1, -1, -1
	text := ""
	if whole := wholeTimes(list, pending == StepTimes || r.change == StepTimes); whole != "" {
		r.fields.Times = whole
		return
	}
	for i := range list {
		c := &list[i]
		if c.asks {
			continue
		}
		a, b, ok := c.timesAt(pending == StepTimes || r.change == StepTimes || text != "")
		if !ok {
			continue
		}
		f, t := c.words[a].from, c.words[b-1].to
		c.useTimes(a, b)
		switch {
		case from < 0:
			from, to = f, t
		case last == i-1 && !strings.ContainsRune(c.text[to:f], markPhone) && f-to < 12:
			to = t
		default:
			text += clean(c.text[from:to]) + ", "
			from, to = f, t
		}
		last = i
	}
	if from < 0 {
		return
	}
	text += clean(list[last].text[from:to])
	if utf8Len(text) > 160 {
		return
	}
	value := timesValue(text)
	if pending != StepTimes && r.change != StepTimes && !corrected && vagueDay[fold(text)] { // alone it says rather when something happened
		return
	}
	if value == "any" && known.Times != "" && pending != StepTimes && (!corrected || r.fields.Language != "") { // "I don't care, English"
		return
	}
	r.fields.Times = value
	if known.Times != "" && pending != StepTimes && !corrected && len(list) > 0 && onlyBars(text) { // "and never at home" adds to what was said
		r.fields.Times = known.Times + ", " + text
	}
}

// wholeTimes keeps a long answer about times as it was written: pieces of "i'm up at 4 so early is good but i go out till 8. after that til noon" would
// say something else. It gives "" where pieces do.
func wholeTimes(list []clause, pending bool) string {
	if !pending {
		return ""
	}
	first, last, timed, words := -1, -1, 0, 0
	for i := range list {
		c := &list[i]
		if c.asks {
			return ""
		}
		a, b, ok := c.timesAt(true)
		if first < 0 && !ok {
			continue
		}
		for k := range c.words {
			if c.words[k].used {
				return ""
			}
			if (k < a || k >= b) && !fillers[c.words[k].fold] && !plainTimes[c.words[k].fold] && !hedges[c.words[k].fold] && !callWord[c.words[k].fold] {
				words++
			}
		}
		if ok {
			timed++
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if timed < 3 || words < 3 {
		return ""
	}
	text := clean(list[first].text[list[first].words[0].from:list[last].words[len(list[last].words)-1].to])
	if utf8Len(text) > 160 {
		return ""
	}
	for i := first; i <= last; i++ {
		list[i].useAll()
	}
	return text
}

var vagueDay = set("today tonight hoy early late temprano")

func onlyBars(text string) bool {
	first, _, _ := strings.Cut(fold(text), " ")
	return never[first]
}

// useTimes marks a time and the words of calling around it.
func (c *clause) useTimes(a, b int) {
	c.use(a, b)
	for k := a - 1; k >= 0 && !c.words[k].used && (plainTimes[c.words[k].fold] || numberWords[c.words[k].fold] || fillers[c.words[k].fold] || callWord[c.words[k].fold]); k-- {
		c.words[k].used = true
	}
	for k := b; k < len(c.words) && !c.words[k].used && (plainTimes[c.words[k].fold] || fillers[c.words[k].fold] || callWord[c.words[k].fold]); k++ {
		c.words[k].used = true
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
	for _, s := range Steps() {
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
