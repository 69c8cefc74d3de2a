package bot

import (
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot/safety"
)

// keep stores what a message says to the dialogue beside something more important. Nothing is said about it in this turn.
func (t *turn) keep() {
	if t.in.Choice != "" || !t.c.Intake.Active() {
		return
	}
	r := understand(t.in.Text, "", t.c.Intake.Fields)
	// Only what cannot be part of the trouble itself: "tonight" in a threat is no time to call.
	kept := reading{fields: Fields{Phone: r.fields.Phone, Email: r.fields.Email, Voicemail: r.fields.Voicemail, Text: r.fields.Text}}
	for _, yes := range []**bool{&kept.fields.Voicemail, &kept.fields.Text} { // beside a danger only a no counts
		if *yes != nil && **yes {
			*yes = nil
		}
	}
	for _, s := range r.said {
		if kept.fields.Known(s) {
			kept.add(s)
		}
	}
	r = kept
	at, known := t.c.Intake.Step, t.c.Intake.Fields.Known(t.c.Intake.Step)
	t.accept(at, r)
	if !known && t.c.Intake.Fields.Known(at) { // its answer is here: do not ask for it when this is over
		t.add(Event{Type: Asked, Step: t.c.Intake.next()})
	}
	t.got = nil
}

// age minds what visitors say about their own age. It reports whether the turn is complete: somebody under 18 is given the lines for young
// people and is asked for nothing.
func (t *turn) age() bool {
	minor, adult := ageIn(t.in.Text)
	if !minor && (t.c.Intake.Active() || has(t.in.Text, bookings...)) && kinUnder18(t.in.Text) && !slices.ContainsFunc(t.c.Lines, func(l Line) bool { return slices.Contains(l.Topics, topicMinors) }) {
		t.say(KeyAnswer, nil, topicMinors) // whoever asks for a child can still ask to be called
		return false
	}
	switch {
	case adult && t.c.Minor:
		t.add(Event{Type: OfAge})
		if asksSomething(t.in.Text) || has(t.in.Text, bookings...) {
			return false
		}
		t.say(KeyResumed, nil)
		return true
	case minor && !t.c.Minor:
		t.add(Event{Type: Underage})
	case !minor:
		return false
	}
	t.say(KeyMinor, nil, topicMinors)
	return true
}

// triesOfCodes is how many unknown reference codes a conversation may try.
const triesOfCodes = 5

// status tells how far the request with a code has come, or takes it back where the visitor asks for that. The code is all that is needed, so it tells
// nothing but the status.
func (t *turn) status() bool {
	tried := 0
	for _, l := range t.c.Lines {
		if l.Key == KeyStatus && l.Args["status"] == StatusUnknown {
			tried++
		}
	}
	status := t.in.Status
	if tried >= triesOfCodes {
		status = StatusLater
	}
	if status == StatusUnknown && t.c.Intake.Active() && !has(t.in.Text, "code", "codigo", "status", "request", "solicitud") { // more likely an answer
		return false
	}
	known := status != StatusUnknown && status != StatusLater
	text := fold(strings.Replace(t.in.Text, codeAt(t.in.Text), "", 1))
	if c := commandIn(text); known && (c == cmdCancel || c == cmdWithdraw || takesBack(text)) {
		t.add(Event{Type: Withdrawn, Reference: t.in.Code})
		t.say(KeyWithdrawn, nil)
		return true
	}
	t.say(KeyStatus, map[string]string{"status": status})
	t.resume()
	return true
}

func takesBack(text string) bool {
	return has(text, "cancel", "stop", "withdraw", "delete", "remove", "don't call", "dont call", "do not call", "take back", "cancelar", "cancele", "cancelen", "retirar", "retire", "borrar", "borre", "borren", "ya no", "no me llamen", "alto", "anular")
}

// What a status tells a visitor; there is nothing more to tell.
const (
	StatusReceived  = "received"
	StatusTried     = "tried"
	StatusScheduled = "scheduled"
	StatusClosed    = "closed"
	StatusUnknown   = "unknown" // no request has this code
	StatusLater     = "later"   // too many codes were tried
)

// codeForm is a reference code as people type it: eight characters of Crockford's base32 with or without a dash, O for 0 and I or L for 1.
var (
	codeForm  = regexp.MustCompile(`(?i)\b[0-9a-hj-np-tv-zio]{4}-?[0-9a-hj-np-tv-zio]{4}\b`)
	codeAlone = regexp.MustCompile(`(?i)^\s*([0-9a-hj-np-tv-zio]{4}) ([0-9a-hj-np-tv-zio]{4})\s*$`)
	hoursForm = regexp.MustCompile(`(?i)^\d+[ap]m-?\d+[ap]m$`) // "10am-12pm" is no code
)

// codeAt gives the piece of a text that looks like a reference code: it has both letters and digits, which no word and no number has.
func codeAt(text string) string {
	if codeAlone.MatchString(text) {
		if m := strings.TrimSpace(text); mixed(m) {
			return m
		}
	}
	for _, m := range codeForm.FindAllString(text, -1) {
		if mixed(m) && !hoursForm.MatchString(m) {
			return m
		}
	}
	return ""
}

// mixed reports whether a piece of text has as many letters and digits as every code has.
func mixed(m string) bool {
	digits, letters := 0, 0
	for _, r := range m {
		switch {
		case r >= '2' && r <= '9':
			digits++
		case r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z':
			letters++
		}
	}
	return digits >= 2 && letters >= 2
}

// CodeIn finds a reference code in a text and writes it as it was given: "7K3H-9WP2". It gives "" if there is none.
func CodeIn(text string) string {
	c := strings.ToUpper(codeAt(text))
	c = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(c)
	if len(c) != 8 {
		return ""
	}
	return c[:4] + "-" + c[4:]
}

// plainAnswer reports whether the whole message is made of clear answers to the dialogue.
func (t *turn) plainAnswer() bool {
	if t.in.Choice != "" || !t.c.Intake.Active() {
		return false
	}
	if commandIn(t.in.Text) == cmdSkip || has(t.in.Text, unwilling...) && (aboutStep(t.in.Text) == StepName || aboutStep(t.in.Text) == StepReach) {
		return true
	}
	at, text, level := t.c.Intake.Step, t.in.Text, t.in.Screen.Level
	words := len(strings.Fields(text))
	r := understand(text, at, t.c.Intake.Fields)
	number := r.fields.Phone+r.fields.Email != ""
	switch {
	case level == safety.LevelAdvice && r.change != "" && r.asks == "" && aboutStep(text) == r.change: // "the time is wrong. 8 to noon"
		return true
	case at == StepSummary && (sends(text) || words <= 10 && (has(text, wondersIfSent...) || asksNext.MatchString(fold(text)))):
		return true
	case (level == safety.LevelAsk || level == safety.LevelCrisis) && number && r.asks == "" && words <= 16:
		return true
	case level == safety.LevelAsk && at == StepSummary && (len(r.said) > 0 || r.change != "") && r.asks == "" && words <= 16 && (corrects(text) || has(text, changes...)):
		return true
	}
	if at == StepName { // there nearly anything is an answer
		r = understand(text, "", t.c.Intake.Fields)
	}
	return len(r.said) > 0 && r.rest == "" && r.asks == "" && words <= 12 && (r.fields.Times == "" || len(r.said) > 1 || words <= 6 || level == safety.LevelAdvice)
}

// ofLife are words with which a refusal may be one of life.
var ofLife = regexp.MustCompile(`\b(life|live|living|alive|die|died|dying|dead|hurt|myself|end|kill|anymore|any more|here|vida|vivir|morir|muert[oa]|matar\S*|seguir|aqui|mas)\b`)

// declines reports whether a short message does nothing but refuse what the pending step asks for: "I don't want to give it".
func (t *turn) declines() bool {
	at := t.c.Intake.Step
	if t.in.Choice != "" || !t.c.Intake.Active() || at == StepSummary || len(strings.Fields(t.in.Text)) > 12 || ofLife.MatchString(fold(t.in.Text)) {
		return false
	}
	r := understand(t.in.Text, at, t.c.Intake.Fields)
	return r.asks == "" && len(r.said) == 0 && slices.Contains(r.skip, at)
}

// answersStep reports whether a message answers the pending step and asks nothing, so that only the model hears a medical question in it: "evenings are
// best, I work until five".
func (t *turn) answersStep() bool {
	at := t.c.Intake.Step
	if t.in.Choice != "" || !t.c.Intake.Active() || t.in.Screen.Level != safety.LevelAdvice || asksSomething(t.in.Text) {
		return false
	}
	r := understand(t.in.Text, at, t.c.Intake.Fields)
	return slices.Contains(r.said, at) && !r.plain
}

// clarifies are words of a question about the dialogue itself.
var clarifies = []string{"why", "who", "need", "have to", "must", "required", "what for", "do with", "what happens with", "see", "sees", "keep", "share", "mean", "matter", "para que", "por que", "quien", "quienes", "necesita", "necesitan", "tengo que", "obligatorio", "obligatoria", "hace falta", "que hacen", "ve", "ven", "guardan", "comparten", "significa", "piden", "pide", "importa"}

// clarification answers a question about the step itself where the entries have no sure answer, or one to another question: "why do you need my name?"
func (t *turn) clarification() bool {
	at := t.c.Intake.Step
	if !t.c.Intake.Active() || at == StepSummary || !has(t.in.Text, clarifies...) {
		return false
	}
	if s := aboutStep(t.in.Text); s != at && !(s == "" && at != StepCoverage && len(strings.Fields(t.in.Text)) <= 8 && has(t.in.Text, "this", "that", "it", "eso", "esto", "me pide", "me piden", "pregunta", "preguntan", "ask")) {
		return false
	}
	if f := t.in.Found[0]; f.Decision == FoundAnswer && f.Confidence >= certain && (aboutStep(t.in.Text) != at || f.Label == clarifiedBy[at]) {
		return false
	}
	t.say(KeyClarify, map[string]string{"step": string(at)}, clarifiedBy[at])
	t.resume()
	return true
}

// clarifiedBy names the entry that says more about what a step asks for.
var clarifiedBy = map[StepID]string{StepForWhom: "help-for-loved-one", StepName: "privacy-this-chat", StepReach: "privacy-calls-texts-voicemail", StepTimes: "privacy-calls-texts-voicemail",
	StepLanguage: "language-interpreters", StepVoicemail: "privacy-calls-texts-voicemail", StepText: "privacy-calls-texts-voicemail", StepCoverage: "coverage-check"}
