package converse

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// A person takes a conversation over, talks and gives it back. Every step is one entry of the conversation, appended only where it still
// stands as it was seen: of two who accept at once one wins, and no line is lost between the program and a person.

// Why a person's step was not taken.
var (
	// ErrNotHanded means that the visitor asked for no person, or the conversation is over.
	ErrNotHanded = errors.New("converse: this conversation was not handed over")
	// ErrNotYours means that the conversation is not with this person, or not any more.
	ErrNotYours = errors.New("converse: somebody else talks here")
)

// TakenError means that another person was quicker.
type TakenError struct{ By, Name string }

func (e *TakenError) Error() string { return "converse: somebody else has taken this conversation" }

// live is the card of what the program says around a takeover.
func (r *Road) live(l *bot.Line, last bool) *bot.Card {
	card := &bot.Card{Kind: bot.CardPlain}
	switch l.Key {
	case bot.KeyRinging:
		card.Body = r.t(l.Lang, "live.ringing", "count", l.Args["count"])
	case bot.KeyJoined:
		card.Body = r.t(l.Lang, "live.joined", "name", l.Args["name"])
	case bot.KeyUnanswered:
		card.Body = r.withPhone(l.Lang, "live.unanswered")
	case bot.KeyReturned:
		if card.Body = r.t(l.Lang, "live.returned", "name", l.Args["name"]); l.Args["silent"] != "" {
			card.Body = r.t(l.Lang, "live.silent")
		}
	}
	if last && (l.Key == bot.KeyUnanswered || l.Key == bot.KeyReturned) {
		card.Options = r.next(l.Lang, bot.ChoiceSchedule)
	}
	return card
}

// alter appends what decide wants to a conversation, deciding again when somebody else was faster.
func (r *Road) alter(ctx context.Context, id string, decide func(bot.Conversation) ([]bot.Event, error)) error {
	for {
		c, head, _, err := r.load(ctx, id, "")
		if err != nil {
			return err
		}
		if head == 0 {
			return ErrNotHanded
		}
		events, err := decide(c)
		if err != nil || len(events) == 0 {
			return err
		}
		r.dress(c, events)
		_, err = r.store(ctx, id, head, events)
		if errors.Is(err, journal.ErrConflict) {
			continue
		}
		if errors.Is(err, journal.ErrErased) {
			return ErrEnded
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrNotSaved, err)
		}
		return nil
	}
}

// says is a line of the program outside a visitor's turn.
func (r *Road) says(c bot.Conversation, key string, args map[string]string) bot.Event {
	return bot.Event{Type: bot.Replied, Line: &bot.Line{ID: "live." + strconv.Itoa(len(c.Lines)), From: bot.FromProgram, Lang: langOf(c.Lang, bot.EN), Key: key, Args: args,
		At: r.Now().UTC().Truncate(time.Millisecond)}}
}

// Take gives a conversation that was handed over to a person, whom the visitor sees by name. The program is quiet from here on. Errors:
// *TakenError, ErrNotHanded, ErrEnded.
func (r *Road) Take(ctx context.Context, id, by, name string) error {
	return r.alter(ctx, id, func(c bot.Conversation) ([]bot.Event, error) {
		switch {
		case c.Left || len(c.Handed) == 0:
			return nil, ErrNotHanded
		case c.Live.By == by:
			return nil, nil
		case c.Live.Taken():
			return nil, &TakenError{By: c.Live.By, Name: c.Live.Name}
		}
		return []bot.Event{{Type: bot.Taken, Live: &bot.Live{By: by, Name: name}}, r.says(c, bot.KeyJoined, map[string]string{"name": name})}, nil
	})
}

// StaffSay stores a line of the person who has the conversation. line names it: the same one again is stored once. Errors: ErrNotYours,
// ErrTooLong, ErrFull, ErrEnded.
func (r *Road) StaffSay(ctx context.Context, id, by, line, text string, lang bot.Lang) error {
	if utf8.RuneCountInString(text) > MaxText {
		return ErrTooLong
	}
	return r.alter(ctx, id, func(c bot.Conversation) ([]bot.Event, error) {
		for _, l := range c.Lines {
			if l.From == bot.FromStaff && l.ID == line {
				return nil, nil
			}
		}
		switch {
		case c.Left:
			return nil, ErrEnded
		case c.Live.By != by:
			return nil, ErrNotYours
		case len(c.Lines) >= MaxLines:
			return nil, ErrFull
		}
		return []bot.Event{{Type: bot.StaffSaid, Line: &bot.Line{ID: line, From: bot.FromStaff, Lang: langOf(lang, c.Lang), Text: clean(text), Key: bot.KeyStaff,
			Args: map[string]string{"name": c.Live.Name}, At: r.Now().UTC().Truncate(time.Millisecond)}}}, nil
	})
}

// GiveBack lets the program talk again. silent: the person did not answer any more, and the visitor is told so.
func (r *Road) GiveBack(ctx context.Context, id, by string, silent bool) error {
	return r.alter(ctx, id, func(c bot.Conversation) ([]bot.Event, error) {
		if c.Live.By != by || c.Left {
			return nil, ErrNotYours
		}
		args := map[string]string{"name": c.Live.Name}
		if silent {
			args["silent"] = "1"
		}
		return []bot.Event{{Type: bot.Returned, Live: &bot.Live{By: by}}, r.says(c, bot.KeyReturned, args)}, nil
	})
}

// Unanswered tells the visitor that nobody came in time, and offers a call-back. It does nothing where somebody came or is still awaited.
func (r *Road) Unanswered(ctx context.Context, id string) error {
	return r.alter(ctx, id, func(c bot.Conversation) ([]bot.Event, error) {
		if c.Left || c.Live.Taken() || c.Live.Until.IsZero() || c.Live.Ringing(r.Now()) {
			return nil, nil
		}
		return []bot.Event{{Type: bot.Unanswered}, r.says(c, bot.KeyUnanswered, nil)}, nil
	})
}

// Gloss is what a line of the program says in another language, "" for a line that has no words of ours. c is the conversation before the line.
func (r *Road) Gloss(c bot.Conversation, l bot.Line, lang bot.Lang) string {
	if l.From != bot.FromProgram || l.Lang == lang || l.Key == "" || r.Knowledge == nil {
		return ""
	}
	l.Lang, l.Card = lang, nil
	r.words(c, &l, false)
	return l.Text
}
