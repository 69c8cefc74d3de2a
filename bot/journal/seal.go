package journal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"
)

var _ Journal = (*sealed)(nil)

// tailLag is how long a stream's tail may lag behind its head.
const tailLag = 500 * time.Millisecond

// sealed lays encryption over a journal.
type sealed struct {
	inner Journal
	keys  Keys
	tails Tails
	cache *keyCache

	appending sync.RWMutex // read-held by appends, so that Close knows of every tail

	mu      sync.Mutex
	pending map[Stream]pendingTail // heads that the kept tails do not know yet
	arrived chan struct{}          // holds one token while pending is not empty
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
	closed  error // of Close
}

// pendingTail is what a tail is made of.
type pendingTail struct {
	position Position
	digest   [sha256.Size]byte // of the stored entry
}

// Seal returns a journal that keeps its entries encrypted and authenticated in inner, each stream with a key of its own. Position,
// time, stream id, size and the fact of erasure stay readable in inner; the data does not. On reading, an entry that was changed,
// moved, replaced or left out is ErrCorrupt with the stream and the position; a stream cut short is ErrTailMissing, except for
// what was cut within a second of its writing. Watch notices the same of the entries it meets, and Heads yields a cut or vanished
// stream beside ErrTailMissing. An older copy of all the files together is not noticed here.
//
// Erasing also destroys the stream's key. An erase that was interrupted is finished before Seal returns. Closing the sealed
// journal closes inner; the keys and tails are for the caller to close after it.
func Seal(ctx context.Context, inner Journal, keys Keys, tails Tails) (Journal, error) {
	for _, kind := range Kinds() {
		for h, err := range inner.Heads(ctx, kind) {
			if err != nil && h.Stream.ID == "" {
				return nil, fmt.Errorf("looking for unfinished erasures: %w", err)
			}
			if err != nil || !h.Erased {
				continue
			}
			if _, err := keys.Get(ctx, h.Stream); errors.Is(err, ErrNoKey) {
				continue
			}
			if err := keys.Destroy(ctx, h.Stream); err != nil {
				return nil, fmt.Errorf("finishing the erasure of %s: %w", h.Stream, err)
			}
		}
	}
	j := &sealed{inner: inner, keys: keys, tails: tails, cache: newKeyCache(), pending: map[Stream]pendingTail{},
		arrived: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{})}
	go j.keepTails()
	return j, nil
}

// key returns a stream's key, or ErrNoKey.
func (j *sealed) key(ctx context.Context, s Stream) (Key, error) {
	k, ok, mark := j.cache.get(s)
	if ok {
		return k, nil
	}
	k, err := j.keys.Get(ctx, s)
	if err == nil {
		j.cache.put(s, k, mark)
	}
	return k, err
}

// state tells what inner holds of a stream: nil for nothing, ErrConflict for entries, ErrErased for a tombstone.
func (j *sealed) state(ctx context.Context, s Stream) error {
	for _, err := range j.inner.Read(ctx, s, 0) {
		if err == nil {
			err = fmt.Errorf("%w: %s", ErrConflict, s)
		}
		return err
	}
	return nil
}

// noKey is the true error of a stream whose key is missing.
func (j *sealed) noKey(ctx context.Context, s Stream) error {
	err := j.state(ctx, s)
	if err == nil || errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: the key of %s is missing", ErrCorrupt, s)
	}
	return err
}

// writeKey returns the key to append with, made when the stream is new. A stream that lost its key or its entries gets no second
// beginning.
func (j *sealed) writeKey(ctx context.Context, s Stream, after Position) (Key, error) {
	k, err := j.key(ctx, s)
	if err == nil && after > 0 {
		return k, nil
	}
	if err != nil && !errors.Is(err, ErrNoKey) {
		return k, err
	}
	had := err == nil
	t, err := j.tails.Tail(ctx, s) // before looking at the stream, which is then never behind
	if err != nil {
		return k, err
	}
	if held := j.state(ctx, s); held != nil { // entries or a tombstone
		if errors.Is(held, ErrConflict) && !had {
			// Another writer may have begun the stream since the key was looked for. A key is durable before the first entry, so one that is
			// still absent now is missing.
			if _, err := j.keys.Get(ctx, s); errors.Is(err, ErrNoKey) {
				return k, fmt.Errorf("%w: the key of %s is missing", ErrCorrupt, s)
			} else if err != nil {
				return k, err
			}
		}
		return k, held
	}
	if t.Position > 0 {
		return k, fmt.Errorf("%w: %s has none left", ErrTailMissing, s)
	}
	if after > 0 {
		return k, fmt.Errorf("%w: %s has no entries", ErrConflict, s)
	}
	if had {
		return k, nil
	}
	_, _, mark := j.cache.get(s)
	if k, err = j.keys.Create(ctx, s); err == nil {
		j.cache.put(s, k, mark)
	}
	return k, err
}

func (j *sealed) Append(ctx context.Context, s Stream, after Position, data []byte) (Position, error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	if len(data) > MaxData {
		return 0, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(data), MaxData)
	}
	j.appending.RLock()
	defer j.appending.RUnlock()
	k, err := j.writeKey(ctx, s, after)
	if err != nil {
		return 0, err
	}
	stored := sealEntry(k, s, after, data)
	p, err := j.inner.Append(ctx, s, after, stored)
	if errors.Is(err, ErrErased) { // a key made while the stream was being erased
		j.cache.remove(s)
		return 0, errors.Join(err, j.keys.Destroy(context.WithoutCancel(ctx), s))
	}
	if err != nil {
		return 0, err
	}
	j.remember(s, pendingTail{p, sha256.Sum256(stored)})
	select {
	case j.arrived <- struct{}{}:
	default:
	}
	return p, nil
}

// remember keeps the newer of two heads for the next flush.
func (j *sealed) remember(s Stream, p pendingTail) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if p.position > j.pending[s].position {
		j.pending[s] = p
	}
}

// keepTails writes the tails of the streams that grew, many at once, so that an append does not wait for a second write.
func (j *sealed) keepTails() {
	defer close(j.stopped)
	for {
		select {
		case <-j.arrived:
		case <-j.stop:
			return
		}
		select {
		case <-time.After(tailLag):
		case <-j.stop:
			return
		}
		if err := j.flushTails(); err != nil {
			select { // kept as pending: try again
			case j.arrived <- struct{}{}:
			default:
			}
		}
	}
}

func (j *sealed) flushTails() error {
	j.mu.Lock()
	pending := j.pending
	j.pending = map[Stream]pendingTail{}
	j.mu.Unlock()
	ctx := context.Background()
	var tails []Tail
	var failed error
	for s, p := range pending {
		k, err := j.key(ctx, s)
		if errors.Is(err, ErrNoKey) { // erased meanwhile
			continue
		}
		if err != nil {
			failed = errors.Join(failed, err)
			j.remember(s, p)
			continue
		}
		tails = append(tails, newTail(k, s, p.position, p.digest))
	}
	if len(tails) == 0 {
		return failed
	}
	if err := j.tails.KeepTails(ctx, tails); err != nil {
		failed = errors.Join(failed, err)
		for _, t := range tails {
			j.remember(t.Stream, pending[t.Stream])
		}
	}
	return failed
}

func (j *sealed) Erase(ctx context.Context, s Stream) error {
	if err := j.inner.Erase(ctx, s); err != nil {
		return err
	}
	j.cache.remove(s)
	// The tombstone stands: from here on the erasure is finished, or Seal finishes it at the next start.
	if err := j.keys.Destroy(context.WithoutCancel(ctx), s); err != nil {
		return fmt.Errorf("destroying the key of %s: %w", s, err)
	}
	j.cache.remove(s) // one that was fetched before the key was destroyed
	return nil
}

func (j *sealed) Close() error {
	j.once.Do(func() {
		close(j.stop)
		<-j.stopped
		err := j.inner.Close() // what it has taken is then done, and the rest refused
		j.appending.Lock()
		defer j.appending.Unlock()
		j.closed = errors.Join(err, j.flushTails())
		j.cache.clear()
	})
	return j.closed
}
