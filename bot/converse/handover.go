package converse

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// handOver opens, changes or takes back the request before the turn that says so is stored. The request is a stream of its own, and no write spans
// two streams: if the program dies in between, the visitor's device sends the line again and finds the request there; the other order could
// tell a visitor about a request that does not exist.
func (r *Road) handOver(ctx context.Context, id, line string, turn *Turn) error {
	var failed error
	turn.Events = slices.DeleteFunc(turn.Events, func(e bot.Event) bool {
		if failed != nil {
			return false
		}
		switch e.Type {
		case bot.Withdrawn:
			failed = r.withdraw(ctx, id, line, e.Reference, turn.After.Reference)
			return false
		case bot.Handed:
		default:
			return false
		}
		ev := request.Event{Cause: line, Reason: e.Reason, Reference: e.Reference, Lang: turn.After.Lang, Card: turn.After.Emergency}
		if e.Reason == bot.ReasonConfirmed {
			ev.Fields = &turn.After.Intake.Fields
			ev.Consent = r.consent(turn)
		}
		_, err := request.HandOver(ctx, r.Journal, id, ev)
		if err != nil && e.Reason == bot.ReasonConfirmed {
			failed = fmt.Errorf("handing over: %w", err)
			return false
		}
		if err != nil { // the card matters more than the worklist; the next turn of this kind tries again
			r.Log.Error("a conversation could not be handed over", "reason", e.Reason, "err", err)
		}
		return err != nil
	})
	return failed
}

// consent says which wording the visitor agreed to: that of the last summary.
func (r *Road) consent(turn *Turn) *request.Consent {
	lang := turn.After.Lang
	for _, l := range slices.Backward(turn.After.Lines) {
		if l.Key == bot.KeySummary {
			lang = l.Lang
			break
		}
	}
	f := turn.After.Intake.Fields
	yes := func(b *bool) bool { return b != nil && *b }
	return &request.Consent{Version: r.t(lang, "consent.version"), Lang: lang, At: r.Now().UTC(), Voicemail: yes(f.Voicemail), Text: yes(f.Text)}
}

// withdraw takes back the request with a code: the conversation's own, or, for somebody who knows its code, another one.
func (r *Road) withdraw(ctx context.Context, id, line, code, own string) error {
	if code != own && r.Requests != nil {
		other, ok := r.Requests.ByCode(code)
		if !ok {
			return nil // gone meanwhile
		}
		id = other.ID
	}
	if err := request.Withdraw(ctx, r.Journal, id, line); err != nil && !errors.Is(err, request.ErrUnknown) {
		return fmt.Errorf("taking back a request: %w", err)
	}
	return nil
}

// Status says how far the request with a reference code has come, as one of the Status constants of package bot. Whoever asks learns nothing else.
// Only codes that do not exist count against the limit on guesses.
func (r *Road) Status(code string) string {
	code = bot.CodeIn(code)
	if r.Requests == nil || code == "" {
		return bot.StatusUnknown
	}
	if r.Codes != nil && !r.Codes.Left(r.Now()) {
		return bot.StatusLater
	}
	req, ok := r.Requests.ByCode(code)
	if !ok {
		if r.Codes != nil {
			r.Codes.Miss(r.Now())
		}
		return bot.StatusUnknown
	}
	switch req.Status {
	case request.Contacted:
		return bot.StatusTried
	case request.Scheduled:
		return bot.StatusScheduled
	case request.Closed:
		return bot.StatusClosed
	}
	return bot.StatusReceived
}
