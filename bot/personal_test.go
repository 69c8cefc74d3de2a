package bot

import (
	"strings"
	"testing"
)

func ordinary(w string) bool {
	return strings.Contains(" medicare suboxone cape cod massachusetts spanish english monday masshealth y toma ", " "+w+" ")
}

func TestMaskPersonal(t *testing.T) {
	for text, want := range map[string]string{
		"do you take Medicare on Cape Cod?":                    "do you take Medicare on Cape Cod?",
		"Can I bring my dog? I need him":                       "Can I bring my dog? I need him",
		"my name is maria lopez and i need help":               "my name is ••• and i need help",
		"my name is Maria Lopez and I need help":               "my name is ••• and I need help",
		"Me llamo Yadira, ¿puedo ir?":                          "Me llamo •••, ¿puedo ir?",
		"call me at 508-555-0143 please":                       "call me at ••• please",
		"llámeme al (508) 555 0143":                            "llámeme al •••",
		"escriba a ana.r@example.org hoy":                      "escriba a ••• hoy",
		"mi hijo Juan Carlos está en la cárcel":                "mi hijo ••• está en la cárcel",
		"does Dr Whitfield work there":                         "does ••• work there",
		"I was born 4/12/1985":                                 "I was born •••",
		"nació el 3 de mayo de 1990":                           "nació el •••",
		"I live at 12 Ocean View Road":                         "I live at •••",
		"WHAT TIME DO YOU OPEN":                                "WHAT TIME DO YOU OPEN",
		"is kevin there":                                       "is ••• there",
		"Kevin's mother called":                                "••• mother called",
		"my number is 123-45-6789":                             "my number is •••",
		"¿Y si llego tarde 15 minutos? Vivo a 40 millas":       "¿Y si llego tarde 15 minutos? Vivo a 40 millas",
		"I want help. My brother too":                          "I want help. My brother too",
		"can I go if I am 17":                                  "can I go if I am 17",
		"what is 988 or 911":                                   "what is 988 or 911",
		"":                                                     "",
		"mi hermana se llama Xiomara y toma Suboxone, ayuda":   "mi hermana se llama ••• y toma Suboxone, ayuda",
		"ask for jose arroba gmail.com":                        "ask for •••",
		"I get Medicare 1EG4-TE5-MK73 can I come in on Monday": "I get Medicare ••• can I come in on Monday",
	} {
		if got := MaskPersonal(text, ordinary); got != want {
			t.Errorf("%q\n became %q\n not %q", text, got, want)
		}
	}
}
