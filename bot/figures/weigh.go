package figures

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// tally collects the counts of one entry.
type tally struct {
	zone   *time.Location
	counts []Count
}

func (t *tally) add(at time.Time, m Metric, value string, lang bot.Lang, n int) {
	if !lang.Known() {
		lang = bot.EN
	}
	t.counts = append(t.counts, Count{Cell{Day: DayOf(at.In(t.zone)), Metric: m, Value: value, Lang: lang}, n})
}

// talked counts one turn of a conversation. offered reports whether the topics were offered to choose from just before this turn; it is asked
// only where that matters.
func (t *tally) talked(e journal.Entry, offered func() bool) error {
	var events []bot.Event
	if err := json.Unmarshal(e.Data, &events); err != nil {
		return fmt.Errorf("figures: a turn at %d: %w", e.Position, err)
	}
	for _, ev := range events {
		switch {
		case ev.Type == bot.Started:
			t.add(e.At, Conversations, "", ev.Lang, 1)
			t.add(e.At, Hours, e.At.In(t.zone).Format("15"), ev.Lang, 1)
		case ev.Type == bot.Said && ev.Line != nil && strings.HasPrefix(ev.Line.Choice, "topic:"):
			if offered() {
				t.add(e.At, Chosen, "", ev.Line.Lang, 1)
			}
		case ev.Type == bot.Warned:
			t.add(e.At, Emergencies, string(ev.Card), langOf(events), 1)
		case ev.Type == bot.Doubted:
			t.add(e.At, Emergencies, Asked, langOf(events), 1)
		case ev.Type == bot.Replied && ev.Line != nil:
			t.replied(e.At, ev.Line)
		}
	}
	return nil
}

func (t *tally) replied(at time.Time, l *bot.Line) {
	switch l.Key {
	case bot.KeyAnswer:
		t.add(at, Questions, Answered, l.Lang, 1)
		if topic := topicOf(l); topic != "" {
			t.add(at, Topics, topic, l.Lang, 1)
		}
	case bot.KeyChoose:
		t.add(at, Questions, Offered, l.Lang, 1)
	case bot.KeyAdvice:
		t.add(at, Questions, Advised, l.Lang, 1)
	case bot.KeyDecline, bot.KeyNotAsked, bot.KeyOutside:
		t.add(at, Questions, Declined, l.Lang, 1)
	}
}

func topicOf(l *bot.Line) string {
	switch {
	case l.Card != nil && l.Card.Topic != "":
		return l.Card.Topic
	case len(l.Topics) > 0:
		return l.Topics[0]
	}
	return ""
}

// langOf is the language of a turn.
func langOf(events []bot.Event) bot.Lang {
	for _, ev := range events {
		if ev.Line != nil {
			return ev.Line.Lang
		}
		if ev.Lang != "" {
			return ev.Lang
		}
	}
	return bot.EN
}

// offering reports whether the last thing that the program said before a position offered topics to choose from.
func offering(turns iter.Seq2[journal.Entry, error], before journal.Position) (bool, error) {
	offers := false
	for e, err := range turns {
		if err != nil {
			return false, err
		}
		if e.Position >= before {
			break
		}
		var events []bot.Event
		if err := json.Unmarshal(e.Data, &events); err != nil {
			return false, fmt.Errorf("figures: a turn at %d: %w", e.Position, err)
		}
		for _, ev := range events {
			if ev.Type == bot.Replied && ev.Line != nil {
				offers = ev.Line.Key == bot.KeyChoose
			}
		}
	}
	return offers, nil
}

// handled counts one entry of a request. What it means follows from the entries before it: the first hand-over opens the request, the first attempt
// ends the waiting, and a second outcome corrects the first.
func (t *tally) handled(entries iter.Seq2[journal.Entry, error], at journal.Position) error {
	var r past
	for e, err := range entries {
		if err != nil {
			return err
		}
		if e.Position > at {
			return nil
		}
		var events []request.Event
		if err := json.Unmarshal(e.Data, &events); err != nil {
			return fmt.Errorf("figures: a request at %d: %w", e.Position, err)
		}
		var news []fact
		for _, ev := range events {
			news = append(news, r.apply(ev, e.At)...)
		}
		if e.Position == at {
			for _, f := range news {
				t.add(f.at, f.metric, f.value, r.lang, f.n)
			}
		}
	}
	return nil
}

// past is what counting must know of a request's earlier events.
type past struct {
	opened  time.Time
	lang    bot.Lang // of the first hand-over, so that a correction takes back what was counted
	tried   bool
	closed  bool
	outcome string // "" if none
	decided time.Time
}

// fact is one thing to count.
type fact struct {
	at     time.Time
	metric Metric
	value  string
	n      int
}

// apply folds one event in and says what it adds to the counts.
func (r *past) apply(ev request.Event, at time.Time) []fact {
	switch ev.Type {
	case request.Handed:
		if r.closed { // a person who comes back begins a new round; what the last one came to stands
			r.closed, r.outcome = false, ""
		}
		if r.opened.IsZero() {
			r.opened, r.lang = at, ev.Lang
			return []fact{{at, Requests, "", 1}}
		}
	case request.Attempted:
		if !r.tried {
			r.tried = true
			return []fact{{at, FirstContact, wait(at.Sub(r.opened)), 1}}
		}
	case request.Decided:
		r.closed = !ev.Outcome.Booked()
		return r.decide(string(ev.Outcome), at)
	case request.Merged:
		r.closed = true
		return r.decide(string(request.Duplicate), at)
	case request.TakenBack:
		r.closed = true
		return r.decide(Withdrawn, at)
	case request.StatusSet:
		r.closed = ev.Status == request.Closed
		if ev.Status == request.New { // undone by staff
			return r.decide("", at)
		}
	}
	return nil
}

// decide takes an earlier outcome back, on the day it was counted, and counts the new one.
func (r *past) decide(outcome string, at time.Time) (facts []fact) {
	if r.outcome == outcome {
		return nil
	}
	if r.outcome != "" {
		facts = append(facts, fact{r.decided, Outcomes, r.outcome, -1})
	}
	if outcome != "" {
		facts = append(facts, fact{at, Outcomes, outcome, 1})
	}
	r.outcome, r.decided = outcome, at
	return facts
}

// gone reports that a stream was erased before it could be counted.
func gone(err error) bool {
	return errors.Is(err, journal.ErrErased) || errors.Is(err, journal.ErrCorrupt)
}
