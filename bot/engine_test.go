package bot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot/safety"
)

// What random visitors type and tap, what the index finds and the screen sees. All of it is made up, as anything may come in any order.
var (
	randomTexts = []string{"for me", "para mi hija", "Red", "me llamo Ana", "508 555 0143", "555 0143", "508", "jo@example.org", "yes", "no", "no sé", "back", "atrás", "skip", "cancel",
		"start over", "what is MAT?", "¿aceptan medicare? ¿y qué es MAT?", "mornings", "después de las 5, nunca a la casa", "portuguese", "medicare", "", "español por favor", "...", "?", "•••",
		"english", "person", "send it", theirNumber, "it's for my son, no voicemail please", "no, it's Ana not Anna", "I don't want to say", "change my number", "STOP", "ya no me llamen",
		"7K3H-9WP2", "STOP 7K3H-9WP2", "call me after 5, ok to text. do you take medicaid?", "I'm 16", "I'm 30", "idk", "ok", "gracias", "blah blah blah", "mejor mañana por la tarde", "yes but no voicemail"}
	randomChoices = []string{"", "", "", ChoiceSchedule, ChoicePerson, ChoiceBack, ChoiceSkip, ChoiceCancel, ChoiceSend, ChoiceSafe, ChoiceResume, ChoiceYes, ChoiceNo, ChoiceNone,
		ChoiceTopic("mat-what-is-it"), ChoiceNotAsked("mat-what-is-it"), ChoiceStep(StepForWhom, "self"), ChoiceStep(StepVoicemail, "yes"), ChoiceStep(StepText, "no"),
		ChoiceStep(StepCoverage, "none"), ChoiceStep(StepTimes, "any"), ChoiceStep(StepLanguage, "other"), ChoiceChange(StepReach), ChoiceLanguage(ES), "nonsense", "step:x:y", "change:"}
	randomFindings = []Finding{{Decision: FoundAnswer, Label: "a", Topics: []string{"a", "b"}, Confidence: 0.5}, {Decision: FoundAnswer, Label: "b", Topics: []string{"b"}, Confidence: 0.9}, {Decision: FoundChoose, Topics: []string{"a", "b"}}, {Decision: FoundDecline},
		{Decision: FoundAct, Label: "schedule"}, {Decision: FoundAct, Label: "human"}, {Decision: FoundAct, Label: "hello"}, {Decision: FoundOutside, Label: "oos-jobs"}, {Decision: FoundOutside, Label: "oos-unclear"}}
	randomScreens = []safety.Result{{}, {}, {}, {}, {}, {}, {}, {}, {}, {Level: safety.LevelAdvice, Advice: safety.AdviceDose}, {Level: safety.LevelAdvice}, {Level: safety.LevelAsk, Kind: safety.KindSuicide, Card: safety.CardSuicide, Rule: "model"},
		{Level: safety.LevelCrisis, Kind: safety.KindOverdose, Card: safety.CardOverdose, Rule: "en/overdose.txt:1"}}
)

const theirNumber = "my number is 774 555 0123"

// stepper is Step, or a broken one that the checks must catch.
type stepper func(Conversation, Input) ([]Event, *Lookup)

// dialogue drives the engine with random inputs and says what went wrong.
func dialogue(r *rand.Rand, step stepper) error {
	var c Conversation
	asked, inRow := StepID(""), 0
	for n := range 14 {
		in := Input{Time: time.Unix(int64(n), 0).UTC(), ID: fmt.Sprint("line-", n), Text: randomTexts[r.IntN(len(randomTexts))], Choice: randomChoices[r.IntN(len(randomChoices))],
			Lang: []Lang{EN, ES, ""}[r.IntN(3)], Screen: randomScreens[r.IntN(len(randomScreens))], Reference: "7K3H-9WP2"}
		if in.Choice == "" {
			if in.Code = CodeIn(in.Text); in.Code != "" {
				in.Status = []string{StatusReceived, StatusUnknown, StatusLater}[r.IntN(3)]
			}
		}
		before := c
		events, err := decideTwice(c, &in, r, step)
		if err != nil {
			return fmt.Errorf("turn %d: %w", n, err)
		}
		// What is stored and read again folds to the same.
		data, err := json.Marshal(events)
		if err != nil {
			return err
		}
		var read []Event
		if err := json.Unmarshal(data, &read); err != nil {
			return err
		}
		for _, e := range read {
			c.Apply(e)
		}
		if err := checkTurn(before, c, in, events); err != nil {
			return fmt.Errorf("turn %d, %q %q at %q: %w", n, in.Text, in.Choice, before.Intake.Step, err)
		}
		for _, e := range events { // no step more than twice in a row without a way out
			if e.Type == Cancelled || e.Type == Warned { // begun anew, or put aside for an emergency
				asked, inRow = "", 0
			}
			if e.Type == Replied && e.Line.Key == KeySummary { // a way out stood between
				asked, inRow = "", 0
			}
			if e.Type != Replied || e.Line.Key != KeyStep {
				continue
			}
			if id := StepID(e.Line.Args["step"]); id == asked {
				inRow++
			} else {
				asked, inRow = id, 1
			}
			if inRow > 2 && e.Line.Args["stuck"] == "" {
				return fmt.Errorf("turn %d: %s is asked %d times in a row without a way out", n, asked, inRow)
			}
		}
		if !c.Intake.Active() {
			asked, inRow = "", 0
		}
	}
	return finish(c, step)
}

func decideTwice(c Conversation, in *Input, r *rand.Rand, step stepper) ([]Event, error) {
	before := c
	events, lookup := step(c, *in)
	if lookup != nil {
		if len(events) > 0 || len(lookup.Texts) == 0 || len(lookup.Texts) > 2 || !lookup.Lang.Known() {
			return nil, fmt.Errorf("look-up %+v beside %d events", lookup, len(events))
		}
		for range lookup.Texts {
			in.Found = append(in.Found, randomFindings[r.IntN(len(randomFindings))])
		}
		if events, lookup = step(c, *in); lookup != nil {
			return nil, fmt.Errorf("%q wants a second look-up", in.Text)
		}
	}
	if again, _ := step(c, *in); !reflect.DeepEqual(again, events) {
		return nil, fmt.Errorf("%q: the same input gave other events", in.Text)
	}
	if !reflect.DeepEqual(before, c) {
		return nil, fmt.Errorf("%q changed the caller's conversation", in.Text)
	}
	return events, nil
}

func checkTurn(before, c Conversation, in Input, events []Event) error {
	_, deed := Deed(events)
	ends := slices.ContainsFunc(events, func(e Event) bool { return e.Type == Cancelled || e.Type == Withdrawn || e.Type == Underage })
	switch {
	case deed == nil:
		return fmt.Errorf("was answered with nothing")
	case in.Screen.Level == safety.LevelCrisis && deed.Key != KeyEmergency && deed.Key != KeyMasked:
		return fmt.Errorf("an emergency got %q", deed.Key)
	case !c.Heard(in.ID):
		return fmt.Errorf("the visitor's line is not kept")
	case c.Minor && c.Intake.Active():
		return fmt.Errorf("a request goes on for somebody under 18")
	case in.Choice == "" && in.Text == theirNumber && before.Intake.Active() && !ends && c.Intake.Fields.Phone != "+17745550123":
		return fmt.Errorf("the number is lost")
	case c.Intake.Fields.Voicemail != nil && *c.Intake.Fields.Voicemail && (before.Intake.Fields.Voicemail == nil || !*before.Intake.Fields.Voicemail) &&
		in.Choice != ChoiceStep(StepVoicemail, "yes") && in.Text != "yes" && in.Text != "ok":
		return fmt.Errorf("a voicemail was agreed to by this")
	}
	if f := before.Intake.Fields; !ends {
		for _, s := range Steps() { // an answer is never lost, only replaced
			if f.Known(s) && !c.Intake.Fields.Known(s) {
				return fmt.Errorf("lost the answer to %s", s)
			}
		}
	}
	return nil
}

// finish checks that from anywhere there is a way to a person and a way to the end.
func finish(c Conversation, step stepper) error {
	events, _ := step(c, Input{ID: "person", Text: "talk to a person", Lang: EN})
	if !slices.ContainsFunc(events, func(e Event) bool { return e.Type == Replied && (e.Line.Key == KeyPerson || e.Line.Key == KeyMinor) }) {
		return fmt.Errorf("no way to a person at %q", c.Intake.Step)
	}
	if c.Minor || c.Intake.Confirmed {
		return nil
	}
	answers := map[StepID]string{"": "", StepForWhom: "for me", StepName: "Red", StepReach: "508 555 0143", StepTimes: "mornings", StepLanguage: "spanish", StepVoicemail: "no", StepText: "no", StepCoverage: "medicare", StepSummary: "yes"}
	for n := range 14 {
		in := Input{ID: fmt.Sprint("end-", n), Text: answers[c.Intake.Step], Lang: EN, Reference: "7K3H-9WP2"}
		if c.Doubt != "" {
			in.Choice = ChoiceNo
		} else if c.Intake.Step == "" {
			in.Choice = ChoiceSchedule
		}
		events, lookup := step(c, in)
		if lookup != nil {
			return fmt.Errorf("%q at %s needs a look-up", in.Text, c.Intake.Step)
		}
		for _, e := range events {
			c.Apply(e)
		}
		if c.Intake.Confirmed {
			return nil
		}
	}
	return fmt.Errorf("no way to the end: at %q with %+v", c.Intake.Step, c.Intake.Fields)
}

// TestRandomDialogues drives 10,000 random dialogues; a failure prints the seed.
func TestRandomDialogues(t *testing.T) {
	const dialogues, hands = 10_000, 4
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	var wg sync.WaitGroup
	for hand := range uint64(hands) {
		wg.Go(func() {
			for i := hand; i < dialogues && !t.Failed(); i += hands {
				if err := dialogue(rand.New(rand.NewPCG(seed, i)), Step); err != nil {
					t.Errorf("seed %d, dialogue %d: %v", seed, i, err)
				}
			}
		})
	}
	wg.Wait()
}

// TestRandomDialoguesCatchABrokenEngine is the control: engines that lose, repeat or forget must not pass.
func TestRandomDialoguesCatchABrokenEngine(t *testing.T) {
	without := func(drop func(Event) bool) stepper {
		return func(c Conversation, in Input) ([]Event, *Lookup) {
			events, lookup := Step(c, in)
			return slices.DeleteFunc(events, drop), lookup
		}
	}
	calls := 0
	for name, broken := range map[string]stepper{
		"a lost number": without(func(e Event) bool { return e.Type == Answered && e.Fields.Phone != "" }),
		"a lost line":   without(func(e Event) bool { return e.Type == Said }),
		"no person":     without(func(e Event) bool { return e.Type == Replied && e.Line.Key == KeyPerson }),
		"no end":        without(func(e Event) bool { return e.Type == Handed }),
		"no way out": func(c Conversation, in Input) ([]Event, *Lookup) {
			events, l := Step(c, in)
			for _, e := range events {
				if e.Type == Replied {
					delete(e.Line.Args, "stuck")
				}
			}
			return events, l
		},
		"not the same": func(c Conversation, in Input) ([]Event, *Lookup) {
			calls++
			events, l := Step(c, in)
			if l == nil && calls%7 == 0 {
				events = events[:len(events)-1]
			}
			return events, l
		},
	} {
		caught := false
		for i := range uint64(500) {
			if dialogue(rand.New(rand.NewPCG(1, i)), broken) != nil {
				caught = true
				break
			}
		}
		if !caught {
			t.Errorf("%s passed", name)
		}
	}
}

func TestConsentIsNeverTakenFromAnythingButYes(t *testing.T) {
	for _, text := range []string{"maybe", "i don't know", "sí, pero no a la casa", "only texts", "ask my sister", "tal vez", "can you leave a voicemail?", "what would the voicemail say", "not unless you have to", "I guess", "supongo"} {
		c := Conversation{Lang: EN, Intake: Intake{Step: StepVoicemail, Fields: Fields{Phone: "+15085550143"}}}
		events, lookup := Step(c, Input{ID: "line-1", Text: text})
		if lookup != nil {
			events, _ = Step(c, Input{ID: "line-1", Text: text, Found: []Finding{{Decision: FoundDecline}}})
		}
		for _, e := range events {
			c.Apply(e)
		}
		if v := c.Intake.Fields.Voicemail; v != nil && *v {
			t.Errorf("%q was taken as a yes", text)
		}
	}
}
