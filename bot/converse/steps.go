package converse

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.org/intake/bot"
)

// step is one question of the scheduling dialogue.
func (r *Road) step(c bot.Conversation, l *bot.Line) *bot.Card {
	id := bot.StepID(l.Args["step"])
	key := "step." + string(id)
	n, of := bot.ProgressOf(c.Intake.Fields, id)
	card := &bot.Card{Kind: bot.CardStep, Title: r.t(l.Lang, key+".question"), Step: &bot.Progress{ID: id, N: n, Of: of,
		Words: r.t(l.Lang, "step.progress", "n", strconv.Itoa(n), "of", strconv.Itoa(of)), Back: n > 1, Skip: bot.CanSkip(id)}}
	if card.Got = r.got(c, l); card.Got != "" {
		// what was understood stands above the question
	} else if l.Args["again"] != "" && l.Args["problem"] == "" {
		card.Got = r.t(l.Lang, "step.again")
	}
	if p := l.Args["problem"]; p != "" {
		card.Problem = r.t(l.Lang, "problem."+p)
	}
	if again := l.Args["again"] != "" && l.Args["problem"] == ""; !again && r.Words.Has(string(l.Lang), key+".hint") { // asked again it is shorter
		card.Body = r.t(l.Lang, key+".hint")
	}
	if l.Args["stuck"] != "" {
		card.Body = r.withPhone(l.Lang, "step.stuck")
	}
	values, careful := bot.Choices(id, l.Lang)
	if card.Problem != "" && len(values) == 0 {
		card.Typed = typed(c)
	}
	for _, v := range values {
		o := bot.Option{ID: bot.ChoiceStep(id, v), Label: r.t(l.Lang, key+"."+v), Chosen: v == careful}
		if r.Words.Has(string(l.Lang), key+"."+v+"_hint") {
			o.Hint = r.t(l.Lang, key+"."+v+"_hint")
		}
		card.Options = append(card.Options, o)
	}
	if l.Args["stuck"] != "" {
		card.Options = append(card.Options, bot.Option{ID: bot.ChoicePerson, Label: r.t(l.Lang, "chip.person"), Style: "person"},
			bot.Option{ID: bot.ChoiceCancel, Label: r.t(l.Lang, "chip.cancel")})
	}
	return card
}

// typed is what the visitor has just written, to be mended in the field it belongs in; "" where it was tapped or is more than an answer.
func typed(c bot.Conversation) string {
	for _, l := range slices.Backward(c.Lines) {
		if l.From == bot.FromVisitor {
			if l.Choice != "" || utf8.RuneCountInString(l.Text) > 60 || strings.Contains(l.Text, "\n") {
				return ""
			}
			return l.Text
		}
	}
	return ""
}

// got words what was understood in this turn. Where a value alone would not say what it answers, its name stands before it.
func (r *Road) got(c bot.Conversation, l *bot.Line) string {
	var said []string
	key := "got.line"
	for s := range strings.SplitSeq(l.Args["got"], ",") {
		id := bot.StepID(s)
		v := r.Value(l.Lang, c.Intake.Fields, id)
		if v == "" {
			continue
		}
		switch id {
		case bot.StepVoicemail, bot.StepText, bot.StepCoverage, bot.StepRemarks:
			v = r.t(l.Lang, "summary."+s) + ": " + v
			if len(said) == 0 {
				key = "got.named" // two colons in a row would be one too many
			}
		}
		said = append(said, v)
	}
	if len(said) == 0 {
		return ""
	}
	return r.t(l.Lang, key, "value", strings.Join(said, " · "))
}

// Value words what is known at a step, "" if nothing is.
func (r *Road) Value(l bot.Lang, f bot.Fields, id bot.StepID) string {
	yesNo := func(b *bool) string {
		switch {
		case b == nil:
			return ""
		case *b:
			return r.t(l, "summary.yes")
		}
		return r.t(l, "summary.no")
	}
	known := func(step, value string) string {
		if key := "step." + step + "." + value; value != "" && r.Words.Has(string(l), key) {
			return r.t(l, key)
		}
		return value
	}
	switch id {
	case bot.StepForWhom:
		return known("for_whom", f.ForWhom)
	case bot.StepName:
		return f.Name
	case bot.StepReach:
		var ways []string
		if f.Phone != "" {
			ways = append(ways, bot.PhoneShown(f.Phone))
		}
		if f.Email != "" {
			ways = append(ways, f.Email)
		}
		return strings.Join(ways, ", ")
	case bot.StepTimes:
		return known("times", f.Times)
	case bot.StepLanguage:
		v := f.Language
		if key := "language." + v; r.Words.Has(string(l), key) {
			v = r.t(l, key)
		}
		if v != "" && f.Interpreter != nil && *f.Interpreter {
			v += ", " + r.t(l, "summary.interpreter")
		}
		return v
	case bot.StepVoicemail:
		return yesNo(f.Voicemail)
	case bot.StepText:
		return yesNo(f.Text)
	case bot.StepCoverage:
		return known("coverage", f.Coverage)
	case bot.StepRemarks:
		return f.Heeds(r.t(l, "summary.no_calls"))
	}
	return ""
}

func (r *Road) summary(c bot.Conversation, l *bot.Line) *bot.Card {
	card := &bot.Card{Kind: bot.CardSummary, Title: r.t(l.Lang, "summary.title"),
		Body:    r.t(l.Lang, "summary.consent"),
		Step:    &bot.Progress{ID: bot.StepSummary, Words: r.t(l.Lang, "summary.hint"), Back: true},
		Options: []bot.Option{{ID: bot.ChoiceSend, Label: r.t(l.Lang, "summary.send"), Style: "go"}}}
	if p := l.Args["problem"]; p != "" {
		card.Problem = r.t(l.Lang, "problem."+p)
	}
	for _, id := range append(bot.Steps(), bot.StepRemarks) {
		if n, _ := bot.ProgressOf(c.Intake.Fields, id); n == 0 && !(id == bot.StepRemarks && c.Intake.Fields.Known(id)) {
			continue
		}
		label := r.t(l.Lang, "summary."+string(id))
		value := r.Value(l.Lang, c.Intake.Fields, id)
		if value == "" {
			value = r.t(l.Lang, "summary.not_given")
			if id == bot.StepVoicemail || id == bot.StepText { // without a clear yes we do not
				value = r.t(l.Lang, "summary.no")
			}
		}
		card.Rows = append(card.Rows, bot.Row{Step: id, Label: label, Value: value, Change: r.t(l.Lang, "summary.change", "what", label)})
	}
	return card
}

// booked is the code and what happens next, by when, and what to do if it is urgent. Asked for again it shows what was sent.
func (r *Road) booked(c bot.Conversation, l *bot.Line) *bot.Card {
	title := "booked.title"
	var body []string
	switch {
	case l.Args["changed"] != "":
		title = "booked.changed"
	case l.Args["again"] != "":
		title = "booked.again"
	}
	if title != "booked.title" {
		var sent []string
		for _, id := range append(bot.Steps(), bot.StepRemarks) {
			if v := r.Value(l.Lang, c.Intake.Fields, id); v != "" {
				sent = append(sent, r.t(l.Lang, "summary."+string(id))+": "+v)
			}
		}
		body = append(body, strings.Join(sent, ". ")+".")
	}
	next := r.t(l.Lang, "booked.next")
	if hours := r.hours(l.Lang); hours != "" {
		next += " " + hours
	}
	body = append(body, next, r.t(l.Lang, "booked.keep"), r.t(l.Lang, "booked.urgent"))
	if phone := r.Clinic.PhoneShown(); phone != "" {
		body = append(body, r.t(l.Lang, "booked.phone", "phone", phone))
	}
	return &bot.Card{Kind: bot.CardBooked, Title: r.t(l.Lang, title), Body: strings.Join(body, "\n\n"), Code: c.Reference,
		Phone: r.Clinic.PhoneShown(), PhoneLink: r.Clinic.PhoneLink()}
}

// whatNext says when the office is open, by when the clinic means to call, and what to do if nobody does or if it cannot wait.
func (r *Road) whatNext(l bot.Lang) string {
	var said []string
	if hours := r.hours(l); hours != "" {
		said = append(said, hours)
	}
	if by, ok := r.Clinic.Due(r.Now(), false); ok {
		said = append(said, r.t(l, "clarify.by", "day", r.Words.Day(string(l), by.Weekday()), "time", r.Words.Time(string(l), by)))
	}
	return strings.Join(append(said, r.withPhone(l, "clarify.nobody"), r.t(l, "booked.urgent")), " ")
}
