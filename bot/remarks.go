package bot

import (
	"regexp"
	"slices"
	"strings"
)

// StepRemarks names what a visitor said beside the questions: not to call at all, who must not know, which plan it is exactly. It is no question of
// the dialogue and not among [Steps]; the summary shows it, and staff heed it.
const StepRemarks StepID = "remarks"

// maxRemarks is how many characters of remarks are kept; the conversation holds the rest.
const maxRemarks = 300

var (
	// barsCalls is a whole clause that rules out calls of any kind: not those that name an hour or a place, which are times.
	barsCalls = regexp.MustCompile(`^(please |but |just |ok |and |so )*(don't|dont|do not|never|no|not|stop|rather not|can't take|cant take|i can't take|i cant take|i don't take|i dont want|i don't want|no more)( you| to)?( ever)? ?(call|calls|phone calls|a call|calling|phone|ring)( me| us)?( please| pls| ever| at all| though| ok| thanks| thank you)*$|` +
		`^(por favor |pero |mejor |ok |y |que )*(no|nunca|ni|sin)( me| nos)? (llamen|llame|llames|llamadas|llamada|marquen|marque|llamar|quiero llamadas|quiero que me llamen|me vayan a llamar|vayan a llamar)( por favor| porfa| porfis| nunca| gracias| mejor| ok)*$|^nada de llamadas$`)
	// onlyTexts asks for text messages and nothing else.
	onlyTexts = regexp.MustCompile(`^(please |ok |but |i want |i'd like )*((just|only) (text|texts|txt)( me| messages?)?|(text|texts|txt) (me )?only|text messages? only|only by text|by text only|just by text)( please| pls| ok)*$|` +
		`\b(text|txt) (me )?(instead|instead of (a )?(call|calls|calling)|rather than (call|calling|a call))( me)?\b|` +
		`^(por favor |mejor |ok |que )*((solo|nomas|nada mas|unicamente|solamente|puro|puros) (por )?(textos?|mensajes? de texto|texteenme|texteeme)|(por )?(textos?|mensajes? de texto) (solo|nomas|nada mas|unicamente|solamente)|(texteenme|texteeme) (nomas|nada mas))( por favor| porfa)*$|` +
		`\b(textos?|mensajes? de texto|texteenme|texteeme) en (vez|lugar) de (llamadas?|llamar|llamarme)\b`)
	// bareText asks for a text message beside a wish that rules out calls: "no llamen, texto".
	bareText = regexp.MustCompile(`^(just |only |please |mejor |solo |por |un |manden |mandenme |manden un )*(text|texts|txt|texto|textos|mensaje de texto|mensajes de texto|text me|txt me|texteenme|texteeme)( me| please| mejor| por favor| porfa| instead| only| nomas)*$`)
	// hides is a wish that somebody must not learn of this, or a warning that somebody reads or hears what comes.
	hides = regexp.MustCompile(`\b(don't|dont|do not|never|please don't|can't|cant|cannot|must not|not to) (tell|mention|say (anything|a word)|let) ?(\S+ )?(to )?(my|him|her|them|anyone|anybody|nobody|no one|the)\b|\b(my|our) \S+ (doesn't|doesnt|does not|can't|cant|cannot|must not|isn't supposed to|shouldn't|won't) (know|find out|see)\b|\b(he|she|they) (can't|cant|cannot|must not|mustn't|shouldn't) (know|find out|see|hear)\b|` +
		`\b(my \S+|he|she|they) (reads?|checks?|sees?|goes through|looks (at|through)|listens to|answers?|uses|has) (my|the) (phone|cell|texts|messages|mail|emails?|voicemails?|calls)\b|\bno (le |les |se lo |lo |le vayan a |les vayan a |se lo vayan a )+(digan|diga|digas|cuenten|cuente|comenten|avisen|decir|contar)\b|\bque no (lo |se )?(sepa|entere|enteren|sepan|den? cuenta)\b|\b(el|ella|mi \S+|mis \S+) no (lo |se )?(puede|pueden|debe|deben|tiene que|tienen que) (saber|saberlo|enterar|enterarse)\b|` +
		`\b(el|ella|mi \S+)( me)? (revisa|lee|ve|contesta|usa|agarra|chequea)( siempre)? (el|mi|mis|los) (telefono|celular|cel|mensajes|correos?|textos)\b`)
	// needsCare is how somebody must be spoken to, or picks up.
	needsCare = regexp.MustCompile(`\b(soy|estoy|es) (un poco |medio |bien )?(sord[oa]|cieg[oa])|\b(me )?(hablen|hable) (duro|fuerte|alto|despacio|claro)|\b(hard of hearing|i'm (a little )?deaf|speak (up|loud|loudly|slowly))\b|\b(i )?(don't|dont|won't|wont) (answer|pick up) (if|private|unknown|blocked|numbers)|\bno contesto (si|numeros?|cuando|privad[oa]s?)`)
	// allSaid ends a message and says nothing: "nada más".
	allSaid = regexp.MustCompile(`^(y |and |ok |bueno |pues )*(nada mas|na mas|eso es todo|es todo|that's all|thats all|that's it|thats it|nothing else)( gracias| thanks| thank you| por ahora)*$`)
	// tellStaff leads to something that staff shall know.
	tellStaff = regexp.MustCompile(`^(and |also |please |oh |but |well |ok |wait |y |pero |ah |oiga )*(tell (them|staff|the nurse|the clinic|whoever calls)|let (them|staff|the clinic) know|make (a )?note|note|you (forgot|missed|left out)|don't forget|dont forget|add|also put|put down|write down|pongale|ponle|pongan|apuntele|put|diganles?|digales?|diles?|avisen(les)?|aviseles|anote|apunte|agregue|anada|ponga tambien|le falto|les falto|falto|falta|se (le|les) olvido|no (se )?olviden?)( also| too)?( poner| agregar| anotar| to put| to add| down)?( that| about| to say| que| de)? (\S.*)$`)
	// nothingTold are words that alone make no remark.
	nothingTold = set("it that this one thing something anything everything all my me the a an name number phone email times time language insurance coverage plan text texts voicemail call nombre numero telefono correo hora idioma seguro plan mensaje texto buzon eso esto algo todo mi el la uno una")
)

// remarks reads what staff must heed and no question asks for. It goes before the readers of answers, so that "don't tell my husband" names nobody for
// whom something is asked and "text me, don't call" drops no request.
func (r *reading) remarks(list []clause, pending StepID, known Fields, begins bool) {
	if pending == "" && !begins && r.fields.Phone+r.fields.Email == "" {
		return
	}
	calls := false
	for i := range list {
		c := &list[i]
		if c.asks || len(c.words) > 14 {
			continue
		}
		switch said := fold(strings.Trim(clean(c.span(0, len(c.words))), " ")); {
		case onlyTexts.MatchString(said):
			calls = true
			r.fields.Text = new(true)
			c.useAll()
		case barsCalls.MatchString(said) && (r.fields.Phone+r.fields.Email != "" || len(list) > 1 || has(said, "at all", "nunca", "ever", "calls", "llamadas")): // alone, "don't call me" takes the request back
			calls = true
			c.useAll()
		case allSaid.MatchString(said):
			c.useAll()
		case hides.MatchString(said) || needsCare.MatchString(said):
			r.remark(c.span(0, len(c.words)))
			r.heedless(said, pending)
			c.useAll()
		}
	}
	if !calls {
		return
	}
	if r.fields.NoCalls = new(true); r.fields.Phone != "" || known.Phone != "" || begins {
		r.fields.Voicemail = new(false)
	}
	for i := range list {
		if c := &list[i]; !c.asks && r.fields.Text == nil && bareText.MatchString(fold(clean(c.span(0, len(c.words))))) {
			r.fields.Text = new(true)
			c.useAll()
		}
	}
}

// device is what somebody else looks at, whichever way is meant.
var device = regexp.MustCompile(`\b(phone|cell|messages|telefono|celular|cel|mensajes)\b`)

// heedless makes a no of a warning that somebody hears or reads what comes: to the way that it names, and to the one that was just asked about.
func (r *reading) heedless(said string, pending StepID) {
	asked := noWords[strings.Fields(said)[0]] || device.MatchString(said)
	if pending == StepVoicemail && asked || has(said, voicemailWords...) || has(said, "voicemails", "buzon") {
		r.fields.Voicemail = new(false)
	}
	if pending == StepText && asked || has(said, textWords...) {
		r.fields.Text = new(false)
	}
}

// told keeps what is left of a message that is said to be told to staff: "you forgot my AARP plan". A question is none.
func (r *reading) told(list []clause, pending StepID) {
	if pending == "" || pending == StepName {
		return
	}
	for i := range list {
		c := &list[i]
		if c.asks || len(c.words) < 2 || c.partUsed() {
			continue
		}
		m := tellStaff.FindStringSubmatch(fold(clean(c.span(0, len(c.words)))))
		if m != nil && r.change == "" && aboutStep(m[len(m)-1]) != "" && !slices.ContainsFunc(strings.Fields(m[len(m)-1]), func(w string) bool { return !nothingTold[w] && !fillers[w] }) { // "you forgot my insurance"
			r.change = aboutStep(m[len(m)-1])
			c.useAll()
			continue
		}
		if m == nil || !slices.ContainsFunc(strings.Fields(m[len(m)-1]), func(w string) bool { return !nothingTold[w] && !fillers[w] }) {
			continue
		}
		n := len(strings.Fields(m[len(m)-1]))
		r.remark(c.span(max(0, len(c.words)-n), len(c.words)))
		c.useAll()
	}
}

// exactly keeps the words in which a plan was named where they say more than its name: "AARP", "I think".
func (r *reading) exactly(c *clause, pending bool) {
	more := 0
	for _, w := range c.words {
		if !w.used && !fillers[w.fold] && !hasPlan[w.fold] && !yesWords[w.fold] && !plainTimes[w.fold] && !persons[w.fold] && !numberWords[w.fold] && w.fold != string(markPhone) && w.fold != string(markMail) {
			more++
		}
	}
	said := c.span(0, len(c.words))
	if m := tellStaff.FindStringSubmatch(fold(clean(said))); m != nil {
		said = c.span(max(0, len(c.words)-len(strings.Fields(m[len(m)-1]))), len(c.words))
	}
	if pending && (more > 0 && more <= 6 || has(said, insurers...)) && utf8Len(said) <= 80 && !corrects(said) && !has(said, changes...) {
		r.remark(said)
	}
}

// persons and what they do say nothing of a plan.
var persons = set("i i'm he he's she she's we they who my his her it el ella yo nosotros ellos mio suyo esta estoy tiene called llama llamado card tarjeta one now ahora insurance health medico")

// insurers are plans that "private" leaves out.
var insurers = []string{"blue cross", "bluecross", "bcbs", "tricare", "va", "harvard pilgrim", "tufts", "aetna", "cigna", "united healthcare", "unitedhealthcare", "united health", "humana", "point32", "kaiser", "anthem", "commonhealth", "careplus", "advantage"}

// remark adds to what staff shall know.
func (r *reading) remark(text string) {
	r.fields.Remarks = joinRemarks(r.fields.Remarks, clean(text))
}

// Quiet reports whether no call of any kind is wanted.
func (f Fields) Quiet() bool { return f.NoCalls != nil && *f.NoCalls }

// Heeds words all that staff must heed and no question asks for: noCalls, where no call is wanted, then the remarks.
func (f Fields) Heeds(noCalls string) string {
	switch {
	case !f.Quiet():
		return f.Remarks
	case f.Remarks == "":
		return noCalls
	}
	return noCalls + "; " + f.Remarks
}

// joinRemarks adds a remark to others, never twice and never beyond what is kept.
func joinRemarks(old, more string) string {
	switch {
	case more == "" || strings.Contains(fold(old), fold(more)):
		return old
	case old == "":
		return shorten(more)
	}
	return shorten(old + "; " + more)
}

func shorten(text string) string {
	if r := []rune(text); len(r) > maxRemarks {
		return string(r[:maxRemarks-1]) + "…"
	}
	return text
}
