package boltjournal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

const maxBatch = 1024

// file is one bbolt file with a group committer: a single goroutine takes whatever writes are waiting into one transaction.
type file struct {
	path      string
	maxSize   int
	committed func() // called after each commit that changed something

	writes  chan *write
	closing chan struct{}
	done    chan struct{} // closed when the committer has ended
	once    sync.Once
	closed  error // of Close

	mu  sync.RWMutex // read-held during a read transaction, held while db is swapped
	db  *bolt.DB
	raw *os.File // db's own file
	err error    // ErrClosed, or why nothing more is taken
}

// write is one waiting change. do runs in the committer; a refusal fails it alone, any other error undoes the whole transaction.
type write struct {
	do      func(tx *bolt.Tx) error
	compact bool // answer only when erased bytes are gone
	err     error
	done    chan struct{}
}

// refusal is the error of a write that has changed nothing.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// start begins taking writes.
func (f *file) start() { go f.commitAll() }

// view runs a short read transaction. Nothing bbolt gives may be kept beyond it.
func (f *file) view(fn func(tx *bolt.Tx) error) error {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.err != nil {
		return f.err
	}
	return guard(func() error { return f.db.View(fn) })
}

// update gives one change to the committer and returns its outcome. ctx bounds only the wait to be taken.
func (f *file) update(ctx context.Context, compact bool, do func(tx *bolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &write{do: do, compact: compact, done: make(chan struct{})}
	select {
	case <-f.closing:
		return journal.ErrClosed
	default:
	}
	select {
	case f.writes <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-f.closing:
		return journal.ErrClosed
	}
	<-w.done
	var r refusal
	if errors.As(w.err, &r) {
		return r.error
	}
	return w.err
}

func (f *file) commitAll() {
	defer close(f.done)
	for {
		var batch []*write
		select {
		case <-f.closing:
			return
		case w := <-f.writes:
			batch = append(batch, w)
		}
		for waiting := true; waiting && len(batch) < maxBatch; {
			select {
			case w := <-f.writes:
				batch = append(batch, w)
			default:
				waiting = false
			}
		}
		f.commit(batch)
	}
}

// errNothing rolls a transaction back in which every write was refused.
var errNothing = errors.New("nothing to commit")

func (f *file) commit(batch []*write) {
	err := f.transact(func(tx *bolt.Tx) error {
		changed := false
		for _, w := range batch {
			w.err = w.do(tx)
			if w.err == nil {
				changed = true
			} else if !errors.As(w.err, new(refusal)) {
				return w.err
			}
		}
		if !changed {
			return errNothing
		}
		return nil
	})
	compact := false
	for _, w := range batch {
		if err != nil && !errors.Is(err, errNothing) {
			w.err = fmt.Errorf("writing %s: %w", f.path, err)
		}
		if w.compact && w.err == nil {
			compact = true
			continue
		}
		close(w.done)
	}
	if err == nil {
		f.committed()
	}
	if !compact {
		return
	}
	err = f.compactIfDirty()
	for _, w := range batch {
		if w.compact && w.err == nil {
			w.err = err
			close(w.done)
		}
	}
}

// transact runs one write transaction. If it cannot be known what the disk holds afterwards, nothing more is taken: only opening
// the file again tells.
func (f *file) transact(fn func(tx *bolt.Tx) error) error {
	f.mu.RLock()
	db, err := f.db, f.err
	f.mu.RUnlock()
	if err != nil {
		return err
	}
	mine, finished := 0, false
	err = guard(func() error {
		err := db.Update(func(tx *bolt.Tx) error {
			mine = tx.ID()
			return fn(tx)
		})
		finished = true
		return err
	})
	if err == nil || errors.Is(err, errNothing) {
		return err
	}
	stands := 0
	if finished {
		_ = f.view(func(tx *bolt.Tx) error { stands = tx.ID(); return nil })
	}
	if !finished || stands >= mine && mine > 0 {
		f.mu.Lock()
		f.err = fmt.Errorf("a write to %s failed half-way; restart: %w", f.path, err)
		f.mu.Unlock()
	}
	return err
}

// close ends the committer after what it has taken, then closes the file.
func (f *file) close() error {
	f.once.Do(func() {
		close(f.closing)
		<-f.done
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.err != nil { // bbolt may hold its own lock for ever
			f.closed = f.raw.Close()
		} else {
			f.closed = f.db.Close()
		}
		f.err = journal.ErrClosed
	})
	return f.closed
}
