package bot

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// shorthand is what people type on phones, and what it stands for. None of these is a name.
var shorthand = map[string]string{
	"apt": "appointment", "appt": "appointment", "appts": "appointment", "appmt": "appointment", "plz": "please", "pls": "please", "u": "you", "ur": "your", "yr": "your", "r": "are", "b4": "before", "vm": "voicemail", "vms": "voicemails", "txts": "texts",
	"msg": "message", "msgs": "messages", "msj": "mensaje", "msjs": "mensajes", "mnsj": "mensaje", "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "2morrow": "tomorrow", "2moro": "tomorrow", "nite": "night", "nites": "nights", "2nite": "tonight", "tonite": "tonight", "thru": "through", "aft": "afternoon", "afts": "afternoons", "wknd": "weekend", "wknds": "weekends", "wkdays": "weekdays", "wkday": "weekday", "weds": "wednesday", "thurs": "thursday",
	"eng": "english", "engl": "english", "esp": "español", "span": "spanish", "ins": "insurance", "nvm": "never mind", "nm": "never mind", "np": "no problem", "thx": "thanks", "ty": "thanks", "abt": "about", "w/": "with", "w/o": "without", "w/e": "whatever", "bc": "because", "cuz": "because", "gd": "good", "wrk": "work", "hosp": "hospital", "sry": "sorry", "srry": "sorry", "nah": "no", "yea": "yes", "yeh": "yes",
	"ppl": "people", "info": "information", "addy": "address", "hubby": "husband", "wifey": "wife", "gf": "girlfriend", "bf": "boyfriend", "bro": "brother", "sis": "sister", "num": "number", "fone": "phone", "fon": "phone", "wen": "when", "wut": "what", "wat": "what", "hw": "how", "dont": "don't",
	"dsps": "después", "dspues": "después", "desp": "después", "xfa": "por favor", "xfavor": "por favor", "pf": "por favor", "xq": "porque", "pq": "porque", "tb": "también", "tmb": "también", "tbn": "también", "pa": "para", "nose": "no sé", "mñn": "mañana", "mñna": "mañana", "mnana": "mañana", "mñana": "mañana", "ta": "está", "toy": "estoy", "tan": "están", "aki": "aquí", "ke": "que", "pos": "pues", "ocupo": "necesito", "nomber": "number",
	"lun": "lunes", "mie": "miércoles", "mier": "miércoles", "miér": "miércoles", "jue": "jueves", "vie": "viernes", "sab": "sábado", "sáb": "sábado", "hno": "hermano", "hna": "hermana", "tel": "teléfono", "grax": "gracias", "grs": "gracias", "salu2": "saludos",
}

// nearNames are short forms that are also what people are called; they count only where no name is asked for.
var nearNames = set("bro sis ty sab ta tan pos ke pf nm ins gd desp pa yr apt info")

// shortAmong are short forms that depend on what stands beside them. Each pattern is written out in turn.
var shortAmong = []struct {
	form *regexp.Regexp
	long string
}{
	{regexp.MustCompile(`(?i)\b4 (a|an|the|our|him|her|us|self|me|my|myself)\b`), "for ${1}"},
	{regexp.MustCompile(`(?i)\b(like|want|wants|need|needs|have|has|going|trying|able|how|used|ready) 2 (\pL)`), "${1} to ${2}"},
	{regexp.MustCompile(`(?i)\bbtw (\d)`), "between ${1}"},
	{regexp.MustCompile(`(?i)\b(a|the|my|our|un|una|mi) pt\b`), "${1} patient"},
	{regexp.MustCompile(`(?i)^y (do|does|r|are|is|would|should|can|u|you)\b`), "why ${1}"},
	{regexp.MustCompile(`(?i)(\pL) n (\pL{2})`), "${1} and ${2}"},
	{regexp.MustCompile(`(?i)\bd (la|las|los|el|que|mi|\d)`), "de ${1}"},
	{regexp.MustCompile(`(?i)\bp (mi|la|las|los|el|una?)\b`), "para ${1}"},
	{regexp.MustCompile(`(?i)\bx (la|las|el|los|favor|fa|mi|texto|correo)\b`), "por ${1}"},
	{regexp.MustCompile(`(?i)\b(pa|para|por|lo|el|de|hay|es|ya|tengo|digo|creo|otro|a) [qk] `), "${1} que "},
	{regexp.MustCompile(`(?i)\b[qk] (es|hago|hacen|se|son|me|tengo|van|va|pasa|quiere|quieren|no|te|le|les|necesito|si)\b`), "que ${1}"},
}

// atStep are short forms that mean something only where a step waits for it.
var atStep = map[StepID]map[string]string{
	StepTimes:    {"am": "morning", "ams": "mornings", "pm": "afternoon", "pms": "afternoons", "mar": "martes", "dom": "domingo"},
	StepCoverage: {"mh": "masshealth", "mc": "medicare"},
}

// dictionary are words that the dialogue turns on and that people misspell. A word that nobody knows is read as the one of these that it is one slip
// away from, that it leaves out vowels of, or that sounds the same in Spanish.
var dictionary = strings.Fields("appointment appointments schedule insurance medicare masshealth medicaid uninsured morning mornings afternoon afternoons evening evenings nights tomorrow anytime whenever weekend weekends weekday weekdays monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays " +
	"english spanish portuguese voicemail voicemails message messages texting please myself husband boyfriend girlfriend daughter brother sister mother grandson nothing number patient interpreter private before without nevermind " +
	"cita quiero necesito quisiera cualquier cuando gracias despues temprano manana mananas tardes noches mediodia semana miercoles jueves viernes sabado domingo espanol ingles interprete mensaje mensajes textos seguro aseguranza ninguno ninguna numero telefono celular esposo esposa hermano hermana hijo hija novio novia pareja paciente enfermera tengo llamen llame quien quieren aceptan saltar cancelar contestadora nadie hablar hablo trabajo despues solamente llamar")

// known are words that need no mending: those of the lists by which the readers go.
var known = sync.OnceValue(func() map[string]bool {
	m := map[string]bool{}
	for _, s := range []map[string]bool{noName, notWho, fillers, leads, joins, openers, when, beforeWhen, hourLeads, places, callWord, hedges, never, plainTimes, relatives, asksFor, notFor, own, needs, yesWords, noWords, denials, allows, numberWords, speaks, hasPlan, courtesies,
		unwillingEnd, sendsWith, sounds, markers[EN], markers[ES], permits, titles, set(neighbours)} {
		for w := range s {
			m[w] = true
		}
	}
	for _, list := range [][]string{voicemailWords, textWords, unwilling, changes, corrections, providers, relativePhrases, whenPhrases, bookings, afterwards, wondersIfSent, dictionary} {
		for _, p := range list {
			for w := range strings.FieldsSeq(p) {
				m[w] = true
			}
		}
	}
	for _, p := range plans {
		for _, n := range p.names {
			for w := range strings.FieldsSeq(n) {
				m[w] = true
			}
		}
	}
	for w := range digitWords {
		m[w] = true
	}
	return m
})

// neighbours are words of their own that lie one slip from a word of the dictionary.
const neighbours = "bother patent impatient outpatient inpatient patience teams mourning warning scheduled schedules massage massages massaging privates privately domino jueces medicate medicated medicar medicarme pariente parientes quieto salvar soltar sitter sturdy testing wherever sacado trabaja trabaje hablas llamara llamaran llamas semanal enfermeria seguros interpret interpreta interpretar"

// spelling finds the word of the dictionary that a word stands for.
var spelling = sync.OnceValue(func() (s struct{ sounds, bones map[string]string }) {
	s.sounds, s.bones = map[string]string{}, map[string]string{}
	for _, w := range dictionary {
		s.sounds[sound(w)] = w
		if b := bones(w); len(b) >= 3 {
			s.bones[b] = w
		}
	}
	return s
})

// shortestMended is how many bytes a word must have to be taken for a slip.
const shortestMended = 4

// mend gives the word that a folded word is a slip of, or the word itself.
func mend(w string) string {
	if len(w) < shortestMended || known()[w] || languageNames()[w] != "" || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return w
	}
	s := spelling()
	if to := s.sounds[sound(w)]; to != "" {
		return to
	}
	if to := s.bones[bones(w)]; to != "" && len(w) < len(to) && w[0] == to[0] && leavesOut(w, to) {
		return to
	}
	if len(w) >= 6 {
		for _, to := range dictionary {
			if w[0] == to[0] && len(to) >= 6 && nearly(w, to) {
				return to
			}
		}
	}
	return w
}

var sameSound = strings.NewReplacer("qu", "k", "ce", "se", "ci", "si", "ch", "C", "c", "k", "z", "s", "v", "b", "ll", "y", "ge", "je", "gi", "ji", "h", "", "x", "s")

// sound writes a Spanish word as it is heard: "kiero" and "quiero", "sita" and "cita", "yamen" and "llamen" are the same.
func sound(w string) string {
	w = sameSound.Replace(w)
	var out []byte
	for i := range len(w) {
		if i == 0 || w[i] != w[i-1] {
			out = append(out, w[i])
		}
	}
	return string(out)
}

// bones are the letters of a word without vowels and doubles.
func bones(w string) string {
	var out []rune
	for _, r := range w {
		if !strings.ContainsRune("aeiou", r) && (len(out) == 0 || out[len(out)-1] != r) {
			out = append(out, r)
		}
	}
	return string(out)
}

// leavesOut reports whether a is b without some of its letters.
func leavesOut(a, b string) bool {
	i := 0
	for j := 0; i < len(a) && j < len(b); j++ {
		if a[i] == b[j] {
			i++
		}
	}
	return i == len(a)
}

// spellOut writes out the short forms of a message and mends slips in the words that the dialogue turns on, so that the readers need to know only one
// way to write them. What is stored is what was typed. Where a name is asked for, a short answer is left as it is, but for what can be no name.
func spellOut(text string, at StepID) string {
	if len(text) > 600 {
		return text
	}
	words := len(strings.Fields(text))
	short := at == StepName && words <= 3
	for _, s := range shortAmong {
		text = s.form.ReplaceAllString(text, s.long)
	}
	var out strings.Builder
	end := 0
	for _, m := range spelled(text) {
		w := text[m[0]:m[1]]
		bare := strings.TrimRight(w, ".,;:!?)\"")
		if !strings.ContainsFunc(bare, unicode.IsLetter) || strings.ContainsAny(bare, "@\\") {
			continue
		}
		f := strings.ToLower(bare)
		to := shorthand[f]
		if s := atStep[at][f]; s != "" && (at != StepTimes || len(f) > 2 || words <= 2) {
			to = s
		}
		switch {
		case to != "" && len(f) == 1 && isUpper(bare), to != "" && short && nearNames[f], to != "" && len(f) <= 4 && strings.ToUpper(bare[:1]) == bare[:1] && nearNames[f]:
			to = ""
		case to == "" && !short && len(bare) >= shortestMended && !(isUpper(bare) && m[0] > 0): // capitals inside a sentence are names
			folded := fold(bare)
			if mended := mend(folded); mended != folded {
				to = mended
			}
		}
		if to == "" {
			continue
		}
		out.WriteString(text[end:m[0]])
		out.WriteString(to)
		end = m[0] + len(bare)
	}
	out.WriteString(text[end:])
	return out.String()
}

// spelled finds where the words of a text begin and end.
func spelled(text string) (words [][2]int) {
	start := -1
	for i, r := range text {
		between := strings.ContainsRune(" \t\n\f\r,;!?()", r)
		switch {
		case between && start >= 0:
			words, start = append(words, [2]int{start, i}), -1
		case !between && start < 0:
			start = i
		}
	}
	if start >= 0 {
		words = append(words, [2]int{start, len(text)})
	}
	return words
}
