package bot

import (
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot/safety"
)

// answer turns what was found into lines, best first, then takes up the pending step.
func (t *turn) answer() {
	if t.foundDanger() {
		if t.in.Screen.Level == safety.LevelAsk && feelingIn(t.in.Text) == FeelSick && !t.c.Intake.Active() { // withdrawal may be a danger, and has help
			t.say(KeyChoose, map[string]string{"why": FeelSick}, helpsWith[FeelSick]...)
		}
		return
	}
	if t.c.Doubt != "" && !t.doubtIsOld() && !t.c.Intake.Active() && feelingIn(t.in.Text) == "" && t.in.Screen.Level != safety.LevelAsk && t.doubts() < 2 && !asksSomething(t.in.Text) && t.in.Found[0].Confidence < certain {
		t.say(KeyDoubt, map[string]string{"kind": string(t.c.DoubtKind)}) // neither yes nor no, nor clearly something else: asked once more
		return
	}
	if f := t.in.Found[0]; f.Decision == FoundAnswer && f.Label == topicBooking && !t.c.Intake.Active() && (!asksSomething(t.in.Text) || understand(t.in.Text, "", t.c.Intake.Fields).fields.ForWhom != "") {
		t.begin() // told rather than asked: "I was told to ask for an appointment", "how do I get one? it's for me"
		return
	}
	if f := &t.in.Found[0]; f.Decision == FoundChoose && slices.Contains(f.Topics, topicBooking) && books.MatchString(fold(t.in.Text)) && !has(t.in.Text, otherWish[1:]...) { // "how do I make an appointment"
		f.Decision, f.Label = FoundAnswer, topicBooking
	}
	if t.clarification() {
		return
	}
	t.in.Found[0] = t.likeBefore(t.in.Found[0])
	if t.repeated() || t.forAnother() || t.general() || t.guarded() {
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
			args := t.again(f.Label)
			if args == nil && f.Label == "pregnancy-and-treatment" && custody.MatchString(fold(t.in.Text)) { // its second part speaks of that
				args = map[string]string{"part": "more"}
			}
			t.add(Event{Type: Found, Topics: []string{f.Label}})
			if kind, ok := t.personal(f.Label); ok {
				t.say(KeyAdvice, map[string]string{"kind": string(kind)}, append([]string{f.Label}, without(f.Topics, f.Label)...)...)
			} else {
				t.say(KeyAnswer, args, append([]string{f.Label}, without(f.Topics, f.Label)...)...)
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

// again marks an entry that was the last answer already: it is not said again word for word.
func (t *turn) again(slug string) map[string]string {
	for l := range t.c.recent(2) {
		if l.Key == KeyAnswer && l.Topics[0] == slug {
			return map[string]string{"again": "1"}
		}
	}
	return nil
}

// repeats is what people say to a program that says the same thing over and over.
var repeats = regexp.MustCompile(`\b(already|just) (told|said|gave|answered) (me )?(that|this|it)\b|\b(you|u) (keep|are) (repeating|saying the same)|\bstop repeating|\bsame (thing|answer) (again|over)|\bya (me )?(lo )?(dijo|dijiste|dijeron)( eso| lo mismo| esto)?$|\b(repite|repites|dice|dices) lo mismo|\blo mismo otra vez\b|\bmisma respuesta\b`)

// repeated answers somebody who complains of hearing the same again, as if "not what I asked" had been tapped. It reports whether it did.
func (t *turn) repeated() bool {
	if t.in.Choice != "" || len(t.c.Topics) == 0 || len(strings.Fields(t.in.Text)) > 9 || asksSomething(t.in.Text) || !repeats.MatchString(fold(t.in.Text)) {
		return false
	}
	t.add(Event{Type: Missed, Topics: t.c.Topics[:1]})
	t.say(KeyNotAsked, map[string]string{"again": "1"}, t.nearest(t.c.Topics[0])...)
	t.resume()
	return true
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
	case f.Decision == FoundAct && t.c.Intake.Active() && feelingIn(t.in.Text) == FeelSecret: // "he can't know that I wrote, is that ok?"
		t.say(KeyClarify, map[string]string{"step": string(StepReach)}, clarifiedBy[StepReach])
	case f.Decision == FoundAct:
		t.say(KeySmall, map[string]string{"kind": f.Label})
	case t.in.Screen.Level == safety.LevelAsk: // the direct question stands; a guess or an "I do not know" under it would only be noise
	case t.soothe(f): // a feeling, nothing asked, and no entry that surely fits
	case f.Decision == FoundOutside && f.Label == "oos-unclear": // not understood: the first time it is said so, the second time a person is offered
		t.add(Event{Type: Missed, Topics: f.Topics})
		if t.c.Misses >= 2 {
			t.say(KeyDecline, t.miss(), t.calmly(f.Topics)...)
		} else {
			t.say(KeyOutside, map[string]string{"kind": f.Label}, t.calmly(f.Topics)...)
		}
	case f.Decision == FoundOutside:
		t.say(KeyOutside, map[string]string{"kind": f.Label}, f.Topics...)
	case f.Decision == FoundChoose:
		t.say(KeyChoose, nil, t.calmly(f.Topics)...)
	default:
		t.add(Event{Type: Missed, Topics: f.Topics})
		t.say(KeyDecline, t.miss(), t.calmly(f.Topics)...)
	}
	return false
}

// miss marks the second miss in a row, which always offers a person first.
func (t *turn) miss() map[string]string {
	if t.c.Misses >= 2 {
		return map[string]string{"second": "1"}
	}
	return nil
}

// topicBooking is the entry on how to make an appointment.
const topicBooking = "appointment-schedule"

// topicPerson is the entry on how to reach a person.
const topicPerson = "talk-to-a-person-callback"

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
