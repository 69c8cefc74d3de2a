package bot

import "strings"

// sendsWith are words that may stand beside the yes that sends a request; any other word makes the message something else.
var sendsWith = set("it it's its that's thats that is this right correct good all everything looks look go ahead send please pls porfa favor por thanks thank you gracias now ok okay oh well great perfect dear maam ma'am sir " +
	"completo completa complete done que dios me los le se bendiga bendigan bendicion bendiciones virgen cuide guarde hija hijo corazon carino nina linda to to' ta todo esta eso asi es bien correcto ahora muchas bueno pues senora senorita senor adelante claro con gusto quiero want to i do lo la mi my request solicitud yes quite all that's and along then already everything's think so muy tan just fine me is are was good's perfectly perfect very well mi amor hijita mijo mija ya asi esta estan enviarla mandarla puede pueden agree agreed with estoy acuerdo de se ve todos los datos bien gracias correcta correctos mande mandela mandelo envie enviela envielo mandala enviala")

// sends reports whether a message at the summary is a clear yes and nothing else. A yes-word inside a longer message sends nothing: "oye y me van
// a pedir papeles" only looks like one.
func sends(text string) bool {
	words := strings.Fields(strings.NewReplacer("claro que si", "si", "por supuesto que si", "si", "como no", "si").Replace(fold(text)))
	if i := strings.LastIndexAny(text, ",.;"); i > 0 && feelingIn(text) != "" && !asksSomething(text) && has(text[i:], sendWords...) { // "I'm nervous but yes, send it"
		return !has(text[i:], "not", "don't", "dont", "no", "yet", "todavia")
	}
	if len(words) == 0 || len(words) > 12 || asksSomething(text) {
		return false
	}
	if len(words) == 1 && (words[0] == "y" || words[0] == "fine") {
		return true
	}
	yes := false
	for _, w := range words {
		switch {
		case w == "y" || w == "ya" && len(words) < 3 || w == "n":
			return false
		case yesWords[w]:
			yes = yes || w != "seguro" && w != "desde"
		case !sendsWith[w]:
			return false
		}
	}
	if !yes && !has(text, "not", "don't", "dont", "no") && has(text, "i agree", "agreed", "de acuerdo", "estoy de acuerdo") {
		return true
	}
	if !yes {
		return has(text, "go ahead", "send it", "send", "enviela", "envielo", "mandela", "mandelo", "mandala", "that's fine", "sounds good", "todo bien", "esta bien", "all good", "all right")
	}
	return true
}

// wondersIfSent are words of somebody who thinks that the request is on its way, or does not know what is left to do.
var wondersIfSent = []string{"did you send", "did it send", "is it sent", "did it go", "was it sent", "is that it", "is that all", "is this it", "are we done", "am i done", "what now", "now what", "did that go through", "did it go through", "what do i do now", "you sent it", "you send it already", "sent it yet", "already sent", "going through", "going thru", "go thru", "went through", "went thru", "is this sent", "has it been sent", "is it done", "is it working", "is this working", "did it work",
	"ya la mando", "ya lo mando", "ya se envio", "ya se mando", "ya la envio", "ya lo envio", "la mando", "se mando", "se envio", "ya quedo", "eso es todo", "ya es todo", "ya estuvo", "ya termine", "ya terminamos", "que sigue", "y ahora que", "ahora que", "ya esta", "ta bien", "ta bueno", "esta enviada", "ya esta enviada", "si se mando", "se esta mandando", "se esta enviando", "ya entro", "si entro", "si llego", "ya llego", "si les llego", "ya les llego"}

// softNo are refusals that take back nothing: at a question of yes or no they answer it.
var softNo = phrases("mejor no", "no mejor no", "mejor nada", "ya no", "dejelo asi", "dejelo", "dejalo", "dejalo asi", "better not", "rather not", "i'd rather not", "id rather not", "probably not", "best not", "preferably not", "prefiero que no", "yo creo que no", "creo que no", "mejor que no", "pues no", "tampoco", "eso tampoco", "tampoco eso", "neither", "not that either", "that neither", "me neither")

func phrases(list ...string) map[string]bool {
	m := map[string]bool{}
	for _, p := range list {
		m[p] = true
	}
	return m
}

// declines reports whether a message is a soft no and nothing more: "no, mejor no gracias".
func declines(text string) bool {
	words := strings.Fields(fold(text))
	if len(words) > 7 {
		return false
	}
	for from := 0; from < len(words); from++ {
		for to := len(words); to > from; to-- {
			if softNo[strings.Join(words[from:to], " ")] {
				return true
			}
			if !courtesies[words[to-1]] {
				break
			}
		}
		if !courtesies[words[from]] {
			break
		}
	}
	return false
}

// softly answers a soft no by what is pending: it is a no to a question of yes or no, leaves out a step that may be left out, and never drops the
// request. It reports whether the message was one.
func (t *turn) softly() bool {
	if t.in.Choice != "" || !t.c.Intake.Active() || !declines(t.in.Text) {
		return false
	}
	switch at := t.c.Intake.Step; {
	case at == StepVoicemail:
		t.take(at, Fields{Voicemail: new(false)})
	case at == StepText:
		t.take(at, Fields{Text: new(false)})
	case at == StepSummary:
		t.ask(at, "summary_no")
	case has(t.in.Text, "ya no", "no more", "not anymore") && has(t.in.Text, "dejelo", "dejalo", "leave it", "drop it"):
		return t.command(cmdCancel)
	case !has(t.in.Text, "mejor", "better", "rather", "best", "preferably", "prefiero", "dejelo", "dejalo"): // "neither" of the plans
		return false
	case CanSkip(at):
		t.skip(at)
		t.ask(t.c.Intake.next(), "")
	default:
		t.ask(at, problemOf(at))
	}
	return true
}
