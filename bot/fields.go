package bot

import "slices"

// StepID names a step of the scheduling dialogue. Ids are stable: state never depends on label text.
type StepID string

// The steps in their order.
const (
	StepForWhom   StepID = "for_whom"
	StepName      StepID = "name"
	StepReach     StepID = "reach"
	StepTimes     StepID = "times"
	StepLanguage  StepID = "language"
	StepVoicemail StepID = "voicemail"
	StepText      StepID = "text"
	StepCoverage  StepID = "coverage"
	StepSummary   StepID = "summary"
	StepConfirmed StepID = "confirmed"
)

// Fields is what the scheduling dialogue has understood so far. Empty means not known. The yes-or-no fields are pointers, because an
// unasked question is not a no, and voicemail and text are true only after a clear yes (facts.md E, P12).
type Fields struct {
	ForWhom     string   `json:"for_whom,omitempty"` // self, loved_one, provider
	Name        string   `json:"name,omitempty"`     // name or alias
	Phone       string   `json:"phone,omitempty"`    // E.164
	Email       string   `json:"email,omitempty"`
	Times       string   `json:"times,omitempty"`    // as understood, in the visitor's words or as an id of [timesChoices]
	Language    string   `json:"language,omitempty"` // BCP 47
	Interpreter *bool    `json:"interpreter,omitempty"`
	Voicemail   *bool    `json:"voicemail,omitempty"`
	Text        *bool    `json:"text,omitempty"`
	Coverage    string   `json:"coverage,omitempty"` // medicare, masshealth, both, private, none, unknown
	NoCalls     *bool    `json:"no_calls,omitempty"` // no call of any kind is wanted: "text me, don't call"
	Remarks     string   `json:"remarks,omitempty"`  // what staff must heed and no question asks for, in the visitor's words
	Skipped     []StepID `json:"skipped,omitempty"`
}

// Known reports whether the step has its answer.
func (f Fields) Known(s StepID) bool {
	switch s {
	case StepForWhom:
		return f.ForWhom != ""
	case StepName:
		return f.Name != ""
	case StepReach:
		return f.Phone != "" || f.Email != ""
	case StepTimes:
		return f.Times != ""
	case StepLanguage:
		return f.Language != ""
	case StepVoicemail:
		return f.Voicemail != nil
	case StepText:
		return f.Text != nil
	case StepCoverage:
		return f.Coverage != ""
	case StepRemarks:
		return f.Remarks != "" || f.Quiet()
	}
	return false
}

// merge takes over what the newer answer knows. An answered step is no longer skipped.
func (f *Fields) merge(n Fields) {
	set := func(to *string, from string) {
		if from != "" {
			*to = from
		}
	}
	set(&f.ForWhom, n.ForWhom)
	set(&f.Name, n.Name)
	set(&f.Phone, n.Phone)
	set(&f.Email, n.Email)
	set(&f.Times, n.Times)
	set(&f.Language, n.Language)
	set(&f.Coverage, n.Coverage)
	for _, b := range []struct{ to, from **bool }{{&f.Interpreter, &n.Interpreter}, {&f.Voicemail, &n.Voicemail}, {&f.Text, &n.Text}, {&f.NoCalls, &n.NoCalls}} {
		if *b.from != nil {
			*b.to = *b.from
		}
	}
	f.Remarks = joinRemarks(f.Remarks, n.Remarks)
	f.Skipped = slices.DeleteFunc(slices.Clone(f.Skipped), func(s StepID) bool { return n.Known(s) })
	if len(f.Skipped) == 0 {
		f.Skipped = nil
	}
}

func (f *Fields) skip(s StepID) {
	if !slices.Contains(f.Skipped, s) {
		f.Skipped = append(slices.Clone(f.Skipped), s)
	}
}

// Equal reports whether two sets of fields say the same.
func (f Fields) Equal(o Fields) bool {
	same := func(a, b *bool) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
	return f.ForWhom == o.ForWhom && f.Name == o.Name && f.Phone == o.Phone && f.Email == o.Email && f.Times == o.Times &&
		f.Language == o.Language && f.Coverage == o.Coverage && same(f.Interpreter, o.Interpreter) &&
		same(f.Voicemail, o.Voicemail) && same(f.Text, o.Text) && same(f.NoCalls, o.NoCalls) && f.Remarks == o.Remarks && slices.Equal(f.Skipped, o.Skipped)
}
