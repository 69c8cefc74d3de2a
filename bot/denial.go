package bot

import (
	"regexp"
	"slices"
	"strings"

	"example.org/intake/bot/safety"
)

// Denial is a no to the direct question about danger at the beginning of a longer message.
type Denial struct {
	Rest   string        // what the message says beside it
	Clear  bool          // the danger itself is denied ("he is not suicidal"), not only a no said
	Screen safety.Result // of the rest alone: what is denied names no danger
}

// noDanger denies the danger that the direct question asks about.
var noDanger = regexp.MustCompile(`\b(not|isn't|isnt|ain't|aint|never|no one is|nobody is|nobody's) (\S+ )?(suicidal|in danger|(trying|going|planning|looking|wanting) to (die|hurt|kill|do anything)|gonna (hurt|kill|do (anything|nothing|something))|thinking (of|about) (that|dying|suicide|killing))|\b(don't|dont|doesn't|doesnt|do not|does not) (want to|wanna) (die|hurt|kill)|` +
	`\bno (se|me) (quiere|quiero) (morir|matar|hacer dano)|\bno (quiere|quiero) (morir|morirse|morirme|matarse|matarme|hacerse|hacerme)|\bno (es|era) (pa|para) (matarme|morirme|eso)|\bno (se |me )?(va|voy) a (hacer|hacerse|hacerme|matar|matarse|matarme)( nada| dano)?|\bnadie (esta|corre) (en )?peligro|\bno (esta|estoy) en peligro|\b(nothing|not|nada) (like that|of the (sort|kind)|de eso|por el estilo)\b|\bthat's not (it|what i meant)\b|^(no )?(he|she|hes|shes|he's|she's|they)( is| are)? (awake|breathing|alive|talking|up|at work)\b|^(no )?(ya )?esta (despiert[oa]|respirando|hablando|trabajando|en el trabajo)\b`)

// Denies reads a message that follows the direct question: whether it begins with a no to it, whether it denies the danger in so many words, and what
// it says beside that. The same goes for a card that was just shown. ok is false where neither is the last thing that was said.
func (c *Conversation) Denies(text string) (rest string, clear, ok bool) {
	if flatNo(text) {
		return "", false, false
	}
	asked, carded := false, false
	for _, l := range slices.Backward(c.Lines) {
		if l.From == FromVisitor {
			break
		}
		asked, carded = asked || l.Key == KeyDoubt && c.Doubt != "", carded || l.Key == KeyEmergency
	}
	if !asked && !carded {
		return "", false, false
	}
	list := clauses(text)
	for i := range list {
		said := fold(list[i].span(0, len(list[i].words)))
		switch {
		case noDanger.MatchString(said):
			clear = true
		case !(i <= 1 && flatNo(said)):
			if i == 0 {
				return "", false, false
			}
			return strings.TrimSpace(text[list[i].words[0].from:]), clear, true
		}
	}
	return "", clear, clear
}

// denial takes a no to the direct question and goes on with the rest of the message. It reports whether the turn is complete. A plain no dismisses
// nothing that the screen sees in the rest; a danger denied in so many words dismisses what no phrase names.
func (t *turn) denial() bool {
	d := t.in.Denial
	if d == nil {
		return false
	}
	asks := asksSomething(d.Rest) || has(d.Rest, "want", "need", "know", "mean", "quiero", "quiere", "saber", "necesito", "digo", "necesita")
	s := d.Screen
	if t.c.Doubt == "" && !d.Clear { // after a card nothing was asked: only what denies the danger in so many words counts, and what is worse than it looked
		if s.Level == safety.LevelCrisis {
			t.in.Screen = s
		}
		return false
	}
	if d.Clear && s.Level == safety.LevelCrisis && s.Rule == safety.RuleModel && (s.Kind == t.c.DoubtKind || string(s.Kind) == string(t.c.Emergency)) { // the same danger, heard again in what is left
		s = safety.Result{}
	}
	if d.Clear && (s.Level == safety.LevelAsk || s.Level == safety.LevelCrisis && s.Rule == safety.RuleModel && asks) {
		s = safety.Result{}
	}
	if d.Clear || s.Level == safety.LevelCrisis { // "no, me quiero matar" is worse than it looks whole
		t.in.Screen = s
	}
	if s.Level == safety.LevelCrisis || s.Level == safety.LevelAsk || !d.Clear && !asks {
		return false
	}
	if !asks {
		t.settle(false)
		return true
	}
	s.Danger = 0
	t.in.Screen, t.in.Text, t.typed = s, d.Rest, d.Rest
	t.add(Event{Type: Calmed})
	return false
}
