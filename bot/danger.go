package bot

import (
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot/safety"
)

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
	asked, kind := t.c.Doubt != "" || t.in.Denial != nil, t.c.DoubtKind
	t.add(Event{Type: Calmed})
	if asked {
		var help []string
		if !t.c.Intake.Active() {
			if help = afterwardsHelp[kind]; feelingIn(t.in.Text) == FeelSick { // "no, it's only the withdrawal"
				help = helpsWith[FeelSick]
			}
		}
		t.say(KeyResumed, map[string]string{"calm": "1"}, help...)
		t.resume()
	} else if !t.resume() {
		t.say(KeyResumed, nil)
	}
}

// afterwardsHelp are the entries that help somebody who was afraid of a danger, once it is said that there is none now.
var afterwardsHelp = map[safety.Kind][]string{
	safety.KindOverdose: {"naloxone-how-to-get", "help-for-loved-one"},
	safety.KindSuicide:  {"crisis-hotlines-list", "start-treatment-steps"},
	safety.KindViolence: {"crisis-hotlines-list", "privacy-this-chat"},
	safety.KindMedical:  {"withdrawal-what-to-expect", "start-treatment-steps"},
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

// IsEmergency reports whether a topic is one of an emergency, for which the card stands.
func IsEmergency(slug string) bool { _, ok := danger[slug]; return ok }

// plainly is the confidence from which the entry of an emergency is given though the screen sees no danger: to who asks about it.
const plainly = 0.9

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

// doubtIsOld reports whether the program has said something else since it asked the direct question.
func (t *turn) doubtIsOld() bool {
	heard := 0
	for _, l := range slices.Backward(t.c.Lines) {
		switch {
		case l.From == FromVisitor:
			if heard++; heard == 2 {
				return true
			}
		case l.Key == KeyDoubt:
			return false
		}
	}
	return false
}

// only911 is the number alone, written to the chat in place of the phone.
var only911 = regexp.MustCompile(`^\s*9[- .]?1[- .]?1[\s.!?]*$`)

// yesToStep reports whether a yes that follows the direct question or a card is about the pending step all the same: it names what the step is about.
// A bare yes at such a moment is no consent.
func (t *turn) yesToStep() bool {
	switch {
	case has(t.in.Text, sendWords...):
		return true
	case t.c.Intake.Step == StepVoicemail:
		return has(t.in.Text, voicemailWords...)
	case t.c.Intake.Step == StepText:
		return has(t.in.Text, textWords...)
	case t.c.Intake.Step == StepSummary:
		return false
	}
	return t.plainAnswer()
}

// calm reports whether somebody says, after a card, that the danger is over.
func (t *turn) calm() bool {
	return t.c.Emergency != "" && t.carded(2) && len(strings.Fields(t.in.Text)) <= 12 && has(t.in.Text, "i'm safe", "im safe", "i am safe", "i'm ok now", "im ok now", "i'm okay now", "i'm fine now", "im fine now", "we're safe", "we are safe", "false alarm", "they're awake", "he's awake", "she's awake", "he is awake", "she is awake", "he woke up", "she woke up", "they woke up", "he's up now", "she's up now", "hes up now", "shes up now", "he came to", "she came to", "he came around", "she came around", "i called 911", "i called 988", "help is here", "the ambulance is here", "no emergency", "not an emergency", "i'm alright", "that was a mistake", "i'm better now", "nobody is in danger",
		"ya estoy bien", "estoy a salvo", "estamos a salvo", "ya estamos bien", "estoy bien ya", "falsa alarma", "ya desperto", "ya se desperto", "ya volvio en si", "ya llame al 911", "ya llame al 988", "ya llego la ambulancia", "no es una emergencia", "no hay emergencia", "ya paso", "fue un error", "ya me siento mejor", "no hay peligro", "nadie corre peligro")
}

// carded reports whether the emergency card was among what the program said in the last turns.
func (t *turn) carded(turns int) bool {
	for l := range t.c.recent(turns) {
		if l.Key == KeyEmergency {
			return true
		}
	}
	return false
}
