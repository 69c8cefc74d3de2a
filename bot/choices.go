package bot

import (
	"regexp"
	"slices"
	"strings"
)

// Ids of the options that stand on cards. Those with a value after a colon are built by the functions below.
const (
	ChoiceSchedule = "schedule"
	ChoicePerson   = "person"
	ChoiceNone     = "none" // none of these
	ChoiceBack     = "back"
	ChoiceSkip     = "skip"
	ChoiceCancel   = "cancel"
	ChoiceSend     = "send"
	ChoiceSafe     = "safe"   // nobody is in danger now
	ChoiceResume   = "resume" // back to my question
	ChoiceYes      = "ask:yes"
	ChoiceNo       = "ask:no"
)

// ChoiceTopic asks for an entry.
func ChoiceTopic(slug string) string { return "topic:" + slug }

// ChoiceNotAsked says that an entry was not what the visitor asked.
func ChoiceNotAsked(slug string) string { return "not-asked:" + slug }

// ChoiceStep answers a step by one of its values.
func ChoiceStep(id StepID, value string) string { return "step:" + string(id) + ":" + value }

// ChoiceChange goes back to a step from the summary.
func ChoiceChange(id StepID) string { return "change:" + string(id) }

// ChoiceLanguage goes on in another language.
func ChoiceLanguage(l Lang) string { return "language:" + string(l) }

// choose handles a tapped option. It reports false for an option that does not exist here, so that its label is read as typed text.
func (t *turn) choose(choice string) bool {
	what, value, _ := strings.Cut(choice, ":")
	switch what {
	case "schedule":
		t.begin()
	case "person":
		t.person()
	case "topic":
		t.add(Event{Type: Found, Topics: []string{value}})
		t.say(KeyAnswer, nil, value)
		t.resume()
	case "not-asked":
		t.add(Event{Type: Missed, Topics: []string{value}})
		t.say(KeyNotAsked, t.miss(), t.nearest(value)...)
		t.resume()
	case "none":
		t.add(Event{Type: Missed})
		t.say(KeyDecline, t.miss())
		t.resume()
	case "safe", "resume":
		t.settle(false)
	case "ask":
		if t.c.Doubt == "" {
			t.settle(false)
			return true
		}
		t.settle(value == "yes")
	case "language":
		return t.switchTo(Lang(value))
	case "step":
		return t.tapStep(value)
	case "change":
		if StepID(value) == StepRemarks && t.c.Intake.Active() {
			t.add(Event{Type: Cleared, Step: StepRemarks})
			t.ask(t.c.Intake.next(), "remarks")
			return true
		}
		if _, ok := stepOf(StepID(value)); !ok || !t.c.Intake.Active() {
			return false
		}
		t.ask(StepID(value), "")
	case "back", "skip", "cancel", "send":
		return t.command(command(what))
	default:
		return false
	}
	return true
}

// nearest gives the other entries that were near when this one was answered.
func (t *turn) nearest(slug string) []string {
	for _, l := range slices.Backward(t.c.Lines) {
		if l.Key == KeyAnswer && len(l.Topics) > 0 && l.Topics[0] == slug {
			return without(l.Topics, slug)
		}
	}
	return nil
}

func (t *turn) tapStep(value string) bool {
	name, choice, _ := strings.Cut(value, ":")
	s, ok := stepOf(StepID(name))
	if !ok || s.tapped == nil || !slices.Contains(s.choices, choice) {
		return false
	}
	if !t.c.Intake.Active() { // a button of a request that was sent or dropped
		if t.c.Intake.Confirmed {
			t.say(KeyBooked, map[string]string{"again": "1"})
		} else {
			t.say(KeyResumed, nil)
		}
		return true
	}
	f, p := s.tapped(choice)
	if p != "" {
		t.add(Event{Type: Answered, Step: s.id, Fields: &f})
		t.ask(s.id, p)
		return true
	}
	t.take(s.id, f)
	return true
}

// switchTo goes on in another language and asks the pending question again.
func (t *turn) switchTo(l Lang) bool {
	if !l.Known() {
		return false
	}
	t.offer = ""
	t.lang = l
	if l != t.c.Lang {
		t.add(Event{Type: Switched, Lang: l})
	}
	t.say(KeySwitched, nil)
	t.resume()
	return true
}

// command steers the dialogue. It reports false for a command that means nothing here.
func (t *turn) command(c command) bool {
	i := t.c.Intake
	switch c {
	case cmdEnglish:
		return t.languageAsked(EN)
	case cmdSpanish:
		return t.languageAsked(ES)
	case cmdPerson:
		t.person()
		return true
	}
	if !i.Active() {
		return (c == cmdCancel || c == cmdWithdraw) && t.withdraw(c)
	}
	switch c {
	case cmdBack:
		t.ask(previous(i.Fields, i.Step), "")
	case cmdSkip:
		if i.Step == StepSummary {
			return false
		}
		if !CanSkip(i.Step) {
			t.ask(i.Step, "required")
			return true
		}
		t.skip(i.Step)
		t.ask(t.c.Intake.next(), "")
	case cmdCancel, cmdWithdraw:
		t.add(Event{Type: Cancelled})
		t.say(KeyCancelled, nil)
	case cmdOver:
		t.add(Event{Type: Cancelled})
		t.ask(Intake{}.next(), "")
	case cmdSend:
		if i.Step != StepSummary {
			return t.sendEarly()
		}
		t.confirm()
	default:
		return false
	}
	return true
}

// sendWords say in so many words that the request shall go.
var sendWords = []string{"send it", "submit it", "send my request", "send the request", "enviala", "envialo", "enviela", "envielo", "mandala", "mandalo", "mandela", "mandelo", "mandenla", "envienla"}

// bareSend is nothing but the word that stands on the button of the summary.
var bareSend = regexp.MustCompile(`^(please |ok |just |por favor )*(send|submit|enviar|envia|envie|mandar|manda|mande)( please| por favor)*$`)

// sendEarly shows the summary to somebody who wants the request sent before all was asked: what was not said is left out. One way to reach them is
// all that is needed. "Dale" alone is rather a yes to the question.
func (t *turn) sendEarly() bool {
	if !has(t.in.Text, sendWords...) && !bareSend.MatchString(fold(t.in.Text)) {
		return false
	}
	if !t.c.Intake.Fields.Known(StepReach) {
		t.ask(StepReach, "required")
		return true
	}
	return t.summarize("not_sent")
}

// summarize leaves out what was not asked yet and shows the summary. It is always complete for the turn.
func (t *turn) summarize(p problem) bool {
	for s := t.c.Intake.next(); s != StepSummary; s = t.c.Intake.next() {
		t.skip(s)
	}
	t.ask(StepSummary, p)
	return true
}

// withdraw takes back what staff have been asked. Where there is nothing to take back it says so, but only to somebody who clearly means that.
func (t *turn) withdraw(c command) bool {
	switch {
	case len(t.c.Handed) > 0:
		t.add(Event{Type: Withdrawn, Reference: t.c.Reference})
		t.say(KeyWithdrawn, nil)
	case c == cmdWithdraw || fold(t.in.Text) == "stop", fold(t.in.Text) == "alto":
		t.say(KeyNothing, nil)
	default:
		return false
	}
	return true
}

// languageAsked tells "español" as a wish from "español" as the answer to the step that asks for the language of the call: there, and where the
// conversation is in that language already, it is an answer.
func (t *turn) languageAsked(l Lang) bool {
	if t.c.Intake.Active() && (t.c.Intake.Step == StepLanguage || l == t.c.Lang) {
		return false
	}
	return t.switchTo(l)
}
