package bot

import (
	"regexp"
	"slices"
	"strings"
)

var (
	yesWords = set("yes afirmativo affirmative yeah yep yup yea ya sure ok okay fine y si sip claro bueno dale vale correcto absolutely definitely adelante desde seguro perfecto perfect")
	noWords  = set("no nope nah never n nunca jamas tampoco negative neither nel nop")
	denials  = set("no not don't dont never nope nah without neither nor nothing nunca jamas sin tampoco nada ningun ninguna ninguno ni prefiero_no can't cant cannot couldn't couldnt unable won't doesn't doesnt isn't")
	allows   = set("ok okay fine yes yeah yep yea sure can may allowed alright works good great better best prefer welcome leave si claro bien pueden puede podrian dejen deje mejor prefiero bueno perfecto acepto mandenme mandeme mande manden envienme envieme envien me just only please use all")
	doubts   = []string{"don't know", "dont know", "not sure", "maybe", "unless", "only if", "only when", "depends", "idk", "no se", "no estoy segura", "no estoy seguro", "depende", "tal vez", "quizas", "quiza", "solo si", "a menos que", "it depends", "i guess", "supongo", "ask my", "ask me", "preguntele", "pregunte"}
)

// yesOrNo reads a clear yes or no. Consent counts only when nothing speaks against it: "yes but no voicemail" and "I don't know" are neither.
func yesOrNo(text string) (answer, ok bool) {
	f := fold(text)
	words := strings.Fields(f)
	if len(words) == 0 || len(words) > 14 || has(text, doubts...) {
		return false, false
	}
	if has(text, "absolutely not", "definitely not", "of course not", "no way", "hell no", "not at all", "claro que no", "por supuesto que no", "para nada", "de ninguna manera", "ni loca", "ni loco", "ni modo que si", "sure not") {
		return false, true
	}
	if has(text, "no problem", "no problema", "sin problema", "no hay problema", "i don't mind", "i dont mind", "don't mind", "no me molesta", "no me importa", "why not", "por que no", "no worries") {
		return true, !has(text, "but", "pero")
	}
	yes, no := 0, 0
	for _, w := range words {
		switch {
		case yesWords[w]:
			yes++
		case noWords[w], w == "don't", w == "dont", w == "not", w == "nada", w == "ni", w == "ninguno":
			no++
		}
	}
	if yes == 0 && has(text, "that's fine", "thats fine", "sounds good", "of course", "go ahead", "go for it", "please do", "you can", "you may", "that works", "all right", "alright", "esta bien", "por supuesto", "como no", "si pueden", "pueden", "no hay problema", "de acuerdo", "por favor si", "esta perfecto") {
		yes++
	}
	if (yes > 0 || len(words) > 8) && has(text, "but", "pero") {
		return false, false
	}
	switch {
	case yes > 0 && no == 0 && len(words) <= 8:
		return true, true
	case no > 0 && yes == 0:
		return false, true
	case no > 0 && yes > 0 && (noWords[words[0]] || noWords[words[len(words)-1]]) && !yesWords[words[0]] && !yesWords[words[len(words)-1]]:
		return false, true // "no, that's ok"
	}
	return false, false
}

// justNo reports whether a message is a no and nothing more. It answers the direct question about danger, where "no aguanto más" must not.
func justNo(text string) bool {
	words := strings.Fields(fold(text))
	no := 0
	for _, w := range words {
		switch {
		case noWords[w]:
			no++
		case w != "thanks" && w != "thank" && w != "you" && w != "gracias" && w != "para" && w != "nada":
			return false
		}
	}
	return no > 0
}

// exclamations stand around a no that is nothing but a no.
var exclamations = set("oh good heavens god lord jesus my omg hell of course absolutely definitely goodness gracious dear please sir ma'am maam way not all at ay dios mio que va hombre mujer mijo mija claro ni para nada eso de ave maria virgen santo cielo gracias thanks thank you lol jaja no")

// flatNo reports whether a message is a no and nothing more, however it is exclaimed: "good heavens no".
func flatNo(text string) bool {
	if justNo(text) {
		return true
	}
	words := strings.Fields(fold(text))
	no := 0
	for _, w := range words {
		switch {
		case noWords[w] || w == "not" || w == "ni":
			no++
		case !exclamations[w]:
			return false
		}
	}
	return no > 0 && len(words) <= 8
}

// unsure reports whether a short message neither says yes nor no to the direct question about danger.
func unsure(text string) bool {
	return len(strings.Fields(fold(text))) <= 5 && has(text, "maybe", "i don't know", "i dont know", "idk", "sometimes", "kind of", "sort of", "a little", "i think so", "not sure", "probably",
		"no se", "tal vez", "quizas", "quiza", "a veces", "creo que si", "un poco", "puede ser", "mas o menos")
}

// Nouns of the two ways that need a consent of their own.
var (
	voicemailWords = []string{"voicemail", "voicemail's", "voicemails", "voice mail", "voice mails", "voice message", "voice messages", "answering machine", "the machine", "a machine", "vm", "leave a message", "leave me a message", "leave messages", "leave a msg", "leave message", "leave any message", "leave any messages", "leave anything", "leave nothing", "leave a note on",
		"mensaje de voz", "mensajes de voz", "buzon de voz", "correo de voz", "buzon", "contestadora", "recado", "recados", "grabado", "grabada", "grabacion", "grabar", "deje mensaje", "dejan mensaje", "dejan un mensaje", "dejan mensajes", "dejen mensaje", "dejar mensaje", "dejarme mensaje", "dejen mensajes", "dejar mensajes", "deje mensajes", "dejen un mensaje", "dejar un mensaje", "dejarme un mensaje", "deje un mensaje", "dejen ningun mensaje", "dejenme mensaje", "dejenme un mensaje", "dejeme mensaje", "dejeme un mensaje", "dejen nada", "deje nada", "dejar nada"}
	textWords = []string{"text message", "text messages", "text msg", "text", "text's", "texts", "texting", "txt", "txts", "sms", "texted",
		"mensaje de texto", "mensajes de texto", "textos", "texto", "textearme", "texteenme", "texteeme", "texteen", "textear", "texteo", "mensajito", "mensajitos", "mandenme mensaje", "mandenme mensajes", "mandeme mensaje", "mandar mensaje", "mandarme mensajes", "mandarme mensaje"}
)

var (
	// stops end a way of reaching somebody: "stop texting me".
	stops = regexp.MustCompile(`\b(stop|quit|avoid|cease|enough|hate|odio|(deje|dejen|deja|pare|paren|para) de|evite[n]?|ya no|basta de)\b`)
	// conditional is what would happen if they did: "if you leave a message", "si dejan mensaje". "Sí, dejen mensaje" is a yes.
	conditional = regexp.MustCompile(`\bif (you|they|u|anyone|anybody|someone|somebody) (ever )?(leaves?|texts?|sends?|txts?)\b|\bsi (me |nos )?(dejan|deja|mandan|manda|envian|envia|textean|textea)\b`)
	// fears say why not: somebody hears, sees or is afraid.
	fears = regexp.MustCompile(`\b(afraid|scares?|scared|scary|risky|dangerous|unsafe|kills?|killed|dead|freaks? out)\b|\b(he|she|they|husband|wife|boyfriend|girlfriend|mom|mother|dad|father|kids?|boss|roommate|partner|family)( will| would|'ll| can| could| might| may)? (sees?|hears?|reads?|finds?|checks?|listens|knows?)\b|` +
		`\b(miedo|peligro|peligros[oa]|arriesgad[oa]|me mata|muert[oa])\b|\b(marido|esposo|esposa|mujer|novio|novia|mama|papa|pareja|ella|jefe|hijos?|familia) (me )?(lo |la |los |las |se )*(oye|lee|ve|entera|revisa|escucha)\b|\b(lo|la|los|las) (oye|oyen|lee|leen|escuchan?)\b`)
)

// warns reports whether a clause that names a way says to stop it or tells what it would do, which is a no whatever else stands in it, and whether it only
// supposes it, which is no answer. What would happen may stand in the next clause: "text me and he kills me".
func (c *clause) warns(nouns []string, next *clause) (stop, warning, supposes bool) {
	if _, _, ok := c.any(nouns); !ok || c.asks {
		return false, false, false
	}
	said := fold(c.span(0, len(c.words)))
	if next != nil && next.sentence == c.sentence && !has(next.span(0, len(next.words)), append(slices.Clone(voicemailWords), textWords...)...) {
		said += " " + fold(next.span(0, len(next.words)))
	}
	return stops.MatchString(said), fears.MatchString(said), conditional.MatchString(said)
}

// consentIn reads a clear yes or no about voicemail or text messages out of a clause that names it. bare is true where it is only named. In a
// question only a no counts, or what is asked for outright: "can you text me instead?" is no clear yes.
func (c *clause) consentIn(nouns []string) (answer, clear, bare bool) {
	from, to, ok := c.any(nouns)
	if !ok {
		return false, false, false
	}
	rest := 0
	no, yes := false, false
	first, last := from, to
	if to < len(c.words) && (c.words[to].fold == "me" || c.words[to].fold == "only") && !c.denies(from) && !c.asks { // "text me"
		c.use(from, to+1)
		return true, true, false
	}
	start, stop := c.around(from, to)
	for i := start; i < stop; i++ {
		w := c.words[i].fold
		if c.words[i].used {
			continue
		}
		if i >= from && i < to {
			if w == "nothing" || w == "nada" || w == "ningun" {
				no = true
			}
			continue
		}
		switch {
		case i > to && i+1 < stop && (w == "if" || w == "si" || w == "cuando" || w == "when") && (denials[c.words[i+1].fold] || i+2 < stop && denials[c.words[i+2].fold]): // "déjenme mensaje si no contesto"
			stop = i
		case yes && (w == "just" || w == "nomas" || w == "only" || w == "solo"): // "vm ok just don't say why"
			stop = i
		case denials[w] || noWords[w]:
			no = true
			first, last = min(first, i), max(last, i+1)
		case allows[w] || yesWords[w]:
			yes = true
			first, last = min(first, i), max(last, i+1)
		case !fillers[w]:
			rest++
		}
	}
	if has(c.span(from, to), "leave", "deje", "dejen", "dejenme", "dejeme", "mandenme", "mandeme", "texteenme", "texteeme", "texting") {
		yes = true
	}
	span := c.span(start, stop)
	if has(span, doubts...) {
		return false, false, false
	}
	if has(span, "no problem", "no hay problema", "sin problema", "don't mind", "no me molesta", "no me importa") {
		no, yes = false, true
	}
	switch {
	case no:
		c.use(first, last)
		return false, true, false
	case yes && !c.asks && rest <= 6:
		c.use(first, last)
		return true, true, false
	case rest == 0:
		c.use(from, to)
		return false, false, true
	}
	return false, false, false
}

var calls = set("call calls llamen llame llamar marquen english spanish espanol ingles")

// around gives the words near a noun that may say yes or no to it: not those beyond the other noun, or beyond another wish ("no llamen").
func (c *clause) around(from, to int) (start, stop int) {
	start, stop = from, to
	for start > 0 && from-start < 6 && !c.words[start-1].used && !calls[c.words[start-1].fold] {
		start--
	}
	for stop < len(c.words) && stop-to < 6 && !c.words[stop].used && !calls[c.words[stop].fold] {
		stop++
	}
	if stop < len(c.words) && calls[c.words[stop].fold] && stop > to && denials[c.words[stop-1].fold] { // "texts ok dont call ..."
		stop--
	}
	for _, nouns := range [][]string{voicemailWords, textWords} {
		for _, n := range nouns {
			for i := start; i < stop; i++ {
				if c.words[i].fold != n || i >= from && i < to {
					continue
				}
				if i < from {
					start = i + 1
				} else {
					stop = i
					if stop > to && denials[c.words[stop-1].fold] { // "voicemail ok no texts"
						stop--
					}
				}
			}
		}
	}
	return start, max(stop, to)
}

// consents reads yes and no to voicemail and text messages wherever they are named, and takes the words of both.
func (r *reading) consents(list []clause, pending StepID, _ Fields, _ bool) {
	said := map[StepID]*bool{}
	named, warned := map[StepID]int{}, map[int]bool{}
	for i := range list {
		var next *clause
		if i+1 < len(list) {
			next = &list[i+1]
		}
		for _, way := range []struct {
			step  StepID
			nouns []string
		}{{StepVoicemail, voicemailWords}, {StepText, textWords}} {
			stop, warning, supposes := list[i].warns(way.nouns, next)
			if stop || warning {
				said[way.step] = new(false)
				if warned[i] = true; warning { // staff must know why
					r.remark(list[i].span(0, len(list[i].words)))
					if next != nil && next.sentence == list[i].sentence && fears.MatchString(fold(next.span(0, len(next.words)))) {
						r.remark(next.span(0, len(next.words)))
						warned[i+1] = true
					}
				}
				continue
			}
			yes, clear, bare := list[i].consentIn(way.nouns)
			switch {
			case yes && supposes:
			case clear && said[way.step] == nil:
				said[way.step] = new(yes)
			case bare && !list[i].asks:
				named[way.step] = i + 1
			}
		}
	}
	for i := range warned {
		list[i].useAll()
	}
	for step, at := range named { // "no voicemail or texts": the second goes with the first
		other := StepText
		if step == StepText {
			other = StepVoicemail
		}
		if said[step] == nil && said[other] != nil && !*said[other] && at > 1 {
			said[step] = new(false)
		}
	}
	if said[StepVoicemail] == nil && said[StepText] == nil {
		for i := range list {
			if from, to, ok := list[i].any(noMessages); ok { // neither kind is named: both are meant
				list[i].use(from, to)
				if pending != StepText {
					said[StepVoicemail] = new(false)
				}
				if pending != StepVoicemail {
					said[StepText] = new(false)
				}
			}
		}
	}
	if said[StepVoicemail] == nil && said[StepText] != nil && !*said[StepText] { // "no messages no texts": both are meant
		for i := range list {
			if all := fold(list[i].span(0, len(list[i].words))); has(all, noMessages...) && !has(all, "mensajes de texto", "mensaje de texto", "text messages", "text message") {
				said[StepVoicemail] = new(false)
			}
		}
	}
	if said[StepVoicemail] != nil {
		r.fields.Voicemail = said[StepVoicemail]
	}
	if said[StepText] != nil {
		r.fields.Text = said[StepText]
	}
}

// noMessages rule out messages of either kind.
var noMessages = []string{"no messages", "no message", "no msgs", "don't leave or send messages", "no mensajes", "no mensaje", "sin mensajes", "ningun mensaje", "nada de mensajes", "no quiero mensajes", "no me manden mensajes"}
