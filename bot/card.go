package bot

import "example.org/intake/bot/safety"

// CardKind says how a program's line is laid out.
type CardKind string

// The layouts.
const (
	CardPlain     CardKind = "plain"     // text, perhaps with chips
	CardAnswer    CardKind = "answer"    // title, text, more, source, chips
	CardAdvice    CardKind = "advice"    // the medical-advice boundary: text and chips
	CardChoose    CardKind = "choose"    // "did you mean" and topic rows
	CardDecline   CardKind = "decline"   // honest line, nearest topics, phone, person
	CardStep      CardKind = "step"      // a step of the scheduling dialogue
	CardSummary   CardKind = "summary"   // what will be sent, with Change on each row
	CardBooked    CardKind = "booked"    // the reference code and what happens next
	CardPerson    CardKind = "person"    // how to reach a person
	CardEmergency CardKind = "emergency" // the fixed emergency card
	CardDoubt     CardKind = "doubt"     // one direct question with the numbers in sight
)

// Card is the layout of a program's line, with the words that the visitor saw.
type Card struct {
	Kind      CardKind   `json:"kind"`
	Title     string     `json:"title,omitempty"`
	Body      string     `json:"body,omitempty"`  // paragraphs are parted by a blank line
	More      string     `json:"more,omitempty"`  // opens inside the card
	Topic     string     `json:"topic,omitempty"` // the entry shown
	Source    *Source    `json:"source,omitempty"`
	Step      *Progress  `json:"step,omitempty"`
	Problem   string     `json:"problem,omitempty"` // what was not understood, under the question
	Typed     string     `json:"typed,omitempty"`   // what was written and not understood, in the field again to be mended
	Got       string     `json:"got,omitempty"`     // what was understood, above the question
	Options   []Option   `json:"options,omitempty"` // choices of a step, rows of a choice, chips below anything else
	Rows      []Row      `json:"rows,omitempty"`    // summary
	Code      string     `json:"code,omitempty"`    // reference code
	Phone     string     `json:"phone,omitempty"`   // the clinic's phone as shown, "" if the profile has none
	PhoneLink string     `json:"phone_link,omitempty"`
	Emergency *Emergency `json:"emergency,omitempty"`
}

// Source is where an answer's facts were checked.
type Source struct {
	Name  string `json:"name"`
	URL   string `json:"url,omitempty"`
	Date  string `json:"date"`  // 2026-11-23
	Words string `json:"words"` // "Checked against Medicare.gov on Nov 23, 2026"
}

// Progress says where in the dialogue a step stands.
type Progress struct {
	ID    StepID `json:"id"`
	N     int    `json:"n"`
	Of    int    `json:"of"`
	Words string `json:"words"` // "Step 3 of 8"
	Back  bool   `json:"back,omitempty"`
	Skip  bool   `json:"skip,omitempty"`
}

// Option is something to tap. The id is stable and never label text; see [Choice].
type Option struct {
	ID     string `json:"id"`
	Label  string `json:"label"`
	Hint   string `json:"hint,omitempty"`   // a line of consequence under the label
	Style  string `json:"style,omitempty"`  // "go" filled, "person" plum, "" plain
	Chosen bool   `json:"chosen,omitempty"` // the careful choice, selected in advance
	Lang   Lang   `json:"lang,omitempty"`   // where the label is not in the line's language
}

// Row is one line of the summary.
type Row struct {
	Step   StepID `json:"step"`
	Label  string `json:"label"`
	Value  string `json:"value"`
	Change string `json:"change"` // spoken name of the Change link: "Change phone"
}

// Emergency is a fixed card with its words filled in.
type Emergency struct {
	ID     safety.CardID `json:"id"`
	Kind   safety.Kind   `json:"kind,omitempty"` // of a direct question
	Tone   string        `json:"tone"`           // "red" or "plum"
	Title  string        `json:"title"`
	Calls  []Call        `json:"calls,omitempty"`
	Note   string        `json:"note,omitempty"`
	Do     []Do          `json:"do,omitempty"`
	Others []Call        `json:"others,omitempty"`
	Law    string        `json:"law,omitempty"`
	Leave  bool          `json:"leave,omitempty"` // repeat "Leave now", full width
}

// Call is a tap-to-call or tap-to-text link.
type Call struct {
	Href  string `json:"href"`
	Label string `json:"label"`
	Text  string `json:"text,omitempty"`  // the sentence beside or under it
	Style string `json:"style,omitempty"` // "text" for a message, "red" for 911 on a plum card
}

// Do is one thing to do until help comes.
type Do struct {
	Pic  string `json:"pic"`
	Text string `json:"text"`
	Hint string `json:"hint,omitempty"`
}
