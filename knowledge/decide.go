package knowledge

import "math"

// Decision is what to do with a message.
type Decision string

const (
	Answer  Decision = "answer"  // give the entry Label
	Choose  Decision = "choose"  // offer the entries in Topics
	Decline Decision = "decline" // say that the program does not know
	Act     Decision = "act"     // do the act Label
	Outside Decision = "outside" // say that Label is not answered here
)

// Result is a decision with its grounds.
type Result struct {
	Decision   Decision
	Label      string   // slug, name of an act, or kind of what is outside; "" where nothing was decided on
	Topics     []string // up to 3 slugs, best first, whatever the decision
	Confidence float64  // 0 to 1
}

// How sure is sure enough, found by cross-validation over our own ways of asking; TestTune with -tune prints them anew.
var settled = limits{
	bias: -3.7, score: 7.7, lead: 4.4, words: 0.57,
	answer: 0.55, act: 0.5, outside: 0.7, floor: 0.15, beside: 0.95,
}

// limits are the values that a decision depends on.
type limits struct {
	bias, score, lead, words float64 // of the logistic curve that sure is
	answer                   float64 // confidence from which an entry is given
	act                      float64 // confidence from which an act is done
	outside                  float64 // confidence from which a kind of what is outside is named
	floor                    float64 // score below which nothing is near enough, be it ever so far ahead
	beside                   float64 // how near the best topic must come to a doubtful act or kind of outside to be worth offering
}

// A message of one or two words is near to nothing, since whole questions are what it is compared with, and a word alone seldom says what is
// asked about it. So it is answered only if it is almost a way of asking itself or its word belongs to one topic, and otherwise topics are offered
// that hold the word.
const (
	fewWords   = 2
	fewAnswer  = 0.5  // score, or
	fewSure    = 0.9  // confidence, from which few words are answered
	fewOffered = 0.05 // score from which topics are offered
)

// decide turns labels, best first, into a decision.
func decide(list []ranked, words int) Result { return settled.decide(list, words) }

// kin are acts and the topics that say how to do them: a message that is near to both is not in doubt between them.
var kin = map[string]string{"schedule": "appointment-schedule", "human": "talk-to-a-person-callback"}

func sameMeaning(a, b string) bool {
	return a == b || kin[a] == b || kin[b] == a
}

// lead is how far the best label is ahead of the next one that means something else, as a share of its own score.
func lead(list []ranked) float64 {
	if list[0].score <= 0 {
		return 0
	}
	for _, x := range list[1:] {
		if !sameMeaning(x.label, list[0].label) {
			return 1 - x.score/list[0].score
		}
	}
	return 1
}

// evidence is what sure weighs: the best score, its lead, and how long the message is. The same score says more of a longer message.
func evidence(list []ranked, words int) (score, ahead, length float64) {
	return list[0].score, lead(list), math.Log(1 + float64(words))
}

// sure is the chance that the best label is the right one.
func (l limits) sure(list []ranked, words int) float64 {
	score, ahead, length := evidence(list, words)
	return 1 / (1 + math.Exp(-(l.bias + l.score*score + l.lead*ahead + l.words*length)))
}

func (l limits) decide(list []ranked, words int) Result {
	r := Result{Decision: Decline}
	if len(list) == 0 {
		return r
	}
	best := list[0]
	r.Confidence = l.sure(list, words)
	nearEnough, offerable := l.floor, max(l.floor, l.beside*best.score)
	if words <= fewWords {
		offerable = fewOffered
		if best.role == topic && r.Confidence < fewSure { // a greeting may be as short
			nearEnough = fewAnswer
		}
	}
	offer := false
	for _, x := range list {
		if x.role == topic && len(r.Topics) < 3 {
			offer = offer || x.score >= offerable
			r.Topics = append(r.Topics, x.label)
		}
	}
	switch near := best.score >= nearEnough; {
	case near && best.role == topic && r.Confidence >= l.answer:
		r.Decision, r.Label = Answer, best.label
	case near && best.role == act && r.Confidence >= l.act:
		r.Decision, r.Label = Act, best.label
	case near && best.role == outside && r.Confidence >= l.outside:
		r.Decision, r.Label = Outside, best.label
	case offer && len(r.Topics) > 1:
		r.Decision = Choose
	}
	return r
}
