package journal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
)

// KeySize is the length of every key, in bytes (AES-256).
const KeySize = 32

// Key is the secret key of one stream.
type Key [KeySize]byte

// Format writes a placeholder for every verb, so that a key never gets into a log.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[key]") }

// ErrNoKey means that a stream has no key: it never had one, or the key was destroyed.
var ErrNoKey = errors.New("journal: the stream has no key")

// Keys keeps one key for each stream, wrapped by a master key and apart from the entries. All methods may be called by many
// goroutines at once.
type Keys interface {
	// Create durably makes a random key for a stream, or returns the one it has: the first written is kept.
	Create(ctx context.Context, s Stream) (Key, error)
	// Get returns a stream's key, or ErrNoKey, or ErrCorrupt if the stored one cannot be unwrapped.
	Get(ctx context.Context, s Stream) (Key, error)
	// Destroy removes a stream's key and tail for good: when it returns nil, no byte of them is left in the files. Destroying
	// again does nothing.
	Destroy(ctx context.Context, s Stream) error
	// Rewrap wraps every key with a new master key, all or none, and from then on uses it. Save the new master key first.
	Rewrap(ctx context.Context, master MasterKey) error
}

// Tail is what is known of a stream's end, kept apart from the entries so that a stream cut short is noticed.
type Tail struct {
	Stream   Stream
	Position Position // of an entry at or before the stream's head, never beyond it
	MAC      [32]byte // over stream, position and the stored entry, made with a key derived from the stream's key
}

// Tails keeps the tails. All methods may be called by many goroutines at once.
type Tails interface {
	// KeepTails durably stores tails in one step. A tail never moves back, and one of a stream without a key is dropped.
	KeepTails(ctx context.Context, tails []Tail) error
	// Tail returns a stream's tail; Position 0 means that none is kept.
	Tail(ctx context.Context, s Stream) (Tail, error)
	// AllTails yields every tail of a kind.
	AllTails(ctx context.Context, kind Kind) iter.Seq2[Tail, error]
}
