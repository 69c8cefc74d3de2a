package bot

import (
	"slices"
	"strings"
)

// Intake is how far the scheduling dialogue has come. Step is "" while there is none.
type Intake struct {
	Step      StepID
	Times     int // how often this step was asked in a row
	Fields    Fields
	Confirmed bool
}

// Active reports whether the dialogue waits for the visitor.
func (i Intake) Active() bool { return i.Step != "" && !i.Confirmed }

func (i *Intake) ask(s StepID) {
	if i.Step == s {
		i.Times++
	} else {
		i.Step, i.Times = s, 1
	}
}

// step is one step of the dialogue as data.
type step struct {
	id       StepID
	choices  []string                                 // values of the buttons, in order
	careful  string                                   // the choice selected in advance
	required bool                                     // cannot be skipped: without it nobody can be reached
	typed    func(text string) (f Fields, p problem)  // what a typed answer means
	tapped   func(value string) (f Fields, p problem) // what a button means
}

// Steps gives the ids of the questions in their order, without summary.
func Steps() []StepID {
	var ids []StepID
	for _, s := range steps {
		ids = append(ids, s.id)
	}
	return ids
}

var steps = []step{
	{id: StepForWhom, choices: []string{"self", "loved_one", "provider"},
		typed: func(t string) (Fields, problem) {
			if w := forWhomIn(t); w != "" {
				return Fields{ForWhom: w}, ""
			}
			return Fields{}, "for_whom"
		},
		tapped: func(v string) (Fields, problem) { return Fields{ForWhom: v}, "" }},
	{id: StepName,
		typed: func(t string) (Fields, problem) { n, p := nameIn(t); return Fields{Name: n}, p }},
	{id: StepReach, required: true,
		typed: func(t string) (Fields, problem) {
			phone, _, p := phoneIn(t)
			mail := emailIn(t)
			if phone == "" && mail == "" && p == "" {
				p = "reach"
			}
			if mail != "" {
				p = ""
			}
			return Fields{Phone: phone, Email: mail}, p
		}},
	{id: StepTimes, choices: []string{"morning", "afternoon", "evening", "any"},
		typed:  func(t string) (Fields, problem) { w, p := timesIn(t); return Fields{Times: w}, p },
		tapped: func(v string) (Fields, problem) { return Fields{Times: v}, "" }},
	{id: StepLanguage, choices: []string{"en", "es", "other"},
		typed: func(t string) (Fields, problem) {
			tag, interpreter := languageIn(t)
			if tag == "" {
				return Fields{Interpreter: interpreter}, "language"
			}
			return Fields{Language: tag, Interpreter: interpreter}, ""
		},
		tapped: func(v string) (Fields, problem) {
			if v == "other" {
				return Fields{Interpreter: new(true)}, "language_which"
			}
			return Fields{Language: v, Interpreter: new(false)}, ""
		}},
	{id: StepVoicemail, choices: []string{"no", "yes"}, careful: "no",
		typed:  consent(func(b *bool) Fields { return Fields{Voicemail: b} }),
		tapped: func(v string) (Fields, problem) { return Fields{Voicemail: new(v == "yes")}, "" }},
	{id: StepText, choices: []string{"no", "yes"}, careful: "no",
		typed:  consent(func(b *bool) Fields { return Fields{Text: b} }),
		tapped: func(v string) (Fields, problem) { return Fields{Text: new(v == "yes")}, "" }},
	{id: StepCoverage, choices: []string{"medicare", "masshealth", "both", "private", "none", "unknown"},
		typed: func(t string) (Fields, problem) {
			if c := coverageIn(t); c != "" {
				return Fields{Coverage: c}, ""
			}
			return Fields{}, "coverage"
		},
		tapped: func(v string) (Fields, problem) { return Fields{Coverage: v}, "" }},
}

func consent(field func(*bool) Fields) func(string) (Fields, problem) {
	return func(t string) (Fields, problem) {
		if answer, ok := yesOrNo(t); ok {
			return field(new(answer)), ""
		}
		return Fields{}, "yes_no"
	}
}

func stepOf(id StepID) (step, bool) {
	i := slices.IndexFunc(steps, func(s step) bool { return s.id == id })
	if i < 0 {
		return step{}, false
	}
	return steps[i], true
}

// Choices gives the values of a step's buttons in order and the one selected in advance.
func Choices(id StepID) (values []string, careful string) {
	s, _ := stepOf(id)
	return s.choices, s.careful
}

// CanSkip reports whether a step may be left out.
func CanSkip(id StepID) bool {
	s, ok := stepOf(id)
	return ok && !s.required
}

// applies reports whether a step is asked at all: without a phone number there is no voicemail and no text message.
func applies(f Fields, id StepID) bool {
	return id != StepVoicemail && id != StepText || f.Phone != "" || f.Email == ""
}

// next is the first step without an answer, or the summary.
func next(f Fields) StepID {
	for _, s := range steps {
		if applies(f, s.id) && !f.Known(s.id) && !slices.Contains(f.Skipped, s.id) {
			return s.id
		}
	}
	return StepSummary
}

// previous is the step before, or the same step at the start.
func previous(f Fields, id StepID) StepID {
	before := id
	for _, s := range steps {
		if s.id == id {
			return before
		}
		if applies(f, s.id) {
			before = s.id
		}
	}
	return before // of the summary: the last step
}

// ProgressOf gives the number of a step and how many there are for these fields. The summary counts as none.
func ProgressOf(f Fields, id StepID) (n, of int) {
	for _, s := range steps {
		if !applies(f, s.id) {
			continue
		}
		of++
		if s.id == id {
			n = of
		}
	}
	return n, of
}

// begin starts the dialogue or takes it up again.
func (t *turn) begin() {
	if t.c.Intake.Confirmed {
		t.say(KeyBooked, nil)
		return
	}
	t.ask(next(t.c.Intake.Fields), "", "")
}

// ask asks a step. got is what was just understood, for the line above the question; p what was not, for the line under it.
func (t *turn) ask(id StepID, got StepID, p problem) {
	t.add(Event{Type: Asked, Step: id})
	if id == StepSummary {
		t.say(KeySummary, nil)
		return
	}
	args := map[string]string{"step": string(id)}
	if got != "" {
		args["got"] = string(got)
	}
	if p != "" {
		args["problem"] = string(p)
	}
	if t.c.Intake.Times > 1 {
		args["again"] = "1"
	}
	t.say(KeyStep, args)
}

// take stores what was understood at a step and goes on to the next.
func (t *turn) take(id StepID, f Fields) {
	t.add(Event{Type: Answered, Step: id, Fields: &f})
	t.ask(next(t.c.Intake.Fields), id, "")
}

// answerStep reads a typed message as the answer to the pending step. It reports false where the message is rather a question.
func (t *turn) answerStep() bool {
	id, text := t.c.Intake.Step, t.in.Text
	if id == StepSummary {
		return t.answerSummary()
	}
	s, _ := stepOf(id)
	// A number typed at another step is a number all the same; what is left of the message answers the step.
	var got Fields
	if id != StepReach {
		if phone, rest, _ := phoneIn(text); phone != "" {
			got.Phone, text = phone, withoutLead(rest)
		} else if mail := emailIn(text); mail != "" {
			got.Email, text = mail, strings.TrimSpace(strings.Replace(text, mail, "", 1))
		}
	}
	if text == "" && (got.Phone != "" || got.Email != "") {
		t.take(StepReach, got)
		return true
	}
	f, p := s.typed(text)
	clear := p == "" && !asksSomething(text)
	if clear && id == StepName && len(strings.Fields(text)) >= 3 {
		// Nearly anything could be a name: a message that the entries surely know is a question.
		if t.in.Found == nil {
			t.want(text)
			return true
		}
		clear = t.in.Found[0].Decision != FoundAnswer || t.in.Found[0].Confidence < certain
	}
	if clear {
		got.merge(f)
		t.take(id, got)
		return true
	}
	if got.Phone != "" || got.Email != "" {
		t.take(StepReach, got)
		return true
	}
	if f.Interpreter != nil { // "I need an interpreter", without saying for which language
		t.add(Event{Type: Answered, Step: id, Fields: &Fields{Interpreter: f.Interpreter}})
		t.ask(id, "", "language_which")
		return true
	}
	if p != "" && !asksSomething(text) {
		// Not an answer as it stands. If the entries know it, it was a question; otherwise say what is missing.
		if t.in.Found == nil {
			t.want(text)
			return true
		}
		if f := t.in.Found[0]; f.Decision != FoundAnswer && (f.Decision != FoundAct || f.Label != "human") {
			t.ask(id, "", p)
			return true
		}
	}
	return false
}

// answerSummary reads "yes, send it" and corrections at the summary.
func (t *turn) answerSummary() bool {
	if asksSomething(t.in.Text) {
		return false
	}
	if phone, _, p := phoneIn(t.in.Text); phone != "" {
		t.take(StepReach, Fields{Phone: phone})
		return true
	} else if p != "" {
		t.ask(StepReach, "", p)
		return true
	}
	if yes, ok := yesOrNo(t.in.Text); ok {
		if yes {
			t.confirm()
		} else {
			t.say(KeySummary, map[string]string{"problem": "summary_no"})
		}
		return true
	}
	return false
}

// confirm sends the request. It exists once: a second "send" shows the same code.
func (t *turn) confirm() {
	i := t.c.Intake
	if i.Confirmed {
		t.say(KeyBooked, nil)
		return
	}
	if missing := next(i.Fields); missing != StepSummary {
		t.ask(missing, "", "")
		return
	}
	t.hand(ReasonConfirmed)
	t.say(KeyBooked, nil)
}
