package converse

import (
	"example.org/intake/bot"
	"example.org/intake/bot/safety"
)

// emergency fills a fixed card. It needs nothing but what is compiled in.
func (r *Road) emergency(l *bot.Line) *bot.Card {
	card := safety.CardFor(safety.CardID(l.Args["card"]), string(l.Lang))
	return &bot.Card{Kind: bot.CardEmergency, Emergency: r.fill(l.Lang, card)}
}

// doubt is the direct question, with the numbers in the same card.
func (r *Road) doubt(l *bot.Line) *bot.Card {
	kind := safety.Kind(l.Args["kind"])
	card := &bot.Card{Kind: bot.CardDoubt, Emergency: r.fill(l.Lang, safety.AskCard(kind, string(l.Lang)))}
	card.Emergency.Kind = kind
	card.Options = []bot.Option{{ID: bot.ChoiceYes, Label: r.t(l.Lang, safety.AskYes)}, {ID: bot.ChoiceNo, Label: r.t(l.Lang, safety.AskNo)}}
	return card
}

// after is the line under a card: nobody may be reading, and the way back.
func (r *Road) after(c bot.Conversation, l *bot.Line) *bot.Card {
	chip := bot.Option{ID: bot.ChoiceSafe, Label: r.t(l.Lang, safety.ChipNotDanger)}
	switch safety.CardID(l.Args["card"]) {
	case safety.CardSuicide, safety.CardViolence, safety.CardUsingAlone:
		chip = bot.Option{ID: bot.ChoiceResume, Label: r.t(l.Lang, safety.ChipBack)}
	}
	return &bot.Card{Kind: bot.CardPlain, Body: r.t(l.Lang, safety.After), Options: []bot.Option{chip}}
}

func (r *Road) fill(l bot.Lang, c safety.Card) *bot.Emergency {
	word := func(key string) string {
		if key == "" {
			return ""
		}
		return r.t(l, key)
	}
	e := &bot.Emergency{ID: c.ID, Tone: c.Tone, Title: word(c.Title), Note: word(c.Note), Law: word(c.Law), Leave: c.Leave}
	for _, call := range c.Calls {
		e.Calls = append(e.Calls, bot.Call{Href: call.Href, Label: word(call.Label), Text: word(call.Hint), Style: call.Style})
	}
	for _, d := range c.Steps {
		e.Do = append(e.Do, bot.Do{Pic: d.Pic, Text: word(d.Text), Hint: word(d.Hint)})
	}
	for _, o := range c.Others {
		e.Others = append(e.Others, bot.Call{Href: o.Href, Label: word(o.Label), Text: word(o.Text), Style: o.Style})
	}
	return e
}
