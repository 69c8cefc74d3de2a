package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// Marks stand in a text where a phone number or an email was taken out, so that what is around it can be read.
const (
	markPhone = '\uE000'
	markMail  = '\uE001'
)

// word is one word of a message.
type word struct {
	fold     string // lowered, without accents
	from, to int    // bytes of the text
	used     bool   // part of what was understood
}

// clause is a part of a message that is understood by itself: what stands between commas, "and", "but" and the ends of sentences.
type clause struct {
	text     string // of the whole message
	words    []word
	sentence int  // number of its sentence
	asks     bool // part of a question
	piece    bool // what is left between two answers of a message without commas, see [pieces]
}

var (
	wordForm    = regexp.MustCompile(`[\p{L}\p{M}\p{N}'’]+(?::\d\d)?|[\x{E000}\x{E001}]`)
	halfOfDay   = regexp.MustCompile(`(?i)\b([ap])\s?\.\s?m\b\.?`)
	clockHours  = regexp.MustCompile(`(?i)(\d)([ap])\b\.?([^\pLm]|$)`)
	fourMe      = regexp.MustCompile(`(?i)\b4 (me|my|myself)\b`)
	hourAndHalf = regexp.MustCompile(`(?i)(\d)\s+([ap]m)\b`)
	byLetterX   = regexp.MustCompile(`(?i)\bx (la|las|el|favor|fa)\b`)
	monToFri    = regexp.MustCompile(`(?i)\bM\s?(-|–|to|thru|through)\s?F\b`)
)

// tidy writes "5 p.m." as "5pm" and straightens apostrophes, so that a dot ends a sentence and nothing else.
func tidy(text string) string {
	text = strings.NewReplacer("’", "'", "‘", "'", "´", "'", "`", "'", "“", `"`, "”", `"`).Replace(text)
	text = byLetterX.ReplaceAllString(text, "por ${1}")
	text = monToFri.ReplaceAllString(fourMe.ReplaceAllString(text, "for ${1}"), "Mon-Fri")
	text = clockHours.ReplaceAllString(halfOfDay.ReplaceAllString(text, "${1}m"), "${1}${2}m${3}")
	return hourAndHalf.ReplaceAllString(text, "${1}${2}")
}

// joins are words that part two clauses.
var joins = set("and but y e pero or o ni nor plus also tambien aunque though although & then entonces porque because so")

// hourAfter is what may follow "and" inside a time: "between 1 and 2", "entre la 1 y las 2". niWhole is what "ni" makes one word with.
var (
	hourAfter = regexp.MustCompile(`(?i)^\s+(las?\s+)?(\d{1,2}(:\d\d)?\s?([ap]m)?\b|noon\b)`)
	stands    = regexp.MustCompile(`(?i)^ (est[aá]n?|are|is|s[ií]|son|ok|okay|fine|bien|work|works)\b`)
	niWhole   = regexp.MustCompile(`(?i)^\s+(idea|loc[ao]|modo|hablar)\b`)
)

// titles end with a dot that ends no sentence.
var titles = set("mr mrs ms dr dra sr sra srta st ext no tel cel num")

// clauses parts a message.
func clauses(text string) []clause {
	var list []clause
	var now []word
	sentence, end, thus := 0, 0, false
	cut := func() {
		if len(now) > 0 {
			list = append(list, clause{text: text, words: now, sentence: sentence})
			now = nil
		}
	}
	for _, at := range wordForm.FindAllStringIndex(text, -1) {
		gap := text[end:at[0]]
		switch {
		case endsSentence(gap, text[:end]):
			cut()
			sentence++
		case strings.ContainsAny(gap, ",:()[]¿\"\n–—/") || strings.Contains(gap, " - ") || strings.Contains(gap, ". "):
			if !(strings.HasPrefix(gap, ".") && !endsSentence(gap, text[:end])) {
				cut()
			}
		}
		end = at[1]
		w := word{fold: fold(text[at[0]:at[1]]), from: at[0], to: at[1]}
		switch r := []rune(text[at[0]:at[1]])[0]; {
		case r == markPhone || r == markMail:
			w.fold = string(r)
		case strings.ContainsRune(text[at[0]:at[1]], ':'):
			w.fold = text[at[0]:at[1]]
		}
		if w.fold == "" {
			continue
		}
		if (w.fold == "tambien" || w.fold == "also") && len(now) > 0 && stands.MatchString(text[end:]) { // "los textos también están bien"
			continue
		}
		if w.fold == "asi" && strings.HasPrefix(text[end:], " que ") { // "así que" joins
			cut()
			thus = true
			continue
		}
		if thus {
			thus = false
			continue
		}
		if joins[w.fold] && !(len(now) > 0 && (w.fold == "and" || w.fold == "y" || w.fold == "o" || w.fold == "or") && hourAfter.MatchString(text[end:])) && !(w.fold == "ni" && niWhole.MatchString(text[end:])) {
			cut()
			if w.fold != "ni" && w.fold != "nor" { // these carry the no along
				continue
			}
		}
		now = append(now, w)
	}
	cut()
	markQuestions(text, list)
	return list
}

// endsSentence reports whether the gap after a text ends a sentence.
func endsSentence(gap, before string) bool {
	if strings.ContainsAny(gap, "!?;\n…") {
		return true
	}
	if !strings.HasPrefix(gap, ".") {
		return false
	}
	start := strings.LastIndexFunc(before, func(r rune) bool { return !unicode.IsLetter(r) })
	if len(before)-start == 2 && start+1 < len(before) && unicode.IsUpper(rune(before[start+1])) { // initials: "J.R."
		return false
	}
	return !titles[fold(before[start+1:])]
}

// fillers say nothing of their own.
var fillers = set("please pls plz porfa por favor ok okay thanks thank you gracias hi hello hey hola so well um uh bueno pues ah oh sorry wait actually disculpe disculpa perdon espere oiga mire fine " +
	"yeah just solo nomas dear mija mijo oops digo really maam sir muy muchas amable good bien buenas buenos tardes dias noches afternoon morning evening much it's its es is the el la a un una to for")

// leads stand before a question without being part of it.
var leads = set("wait ok okay so well um uh oh ah and but first before hold on sorry hey hi hello quick question one thing actually please also just espere espera una pregunta antes primero oiga oye pero y e bueno pues " +
	"perdon disculpe disculpa por favor hola mire ahora then entonces que otra cosa tambien")

// markQuestions marks the clauses that ask: from the opener of a question to the end of its sentence.
func markQuestions(text string, list []clause) {
	for i := 0; i < len(list); {
		j := i
		for j < len(list) && list[j].sentence == list[i].sentence {
			j++
		}
		last := list[j-1].words[len(list[j-1].words)-1].to
		mark := strings.HasPrefix(strings.TrimLeft(text[last:], " \")…"), "?")
		from := -1
		for k := i; k < j && from < 0; k++ {
			before, after := list[k].words[0].from, 0
			if k > 0 {
				after = list[k-1].words[len(list[k-1].words)-1].to
			}
			if k > i && list[k].words[0].fold == "que" && !mark && !strings.Contains(text[after:before], "¿") { // "una persona que atiendo y que sale el viernes"
				continue
			}
			if opensQuestion(text, list[k].words, mark) || innerQuestion.MatchString(fold(list[k].span(0, len(list[k].words)))) || strings.Contains(text[after:before], "¿") {
				from = k
			}
		}
		if from < 0 && mark {
			from = i
		}
		if from >= 0 {
			for k := from; k < j; k++ {
				list[k].asks = true
			}
		}
		i = j
	}
}

// innerQuestion is a question that does not begin its clause, as people type who leave out the marks: "y después de esto quién me llama".
var innerQuestion = regexp.MustCompile(`^(y |pero )?tengo que (dar|poner|decir|usar|llevar|hablar|pagar|traer|contestar)\b|^(y |and |so |pero |but )?(ustedes |uds |ahi )?(aceptan|agarran|cogen|toman|reciben|cubren|cobran|atienden|ofrecen|trabajan con) \S|^(and |so |but )?(you|u|you guys|u guys|yall|y'all|they) (take|accept|offer|treat|speak|cover) \S|\b(quien(es)? (me|nos|le|va|van) (llama|llaman|va|van|a)|(se|me) (tardan?|demoran?) en\b|cuanto (se )?(tarda|tardan|demora|demoran)|me van a (pedir|cobrar|preguntar|llamar|revisar)|when (they|you|y'all|yall|someone|somebody) (gonna|going|will|gon)|who('s| is| will| gonna) (gonna )?(call|calling|be calling)|how (long|soon|fast) (will|can|does|do|til|until|before))\b`)

// prepositions may stand before a Spanish question word: "a qué hora", "para qué".
var prepositions = set("a de en con para por desde hasta to for at")

// noQuestion are words after which an opener opens nothing: "when i get home", "que me llamen", "como a las 5", "do not".
var noQuestion = map[string]map[string]bool{
	"when": set("i my he she they we the its it's"), "que": set("tengo tenemos trabajo voy ya estoy ando cuido me no nadie sea se le les lo la mi el ella en este llamen dejen manden pase bueno por a gracias dios"),
	"como": set("a las la quiera quieran mi yo sea de entre"), "cuando": set("los las a sea puedan pueda quieran quiera gusten guste salgo llego termino mi mis yo ustedes usted este esta el ella deseen tengan"),
	"do": set("not n't leave call text send please ring"), "donde": set("sea"), "quien": set("sea"), "am": nil, "what": nil, "are": nil, "may": set("be"), "will": set("call be"),
	"can": set("call be"), "which": set("is"), "who": set("is"), "how": set("about"), "tiene": nil, "tienen": nil, "hay": set("que"), "where": set("i"), "would": set("rather prefer like love"), "cual": set("quiera"),
}

func opensQuestion(text string, words []word, mark bool) bool {
	i := 0
	for i < len(words) && (leads[words[i].fold] && !(openers[words[i].fold] && i+1 < len(words) && !leads[words[i+1].fold])) {
		i++
	}
	if i == len(words) {
		return false
	}
	w := words[i]
	next := ""
	if i+1 < len(words) {
		next = words[i+1].fold
	}
	if prepositions[w.fold] && (next == "que" || next == "cual" || next == "quien" || next == "donde" || next == "cuanto" || next == "cuando" && mark) {
		return next != "que" || w.fold != "por" || strings.Contains(text[w.from:], "por qu") || mark
	}
	if !openers[w.fold] {
		return false
	}
	if accented := text[w.from:w.to] != w.fold && strings.ContainsAny(text[w.from:w.to], "éóáúÉÓÁÚ"); accented {
		return true
	}
	switch {
	case noQuestion[w.fold][next]:
		return false
	case w.fold == "am" && next != "i", w.fold == "tiene" && !mark, w.fold == "can" && next == "", w.fold == "will" && next != "i" && next != "you" && next != "the" && next != "my" && next != "they" && next != "it" && !mark:
		return false
	case (w.fold == "puede" || w.fold == "pueden" || w.fold == "puedo") && !mark:
		return w.fold == "puedo" && len(words)-i >= 3 || !permits[next] && len(words)-i >= 3
	}
	return len(words)-i >= 2
}

// permits are verbs with which "pueden" gives leave rather than asks: "pueden dejar mensaje".
var permits = set("llamar llamarme llamarnos dejar dejarme mandar mandarme enviar enviarme decir decirme ser textear textearme contactarme hablar hablarme usar escribirme localizarme")

// span is the text of some words in a row.
func (c *clause) span(from, to int) string { return c.text[c.words[from].from:c.words[to-1].to] }

// use marks words as understood.
func (c *clause) use(from, to int) {
	for i := from; i < to; i++ {
		c.words[i].used = true
	}
}

// find gives the place of a phrase of folded words that are not used yet, or -1.
func (c *clause) find(phrase string) (from, to int) {
	for i := range c.words {
		rest, k := phrase, i
		for k < len(c.words) && !c.words[k].used {
			after, ok := strings.CutPrefix(rest, c.words[k].fold)
			if !ok || after != "" && after[0] != ' ' {
				break
			}
			k++
			if after == "" {
				return i, k
			}
			rest = after[1:]
		}
	}
	return -1, -1
}

// any gives the first of some phrases that the clause holds.
func (c *clause) any(phrases []string) (from, to int, ok bool) {
	for _, p := range phrases {
		if f, t := c.find(p); f >= 0 && (!ok || f < from || f == from && t > to) {
			from, to, ok = f, t, true
		}
	}
	return from, to, ok
}

// holds reports whether one of the words of a set stands in the clause.
func (c *clause) holds(words map[string]bool) bool {
	for _, w := range c.words {
		if words[w.fold] {
			return true
		}
	}
	return false
}

// rest gives what was not understood of a clause, without words that say nothing of their own at its ends.
func (c *clause) rest() (from, to int) {
	best, end := 0, 0
	for i := 0; i < len(c.words); {
		if c.words[i].used {
			i++
			continue
		}
		j := i
		for j < len(c.words) && !c.words[j].used {
			j++
		}
		a, b := i, j
		for a < b && fillers[c.words[a].fold] {
			a++
		}
		for b > a && fillers[c.words[b-1].fold] {
			b--
		}
		if b-a > end-best {
			best, end = a, b
		}
		i = j
	}
	return best, end
}

// pieces parts the clauses of a message that strings its answers together without commas ("for me sam 508 ... mornings no voicemail masshealth"):
// what stands between two answers that are understood already is read by itself.
func pieces(list []clause) []clause {
	var out []clause
	for _, c := range list {
		runs, unused, told := 0, 0, false
		for i, w := range c.words {
			if w.used && (i == 0 || !c.words[i-1].used) {
				runs++
			}
			if !w.used {
				unused++
				told = told || tells[w.fold]
			}
		}
		if runs < 2 || told || unused == 0 || c.asks || len(c.words) < 6 {
			out = append(out, c)
			continue
		}
		for i := 0; i < len(c.words); {
			j := i
			for j < len(c.words) && c.words[j].used == c.words[i].used {
				j++
			}
			out = append(out, clause{text: c.text, words: c.words[i:j], sentence: c.sentence, piece: true})
			i = j
		}
	}
	return out
}

// tells are words of whole sentences, which are not cut to pieces.
var tells = set("i we you he she they is are am have has can will would yo ella ellos nosotros usted tiene tienen tengo quiero necesito hablamos hablo pueden puede soy es son")
