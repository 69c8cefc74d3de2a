package bot

import "slices"

// Intake is how far the scheduling dialogue has come. Step is "" while there is none.
type Intake struct {
	Step      StepID
	Times     int // how often this step was asked in a row
	Fields    Fields
	Later     []StepID // steps that were passed over, to be asked once more before the summary
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

// step is one step of the dialogue as data. What a typed answer means is read by [understand].
type step struct {
	id       StepID
	choices  []string                                 // values of the buttons, in order
	careful  string                                   // the choice selected in advance
	required bool                                     // cannot be skipped: without it nobody can be reached
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
	{id: StepForWhom, choices: []string{"self", "loved_one", "provider"}, tapped: func(v string) (Fields, problem) { return Fields{ForWhom: v}, "" }},
	{id: StepName},
	{id: StepReach, required: true},
	{id: StepTimes, choices: []string{"morning", "afternoon", "evening", "any"}, tapped: func(v string) (Fields, problem) { return Fields{Times: v}, "" }},
	{id: StepLanguage, choices: []string{"en", "es", "other"}, tapped: func(v string) (Fields, problem) {
		if v == "other" {
			return Fields{Interpreter: new(true)}, "language_which"
		}
		return Fields{Language: v, Interpreter: new(false)}, ""
	}},
	{id: StepVoicemail, choices: []string{"no", "yes"}, careful: "no", tapped: func(v string) (Fields, problem) { return Fields{Voicemail: new(v == "yes")}, "" }},
	{id: StepText, choices: []string{"no", "yes"}, careful: "no", tapped: func(v string) (Fields, problem) { return Fields{Text: new(v == "yes")}, "" }},
	{id: StepCoverage, choices: []string{"medicare", "masshealth", "both", "private", "none", "unknown"}, tapped: func(v string) (Fields, problem) { return Fields{Coverage: v}, "" }},
}

func stepOf(id StepID) (step, bool) {
	i := slices.IndexFunc(steps, func(s step) bool { return s.id == id })
	if i < 0 {
		return step{}, false
	}
	return steps[i], true
}

// Choices gives the values of a step's buttons in order, the language that is spoken before others, and the one selected in advance.
func Choices(id StepID, spoken Lang) (values []string, careful string) {
	s, _ := stepOf(id)
	values = slices.Clone(s.choices)
	if i := slices.Index(values, string(spoken)); i > 0 {
		values = slices.Insert(slices.Delete(values, i, i+1), 0, string(spoken))
	}
	return values, s.careful
}

// CanSkip reports whether a step may be left out.
func CanSkip(id StepID) bool {
	s, ok := stepOf(id)
	return ok && !s.required
}

// applies reports whether a step is asked at all: where no call is wanted there is no voicemail, and without a phone number there is no voicemail and no text message.
func applies(f Fields, id StepID) bool {
	if id == StepVoicemail && f.Quiet() {
		return false
	}
	return id != StepVoicemail && id != StepText || f.Phone != "" || f.Email == ""
}

// next is the first step without an answer, those that were passed over last, or the summary.
func (i Intake) next() StepID {
	f, later := i.Fields, StepSummary
	for _, s := range steps {
		switch open := applies(f, s.id) && !f.Known(s.id) && !slices.Contains(f.Skipped, s.id); {
		case open && !slices.Contains(i.Later, s.id):
			return s.id
		case open && later == StepSummary:
			later = s.id
		}
	}
	return later
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
