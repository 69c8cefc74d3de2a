package export

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// Form is what leaves the house.
type Form string

// The forms.
const (
	Print Form = "print" // a page for printing
	ICS   Form = "ics"   // the appointment alone, for a calendar
	CSV   Form = "csv"
	FHIR  Form = "fhir"
	Push  Form = "push" // a FHIR bundle, sent to a webhook
)

// Forms lists them in the order of the page.
func Forms() []Form { return []Form{Print, ICS, CSV, FHIR, Push} }

// Part is a part of a request that is left out unless it is asked for, so that nobody gets more than the purpose needs. How the person may be
// reached always goes along: whoever has a number must have the rules for it.
type Part string

// The parts.
const (
	Details      Part = "details"      // coverage, and why the request was opened
	Appointment  Part = "appointment"  // what it came to, and when
	Place        Part = "place"        // in a calendar: the place that staff typed
	Conversation Part = "conversation" // what was said in the chat
	Notes        Part = "notes"        // what staff wrote
)

// Parts lists what can be asked for in a form; list says that it is about many people.
func (f Form) Parts(list bool) []Part {
	switch {
	case f == ICS:
		return []Part{Place}
	case list:
		return []Part{Details, Appointment}
	}
	return []Part{Details, Appointment, Conversation, Notes}
}

// Basis is why the law (42 CFR Part 2) allows a disclosure. Research needs approvals that this program knows nothing of, and is no choice.
type Basis string

// The bases, each with its section.
const (
	Consent   Basis = "consent"   // the person's written consent, 2.31 and 2.33; Date and Scope
	Person    Basis = "person"    // to the person, 2.23
	Internal  Basis = "internal"  // inside the program, or to who has direct control of it, 2.12(c)(3)
	Service   Basis = "service"   // a qualified service organization under agreement, 2.12(c)(4)
	Emergency Basis = "emergency" // a medical emergency, 2.51; Nature
	Audit     Basis = "audit"     // audit and evaluation, 2.53
	Court     Basis = "court"     // a court order, 2.61 to 2.67; Date
	Report    Basis = "report"    // a report of child abuse or neglect, 2.12(c)(6)
	Crime     Basis = "crime"     // a crime on the premises or against staff, 2.12(c)(5)
)

// Purpose is what a disclosure is for.
type Purpose string

// The purposes.
const (
	Treatment  Purpose = "treatment"
	Scheduling Purpose = "scheduling"
	Payment    Purpose = "payment"
	Operations Purpose = "operations"
	Asked      Purpose = "asked" // the person asked for it
	Urgent     Purpose = "urgent"
	Auditing   Purpose = "auditing"
	Legal      Purpose = "legal"
	Reporting  Purpose = "reporting"
)

// Purposes lists them in the order of the page.
func Purposes() []Purpose {
	return []Purpose{Treatment, Scheduling, Payment, Operations, Asked, Urgent, Auditing, Legal, Reporting}
}

// bases says which purposes each basis carries, in the order of the page, and whether it can be about many people at once.
var bases = []struct {
	Basis
	purposes []Purpose
	many     bool
}{
	{Consent, []Purpose{Treatment, Scheduling, Payment, Operations, Asked, Legal}, false},
	{Person, []Purpose{Asked, Scheduling}, false},
	{Internal, []Purpose{Treatment, Scheduling, Operations}, true},
	{Service, []Purpose{Scheduling, Payment, Operations}, true},
	{Emergency, []Purpose{Urgent}, false},
	{Audit, []Purpose{Auditing}, true},
	{Court, []Purpose{Legal}, true},
	{Report, []Purpose{Reporting}, false},
	{Crime, []Purpose{Reporting}, false},
}

// Bases lists the bases that there are for one person, or for a list of many.
func Bases(list bool) []Basis {
	var all []Basis
	for _, b := range bases {
		if !list || b.many {
			all = append(all, b.Basis)
		}
	}
	return all
}

// Purposes lists what a basis can be used for.
func (b Basis) Purposes() []Purpose {
	for _, one := range bases {
		if one.Basis == b {
			return one.purposes
		}
	}
	return nil
}

// Scope is how far a written consent goes.
type Scope string

// The scopes.
const (
	Once    Scope = "once"    // this recipient and this purpose
	General Scope = "general" // all treatment, payment and health care operations, 2.31(a)(4)(ii) and 2.33
)

// Scopes lists them.
func Scopes() []Scope { return []Scope{Once, General} }

// Nature is what a medical emergency was, which 2.51(c) wants on record.
type Nature string

// Natures lists them.
func Natures() []Nature { return []Nature{"overdose", "withdrawal", "self_harm", "other"} }

// Terms is what somebody says before anything leaves the house. Every word but the recipient is one of a list.
type Terms struct {
	Form      Form     `json:"form"`
	Lang      bot.Lang `json:"lang"` // of the labels; the notice is always in both
	Parts     []Part   `json:"parts,omitempty"`
	Recipient string   `json:"recipient,omitempty"` // who gets it, typed; "" where that is the person
	Purpose   Purpose  `json:"purpose"`
	Basis     Basis    `json:"basis"`
	Date      string   `json:"date,omitempty"` // of the written consent or the court order: 2026-11-23
	Scope     Scope    `json:"scope,omitempty"`
	Nature    Nature   `json:"nature,omitempty"`
	To        string   `json:"to,omitempty"` // of a push: the destination, by the name that the clinic's settings give it
}

// Has reports whether a part was asked for.
func (t Terms) Has(p Part) bool { return slices.Contains(t.Parts, p) }

// Problem is one thing that is missing or wrong. Key is the end of a message key.
type Problem struct{ Field, Key string }

// maxRecipient is the longest recipient, in characters.
const maxRecipient = 120

// contactLike finds numbers and addresses in what should be a name.
var contactLike = regexp.MustCompile(`@|(?:\d[^\pL\d]{0,3}){6}\d`)

// Check tidies the terms and says all that is missing or wrong; nothing may leave before that is nothing. about is whom it is about: their names
// and numbers do not belong into the log, which is kept after the requests are erased.
func (t *Terms) Check(now time.Time, about []request.Request, list bool) (problems []Problem) {
	no := func(field, key string) { problems = append(problems, Problem{field, key}) }
	if !slices.Contains(Forms(), t.Form) || list && t.Form != CSV {
		no("form", "form")
	}
	if t.Form != Push {
		t.To = ""
	} else if t.To == "" {
		no("to", "to")
	}
	if !t.Lang.Known() {
		t.Lang = bot.EN
	}
	t.Parts = slices.DeleteFunc(slices.Clone(t.Form.Parts(list)), func(p Part) bool { return !slices.Contains(t.Parts, p) })
	t.recipient(about, no)
	switch {
	case !slices.Contains(Purposes(), t.Purpose):
		no("purpose", "purpose")
	case t.Basis.Purposes() != nil && !slices.Contains(t.Basis.Purposes(), t.Purpose):
		no("purpose", "purpose_basis")
	}
	switch {
	case !slices.Contains(Bases(false), t.Basis):
		no("basis", "basis")
	case !slices.Contains(Bases(list), t.Basis):
		no("basis", "basis_list")
	}
	t.date(now, no)
	if t.Basis != Consent {
		t.Scope = ""
	} else if !slices.Contains(Scopes(), t.Scope) {
		no("scope", "scope")
	}
	if t.Basis != Emergency {
		t.Nature = ""
	} else if !slices.Contains(Natures(), t.Nature) {
		no("nature", "nature")
	}
	return problems
}

func (t *Terms) recipient(about []request.Request, no func(field, key string)) {
	if t.Basis == Person {
		t.Recipient = ""
		return
	}
	t.Recipient = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r == utf8.RuneError {
			return -1
		}
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, t.Recipient)), " ")
	switch n := utf8.RuneCountInString(t.Recipient); {
	case n < 2:
		no("recipient", "recipient")
	case n > maxRecipient:
		no("recipient", "recipient_long")
	case contactLike.MatchString(t.Recipient):
		no("recipient", "recipient_contact")
	case slices.ContainsFunc(about, func(r request.Request) bool { return names(t.Recipient, r.Fields.Name) }):
		no("recipient", "recipient_person")
	}
}

// names reports whether a text is the name of a person or holds all of it. A single word may be part of another name, such as "Kim's Pharmacy".
func names(text, name string) bool {
	text, name = strings.ToLower(text), strings.ToLower(strings.TrimSpace(name))
	return name != "" && (text == name || strings.ContainsRune(name, ' ') && strings.Contains(text, name))
}

func (t *Terms) date(now time.Time, no func(field, key string)) {
	key := map[Basis]string{Consent: "consent_date", Court: "court_date"}[t.Basis]
	if key == "" {
		t.Date = ""
		return
	}
	day, err := time.ParseInLocation(time.DateOnly, t.Date, now.Location())
	switch {
	case err != nil:
		no("date", key)
	case day.After(now):
		no("date", "date_future")
	}
}
