package bot

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// problem is the end of a message key that says what was not understood at a step, "" if all is well.
type problem string

var digitRun = regexp.MustCompile(`[+(]?\d[\doO\s().\-–/]{4,}\d`)

// reach is the ways to reach a person that a message names.
type reach struct {
	phone, mail string
	problem     problem // digits that look like a number and are none
	part        string  // seven digits without an area code, or the last digits of a correction
	text        string  // the message with marks in their place
}

// reachIn takes the phone number and the email out of a text. Of two numbers it takes the one that is not ruled out by "not", and the last one
// where the visitor corrects himself.
func reachIn(text string) reach {
	r := reach{text: text}
	r.text, r.mail = takeMail(r.text)
	if strings.ContainsFunc(r.text, func(c rune) bool { return c > unicode.MaxASCII && unicode.IsDigit(c) }) {
		r.text = asciiDigits(r.text)
	}
	r.text = spokenDigits(r.text)
	var out strings.Builder
	end := 0
	for _, at := range digitRun.FindAllStringIndex(r.text, -1) {
		run := r.text[at[0]:at[1]]
		digits := digitsOf(run)
		if len(digits) > 22 { // more than two numbers in a row are none
			continue
		}
		num, err := phonenumbers.Parse(zeros(run), "US")
		valid := err == nil && len(digits) >= 10 && phonenumbers.IsValidNumber(num)
		switch {
		case valid:
		case len(digits) == 20 || len(digits) == 22: // two numbers with nothing but a space between
			half := len(digits) / 2
			num, err = phonenumbers.Parse(digits[:half], "US")
			if valid = err == nil && phonenumbers.IsValidNumber(num); !valid {
				continue
			}
		case len(digits) == 7 && !strings.ContainsAny(run, "/:"):
			r.problem, r.part = "phone_area", digits
			continue
		case len(digits) < 7 || len(digits) == 8 && strings.ContainsAny(run, "-/") && looksLikeDate(run):
			continue
		default:
			if r.problem == "" {
				r.problem = "phone"
			}
			continue
		}
		before := strings.Fields(fold(r.text[:at[0]]))
		tail := strings.Join(before[max(0, len(before)-2):], " ")
		ruledOut := strings.HasSuffix(" "+tail, " not") || strings.HasSuffix(" "+tail, " no") && len(before) > 1 && r.phone != "" || strings.HasSuffix(tail, "instead of") || strings.HasSuffix(tail, "vez de") || strings.HasSuffix(tail, "ya no")
		if r.phone != "" && strings.HasSuffix(tail, " no") && corrects(strings.TrimSuffix(fold(r.text[end:at[0]]), " no")) { // "0134, wait no, 0135"
			ruledOut = false
		}
		if !ruledOut && (r.phone == "" || corrects(r.text[end:at[0]]) || prefers.MatchString(fold(r.text[end:at[0]]))) {
			r.phone = phonenumbers.Format(num, phonenumbers.E164)
		}
		out.WriteString(r.text[end:at[0]])
		out.WriteString(" " + string(markPhone) + " ")
		end = at[1]
	}
	out.WriteString(r.text[end:])
	r.text = out.String()
	if m := inPieces.FindStringSubmatchIndex(r.text); r.phone == "" && m != nil && onlyLeads(r.text[m[3]:m[4]]) && onlyLeads(r.text[m[5]:m[6]]) { // "area code 508, then 555, and then 0143"
		if num, err := phonenumbers.Parse(digitsOf(r.text[m[2]:m[3]]+r.text[m[4]:m[5]]+r.text[m[6]:m[7]]), "US"); err == nil && phonenumbers.IsValidNumber(num) {
			r.phone = phonenumbers.Format(num, phonenumbers.E164)
			r.text = r.text[:m[2]] + " " + string(markPhone) + " " + r.text[m[7]:]
		}
	}
	if r.phone == "" && len(r.part) == 7 { // "area code 508, then 555 0143"
		if m := areaBefore.FindStringSubmatch(text); m != nil {
			if num, err := phonenumbers.Parse(m[1]+r.part, "US"); err == nil && phonenumbers.IsValidNumber(num) {
				r.phone = phonenumbers.Format(num, phonenumbers.E164)
				r.text = strings.TrimSpace(areaBefore.ReplaceAllString(text, " ") + " ")
				r.text = strings.TrimSpace(seven.ReplaceAllString(r.text, " "+string(markPhone)+" "))
			}
		}
	}
	if r.phone != "" {
		r.problem, r.part = "", ""
	}
	return r
}

var (
	areaBefore = regexp.MustCompile(`(?i)\b(?:area(?: code)?|c[oó]digo(?: de [aá]rea)?|[aá]rea)\D{0,12}(\d{3})\b`)
	seven      = regexp.MustCompile(`\d{3}[\s.-]?\d{4}`)
)

// numberOut takes back a phone number.
var numberOut = regexp.MustCompile(`\b(take|delete|remove|scratch|drop|forget|lose) (out |off )?(the|that|my) (phone |cell )?(number|phone|cell)\b|\b(not|don't use|dont use|don't call) (that|the|my) (number|phone|cell)\b|\binstead of (the|that|my) (phone|number)\b|\b(quite|quiten|borre|borren|saque|saquen|elimine|quita|borra|olvide) (el|ese|mi) (numero|telefono|celular)\b|\bno (use|usen|llamen a) (ese|el|mi) (numero|telefono|celular)\b|\ben (vez|lugar) del (numero|telefono)\b`)

func looksLikeDate(run string) bool {
	return strings.Count(run, "-") == 2 || strings.Count(run, "/") == 2
}

// zeros reads the letter o between digits as a zero.
func zeros(run string) string { return strings.NewReplacer("o", "0", "O", "0").Replace(run) }

func digitsOf(run string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'o' || r == 'O':
			return '0'
		case r >= '0' && r <= '9':
			return r
		}
		return -1
	}, run)
}

func asciiDigits(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return '0' + (r - '０')
		case r >= '٠' && r <= '٩':
			return '0' + (r - '٠')
		}
		return r
	}, text)
}

// takeMail finds an email in running text and puts a mark in its place.
func takeMail(text string) (rest, address string) {
	for w := range strings.FieldsSeq(text) {
		bare := strings.Trim(w, ".,;:<>()\"'!?¡¿[]")
		if !strings.Contains(bare, "@") || len(bare) > 120 {
			continue
		}
		a, err := mail.ParseAddress(bare)
		if err != nil {
			continue
		}
		if at := strings.LastIndex(a.Address, "@"); at > 0 && strings.Contains(a.Address[at:], ".") && !strings.HasSuffix(a.Address, ".") {
			return strings.Replace(text, bare, " "+string(markMail)+" ", 1), a.Address
		}
	}
	return text, ""
}

// PhoneShown writes an E.164 number as people here read it: "(508) 555-0143"; a foreign one with its country code.
func PhoneShown(e164 string) string {
	num, err := phonenumbers.Parse(e164, "US")
	if err != nil {
		return e164
	}
	if num.GetCountryCode() == 1 {
		return phonenumbers.Format(num, phonenumbers.NATIONAL)
	}
	return phonenumbers.Format(num, phonenumbers.INTERNATIONAL)
}

// reach takes over phone and email, unless they stand in a question about somebody else's number.
func (r *reading) reach(way reach, list []clause, pending StepID, known Fields, text string) {
	for i := range list {
		for k := range list[i].words {
			w := &list[i].words[k]
			if w.fold != string(markPhone) && w.fold != string(markMail) {
				continue
			}
			w.used = true
			if list[i].asks && has(list[i].span(0, len(list[i].words)), "your", "yours", "su", "sus", "ustedes", "clinic", "clinica") && !has(list[i].span(0, len(list[i].words)), "my", "mi") {
				way.phone, way.mail = "", ""
				continue
			}
			list[i].useLead(k)
		}
	}
	if way.phone == "" && way.problem == "" || way.phone == "" && way.part == "" {
		if fixed := mended(known.Phone, way.text); fixed != "" {
			way.phone, way.problem = fixed, ""
			for i := range list {
				list[i].useAll()
			}
		}
	}
	if way.phone != "" || way.mail != "" {
		r.fields.Phone, r.fields.Email = way.phone, way.mail
		return
	}
	if said := fold(text); pending == StepReach && way.problem == "" && (noPhone.MatchString(said) && !has(said, "call", "calls", "llamada", "llamadas", "llamen") || noneOfIt.MatchString(said)) {
		r.problem = "reach_none"
		eachAnswer(list, func(c *clause) { c.useAll() }) // "no phone till friday" is no time to call
		return
	}
	if pending == StepReach || pending == StepSummary || way.problem != "" && has(text, "number", "numero", "cell", "phone", "celular", "telefono", "call me at", "llamen al", "llameme al") {
		r.problem = way.problem
	}
}

// noPhone says that there is no phone or email to be reached by, and noneOfIt, as a whole answer, that there is none.
var (
	noPhone = regexp.MustCompile(`\b(no|don't have|dont have|do not have|haven't got|ain't got|without|lost|broke|sin|no tengo|perdi|me robaron|se me (rompio|perdio|dano)) ((a|my|any|no|the|el|mi|un|ningun|ni|working) )*(phone|cell|cellphone|email|telefono|celular|correo)\b|` +
		`\bmy (phone|cell) (is|got|was) (broken|off|dead|stolen|lost|cut off|shut off)\b|\bmi (telefono|celular) (esta (roto|apagado|cortado)|se (descompuso|perdio|rompio)|no (sirve|funciona))\b`)
	noneOfIt = regexp.MustCompile(`^(sorry |perdon |i |yo |pues )*(don't have|dont have|do not have|have no|no tengo)( a| an| any| one| it| either| none| ninguno| ninguna| nada| uno)*( right now| today| yet| now| ahora| todavia| ahorita)*$`)
)

// numberWords stand before a number or an email.
var numberWords = set("my number phone cell mobile home telephone tel celular cel casa numero telefono call reach me at on is it's its it the best way contact a by through to email mail e address correo electronico mi el es al por llamen llamenme llameme llame llamarme marqueme marquen pueden puede you can may use nuevo new correct right correcto should be try work's ext our nuestro su tengo este phone's cell's personal lo mejor via mejor here aqui write escribame escribanme send mande change cambie cambiar cambiemos actualice update")

// useLead marks the words that only led to a number: "mi numero es".
func (c *clause) useLead(at int) {
	for k := at - 1; k >= 0 && !c.words[k].used && numberWords[c.words[k].fold]; k-- {
		c.words[k].used = true
	}
	if at+1 < len(c.words) && c.words[at+1].fold == "ext" {
		c.use(at+1, min(len(c.words), at+3))
	}
}

// inPieces is a number told in three pieces, and onlyLeads reports whether what stands between two of them says nothing else.
var inPieces = regexp.MustCompile(`\b(\d{3})\b(?:\D{1,24})\b(\d{3})\b(?:\D{1,24})\b(\d{4})\b`)

func onlyLeads(between string) bool {
	for w := range strings.FieldsSeq(fold(between)) {
		if w != "then" && w != "and" && w != "luego" && w != "y" && w != "despues" && w != "entonces" && w != "next" && !numberWords[w] {
			return false
		}
	}
	return true
}

// prefers stands between two numbers of which the second is meant: "home is ... but use my cell ...".
var prefers = regexp.MustCompile(`\b(but|pero)\b.*\b(use|call|try|reach|usen|use|llamen|llame|marquen|best|better|prefer|prefiero)\b`)
