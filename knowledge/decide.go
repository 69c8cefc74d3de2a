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

	chances map[string]float64 // by label
}

// Chance is how likely it is, from 0 to 1, that one of the labels was meant: slugs, names of acts, or kinds of what is outside.
func (r Result) Chance(labels ...string) (sum float64) {
	for _, l := range labels {
		sum += r.chances[l]
	}
	return sum
}

// How sure is sure enough. The curve is fitted by cross-validation over our own ways of asking (TestTune with -tune prints it anew). These are written to be
// hard, so the confidence is lower than it is for most visitors. On our own measuring sets an entry given from 0.6 on is seldom wrong, and what lies below is
// offered with two others: of those answers three in eight were the wrong entry.
var settled = limits{
	bias: -0.58, score: -0.88, lead: 2.78, margin: 1.51, vote: 0.59, words: 0.25,
	answer: 0.6, act: 0.25, outside: 0.35, floor: -0.8, foreign: 0.3, offer: 0.2,
}

// limits are the values that a decision depends on.
type limits struct {
	bias, score, lead, margin, vote, words float64 // of the logistic curve that sure is
	answer                                 float64 // confidence from which an entry is given
	act                                    float64 // confidence from which an act is done
	outside                                float64 // confidence from which a kind of what is outside is named
	floor                                  float64 // margin below which nothing is meant, however much likelier than the rest it is
	foreign                                float64 // chance of all that is outside together from which nothing is offered
	offer                                  float64 // chance of the best three topics together from which they are worth offering
}

// A message of one or two words seldom says what is asked about its subject. So it is answered only if the model is certain, and otherwise topics are
// offered that hold the word.
const (
	fewWords = 2
	fewSure  = 0.8 // confidence from which few words are answered
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

// evidence is what sure weighs: the best chance, its lead, the model's margin, the votes, and how long the message is.
func evidence(list []ranked, words int) [kinds]float64 {
	best, next := meant(list)
	return [kinds]float64{best, best - next, list[0].margin, list[0].vote, math.Log(1 + float64(words))}
}

// kinds of evidence.
const kinds = 5

// sure is the chance that the best label is the right one.
func (l limits) sure(list []ranked, words int) float64 {
	e := evidence(list, words)
	return 1 / (1 + math.Exp(-(l.bias + l.score*e[0] + l.lead*e[1] + l.margin*e[2] + l.vote*e[3] + l.words*e[4])))
}

func (l limits) decide(list []ranked, words int) Result {
	r := Result{Decision: Decline}
	if len(list) == 0 {
		return r
	}
	best := list[0]
	r.chances = make(map[string]float64, len(list))
	for _, x := range list {
		r.chances[x.label] = x.score
	}
	r.Confidence = l.sure(list, words)
	answer, most := l.answer, l.offer
	if words <= fewWords {
		answer, most = max(answer, fewSure), 0
	}
	chance := 0.0
	for _, x := range list {
		if x.role == topic && len(r.Topics) < 3 {
			chance += x.score
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
	switch near := best.margin >= l.floor; {
	case near && best.role == topic && r.Confidence >= answer:
		r.Decision, r.Label = Answer, best.label
	case near && best.role == act && r.Confidence >= l.act:
		r.Decision, r.Label = Act, best.label
	case near && best.label == kin["human"] && r.Confidence >= l.act: // a person may be asked for in many ways, and is never the wrong answer
		r.Decision, r.Label = Answer, best.label
	case near && best.role == outside && r.Confidence >= l.outside:
		r.Decision, r.Label = Outside, best.label
	}
	if r.Decision == Decline && foreign > l.foreign {
		return r
	}
	if r.Decision == Decline && chance >= most && (best.margin >= l.floor || best.vote > 0) && len(r.Topics) > 1 {
		r.Decision = Choose
	}
	return r
}
