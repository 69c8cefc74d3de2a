package request

import (
	"context"
	"encoding/json"
	"fmt"

	"example.org/intake/bot/journal"
)

// Change is what one stored entry made of a request.
type Change struct {
	Before Request // Position 0: there was none
	After  Request
	Handed bool // the visitor handed the conversation over in this entry
}

// ChangeAt gives what the entry of a request at a position changed. A request that was erased meanwhile gives journal.ErrErased.
func ChangeAt(ctx context.Context, j journal.Journal, id string, at journal.Position) (Change, error) {
	var c Change
	for e, err := range j.Read(ctx, stream(id), 0) {
		if err != nil {
			return c, fmt.Errorf("reading request: %w", err)
		}
		if e.Position > at {
			break
		}
		c.Before = c.After
		if err := c.After.apply(e); err != nil {
			return c, err
		}
		if e.Position < at {
			continue
		}
		var events []Event
		if err := json.Unmarshal(e.Data, &events); err != nil { // apply has read them: cannot be
			return c, fmt.Errorf("request %s at %d: %w", id, at, err)
		}
		for _, ev := range events {
			c.Handed = c.Handed || ev.Type == Handed
		}
		return c, nil
	}
	return c, ErrUnknown
}
