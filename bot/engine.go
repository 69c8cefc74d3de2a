package bot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"example.org/intake/bot/safety"
)

// Step decides one turn. It returns the events that follow, or a Lookup: then call it again with Found filled in. At most one round is asked for.
func Step(c Conversation, in Input) ([]Event, *Lookup) {
	t := newTurn(c, in)
	t.run()
	if t.lookup != nil {
		return nil, t.lookup
	}
	return t.events, nil
}

// turn collects the events of one input and folds them as it goes.
type turn struct {
	c      Conversation
	in     Input  // its text with short forms written out
	typed  string // the text as it came
	lang   Lang   // of this turn's lines: the one the visitor clearly writes in, else the conversation's
	heard  Lang   // that the text seems to be in, for the look-up: one word is enough
	offer  Lang   // the other language, where the visitor may want to switch
	events []Event
	lookup *Lookup
	lines  int
	got    []StepID // answers understood in this turn
	next   StepID   // to be asked after the question in this turn, "" for the pending one
}

func newTurn(c Conversation, in Input) *turn {
	c.Lines, c.Handed = slices.Clip(c.Lines), slices.Clip(c.Handed) // appending here must not reach the caller's copy
	t := &turn{c: c, in: in, typed: in.Text}
	if !t.c.Lang.Known() {
		lang := in.Lang
		if !lang.Known() {
			lang = EN
		}
		t.add(Event{Type: Started, Lang: lang})
	}
	t.lang, t.heard = t.c.Lang, t.c.Lang
	if l, words := guess(in.Text); in.Choice == "" && l != "" && l != t.c.Lang {
		t.offer, t.heard = l, l
		if words >= 2 {
			t.lang = l
		}
	}
	t.add(Event{Type: Said, Line: &Line{ID: in.ID, From: FromVisitor, Lang: t.lang, Text: in.Text, Choice: in.Choice, At: in.Time}})
	if in.Whole != nil && len(in.Found) == 1 {
		t.in.Found = []Finding{t.better(in.Found[0], *in.Whole)}
	}
	if in.Choice == "" {
		t.in.Text = spellOut(in.Text, t.c.Intake.Step)
	}
	return t
}

func (t *turn) add(e Event) {
	t.c.Apply(e)
	t.events = append(t.events, e)
}

func (t *turn) say(key string, args map[string]string, topics ...string) {
	if t.lines == 0 && warm[key] {
		if kind := t.feeling(); kind != "" {
			t.say(KeyFeeling, map[string]string{"kind": kind})
		}
	}
	t.lines++
	t.add(Event{Type: Replied, Line: &Line{ID: t.in.ID + "." + strconv.Itoa(t.lines), From: FromProgram, Lang: t.lang, Key: key, Args: args,
		Topics: topics, At: t.in.Time}})
}

// want asks for a look-up; the turn is decided again with what it finds. The entries are asked in the visitor's own spelling, which they know.
func (t *turn) want(text string) {
	if text == t.in.Text {
		text = t.typed
	}
	text = withoutGreeting(text)
	t.lookup = &Lookup{Texts: questions(text), Lang: t.heard}
	if len(t.lookup.Texts) == 1 {
		t.lookup.Context = t.context(text)
	}
}

func (t *turn) hand(r Reason) {
	ref := t.c.Reference
	if ref == "" {
		ref = t.in.Reference
	}
	t.add(Event{Type: Handed, Reason: r, Reference: ref})
}

// run decides in the order of what matters most: danger, taps, commands, the advice boundary, the pending step, the question.
func (t *turn) run() {
	if t.c.Live.Taken() {
		t.quiet()
		return
	}
	if t.in.Masked {
		t.say(KeyMasked, nil)
	}
	if t.in.Full && t.in.Screen.Level != safety.LevelCrisis {
		t.hand(ReasonPerson)
		t.say(KeyFull, nil)
		return
	}
	if t.denial() {
		return
	}
	if t.in.Screen.Rule == safety.RuleModel && (t.plainAnswer() || t.answersStep() || t.declines() || t.takesBack() || justCall.MatchString(fold(t.in.Text)) || t.calm() && len(strings.Fields(t.in.Text)) <= 6) { // "it is for myself": the whole message is an answer, and no phrase sees danger in it
		t.in.Screen = safety.Result{}
	}
	if t.in.Screen.Level == safety.LevelCrisis {
		t.keep()
		t.emergency(t.in.Screen.Card, t.in.Screen.Kind)
		return
	}
	if only911.MatchString(t.in.Text) && t.in.Choice == "" {
		t.keep()
		t.emergency(safety.CardMedical, safety.KindMedical)
		return
	}
	if t.in.Choice != "" && t.choose(t.in.Choice) {
		return
	}
	if t.c.Doubt != "" && t.in.Choice == "" {
		yes, ok := yesOrNo(t.in.Text)
		if t.doubtIsOld() { // something else was asked and answered since: a "yes" is about that
			yes, ok = false, false
		}
		switch {
		case ok && yes && !t.yesToStep(), unsure(t.in.Text) && !t.doubtIsOld(): // "maybe" is no reason to wait
			t.settle(true)
			return
		case flatNo(t.in.Text) && !t.doubtIsOld():
			t.settle(false)
			return
		}
	}
	if t.in.Screen.Level == safety.LevelAsk {
		t.add(Event{Type: Doubted, Card: t.in.Screen.Card, Kind: t.in.Screen.Kind})
		t.say(KeyDoubt, map[string]string{"kind": string(t.in.Screen.Kind)})
	}
	if t.in.Choice == "" && t.in.Screen.Level == safety.LevelNone && t.calm() {
		t.add(Event{Type: Calmed})
		t.say(KeyResumed, map[string]string{"calm": "1"})
		t.resume()
		return
	}
	if yes, ok := yesOrNo(t.in.Text); t.in.Choice == "" && t.in.Screen.Level == safety.LevelNone && t.c.Doubt == "" && ok && yes && t.carded(1) && t.c.Intake.Active() && !t.yesToStep() {
		t.say(KeyAfter, map[string]string{"card": string(t.c.Emergency)}) // rather an answer to the card than to the step
		t.resume()
		return
	}
	if t.in.Choice == "" && t.age() || t.in.Code != "" && t.status() || t.softly() || t.in.Choice == "" && t.command(commandIn(t.in.Text)) {
		return
	}
	if t.in.Screen.Level == safety.LevelAdvice {
		t.advice()
		return
	}
	if t.whatNext() || t.walkedIn() {
		return
	}
	if t.in.Choice == "" && t.c.Intake.Active() && t.answerStep() || t.in.Choice == "" && !t.c.Intake.Active() && t.outsideDialogue() {
		t.offerLanguage()
		return
	}
	if t.in.Found == nil {
		t.want(t.in.Text)
		return
	}
	t.answer()
	t.offerLanguage()
}

// resume asks the pending step again and reports whether there is one.
func (t *turn) resume() bool {
	if !t.c.Intake.Active() {
		return false
	}
	t.ask(cmp.Or(t.next, t.c.Intake.Step), "")
	return true
}

// offerLanguage puts "¿Seguimos en español?" under the last line, once a turn; nothing is switched without being asked.
func (t *turn) offerLanguage() {
	if t.offer == "" || t.lines == 0 {
		return
	}
	for i := len(t.events) - 1; i >= 0; i-- {
		if l := t.events[i].Line; t.events[i].Type == Replied {
			if l.Args == nil {
				l.Args = map[string]string{}
			}
			l.Args["offer"] = string(t.offer)
			t.c.Lines[len(t.c.Lines)-1].Args = l.Args
			return
		}
	}
}

func without(list []string, x string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == x })
}
