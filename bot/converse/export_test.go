package converse

import (
	"example.org/intake/bot"
	"example.org/intake/bot/safety"
)

// AdviceReply is what a visitor reads at the medical-advice boundary; again: in the same conversation a second time.
func (r *Road) AdviceReply(lang bot.Lang, kind safety.AdviceKind, again bool) string {
	var c bot.Conversation
	if again {
		c.Lines = []bot.Line{{From: bot.FromProgram, Key: bot.KeyAdvice}}
	}
	l := bot.Line{Lang: lang, Key: bot.KeyAdvice, Args: map[string]string{"kind": string(kind)}}
	return spoken(r.advice(c, &l, true))
}
