package bot

import "strings"

// weak reads what is left as the answer to the pending step.
func (r *reading) weak(list []clause, pending StepID, known Fields) {
	if len(list) == 0 {
		return
	}
	if (pending == StepName || pending == StepTimes) && len(list) <= 2 && r.fields.Equal(Fields{}) && !r.fields.Known(pending) && has(list[0].text, unknownAlone...) && feelingIn(list[0].text) == "" {
		r.skip = append(r.skip, pending)
		eachAnswer(list, func(c *clause) { c.useAll() })
		return
	}
	switch pending {
	case StepName:
		if r.fields.Name != "" {
			return
		}
		eachAnswer(list, func(c *clause) {
			if from, to := c.rest(); r.fields.Name == "" && from < to {
				words := to - from
				if c.partUsed() && !isUpper(c.span(from, to)) { // what is left of another answer is no name
					return
				}
				if name := c.bareName(); name != "" {
					r.fields.Name, r.plain = name, words >= 3
				}
			}
		})
	case StepCoverage:
		eachAnswer(list, func(c *clause) {
			if r.fields.Coverage == "" {
				r.fields.Coverage = c.nearlyPlan()
			}
		})
	case StepLanguage:
		eachAnswer(list, func(c *clause) {
			if r.fields.Language == "" {
				r.fields.Language = c.nearlyLanguage()
			}
		})
	case StepVoicemail, StepText:
		field := &r.fields.Voicemail
		if pending == StepText {
			field = &r.fields.Text
		}
		if *field != nil || r.fields.Name != "" || r.fields.Phone != "" || r.fields.Email != "" { // "no, my number is ..." takes back, it does not answer
			return
		}
		if yes, ok := bothAlike(list); ok && pending == StepVoicemail { // "no and no"
			r.fields.Voicemail, r.fields.Text = new(yes), new(yes)
			eachAnswer(list, func(c *clause) { c.useAll() })
			return
		}
		var left []string
		eachAnswer(list, func(c *clause) {
			for _, w := range c.words {
				if !w.used {
					left = append(left, w.fold)
				}
			}
		})
		if pending == StepText && has(strings.Join(left, " "), "neither", "tampoco", "either") && len(left) <= 5 {
			*field = new(false)
			return
		}
		if said := strings.Join(left, " "); r.fields.Voicemail == nil && r.fields.Text == nil && refuses(said, pending, list) { // "I don't know how to do that text business"
			*field = new(false)
			eachAnswer(list, func(c *clause) { c.useAll() })
			return
		}
		if pending == StepText && known.Voicemail != nil && *known.Voicemail && len(left) <= 3 && has(list[0].text, "tambien", "too", "also", "as well") && has(list[0].text, textWords...) { // "texts too"
			*field = new(true)
			eachAnswer(list, func(c *clause) { c.useAll() })
			return
		}
		other := r.fields.Voicemail
		if pending == StepVoicemail {
			other = r.fields.Text
		}
		if yes, ok := yesOrNo(strings.Join(left, " ")); ok && other != nil && *other == yes { // "actually no, no voicemail": the same answer twice
			eachAnswer(list, func(c *clause) { c.useAll() })
			return
		}
		if has(strings.Join(left, " "), sendWords...) { // "dale, mandela" is no yes to a text message
			return
		}
		if yes, ok := yesOrNo(strings.Join(left, " ")); ok && !(yes && r.fields.Voicemail == nil && r.fields.Text == nil && has(list[0].text, "but", "pero", "unless", "only", "solo")) {
			*field = new(yes)
			eachAnswer(list, func(c *clause) { c.useAll() })
		}
	}
}

// stray reads what is left as the answer to another step than the pending one, where it can be nothing else: "English" while the time is asked for,
// a name while it is asked for whom.
func (r *reading) stray(list []clause, pending StepID, known Fields) {
	if r.command != "" || len(r.skip) > 0 {
		return
	}
	eachAnswer(list, func(c *clause) {
		from, to := c.rest()
		switch {
		case from == to:
			return
		case pending != "" && pending != StepName && r.fields.ForWhom == "" && known.ForWhom == "" && len(list) == 1 && to-from == 1 && len(c.words) <= 2 && meAlone[c.words[from].fold]: // "me", where for whom is still open
			r.fields.ForWhom = "self"
			c.useAll()
		case r.looseLanguage(c, known):
		case pending != "" && r.fields.Language == "" && known.Language == "" && to-from == 1 && languageNames()[c.words[from].fold] != "" && (pending != StepName || r.fields.Name != ""):
			r.fields.Language = languageNames()[c.words[from].fold]
			c.use(from, to)
		case pending == "" && r.fields.ForWhom == "self" && r.fields.Name == "" && known.Name == "" && from == 0 && to == len(c.words) && to <= 2 && isUpper(c.span(from, to)) && c.whoAt(0) && c.whoAt(to-1): // "appointment for me, Jordan"
			r.fields.Name = c.bareName()
		case pending == StepForWhom && r.fields.ForWhom == "" && r.fields.Name == "" && known.Name == "" && to-from <= 2 && len(list) == 1 && isUpper(c.span(from, to)):
			r.fields.Name = c.bareName()
		case pending == StepForWhom && r.fields.Name == "" && known.Name == "" && to-from == 1 && to == len(c.words) && c.whoAt(from) && (len(c.words) == 1 && len(list) == 1 || r.fields.ForWhom == "self"): // "walter", "its for me walter"
			r.fields.Name, r.plain = c.bareName(), true
		case pending == StepReach && r.fields.Name == "" && known.Name == "" && len(list) == 1 && to == len(c.words) && to-from <= 2 && isUpper(c.span(from, to)) && c.whoAt(from) && c.whoAt(to-1): // "Gia", where a call was asked for first
			r.fields.Name, r.plain = c.bareName(), true
		case r.fields.Name == "" && known.Name == "" && (r.fields.Phone != "" || r.fields.Email != "") && from == 0 && to == len(c.words) && to-from <= 2 && c.whoAt(from) && c.whoAt(to-1): // "pa mi, efrain, 774 ..."
			r.fields.Name = c.bareName()
		}
	})
}

// looseLanguage reads a language that stands alone in a message of many answers without commas: "... before noon english no voicemail".
func (r *reading) looseLanguage(c *clause, known Fields) bool {
	if r.fields.Language != "" || known.Language != "" || r.fields.Phone == "" && r.fields.Voicemail == nil && r.fields.Text == nil && r.fields.Times == "" {
		return false
	}
	for i := range c.words {
		if tag := languageNames()[c.words[i].fold]; tag != "" && !c.words[i].used && !c.poor(i, i+1) && (len(c.words) > 3 || tag == "en" || tag == "es") {
			r.fields.Language = tag
			c.use(i, i+1)
			return true
		}
	}
	return false
}

// partUsed reports whether a part of a clause was understood as something else.
func (c *clause) partUsed() bool {
	for _, w := range c.words {
		if w.used {
			return true
		}
	}
	return false
}

// allUsed reports whether all of a clause was understood already.
func (c *clause) allUsed() bool {
	for _, w := range c.words {
		if !w.used {
			return false
		}
	}
	return true
}

var meAlone = set("me myself yo self mi")

// refuses reports whether what is left of a message speaks against what was just asked: it names it, or something that carries it, and denies it.
// Without a clear yes there is none, so a no may be read freely where a yes may not.
func refuses(left string, pending StepID, list []clause) bool {
	nouns := textWords
	if pending == StepVoicemail {
		nouns = voicemailWords
	}
	if !has(left, nouns...) && !has(left, "phones", "telefonos", "that", "those", "eso", "esos", "it", "machine", "maquina") {
		return false
	}
	if has(left, "no problem", "no hay problema", "sin problema", "don't mind", "no me molesta", "no me importa", "no trouble", "no es molestia", "why not", "por que no", "not a problem", "but", "pero", "unless") {
		return false
	}
	for i := range list {
		if list[i].asks {
			return false
		}
	}
	return has(left, "no", "not", "don't", "dont", "do not", "never", "can't", "cant", "cannot", "won't", "nunca", "jamas", "tampoco", "en mi vida", "ni", "nada", "rather you did not", "preferiria que no", "doesn't", "ain't")
}

// bothAlike reads one answer to voicemail and text messages at once: "no and no", "yes to both".
func bothAlike(list []clause) (yes, ok bool) {
	var said []bool
	both := false
	for i := range list {
		if list[i].asks || len(list[i].words) > 5 {
			return false, false
		}
		text := list[i].span(0, len(list[i].words))
		both = both || has(text, "both", "neither", "either", "los dos", "las dos", "ambos", "ninguno de los dos", "ni uno ni otro")
		if has(text, "neither", "ninguno", "ni uno ni otro") {
			said = append(said, false)
		} else if answer, clear := yesOrNo(text); clear {
			said = append(said, answer)
		} else {
			return false, false
		}
	}
	if len(said) == 0 || len(said) == 1 && !both || len(said) > 2 || len(said) == 2 && said[0] != said[1] {
		return false, false
	}
	if len(said) == 2 && !both && (len(list[0].words)+len(list[1].words) > 2 || strings.Contains(list[0].text, ",")) { // "no, no" says one thing twice
		return false, false
	}
	return said[0], true
}
