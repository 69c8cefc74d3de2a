package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// nameLeads stand before a name; the longest that fits counts.
var nameLeads = []string{"my name is", "my name's", "my names", "my name es", "the name is", "the name's", "name is", "name's", "the name should be", "name should be", "name to", "nombre a", "name",
	"you can call me", "just call me", "people call me", "everyone calls me", "everybody calls me", "they call me", "friends call me", "my friends call me", "call me", "i go by", "goes by", "folks call me", "todos me dicen", "me dicen todos", "me dicen de carino", "puede usar", "pueden usar", "i'm called", "just put", "put down", "put", "you can use", "refer to me as",
	"me llamo", "mi nombre es", "mi nombre seria", "mi name es", "mi nombre", "nombre es", "el nombre es", "me dicen", "me puede decir", "me pueden decir", "puede decirme", "pueden decirme", "me puede llamar", "me pueden llamar", "puede llamarme", "pueden llamarme",
	"solo pongan", "pongan", "pongan me", "pongale la", "pon", "ponle", "ponme", "anota", "apunta", "anote", "apunte", "digame", "diganme", "dime", "llameme", "llamame", "ponga", "pongame", "pongale", "apunteme como", "me conocen como", "le dicen", "nombre"}

// shyLeads stand before a name, and before much else.
var shyLeads = []string{"this is", "i am", "i'm", "im", "it is", "it's", "its", "yo soy", "soy", "habla", "es"}

// ledName reads a name behind words that announce one, anywhere: "you can call me T". It gives "" where none is announced.
// pending: the name was just asked for; elsewhere "I'm" and "it's" lead to much else.
func (c *clause) ledName(shy, pending, corrected bool) string {
	leads := nameLeads
	if shy {
		leads = shyLeads
	}
	for _, lead := range leads {
		from, to := c.find(lead)
		if from < 0 {
			continue
		}
		for !shy && to+1 < len(c.words) && (c.words[to].fold == "nomas" || c.words[to].fold == "just" || c.words[to].fold == "solo" || c.words[to].fold == "simplemente") { // "dígame nomás Yoli"
			to++
		}
		n := c.nameWords(to)
		if n == 0 && !shy && to < len(c.words) && relatives[c.words[to].fold] && !namePronouns[c.words[to].fold] && isUpper(c.span(to, to+1)) { // "call me Mama Bear"
			n = 1 + c.nameWords(to+1)
		}
		if n == 0 && !shy && to+1 == len(c.words) && utf8Len(c.words[to].fold) == 1 && strings.ContainsFunc(c.words[to].fold, unicode.IsLetter) { // "just put x"
			n = 1
		}
		if n == 0 && !shy && to+1 < len(c.words) && (c.words[to].fold == "el" || c.words[to].fold == "la") && isUpper(c.span(to+1, to+2)) { // "dígame el Güero"
			n = 1 + c.nameWords(to+1)
		}
		if n == 0 && !shy && to+2 == len(c.words) && (c.words[to].fold == "el" || c.words[to].fold == "la") && utf8Len(c.words[to+1].fold) == 1 { // "pongan la K"
			n = 2
		}
		if n == 0 && to+1 == len(c.words) && alsoNames[c.words[to].fold] && isUpper(c.span(to, to+1)) { // "I'm Will"
			n = 1
		}
		if n == 0 {
			continue
		}
		next := ""
		if to+n < len(c.words) {
			next = c.words[to+n].fold
		}
		if shy && (c.isLanguage(to) || from > 0 && !fillers[c.words[from-1].fold] && c.words[from-1].fold != "no") {
			continue
		}
		switch lead {
		case "call me", "name", "nombre", "put", "ponga", "llameme", "mi nombre", "le dicen", "dime":
			if n > 3 {
				continue
			}
		case "es", "it's", "its", "it is":
			if n > 3 || !pending && !(corrected && isUpper(c.span(to, to+n))) {
				continue
			}
		case "soy", "i am", "i'm", "im", "this is", "yo soy", "habla":
			// "I'm Ana from Hyannis" is a name, "soy alérgica" is none: the words that follow tell them apart only so far.
			if n > 3 || !pending && !isUpper(c.span(to, to+n)) || next == "of" || next == "with" && n == 1 && !isUpper(c.span(to, to+n)) {
				continue
			}
		}
		name := c.span(to, to+n)
		if strings.ContainsAny(name, notInNames) {
			continue
		}
		c.use(from, to+n)
		return name
	}
	return ""
}

// plainlyNamed reads a name in small letters where the dialogue waits: "im jay", "i said jay", "soy kevin quiero cita". Only one word is taken, and
// none that says how somebody is.
func (c *clause) plainlyNamed() string {
	for _, lead := range []string{"i told you", "i told u", "i said", "told you", "like i said", "ya le dije que", "ya le dije", "ya te dije", "ya dije", "le dije que", "le dije", "yo soy", "soy", "i'm", "im", "i am", "this is"} {
		from, to := c.find(lead)
		if from < 0 || to >= len(c.words) || from > 0 && !fillers[c.words[from-1].fold] && c.words[from-1].fold != "no" {
			continue
		}
		for to+1 < len(c.words) && (c.words[to].fold == "its" || c.words[to].fold == "it's" || c.words[to].fold == "im" || c.words[to].fold == "i'm" || c.words[to].fold == "soy" || c.words[to].fold == "es") {
			to++
		}
		if c.nameWords(to) != 1 && c.nameWords(to) != 2 || !c.whoAt(to) {
			continue
		}
		n := 1
		if c.nameWords(to) == 2 { // "soy kevin rivera" only at the end
			if to+2 != len(c.words) || !c.whoAt(to+1) {
				continue
			}
			n = 2
		}
		if to+n < len(c.words) && strings.HasSuffix(c.words[to+n].fold, "ing") { // "I am slow getting to it"
			continue
		}
		c.use(from, to+n)
		return c.span(to, to+n)
	}
	return ""
}

// kinName reads the name behind a relation: "his sister Joanne", "soy su hermana Juanita".
func (c *clause) kinName() string {
	for i := range c.words {
		if i == 0 || !own[c.words[i-1].fold] && c.words[i-1].fold != "his" && c.words[i-1].fold != "her" && c.words[i-1].fold != "su" || !relatives[c.words[i].fold] || c.words[i].used || i+1 == len(c.words) || !isUpper(c.span(i+1, i+2)) && !(i+2 == len(c.words) && c.whoAt(i+1)) {
			continue
		}
		if n := c.nameWords(i + 1); n > 0 && n <= 3 {
			c.use(0, i+1+n)
			return c.span(i+1, i+1+n)
		}
	}
	return ""
}

// bareName reads a name that stands alone, as the answer to the question for it.
func (c *clause) bareName() string {
	from, to := c.rest()
	for _, tail := range [][]string{{"will", "do"}, {"is", "fine"}, {"is", "ok"}, {"works"}, {"basta"}, {"esta", "bien"}, {"here"}, {"speaking"}, {"aqui"}} { // "Rosalie will do", "con Rosalía basta"
		if n := len(tail); to-from > n && slices.EqualFunc(c.words[to-n:to], tail, func(w word, t string) bool { return w.fold == t }) {
			c.use(to-n, to)
			to -= n
		}
	}
	if to-from > 1 && (c.words[from].fold == "con" || c.words[from].fold == "aqui") {
		c.words[from].used = true
		from++
	}
	if from == to || to-from > 5 {
		return ""
	}
	if n := c.nameWords(from); n < to-from && !(to-from == 1 && len(c.words) == 1 && alsoNames[c.words[from].fold] && isUpper(c.span(from, to))) {
		return ""
	}
	name := c.span(from, to)
	if utf8Len(name) > 60 || strings.ContainsAny(name, notInNames) {
		return ""
	}
	c.use(from, to)
	if end := c.words[to-1].to; strings.Contains(name, ".") && strings.HasPrefix(c.text[end:], ".") { // "J.R."
		name += "."
	}
	return name
}

// otherName reads "it's Ana not Anna", "es Ana, no Anna": what stands before "not" and a part of the known name.
func otherName(text, known string) string {
	old := map[string]bool{}
	for w := range strings.FieldsSeq(fold(known)) {
		old[w] = true
	}
	if len(old) == 0 {
		return ""
	}
	words := wordForm.FindAllStringIndex(text, -1)
	f := func(i int) string { return fold(text[words[i][0]:words[i][1]]) }
	for i := 1; i+1 < len(words); i++ {
		if w := f(i); w != "not" && w != "no" || !old[f(i+1)] {
			continue
		}
		start := i
		for start > 0 && i-start < 3 && !noName[f(start-1)] {
			start--
		}
		if start == i {
			continue
		}
		for start < i-1 && leadWord[f(start)] { // "dígame Cristina, no Cris"
			start++
		}
		if name := text[words[start][0]:words[i-1][1]]; utf8Len(name) <= 60 && !strings.ContainsAny(name, notInNames+"?¿\n"+string(markPhone)+string(markMail)) {
			return name
		}
	}
	return ""
}

// names reads a name that words announce ("my name is"), and one that stands beside a number.
func (r *reading) names(list []clause, pending StepID, known Fields, corrected bool) {
	if r.fields.Name != "" {
		return
	}
	if len(list) > 0 && theirName.MatchString(fold(list[0].text)) && !has(list[0].text, "my name", "me llamo", "mi nombre", "call me", "i'm", "soy") { // the relative's name is not asked for, and not kept
		return
	}
	for _, shy := range []bool{false, true} { // "it's Robert but I go by Robbie"
		eachAnswer(list, func(c *clause) {
			if r.fields.Name == "" {
				r.fields.Name = c.ledName(shy, pending == StepName, corrected)
				if shy && r.fields.Name == "" && (pending == StepForWhom || pending == StepName || pending == StepSummary || r.fields.Phone != "" || pending != "" && known.Name == "") {
					r.fields.Name = c.plainlyNamed()
				}
			}
		})
	}
	if pending == StepName && r.fields.Name == "" && len(list) > 0 {
		whole := strings.TrimSpace(list[0].text)
		switch c := &list[0]; {
		case initials.MatchString(whole) && strings.Contains(whole, "."): // "t.j.", which would be two sentences
			r.fields.Name = whole
			eachAnswer(list, func(c *clause) { c.useAll() })
			return
		case len(list) == 1 && len(c.words) == 1 && alsoNames[c.words[0].fold] && !c.words[0].used: // "al"
			r.fields.Name = c.span(0, 1)
			c.useAll()
			return
		}
		eachAnswer(list, func(c *clause) {
			if r.fields.Name == "" {
				r.fields.Name = c.titledName()
			}
			if r.fields.Name == "" {
				r.fields.Name = c.kinName()
			}
		})
	}
	if r.fields.Name == "" && known.Name == "" {
		eachAnswer(list, func(c *clause) { // "for me sam 508 ..."
			if from, to := c.rest(); r.fields.Name == "" && c.piece && from == 0 && to == len(c.words) && to <= 2 && c.whoAt(0) && c.whoAt(to-1) {
				r.fields.Name = c.bareName()
			}
		})
	}
	if r.fields.Name == "" && (r.fields.Phone != "" || r.fields.Email != "") && known.Name == "" && pending != StepName { // "Carla 508 555 0143"
		eachAnswer(list, func(c *clause) {
			if from, to := c.rest(); r.fields.Name == "" && to-from >= 1 && to-from <= 3 && isUpper(c.span(from, to)) && len(list) <= 2 {
				r.fields.Name = c.bareName()
			}
		})
	}
}

func (c *clause) useName(name string) {
	if from, to := c.find(fold(name)); from >= 0 {
		c.use(from, to)
		for from > 0 && strings.Contains(" no it's its is es name nombre my mi ", " "+c.words[from-1].fold+" ") {
			from--
			c.words[from].used = true
		}
	}
	for i := range c.words { // "not Anna" goes with it
		if w := c.words[i].fold; (w == "not" || w == "no") && i+2 >= len(c.words)-1 && len(c.words) <= i+3 {
			c.use(i, len(c.words))
		}
	}
}

// theirName says what somebody else is called: "he's 26, name is Ryan", "se llama Kevin".
var theirName = regexp.MustCompile(`\b(his|her|their) name\b|\b(he|she|hes|shes|he's|she's|him)\b.*\bname('s| is)\b|\bse llama\b|\bsu nombre es\b`)

// initials are a name of letters alone.
var initials = regexp.MustCompile(`^\pL\.( ?\pL\.){0,3}( ?\pL)?$`)

// titled are callings that stand before a name and make it one whole.
var titled = set("nurse doctor dr dra doctora enfermera enfermero counselor consejera consejero licenciada licenciado lic pastor father padre officer mr mrs ms sr sra don dona")

// titledName reads a name behind a calling: "nurse kim".
func (c *clause) titledName() string {
	from := 0
	for from < len(c.words) && fillers[c.words[from].fold] {
		from++
	}
	if n := len(c.words) - from; n < 2 || n > 3 || !titled[c.words[from].fold] {
		return ""
	}
	for i := from + 1; i < len(c.words); i++ {
		if !c.whoAt(i) {
			return ""
		}
	}
	c.useAll()
	return c.span(from, len(c.words))
}

// leadWord are words that lead to a name, one by one.
var leadWord = set(strings.Join(nameLeads, " "))
