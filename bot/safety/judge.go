package safety

import "math"

// Opinion is what the knowledge base makes of a message: the chance, from 0 to 1, that it asks for an entry about an emergency, and for one beyond the
// medical-advice boundary. It learned from other lines, so the two err in different places: a message that is surely about a programme's length is
// seldom a danger, whatever its words.
type Opinion struct {
	Danger, Personal float64
	Ordinary         float64 // how sure it is, from 0 to 1, of an entry that is no emergency, 0 if it is not
}

// doubt is what an ordinary question that is surely known takes from the odds of danger.
func (o Opinion) doubt() float64 {
	if o.Ordinary < sureOf {
		return 0
	}
	return known
}

// From sureOf on an entry is surely known, and then known is taken from the odds. Found over lines that neither had learned from: a third of the alarms
// on ordinary questions less, at one danger in a hundred that is no longer heard.
const (
	sureOf = 0.8
	known  = 1.0
)

// tip weighs a verdict and the other's together. The weights were found over messages that neither had learned from (3,500 lines and our own questions):
// for advice by logistic regression, for danger by trying, since regression alone would let ordinary questions alarm more often.
func (o Opinion) tip(v verdict) verdict {
	v.danger = chance(0.7*odds(v.danger) + 0.3*odds(o.Danger) - o.doubt())
	v.advice = chance(1.8 + 1.3*odds(v.advice) + 0.15*odds(o.Personal))
	return v
}

// leaves is how much danger of a whole message, in which a sentence may be one, is left beside an ordinary question that is surely known.
func (o Opinion) leaves(danger float64) float64 { return chance(odds(danger) - o.doubt()) }

// odds is the logarithm of the odds of a chance. No single reader is believed to be surer than one in a thousand.
func odds(chance float64) float64 {
	const most = 0.999
	p := min(most, max(1-most, chance))
	return math.Log(p / (1 - p))
}

func chance(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }

// limits say from which chances on the screen speaks: a card that is not needed is cheap but must stay rare, a missed emergency is neither.
type limits struct {
	likely  float64 // danger: the direct question
	sure    float64 // danger, where a phrase names one: the card
	unnamed float64 // danger that no phrase names: the card
	named   float64 // danger, where a phrase names one: the direct question
	doubted float64 // danger, where a phrase wants to ask: the direct question
	advises float64 // a personal medical question
	advised float64 // a personal medical question, where a phrase names one: "cancel" is not "cancer"
}

// The limits for the screen alone and for both together, found by cross-validation over the examples (TestCrossValidation) and over lines that
// neither had learned from. Beside the knowledge base a phrase that names a danger needs no lower limit for the question; it still brings the card sooner.
var (
	screened    = limits{likely: 0.35, sure: 0.8, unnamed: 0.95, named: 0.12, doubted: 0.01, advises: 0.5, advised: 0.005}
	besideFound = limits{likely: 0.31, sure: 0.75, unnamed: 0.88, named: 0.31, doubted: 0.12, advises: 0.5, advised: 0.35}
)

// judge decides from what the phrases found and what the model makes of a message.
func (l limits) judge(r Result, v verdict) Result {
	found := Result{}
	switch {
	case v.danger >= l.likely || r.Level == LevelCrisis && v.danger >= l.named || r.Level == LevelAsk && v.danger >= l.doubted:
		found = Result{Kind: v.kind, Card: CardID(v.kind), Rule: RuleModel}
		if r.Kind == v.kind { // the phrase knows which card: using alone has one of its own
			found = r
		}
		found.Level = LevelAsk
		// A phrase that wants to ask first knows why; where no phrase names a danger, asking is kinder than a guess.
		if r.Level == LevelCrisis && v.danger >= l.sure || r.Level == LevelNone && v.danger >= l.unnamed || r.Level == LevelAdvice && v.danger >= l.unnamed {
			found.Level = LevelCrisis
		}
	case r.Level == LevelAdvice && v.advice >= l.advised:
		found = r
	case v.advice >= l.advises:
		found = Result{Level: LevelAdvice, Advice: v.about, Rule: RuleModel}
	}
	found.Danger, found.Personal = v.danger, v.advice
	return found
}
