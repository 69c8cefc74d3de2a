package safety

// Card is the layout of a fixed card: message keys and links. The words come from the locale files, so that a card reads the same
// wherever it is shown.
type Card struct {
	ID     CardID
	Tone   string  // "red" or "plum"
	Title  string  // key
	Calls  []Call  // the buttons, the most urgent first
	Note   string  // key, or "" for none
	Steps  []Do    // at most four, each with a picture
	Others []Other // further help, one line each
	Law    string  // key of the line on the law, or ""
	Leave  bool    // repeat the button that leaves the page, full width
}

// Call is one button that calls or texts.
type Call struct {
	Href  string // "tel:" or "sms:" link
	Label string // key
	Hint  string // key, or ""
	Style string // "" for a call, "text" for a text message
}

// Do is one step with its picture.
type Do struct {
	Pic  string // naloxone, breaths, side, stay, speaker, doors
	Text string // key
	Hint string // key, or ""
}

// Other is one more line of help with its own link.
type Other struct {
	Text  string // key
	Href  string // "tel:" link
	Label string // key
	Style string // "" or "red"
}

// Links of the lines that answer. Numbers as in the list of crisis resources that the clinic reviews.
const (
	tel911      = "tel:911"
	tel988      = "tel:988"
	telPoison   = "tel:+18002221222"
	telSafeLink = "tel:+18777852020"
	telSafeSpot = "tel:+18009720590"
)

// CardFor lays out the fixed card id for a language ("en" or "es"; any other is laid out as English). An unknown id gets the
// medical card, because a card that says "Call 911" is the safe mistake.
func CardFor(id CardID, lang string) Card {
	call911 := Call{Href: tel911, Label: "safety.call.911"}
	other911 := func(text string) Other {
		return Other{Text: text, Href: tel911, Label: "safety.call.911_short", Style: "red"}
	}
	c := Card{ID: id, Tone: "plum", Title: "safety." + string(id) + ".title", Note: "safety." + string(id) + ".note"}
	switch id {
	case CardOverdose:
		c.Tone = "red"
		c.Calls = []Call{call911}
		c.Steps = []Do{
			{"naloxone", "safety.overdose.step.naloxone", "safety.overdose.step.naloxone_hint"},
			{"breaths", "safety.overdose.step.breaths", ""},
			{"side", "safety.overdose.step.side", ""},
			{"stay", "safety.overdose.step.stay", ""},
		}
		c.Others = []Other{{Text: "safety.overdose.poison", Href: telPoison, Label: "safety.call.poison"}}
		c.Law = "safety.overdose.law"
	case CardSuicide:
		c.Calls = calls988(lang)
		c.Others = []Other{other911("safety.suicide.emergency")}
	case CardViolence:
		c.Leave = true
		c.Calls = []Call{{Href: telSafeLink, Label: "safety.call.safelink", Hint: "safety.call.safelink_hint"}}
		c.Others = []Other{other911("safety.violence.emergency")}
	case CardUsingAlone:
		c.Calls = []Call{{Href: telSafeSpot, Label: "safety.call.safespot", Hint: "safety.call.safespot_hint"}}
		c.Steps = []Do{
			{"speaker", "safety.using_alone.step.speaker", ""},
			{"naloxone", "safety.using_alone.step.naloxone", ""},
			{"doors", "safety.using_alone.step.doors", ""},
		}
		c.Others = []Other{other911("safety.using_alone.emergency")}
	case CardHarmOthers:
		c.Tone = "red"
		c.Calls = []Call{call911, call988(lang)}
	default:
		c = Card{ID: CardMedical, Tone: "red", Title: "safety.medical.title", Note: "safety.medical.note", Calls: []Call{call911}}
		c.Steps = []Do{
			{"speaker", "safety.medical.step.speaker", ""},
			{"stay", "safety.medical.step.stay", ""},
		}
		c.Others = []Other{{Text: "safety.medical.poison", Href: telPoison, Label: "safety.call.poison"}}
	}
	return c
}

// AskCard lays out the direct question for a danger that is likely, not certain: Title is the question, and the numbers stand in the
// same card. The answers are the keys AskYes and AskNo.
func AskCard(kind Kind, lang string) Card {
	c := Card{Tone: "plum", Title: "safety.ask." + string(kind), Note: "safety.ask.note"}
	call911 := Call{Href: tel911, Label: "safety.call.911"}
	switch kind {
	case KindSuicide:
		c.ID, c.Calls = CardSuicide, append(calls988(lang), call911)
	case KindOverdose:
		c.ID, c.Calls = CardOverdose, []Call{call911, call988(lang)}
	case KindViolence:
		c.ID, c.Leave = CardViolence, true
		c.Calls = []Call{{Href: telSafeLink, Label: "safety.call.safelink", Hint: "safety.call.safelink_hint"}, call911, call988(lang)}
	case KindHarmOthers:
		c.ID, c.Calls = CardHarmOthers, []Call{call911, call988(lang)}
	default:
		c.ID, c.Title, c.Calls = CardMedical, "safety.ask.medical", []Call{call911, call988(lang)}
	}
	return c
}

// Keys that go with the cards and with the redirect of a medical question.
const (
	AskYes = "safety.ask.yes" // the answer "yes" to the question of AskCard
	AskNo  = "safety.ask.no"  // the answer "no"

	After         = "safety.after"           // below every card: nobody may be reading
	Unsaved       = "safety.unsaved"         // the card is shown but could not be stored
	ChipNotDanger = "safety.chip.not_danger" // closes a card
	ChipBack      = "safety.chip.back"       // back to what was asked

	AdviceWarm     = "safety.advice.warm"      // one line that shows the question was understood
	AdviceLimit    = "safety.advice.limit"     // what this program cannot do
	AdviceInsist   = "safety.advice.insist"    // the limit once more, in other words
	AdviceDanger   = "safety.advice.danger"    // the check for danger, with 911
	AdvicePoison   = "safety.advice.poison"    // took or mixed too much
	AdviceWho      = "safety.advice.who"       // whom to ask, when the clinic's phone is not known
	AdviceWhoPhone = "safety.advice.who_phone" // whom to ask; argument: phone
)

// AdviceKeys gives the key of the one reviewed general fact that may go with the limit for a kind of question, or "" for an unknown kind.
func AdviceKeys(k AdviceKind) (factKey string) {
	for _, known := range adviceKinds() {
		if k == known {
			return "safety.advice.fact." + string(k)
		}
	}
	return ""
}

// call988 is the crisis line by voice; in Spanish the hint says which key to press.
func call988(lang string) Call {
	return Call{Href: tel988, Label: "safety.call.988", Hint: langKey("safety.call.988_hint", lang)}
}

// calls988 is the crisis line by voice and by text. The Spanish service starts with a keyword, filled in for the visitor.
func calls988(lang string) []Call {
	text := Call{Href: "sms:988", Label: "safety.call.988_text", Style: "text"}
	if lang == "es" {
		text.Href = "sms:988?body=AYUDA"
	}
	return []Call{call988(lang), text}
}

// langKey gives a key only where the language needs the hint: the line answers in English without pressing a key.
func langKey(key, lang string) string {
	if lang == "es" {
		return key
	}
	return ""
}
