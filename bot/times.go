package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// when are the words that say when, by themselves.
var when = set("morning mornings noon midday afternoon afternoons evening evenings eve night nights weekday weekdays weekend weekends daytime today tomorrow tonight anytime asap whenever lunch lunchtime dinner " +
	"monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays weds mon tue tues wed thu thur thurs fri sat sun tmrw tmw tmr 2morrow tomorow tommorow tomorrows early late o'clock midnight breakfast supper daylight " +
	"manana mananas mediodia tarde tardes tardecita noche noches madrugada almuerzo hoy temprano lunes martes miercoles jueves viernes sabado sabados domingo domingos ahorita tempranito tardecita nochecita mananita cenar comer desayunar cena comida desayuno lonche oclock")

// whenPhrases say when only together.
var whenPhrases = []string{"any time", "any day", "any hour", "all day", "every day", "each day", "after work", "after school", "before work", "my break", "my lunch", "day off", "days off", "next week", "this week", "right away", "right now", "no preference", "doesn't matter", "doesnt matter", "don't care", "dont care", "when i get", "when i'm", "when my", "when he", "when she", "as soon as", "after that", "or later", "or after", "and on", "onwards", "days only", "only days", "work hours", "business hours", "office hours", "working hours",
	"cualquier hora", "cualquier dia", "cualquier momento", "cuando sea", "da igual", "cuando quieras", "cuando puedas", "a la que sea", "whatever works", "whenever works", "cuando ustedes puedan", "les convenga", "le convenga", "les quede bien", "les acomode", "le acomode", "convenient for you", "cuando ustedes quieran", "cuando usted pueda", "cuando puedan", "cuando pueda", "cuando quieran", "cuando quiera", "cuando gusten", "cuando guste", "cuando salgo", "cuando salga", "cuando llego", "cuando mis", "cuando mi", "todo el dia", "todos los dias", "entre semana", "entresemana", "fin de semana", "fines de semana", "despues del trabajo", "antes del trabajo", "en mi descanso", "hora del almuerzo", "hora de almuerzo", "dia libre", "dias libres", "me da igual", "me da lo mismo", "da lo mismo", "no tengo preferencia", "sin preferencia", "a la hora que", "lo antes posible", "lo mas pronto", "cuanto antes", "la proxima semana", "esta semana", "al rato", "despues de eso", "en adelante", "a partir de", "o mas tarde", "de dia", "me da lo mismo", "da lo mismo", "cualquiera esta bien", "en la tardecita", "no importa"}

// beforeWhen lead to a time; a number behind them is an hour.
var beforeWhen = set("after before at around about between until till by from past since not no never any every each on except but only weekdays in or to and just like early late this next all most the pls mid middle end " +
	"despues antes de del a al las la los el entre hasta desde como por en eso nunca no menos excepto salvo cada solo todos todas cualquier y o que sea pasadas pasado temprano tipo media medio mediados finales")

// hourLeads make a bare number an hour.
var hourLeads = set("after before at around about between until till by from past to las la entre hasta despues antes desde 'til")

// places are where not to call.
var places = set("home house work job casa trabajo landline apartment apartamento oficina office there here")

// callWords tell that a time is when to call, and not when something happened.
var callWords = []string{"call", "calls", "reach", "phone", "contact", "best time", "good time", "available", "free", "prefer", "preferably", "ring", "talk", "answer", "pick up", "works", "work for me", "is best", "are best", "are better", "is better", "is good", "are good", "is fine", "are fine", "llamar", "llaman", "llama", "marcan", "marquenme", "llame", "llamen", "llamenme", "llameme", "llamada", "llamarme", "marcar", "marquen", "marqueme", "contactar", "contactarme", "comunicarse", "disponible", "libre", "prefiero", "preferencia", "preferible", "preferiblemente", "contestar", "contesto", "mejor", "puedo hablar", "hablar"}

var callWord = set(strings.Join(callWords, " "))

// isHour reports whether a word is an hour of the clock: 5, 5:30, 17, 5pm.
func isHour(w string) bool {
	digits := strings.TrimRight(w, "apm")
	if digits == "" || len(digits) > 5 || !unicode.IsDigit(rune(w[0])) {
		return false
	}
	return strings.Contains(digits, ":") || len(digits) == 1 || len(digits) == 2 && digits <= "24"
}

// marksTimes says for each word of a clause whether it tells a time by itself.
func (c *clause) marksTimes(pending bool) []bool {
	core := make([]bool, len(c.words))
	for i := range c.words {
		w := c.words[i].fold
		if c.words[i].used {
			continue
		}
		switch {
		case when[w], pending && (w == "whatever" || w == "day" || w == "days" || w == "dia" || w == "dias"):
			core[i] = true
		case isHour(w) && (strings.ContainsAny(w, ":") || strings.HasSuffix(w, "m")):
			core[i] = true
		case isHour(w) && (pending || i > 0 && hourLeads[c.words[i-1].fold] || i+1 < len(c.words) && (c.words[i+1].fold == "am" || c.words[i+1].fold == "pm" || c.words[i+1].fold == "o'clock" || c.words[i+1].fold == "to" || c.words[i+1].fold == "a")):
			core[i] = true
		case isHour(w) && i > 1 && core[i-2] && isHour(c.words[i-2].fold) && (c.words[i-1].fold == "and" || c.words[i-1].fold == "y" || c.words[i-1].fold == "a" || c.words[i-1].fold == "to" || c.words[i-1].fold == "hasta" || c.words[i-1].fold == "until"): // "between 1 and 3", "de 8 a 4"
			core[i] = true
		case pending && w == "una" && i > 0 && (c.words[i-1].fold == "de" || c.words[i-1].fold == "la") && i+1 < len(c.words) && c.words[i+1].fold == "a", pending && len(digitWords[w]) > 0 && len(digitWords[w]) <= 2 && i > 1 && c.words[i-1].fold == "a" && core[i-2]: // "de una a tres"
			core[i] = true
		case digitWords[w] != "" && i > 0 && hourLeads[c.words[i-1].fold] && w != "oh" && len(digitWords[w]) <= 2: // "after five", "despues de las cinco"
			core[i] = w != "uno" || c.words[i-1].fold == "las"
		}
	}
	for i := 0; pending && i+1 < len(c.words); i++ { // "after el trabajo", "antes de que salga"
		if w := c.words[i].fold; !c.words[i].used && (w == "after" || w == "before" || w == "despues" || w == "antes" || w == "until" || w == "hasta") {
			core[i] = true
			for k := i + 1; k < min(len(c.words), i+4) && !c.words[k].used; k++ {
				core[k] = true
				if !beforeWhen[c.words[k].fold] && !own[c.words[k].fold] && c.words[k].fold != "i" {
					break
				}
			}
		}
	}
	for _, p := range whenPhrases {
		if from, to := c.find(p); from >= 0 {
			for i := from; i < to; i++ {
				core[i] = true
			}
		}
	}
	for i := 0; i+1 < len(c.words); i++ { // greetings tell no time
		a, b := c.words[i].fold, c.words[i+1].fold
		if a == "good" && (b == "morning" || b == "afternoon" || b == "evening" || b == "night") && !pending ||
			(a == "buenas" || a == "buenos" || a == "buena") && (b == "tardes" || b == "noches" || b == "dias" || b == "tarde") {
			core[i+1] = false
		}
		if a == "last" && b == "night" || a == "this" && b == "morning" && !pending {
			core[i+1] = false
		}
	}
	return core
}

// timesAt finds the part of a clause that says when to call: from, to are words, ok is false if it says nothing of the kind. At the step that asks
// for it, any time counts; elsewhere there must be a word of calling, or hardly anything else.
func (c *clause) timesAt(pending bool) (from, to int, ok bool) {
	core := c.marksTimes(pending)
	first, last := -1, -1
	for i, is := range core {
		if is {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	barred := c.barsPlace()
	if first < 0 && !barred {
		return 0, 0, false
	}
	if first < 0 {
		first, last = c.barredSpan()
		return first, last + 1, true
	}
	for first > 0 && !c.words[first-1].used && beforeWhen[c.words[first-1].fold] {
		first--
	}
	if isHour(c.words[last].fold) || digitWords[c.words[last].fold] != "" {
		for k := first - 1; k >= max(0, first-6) && !c.words[k].used; k-- { // "after I get off at 5" must never become "at 5"
			if w := c.words[k].fold; w == "after" || w == "before" || w == "until" || w == "once" || w == "despues" || w == "antes" || w == "hasta" {
				first = k
				break
			}
		}
	}
	for k := first - 1; k >= max(0, first-4) && !c.words[k].used; k-- { // "do not call after 6" must never become "after 6"
		w := c.words[k].fold
		if w == "wait" || w == "espere" || w == "actually" || w == "perdon" || w == "sorry" { // "no wait afternoons" takes back, it rules nothing out
			break
		}
		if never[w] {
			first = k
			if k > 0 && c.words[k-1].fold == "do" {
				first = k - 1
			}
			break
		}
	}
	if last+1 < len(c.words) && (c.words[last+1].fold == "no" || c.words[last+1].fold == "not") && last+2 >= len(c.words) && !c.words[last+1].used { // "antes del mediodía no"
		last++
	}
	if last+2 == len(c.words)-1 && (c.words[last+1].fold == "mejor" || c.words[last+1].fold == "pues" || c.words[last+1].fold == "better") && (c.words[last+2].fold == "no" || c.words[last+2].fold == "not") { // "los martes mejor no"
		last += 2
	}
	if barred {
		a, b := c.barredSpan()
		first, last = min(first, a), max(last, b)
	}
	if pending {
		for last+1 < len(c.words) && !c.words[last+1].used && (when[c.words[last+1].fold] || c.words[last+1].fold == "later" || c.words[last+1].fold == "except") {
			last++
		}
		return first, last + 1, true
	}
	other := 0
	for i := range c.words {
		w := c.words[i].fold
		if !core[i] && !c.words[i].used && !(i >= first && i <= last && (places[w] || never[w] || callWord[w] || hourLeads[w])) && !fillers[w] && !beforeWhen[w] && !plainTimes[w] && !hedges[w] && !sounds[w] && w != "meant" && w != "mean" && w != "make" && w != "quise" && w != string(markPhone) && w != string(markMail) {
			other++
		}
	}
	if now := c.span(first, last+1); has(now, "right now", "ahorita") && last-first < 2 { // "no insurance right now"
		_, _, calls := c.any(callWords)
		return first, last + 1, calls
	}
	calls := false
	for _, p := range callWords { // used or not: "you can call me at ... between 9 and 5"
		calls = calls || has(c.span(0, len(c.words)), p)
	}
	if calls || other == 0 || first <= 1 && other <= 4 && from9to5.MatchString(fold(c.span(first, last+1))) { // "only between 9 and 11 when he's at work"
		return first, last + 1, true
	}
	return 0, 0, false
}

// hedges soften what is said.
var hedges = set("idk dunno said told put pon ponga pongale instead i i'd id would say think guess suppose maybe probably ideally yo diria creo supongo digamos pienso talvez quizas seria kinda like")

var never = set("never not don't dont no nunca jamas tampoco won't cant can't ni except")

// barsPlace reports whether a clause says where not to call: "never at home", "no llamen a la casa".
func (c *clause) barsPlace() bool {
	from, to := c.barredSpan()
	return from >= 0 && to > from
}

func (c *clause) barredSpan() (from, to int) {
	from, to = -1, -1
	for i := range c.words {
		if c.words[i].used {
			continue
		}
		if never[c.words[i].fold] && from < 0 {
			from = i
		}
		if from >= 0 && places[c.words[i].fold] && i-from <= 6 {
			to = i
		}
	}
	if from < 0 || to < 0 || to-from > 6 {
		return -1, -1
	}
	if _, _, calls := c.any(callWords); !calls && to-from > 4 {
		return -1, -1
	}
	return from, to
}

// from9to5 are hours with the words that make them times of day.
var from9to5 = regexp.MustCompile(`\b(between|from|after|before|until|entre|de|despues de|antes de|hasta)( las?| la)? \d`)
