package audit

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"example.org/intake/bot/journal"
)

// Log writes and checks the record. One stream of the journal holds one month. Its last record names the next stream, which begins with
// that record's hash. All methods may be called by many goroutines at once, and several nodes may write.
type Log struct {
	journal journal.Journal

	mu   sync.Mutex // held while writing: a record needs the hash of the one before
	tail tail       // as last seen; another node may have gone on
}

// tail is the end of the chain.
type tail struct {
	month    string           // "" if it was not looked up yet
	position journal.Position //
	n        uint64           //
	hash     string           //
	next     string           // the month is closed and this one follows, not begun yet
}

// Head is the end of the chain, to be kept outside the journal: whoever has it notices that newer records were cut off.
type Head struct {
	N    uint64
	Hash string
}

// New returns the record kept in a journal. It reads nothing yet.
func New(j journal.Journal) *Log { return &Log{journal: j} }

// Write durably adds one record. The page or change that the record is about must wait for it: if Write fails, it must not happen.
func (l *Log) Write(ctx context.Context, r Record) error {
	r.At = r.At.UTC()
	if err := r.validate(); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tail.month == "" {
		if err := l.find(ctx); err != nil {
			return err
		}
	}
	for {
		err := l.add(ctx, r)
		if !errors.Is(err, journal.ErrConflict) {
			return err
		}
		// Another node was quicker.
		if err := l.find(ctx); err != nil {
			return err
		}
	}
}

// add appends a record behind the tail, and before it, when its month is over, the record that closes the month. A clock that runs behind,
// or was set back, goes on in the month that is open.
func (l *Log) add(ctx context.Context, r Record) error {
	if want := month(r.At); l.tail.next == "" && want > l.tail.month {
		if err := l.append(ctx, Record{At: r.At, Who: program, Act: closed, Object: want}); err != nil {
			return err
		}
	}
	if l.tail.next != "" {
		l.tail.month, l.tail.position, l.tail.next = l.tail.next, 0, ""
	}
	return l.append(ctx, r)
}

func (l *Log) append(ctx context.Context, r Record) error {
	r.N, r.Prev = l.tail.n+1, l.tail.hash
	data, err := r.encode()
	if err != nil {
		return err
	}
	at, err := l.journal.Append(ctx, journal.Stream{Kind: journal.Audit, ID: l.tail.month}, l.tail.position, data)
	if err != nil {
		l.tail = tail{} // whatever happened, look again before the next record
		return fmt.Errorf("audit: the record could not be written: %w", err)
	}
	l.tail.position, l.tail.n, l.tail.hash, l.tail.next = at, r.N, hash(data), r.next()
	return nil
}

// find reads the end of the chain from the newest month.
func (l *Log) find(ctx context.Context) error {
	l.tail = tail{}
	months, err := l.months(ctx)
	if err != nil {
		return err
	}
	if len(months) == 0 {
		l.tail.month = genesis
		return nil
	}
	t := tail{month: months[len(months)-1].Stream.ID}
	for en, err := range l.journal.Read(ctx, journal.Stream{Kind: journal.Audit, ID: t.month}, 0) {
		if err != nil {
			return fmt.Errorf("audit: read %s: %w", t.month, err)
		}
		r, err := decode(en.Data)
		if err != nil {
			return fmt.Errorf("audit: %s, position %d: %w", t.month, en.Position, err)
		}
		t.position, t.n, t.hash, t.next = en.Position, r.N, hash(en.Data), r.next()
	}
	l.tail = t
	return nil
}

// Head returns the end of the chain.
func (l *Log) Head(ctx context.Context) (Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.find(ctx); err != nil {
		return Head{}, err
	}
	return Head{N: l.tail.n, Hash: l.tail.hash}, nil
}
