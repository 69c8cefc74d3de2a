package bot

import (
	"regexp"
	"slices"
	"strings"
)

// A short question often means what was spoken of before: "and does it cover groups?" after "I have Medicare". The entries are then asked twice, with
// the words as they came and with what they refer to, and the better answer counts.

// subjects name what an entry is about, by the beginning of its slug, in words that the entries know.
var subjects = []struct {
	slug string
	name map[Lang]string
	also []string
}{
	{"group-", map[Lang]string{EN: "group therapy", ES: "terapia de grupo"}, []string{"group", "groups", "grupo", "grupos"}},
	{"methadone-", map[Lang]string{EN: "methadone", ES: "metadona"}, nil},
	{"buprenorphine-", map[Lang]string{EN: "Suboxone", ES: "Suboxone"}, []string{"buprenorphine", "buprenorfina", "sublocade"}},
	{"naltrexone-", map[Lang]string{EN: "Vivitrol", ES: "Vivitrol"}, []string{"naltrexone", "naltrexona"}},
	{"naloxone-", map[Lang]string{EN: "Narcan", ES: "Narcan"}, []string{"naloxone", "naloxona"}},
	{"mat-", map[Lang]string{EN: "treatment with medicine", ES: "tratamiento con medicamento"}, []string{"mat"}},
	{"withdrawal-", map[Lang]string{EN: "withdrawal", ES: "abstinencia"}, []string{"withdrawals", "malilla"}},
	{"detox-", map[Lang]string{EN: "detox", ES: "desintoxicación"}, nil},
	{"intake-", map[Lang]string{EN: "first visit", ES: "primera visita"}, []string{"first day", "appointment", "cita", "intake"}},
	{"start-", map[Lang]string{EN: "starting treatment", ES: "empezar el tratamiento"}, []string{"start", "empezar"}},
	{"take-home-", map[Lang]string{EN: "take-home doses", ES: "dosis para llevar a casa"}, []string{"take homes", "take home", "doses", "dosis"}},
	{"counseling-", map[Lang]string{EN: "counseling", ES: "consejería"}, []string{"counselor", "therapist", "consejero", "consejera", "terapeuta"}},
	{"telehealth-", map[Lang]string{EN: "video visits", ES: "visitas por video"}, []string{"telehealth"}},
	{"transportation-", map[Lang]string{EN: "ride", ES: "transporte"}, []string{"rides", "bus", "van", "transportation", "autobus"}},
	{"drug-testing-", map[Lang]string{EN: "drug test", ES: "prueba de drogas"}, []string{"urine", "orina", "drug tests", "test", "prueba"}},
	{"language-", map[Lang]string{EN: "interpreter", ES: "intérprete"}, []string{"spanish", "interpreters", "english", "espanol"}},
	{"forced-", map[Lang]string{EN: "Section 35", ES: "Section 35"}, nil},
	{"pregnancy-", map[Lang]string{EN: "pregnant", ES: "embarazada"}, []string{"pregnancy", "baby", "embarazo", "bebe"}},
	{"kratom-", map[Lang]string{EN: "kratom", ES: "kratom"}, nil},
	{"medicare-masshealth", map[Lang]string{EN: "Medicare and MassHealth", ES: "Medicare y MassHealth"}, nil},
	{"medicare-", map[Lang]string{EN: "Medicare", ES: "Medicare"}, nil},
	{"masshealth-", map[Lang]string{EN: "MassHealth", ES: "MassHealth"}, nil},
	{"other-insurance", map[Lang]string{EN: "private insurance", ES: "seguro privado"}, nil},
	{"cost-without", map[Lang]string{EN: "no insurance", ES: "sin seguro"}, nil},
}

// payers name a coverage.
var payers = map[string]map[Lang]string{
	"medicare": {EN: "with Medicare", ES: "con Medicare"}, "masshealth": {EN: "with MassHealth", ES: "con MassHealth"}, "both": {EN: "with both Medicare and MassHealth", ES: "con Medicare y MassHealth los dos"},
	"private": {EN: "with private insurance", ES: "con seguro privado"}, "none": {EN: "without insurance", ES: "sin seguro"},
}

var (
	// money asks what something costs or who pays for it.
	money = regexp.MustCompile(`\b(how much|cost|costs|price|pay|pays|paid|copay|free|charge|charges|afford|expensive|cover|covers|covered|bill|cuanto (cuesta|cuestan|vale|cobran|pago|pagaria|sale|es|seria)|cuesta|cobran|pago|pagar|gratis|precio|caro|cubre|cubren|cubierto|cubierta|copago)\b`)
	// points refers to something said before.
	points = regexp.MustCompile(`^(and|also|what about|how about|y|ademas|que tal|pero|but)\b|\b(it|that|this|those|these|they|them|one|eso|esa|ese|esto|esos|esas)\b|^(cuanto (dura|tiempo)|funciona|es seguro|es segura|duele|cada cuanto|es obligatorio|es obligatoria|tengo que ir|como funciona|como es|como se toma)\b`)
	// another asks the same for somebody else: "and for my son?".
	another = regexp.MustCompile(`^(and |what about |how about |y |pero |but )?(for |with |about |para |con |si es para |if it's for |if its for |what if it's for )?(my|mi|our|nuestro|nuestra) (\S+)( too| also| tambien)?$`)
)

// context is what a short question refers to, "" if it says all that is needed itself.
func (t *turn) context(text string) string {
	f := fold(text)
	if n := len(strings.Fields(f)); n == 0 || n > 9 || t.in.Choice != "" || namesPlan(f) {
		return ""
	}
	if money.MatchString(f) {
		if payer := t.c.payer(); payers[payer] != nil {
			return payers[payer][t.heard]
		}
	}
	if !points.MatchString(f) || len(t.c.Topics) == 0 {
		return ""
	}
	if ownSubject(f) != "" {
		return ""
	}
	for _, topic := range t.c.Topics {
		if subject := subjectOf(topic, t.heard); subject != "" {
			return subject
		}
	}
	return ""
}

func subjectOf(slug string, l Lang) string {
	for _, s := range subjects {
		if strings.HasPrefix(slug, s.slug) {
			return s.name[l]
		}
	}
	return ""
}

// ownSubject is the beginning of the slugs of what a text names itself, "" if it names nothing.
func ownSubject(folded string) string {
	for _, s := range subjects {
		for _, name := range s.name {
			if has(folded, fold(name)) {
				return s.slug
			}
		}
		if has(folded, s.also...) {
			return s.slug
		}
	}
	return ""
}

// likeBefore answers "and methadone?" with the entry of the same kind as the last one: what was said of one medicine is asked of another.
func (t *turn) likeBefore(f Finding) Finding {
	text := fold(t.in.Text)
	if f.Decision != FoundChoose || len(t.c.Topics) == 0 || len(strings.Fields(text)) > 5 || !points.MatchString(text) || t.in.Choice != "" {
		return f
	}
	own := ownSubject(text)
	for _, topic := range t.c.Topics {
		kind := strings.TrimPrefix(topic, family(topic))
		if own != "" && kind != topic && slices.Contains(f.Topics, own+kind) {
			f.Decision, f.Label = FoundAnswer, own+kind
			return f
		}
	}
	return f
}

// family is the beginning of a slug that it shares with the entries about the same thing.
func family(slug string) string {
	for _, s := range subjects {
		if strings.HasPrefix(slug, s.slug) {
			return s.slug
		}
	}
	return slug
}

func namesPlan(folded string) bool {
	for _, p := range plans {
		if p.code != "none" && has(folded, p.names...) || p.code == "none" && has(folded, "insurance", "seguro", "aseguranza", "uninsured") {
			return true
		}
	}
	return false
}

// payer is the coverage that the visitor has named, in the request or before it, "" if none.
func (c *Conversation) payer() string {
	if c.Intake.Fields.Coverage != "" {
		return c.Intake.Fields.Coverage
	}
	heard := 0
	for i := len(c.Lines) - 1; i >= 0 && heard < 20; i-- {
		l := &c.Lines[i]
		if l.From != FromVisitor {
			continue
		}
		if heard++; heard == 1 { // this line
			continue
		}
		if l.Choice != "" {
			continue
		}
		var codes []string
		for _, c := range clauses(tidy(l.Text)) {
			codes = append(codes, c.coveragesIn(false, true)...)
			for _, p := range plans {
				if p.code != "none" && has(c.span(0, len(c.words)), p.names...) && !c.denies(len(c.words)) {
					codes = append(codes, p.code)
				}
			}
		}
		if code := coverageOf(codes); code != "" {
			return code
		}
	}
	return ""
}

// better picks between what was found for a short question alone and for it with what it refers to. What was answered just now is not given again.
func (t *turn) better(alone, whole Finding) Finding {
	if IsEmergency(alone.Label) || IsEmergency(whole.Label) || alone.Decision == FoundAct || alone.Decision == FoundOutside && alone.Label != "oos-unclear" {
		return alone
	}
	told := func(slug string) bool { return slices.Contains(t.c.Topics, slug) }
	near := func(slug string) bool {
		return slices.ContainsFunc(t.c.Topics, func(s string) bool { return family(s) == family(slug) })
	}
	payer := money.MatchString(fold(t.in.Text))
	answered := alone.Decision == FoundAnswer
	if payer && answered && alone.Confidence >= surely && !aboutPaying.MatchString(alone.Label) { // "do you pay for rides?" names what it asks about
		return alone
	}
	if whole.Decision == FoundAnswer && len(t.c.Topics) > 0 && whole.Label == t.c.Topics[0] && alone.Label != whole.Label { // the words it refers to alone find what was just said
		return alone
	}
	switch {
	case whole.Decision == FoundAnswer && (!answered || alone.Label == "coverage-check" && payer),
		whole.Decision == FoundAnswer && !told(whole.Label) && (near(whole.Label) || whole.Confidence >= alone.Confidence):
		return whole
	case whole.Decision != FoundChoose || len(whole.Topics) == 0:
		return alone
	case !answered:
		if rest := slices.DeleteFunc(slices.Clone(whole.Topics), told); len(rest) >= 2 {
			whole.Topics = rest
		}
		return whole
	case near(whole.Topics[0]) && !told(whole.Topics[0]) && !near(alone.Label) && has(t.in.Text, "it", "that", "eso", "esto"): // "how long is it?" after group therapy: either may be meant
		return Finding{Decision: FoundChoose, Topics: []string{whole.Topics[0], alone.Label}, Confidence: whole.Confidence}
	}
	return alone
}

// forAnother answers "and for my son?": how to help somebody, and where money was spoken of, what is paid for that person. It reports whether it did.
func (t *turn) forAnother() bool {
	m := another.FindStringSubmatch(fold(t.in.Text))
	if m == nil || !relatives[m[4]] || t.in.Choice != "" || len(t.c.Topics) == 0 || m[1] == "" && m[2] == "" {
		return false
	}
	topics := []string{"help-for-loved-one", "family-support-groups"}
	switch last := t.c.Topics[0]; {
	case aboutPaying.MatchString(last):
		topics = []string{"coverage-check", "help-for-loved-one"}
	case family(last) == "group-":
		topics = []string{"help-for-loved-one", "group-therapy-how-to-join", "group-therapy-family"}
	}
	t.say(KeyChoose, map[string]string{"why": "another"}, topics...)
	t.resume()
	return true
}

// aboutPaying are the entries on who pays what.
var aboutPaying = regexp.MustCompile(`^(medicare-|masshealth-|other-insurance|cost-without|coverage-check|prior-auth)`)
