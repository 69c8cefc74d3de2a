package safety

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// readKeys reads the flat keys of a locale file.
func readKeys(t *testing.T, lang string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../locales/safety." + lang + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	entry := regexp.MustCompile(`^"([^"]+)" = "(.+)"$`)
	for n, l := range strings.Split(string(data), "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		m := entry.FindStringSubmatch(l)
		if m == nil {
			t.Fatalf("%s line %d is no flat key: %s", lang, n+1, l)
		}
		if _, twice := keys[m[1]]; twice {
			t.Errorf("%s line %d: %s stands twice", lang, n+1, m[1])
		}
		keys[m[1]] = m[2]
	}
	return keys
}

func cardKeys(c Card) []string {
	keys := []string{c.Title, c.Note, c.Law}
	for _, x := range c.Calls {
		keys = append(keys, x.Label, x.Hint)
	}
	for _, x := range c.Steps {
		keys = append(keys, x.Text, x.Hint)
	}
	for _, x := range c.Others {
		keys = append(keys, x.Text, x.Label)
	}
	return slices.DeleteFunc(keys, func(k string) bool { return k == "" })
}

// TestKeys checks that every key a card or a redirect uses exists in both languages, and that no key is left over.
func TestKeys(t *testing.T) {
	used := []string{AskYes, AskNo, After, Unsaved, ChipNotDanger, ChipBack, AdviceWarm, AdviceLimit, AdviceInsist, AdviceDanger, AdvicePoison, AdviceWho, AdviceWhoPhone}
	for _, lang := range languages() {
		for _, id := range cards() {
			used = append(used, cardKeys(CardFor(id, lang))...)
			used = append(used, cardKeys(AskCard(kindOf(id), lang))...)
		}
	}
	for _, k := range adviceKinds() {
		used = append(used, AdviceKeys(k))
	}
	for _, lang := range languages() {
		keys := readKeys(t, lang)
		for _, k := range used {
			if keys[k] == "" {
				t.Errorf("%s has no %s", lang, k)
			}
		}
		for k := range keys {
			if !slices.Contains(used, k) {
				t.Errorf("%s: nothing uses %s", lang, k)
			}
		}
	}
	if AdviceKeys("weather") != "" {
		t.Error("an unknown kind of advice has a fact")
	}
}

// TestNumbers checks the numbers and their order, which the clinic reviews.
func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		card   Card
		tone   string
		calls  string
		others string
	}{
		{CardFor(CardOverdose, "en"), "red", "tel:911", "tel:+18002221222"},
		{CardFor(CardOverdose, "es"), "red", "tel:911", "tel:+18002221222"},
		{CardFor(CardSuicide, "en"), "plum", "tel:988 sms:988", "tel:911"},
		{CardFor(CardSuicide, "es"), "plum", "tel:988 sms:988?body=AYUDA", "tel:911"},
		{CardFor(CardMedical, "en"), "red", "tel:911", "tel:+18002221222"},
		{CardFor(CardViolence, "es"), "plum", "tel:+18777852020", "tel:911"},
		{CardFor(CardUsingAlone, "en"), "plum", "tel:+18009720590", "tel:911"},
		{CardFor(CardHarmOthers, "es"), "red", "tel:911 tel:988", ""},
		{CardFor("unheard of", "en"), "red", "tel:911", "tel:+18002221222"},
		{AskCard(KindSuicide, "es"), "plum", "tel:988 sms:988?body=AYUDA tel:911", ""},
		{AskCard(KindOverdose, "en"), "plum", "tel:911 tel:988", ""},
	} {
		var calls, others []string
		for _, x := range c.card.Calls {
			calls = append(calls, x.Href)
		}
		for _, x := range c.card.Others {
			others = append(others, x.Href)
		}
		if c.card.Tone != c.tone || strings.Join(calls, " ") != c.calls || strings.Join(others, " ") != c.others {
			t.Errorf("%s: %s, calls %v, others %v", c.card.Title, c.card.Tone, calls, others)
		}
		if len(c.card.Steps) > 4 {
			t.Errorf("%s: %d steps", c.card.Title, len(c.card.Steps))
		}
	}
	if !CardFor(CardViolence, "en").Leave || !AskCard(KindViolence, "en").Leave {
		t.Error("the violence card does not offer to leave")
	}
	if h := CardFor(CardSuicide, "es").Calls[0].Hint; h == "" {
		t.Error("the Spanish line does not say which key to press")
	}
}

// TestWords checks what no text may say.
func TestWords(t *testing.T) {
	allowed := regexp.MustCompile(`\b(911|988|1-800-222-1222|877-785-2020|800-972-0590|24/7|2 to 3 minutes|2 o 3 minutos|el 2 para)\b`)
	never := regexp.MustCompile(`(?i)\b(addict\w*|adict\w*|clean|dirty|limpi\w*|sucio\w*|abuse\w*|free|gratis|mg|milligrams?|miligramos?|you are covered|741741|please|por favor)\b|[!¡]`)
	for _, lang := range languages() {
		for k, text := range readKeys(t, lang) {
			if rest := allowed.ReplaceAllString(text, ""); regexp.MustCompile(`\d`).MatchString(rest) {
				t.Errorf("%s %s: a number that no one reviewed: %s", lang, k, text)
			}
			if bad := never.FindString(text); bad != "" {
				t.Errorf("%s %s says %q", lang, k, bad)
			}
			if strings.HasPrefix(k, "safety.advice.") && regexp.MustCompile(`(?i)\b(hours?|days|horas?|días)\b`).MatchString(text) {
				t.Errorf("%s %s counts hours or days: %s", lang, k, text)
			}
			if strings.Contains(k, ".step.") && !strings.HasSuffix(k, "_hint") && len(strings.Fields(text)) > 7 {
				t.Errorf("%s %s: a step has at most seven words: %s", lang, k, text)
			}
		}
	}
}

func TestPhraseErrors(t *testing.T) {
	r := &reader{words: newLexicon(), fillers: map[string]bool{"really": true}, groups: map[string][][]string{}}
	for _, bad := range []string{"...", "want ...", "... want", "(want", "@nobody die", "[want]", "abc* die", "(a||b)", "really"} {
		if _, err := r.parse(bad); err == nil {
			t.Errorf("%q was read as a phrase", bad)
		}
	}
	if e, err := r.parse("(want|wants to) really ... ... die"); err != nil || len(e) != 2 || e[1].gap != 2*maxGap {
		t.Errorf("%+v, %v", e, err)
	}
}
