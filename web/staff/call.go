package staff

import (
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// advice lists what to do and what not to do before anybody picks up the phone.
func (c *Console) advice(lang bot.Lang, r request.Request) (do, dont []string) {
	f := r.Fields
	yesTo := func(key string, pairs ...string) { do = append(do, c.say(lang, "console.do."+key, pairs...)) }
	noTo := func(key string) { dont = append(dont, c.say(lang, "console.dont."+key)) }
	if why := r.Unwanted(); why != "" {
		yesTo("wait")
		yesTo("read")
		noTo(why)
		return do, dont
	}
	switch {
	case f.Quiet():
		switch {
		case f.Phone != "" && yes(f.Text):
			yesTo("only_text")
		case f.Email != "":
			yesTo("only_email")
		default:
			yesTo("read")
		}
		noTo("calls")
	case f.Phone != "" && f.Times != "":
		if times, own := c.times(lang, f.Times); own {
			yesTo("call_when", "times", isolate(times))
		} else {
			yesTo("call_" + f.Times)
		}
	case f.Phone != "":
		yesTo("call")
	case f.Email != "":
		yesTo("email")
	default:
		yesTo("read")
		noTo("reach")
		return do, dont
	}
	if f.Remarks != "" {
		yesTo("heed", "words", isolate(f.Remarks))
	}
	if f.Name != "" && f.Phone != "" && !f.Quiet() {
		yesTo("ask", "name", isolate(f.Name))
	}
	tag := spoken(r)
	switch {
	case yes(f.Interpreter) && (tag == "" || bot.Lang(tag).Known() && f.Language == ""):
		yesTo("interpreter_any")
	case yes(f.Interpreter):
		yesTo("interpreter", "language", c.language(lang, tag))
	case tag != "":
		yesTo("speak", "language", c.language(lang, tag))
	}
	if f.Phone != "" {
		if yes(f.Voicemail) {
			yesTo("voicemail")
		} else {
			noTo("voicemail")
		}
		if yes(f.Text) {
			yesTo("text")
		} else {
			noTo("text")
		}
	}
	noTo("say")
	if f.ForWhom == "loved_one" {
		noTo("details")
	}
	return do, dont
}

// line is something to say, in the person's language, and what it means.
type line struct {
	When  string // "They answer"
	Lang  bot.Lang
	Say   string
	Gloss string // "" where the staff member reads the same language
	Order string // instead of words to say: what to do
}

// script is what to say on the phone. It names neither the clinic nor the reason: anybody may pick up.
type script []line

func (c *Console) script(lang bot.Lang, name string, r request.Request) script {
	if r.Fields.Phone == "" || r.Unwanted() != "" || r.Fields.Quiet() {
		return nil
	}
	theirs := scriptLang(r)
	words := func(when, key string, pairs ...string) line {
		l := line{When: c.say(lang, "console.say."+when), Lang: theirs, Say: c.say(theirs, key, pairs...)}
		if theirs != lang {
			l.Gloss = c.say(lang, key, pairs...)
		}
		return l
	}
	staff := strings.TrimRight(name, ".") // "Ana R." ends a sentence of its own
	if caller := c.Clinic.NeutralCaller(string(theirs)); caller != "" {
		staff += ", " + caller
	}
	var s script
	if n := r.Fields.Name; n != "" {
		s = append(s, words("answers", "console.script.answers", "name", isolate(n), "staff", staff))
	} else {
		s = append(s, words("answers", "console.script.answers_no_name", "staff", staff))
	}
	s = append(s, words("other", "console.script.other"))
	switch phone := c.Clinic.PhoneShown(); {
	case !yes(r.Fields.Voicemail):
		s = append(s, line{When: c.say(lang, "console.say.nobody"), Order: c.say(lang, "console.say.hang_up")})
	case phone != "":
		s = append(s, words("nobody", "console.script.voicemail_phone", "staff", staff, "phone", phone))
	default:
		s = append(s, words("nobody", "console.script.voicemail", "staff", staff))
	}
	return s
}
