package knowledge

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

var (
	answerAt = 0.3
	aheadBy  = 0.02
	chooseAt = 0.15
)

func decide(list []ranked) Result {
	r := Result{Decision: Decline}
	for _, x := range list {
		if x.role == topic && len(r.Topics) < 3 {
			r.Topics = append(r.Topics, x.label)
		}
	}
	if len(list) == 0 {
		return r
	}
	r.Confidence = list[0].score
	return r
}
