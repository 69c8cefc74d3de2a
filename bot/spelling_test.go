package bot

import (
	"strings"
	"testing"
)

func TestSpellOut(t *testing.T) {
	for _, c := range []struct {
		at         StepID
		text, want string
	}{
		{"", "need apt 4 my gf", "need appointment for my girlfriend"},
		{"", "kiero una sita pa mi novia", "quiero una cita para mi novia"},
		{"", "me email is ins.r@example.com ok", "me email is ins.r@example.com ok"},
		{StepTimes, "tmrw aft", "tomorrow afternoon"},
		{StepTimes, "am", "morning"},
		{StepTimes, "I am home at 5", "I am home at 5"},
		{StepTimes, "dsps d las 4", "después de las 4"},
		{StepTimes, "btw 10 and noon", "between 10 and noon"},
		{StepCoverage, "mh", "masshealth"},
		{StepCoverage, "masshlth", "masshealth"},
		{StepName, "Sita", "Sita"},
		{StepName, "bro", "bro"},
		{StepName, "Ana R", "Ana R"},
		{StepName, "nvm", "never mind"},
		{StepName, "mike d", "mike d"},
		{"", "don't bother me", "don't bother me"},
		{"", "My sister Martina is a patient", "My sister Martina is a patient"},
	} {
		if got := spellOut(c.text, c.at); got != c.want {
			t.Errorf("%q at %q: %q, want %q", c.text, c.at, got, c.want)
		}
	}
	for _, w := range dictionary {
		if got := mend(w); got != w {
			t.Errorf("%q of the dictionary is read as %q", w, got)
		}
	}
	for w, to := range shorthand {
		if again := spellOut(to, ""); !strings.EqualFold(fold(again), fold(to)) {
			t.Errorf("%q is written out as %q, and that as %q", w, to, again)
		}
	}
}

func TestFeelings(t *testing.T) {
	for text, want := range map[string]string{
		"I feel so ashamed": FeelShame, "me da mucha vergüenza": FeelShame, "they will judge me": FeelShame,
		"nobody can know": FeelSecret, "que nadie se entere": FeelSecret, "my husband can't find out": FeelSecret,
		"I relapsed": FeelRelapse, "volví a usar ayer": FeelRelapse, "I used again last night": FeelRelapse,
		"I'm scared": FeelFear, "tengo mucho miedo": FeelFear, "I am afraid of withdrawal": FeelFear,
		"I'm so worried about my son": FeelWorry, "estoy preocupada por mi hija": FeelWorry,
		"It is for myself, I'm afraid": "", "I'm afraid I don't know": "", "nobody called me": "", "do you treat relapse?": "", "my name is Hope": "", "tengo una cita": "", "la pena de muerte": "",
	} {
		if got := feelingIn(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestHoursKeepTheirNo: what is told as hours not to call never becomes hours to call.
func TestHoursKeepTheirNo(t *testing.T) {
	for text, holds := range map[string]string{
		"My husband naps from one to three, so please not then": "not then", "call me after i get off at 5": "after", "weekdays I'm on the road, so weekends": "weekends",
		"mi esposo duerme de una a tres, a esa hora no": "a esa hora no", "don't call before 2": "don't",
	} {
		got := said(text, StepTimes, Fields{}, func(f Fields) string { return f.Times })
		if !strings.Contains(got, holds) {
			t.Errorf("%q: %q does not hold %q", text, got, holds)
		}
	}
	kept := understand("after work then", StepTimes, Fields{Times: "don't call at work"}).fields.Times
	if !strings.Contains(kept, "don't call at work") || !strings.Contains(kept, "after work") {
		t.Errorf("what is barred is lost: %q", kept)
	}
}

// TestPayerSaidEarlier: a coverage that was named is known later, one that was denied or only asked for somebody else's sake is not guessed.
func TestPayerSaidEarlier(t *testing.T) {
	talk := func(lines ...string) *Conversation {
		c := &Conversation{Lang: EN}
		for _, l := range append(lines, "how much is it?") {
			c.Lines = append(c.Lines, Line{From: FromVisitor, Lang: EN, Text: l})
		}
		return c
	}
	for text, want := range map[string]string{"I have Medicare": "medicare", "do you take masshealth?": "masshealth", "tengo medicare y masshealth": "both", "what is group therapy": "", "I have no insurance": "none"} {
		if got := talk(text).payer(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := talk("I have Medicare", "oh no, I have MassHealth").payer(); got != "masshealth" {
		t.Errorf("the newest counts: %q", got)
	}
	if got := (&Conversation{Intake: Intake{Fields: Fields{Coverage: "private"}}}).payer(); got != "private" {
		t.Errorf("the request counts most: %q", got)
	}
}

func FuzzSpellOut(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		for _, at := range append(Steps(), "", StepSummary) {
			out := spellOut(s, at)
			if out != spellOut(s, at) {
				t.Errorf("%q is not always written out alike", s)
			}
			if len(out) > 16*len(s)+16 {
				t.Errorf("%d bytes grew to %d", len(s), len(out))
			}
		}
		feelingIn(s)
	})
}
