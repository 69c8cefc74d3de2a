package bot

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"example.org/intake/bot/safety"
)

// dialogue drives the engine with random inputs. Found is made up, as any index might find anything.
func dialogue(r *rand.Rand) error {
	texts := []string{"for me", "para mi hija", "Red", "me llamo Ana", "508 555 0143", "555 0143", "jo@example.org", "yes", "no", "no sé", "back", "atrás", "skip", "cancel",
		"start over", "what is MAT?", "¿aceptan medicare? ¿y qué es MAT?", "mornings", "después de las 5, nunca a la casa", "portuguese", "medicare", "", "español por favor",
		"english", "person", "send it", "my number is 774 555 0123"}
	choices := []string{"", "", "", ChoiceSchedule, ChoicePerson, ChoiceBack, ChoiceSkip, ChoiceCancel, ChoiceSend, ChoiceSafe, ChoiceResume, ChoiceYes, ChoiceNo, ChoiceNone,
		ChoiceTopic("mat-what-is-it"), ChoiceNotAsked("mat-what-is-it"), ChoiceStep(StepForWhom, "self"), ChoiceStep(StepVoicemail, "yes"), ChoiceStep(StepText, "no"),
		ChoiceStep(StepCoverage, "none"), ChoiceStep(StepTimes, "any"), ChoiceStep(StepLanguage, "other"), ChoiceChange(StepReach), ChoiceLanguage(ES), "nonsense", "step:x:y", "change:"}
	findings := []Finding{{Decision: FoundAnswer, Label: "a", Topics: []string{"a", "b"}}, {Decision: FoundChoose, Topics: []string{"a", "b"}}, {Decision: FoundDecline},
		{Decision: FoundAct, Label: "schedule"}, {Decision: FoundAct, Label: "human"}, {Decision: FoundAct, Label: "hello"}, {Decision: FoundOutside, Label: "oos-jobs"}}
	screens := []safety.Result{{}, {}, {}, {}, {}, {}, {Level: safety.LevelAdvice, Advice: safety.AdviceDose}, {Level: safety.LevelAsk, Kind: safety.KindSuicide, Card: safety.CardSuicide},
		{Level: safety.LevelCrisis, Kind: safety.KindOverdose, Card: safety.CardOverdose}}
	var c Conversation
	for n := range 30 {
		in := Input{Time: time.Unix(int64(n), 0).UTC(), ID: fmt.Sprint("line-", n), Text: texts[r.IntN(len(texts))], Choice: choices[r.IntN(len(choices))],
			Lang: []Lang{EN, ES, ""}[r.IntN(3)], Screen: screens[r.IntN(len(screens))], Reference: "7K3H-9WP2"}
		before := c
		events, lookup := Step(c, in)
		if lookup != nil {
			if len(events) > 0 || len(lookup.Texts) == 0 || len(lookup.Texts) > 2 || !lookup.Lang.Known() {
				return fmt.Errorf("turn %d: look-up %+v beside %d events", n, lookup, len(events))
			}
			for range lookup.Texts {
				in.Found = append(in.Found, findings[r.IntN(len(findings))])
			}
			if events, lookup = Step(c, in); lookup != nil {
				return fmt.Errorf("turn %d wants a second look-up", n)
			}
		}
		if again, _ := Step(c, in); !reflect.DeepEqual(again, events) {
			return fmt.Errorf("turn %d: the same input gave other events", n)
		}
		if !reflect.DeepEqual(before, c) {
			return fmt.Errorf("turn %d changed the caller's conversation", n)
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
		_, deed := Deed(events)
		switch {
		case deed == nil:
			return fmt.Errorf("turn %d: %q %q was answered with nothing", n, in.Text, in.Choice)
		case in.Screen.Level == safety.LevelCrisis && deed.Key != KeyEmergency && deed.Key != KeyMasked:
			return fmt.Errorf("turn %d: an emergency got %q", n, deed.Key)
		case !c.Heard(in.ID):
			return fmt.Errorf("turn %d: the visitor's line is not kept", n)
		}
		if f := before.Intake.Fields; !slices.ContainsFunc(events, func(e Event) bool { return e.Type == Cancelled }) {
			for _, s := range Steps() { // an answer is never lost, only replaced
				if f.Known(s) && !c.Intake.Fields.Known(s) {
					return fmt.Errorf("turn %d lost the answer to %s", n, s)
				}
			}
		}
	}
	return nil
}

func TestRandomDialogues(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	for i := range uint64(1000) {
		if err := dialogue(rand.New(rand.NewPCG(seed, i))); err != nil {
			t.Fatalf("seed %d, dialogue %d: %v", seed, i, err)
		}
	}
}

func TestConsentIsNeverTakenFromAnythingButYes(t *testing.T) {
	for _, text := range []string{"maybe", "i don't know", "sí, pero no a la casa", "only texts", "ask my sister", "tal vez"} {
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
