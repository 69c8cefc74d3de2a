package bot

import (
	"regexp"
	"strings"
)

// outsideDialogue reads a typed message while no step is pending: a request that starts with its answers, or a correction of one that was sent.
// It reports whether the turn is complete.
func (t *turn) outsideDialogue() bool {
	i := t.c.Intake
	r := understand(t.in.Text, "", i.Fields)
	if i.Confirmed {
		f := r.fields
		if sentUnasked.MatchString(fold(t.in.Text)) && t.withdraw(cmdWithdraw) {
			return true
		}
		if first, _, ok := strings.Cut(tidy(t.in.Text), ","); ok && len(strings.Fields(t.in.Text)) <= 12 && !asksSomething(t.in.Text) { // "cancel it, I want to think about it"
			if cmd := commandIn(first); (cmd == cmdCancel || cmd == cmdWithdraw) && t.withdraw(cmd) {
				return true
			}
		}
		if len(r.said) == 0 || r.asks != "" || !corrects(t.in.Text) && !has(t.in.Text, afterwards...) && f.Phone == "" && f.Email == "" && f.Voicemail == nil && f.Text == nil {
			return false
		}
		t.accept(StepConfirmed, r)
		t.hand(ReasonConfirmed)
		t.say(KeyBooked, map[string]string{"changed": "1"})
		return true
	}
	if t.callMe(r) {
		return true
	}
	if !starts(t.in.Text, r) {
		if t.in.Found != nil && !t.c.Minor && mayI.MatchString(fold(t.in.Text)) && books.MatchString(fold(t.in.Text)) && !has(t.in.Text, otherWish...) {
			switch _, dangerous := danger[t.in.Found[0].Label]; {
			case t.in.Found[0].Decision == FoundChoose || t.in.Found[0].Decision == FoundDecline || t.in.Found[0].Label == "oos-unclear": // "I'm a case manager, can I schedule an intake for a client"
				if t.foundDanger() {
					return true
				}
				t.accept("", understand(t.in.Text, beginning, i.Fields))
				t.begin()
				return true
			case t.in.Found[0].Decision == FoundAnswer && !dangerous: // "I lost my insurance, can I still get an appointment?": answered, then begun
				t.accept("", understand(t.in.Text, beginning, i.Fields))
				t.add(Event{Type: Asked, Step: t.c.Intake.next()})
			}
		}
		return false
	}
	if t.c.Minor {
		t.say(KeyMinor, nil, topicMinors)
		return true
	}
	if t.in.Found == nil { // looked up all the same: the entries may see danger in it, or a question beside it
		if r.asks != "" && r.fields.Phone+r.fields.Email != "" {
			t.want(r.asks)
		} else {
			t.want(t.in.Text)
		}
		return true
	}
	f := t.in.Found[0]
	if _, dangerous := danger[f.Label]; dangerous && f.Decision == FoundAnswer {
		return false
	}
	unsure := f.Decision == FoundChoose || f.Decision == FoundDecline || f.Label == "oos-unclear"
	if b := understand(t.in.Text, beginning, i.Fields); r.asks != "" && (f.Label == topicBooking || unsure || b.asks == "") && mayI.MatchString(fold(t.in.Text)) { // "can I schedule an intake for a client": asked for, not asked about
		if t.foundDanger() {
			return true
		}
		r = b
		r.asks = ""
	}
	if r.asks == "" {
		t.accept("", r)
		t.begin()
		return true
	}
	if r.fields.Phone+r.fields.Email == "" {
		return false
	}
	t.accept("", r)
	t.add(Event{Type: Asked, Step: t.c.Intake.next()})
	return false
}

// bookings are words of a message that is about an appointment.
var bookings = []string{"appointment", "appointments", "appt", "apt", "intake", "cita", "consulta", "evaluation", "a visit", "get in", "be seen", "start treatment", "empezar tratamiento", "empezar el tratamiento", "call me", "llamenme", "llameme", "me llamen", "callback", "call back", "sign me up", "me apunto", "apunteme", "apuntame", "anoteme", "anotame", "inscribame", "inscribirme"}

// books is a wish for an appointment in so many words, and otherWish what else may be wished about one.
var (
	books     = regexp.MustCompile(`\b(want|wants|wanna|need|needs|like|book|schedule|make|set (?:me |us |him |her )?up|get|request|arrange|quiero|quiere|quisiera|necesito|necesita|pedir|pidiera|pida|sacar|sacarle|hacer|hacerle|conseguirle|agendar|ocupo|urge|gustaria|solicito|solicitar|busco|hagan|hagame|deme|dame|den|ask for|consiga|consigan|consiguiera|conseguir|arreglar|arreglarme|arreglarle|dar|darme|darle|apunteme|apuntarme|signing up|signed up)( \S+){0,6} (appointment|appointments|apointment|appt|apt|intake|cita|sita|consulta|evaluation)\b|\b(me|nos|le|lo|la) (das|da|dan|daria|darian|consigues|consigue|haces|hace|agendas|agenda|sacas|saca|apuntas|apunta|regalas|regala)( \S+){0,3} cita\b|\b(puedo|podria|podemos) tener (una )?(cita|consulta)\b|\b(appointment|appt|intake|cita) (for|para) (me|my|mi|un|una|a|myself)\b|\b(needs?|wants?|trying|necesita|quiere) to (get in|be seen|get seen|start treatment)\b|\b(can|could|may) (i|we|he|she|my \S+) (please )?have (an|a) (appointment|visit|intake)\b`)
	otherWish = []string{"cancel", "missed", "reschedule", "miss", "late", "had", "cancelar", "perdi mi cita", "perdi la cita", "perdi una cita", "reprogramar", "falte", "bring", "llevar", "traer", "last appointment", "my appointment", "my intake", "mi cita", "mi intake", "next appointment", "know", "saber", "info", "information", "informacion", "how", "about", "confirm", "confirmar", "copy",
		"talk to", "speak to", "speak with", "hablar con", "move", "mover", "mover la cita", "cambiar", "won't", "wont", "refuses", "doesn't want", "no quiere", "change"}
)

// mayI is how people ask whether they can have one.
var mayI = regexp.MustCompile(`\b(can|could|may) (i|we|my|he|she)\b|\b(puedo|podria|podemos|puede|pueden|podrian)\b`)

// starts reports whether a message outside the dialogue begins one: it leaves a number, or wishes for an appointment.
func starts(text string, r reading) bool {
	if barely(text) {
		return true
	}
	if r.fields.Phone != "" || r.fields.Email != "" {
		return !has(text, "your number", "su numero", "is this your")
	}
	short := len(r.said) > 0 || r.asks == "" && len(strings.Fields(text)) <= 16
	return short && books.MatchString(fold(text)) && !has(text, otherWish...) || wishes(text)
}

// mentioned is one appointment named at all, and otherwise what makes it one that is or was: "I have an appointment", "without an appointment".
var (
	mentioned = regexp.MustCompile(`\b(appointment|appt|intake|cita|consulta)\b`)
	otherwise = regexp.MustCompile(`\b(no|not|don't|dont|didn't|didnt|without|sin|was|were|fue|tuve|tenia|have|has|got|tengo|tiene|had|after|before|despues|antes|during|durante|next|last|proxima|ultima|the|la|my|mi|your|su|if|si|when|cuando)\b`)
)

// wishes reports whether one sentence of a long message wishes for an appointment, and for nothing else: "... I think that I need an appointment."
func wishes(text string) bool {
	var now []string
	list := clauses(tidy(text))
	for i := range list {
		if len(now) > 0 && list[i].sentence != list[i-1].sentence {
			now = nil
		}
		if list[i].asks {
			now = nil
			continue
		}
		now = append(now, fold(list[i].span(0, len(list[i].words))))
		sentence := strings.Join(now, " ")
		if last := i+1 == len(list) || list[i+1].sentence != list[i].sentence; last && (books.MatchString(sentence) || mentioned.MatchString(sentence) && !otherwise.MatchString(sentence) && len(strings.Fields(sentence)) <= 12) && !has(sentence, otherWish...) {
			return true
		}
	}
	return false
}

// barely reports whether a message is nothing but the word for an appointment: "appt plz".
func barely(text string) bool {
	named := false
	for w := range strings.FieldsSeq(fold(text)) {
		switch {
		case w == "appointment" || w == "appointments" || w == "cita" || w == "intake" || w == "consulta":
			named = true
		case !fillers[w]:
			return false
		}
	}
	return named
}
