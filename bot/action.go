package bot

// Action says in one word what a turn did, as the evaluation contract names it.
type Action string

// The actions.
const (
	ActAnswer    Action = "answer"
	ActAdvice    Action = "advice"
	ActChoose    Action = "choose"
	ActDecline   Action = "decline"
	ActCrisis    Action = "crisis"
	ActSchedule  Action = "schedule"
	ActHuman     Action = "human"
	ActSmallTalk Action = "smalltalk"
)

var actionOf = map[string]Action{
	KeyEmergency: ActCrisis, KeyDoubt: ActCrisis, KeyAdvice: ActAdvice, KeyAnswer: ActAnswer, KeyChoose: ActChoose, KeyDecline: ActDecline,
	KeyNotAsked: ActDecline, KeyOutside: ActDecline, KeySmall: ActSmallTalk, KeyPerson: ActHuman, KeyStep: ActSchedule, KeySummary: ActSchedule,
	KeyBooked: ActSchedule, KeyCancelled: ActSchedule, KeyResumed: ActSmallTalk, KeySwitched: ActSmallTalk,
	KeyMinor: ActAnswer, KeyClarify: ActAnswer, KeyWithdrawn: ActSchedule, KeyNothing: ActSchedule, KeyStatus: ActSchedule, KeyFull: ActHuman,
}

// Deed finds the line that says what a turn did: the first of the program's lines that is not a mere remark. Nil if it said nothing.
func Deed(events []Event) (Action, *Line) {
	for _, e := range events {
		if e.Type == Replied {
			if a, ok := actionOf[e.Line.Key]; ok {
				return a, e.Line
			}
		}
	}
	return ActDecline, nil
}
