package staff

import (
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// rule is one thing that the person allowed or forbade, or a time.
type rule struct {
	Icon    string
	Text    string
	Kind    string // "" allowed, "not" forbidden, "when" a time
	Visitor bool   // the text is in the visitor's own words
}

// rules lists how a person may be reached. What was never asked counts as no. Somebody who left quickly or took the
// request back must not be reached at all, so nothing else stands beside that.
func (c *Console) rules(lang bot.Lang, r request.Request) []rule {
	say := func(key string) string { return c.say(lang, "console.rule."+key) }
	f := r.Fields
	if why := r.Unwanted(); why != "" {
		return []rule{{Icon: "not", Text: say(why), Kind: "not"}}
	}
	var list []rule
	if f.Phone == "" && f.Email == "" {
		list = append(list, rule{Icon: "not", Text: say("none"), Kind: "not"})
	}
	if f.Phone != "" {
		if f.Quiet() {
			list = append(list, rule{Icon: "not", Text: say("no_calls"), Kind: "not"})
		} else {
			list = append(list, rule{Icon: "phone", Text: say("call")})
		}
	}
	if f.Email != "" {
		list = append(list, rule{Icon: "mail", Text: say("email")})
	}
	if f.Phone != "" {
		for _, a := range []struct {
			allowed *bool
			icon    string
			key     string
		}{{f.Voicemail, "voicemail", "voicemail"}, {f.Text, "text", "text"}} {
			if yes(a.allowed) {
				list = append(list, rule{Icon: a.icon, Text: say(a.key)})
			} else {
				list = append(list, rule{Icon: "not", Text: say("no_" + a.key), Kind: "not"})
			}
		}
	}
	if f.Times != "" {
		text, own := c.times(lang, f.Times)
		list = append(list, rule{Icon: "clock", Text: text, Kind: "when", Visitor: own})
	}
	if yes(f.Interpreter) {
		list = append(list, rule{Icon: "person", Text: say("interpreter"), Kind: "when"})
	}
	return list
}

func yes(b *bool) bool { return b != nil && *b }

// times says when to call; own reports that these are the visitor's words.
func (c *Console) times(lang bot.Lang, times string) (text string, own bool) {
	if key := "step.times." + times; c.Words.Has(string(lang), key) && isID(times) {
		return c.say(lang, key), false
	}
	return times, true
}

// badge is the language in which to speak with a person.
type badge struct {
	Text  string
	Lang  bot.Lang // of the text
	Quiet bool     // English, which needs no mark
}

func (c *Console) badge(lang bot.Lang, r request.Request) badge {
	tag := spoken(r)
	if l := bot.Lang(tag); l.Known() {
		// Its own name, which those who speak it know.
		return badge{Text: c.say(lang, "console.language."+tag), Lang: l, Quiet: l == bot.EN}
	}
	return badge{Text: c.language(lang, tag), Lang: lang}
}

// spoken is the language that a person asked for, else the one of the chat, as a BCP 47 tag.
func spoken(r request.Request) string {
	if r.Fields.Language != "" {
		return r.Fields.Language
	}
	return string(r.Lang)
}

// language names a language in another one: "Haitian Creole". An unknown tag names itself.
func (c *Console) language(lang bot.Lang, tag string) string {
	if c.Words.Has(string(lang), "language."+tag) {
		return c.say(lang, "language."+tag)
	}
	return tag
}

// scriptLang is the language of the words to read out: the person's, or English where we have no words and an interpreter speaks.
func scriptLang(r request.Request) bot.Lang {
	if l := bot.Lang(spoken(r)); l.Known() {
		return l
	}
	return bot.EN
}

// clock and day write times as the clinic's clock shows them. A time of the clock stays on one line.
func (c *Console) clock(lang bot.Lang, t time.Time) string {
	return strings.ReplaceAll(c.Words.Time(string(lang), t.In(c.Clinic.Location())), " ", "\u00a0")
}

func (c *Console) day(lang bot.Lang, t time.Time) string {
	zone := c.Clinic.Location()
	now := c.Now().In(zone)
	t = t.In(zone)
	switch sameDay := func(a, b time.Time) bool { return a.YearDay() == b.YearDay() && a.Year() == b.Year() }; {
	case sameDay(t, now):
		return c.say(lang, "console.today")
	case sameDay(t, now.AddDate(0, 0, -1)):
		return c.say(lang, "console.yesterday")
	case sameDay(t, now.AddDate(0, 0, 1)):
		return c.say(lang, "console.tomorrow")
	}
	return c.Words.Date(string(lang), t)
}

// dayWord is a day inside a sentence: "today", not "Today".
func (c *Console) dayWord(lang bot.Lang, t time.Time) string {
	day := c.day(lang, t)
	for _, key := range []string{"console.today", "console.yesterday", "console.tomorrow"} {
		if day == c.say(lang, key) {
			return strings.ToLower(day)
		}
	}
	return day
}

// moment is a day and a time inside a sentence.
func (c *Console) moment(lang bot.Lang, t time.Time) string {
	return c.dayWord(lang, t) + ", " + c.clock(lang, t)
}
