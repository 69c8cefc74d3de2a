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

// How sure is sure enough. The curve is fitted by cross-validation over our own ways of asking (TestTune with -tune prints it anew). These are written to be
// hard, so the confidence is lower than it is for most visitors; an entry is given from a low confidence on, because a visitor who gets the wrong one
// sees so at once and has "Not what I asked" under it, while an offer costs everybody a step.
var settled = limits{
	bias: -2.7, score: 2.05, lead: 0.75, near: 1.85, words: 0.08,
	answer: 0.35, act: 0.3, outside: 0.3, floor: 0.1, foreign: 0.3, offer: 0.2,
}

// limits are the values that a decision depends on.
type limits struct {
	bias, score, lead, near, words float64 // of the logistic curve that sure is
	answer                         float64 // confidence from which an entry is given
	act                            float64 // confidence from which an act is done
	outside                        float64 // confidence from which a kind of what is outside is named
	floor                          float64 // nearness below which nothing is meant, however much likelier than the rest it is
	foreign                        float64 // chance of all that is outside together from which nothing is offered
	offer                          float64 // chance of the best three topics together from which they are worth offering
}

// A message of one or two words is near to nothing, since whole questions are what it is compared with, and a word alone seldom says what is
// asked about it. So it is answered only if it is almost a way of asking itself or its word belongs to one topic, and otherwise topics are offered
// that hold the word.
const (
	fewWords   = 2
	fewAnswer  = 0.5  // nearness, or
	fewSure    = 0.85 // confidence, from which few words are answered
	fewOffered = 0.02 // nearness from which topics are offered
)

// decide turns labels, best first, into a decision.
func decide(list []ranked, words int) Result { return settled.decide(list, words) }

// kin are acts and the topics that say how to do them: a message that is near to both is not in doubt between them.
var kin = map[string]string{"schedule": "appointment-schedule", "human": "talk-to-a-person-callback"}

func sameMeaning(a, b string) bool {
	return a == b || kin[a] == b || kin[b] == a
}

// meant is the chance of the best label, its kin's included, and the chance of the next one that means something else.
func meant(list []ranked) (best, next float64) {
	for _, x := range list {
		switch {
		case sameMeaning(x.label, list[0].label):
			best += x.score
		case next == 0:
			next = x.score
		}
	}
	return best, next
}

// evidence is what sure weighs: the best chance, its lead, how near its documents are, and how long the message is. The same nearness says more
// of a longer message.
func evidence(list []ranked, words int) [kinds]float64 {
	best, next := meant(list)
	return [kinds]float64{best, best - next, list[0].near, math.Log(1 + float64(words))}
}

// kinds of evidence.
const kinds = 4

// sure is the chance that the best label is the right one.
func (l limits) sure(list []ranked, words int) float64 {
	e := evidence(list, words)
	return 1 / (1 + math.Exp(-(l.bias + l.score*e[0] + l.lead*e[1] + l.near*e[2] + l.words*e[3])))
}

func (l limits) decide(list []ranked, words int) Result {
	r := Result{Decision: Decline}
	if len(list) == 0 {
		return r
	}
	best := list[0]
	r.Confidence = l.sure(list, words)
	nearEnough, offerable, most := l.floor, l.floor, l.offer
	if words <= fewWords {
		offerable, most = fewOffered, 0
		if best.role == topic && r.Confidence < fewSure { // a greeting may be as short
			nearEnough = fewAnswer
		}
	}
	chance, near := 0.0, 0.0
	for _, x := range list {
		if x.role == topic && len(r.Topics) < 3 {
			chance, near = chance+x.score, max(near, x.near)
			r.Topics = append(r.Topics, x.label)
		}
	}
	// What is outside is one thing said in many kinds: together they may be likelier than any topic, though none alone is.
	var beyond ranked
	foreign := 0.0
	for _, x := range list {
		if x.role == outside {
			foreign += x.score
			if beyond.label == "" {
				beyond = x
			}
		}
	}
	switch near := best.near >= nearEnough; {
	case near && best.role == topic && r.Confidence >= l.answer:
		r.Decision, r.Label = Answer, best.label
	case near && best.role == act && r.Confidence >= l.act:
		r.Decision, r.Label = Act, best.label
	case near && best.role == outside && r.Confidence >= l.outside:
		r.Decision, r.Label = Outside, best.label
	}
	if r.Decision == Decline && foreign > l.foreign {
		return r
	}
	if r.Decision == Decline && chance >= most && near >= offerable && len(r.Topics) > 1 {
		r.Decision = Choose
	}
	return r
}
