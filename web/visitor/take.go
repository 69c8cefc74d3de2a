package visitor

import (
	"context"
	"errors"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// What every carrier does with a visitor's frames, whether they came by socket, by POST or from a form.

// resume finds where a conversation stands: its last position, 0 if there is none yet, or the close code of why it cannot go on.
func (v *Visitor) resume(ctx context.Context, id string) (journal.Position, int) {
	c, at, err := v.cfg.Road.Load(ctx, id)
	switch {
	case errors.Is(err, converse.ErrEnded) || err == nil && c.Left:
		return 0, closeEnded
	case err != nil:
		v.cfg.Log.Error("a conversation could not be resumed", "err", err)
		return 0, websocket.CloseInternalServerErr
	}
	return at, 0
}

// say takes one line and gives the frame that answers it. A nil budget means that only the conversation's own counts.
func (v *Visitor) say(ctx context.Context, id string, f frame, lang bot.Lang, budget *rate.Limiter) (answer any, ended bool) {
	m := converse.Message{ID: f.ID, Text: f.Text, Choice: f.Choice, Lang: lang}
	road := v.cfg.Road
	now := time.Now()
	if v.draining.Load() {
		return v.refuse(m, "stopping", road.Urgent(m)), false
	}
	if budget != nil && !budget.AllowN(now, 1) || !v.budgets.allow(id, now) {
		return v.refuse(m, "slow_down", road.Urgent(m)), false
	}
	receipt, err := road.Say(ctx, id, m)
	if err == nil {
		return ackFrame{Type: "ack", ID: f.ID, Position: receipt.Position}, false
	}
	reason := converse.Reason(err)
	if reason == "not_saved" {
		v.cfg.Log.Error("a message was not stored", "err", err)
	}
	return v.refuse(m, reason, receipt.Lines), reason == "ended"
}

// refuse says that a line was not taken. An emergency card is shown all the same, and then stands alone: it says itself that nothing was saved.
func (v *Visitor) refuse(m converse.Message, reason string, card []bot.Line) any {
	if len(card) > 0 {
		return unsavedFrame{Type: "unsaved", ID: m.ID, Lines: card}
	}
	return refusedFrame{Type: "refused", ID: m.ID, Reason: reason, Text: v.cfg.Road.Refusal(m.Lang, reason)}
}

// leave makes the token of a conversation void.
func (v *Visitor) leave(ctx context.Context, id string) {
	if err := v.cfg.Road.Leave(ctx, id); err != nil {
		v.cfg.Log.Error("a visitor left, and that could not be stored", "err", err)
	}
}
