package bot

import "testing"

// said runs the reader at a step and gives what is asked for.
func said(text string, at StepID, known Fields, field func(Fields) string) string {
	return field(understand(text, at, known).fields)
}

func TestPhones(t *testing.T) {
	phone := func(f Fields) string { return f.Phone }
	for text, want := range map[string]string{
		"508 555 0143": "+15085550143", "(508) 555-0143": "+15085550143", "mi numero es 508.555.0143 gracias": "+15085550143", "call 1-508-555-0143 after 5": "+15085550143",
		"5085550143": "+15085550143", "+34 612 345 678": "+34612345678", "508-555-O143": "+15085550143", "508 – 555 – 0143": "+15085550143", "５０８ ５５５ ０１４３": "+15085550143",
		"five oh eight five five five oh one four three": "+15085550143", "five-oh-eight, five five five, zero one four three": "+15085550143", "508 five five five 0143": "+15085550143",
		"cinco cero ocho, cinco cincuenta y cinco, cero uno cuarenta y tres": "+15085550143", "five zero eight triple five zero one double nine": "+15085550199",
		"it's 774 555 0123, not 508 555 0143": "+17745550123", "508 555 0134 wait no 508 555 0135": "+15085550135", "508 555 0143 774 555 0123": "+15085550143",
		"555 0143": "", "123 456 7890": "", "after 5 or 6": "", "2026-11-23": "", "": "", "is 508 555 0143 your number?": "", "one two three": "", "five five five": "",
	} {
		if got := said(text, StepReach, Fields{}, phone); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]problem{"555 0143": "phone_area", "123 456 7890": "phone", "508 555 014": "phone"} {
		if got := understand(text, StepReach, Fields{}).problem; got != want {
			t.Errorf("%q: problem %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"sorry it ends in 0199": "+15085550199", "perdón, termina en 99": "+15085550199", "no wait it's 774": "+17745550143", "it's 0134 not 0143": "+15085550134", "after 5": "", "I have 2 kids": "", "sorry": ""} {
		if got := said(text, StepTimes, Fields{Phone: "+15085550143"}, phone); got != want {
			t.Errorf("mending by %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"it's jo.b+x@example.org, thanks": "jo.b+x@example.org", "correo: ANA@example.com.": "ANA@example.com", "<z@example.net>": "z@example.net", "a@b": "", "@": "", "me @ home": ""} {
		if got := said(text, StepReach, Fields{}, func(f Fields) string { return f.Email }); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	name := func(f Fields) string { return f.Name }
	for text, want := range map[string]string{
		"my name is Red": "Red", "Doña Carmen": "Doña Carmen", "me llamo José Luis": "José Luis", "I'm Will": "Will", "O'Brien": "O'Brien", "soy Maria": "Maria", "you can call me T": "T", "call me Ana": "Ana",
		"Juan de la Cruz": "Juan de la Cruz", "jimmy": "jimmy", "K": "K", "it's Lou": "Lou", "dígame Lupe": "Lupe", "his sister Joanne": "Joanne", "ponga Juan Pérez": "Juan Pérez", "Red, and no voicemail": "Red", "me dicen Güero": "Güero",
		"what happens next": "", "¿para qué quieren mi nombre?": "", "I'm nervous": "", "estoy nerviosa": "", "soy paciente": "", "12345": "", "I have been thinking about this for a long time now": "", "call me after 5": "",
		"fuck you": "", "I don't want to say": "", "prefiero no decir": "", "no sé": "", "": "", "???": "", "habla ruso": "", "you can leave a message": "", "thanks": "", "ok": "",
	} {
		if got := said(text, StepName, Fields{}, name); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"no, it's Ana not Anna": "Ana", "es Ana, no Anna": "Ana", "actually call me Bo": "Bo", "I'm tired": "", "I'm at work": "", "it's raining": "", "soy alérgica": "", "call me tomorrow": ""} {
		if got := said(text, StepTimes, Fields{Name: "Anna"}, name); got != want {
			t.Errorf("after Anna, %q: %q, want %q", text, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	times := func(f Fields) string { return f.Times }
	for text, want := range map[string]string{
		"mornings": "morning", "in the morning please": "morning", "por la mañana": "morning", "mañana por la tarde": "mañana por la tarde", "anytime": "any", "cuando sea": "any", "after 5": "after 5", "not before noon": "not before noon",
		"weekdays between 9 and 11": "weekdays between 9 and 11", "entre semana después de las 3": "entre semana después de las 3", "do not call after 6": "do not call after 6", "no llamen después de las 6": "no llamen después de las 6",
		"after 5, never at home": "after 5, never at home", "any day but Fridays": "any day but Fridays", "5 p.m.": "5pm", "evenings": "evening", "de noche": "evening", "entre la 1 y las 2": "entre la 1 y las 2",
		"what is MAT": "", "no": "", "Carmen": "", "": "",
	} {
		if got := said(text, StepTimes, Fields{}, times); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"call me after 5": "after 5", "I used this morning": "", "good morning": "", "buenas tardes": "", "he died last night": "", "I am going to kill my neighbor tonight": "", "my boyfriend hit me today": "", "are you open saturday?": "",
		"can you call me after 5?": "after 5", "I take it every morning": ""} {
		if got := said(text, StepName, Fields{}, times); got != want {
			t.Errorf("beside the name, %q: %q, want %q", text, got, want)
		}
	}
}

func TestCoverageLanguageAndPerson(t *testing.T) {
	for text, want := range map[string]string{
		"I have the red white and blue card": "medicare", "masshealth": "masshealth", "medicare y masshealth": "both", "los dos": "both", "tengo medicare y masshealth": "both", "no insurance": "none", "sin seguro": "none",
		"Blue Cross through work": "private", "no tengo": "none", "no se": "unknown", "I don't know": "unknown", "not sure": "unknown", "no": "none", "hmm": "", "medcare": "medicare", "do you take medicare?": "", "I don't have medicare, I have masshealth": "masshealth",
	} {
		if got := said(text, StepCoverage, Fields{}, func(f Fields) string { return f.Coverage }); got != want {
			t.Errorf("coverage %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"for my son": "loved_one", "para mi hija": "loved_one", "me": "self", "para mí": "self", "soy enfermera": "provider", "hello": "", "I'm a new patient": "", "it's for my son not me": "loved_one", "for me, not my wife": "self", "a patient": "provider", "mi esposo": "loved_one"} {
		if got := said(text, StepForWhom, Fields{}, func(f Fields) string { return f.ForWhom }); got != want {
			t.Errorf("for whom %q: %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"portugués": "pt", "Spanish please": "es", "k'iche'": "quc", "ASL": "ase", "I need an interpreter": "", "englsh": "en", "no hablo inglés, español": "es", "hablo poquito ingles": "es", "no se ingles": "es", "no hablo ingles": "es", "I speak a bit of English": "", "Twi": "tw", "Yoruba": "yo", "criollo haitiano": "ht", "tagalo": "", "what languages do you speak?": ""} {
		if got := said(text, StepLanguage, Fields{}, func(f Fields) string { return f.Language }); got != want {
			t.Errorf("language %q: %q, want %q", text, got, want)
		}
	}
}

func TestConsentsOfEitherKind(t *testing.T) {
	show := func(b *bool) string {
		switch {
		case b == nil:
			return "-"
		case *b:
			return "yes"
		}
		return "no"
	}
	for text, want := range map[string]string{
		"no voicemail please": "no -", "no voicemail or texts": "no no", "ni mensajes de voz ni textos": "no no", "no voicemail but you can text me": "no yes", "texts ok, voicemail no": "no yes", "you can leave a message": "yes -",
		"text me": "- yes", "don't text me": "- no", "can you text me?": "- -", "do texts cost money?": "- -", "what does the voicemail say": "- -", "maybe a voicemail": "- -", "no dejen nada grabado": "no -", "sin buzón pero textos sí": "no yes",
		"mi esposo oye los mensajes de voz": "no -", "stop texting me": "- no", "quit leaving voicemails": "no -", "dejen de mandarme mensajes de texto": "- no", "paren de mandar textos": "- no", "i hate texting": "- no", "my mom sees my texting": "- no",
		"if you text me he will see it": "- no", "if you leave a message my husband hears it": "no -", "si dejan mensaje mi marido lo oye": "no -", "me da miedo que dejen mensaje": "no -", "text me and he kills me": "- no", "I'd be dead if you leave a message": "no -",
		"if you text me use my nickname": "- -", "sí, dejen mensaje": "yes -", "si dejen mensaje": "yes -", "sí pueden mandarme mensajes de texto": "- yes", "text me when you can": "- yes", "texts are fine": "- yes", "leave nothing on it": "no -", "yes": "- -", "I don't know about texts": "- -",
	} {
		f := understand(text, StepName, Fields{}).fields
		if got := show(f.Voicemail) + " " + show(f.Text); got != want {
			t.Errorf("%q: voicemail and text %q, want %q", text, got, want)
		}
	}
}

func TestAges(t *testing.T) {
	for text, want := range map[string]string{
		"I'm 16": "minor", "i am 17 years old": "minor", "tengo 15 años": "minor", "tengo quince años y necesito ayuda": "minor", "im fifteen and scared": "minor", "soy menor de edad": "minor", "I'm only 14, can you help": "minor", "I'm in high school": "minor",
		"I'm 16 weeks pregnant": "", "I'm 16 years clean": "", "tengo 15 años usando": "", "I've used since I was 15": "", "my son is 16": "", "mi hijo tiene 16 años": "", "tengo 10 pastillas": "", "I'm 5 minutes away": "", "tengo 12 días limpio": "",
		"I'm 30": "adult", "tengo 45 años": "adult", "I am an adult": "adult", "I take 17 mg": "", "tengo 2 hijos": "", "": "",
	} {
		minor, adult := ageIn(text)
		got := map[bool]string{true: "minor"}[minor] + map[bool]string{true: "adult"}[adult]
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestAgesOfOthers(t *testing.T) {
	for text, want := range map[string]bool{"my son is 16, i want an appointment for him": true, "appointment for my 14 year old daughter": true, "my daughter, shes 14": true, "mi hijo de 15 años usa fentanilo": true, "mi hija tiene 17": true, "my 17 year-old son": true,
		"my son is 26": false, "my son is 16 months clean": false, "he's 12 days sober": false, "mi hijo lleva 15 años usando": false, "my son has 3 kids": false, "she is 45": false, "": false, "my brother is 16 years clean": false} {
		if got := kinUnder18(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestNoWayToReach(t *testing.T) {
	for text, want := range map[string]problem{"i dont have a phone right now": "reach_none", "my phone is broken till friday": "reach_none", "no phone this week": "reach_none", "im homeless i dont have a phone or email": "reach_none", "no tengo telefono ni correo": "reach_none", "i dont have one": "reach_none", "no tengo": "reach_none",
		"no phone, use ana@example.org": "", "no phone calls please": "", "508 555 0143": "", "after 5": ""} {
		if r := understand(text, StepReach, Fields{}); r.problem != want || want != "" && len(r.said) > 0 {
			t.Errorf("%q: problem %q, said %v, want %q", text, r.problem, r.said, want)
		}
	}
}

func TestSkipsAndChanges(t *testing.T) {
	for text, want := range map[string]StepID{"I don't want to give my name": StepName, "can I skip the name": StepName, "no quiero dar mi número": StepReach, "I'd rather not answer that": StepCoverage, "no me siento cómoda con eso": StepCoverage, "I don't want to live": "", "I don't want a voicemail": ""} {
		got := StepID("")
		if r := understand(text, StepCoverage, Fields{}); len(r.skip) > 0 {
			got = r.skip[0]
		}
		if got != want {
			t.Errorf("%q leaves out %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]StepID{"change my number": StepReach, "my number is wrong": StepReach, "quiero cambiar la hora": StepTimes, "I want to change my insurance": StepCoverage, "fix the name": StepName} {
		if r := understand(text, StepSummary, Fields{Name: "Ana", Phone: "+15085550143"}); r.change != want {
			t.Errorf("%q changes %q, want %q", text, r.change, want)
		}
	}
}
