package bot

// What a program's line is. The words for each key stand in locales; the same keys tell what a turn did.
const (
	KeyAnswer    = "answer"    // Topics[0] is the entry
	KeyAdvice    = "advice"    // Args kind: the medical-advice boundary
	KeyChoose    = "choose"    // Topics to pick from; Args why: "general" for a question that is too general, "another" for somebody else, or the feeling that it follows
	KeyDecline   = "decline"   // Topics nearest; Args second: offer a person first
	KeyNotAsked  = "notasked"  // "not what I asked": Topics nearest
	KeyOutside   = "outside"   // Args kind: deliberately out of scope
	KeySmall     = "small"     // Args kind: hello, thanks, bye, howareyou
	KeyPerson    = "person"    // how to reach a person
	KeyStep      = "step"      // Args step, got, problem, again
	KeySummary   = "summary"   // Args problem
	KeyBooked    = "booked"    //
	KeyCancelled = "cancelled" // the request was dropped
	KeyEmergency = "emergency" // Args card
	KeyDoubt     = "doubt"     // Args kind: the direct question
	KeyAfter     = "after"     // under an emergency card: nobody may be reading
	KeyResumed   = "resumed"   // back to the conversation; Args calm: after a no to the direct question
	KeySwitched  = "switched"  // the language was changed
	KeyMasked    = "masked"    // a number was not kept
	KeyMinor     = "minor"     // somebody under 18: no request, but the right lines
	KeyWithdrawn = "withdrawn" // the request was taken back
	KeyNothing   = "nothing"   // there is no request to take back
	KeyStatus    = "status"    // Args status: how far the request with a code has come
	KeyClarify   = "clarify"   // Args step: a question about what a step asks for
	KeyFeeling   = "feeling"   // Args kind: a warm line before the answer
	KeyFull      = "full"      // the conversation has reached its cap
)
