package bot

import "testing"

func TestYesOrNo(t *testing.T) {
	for text, want := range map[string]string{
		"yes": "yes", "Sí, claro": "yes", "ok": "yes", "yeah that's fine": "yes", "no": "no", "No, gracias": "no", "nope never": "no",
		"please don't": "no", "i don't know": "", "no sé": "", "yes but no": "", "maybe": "", "only if it is my sister": "", "sí, pero no en la casa": "",
		"not sure": "", "depende": "", "": "", "Carmen": "",
	} {
		got := ""
		if yes, ok := yesOrNo(text); ok {
			got = map[bool]string{true: "yes", false: "no"}[yes]
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for text, want := range map[string]string{
		"my ssn is 078-05-1120":               "my ssn is •••",
		"social 078051120 ok":                 "social ••• ok",
		"1EG4-TE5-MK73":                       "•••",
		"medicare 1eg4te5mk73.":               "medicare •••.",
		"card 4111 1111 1111 1111 exp 12/30":  "card ••• exp 12/30",
		"call 508-555-0143 or 1 508 555 0143": "call 508-555-0143 or 1 508 555 0143",
		"I was born 12/05/1961":               "I was born 12/05/1961",
		"mi seguro social es 078 05 1120":     "mi seguro social es •••",
	} {
		if got, masked := Mask(text); got != want || masked != (got != text) {
			t.Errorf("%q: %q %v, want %q", text, got, masked, want)
		}
	}
}

func TestGuessNeverFlipsOnShortOrNeutralWords(t *testing.T) {
	for _, text := range []string{"ok", "no", "1", "Carmen", "508 555 0143", "Medicare", "MAT", "methadone", "jo@example.org"} {
		if l, n := guess(text); n >= 2 {
			t.Errorf("%q speaks %d words for %q", text, n, l)
		}
	}
	for text, want := range map[string]Lang{"ustedes aceptan medicare para los grupos": ES, "do you take my insurance": EN, "quiero una cita": ES} {
		if l, n := guess(text); l != want || n < 2 {
			t.Errorf("%q: %q with %d words, want %q", text, l, n, want)
		}
	}
}

func TestOnlyABareNoCalmsTheDirectQuestion(t *testing.T) {
	for text, want := range map[string]bool{"no": true, "No, gracias": true, "nope": true, "nunca": true, "no aguanto más": false, "no puedo": false, "no sé": false,
		"no one would miss me": false, "never mind me": false, "no i am fine but he is not": false, "": false} {
		if got := justNo(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
