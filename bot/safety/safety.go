// Package safety is the first screen that every visitor message passes. It finds, in English and in Spanish, messages where a life may be at
// risk and messages that ask for personal medical advice, and lays out the fixed cards that answer them. It works from readable phrase files
// compiled into the program, so it answers with the disk full, the index down and the network gone.
package safety

// Level says what the conversation does with a message.
type Level string

// The levels, from nothing to the emergency card.
const (
	LevelNone   Level = ""       // nothing found: the conversation goes on
	LevelAdvice Level = "advice" // a personal medical question: state the limit, answer nothing personal
	LevelAsk    Level = "ask"    // likely, not certain: one direct question with the numbers in sight
	LevelCrisis Level = "crisis" // the emergency card, before anything else
)

// Kind is the sort of danger found; empty for none and advice.
type Kind string

// The kinds of danger.
const (
	KindSuicide    Kind = "suicide"     // thoughts of death or self-harm, active or passive, one's own or someone else's
	KindOverdose   Kind = "overdose"    // in progress, too much taken even if awake, swallowed by a child, about to use alone
	KindMedical    Kind = "medical"     // another emergency, dangerous withdrawal
	KindViolence   Kind = "violence"    // happening or threatened, against an adult or a child
	KindHarmOthers Kind = "harm_others" // the writer means to hurt someone
)

// CardID names a fixed card.
type CardID string

// The fixed cards.
const (
	CardOverdose   CardID = "overdose"
	CardSuicide    CardID = "suicide"
	CardMedical    CardID = "medical"
	CardViolence   CardID = "violence"
	CardUsingAlone CardID = "using_alone"
	CardHarmOthers CardID = "harm_others"
)

// AdviceKind is the sort of personal medical question found; empty unless the level is advice.
type AdviceKind string

// The kinds of personal medical question.
const (
	AdviceDose       AdviceKind = "dose"
	AdviceMissedDose AdviceKind = "missed_dose"
	AdviceMixing     AdviceKind = "mixing"
	AdviceTiming     AdviceKind = "timing"
	AdviceTapering   AdviceKind = "tapering"
	AdviceDiagnosis  AdviceKind = "diagnosis"
	AdviceTestResult AdviceKind = "test_result"
	AdvicePregnancy  AdviceKind = "pregnancy"
	AdviceSymptoms   AdviceKind = "symptoms"
	AdviceSharing    AdviceKind = "sharing"
	AdviceHomeDetox  AdviceKind = "home_detox"
)

// Result is what Check found in one message.
type Result struct {
	Level  Level
	Kind   Kind
	Card   CardID
	Advice AdviceKind
	// Rule is the file and line of the phrase that matched, such as "en/overdose.txt:12". It never holds visitor text and may be logged.
	Rule string
	// Danger and Personal are how likely the model finds it that a life is at risk, and that personal medical advice is asked for, from 0 to 1, whatever
	// the level. What else is known of a message may tip the scale.
	Danger, Personal float64
}

// RuleModel is the rule of a result that no phrase names, only the model.
const RuleModel = "model"

// cards lists the fixed cards from the most to the least urgent: when a message matches several at one level, the first wins.
func cards() []CardID {
	return []CardID{CardOverdose, CardMedical, CardSuicide, CardHarmOthers, CardViolence, CardUsingAlone}
}

// kinds lists the kinds of danger.
func kinds() []Kind {
	return []Kind{KindSuicide, KindOverdose, KindMedical, KindViolence, KindHarmOthers}
}

// adviceKinds lists the kinds of advice; when a message matches several, the first wins.
func adviceKinds() []AdviceKind {
	return []AdviceKind{AdviceSharing, AdviceMixing, AdviceMissedDose, AdviceTiming, AdvicePregnancy, AdviceTestResult, AdviceHomeDetox,
		AdviceTapering, AdviceDose, AdviceSymptoms, AdviceDiagnosis}
}

// kindOf gives the kind of danger a card answers: using alone is a danger of overdose.
func kindOf(c CardID) Kind {
	if c == CardUsingAlone {
		return KindOverdose
	}
	return Kind(c)
}
