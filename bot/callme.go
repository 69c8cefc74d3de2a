package bot

import (
	"regexp"
	"strings"
)

// Steps of [KeyClarify] that belong to no field: what happens next, before the request is sent and after.
const (
	ClarifyNext     = "next"
	ClarifyNextSent = "next_sent"
	ClarifyLeave    = "leave" // how to make the chat vanish
)

var (
	// wantsCall is a wish to be called in so many words, and leavesNumber one to leave a number.
	wantsCall = regexp.MustCompile(`\b(have|get|want|wants|need|needs|can|could|would|will|please|like)( \S+){0,4} (call|phone|ring)( back)? (me|us|my \S+)\b|` +
		`\b(quiero|necesito|puede|pueden|podria|podrian|quisiera|favor|prefiero|gustaria)( \S+){0,3} (me|le|nos) (llame|llamen|llamar|marque|marquen|marcar)|\b(llamenme|llameme|marquenme|marqueme|llamenle|llamarme)\b|^(me|le) (pueden|puede) (llamar|marcar)( \S+){0,3}$`)
	// justCall is a message that wishes for a call and says nothing else.
	justCall     = regexp.MustCompile(`^(ok |yes |yeah |please |just |so |can (you|someone|somebody) |could (you|someone|somebody) )*(call|phone) (me|us|my \S+)( back)?( please)?$|^(ok |si |por favor |bueno )*(llamenme|llameme|marquenme|me (pueden|puede) (llamar|marcar)|quiero que me llamen)( por favor)?$`)
	leavesNumber = regexp.MustCompile(`\b(leave|give)( you| u| them)? my (number|phone|cell|info)\b|\btake( down)? my (number|phone)\b|\b(dejar|dejarle|dejarles|darle|darles|dejo|doy)( le| les)? mi (numero|telefono|celular)\b`)
	notCalled    = []string{"don't", "dont", "not", "never", "stop", "no", "when", "why", "how", "if", "what", "who", "cuando", "cuanto", "por que", "quien", "si", "como", "nunca", "911", "988", "police", "policia", "already", "ya"}
	// asksNext asks what becomes of the request: when the call comes, and what if it does not.
	asksNext = regexp.MustCompile(`\b(when|wen)( \S+){0,5} (call|calling|contact|hear|reach)\b|\bwhen( \S+){0,3} (text|write|email) (me|us)\b|\bhow (long|soon|fast|quick|quickly)\b.*\b(call|calls|calling|contact|hear|reach)\b|\b(what|wat) (if|happens if) (they|you|u|nobody|no one|noone|yall|y'all|he|she)( \S+){0,2} (call|calls|answer)\b|\bif (nobody|no one|noone|they don't|they dont|you don't|you dont|they never) calls?\b|\bwhat happens (next|now|after (that|this|i send|it's sent|its sent))\b|` +
		`\bcuanto( tiempo)?( se)? (tarda|tardan|demora|demoran)( \S+){0,2} (llamar|llamarme|llaman|contestar|contestarme|comunicarse|marcar|marcarme)\b|\b(cuando|a que hora|en cuanto tiempo|que dia)( \S+){0,2} (llaman|llama|llamar|llamaran|llamara|marcan|marcar|contactan|escriben|textean|mandan)\b|\bsi (no|nadie) (me|nos|le) (llaman|llama|marcan|marca|contestan|hablan)\b|\bque (pasa|sigue) (ahora|despues|luego)\b|^(y )?(ahora )?que sigue$|^what now$|^now what$`)
	// sentUnasked says that the request should not have been sent.
	sentUnasked = regexp.MustCompile(`\b(no|nunca) (le |te |les )?(dije|pedi) que (la|lo) (mandara|enviara|mandaran|enviaran|mande|envie)|\b(no|nunca) (queria|quise) (mandar|enviar|que)|\b(did not|didn't|didnt|never) (say|said|tell you|told you|ask you|asked you|want you|mean|meant)( to)? (send|submit)|\b(i )?never said (to )?send|\bwho told you to send|\bquien le dijo que (la|lo) (mandara|enviara)`)
	// afterwards are words with which people change a request that was sent.
	afterwards = []string{"oh no", "ay no", "put", "ponga", "pongan", "pongale", "says", "it said", "is wrong", "was wrong", "esta mal", "dice", "my name is", "me llamo", "mi nombre es", "fix", "arregle", "corrija"}
)

// takesBack reports whether the whole message says that the request should not have been sent, and nothing else.
func (t *turn) takesBack() bool {
	return (t.c.Intake.Confirmed || t.c.Intake.Active()) && len(strings.Fields(t.in.Text)) <= 9 && sentUnasked.MatchString(fold(t.in.Text))
}

// callMe opens the request for somebody who asks to be called, or says yes to the offer of a call. It reports whether the turn is complete.
func (t *turn) callMe(r reading) bool {
	if t.c.Minor || t.in.Choice != "" || r.fields.Phone+r.fields.Email != "" {
		return false
	}
	f := fold(t.in.Text)
	words := len(strings.Fields(f))
	offered := t.offered()
	if yes, ok := yesOrNo(t.in.Text); offered && words <= 5 && ok && yes && !asksSomething(t.in.Text) || offered && r.fields.Name != "" && r.asks == "" {
		t.reachMe()
		return true
	}
	if words > 14 || !((wantsCall.MatchString(f) || justCall.MatchString(f)) && !has(f, notCalled...) || leavesNumber.MatchString(f) && !has(f, "don't", "dont", "not", "no", "without", "sin", "why", "por que")) || len(r.said) == 1 && r.fields.Name != "" {
		return false
	}
	if t.in.Found == nil { // the entries may see danger in it
		t.want(t.in.Text)
		return true
	}
	if _, dangerous := danger[t.in.Found[0].Label]; dangerous && t.in.Found[0].Decision == FoundAnswer {
		return false
	}
	t.person()
	return true
}

// offered reports whether the program's last lines offered a call.
func (t *turn) offered() bool {
	for l := range t.c.recent(1) {
		if l.Key == KeyPerson || l.Key == KeyUnanswered || l.Key == KeyDecline && l.Args["second"] != "" {
			return true
		}
	}
	return false
}

// tellPerson says how to reach a person, never twice in a row in the same words.
func (t *turn) tellPerson() {
	told := 0
	for _, l := range t.c.Lines {
		if l.Key == KeyPerson {
			told++
		}
	}
	args := map[string]string{"again": "again"}
	switch i := t.c.Intake; {
	case told%2 == 0:
		args = nil
	case i.Confirmed:
		args["again"] = "sent"
	case i.Active() && i.Fields.Known(StepReach):
		args["again"] = "known"
	}
	t.say(KeyPerson, args)
}

// reachMe begins the request at the step that a call cannot do without.
func (t *turn) reachMe() {
	t.accept("", understand(t.in.Text, beginning, t.c.Intake.Fields))
	if t.c.Intake.Fields.Known(StepReach) {
		t.ask(t.c.Intake.next(), "")
		return
	}
	t.ask(StepReach, "")
}

// lastClause is what follows the last comma or full stop of a text.
func lastClause(text string) string {
	text = strings.TrimRight(text, " .?!")
	return text[strings.LastIndexAny(text, ",.;?!¿")+1:]
}

// walkedInSaid asks in a hurry how to make the chat vanish.
var walkedInSaid = regexp.MustCompile(`\b(how (do|can) (i|you)|como|where do i) (quickly |fast )?(delete|erase|close|hide|clear|remove|get rid of|borro|borrar|cierro|cerrar|escondo|esconder|quito|quitar|elimino) (all )?(this|it|the chat|my chat|everything|this chat|esto|el chat|todo|esta conversacion)\b|\b(he|she|my \S+|they) (just )?(walked|came|is coming|coming|comes) (in|home|up)\b.*\b(delete|close|hide|erase|hurry)|\b(acaba de|ya) (entrar|llegar|llego|entro)\b.*\b(borr|cierr|escond)`)

// walkedIn tells how to leave at once and how to erase, in two sentences, before anything else is explained. It reports whether that was asked.
func (t *turn) walkedIn() bool {
	if t.in.Choice != "" || len(strings.Fields(t.in.Text)) > 16 || !walkedInSaid.MatchString(fold(t.in.Text)) {
		return false
	}
	t.say(KeyClarify, map[string]string{"step": ClarifyLeave}, "privacy-this-chat")
	t.resume()
	return true
}

// whatNext says what becomes of the request, to somebody who asks while it is open or after it was sent.
func (t *turn) whatNext() bool {
	i := t.c.Intake
	if t.in.Choice != "" || !i.Active() && !i.Confirmed || !asksNext.MatchString(fold(t.in.Text)) || len(strings.Fields(t.in.Text)) > 20 {
		return false
	}
	r := understand(t.in.Text, i.Step, i.Fields)
	if has(t.in.Text, "call me when", "llamen cuando", "llameme cuando", "when you call", "when they call", "when u call", "when someone calls", "call you", "call u", "call the clinic", "call there", "puedo llamar", "llamarles", "llamarlos", "cuando me llamen", "cuando llamen") || strings.HasPrefix(fold(t.in.Text), "when i ") {
		return false
	}
	if i.Active() && i.Step == StepSummary && r.command != cmdCancel {
		if said, _, ok := strings.Cut(tidy(t.in.Text), ","); ok && sends(said) && !asksSomething(said) { // "yes, that's right, when will they call?"
			if rest := strings.TrimSpace(t.in.Text[len(said):]); asksNext.MatchString(fold(lastClause(rest))) {
				t.confirm()
				return true
			}
		}
	}
	step := ClarifyNext
	if i.Confirmed {
		step = ClarifyNextSent
	} else if r.asks != "" {
		t.accept(i.Step, r)
		t.onward(i.Step, r)
	}
	t.say(KeyClarify, map[string]string{"step": step}, topicPerson)
	if t.c.Intake.Step == StepSummary && t.next == "" { // "yes, when will they call?" sends nothing, and says so
		t.ask(StepSummary, "not_sent")
		return true
	}
	t.resume()
	return true
}
