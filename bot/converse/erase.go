package converse

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// Erased says what an erasure left behind.
type Erased struct {
	Code string `json:"code"` // confirms the erasure; see [ErasureCode]
	Kept string `json:"kept"` // reference code of the request that was kept, "" if there is none
}

// Erase destroys a conversation for good at the visitor's wish; with withdraw also its request, so that nobody calls. A request that is not
// withdrawn stays with staff: what it says about reaching the person is its own. Erasing again gives the same code. A conversation that the
// visitor left has no valid token any more: ErrEnded.
func (r *Road) Erase(ctx context.Context, id string, withdraw bool) (Erased, error) {
	done := Erased{Code: ErasureCode(id)}
	c, _, _, err := r.load(ctx, id, "") // also when the token has run out: what is erased shows nothing
	switch {
	case errors.Is(err, ErrEnded): // erased before, perhaps not to the end
	case err != nil:
		return done, err
	case c.Left:
		return done, ErrEnded
	}
	// Also one that was never stored: a first line still under way must not bring it to life. And also one that was erased before: if that failed half
	// way, the code would confirm what is not so.
	if err := r.Journal.Erase(ctx, stream(id)); err != nil {
		return done, fmt.Errorf("erasing a conversation: %w", err)
	}
	if withdraw {
		if err := r.Journal.Erase(ctx, journal.Stream{Kind: journal.Request, ID: id}); err != nil {
			return done, fmt.Errorf("withdrawing a request: %w", err)
		}
		return done, nil
	}
	done.Kept = c.Reference
	return done, nil
}

// ErasureCode derives the code that confirms an erasure from the conversation's id. The tombstone keeps the id and nothing else, so whoever runs
// the program can find the erasure that a code confirms, and the code tells nothing about what was erased.
func ErasureCode(id string) string {
	sum := sha256.Sum256([]byte("erasure of " + id))
	first, second := request.Code(string(sum[:]), 0), request.Code(string(sum[:]), 1)
	return first + "-" + second[:4]
}
