package converse

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
)

// Limits of a conversation.
const (
	MaxText  = 2000 // characters of one message
	MaxLines = 500  // lines of a conversation, then a person is offered
)

// Why a message was not taken. [Reason] turns them into the word that travels to the widget.
var (
	ErrEnded    = errors.New("converse: the conversation has ended")
	ErrTooLong  = fmt.Errorf("converse: a message has at most %d characters", MaxText)
	ErrFull     = fmt.Errorf("converse: a conversation has at most %d lines", MaxLines)
	ErrNotSaved = errors.New("converse: the message was not stored")
	ErrToken    = errors.New("converse: not a token")
)

// Reason is the word for an error on the wire: "too_long", "full", "ended" or "not_saved".
func Reason(err error) string {
	switch {
	case errors.Is(err, ErrTooLong):
		return "too_long"
	case errors.Is(err, ErrFull):
		return "full"
	case errors.Is(err, ErrEnded):
		return "ended"
	}
	return "not_saved"
}

// Refusal is what a visitor reads when a message was not taken for a reason.
func (r *Road) Refusal(l bot.Lang, reason string) string {
	l = langOf(l, bot.EN)
	if key := "refused." + reason + "_phone"; r.Clinic.PhoneShown() != "" && r.Words.Has(string(l), key) {
		return r.t(l, key, "phone", r.Clinic.PhoneShown())
	}
	return r.t(l, "refused."+reason)
}

// ConversationID derives a conversation's id from the visitor's token: 32 random bytes in base64url. The id tells nothing about the token, so
// the token itself is stored nowhere, and a first message that is sent twice makes one conversation.
func ConversationID(token string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 32 {
		return "", ErrToken
	}
	sum := sha256.Sum256(append([]byte("intake conversation "), raw...))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])), nil
}

// Decode gives the events of one entry of a conversation.
func Decode(data []byte) ([]bot.Event, error) {
	var events []bot.Event
	if err := json.Unmarshal(data, &events); err != nil {
		return nil, fmt.Errorf("decoding a turn: %w", err)
	}
	return events, nil
}

// Receipt says what became of a message. Lines is filled only where nothing could be stored and an emergency card is due all the same.
type Receipt struct {
	Position journal.Position
	Saved    bool
	Lines    []bot.Line
}

func stream(id string) journal.Stream { return journal.Stream{Kind: journal.Conversation, ID: id} }

// Life is how long a visitor's token opens its conversation after the last thing that was said there.
const Life = 24 * time.Hour

// Load folds a conversation as its visitor may see it: one whose token has run out is given as one that was left. Position 0: there is none.
func (r *Road) Load(ctx context.Context, id string) (bot.Conversation, journal.Position, error) {
	c, at, _, err := r.load(ctx, id, "")
	c.Left = r.void(&c)
	return c, at, err
}

// void reports whether the visitor's token opens the conversation no more.
func (r *Road) void(c *bot.Conversation) bool {
	if c.Left || len(c.Lines) == 0 {
		return c.Left
	}
	last := c.Lines[len(c.Lines)-1].At
	return !last.IsZero() && r.Now().Sub(last) > Life
}

// load also finds where the visitor's line with this id is stored, 0 if it is not.
func (r *Road) load(ctx context.Context, id, line string) (c bot.Conversation, head, heard journal.Position, err error) {
	for e, err := range r.Journal.Read(ctx, stream(id), 0) {
		if errors.Is(err, journal.ErrErased) {
			return c, 0, 0, ErrEnded
		}
		if err != nil {
			return c, 0, 0, fmt.Errorf("reading a conversation: %w", err)
		}
		events, err := Decode(e.Data)
		if err != nil {
			return c, 0, 0, err
		}
		for _, ev := range events {
			c.Apply(ev)
			if ev.Type == bot.Said && ev.Line.ID == line {
				heard = e.Position
			}
		}
		head = e.Position
	}
	return c, head, heard, nil
}

// Say takes a visitor's message: it decides the turn and stores it. The receipt is given after the commit; a message that is sent again gets the
// receipt of the first time. Where nothing can be stored, or the message is refused, an emergency card is still given, without a position.
func (r *Road) Say(ctx context.Context, id string, m Message) (Receipt, error) {
	receipt, err := r.say(ctx, id, m)
	if err != nil && len(receipt.Lines) == 0 {
		receipt.Lines = r.Urgent(m) // the card needs neither the disk nor the index
	}
	return receipt, err
}

func (r *Road) say(ctx context.Context, id string, m Message) (Receipt, error) {
	if utf8.RuneCountInString(m.Text) > MaxText {
		return Receipt{}, ErrTooLong
	}
	for handed := false; ; {
		c, head, heard, err := r.load(ctx, id, m.ID)
		switch {
		case errors.Is(err, ErrEnded) || err == nil && r.void(&c):
			if handed && c.Left { // the visitor left while this was under way, and what left did not know of the request
				return Receipt{}, errors.Join(ErrEnded, request.LeaveNow(ctx, r.Journal, id))
			}
			return Receipt{}, ErrEnded
		case err != nil:
			return Receipt{}, errors.Join(ErrNotSaved, err)
		case heard != 0:
			return Receipt{Position: heard, Saved: true}, nil
		case c.Full:
			return Receipt{}, ErrFull
		}
		turn := r.Decide(c, id, m)
		if err := r.handOver(ctx, id, m.ID, &turn); err != nil {
			return Receipt{Lines: r.alarms(turn.Events)}, errors.Join(ErrNotSaved, err)
		}
		handed = true
		at, err := r.store(ctx, id, head, turn.Events)
		switch {
		case errors.Is(err, journal.ErrConflict): // another tab was faster: decide again on what is there now
			continue
		case errors.Is(err, journal.ErrErased):
			return Receipt{}, ErrEnded
		case err != nil: // a yes to the direct question is known by what was said before it
			return Receipt{Lines: r.alarms(turn.Events)}, errors.Join(ErrNotSaved, err)
		}
		return Receipt{Position: at, Saved: true}, nil
	}
}

func (r *Road) store(ctx context.Context, id string, after journal.Position, events []bot.Event) (journal.Position, error) {
	data, err := json.Marshal(events)
	if err != nil {
		return 0, fmt.Errorf("encoding a turn: %w", err)
	}
	return r.Journal.Append(ctx, stream(id), after, data)
}

// Urgent gives the emergency card for a message that cannot be taken, or nil if it needs none.
func (r *Road) Urgent(m Message) []bot.Line {
	screen, _ := r.screen(bot.Conversation{}, m)
	if screen.Level != safety.LevelCrisis && screen.Level != safety.LevelAsk {
		return nil
	}
	events, _ := bot.Step(bot.Conversation{}, bot.Input{Time: r.Now().UTC(), ID: m.ID, Text: m.Text, Lang: m.Lang, Screen: screen, Found: []bot.Finding{{Decision: bot.FoundDecline}}})
	r.dress(bot.Conversation{}, events)
	return r.alarms(events)
}

// alarms gives the card or the direct question out of events that could not be stored, and says that they were not.
func (r *Road) alarms(events []bot.Event) []bot.Line {
	var lines []bot.Line
	for _, e := range events {
		if e.Type != bot.Replied || e.Line.Key != bot.KeyEmergency && e.Line.Key != bot.KeyAfter && e.Line.Key != bot.KeyDoubt {
			continue
		}
		if e.Line.Key == bot.KeyAfter {
			e.Line.Card.Body = r.t(e.Line.Lang, safety.Unsaved)
			e.Line.Card.Options, e.Line.Text = nil, e.Line.Card.Body
		}
		lines = append(lines, *e.Line)
	}
	return lines
}

// Leave makes the token of a conversation void at once; the record stays for staff. An unknown conversation needs nothing.
func (r *Road) Leave(ctx context.Context, id string) error {
	for {
		c, head, err := r.Load(ctx, id)
		if errors.Is(err, ErrEnded) || err == nil && head == 0 {
			return nil
		}
		if err == nil && c.Left { // perhaps the request was not told the last time
			return request.LeaveNow(ctx, r.Journal, id)
		}
		if err != nil {
			return err
		}
		_, err = r.store(ctx, id, head, []bot.Event{{Type: bot.Left}})
		if errors.Is(err, journal.ErrConflict) {
			continue
		}
		if err != nil {
			return fmt.Errorf("ending a conversation: %w", err)
		}
		return request.LeaveNow(ctx, r.Journal, id) // also where none is known yet: a line under way may just have made it
	}
}
