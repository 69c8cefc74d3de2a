package bot

import (
	"testing"
	"time"

	"example.org/intake/bot/safety"
)

// While a person talks the program says nothing, whatever is written or tapped; danger brings the card and the direct question all the same.
func TestQuietWhileAPersonTalks(t *testing.T) {
	at := time.Unix(1_000_000, 0).UTC()
	taken := Conversation{Lang: EN, Handed: []Reason{ReasonPerson}, Live: Live{By: "ana", Name: "Ana R."}}
	inTheMiddle := taken
	inTheMiddle.Intake.Step = StepName
	doubted := taken
	doubted.Doubt, doubted.DoubtKind = safety.CardSuicide, safety.KindSuicide
	for name, tc := range map[string]struct {
		c    Conversation
		in   Input
		says []string // keys of the program's lines
	}{
		"a question":                  {taken, Input{Text: "what is MAT?"}, nil},
		"a tapped topic":              {taken, Input{Text: "What is MAT?", Choice: ChoiceTopic("mat-what-is-it")}, nil},
		"the wish for a person":       {taken, Input{Text: "Talk to a person", Choice: ChoicePerson}, nil},
		"an answer to a pending step": {inTheMiddle, Input{Text: "Red"}, nil},
		"a masked number":             {taken, Input{Text: "[removed]", Masked: true}, nil},
		"advice":                      {taken, Input{Text: "how much can I take", Screen: safety.Result{Level: safety.LevelAdvice, Advice: safety.AdviceDose}}, nil},
		"another language":            {taken, Input{Choice: ChoiceLanguage(ES)}, nil},
		"danger":                      {taken, Input{Text: "x", Screen: safety.Result{Level: safety.LevelCrisis, Card: safety.CardOverdose, Kind: safety.KindOverdose}}, []string{KeyEmergency, KeyAfter}},
		"perhaps danger":              {taken, Input{Text: "x", Screen: safety.Result{Level: safety.LevelAsk, Card: safety.CardSuicide, Kind: safety.KindSuicide}}, []string{KeyDoubt}},
		"yes to the direct question":  {doubted, Input{Text: "yes"}, []string{KeyEmergency, KeyAfter}},
		"yes tapped":                  {doubted, Input{Text: "Yes", Choice: ChoiceYes}, []string{KeyEmergency, KeyAfter}},
		"no to the direct question":   {doubted, Input{Text: "no"}, nil},
		"a no that is exclaimed":      {doubted, Input{Text: "oh good heavens no", Screen: safety.Result{Level: safety.LevelAsk, Card: safety.CardSuicide, Kind: safety.KindSuicide}}, nil},
	} {
		tc.in.Time, tc.in.ID = at, "line-0001"
		events, lookup := Step(tc.c, tc.in)
		if lookup != nil {
			t.Errorf("%s: something is looked up", name)
		}
		var said []string
		heard := false
		for _, e := range events {
			if e.Type == Replied {
				said = append(said, e.Line.Key)
			}
			heard = heard || e.Type == Said
		}
		if len(said) != len(tc.says) || !heard {
			t.Errorf("%s: the program says %v, want %v; heard %v", name, said, tc.says, heard)
			continue
		}
		for i := range said {
			if said[i] != tc.says[i] {
				t.Errorf("%s: the program says %v, want %v", name, said, tc.says)
			}
		}
	}
}

// Who asks for a person is told whether somebody is called, and a second wish does not call anew.
func TestRinging(t *testing.T) {
	at := time.Unix(1_000_000, 0).UTC()
	var c Conversation
	step := func(in Input) (keys []string) {
		in.ID, in.Choice, in.Lang = "line-"+in.Time.Format("150405"), ChoicePerson, EN
		events, _ := Step(c, in)
		for _, e := range events {
			c.Apply(e)
			if e.Type == Replied {
				keys = append(keys, e.Line.Key)
			}
		}
		return keys
	}
	if got := step(Input{Time: at}); len(got) != 1 || got[0] != KeyPerson || c.Live.Ringing(at) {
		t.Errorf("nobody is there: %v", got)
	}
	if got := step(Input{Time: at, Staffed: 2, Wait: time.Minute}); len(got) != 1 || got[0] != KeyRinging || !c.Live.Ringing(at.Add(59*time.Second)) || c.Live.Ringing(at.Add(time.Minute)) {
		t.Errorf("somebody is there: %v, %+v", got, c.Live)
	}
	until := c.Live.Until
	if got := step(Input{Time: at.Add(10 * time.Second), Wait: time.Minute}); got[0] != KeyRinging || !c.Live.Until.Equal(until) {
		t.Errorf("asked again while it rings: %v, until %s", got, c.Live.Until)
	}
	if !c.IsHanded(ReasonPerson) {
		t.Error("it was not handed over")
	}
	c.Apply(Event{Type: Taken, Live: &Live{By: "ana", Name: "Ana"}})
	c.Apply(Event{Type: Returned, Live: &Live{By: "ana"}})
	if c.Live != (Live{}) {
		t.Errorf("after handing back: %+v", c.Live)
	}
}
