package bot

import (
	"regexp"
	"slices"
	"strings"
)

// times joins what the clauses say of when to call, as it was written or as the choice that means the same.
func (r *reading) times(list []clause, pending StepID, known Fields, corrected bool) {
	from, to, last := -1, -1, -1
	text := ""
	if whole := wholeTimes(list, pending == StepTimes || r.change == StepTimes || pending == StepSummary && manyTimes(list)); whole != "" {
		r.fields.Times = whole
		return
	}
	for i := range list {
		c := &list[i]
		if c.asks {
			continue
		}
		if c.holds(away) && i+1 < len(list) && slices.ContainsFunc(list[i+1:], func(c clause) bool { _, _, ok := c.timesAt(true); return ok && !c.asks }) { // "weekdays I'm on the road, so weekends"
			c.useAll()
			continue
		}
		a, b, ok := c.timesAt(pending == StepTimes || r.change == StepTimes || text != "" || corrected && (pending == StepSummary || known.Times != "") && len(c.words) <= 6 || pending == StepSummary && aboutStep(c.span(0, len(c.words))) == StepTimes && len(c.words) <= 8)
		if !ok {
			continue
		}
		f, t := c.words[a].from, c.words[b-1].to
		c.useTimes(a, b)
		switch {
		case from < 0:
			from, to = f, t
		case last == i-1 && !strings.ContainsRune(c.text[to:f], markPhone) && f-to < 12:
			to = t
		default:
			text += clean(c.text[from:to]) + ", "
			from, to = f, t
		}
		last = i
	}
	if from < 0 {
		return
	}
	text += clean(list[last].text[from:to])
	if utf8Len(text) > 160 {
		return
	}
	value := timesValue(text)
	if pending != StepTimes && r.change != StepTimes && !corrected && vagueDay[fold(text)] { // alone it says rather when something happened
		return
	}
	if value == "any" && known.Times != "" && pending != StepTimes && (!corrected || r.fields.Language != "") { // "I don't care, English"
		return
	}
	r.fields.Times = value
	if known.Times != "" && pending != StepTimes && alsoThen.MatchString(fold(list[0].text)) && !strings.Contains(fold(known.Times), fold(text)) && ownWords(known.Times) { // "Saturdays work too"
		r.fields.Times = known.Times + ", " + text
		return
	}
	if known.Times != "" && !corrected && onlyBars(known.Times) && !onlyBars(text) { // "don't call at work" stays when the hours come
		r.fields.Times = known.Times + ", " + text
	}
	if known.Times != "" && pending != StepTimes && !corrected && len(list) > 0 && onlyBars(text) { // "and never at home" adds to what was said
		r.fields.Times = known.Times + ", " + text
	}
}

// wholeTimes keeps a long answer about times as it was written: pieces of "i'm up at 4 so early is good but i go out till 8. after that til noon" would
// say something else. It gives "" where pieces do.
func wholeTimes(list []clause, pending bool) string {
	if !pending {
		return ""
	}
	first, last, timed, words, end := -1, -1, 0, 0, 0
	for i := range list {
		c := &list[i]
		if c.asks {
			return ""
		}
		a, b, ok := c.timesAt(true)
		if first < 0 && !ok {
			continue
		}
		for k := range c.words {
			if c.words[k].used {
				return ""
			}
			if (k < a || k >= b) && !fillers[c.words[k].fold] && !plainTimes[c.words[k].fold] && !hedges[c.words[k].fold] && !callWord[c.words[k].fold] {
				words++
			}
		}
		if ok {
			timed++
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if timed >= 1 && has(list[0].text, notThen...) { // what is told is when not to call: never the hours without the no
		last, end = len(list)-1, len(list[0].text)
	} else if timed < 3 || words < 3 {
		return ""
	}
	text := strings.TrimRight(clean(list[first].text[list[first].words[0].from:max(end, list[last].words[len(list[last].words)-1].to)]), ".")
	if utf8Len(text) > 160 {
		return ""
	}
	for i := first; i <= last; i++ {
		list[i].useAll()
	}
	return text
}

// manyTimes reports whether three clauses of a message tell times: a correction of pieces would say something else.
func manyTimes(list []clause) bool {
	n := 0
	for i := range list {
		if _, _, ok := list[i].timesAt(true); ok && !list[i].asks {
			n++
		}
	}
	return n >= 3
}

// notThen turn the hours before them into hours not to call.
var notThen = []string{"not then", "not at that time", "not in that time", "not those hours", "but not then", "esa hora no", "esas horas no", "no a esa hora", "entonces no", "ahi no", "en ese rato no"}

// alsoThen adds a time to the one that is known.
var alsoThen = regexp.MustCompile(`\b(too|also|as well|tambien)\b`)

// ownWords reports whether times are in the visitor's own words: a part of the day by its id takes nothing beside it.
func ownWords(times string) bool {
	return strings.ContainsAny(times, " 0123456789") || when[fold(times)] && timesValue(times) == times
}

var vagueDay = set("today tonight hoy early late temprano")

func onlyBars(text string) bool {
	first, _, _ := strings.Cut(fold(text), " ")
	return never[first]
}

// useTimes marks a time and the words of calling around it.
func (c *clause) useTimes(a, b int) {
	c.use(a, b)
	for k := a - 1; k >= 0 && !c.words[k].used && (plainTimes[c.words[k].fold] || numberWords[c.words[k].fold] || fillers[c.words[k].fold] || callWord[c.words[k].fold]); k-- {
		c.words[k].used = true
	}
	for k := b; k < len(c.words) && !c.words[k].used && (plainTimes[c.words[k].fold] || fillers[c.words[k].fold] || callWord[c.words[k].fold]); k++ {
		c.words[k].used = true
	}
}

// plainTimes are the words around a part of the day that change nothing: "in the morning is fine".
var plainTimes = set("in the on at is are too also work would be best better works good great fine ok okay for me please my during i'm im usually mostly just maybe time preferably prefer i do well works to by all any every that's thats it can you call actually make i'd " +
	"en la el los las por de del a al es son mejor estaria esta bien para mi favor solo nomas siempre preferencia me llamen llamar llame pueden puede seria todas todos que sea quise decir")

// timesValue gives the id of a choice where the words say just that, else the words as they are.
func timesValue(text string) string {
	f := fold(text)
	for _, p := range []string{"any time", "anytime", "any hour", "whenever", "no preference", "doesn't matter", "doesnt matter", "don't care", "dont care", "cualquier hora", "cualquier momento", "cuando sea", "cuando ustedes puedan", "cuando ustedes quieran", "cuando usted pueda", "cuando puedan", "cuando pueda", "cuando quieran", "cuando quiera", "cuando gusten", "cuando guste",
		"me da igual", "me da lo mismo", "da igual", "cuando a ustedes les convenga", "cuando les convenga", "cuando le convenga", "les convenga", "le convenga", "whenever is convenient", "convenient for you", "whatever works", "whatever", "whenever works", "cuando quieras", "cuando puedas", "da lo mismo", "no tengo preferencia", "sin preferencia", "a la hora que sea", "no importa", "all day", "todo el dia"} {
		f = strings.TrimSpace(strings.ReplaceAll(" "+f+" ", " "+p+" ", " _any "))
	}
	id := ""
	for i, w := range strings.Fields(f) {
		part := map[string]string{"_any": "any", "any": "any", "cualquiera": "any", "morning": "morning", "mornings": "morning", "manana": "morning", "mananas": "morning", "afternoon": "afternoon", "afternoons": "afternoon", "tarde": "afternoon", "tardes": "afternoon",
			"evening": "evening", "evenings": "evening", "eve": "evening", "night": "evening", "nights": "evening", "noche": "evening", "noches": "evening"}[w]
		switch {
		case w == "any" && strings.Contains(f, " "):
		case part != "" && (id == "" || id == part && w != "manana"):
			id = part
			if w == "manana" && i == 0 && strings.Contains(f, " ") { // "mañana en la mañana" is tomorrow
				return text
			}
		case part != "", !plainTimes[w]:
			return text
		}
	}
	if id == "" {
		return text
	}
	return id
}

// away are words of a time that is none to call: somebody is at something else.
var away = set("busy road boat water driving carretera barco manejando ocupado ocupada")
