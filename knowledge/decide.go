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

// How sure is sure enough, found by cross-validation over our own ways of asking (go test -run TestTune -tune ./knowledge prints them anew).
const (
	sureBias, sureScore, sureLead = -3.0, 4.0, 12.0 // a logistic curve over the best score and its lead: how often the best label is the right one

	answerAt  = 0.5  // confidence from which an entry is given
	actAt     = 0.5  // confidence from which an act is done
	outsideAt = 0.5  // confidence from which a kind of what is outside is named
	chooseAt  = 0.15 // score from which the best topics are worth offering
	besideAt  = 0.85 // how near the best topic must come to a doubtful act or kind of outside to be worth offering
)

// limits are the values that a decision depends on.
type limits struct{ bias, score, lead, answer, act, outside, choose, beside float64 }

var settled = limits{sureBias, sureScore, sureLead, answerAt, actAt, outsideAt, chooseAt, besideAt}

// decide turns labels, best first, into a decision.
func decide(list []ranked) Result { return settled.decide(list) }

// kin are acts and the topics that say how to do them: a message that is near to both is not in doubt between them.
var kin = map[string]string{"schedule": "appointment-schedule", "human": "talk-to-a-person-callback"}

func sameMeaning(a, b string) bool {
	return a == b || kin[a] == b || kin[b] == a
}

// lead is how far the best label is ahead of the next one that means something else.
func lead(list []ranked) float64 {
	for _, x := range list[1:] {
		if !sameMeaning(x.label, list[0].label) {
			return list[0].score - x.score
		}
	}
	return list[0].score
}

// sure is the chance that the best label is the right one.
func (l limits) sure(list []ranked) float64 {
	return 1 / (1 + math.Exp(-(l.bias + l.score*list[0].score + l.lead*lead(list))))
}

func (l limits) decide(list []ranked) Result {
	r := Result{Decision: Decline}
	offer := false // whether the topics are near enough to be worth offering
	for _, x := range list {
		if x.role == topic && len(r.Topics) < 3 {
			if len(r.Topics) == 0 {
				offer = x.score >= l.choose && x.score >= l.beside*list[0].score
			}
			r.Topics = append(r.Topics, x.label)
		}
	}
	if len(list) == 0 {
		return r
	}
	best := list[0]
	r.Confidence = l.sure(list)
	switch {
	case best.role == topic && r.Confidence >= l.answer:
		r.Decision, r.Label = Answer, best.label
	case best.role == act && r.Confidence >= l.act:
		r.Decision, r.Label = Act, best.label
	case best.role == outside && r.Confidence >= l.outside:
		r.Decision, r.Label = Outside, best.label
	case offer && len(r.Topics) > 1:
		r.Decision = Choose
	}
	return r
}
