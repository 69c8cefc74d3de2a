package bot

import (
	"regexp"
	"strings"
)

// command is a message, or a part of one, that steers the dialogue instead of answering it.
type command string

const (
	cmdBack     command = "back"
	cmdSkip     command = "skip"
	cmdCancel   command = "cancel"
	cmdOver     command = "over"
	cmdPerson   command = "person"
	cmdEnglish  command = "language:en"
	cmdSpanish  command = "language:es"
	cmdSend     command = "send"
	cmdWithdraw command = "withdraw" // takes back a request that was sent
)

// commands are matched against the whole folded message without courtesies, never inside a sentence: "I want to go back to work" is not a step back.
var commands = map[command][]string{
	cmdBack: {"back", "go back", "previous", "previous question", "last question", "go back one", "one back", "can i go back", "could i go back", "may i go back", "could we go back", "i want to go back", "let me go back", "can we go back", "take me back", "back up", "undo", "atras", "para atras", "volver", "volver atras", "regresar",
		"la anterior", "pregunta anterior", "ir atras", "regrese", "vuelva", "quiero regresar", "quiero volver", "puedo regresar", "puedo volver", "vamos para atras", "a la anterior", "regresa"},
	cmdSkip: {"skip", "skip it", "skip this", "skip this one", "skip that", "skip that one", "skip this question", "can i skip", "can i skip this", "can i skip that", "can i skip it", "can we skip this", "can we skip that", "let's skip it", "lets skip", "pass", "i pass", "i'll pass", "next", "next one", "next question", "i'd rather not say", "i would rather not say", "id rather not say", "i'd rather not", "id rather not", "rather not", "rather not say", "prefer not to say", "prefer not to", "i prefer not to",
		"i prefer not to say", "no comment", "i don't want to say", "i dont want to say", "don't want to say", "i don't want to answer", "i don't want to answer that", "none of your business", "not your business", "that's private", "idk just call me whatever", "call me whatever", "whatever you want", "do i have to answer", "not saying", "i won't say", "leave it blank", "not comfortable saying", "i'm not comfortable saying",
		"saltar", "salte", "saltarla", "saltar esta", "saltarme esta", "salteme esta", "saltela", "puedo saltar", "puedo saltarla", "omitir", "pasar", "paso", "siguiente", "la siguiente", "otra pregunta", "prefiero no decir", "prefiero no decirlo", "prefiero no contestar", "prefiero no responder", "prefiero no",
		"no quiero decir", "no quiero decirlo", "no quiero contestar", "no quiero contestar eso", "no quiero responder", "sin nombre", "anonimo", "anonima", "anonymous", "no name", "dejelo en blanco", "no lo quiero decir", "eso no le importa", "que le importa", "no le importa", "eso es privado", "llameme como quiera", "como quiera", "como usted quiera", "me da igual el nombre", "eso no lo digo", "no le quiero decir", "mejor no digo", "brincar", "brinquela", "skip porfa", "skipear", "me la salto", "next porfa"},
	cmdCancel: {"cancel", "cancel it", "cancel this", "cancel that", "cancel all", "cancel everything", "cancel the request", "cancel my request", "cancel request", "cancel the appointment", "cancel my appointment", "stop", "stop this", "quit", "exit", "never mind", "nevermind", "forget it", "forget about it", "forget the whole thing", "i changed my mind", "changed my mind", "i don't want to do this", "i don't want to do this anymore", "i don't want an appointment", "i don't want this anymore", "don't send it", "do not send it", "i want to cancel", "can i cancel", "please cancel my request",
		"cancelar", "cancele", "cancelen", "cancelo", "cancelalo", "cancelela", "cancelenla", "cancelar todo", "cancelar la solicitud", "cancelar mi solicitud", "cancele mi solicitud", "cancelen mi solicitud", "cancelar la cita", "cancele la cita", "cancelen la cita", "quiero cancelar", "quiero cancelarla", "olvidelo", "olvidalo", "ya no quiero", "ya no quiero la cita", "ya no quiero cita", "no quiero la cita", "ya no quiero nada", "ya no quiero seguir", "no quiero seguir", "parar", "pare", "me arrepenti", "cambie de opinion", "cambie de idea", "alto", "salir", "no la envie", "no lo envie", "no la mande", "no lo mande", "no la manden", "no lo manden", "no la mandes", "no mande nada", "no manden nada", "no envie nada"},
	cmdWithdraw: {"withdraw", "withdraw my request", "withdraw it", "delete it", "delete that", "delete this", "erase it", "remove it", "unsend it", "unsend", "take it off", "please delete it", "borrala", "borrela", "borralo", "borrelo", "borrenla", "borrenlo", "quitela", "eliminela", "eliminalo", "eliminala", "retirela", "take back my request", "take it back", "delete my request", "remove my request", "don't call me", "dont call me", "do not call me", "don't call me anymore", "do not call me anymore", "stop calling", "stop calling me", "don't call", "please don't call me", "don't call me back", "no more calls", "remove my number", "take my number off", "take me off", "take me off the list", "take me off your list", "delete my number", "unsubscribe", "opt out", "end", "revoke", "i don't want the call", "i don't want a call", "i don't want a call anymore", "i don't want you to call me", "i don't want you to call", "forget my request", "don't contact me", "do not contact me", "stop contacting me", "call it off", "i don't need the call anymore", "i don't want the appointment anymore", "i don't want the appointment",
		"retirar", "retirar mi solicitud", "retire mi solicitud", "quiero retirar mi solicitud", "borrar mi solicitud", "borre mi solicitud", "borren mi solicitud", "ya no me llamen", "no me llamen", "no me llame", "ya no me llame", "no me llamen mas", "que no me llamen", "dejen de llamarme", "deje de llamarme", "no llamen", "ya no llamen", "ya no quiero que me llamen", "no quiero que me llamen", "no quiero la llamada", "ya no quiero la llamada", "quiten mi numero", "quite mi numero", "borren mi numero", "borre mi numero", "saquenme de la lista", "quitenme de la lista", "no me contacten", "ya no me contacten", "baja", "darme de baja", "anular", "anule mi solicitud", "anular mi solicitud", "ya no quiero mi cita", "ya no necesito la llamada", "ya no necesito la cita", "no me busquen"},
	cmdOver: {"start over", "start again", "restart", "begin again", "from the beginning", "from the start", "start from scratch", "can we start over", "can i start over", "let's start over", "lets start over", "i want to start over", "let me start over", "do it over", "reset", "start fresh", "all over again", "scratch that, start over",
		"empezar de nuevo", "empezar otra vez", "empecemos de nuevo", "empecemos otra vez", "empiece de nuevo", "comenzar de nuevo", "comencemos de nuevo", "volver a empezar", "quiero empezar de nuevo", "vamos de nuevo", "desde el principio", "desde cero", "empezar desde cero", "de nuevo", "otra vez desde el principio", "reiniciar", "borre todo", "borrar todo", "podemos empezar de nuevo", "puedo empezar de nuevo", "volvamos a empezar"},
	cmdPerson: {"person", "a person", "human", "a human", "agent", "operator", "representative", "someone", "staff", "real person", "a real person", "talk to a person", "talk to someone", "speak to someone", "speak to a person", "talk to a human", "talk to a real person", "can i talk to someone", "can i talk to a person", "can i talk to a real person", "can i speak to someone", "i want to talk to a person", "i want to talk to someone", "i need to talk to someone", "i want a person", "live person", "live agent", "get me a person", "connect me to a person",
		"persona", "una persona", "humano", "un humano", "operador", "operadora", "representante", "alguien", "una persona real", "persona real", "gente", "hablar con una persona", "hablar con alguien", "quiero hablar con una persona", "quiero hablar con alguien", "puedo hablar con alguien", "puedo hablar con una persona", "necesito hablar con alguien", "quiero una persona", "con una persona", "paseme con alguien", "comuniqueme con alguien", "me comunica con alguien", "quiero hablar con una persona real"},
	cmdEnglish: {"english", "english please", "in english", "in english please", "speak english", "switch to english", "can we speak english", "can we do this in english", "ingles", "en ingles", "ingles por favor",
		"en ingles por favor", "cambie a ingles", "cambiar a ingles"},
	cmdSpanish: {"spanish", "spanish please", "in spanish", "in spanish please", "switch to spanish", "can we do this in spanish", "can we speak spanish", "espanol", "en espanol", "espanol por favor", "en espanol por favor", "spanish por favor", "spanish porfa",
		"hable espanol", "hableme en espanol", "cambiar a espanol", "cambie a espanol", "habla espanol por favor", "mejor en espanol", "podemos en espanol", "se puede en espanol", "puede ser en espanol"},
	cmdSend: {"send", "send it", "send it please", "yeah go ahead", "yes go ahead", "yeah send it", "yea send it", "sure send it", "sure go ahead", "send my request", "send the request", "submit", "submit it", "confirm", "i confirm", "confirmed", "that's right", "thats right", "that's correct", "looks good", "looks right", "everything's right", "everything is correct", "everything's good", "it all looks right", "yes that's right", "yes that is right", "look good", "all good", "all correct", "it's correct", "it's right", "correct", "everything is right", "everything looks good", "perfect", "go ahead", "go ahead and send it", "go ahead and send", "looks good send it", "yes send it", "yes send", "yes please send it", "yep send it", "ok send it", "good to go", "sounds good", "it's all correct", "it's all good", "that is right", "that is correct", "ship it", "please send it",
		"enviar", "se ve bien", "se ve todo bien", "manda", "mande", "envia", "mandale", "mandalo ya", "mandala ya", "envielo", "enviela", "enviar mi solicitud", "enviar solicitud", "envie", "envialo", "enviala", "mandelo", "mandela", "mandalo", "mandala", "mandar", "confirmar", "confirmo", "confirmado", "todo bien", "asi es", "si asi es", "todo correcto", "todo esta correcto", "si todo esta correcto", "todo esta bien", "esta bien asi", "esta bien", "esta correcto", "asi esta bien", "asi esta", "correcto", "perfecto", "si envielo", "si enviela", "si mandelo", "si mandela", "si enviar", "adelante", "listo", "esta todo bien", "si todo bien", "si esta bien", "si correcto", "todo en orden", "si envialo", "si enviala", "si mandala", "si mandalo", "dele", "dale", "send por favor", "mandenla", "envienla", "puede enviarla", "simon mandala", "simon mandela", "simon", "simon enviala", "andale mandala", "andale", "sale mandala", "mandala pues", "mandemela", "si mandenla", "orale mandala", "orale", "puede enviarlo", "ya enviela"},
}

var commandOf = func() map[string]command {
	m := map[string]command{}
	for c, list := range commands {
		for _, w := range list {
			m[w] = c
		}
	}
	return m
}()

// courtesies are taken away from both ends of a message before it is compared with the commands.
var courtesies = set("k kk alr aight espera espere aguante hold on please pls plz por favor porfa porfavor ok okay thanks thank you gracias actually sorry wait um uh oh ah no well just so bueno pues mejor ya yes si now ahora muchas hey hi hola disculpe perdon then entonces sir maam dear lo")

func commandIn(text string) command {
	f := fold(text)
	if f == "" || len(f) > 80 {
		return ""
	}
	if c, ok := commandOf[f]; ok {
		return c
	}
	words := strings.Fields(f)
	if len(words) > 10 {
		return ""
	}
	for from := 0; from < len(words); from++ {
		for to := len(words); to > from; to-- {
			if c, ok := commandOf[strings.Join(words[from:to], " ")]; ok && (c != cmdSend || !has(f, "no", "not", "don't", "dont")) {
				return c
			}
			if !courtesies[words[to-1]] {
				break
			}
		}
		if !courtesies[words[from]] {
			break
		}
	}
	return ""
}

// unwilling are the ways to say that one does not want to answer.
var unwilling = []string{"don't want to", "dont want to", "do not want to", "rather not", "prefer not", "not going to", "won't", "wont", "not telling", "not giving", "not gonna", "ain't telling", "ain't giving", "skip", "not comfortable", "no thanks to", "don't wanna", "dont wanna", "can't give", "cannot give", "can't share", "leave out", "leave blank", "don't feel like", "not ready to give", "keep my", "without giving",
	"no quiero", "no lo quiero", "no la quiero", "no se lo quiero", "prefiero no", "preferiria no", "quisiera no", "mejor no dar", "no voy a", "no te voy a", "no les voy a", "no le digo", "no les digo", "no te digo", "no se lo digo", "no deseo", "saltar", "saltarme", "omitir", "no me siento comod", "no puedo dar", "mejor no doy", "no doy", "no le voy a", "sin dar", "no me gusta dar", "brincar", "no pienso dar"}

// unwillingEnd ends a refusal that names nothing: it is about what was just asked.
var unwillingEnd = set("say answer that it this not share tell one decir decirlo decirle contestar eso responder esa esto contestarla give comfortable comoda comodo dar darlo darla")

// about names the step that a wish is about.
var about = []struct {
	step  StepID
	words []string
}{
	{StepVoicemail, []string{"voicemail", "voice mail", "mensaje de voz", "buzon", "voicemails"}},
	{StepText, []string{"text message", "text messages", "texts", "texting", "textos", "mensajes de texto", "mensaje de texto"}},
	{StepReach, []string{"number", "phone", "phone number", "cell", "email", "numero", "telefono", "celular", "correo", "contact"}},
	{StepName, []string{"name", "nickname", "nombre", "apodo"}},
	{StepTimes, []string{"time", "times", "hour", "hours", "when to call", "day", "hora", "horas", "horario", "dia", "cuando llamar"}},
	{StepLanguage, []string{"language", "interpreter", "idioma", "lenguaje", "interprete", "lengua"}},
	{StepCoverage, []string{"insurance", "coverage", "plan", "seguro", "cobertura", "aseguranza"}},
	{StepForWhom, []string{"who it's for", "who it is for", "who its for", "para quien"}},
}

var changes = []string{"change", "fix", "edit", "update", "correct", "made a mistake", "is wrong", "was wrong", "wrong", "redo", "got it wrong", "typo", "cambiar", "cambie", "cambio", "corregir", "corrija", "editar", "arreglar", "me equivoque", "esta mal", "mal escrito", "modificar", "actualizar", "cambiarle", "cambiemos", "equivocado", "equivocada", "equivoque"}

// otherTime is a wish for another time of the call that does not say which.
var otherTime = []string{"call me another day", "call another day", "call some other day", "call me some other day", "call me another time", "call another time", "call me at another time", "a different time", "a different day", "call me later", "call on another day",
	"llamar otro dia", "llamarme otro dia", "llamen otro dia", "llamar a otra hora", "llamarme a otra hora", "llamen a otra hora", "llamar en otro momento", "llamar mas tarde", "llamar despues", "otro dia mejor", "a otra hora", "llamar otra hora"}

func aboutStep(text string) StepID {
	for _, a := range about {
		if has(text, a.words...) {
			return a.step
		}
	}
	return ""
}

// commands finds what steers the dialogue inside a sentence: what shall be skipped, changed or dropped.
func (r *reading) commands(list []clause, pending StepID, corrected bool) {
	for i := range list {
		c := &list[i]
		text := fold(c.span(0, len(c.words)))
		if len(c.words) > 14 || c.allUsed() { // set aside, or a remark
			continue
		}
		step := aboutStep(text)
		cmd := commandIn(text)
		if cmd == "" && !c.asks && pending != "" && dropsIt.MatchString(text) {
			cmd = cmdCancel
		}
		if cmd == cmdCancel && len(list) > 1 && has(list[0].text, goesOn...) { // "never mind, I will type"
			c.useAll()
			continue
		}
		switch {
		case cmd == cmdSkip && pending != "" && pending != StepSummary:
			r.skip = append(r.skip, pending)
			c.useAll()
			c.asks = false
			continue
		case cmd == cmdCancel && len(list) > 1 && has(text, changedMind...): // "I changed my mind, you can leave a message"
			c.useAll()
			continue
		case (cmd == cmdCancel && text != "stop" && text != "end" || cmd == cmdOver || cmd == cmdBack || cmd == cmdWithdraw && pending != StepVoicemail && pending != StepText) && telling(list) <= 3 && r.fields.Phone == "":
			r.command = cmd
			c.useAll()
			c.asks = false
			continue
		case cmd == cmdSend && pending == StepSummary && !c.asks:
			r.command = cmd
			c.useAll()
			continue
		case cmd == cmdPerson && !courtesies[text] && len(strings.Fields(text)) > 1:
			r.command = cmd
			c.useAll()
			c.asks = false
			continue
		}
		if step == "" && pending != "" && pending != StepSummary && len(c.words) <= 9 && (has(text, unwilling...) && unwillingEnd[c.words[len(c.words)-1].fold] || has(text, "not comfortable", "not really comfortable", "uncomfortable", "no me siento comoda", "no me siento comodo", "me incomoda")) {
			r.skip = append(r.skip, pending)
			c.useAll()
			c.asks = false
			continue
		}
		if (step == "" || step == StepTimes) && pending == StepSummary && has(text, otherTime...) && r.change == "" {
			if _, _, ok := c.timesAt(false); !ok { // "can they call another day": which one is asked
				r.change = StepTimes
				c.useAll()
				c.asks = false
			}
			continue
		}
		if step == "" || pending == "" {
			continue
		}
		if has(text, unwilling...) && (step == StepReach || step == StepName || step == pending || has(text, "skip", "saltar", "omitir")) && step != StepVoicemail && step != StepText {
			r.skip = append(r.skip, step)
			c.useAll()
			c.asks = false
			continue
		}
		if has(text, changes...) && (step == StepVoicemail || step == StepText) { // "change voicemail to no"
			last := c.words[len(c.words)-1].fold
			if yesWords[last] || noWords[last] {
				if step == StepVoicemail {
					r.fields.Voicemail = new(yesWords[last])
				} else {
					r.fields.Text = new(yesWords[last])
				}
				c.useAll()
				continue
			}
		}
		if has(text, changes...) && r.change == "" {
			r.change = step
			c.asks = false
			for k := range c.words { // what follows "change the time to" is read on
				if w := c.words[k].fold; k+1 < len(c.words) && (w == "to" || w == "a" || w == "por" || w == "is" || w == "es") {
					if has(c.span(0, k), changes...) {
						c.use(0, k+1)
						if step == StepName {
							r.fields.Name = c.bareName()
						}
						break
					}
				}
			}
		}
	}
}

// changedMind alone drops the request; before something else it only takes back an answer.
var changedMind = []string{"changed my mind", "cambie de opinion", "cambie de idea", "me arrepenti"}

// dropsIt is a wish to drop the request at the end of a clause, and goesOn are words of somebody who only drops what was said last.
var (
	dropsIt = regexp.MustCompile(`\b(don't|dont|do not|no longer|don't think i|dont think i|don't believe i)( \S+){0,4} (want|need)( \S+){0,2} (appointment|appt|intake|request|visit)( anymore| any more| after all| now| thank you| thanks| please)*$|\b(ya no|no) (quiero|necesito|voy a querer|me interesa|hace falta)( \S+){0,2} (cita|llamada|solicitud|nada)( ya| gracias| por favor| despues de todo)*$`)
	goesOn  = []string{"type", "keep going", "continue", "go on", "carry on", "escribo", "escribir", "sigo", "sigamos", "seguimos", "seguir"}
)

// telling counts the clauses that say more than a courtesy.
func telling(list []clause) (n int) {
	for i := range list {
		if from, to := list[i].rest(); from < to || list[i].words[0].used {
			n++
		}
	}
	return n
}
