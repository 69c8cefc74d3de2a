// Package converse is the one road of a message: screen it, mask it, step the engine, look up what the engine wants to know, and fill in the
// words. [Road.Decide] does that without storage, for the command line; [Road.Say] does the same and stores what follows, for every carrier.
package converse

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// Message is one thing that a visitor sent.
type Message struct {
	ID     string   // the line's id, made by the visitor's device, the same when it is sent again
	Text   string   // as typed, or the label of the tapped option
	Choice string   // id of the tapped option, "" when typed
	Lang   bot.Lang // language of the page
}

// LogValue keeps a visitor's words out of every log.
func (m Message) LogValue() slog.Value { return slog.GroupValue(slog.Int("bytes", len(m.Text))) }

// Road holds what a message passes. Journal and Requests may be nil where only Decide is used.
type Road struct {
	Knowledge *knowledge.Base
	Clinic    *clinic.Profile
	Words     *locales.Words
	Screen    *safety.Screen
	Journal   journal.Journal
	Requests  *request.Worklist
	Codes     *request.Guesses // how many unknown reference codes may still be tried; nil: no limit
	Now       func() time.Time
	Log       *slog.Logger
	// Staffed says how many people at the console can be called now and how long they have to come; nil: nobody.
	Staffed func() (people int, wait time.Duration)
}

// Turn is one decided turn.
type Turn struct {
	Events     []bot.Event
	After      bot.Conversation // the conversation with the events folded in
	Confidence float64          // of what was found, 0 to 1
	Near       []string         // up to three entries, best first, whatever was decided
}

// Decide says what follows from a message in a conversation. It stores nothing. The id names the conversation; only the reference code follows from it.
func (r *Road) Decide(c bot.Conversation, id string, m Message) Turn {
	text, masked := bot.Mask(clean(m.Text))
	in := bot.Input{Time: r.Now().UTC().Truncate(time.Millisecond), ID: m.ID, Text: text, Masked: masked, Choice: r.choice(m.Choice), Lang: m.Lang,
		Reference: r.code(id), Full: len(c.Lines) >= MaxLines}
	var whole *knowledge.Result // what the knowledge base makes of all that was typed
	in.Screen, whole = r.screen(c, m)
	if in.Choice == "" {
		if in.Code = bot.CodeIn(text); in.Code != "" {
			in.Status = r.Status(in.Code)
		}
	}
	if rest, clear, ok := c.Denies(text); ok && in.Choice == "" {
		in.Denial = &bot.Denial{Rest: rest, Clear: clear}
		if rest != "" {
			in.Denial.Screen = r.Screen.Check(rest)
		}
	}
	if r.Staffed != nil {
		in.Staffed, in.Wait = r.Staffed()
	}
	var turn Turn
	events, lookup := bot.Step(c, in)
	if lookup != nil {
		for _, text := range lookup.Texts {
			found := whole
			if found == nil || text != m.Text || lookup.Lang != langOf(c.Lang, m.Lang) {
				f := r.Knowledge.Find(text, string(lookup.Lang))
				found = &f
			}
			in.Found = append(in.Found, finding(*found))
		}
		if lookup.Context != "" {
			f := finding(r.Knowledge.Find(lookup.Texts[0]+" "+lookup.Context, string(lookup.Lang)))
			in.Whole = &f
		}
		turn.Confidence, turn.Near = in.Found[0].Confidence, in.Found[0].Topics
		events, _ = bot.Step(c, in)
	}
	turn.Events = events
	turn.After = r.dress(c, events)
	return turn
}

// finding puts what the knowledge base found into the engine's words.
func finding(r knowledge.Result) bot.Finding {
	return bot.Finding{Decision: string(r.Decision), Label: r.Label, Topics: r.Topics, Confidence: r.Confidence}
}

// screen looks at what was typed before anything else is done with it, and asks the knowledge base, which is in memory, for its opinion. A tapped
// option carries our own label, not the visitor's words.
func (r *Road) screen(c bot.Conversation, m Message) (safety.Result, *knowledge.Result) {
	if m.Choice != "" && r.choice(m.Choice) != "" {
		return safety.Result{}, nil
	}
	if r.Knowledge == nil {
		return r.Screen.Check(m.Text), nil
	}
	found := r.Knowledge.Find(m.Text, string(langOf(c.Lang, m.Lang)))
	other := safety.Opinion{Danger: found.Chance(emergencyTopics...), Personal: found.Chance(medicalTopics...)}
	if found.Decision == knowledge.Answer && !bot.IsEmergency(found.Label) {
		other.Ordinary = found.Confidence
	}
	return r.Screen.CheckBeside(m.Text, other), &found
}

// What the knowledge base is asked about danger and personal questions.
var emergencyTopics, medicalTopics = bot.EmergencyTopics(), bot.MedicalTopics()

// choice drops the id of an entry that does not exist; the label is then read as typed.
func (r *Road) choice(id string) string {
	const topic = "topic:"
	if len(id) > len(topic) && id[:len(topic)] == topic && r.Knowledge.Question(id[len(topic):], string(bot.EN)) == "" {
		return ""
	}
	return id
}

func (r *Road) code(id string) string {
	if r.Requests == nil {
		return request.Code(id, 0)
	}
	return r.Requests.FreeCode(id)
}

// dress folds the events into the conversation and fills in the words of every program line on the way, so that each card shows what was known
// when it was said.
func (r *Road) dress(c bot.Conversation, events []bot.Event) bot.Conversation {
	last := len(events)
	for i := range events {
		if events[i].Type == bot.Replied {
			last = i
		}
	}
	for i := range events {
		if events[i].Type == bot.Replied {
			r.words(c, events[i].Line, i == last)
		}
		c.Apply(events[i])
	}
	return c
}

// t is the text of a key in a line's language.
func (r *Road) t(l bot.Lang, key string, args ...string) string {
	m := map[string]string{}
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return r.Words.T(string(l), key, m)
}

// withPhone picks the wording with the clinic's phone where the profile has one.
func (r *Road) withPhone(l bot.Lang, key string) string {
	if phone := r.Clinic.PhoneShown(); phone != "" {
		return r.t(l, key+"_phone", "phone", phone)
	}
	return r.t(l, key)
}

// hours says whether the office is open and, if not, when it opens next, with what the clinic says about days that differ. "" where the hours are not
// known. Open does not mean that somebody reads this chat.
func (r *Road) hours(l bot.Lang) string {
	now := r.Now()
	var said []string
	switch open, known := r.Clinic.Open(clinic.Office, now); {
	case open:
		said = append(said, r.t(l, "hours.open"))
	case known:
		if day, at, ok := r.NextOpening(l); ok {
			said = append(said, r.t(l, "hours.opens", "day", day, "time", at))
		}
	}
	if notice := r.Clinic.Notice(now, string(l)); notice != "" {
		said = append(said, notice)
	}
	return strings.Join(said, " ")
}

// NextOpening says in a visitor's language on which day and at what time the office opens next. False while it is open, and where that is not known.
func (r *Road) NextOpening(l bot.Lang) (day, at string, ok bool) {
	now := r.Now()
	if open, known := r.Clinic.Open(clinic.Office, now); open || !known {
		return "", "", false
	}
	next, ok := r.Clinic.NextOpening(clinic.Office, now)
	if !ok {
		return "", "", false
	}
	day = r.Words.Day(string(l), next.Weekday())
	if next.Sub(now) > 6*24*time.Hour { // "Monday" alone would be the next one
		day += ", " + r.Words.Date(string(l), next)
	}
	return day, r.Words.Time(string(l), next), true
}

func langOf(l, fallback bot.Lang) bot.Lang {
	if l.Known() {
		return l
	}
	return cmp.Or(fallback, bot.EN)
}
