package bot

import (
	"time"

	"example.org/intake/bot/safety"
)

// Input is one thing that a visitor sent. Time and id come from outside, so that the same input gives the same events.
type Input struct {
	Time      time.Time
	ID        string // the line's id, made by the visitor's device
	Text      string // masked
	Masked    bool   // a number was taken out
	Choice    string // id of a tapped option, "" when typed
	Lang      Lang   // language of the page
	Screen    safety.Result
	Denial    *Denial   // what the message says beside a no to the direct question, nil if it is none
	Found     []Finding // one for each text of the [Lookup]; nil before it
	Whole     *Finding  // for the text with the Context of the [Lookup] behind it
	Reference string    // the code for a request, if this turn opens one
	Code      string    // a reference code that the visitor typed, "" if none
	Status    string    // how far the request with that code has come: "received", "tried", "scheduled", "closed", "unknown", or "later" when too many were tried
	Full      bool      // this is the last message that the conversation has room for

	Staffed int           // people at the console who can be called now
	Wait    time.Duration // how long they have to come
}

// Decisions of a search.
const (
	FoundAnswer  = "answer"
	FoundChoose  = "choose"
	FoundDecline = "decline"
	FoundAct     = "act"     // Label: schedule, human, hello, thanks, bye, howareyou
	FoundOutside = "outside" // Label: the out-of-scope kind
)

// Finding is what the knowledge base says about one text.
type Finding struct {
	Decision   string
	Label      string
	Topics     []string // up to three entries, best first, whatever the decision
	Confidence float64  // 0 to 1
}

// Lookup asks for one Finding for each text.
type Lookup struct {
	Texts   []string
	Lang    Lang
	Context string // what the text refers to, "" if nothing: then it is asked for once more with these words behind it
}
