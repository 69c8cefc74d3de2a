package converse

import (
	"slices"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/safety"
)

// words fills in the text and the card of one line. c is the conversation before the line; last says that nothing follows it in this turn, so
// that only there something is offered to do next.
func (r *Road) words(c bot.Conversation, l *bot.Line, last bool) {
	var card *bot.Card
	switch l.Key {
	case bot.KeyAnswer:
		card = r.answer(l, last)
	case bot.KeyAdvice:
		card = r.advice(c, l, last)
	case bot.KeyChoose:
		title := "choose.text"
		if lastKey(c) == bot.KeyChoose {
			title = "choose.again"
		}
		if why := l.Args["why"]; why != "" {
			title = "choose.feeling"
			if why == "general" || why == "another" {
				title = "choose." + why
			}
		}
		last := bot.Option{ID: bot.ChoiceNone, Label: r.t(l.Lang, "choose.none")}
		if title == "choose.feeling" {
			last = bot.Option{ID: bot.ChoicePerson, Label: r.t(l.Lang, "chip.person"), Style: "person"}
		}
		card = &bot.Card{Kind: bot.CardChoose, Title: r.t(l.Lang, title), Options: append(r.topics(l), last)}
	case bot.KeyDecline, bot.KeyNotAsked:
		card = r.decline(l)
	case bot.KeyOutside:
		card = r.outside(l, last)
	case bot.KeySmall:
		card = r.plain(l, "small."+l.Args["kind"], last)
	case bot.KeyPerson:
		card = r.person(c, l)
		if !last { // the request begins right under it
			card.Options = nil
		}
	case bot.KeyStep:
		card = r.step(c, l)
	case bot.KeySummary:
		card = r.summary(c, l)
	case bot.KeyBooked:
		card = r.booked(c, l)
	case bot.KeyEmergency:
		card = r.emergency(l)
	case bot.KeyAfter:
		card = r.after(c, l)
	case bot.KeyDoubt:
		card = r.doubt(l)
	case bot.KeyRinging, bot.KeyUnanswered, bot.KeyJoined, bot.KeyReturned:
		card = r.live(l, last)
	case bot.KeyResumed:
		key := "resumed.text"
		if l.Args["calm"] != "" {
			key = "resumed.calm"
		}
		card = r.plain(l, key, last)
		if last {
			card.Options = append(r.topics(l), card.Options...)
		}
	case bot.KeyFeeling:
		card = &bot.Card{Kind: bot.CardPlain, Body: r.t(l.Lang, "feeling."+l.Args["kind"])}
	case bot.KeyMinor:
		card = r.minor(l)
	case bot.KeyClarify:
		card = r.plain(l, "clarify."+l.Args["step"], false)
		if l.Args["step"] == bot.ClarifyNext || l.Args["step"] == bot.ClarifyNextSent {
			card.Body += "\n\n" + r.whatNext(l.Lang)
		}
		card.Topic = l.Topics[0]
	case bot.KeyStatus:
		card = r.plain(l, "status."+l.Args["status"], last)
	case bot.KeyFull:
		card = r.person(c, l)
		card.Body, card.Options = r.withPhone(l.Lang, "full.text"), nil
	default: // cancelled, switched, masked, withdrawn, nothing
		card = r.plain(l, l.Key+".text", last)
	}
	if c.Minor { // nothing is asked of somebody under 18
		card.Options = slices.DeleteFunc(card.Options, func(o bot.Option) bool { return o.ID == bot.ChoiceSchedule || o.ID == bot.ChoicePerson })
	}
	if offer := bot.Lang(l.Args["offer"]); offer.Known() {
		card.Options = append(card.Options, bot.Option{ID: bot.ChoiceLanguage(offer), Label: r.t(offer, "offer.text"), Lang: offer})
	}
	l.Card = card
	l.Text = spoken(card)
}

// lastKey is what the program's line before the visitor's last one was.
func lastKey(c bot.Conversation) string {
	asked := false
	for _, l := range slices.Backward(c.Lines) {
		switch {
		case l.From == bot.FromVisitor && asked:
			return ""
		case l.From == bot.FromVisitor:
			asked = true
		case l.From == bot.FromProgram && asked:
			return l.Key
		}
	}
	return ""
}

// spoken is a card as one text: what is read aloud, printed, and seen by staff.
func spoken(c *bot.Card) string {
	parts := []string{c.Got, c.Title}
	if e := c.Emergency; e != nil {
		parts = append(parts, e.Title)
		for _, call := range e.Calls {
			parts = append(parts, strings.TrimSpace(call.Label+". "+call.Text))
		}
		parts = append(parts, e.Note)
		for _, d := range e.Do {
			parts = append(parts, strings.TrimSpace(d.Text+". "+d.Hint))
		}
		for _, o := range e.Others {
			parts = append(parts, strings.TrimSpace(o.Text+" "+o.Label))
		}
		parts = append(parts, e.Law)
	}
	parts = append(parts, c.Problem, c.Code)
	for _, row := range c.Rows {
		parts = append(parts, row.Label+": "+row.Value)
	}
	parts = append(parts, c.Body)
	if c.Kind == bot.CardChoose {
		for _, o := range c.Options {
			parts = append(parts, o.Label)
		}
	}
	if c.Source != nil {
		parts = append(parts, c.Source.Words)
	}
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, "\n")
}

func (r *Road) plain(l *bot.Line, key string, last bool) *bot.Card {
	card := &bot.Card{Kind: bot.CardPlain, Body: r.t(l.Lang, key)}
	if last && l.Key != bot.KeyMasked && l.Args["kind"] != "bye" {
		card.Options = r.next(l.Lang, bot.ChoiceSchedule, bot.ChoicePerson)
	}
	return card
}

// next are chips for what a visitor may want to do, the first one filled.
func (r *Road) next(l bot.Lang, ids ...string) []bot.Option {
	var options []bot.Option
	for i, id := range ids {
		o := bot.Option{ID: id, Label: r.t(l, "chip."+id)}
		switch {
		case id == bot.ChoicePerson:
			o.Style = "person"
		case i == 0:
			o.Style = "go"
		}
		options = append(options, o)
	}
	return options
}

func (r *Road) topics(l *bot.Line) []bot.Option {
	var options []bot.Option
	for _, slug := range l.Topics {
		if q := r.Knowledge.Question(slug, string(l.Lang)); q != "" {
			options = append(options, bot.Option{ID: bot.ChoiceTopic(slug), Label: q})
		}
	}
	return options
}

func (r *Road) answer(l *bot.Line, last bool) *bot.Card {
	slug := l.Topics[0]
	e, ok := r.Knowledge.Entry(slug, string(l.Lang), r.Now())
	if !ok { // stored choices can outlive an entry
		return r.decline(l)
	}
	card := &bot.Card{Kind: bot.CardAnswer, Topic: slug, Title: e.Title, Body: e.Text, More: e.More}
	if e.Expired {
		card.Body, card.More = r.withPhone(l.Lang, "answer.expired"), ""
		card.Options = r.next(l.Lang, bot.ChoicePerson)
		return card
	}
	date := r.Words.Date(string(l.Lang), e.CheckedOn)
	card.Source = &bot.Source{Name: e.SourceName, URL: e.SourceURL, Date: e.CheckedOn.Format("2006-01-02"),
		Words: r.t(l.Lang, "answer.checked", "source", e.SourceName, "date", date)}
	if l.Args["again"] != "" { // word for word it would only annoy: what else is known, and a person
		if card.Body = r.t(l.Lang, "answer.again") + "\n\n" + e.Text; e.More != "" {
			card.Body = r.t(l.Lang, "answer.again") + "\n\n" + e.More
		}
		card.More = ""
	}
	if l.Args["part"] == "more" && e.More != "" {
		card.Body, card.More = e.More, ""
	}
	if !last {
		return card
	}
	switch {
	case l.Args["again"] != "":
		card.Options = r.next(l.Lang, bot.ChoicePerson)
	case e.Offer == bot.ChoiceSchedule, e.Offer == bot.ChoicePerson:
		card.Options = r.next(l.Lang, e.Offer)
	default:
		if q := r.Knowledge.Question(e.Offer, string(l.Lang)); q != "" {
			card.Options = []bot.Option{{ID: bot.ChoiceTopic(e.Offer), Label: q, Style: "go"}}
		}
	}
	for _, rel := range e.Related {
		if q := r.Knowledge.Question(rel, string(l.Lang)); q != "" && rel != e.Offer && len(card.Options) < 3 {
			card.Options = append(card.Options, bot.Option{ID: bot.ChoiceTopic(rel), Label: q})
		}
	}
	return card
}

// advice is the boundary of facts.md H: what this cannot do, one general fact, the danger check, who can answer.
func (r *Road) advice(c bot.Conversation, l *bot.Line, last bool) *bot.Card {
	kind := safety.AdviceKind(l.Args["kind"])
	lead := []string{r.t(l.Lang, safety.AdviceWarm) + " " + r.t(l.Lang, safety.AdviceLimit)}
	for i := len(c.Lines) - 1; i >= 0; i-- {
		if c.Lines[i].From != bot.FromProgram {
			continue
		}
		if c.Lines[i].Key == bot.KeyAdvice { // asked again at once: the limit in other words
			lead = []string{r.t(l.Lang, safety.AdviceInsist)}
		}
		break
	}
	body := lead
	if fact := safety.AdviceKeys(kind); fact != "" {
		body = append(body, r.t(l.Lang, fact))
	}
	danger := r.t(l.Lang, safety.AdviceDanger)
	switch kind {
	case safety.AdviceDose, safety.AdviceMixing, safety.AdviceSharing, safety.AdviceHomeDetox, safety.AdviceMissedDose:
		danger += " " + r.t(l.Lang, safety.AdvicePoison)
	}
	who := r.t(l.Lang, safety.AdviceWho)
	if phone := r.Clinic.PhoneShown(); phone != "" {
		who = r.t(l.Lang, safety.AdviceWhoPhone, "phone", phone)
	}
	card := &bot.Card{Kind: bot.CardAdvice, Body: strings.Join(append(body, danger, who), "\n\n")}
	if last {
		card.Options = r.next(l.Lang, bot.ChoicePerson, bot.ChoiceSchedule)
		if topics := r.topics(l); len(topics) > 0 && !bot.IsBoundary(l.Topics[0]) { // what can be said in general
			card.Options = append(card.Options, topics[0])
		}
	}
	return card
}

func (r *Road) decline(l *bot.Line) *bot.Card {
	card := &bot.Card{Kind: bot.CardDecline, Phone: r.Clinic.PhoneShown(), PhoneLink: r.Clinic.PhoneLink()}
	rows := r.topics(l)
	switch {
	case l.Args["again"] != "" && len(rows) > 0:
		card.Body = r.t(l.Lang, "notasked.again")
	case l.Args["again"] != "":
		card.Body = r.withPhone(l.Lang, "decline.second")
	case l.Key == bot.KeyNotAsked && len(rows) > 0:
		card.Body = r.t(l.Lang, "notasked.near")
	case l.Key == bot.KeyNotAsked:
		card.Body = r.t(l.Lang, "notasked.text")
	case l.Args["second"] != "":
		card.Body = r.withPhone(l.Lang, "decline.second")
	case len(rows) > 0:
		card.Body = r.withPhone(l.Lang, "decline.near")
	default:
		card.Body = r.withPhone(l.Lang, "decline.text")
	}
	if l.Args["second"] != "" {
		card.Options = append(r.next(l.Lang, bot.ChoicePerson, bot.ChoiceSchedule), rows...)
	} else {
		card.Options = append(rows, r.next(l.Lang, bot.ChoicePerson)...)
	}
	return card
}

func (r *Road) outside(l *bot.Line, last bool) *bot.Card {
	key := "outside." + l.Args["kind"]
	if !r.Words.Has(string(l.Lang), key) {
		return r.decline(l)
	}
	card := &bot.Card{Kind: bot.CardDecline, Body: r.t(l.Lang, key)}
	if l.Args["kind"] == "oos-unclear" {
		if card.Options = r.topics(l); len(card.Options) == 0 {
			card.Body = r.t(l.Lang, key+"_open")
		}
	}
	if last {
		card.Options = append(card.Options, r.next(l.Lang, bot.ChoicePerson)...)
	}
	return card
}

// minor gives the lines for somebody under 18.
func (r *Road) minor(l *bot.Line) *bot.Card {
	card := &bot.Card{Kind: bot.CardPlain, Body: r.t(l.Lang, "minor.text")}
	for _, slug := range []string{"age-limit-minors", "crisis-hotlines-list"} {
		if q := r.Knowledge.Question(slug, string(l.Lang)); q != "" {
			card.Options = append(card.Options, bot.Option{ID: bot.ChoiceTopic(slug), Label: q})
		}
	}
	return card
}

func (r *Road) person(c bot.Conversation, l *bot.Line) *bot.Card {
	key := "person.text"
	if again := l.Args["again"]; again != "" {
		key = "person." + again
	}
	card := &bot.Card{Kind: bot.CardPerson, Body: r.withPhone(l.Lang, key), Phone: r.Clinic.PhoneShown(), PhoneLink: r.Clinic.PhoneLink()}
	if hours := r.hours(l.Lang); hours != "" {
		card.Body += "\n\n" + hours
	}
	if !c.Intake.Confirmed && !c.Intake.Active() {
		card.Options = []bot.Option{{ID: bot.ChoiceSchedule, Label: r.t(l.Lang, "person.schedule"), Style: "go"}}
	}
	return card
}
