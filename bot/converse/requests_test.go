package converse_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

// answers gives what the program said after the visitor's last line, as one text.
func (h *house) answers(t *testing.T, id string) string {
	t.Helper()
	c, _, err := h.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for i := len(c.Lines) - 1; i >= 0 && c.Lines[i].From == bot.FromProgram; i-- {
		said = append([]string{c.Lines[i].Key + ": " + c.Lines[i].Text}, said...)
	}
	return strings.Join(said, "\n")
}

// TestAnotherConversationLearnsNothing compares what two conversations are told that give the same phone and name: a partner may be typing in the
// second one. Staff are offered the merge.
func TestAnotherConversationLearnsNothing(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one, two, other := id(t, 1), id(t, 2), id(t, 3)
	lines := append(wholeRequest, "send it", "did somebody with this number ask for an appointment?", "what is MAT")
	h.say(t, one, lines...)
	until(t, func() bool { return len(h.Requests.List()) == 1 })
	h.say(t, two, lines...)
	h.say(t, other, append([]string{"i want an appointment", "for me", "my name is Red", "508 555 0199"}, lines[4:]...)...)
	code := regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`)
	told := map[string]string{}
	for _, conversation := range []string{one, two, other} {
		c, _, err := h.Load(t.Context(), conversation)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, l := range c.Lines {
			if l.From == bot.FromProgram {
				fmt.Fprintln(&b, l.Key, strings.ReplaceAll(code.ReplaceAllString(l.Text, "CODE"), "555-0199", "555-0143"))
			}
		}
		told[conversation] = b.String()
	}
	if told[one] != told[two] || told[two] != told[other] {
		t.Errorf("told differently:\n%s\n%s\n%s", told[one], told[two], told[other])
	}
	until(t, func() bool { return len(h.Requests.List()) == 3 })
	if same := h.Requests.SameWay(one); len(same) != 1 || same[0].ID != two {
		t.Errorf("staff are offered %d requests to merge", len(same))
	}
}

func TestStatusAndWithdrawalByCode(t *testing.T) {
	h := openHouse(t, t.TempDir())
	h.Codes = request.NewGuesses(100, time.Minute)
	one, two := id(t, 1), id(t, 2)
	h.say(t, one, append(wholeRequest, "send it")...)
	until(t, func() bool { return len(h.Requests.List()) == 1 })
	code := h.Requests.List()[0].Reference

	h.say(t, two, code)
	if got := h.answers(t, two); !strings.Contains(got, "has received this request") || strings.Contains(got, "Red") || strings.Contains(got, "0143") {
		t.Errorf("the status is told as %q", got)
	}
	r := h.Requests.List()[0]
	if err := h.Requests.SetStatus(t.Context(), r.ID, r.Position, request.Scheduled, "staff"); err != nil {
		t.Fatal(err)
	}
	h.say(t, two, "what about "+strings.ToLower(code)+"?")
	if got := h.answers(t, two); !strings.Contains(got, "A time has been set") {
		t.Errorf("the status is told as %q", got)
	}
	h.say(t, two, "STOP "+code)
	if got := h.answers(t, two); !strings.Contains(got, "withdrawn") {
		t.Errorf("taking back by code: %q", got)
	}
	until(t, func() bool { return h.Requests.List()[0].Withdrawn })
	if got := h.Requests.List()[0]; got.Status != request.Closed {
		t.Errorf("%+v", got)
	}
	for range 6 { // guessing in one conversation ends soon
		h.say(t, two, "my code is 7K3H-9WP2")
	}
	if got := h.answers(t, two); !strings.Contains(got, "Too many codes") {
		t.Errorf("guessing: %q", got)
	}
	h.say(t, one, "STOP")
	h.say(t, one, "i want an appointment")
	if got := h.answers(t, one); !strings.Contains(got, "Who is this for?") {
		t.Errorf("asking again after taking back: %q", got)
	}
}

func TestWithdrawnInOneStep(t *testing.T) {
	h := openHouse(t, t.TempDir())
	for n, stop := range []string{"STOP", "ya no me llamen", "please don't call me anymore", "cancele mi solicitud"} {
		one := id(t, n)
		h.say(t, one, append(wholeRequest, "send it")...)
		until(t, func() bool { _, ok := h.Requests.Get(one); return ok })
		h.say(t, one, stop)
		until(t, func() bool { r, _ := h.Requests.Get(one); return r.Withdrawn && r.Status == request.Closed })
		if c, _, _ := h.Load(t.Context(), one); c.Intake.Confirmed || c.Intake.Fields.Phone != "" {
			t.Errorf("%q: %+v stays", stop, c.Intake)
		}
	}
}

func TestConsentIsKeptWithItsWording(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	before := time.Now().Add(-time.Second)
	h.say(t, one, append(wholeRequest, "send it")...)
	until(t, func() bool { return len(h.Requests.List()) == 1 })
	c := h.Requests.List()[0].Consent
	if c == nil || c.Version != h.Words.T("en", "consent.version", nil) || c.Lang != bot.EN || c.At.Before(before) || c.Voicemail || !c.Text {
		t.Fatalf("consent %+v", c)
	}
	h.say(t, one, "actually no texts please")
	until(t, func() bool { return !h.Requests.List()[0].Consent.Text })
	if f := h.Requests.List()[0].Fields; f.Text == nil || *f.Text {
		t.Errorf("after taking texts back: %+v", f)
	}
}

// TestWordingOfConsentHasItsVersion fails when the words that a visitor agrees to change without a new version.
func TestWordingOfConsentHasItsVersion(t *testing.T) {
	road := newRoad(t)
	known := map[string]string{"en 2026-11-27": "cd25", "es 2026-11-27": "9fda", "en 2026-11-28": "cd25", "en 2026-11-29": "d3cb", "es 2026-11-28": "9a89"}
	for _, lang := range []string{"en", "es"} {
		var all strings.Builder
		for _, key := range []string{"summary.consent", "step.voicemail.question", "step.voicemail.yes", "step.voicemail.yes_hint", "step.text.question", "step.text.yes", "step.text.yes_hint"} {
			all.WriteString(road.Words.T(lang, key, nil))
		}
		version := lang + " " + road.Words.T(lang, "consent.version", nil)
		if got := short(all.String()); known[version] != got {
			t.Errorf("%s now stands for words with the sum %q: give the wording a new version in locales, and write it down here", version, got)
		}
	}
}

func TestACappedConversationOffersAPerson(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	for {
		c, _, err := h.Load(t.Context(), one)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Lines) >= converse.MaxLines {
			break
		}
		h.say(t, one, "hello")
	}
	h.say(t, one, "hello")
	if got := h.answers(t, one); !strings.HasPrefix(got, bot.KeyFull) || !strings.Contains(got, "A person can help you better now") {
		t.Errorf("at the cap: %q", got)
	}
	until(t, func() bool { return len(h.Requests.List()) == 1 })
	_, err := h.Say(t.Context(), one, converse.Message{ID: "after", Text: "hello", Lang: bot.EN})
	if !errors.Is(err, converse.ErrFull) {
		t.Errorf("after the cap: %v", err)
	}
	receipt, err := h.Say(t.Context(), one, converse.Message{ID: "danger", Text: "he overdosed and is not breathing", Lang: bot.EN})
	if err == nil || len(receipt.Lines) == 0 || receipt.Lines[0].Card.Emergency == nil || receipt.Lines[0].Card.Emergency.ID != safety.CardOverdose {
		t.Errorf("danger after the cap: %+v, %v", receipt, err)
	}
}

func TestMaskedNumbersAreNeitherKeptNorEchoed(t *testing.T) {
	h := openHouse(t, t.TempDir())
	one := id(t, 1)
	secrets := []string{"078-05-1120", "1EG4-TE5-MK73", "4111 1111 1111 1111"}
	h.say(t, one, "i want an appointment", "for me", "my name is Red "+secrets[0], "my medicare is "+secrets[1]+" and my number is 508 555 0143", "pay with "+secrets[2])
	c, _, err := h.Load(t.Context(), one)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, l := range c.Lines {
		for _, s := range secrets {
			if strings.Contains(l.Text, s) {
				t.Errorf("%s stands in a line of the %s", s, l.From)
			}
		}
		if l.Key == bot.KeyMasked {
			told++
		}
	}
	if told != 3 || c.Intake.Fields.Phone != "+15085550143" || c.Intake.Fields.Name != "Red" {
		t.Errorf("told %d times; %+v", told, c.Intake.Fields)
	}
}
