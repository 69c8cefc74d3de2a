// Package journal is the append-only store under everything the program remembers: its interface, the contract that every
// implementation keeps, the sealing (encryption) laid over an implementation, and the keys the sealing uses.
//
// A journal holds streams. A stream is a list of entries that only grows, until it is erased for good. Streams are grouped
// in kinds; positions order all the entries of one kind, and nothing depends on order between kinds.
package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Kind groups streams that share one order of positions and are watched together.
type Kind string

// The kinds of stream that the program keeps.
const (
	Conversation Kind = "conversation"
	Request      Kind = "request"
	Account      Kind = "account"
	Audit        Kind = "audit"
	Knowledge    Kind = "knowledge"
	Outbox       Kind = "outbox"
	Disclosure   Kind = "disclosure" // what left the house; outlives the requests it is about
	Figures      Kind = "figures"    // counts
)

// Kinds returns every kind, in a fixed order.
func Kinds() []Kind {
	return []Kind{Conversation, Request, Account, Audit, Knowledge, Outbox, Figures, Disclosure}
}

// Limits that every implementation shares.
const (
	// MaxID is the longest stream id, in bytes.
	MaxID = 128
	// MaxData is the largest entry that a caller may append, in bytes.
	MaxData = 512 << 10
	// MaxStored is the largest entry that an implementation must take, in bytes: one of MaxData with its sealing.
	MaxStored = MaxData + 64
)

// Stream names one stream. It can be compared and can be the key of a map.
type Stream struct {
	Kind Kind
	ID   string // 1 to MaxID bytes of a-z 0-9 - _ .
}

// NewStream returns the stream of a kind with an id, or an error wrapping ErrStream if either is not allowed.
func NewStream(kind Kind, id string) (Stream, error) {
	s := Stream{Kind: kind, ID: id}
	return s, s.Validate()
}

// Validate returns an error wrapping ErrStream if the kind is unknown or the id is not allowed. The error does not repeat the id.
func (s Stream) Validate() error {
	if !slices.Contains(Kinds(), s.Kind) {
		return fmt.Errorf("%w: unknown kind", ErrStream)
	}
	if len(s.ID) == 0 || len(s.ID) > MaxID {
		return fmt.Errorf("%w: an id has 1 to %d bytes, this one %d", ErrStream, MaxID, len(s.ID))
	}
	for i := range len(s.ID) {
		c := s.ID[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return fmt.Errorf("%w: an id has only the characters a-z 0-9 - _ . and no others", ErrStream)
		}
	}
	return nil
}

// String returns "kind/id".
func (s Stream) String() string { return string(s.Kind) + "/" + s.ID }

// Position is an entry's place in the order of its kind. The first is above 0; positions grow but may skip, so nobody adds one to
// a position. 0 means "before the first entry".
type Position uint64

// Entry is one entry of a stream.
type Entry struct {
	Stream   Stream
	Position Position
	At       time.Time // when it was stored, UTC; positions give the order, not times
	Data     []byte    // belongs to the caller; nil in a tombstone
	Erased   bool      // a tombstone: the stream was erased at this position
}

// Head is the end of one stream.
type Head struct {
	Stream   Stream
	Position Position  // of its last entry, or of its tombstone
	At       time.Time // when that was stored, UTC
	Erased   bool
}

// Errors that every implementation gives, wrapped; compare with errors.Is. After any other error of Append or Erase the outcome
// is unknown: read before trying again.
var (
	// ErrConflict means that the stream's head is not at the position the writer named: read again and decide again.
	ErrConflict = errors.New("journal: the stream has moved on")
	// ErrErased means that the stream was erased; it stays erased.
	ErrErased = errors.New("journal: the stream was erased")
	// ErrCorrupt means that what is stored is damaged, moved, replaced or incomplete.
	ErrCorrupt = errors.New("journal: damaged")
	// ErrTailMissing is the ErrCorrupt of a stream that has lost its newest entries.
	ErrTailMissing = fmt.Errorf("%w: newest entries missing", ErrCorrupt)
	// ErrSchema means that a newer version of the program wrote this; nothing was changed.
	ErrSchema = errors.New("journal: written by a newer version of this program: upgrade it")
	// ErrClosed means that the journal (or the key store) is closed.
	ErrClosed = errors.New("journal: closed")
	// ErrLocked means that another process has the data folder open.
	ErrLocked = errors.New("journal: in use by another process")
	// ErrStream means that a stream's kind or id is not allowed.
	ErrStream = errors.New("journal: not a stream")
	// ErrTooLarge means that an entry's data is above MaxData (or MaxStored).
	ErrTooLarge = errors.New("journal: entry too large")
)

// Journal is the contract. All methods may be called by many goroutines at once.
//
// The sequences hold nothing open while the caller has the turn, so a slow caller stops nobody. A sequence that ends early yields
// the reason last, with an empty Entry or Head: the context's error, ErrClosed, or what went wrong. An error beside a filled
// Entry (its Position is not 0) or Head (its Stream is not empty) concerns that one alone.
type Journal interface {
	// Append durably adds one entry, whole or not at all, if the stream's head is still at after (0: a new stream), and returns
	// its position; otherwise ErrConflict. Of several writers naming the same after, exactly one wins. An erased stream stays
	// erased: ErrErased. ctx bounds the wait to be taken; once taken, the true outcome is returned. data is not kept.
	Append(ctx context.Context, s Stream, after Position, data []byte) (Position, error)

	// Read yields one stream in order after a position, which is 0 or a position of that stream (never a number that came from
	// outside), and ends with the last entry. A stream that never was has no entries. An erased one yields ErrErased, also when
	// it is erased during the reading. Damage ends the reading.
	Read(ctx context.Context, s Stream, after Position) iter.Seq2[Entry, error]

	// Watch yields the entries of every stream of a kind after a position, in order, then waits for more until ctx ends. Of an
	// erased stream only the tombstone remains; a watcher that began earlier may have seen entries before it. An entry that
	// cannot be opened is yielded without data beside its error, and the watch goes on.
	Watch(ctx context.Context, kind Kind, after Position) iter.Seq2[Entry, error]

	// Heads yields every stream of a kind with its last position and time, erased ones too, opening nothing: for retention, for
	// finding a cut tail, and for knowing when a Watch has caught up. Each stream comes once; one that changes meanwhile comes
	// as it was or as it is.
	Heads(ctx context.Context, kind Kind) iter.Seq2[Head, error]

	// Erase removes a stream for good and leaves a tombstone at a new position, which watchers see. When it returns nil the data
	// is gone from the journal's files. Erasing again does nothing; erasing a stream that never was leaves a tombstone too, so
	// that a first entry still under way cannot bring it to life. Erase many streams from many goroutines: they share the work.
	Erase(ctx context.Context, s Stream) error

	// Close waits for what was taken, ends every sequence with ErrClosed and releases the files. Closing again does nothing.
	Close() error
}
