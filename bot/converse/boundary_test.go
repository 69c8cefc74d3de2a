package converse_test

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/safety"
)

func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:2])
}

var (
	milligrams = regexp.MustCompile(`(?i)\d[\d.,]*\s?(mg|mcg|ml|milligrams?|micrograms?|milliliters?|miligramos?|microgramos?|mililitros?|cc)\b`)
	phones     = regexp.MustCompile(`1?[-. ]?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}|24/7`)
	digits     = regexp.MustCompile(`\d`)
	spans      = regexp.MustCompile(`(?i)\b(hours?|hrs?|days?|weeks?|months?|horas?|d[ií]as?|semanas?|meses|mes)\b`)
	counted    = regexp.MustCompile(`(?i)\b(one|two|three|four|five|six|seven|eight|nine|ten|twelve|couple of|few|several|dozen|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|unas|unos|varias|varios|pocas|pocos) (hours?|hrs?|days?|weeks?|horas?|d[ií]as?|semanas?)\b`)
	sentence   = regexp.MustCompile(`[.!?:]\s|\n`)
)

// flagged are the entries with the flag m of topics.md: near the line of medical advice.
var flagged = []string{"opioid-use-disorder-signs", "precipitated-withdrawal", "pain-surgery-dental", "kratom-7oh", "intake-condition-on-arrival", "missed-dose-or-visit", "tapering-or-stopping",
	"pregnancy-and-treatment", "driving-and-machinery", "mixing-alcohol-benzos-drugs", "advice-dose", "advice-symptoms-diagnosis", "advice-drug-test-result"}

// span finds a sentence with a number and hours, days or weeks.
func span(text string) string {
	text = phones.ReplaceAllString(text, "")
	for _, s := range sentence.Split(text, -1) {
		if spans.MatchString(s) && digits.MatchString(s) || counted.MatchString(s) {
			return s
		}
	}
	return ""
}

func TestNoAmountInAnyEntryOrReply(t *testing.T) {
	road := newRoad(t)
	entries := 0
	for _, lang := range []string{"en", "es"} {
		for _, slug := range road.Knowledge.Slugs() {
			e, ok := road.Knowledge.Entry(slug, lang, road.Now())
			if !ok {
				t.Fatalf("no entry %s in %s", slug, lang)
			}
			entries++
			if m := milligrams.FindString(e.Title + " " + e.Text + " " + e.More); m != "" {
				t.Errorf("%s.%s names an amount: %q", slug, lang, m)
			}
		}
		for _, part := range []string{"", "advice.", "safety."} {
			for key, words := range road.Words.Part(lang, part) {
				if m := milligrams.FindString(words); m != "" {
					t.Errorf("%s%s in %s names an amount: %q", part, key, lang, m)
				}
			}
		}
	}
	if entries < 200 {
		t.Errorf("only %d entries were read", entries)
	}
}

func TestNoSpanOfTimeAtTheBoundary(t *testing.T) {
	road := newRoad(t)
	for _, lang := range []string{"en", "es"} {
		for _, slug := range flagged {
			e, ok := road.Knowledge.Entry(slug, lang, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
			if !ok {
				t.Fatalf("no entry %s in %s", slug, lang)
			}
			if s := span(e.Title + "\n" + e.Text + "\n" + e.More); s != "" {
				t.Errorf("%s.%s says how long: %q", slug, lang, s)
			}
		}
		replies := 0
		for _, kind := range []safety.AdviceKind{"", safety.AdviceDose, safety.AdviceMissedDose, safety.AdviceMixing, safety.AdviceTiming, safety.AdviceTapering, safety.AdviceDiagnosis,
			safety.AdviceTestResult, safety.AdvicePregnancy, safety.AdviceSymptoms, safety.AdviceSharing, safety.AdviceHomeDetox} {
			for _, again := range []bool{false, true} {
				reply := road.AdviceReply(bot.Lang(lang), kind, again)
				replies++
				if s := span(reply); s != "" {
					t.Errorf("the reply on %q in %s says how long: %q", kind, lang, s)
				}
				if m := milligrams.FindString(reply); m != "" {
					t.Errorf("the reply on %q in %s names an amount: %q", kind, lang, m)
				}
				if !strings.Contains(reply, "911") {
					t.Errorf("the reply on %q in %s names no danger sign: %q", kind, lang, reply)
				}
			}
		}
		if replies != 24 {
			t.Errorf("%d replies", replies)
		}
	}
	// The measure itself sees what it should.
	for text, want := range map[string]bool{"Wait 12 hours first.": true, "Espere 2 o 3 días": true, "It takes two weeks.": true, "Call 833-773-2445, 24/7, any day.": false, "In the first days, ask 1 nurse": true,
		"unas horas": true, "Ask a nurse that day.": false} {
		if got := span(text) != ""; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
