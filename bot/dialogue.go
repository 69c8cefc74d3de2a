package bot

import (
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot/safety"
)

// begin starts the dialogue or takes it up again, with whatever the message that starts it says. Of a minor nothing is taken down.
func (t *turn) begin() {
	switch {
	case t.c.Minor:
		t.say(KeyMinor, nil, topicMinors)
		return
	case t.c.Intake.Confirmed:
		t.say(KeyBooked, map[string]string{"again": "1"})
		return
	}
	if t.in.Choice == "" && len(t.got) == 0 {
		r := understand(t.in.Text, beginning, t.c.Intake.Fields)
		t.accept("", r)
	}
	t.ask(t.c.Intake.next(), "")
}

// ask asks a step, with what this turn has understood above the question; p says what was not, under it.
func (t *turn) ask(id StepID, p problem) {
	t.add(Event{Type: Asked, Step: id})
	args := map[string]string{}
	if len(t.got) > 0 {
		var got []string
		for _, s := range t.got {
			got = append(got, string(s))
		}
		args["got"] = strings.Join(got, ",")
	}
	if p != "" {
		args["problem"] = string(p)
	}
	if id == StepSummary {
		t.say(KeySummary, args)
		return
	}
	args["step"] = string(id)
	if t.c.Intake.Times > 1 {
		args["again"] = "1"
	}
	if t.c.Intake.Times > 2 { // asked twice already: a person is offered instead of another try
		args["stuck"] = "1"
	}
	t.say(KeyStep, args)
}

// accept stores what a message says: answers, and what shall be left out. It reports the problem of a step that cannot be left out.
func (t *turn) accept(at StepID, r reading) (p problem) {
	if r.unreach && t.c.Intake.Fields.Phone != "" {
		t.add(Event{Type: Cleared, Step: StepReach})
	}
	if len(r.said) > 0 {
		t.add(Event{Type: Answered, Step: at, Fields: &r.fields})
		t.got = append(t.got, r.said...)
	}
	for _, s := range r.skip {
		if !CanSkip(s) {
			p = "required"
			continue
		}
		t.skip(s)
	}
	return p
}

// skip leaves a step out. A voicemail or a text message that nobody agreed to is a no.
func (t *turn) skip(s StepID) {
	switch {
	case s == StepVoicemail && t.c.Intake.Fields.Voicemail == nil:
		t.add(Event{Type: Answered, Step: s, Fields: &Fields{Voicemail: new(false)}})
	case s == StepText && t.c.Intake.Fields.Text == nil:
		t.add(Event{Type: Answered, Step: s, Fields: &Fields{Text: new(false)}})
	case t.c.Intake.Fields.Known(s):
		return
	}
	t.add(Event{Type: Skipped, Step: s})
}

// take stores the answer of a button and goes on.
func (t *turn) take(id StepID, f Fields) {
	t.add(Event{Type: Answered, Step: id, Fields: &f})
	t.got = append(t.got, id)
	t.ask(t.c.Intake.next(), "")
}

// answerStep reads a typed message while the dialogue waits. It reports whether the turn is complete; if not, the message is a question, and what
// it said beside the question is stored already.
func (t *turn) answerStep() bool {
	at := t.c.Intake.Step
	if justCall.MatchString(fold(t.in.Text)) { // nothing to look up
		t.person()
		return true
	}
	if at != StepSummary && bareSend.MatchString(fold(t.in.Text)) {
		return t.sendEarly()
	}
	if last := lastClause(t.in.Text); has(last, sendWords...) && sends(last) { // "is that right? send it"
		if at != StepSummary {
			return t.sendEarly()
		}
		if strings.Contains(t.in.Text, "?") && commandIn(last) == cmdSend && !corrects(t.in.Text) && understand(t.in.Text, at, t.c.Intake.Fields).fields.Equal(Fields{}) {
			t.confirm()
			return true
		}
	}
	if at != StepSummary && t.c.Intake.Fields.Known(StepReach) && allSaid.MatchString(fold(t.in.Text)) { // "nada más"
		return t.summarize("")
	}
	if readsBack.MatchString(fold(t.in.Text)) {
		for _, s := range append(Steps(), StepRemarks) {
			if t.c.Intake.Fields.Known(s) {
				t.got = append(t.got, s)
			}
		}
		t.ask(at, "")
		return true
	}
	if at == StepLanguage && anyLanguage.MatchString(fold(t.in.Text)) { // the one that is being written
		t.take(at, Fields{Language: string(t.lang)})
		return true
	}
	r := understand(t.in.Text, at, t.c.Intake.Fields)
	if joined := t.areaCode(r); joined != "" {
		r = reading{fields: Fields{Phone: joined}, said: []StepID{StepReach}}
	}
	if r.plain && len(r.said) == 1 { // nearly anything could be a name: a message that the entries surely know is none
		if t.in.Found == nil {
			t.want(t.in.Text)
			return true
		}
		if f := t.in.Found[0]; f.Decision == FoundAnswer && f.Confidence >= certain || f.Decision == FoundOutside && f.Label != "oos-unclear" && f.Confidence >= certain {
			return false
		}
	}
	if r.command == cmdSend && (r.asks != "" || r.rest != "") { // a yes inside a longer message sends nothing
		r.command = ""
	}
	if at == StepSummary && len(r.said) == 0 && r.change == "" && !sends(t.in.Text) && r.command == "" && (has(t.in.Text, wondersIfSent...) || sentUnasked.MatchString(fold(t.in.Text))) && len(strings.Fields(t.in.Text)) <= 10 {
		t.ask(at, "not_sent")
		return true
	}
	if r.asks != "" && r.command == "" {
		if t.in.Found == nil {
			t.want(r.asks)
			return true
		}
		if p := t.accept(at, r); p != "" {
			t.ask(at, p)
			return true
		}
		t.onward(at, r)
		return false
	}
	understood := len(r.said)+len(r.skip) > 0 || r.change != "" || r.command != ""
	if !understood {
		return t.notUnderstood(at, r)
	}
	p := t.accept(at, r)
	if r.command == cmdSend && len(r.said) > 0 { // a change is shown before it is sent
		r.command = ""
	}
	if r.command != "" && t.command(r.command) {
		return true
	}
	t.onward(at, r)
	switch {
	case p != "":
		t.ask(StepReach, p)
	case t.next == at && t.c.Intake.Fields.Interpreter != nil && r.fields.Interpreter != nil && !t.c.Intake.Fields.Known(StepLanguage):
		t.ask(StepLanguage, "language_which")
	default:
		t.ask(t.next, "")
	}
	return true
}

// anyLanguage leaves the language of the call open, or means the one of the chat.
var anyLanguage = regexp.MustCompile(`^(whatever|any|either|doesn't matter|doesnt matter|dont matter|don't care|dont care|this one|this|same|cualquiera|este|esta|esto|da igual|me da igual|no importa|el mismo|la que sea|el que sea|como sea|igual)( is fine| one| language| works| idioma| esta bien)*$`)

// onward decides which step comes next: the one to be changed, the first open one if the pending step has its answer, else the pending step.
func (t *turn) onward(at StepID, r reading) {
	f := t.c.Intake.Fields
	switch {
	case r.change != "" && !slices.Contains(r.said, r.change):
		t.next = r.change
	case at == StepSummary || slices.Contains(r.said, at) && f.Known(at) || slices.Contains(f.Skipped, at) || !applies(f, at):
		t.next = t.c.Intake.next()
	case t.c.Intake.Times >= 2 && len(r.said) > 0 && !f.Known(at) && !slices.Contains(t.c.Intake.Later, at): // asked twice, and the visitor is at something else
		t.add(Event{Type: Postponed, Step: at})
		t.next = t.c.Intake.next()
	default:
		t.next = at
	}
}

// readsBack asks to hear what was noted so far.
var readsBack = regexp.MustCompile(`\b(read (it|that|me|everything)( all)?( back)?( to me)?|what (do you have|have you got|did you (write|put)) (so far|down|for me)|leame|leamelo|lea(me)? (todo|lo que)|que (tiene|lleva|ha) (apuntado|anotado|puesto)|lo que (apunto|anoto|puso))\b`)

var threeDigits = regexp.MustCompile(`\d+`)

// areaCode joins three digits to the seven that the visitor gave in the line before.
func (t *turn) areaCode(r reading) string {
	if t.c.Intake.Step != StepReach || r.fields.Phone != "" {
		return ""
	}
	code := strings.Join(threeDigits.FindAllString(t.in.Text, -1), "")
	if len(code) != 3 || len(strings.Fields(t.in.Text)) > 6 {
		return ""
	}
	heard := 0
	for _, l := range slices.Backward(t.c.Lines) {
		if l.From != FromVisitor {
			continue
		}
		if heard++; heard == 1 { // this line
			continue
		}
		if way := reachIn(tidy(l.Text)); way.part != "" {
			return reachIn(code + way.part).phone
		}
		if heard > 3 {
			break
		}
	}
	return ""
}

// notUnderstood handles a message that says nothing to the dialogue. The entries may know it as a question; otherwise it says what is missing.
func (t *turn) notUnderstood(at StepID, r reading) bool {
	if t.in.Screen.Level == safety.LevelAsk && r.asks == "" && !asksSomething(t.in.Text) { // the direct question stands alone: a yes must not look like one to the step
		return true
	}
	if at == StepSummary {
		switch yes, ok := yesOrNo(t.in.Text); {
		case sends(t.in.Text):
			t.confirm()
			return true
		case has(t.in.Text, wondersIfSent...) && len(strings.Fields(t.in.Text)) <= 10:
			t.ask(StepSummary, "not_sent")
			return true
		case ok && !yes && r.asks == "" && len(strings.Fields(t.in.Text)) <= 5:
			t.ask(StepSummary, "summary_no")
			return true
		}
		if r.problem != "" {
			t.ask(StepReach, r.problem)
			return true
		}
	}
	if r.problem != "" {
		t.ask(at, r.problem)
		return true
	}
	if murmurs(t.in.Text) {
		t.ask(at, "")
		return true
	}
	if t.in.Found == nil {
		t.want(t.in.Text)
		return true
	}
	feels := feelingIn(t.in.Text) != "" && len(strings.Fields(t.in.Text)) <= 10 && !asksSomething(t.in.Text) // no answer, and no mistake either
	switch f := t.in.Found[0]; {
	case feels && f.Decision == FoundAnswer && medical[f.Label] == "",
		f.Decision == FoundAct && f.Label == "schedule", f.Decision == FoundOutside && f.Label == "oos-unclear", f.Decision == FoundDecline, f.Decision == FoundChoose && !asksSomething(t.in.Text) && at != StepSummary:
		if t.foundDanger() {
			return true
		}
		if feels {
			t.ask(at, "")
			return true
		}
		t.ask(at, problemOf(at))
		return true
	}
	return false
}

var sounds = set("ok okay k lol haha hahaha jaja jajaja jeje hmm hm mm mmm um uh este aja oh ah ya wow")

// murmurs reports whether a text is nothing but "ok", "hmm" and the like.
func murmurs(text string) bool {
	for w := range strings.FieldsSeq(fold(text)) {
		if !sounds[w] {
			return false
		}
	}
	return true
}

// problemOf says under the question what kind of answer is meant.
func problemOf(at StepID) problem {
	switch at {
	case StepVoicemail, StepText:
		return "yes_no"
	case StepSummary:
		return "summary"
	}
	return problem(at)
}

// confirm sends the request. It exists once: a second "send" shows the same code.
func (t *turn) confirm() {
	i := t.c.Intake
	if i.Confirmed {
		t.say(KeyBooked, map[string]string{"again": "1"})
		return
	}
	if missing := i.next(); missing != StepSummary {
		t.ask(missing, "")
		return
	}
	var no Fields // without a clear yes we do not
	if i.Fields.Voicemail == nil && applies(i.Fields, StepVoicemail) {
		no.Voicemail = new(false)
	}
	if i.Fields.Text == nil && applies(i.Fields, StepText) {
		no.Text = new(false)
	}
	if no.Voicemail != nil || no.Text != nil {
		t.add(Event{Type: Answered, Step: StepSummary, Fields: &no})
	}
	t.hand(ReasonConfirmed)
	t.say(KeyBooked, nil)
}
