package bot

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"example.org/intake/bot/safety"
)

// What a program's line is. The words for each key stand in locales; the same keys tell what a turn did.
const (
	KeyAnswer    = "answer"    // Topics[0] is the entry
	KeyAdvice    = "advice"    // Args kind: the medical-advice boundary
	KeyChoose    = "choose"    // Topics to pick from
	KeyDecline   = "decline"   // Topics nearest; Args second: offer a person first
	KeyNotAsked  = "notasked"  // "not what I asked": Topics nearest
	KeyOutside   = "outside"   // Args kind: deliberately out of scope
	KeySmall     = "small"     // Args kind: hello, thanks, bye, howareyou
	KeyPerson    = "person"    // how to reach a person
	KeyStep      = "step"      // Args step, got, problem, again
	KeySummary   = "summary"   // Args problem
	KeyBooked    = "booked"    //
	KeyCancelled = "cancelled" // the request was dropped
	KeyEmergency = "emergency" // Args card
	KeyDoubt     = "doubt"     // Args kind: the direct question
	KeyAfter     = "after"     // under an emergency card: nobody may be reading
	KeyResumed   = "resumed"   // back to the conversation; Args calm: after a no to the direct question
	KeySwitched  = "switched"  // the language was changed
	KeyMasked    = "masked"    // a number was not kept
	KeyMinor     = "minor"     // somebody under 18: no request, but the right lines
	KeyWithdrawn = "withdrawn" // the request was taken back
	KeyNothing   = "nothing"   // there is no request to take back
	KeyStatus    = "status"    // Args status: how far the request with a code has come
	KeyClarify   = "clarify"   // Args step: a question about what a step asks for
	KeyFull      = "full"      // the conversation has reached its cap
)

// Input is one thing that a visitor sent. Time and id come from outside, so that the same input gives the same events.
type Input struct {
	Time      time.Time
	ID        string // the line's id, made by the visitor's device
	Text      string // masked
	Masked    bool   // a number was taken out
	Choice    string // id of a tapped option, "" when typed
	Lang      Lang   // language of the page
	Screen    safety.Result
	Denial    *Denial   // what the message says beside a no to the direct question, nil if it is none
	Found     []Finding // one for each text of the [Lookup]; nil before it
	Reference string    // the code for a request, if this turn opens one
	Code      string    // a reference code that the visitor typed, "" if none
	Status    string    // how far the request with that code has come: "received", "tried", "scheduled", "closed", "unknown", or "later" when too many were tried
	Full      bool      // this is the last message that the conversation has room for

	Staffed int           // people at the console who can be called now
	Wait    time.Duration // how long they have to come
}

// Decisions of a search.
const (
	FoundAnswer  = "answer"
	FoundChoose  = "choose"
	FoundDecline = "decline"
	FoundAct     = "act"     // Label: schedule, human, hello, thanks, bye, howareyou
	FoundOutside = "outside" // Label: the out-of-scope kind
)

// Finding is what the knowledge base says about one text.
type Finding struct {
	Decision   string
	Label      string
	Topics     []string // up to three entries, best first, whatever the decision
	Confidence float64  // 0 to 1
}

// Lookup asks for one Finding for each text.
type Lookup struct {
	Texts  []string
	Lang   Lang
	Topics []string // the last two entries answered
}

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
	in     Input
	lang   Lang // of this turn's lines: the one the visitor clearly writes in, else the conversation's
	heard  Lang // that the text seems to be in, for the look-up: one word is enough
	offer  Lang // the other language, where the visitor may want to switch
	events []Event
	lookup *Lookup
	lines  int
	got    []StepID // answers understood in this turn
	next   StepID   // to be asked after the question in this turn, "" for the pending one
}

func newTurn(c Conversation, in Input) *turn {
	c.Lines, c.Handed = slices.Clip(c.Lines), slices.Clip(c.Handed) // appending here must not reach the caller's copy
	t := &turn{c: c, in: in}
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
	return t
}

func (t *turn) add(e Event) {
	t.c.Apply(e)
	t.events = append(t.events, e)
}

func (t *turn) say(key string, args map[string]string, topics ...string) {
	t.lines++
	t.add(Event{Type: Replied, Line: &Line{ID: t.in.ID + "." + strconv.Itoa(t.lines), From: FromProgram, Lang: t.lang, Key: key, Args: args,
		Topics: topics, At: t.in.Time}})
}

// want asks for a look-up; the turn is decided again with what it finds.
func (t *turn) want(text string) {
	t.lookup = &Lookup{Texts: questions(text), Lang: t.heard, Topics: t.c.Topics}
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
	if t.in.Screen.Rule == safety.RuleModel && (t.plainAnswer() || t.takesBack() || justCall.MatchString(fold(t.in.Text))) { // "it is for myself": the whole message is an answer, and no phrase sees danger in it
		t.in.Screen = safety.Result{}
	}
	if t.in.Screen.Level == safety.LevelCrisis {
		t.keep()
		t.emergency(t.in.Screen.Card, t.in.Screen.Kind)
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
		case ok && yes && !t.plainAnswer(), unsure(t.in.Text) && !t.doubtIsOld(): // "maybe" is no reason to wait
			t.settle(true)
			return
		case justNo(t.in.Text) && !t.doubtIsOld():
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
	if t.in.Choice == "" && t.age() || t.in.Code != "" && t.status() || t.softly() || t.in.Choice == "" && t.command(commandIn(t.in.Text)) {
		return
	}
	if t.in.Screen.Level == safety.LevelAdvice {
		t.advice()
		return
	}
	if t.whatNext() {
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

// topicPerson is the entry on how to reach a person.
const topicPerson = "talk-to-a-person-callback"

// emergency shows the fixed card. The pending step stays where it is.
func (t *turn) emergency(card safety.CardID, kind safety.Kind) {
	t.add(Event{Type: Warned, Card: card, Kind: kind})
	t.say(KeyEmergency, map[string]string{"card": string(card), "kind": string(kind)})
	t.say(KeyAfter, map[string]string{"card": string(card)})
	t.hand(ReasonEmergency)
}

// settle takes the answer to the direct question.
func (t *turn) settle(yes bool) {
	if yes {
		t.emergency(t.c.Doubt, t.c.DoubtKind)
		return
	}
	asked := t.c.Doubt != "" || t.in.Denial != nil
	t.add(Event{Type: Calmed})
	if asked {
		t.say(KeyResumed, map[string]string{"calm": "1"})
		t.resume()
	} else if !t.resume() {
		t.say(KeyResumed, nil)
	}
}

// resume asks the pending step again and reports whether there is one.
func (t *turn) resume() bool {
	if !t.c.Intake.Active() {
		return false
	}
	t.ask(cmp.Or(t.next, t.c.Intake.Step), "")
	return true
}

// danger says which card stands for an entry of topics.md with the flag x. The screen looks first; what it did not see and the entries know is
// danger all the same.
var danger = map[string]struct {
	card safety.CardID
	kind safety.Kind
}{
	"crisis-overdose-now":       {safety.CardOverdose, safety.KindOverdose},
	"crisis-suicide-self-harm":  {safety.CardSuicide, safety.KindSuicide},
	"crisis-medical-danger-now": {safety.CardMedical, safety.KindMedical},
	"crisis-domestic-violence":  {safety.CardViolence, safety.KindViolence},
	"using-alone-safespot":      {safety.CardUsingAlone, safety.KindOverdose},
}

// plainly is the confidence from which the entry of an emergency is given though the screen sees no danger: to who asks about it.
const plainly = 0.9

// IsEmergency reports whether a topic is one of an emergency, for which the card stands.
func IsEmergency(slug string) bool { _, ok := danger[slug]; return ok }

// certain is the confidence from which a danger that only the entries saw brings the card at once; below it the direct question is asked.
const certain = 0.6

// faint is the chance of danger, by the screen, below which the entries alone raise no alarm: many ask about an emergency without being in one.
const faint = 0.2

// foundDanger shows the card, or asks the direct question, where the entries see danger. It reports whether they do.
func (t *turn) foundDanger() bool {
	for _, f := range t.in.Found {
		sees := f.Label
		if f.Decision == FoundChoose && len(f.Topics) > 0 {
			sees = f.Topics[0]
		}
		d, ok := danger[sees]
		if !ok || t.in.Screen.Danger < faint || f.Decision != FoundAnswer && f.Decision != FoundChoose {
			continue
		}
		switch {
		case t.in.Screen.Level == safety.LevelAsk: // the direct question stands already
			return true
		case f.Decision == FoundAnswer && f.Confidence >= certain, t.c.Doubt != "" && !t.doubtIsOld():
			t.emergency(d.card, d.kind)
			return true
		}
		t.add(Event{Type: Doubted, Card: d.card, Kind: d.kind})
		t.say(KeyDoubt, map[string]string{"kind": string(d.kind)})
		return true
	}
	return false
}

// answer turns what was found into lines, best first, then takes up the pending step.
func (t *turn) answer() {
	if t.foundDanger() {
		return
	}
	if t.c.Doubt != "" && t.in.Screen.Level != safety.LevelAsk && t.doubts() < 2 && !asksSomething(t.in.Text) && t.in.Found[0].Confidence < certain {
		t.say(KeyDoubt, map[string]string{"kind": string(t.c.DoubtKind)}) // neither yes nor no, nor clearly something else: asked once more
		return
	}
	if f := t.in.Found[0]; f.Decision == FoundAnswer && f.Label == "appointment-schedule" && !t.c.Intake.Active() && !asksSomething(t.in.Text) {
		t.begin() // told rather than asked: "I was told to ask for an appointment"
		return
	}
	if t.clarification() {
		return
	}
	answered := 0
	for i, f := range t.in.Found {
		if f.Decision == FoundAnswer && IsEmergency(f.Label) && t.in.Screen.Danger < faint && f.Confidence < plainly { // a word of an emergency, and no danger
			t.in.Found[i].Decision, t.in.Found[i].Label = FoundChoose, ""
			f = t.in.Found[i]
		}
		if f.Decision == FoundAnswer && f.Label == topicPerson && has(t.in.Text, "person", "human", "someone", "somebody", "persona", "alguien", "humano") {
			t.person() // asked for in so many words: staff are told, not only the visitor
			return
		}
		if f.Decision == FoundAnswer && (answered == 0 || f.Label != t.c.Topics[0]) {
			t.add(Event{Type: Found, Topics: []string{f.Label}})
			if kind, ok := t.personal(f.Label); ok {
				t.say(KeyAdvice, map[string]string{"kind": string(kind)}, append([]string{f.Label}, without(f.Topics, f.Label)...)...)
			} else {
				t.say(KeyAnswer, nil, append([]string{f.Label}, without(f.Topics, f.Label)...)...)
			}
			answered++
		}
	}
	if answered == 0 {
		if t.other(t.in.Found[0]) {
			return
		}
	}
	t.resume()
}

// calmly leaves the topics of emergencies out of an offer where the screen sees no danger, unless nothing else would be left to choose from.
func (t *turn) calmly(topics []string) []string {
	if t.in.Screen.Danger >= faint {
		return topics
	}
	if calm := slices.DeleteFunc(slices.Clone(topics), IsEmergency); len(calm) > 1 {
		return calm
	}
	return topics
}

// other handles what is not an answer, and reports whether the turn is complete.
func (t *turn) other(f Finding) bool {
	switch {
	case f.Decision == FoundAct && f.Label == "schedule":
		t.begin()
		return true
	case f.Decision == FoundAct && f.Label == "human":
		t.person()
		return true
	case f.Decision == FoundAct:
		t.say(KeySmall, map[string]string{"kind": f.Label})
	case t.in.Screen.Level == safety.LevelAsk: // the direct question stands; a guess or an "I do not know" under it would only be noise
	case f.Decision == FoundOutside && f.Label == "oos-unclear": // not understood: the first time it is said so, the second time a person is offered
		t.add(Event{Type: Missed, Topics: f.Topics})
		if t.c.Misses >= 2 {
			t.say(KeyDecline, t.miss(), f.Topics...)
		} else {
			t.say(KeyOutside, map[string]string{"kind": f.Label}, f.Topics...)
		}
	case f.Decision == FoundOutside:
		t.say(KeyOutside, map[string]string{"kind": f.Label}, f.Topics...)
	case f.Decision == FoundChoose:
		t.say(KeyChoose, nil, t.calmly(f.Topics)...)
	default:
		t.add(Event{Type: Missed, Topics: f.Topics})
		t.say(KeyDecline, t.miss(), f.Topics...)
	}
	return false
}

// doubts counts how often in a row the direct question was the last thing the program said.
func (t *turn) doubts() (n int) {
	for _, l := range slices.Backward(t.c.Lines) {
		switch {
		case l.From != FromProgram:
		case l.Key != KeyDoubt:
			return n
		default:
			n++
		}
	}
	return n
}

// miss marks the second miss in a row, which always offers a person first.
func (t *turn) miss() map[string]string {
	if t.c.Misses >= 2 {
		return map[string]string{"second": "1"}
	}
	return nil
}

// person says how to reach a person and tells staff. The pending step is asked again: it leads to one.
func (t *turn) person() {
	if t.c.Minor {
		t.say(KeyMinor, nil, topicMinors)
		return
	}
	t.hand(ReasonPerson)
	if t.ring() {
		return
	}
	t.tellPerson()
	if t.resume() || t.in.Choice != "" || t.c.Intake.Confirmed {
		return
	}
	t.reachMe()
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
