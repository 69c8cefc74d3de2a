package boltjournal

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"iter"
	"path/filepath"
	"sync"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

const keysFile = "keys.db"

var (
	keysBucket  = []byte("keys")
	tailsBucket = []byte("tails")
	checkKey    = []byte("check")
)

const tailSize = 8 + 32 // position, MAC

// Keys keeps wrapped keys and tails in one bbolt file: journal.Keys and journal.Tails.
type Keys struct {
	file *file

	rotating sync.Mutex // one Rewrap at a time
	mu       sync.RWMutex
	masters  []journal.MasterKey // the one in use; while it is being replaced, the next one too
}

var (
	_ journal.Keys  = (*Keys)(nil)
	_ journal.Tails = (*Keys)(nil)
)

// OpenKeys opens the keys in a folder and creates the file if there is none. The errors are those of Open, and
// journal.ErrWrongMasterKey.
func OpenKeys(dir string, master journal.MasterKey) (*Keys, error) {
	build := func(tx *bolt.Tx) error {
		for _, name := range [][]byte{keysBucket, tailsBucket} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		return tx.Bucket(metaBucket).Put(checkKey, master.Check())
	}
	check := func(tx *bolt.Tx) error {
		if tx.Bucket(keysBucket) == nil || tx.Bucket(tailsBucket) == nil {
			return fmt.Errorf("%w: no place for keys; restore a backup", journal.ErrCorrupt)
		}
		if subtle.ConstantTimeCompare(tx.Bucket(metaBucket).Get(checkKey), master.Check()) == 0 {
			return journal.ErrWrongMasterKey
		}
		return nil
	}
	f, err := openFile(filepath.Join(dir, keysFile), 0, false, build, check)
	if err != nil {
		return nil, err
	}
	f.start()
	return &Keys{file: f, masters: []journal.MasterKey{master}}, nil
}

func streamKey(s journal.Stream) []byte { return []byte(s.String()) }

// master returns the master key that the keys are wrapped with in this transaction.
func (ks *Keys) master(tx *bolt.Tx) (journal.MasterKey, error) {
	ks.mu.RLock()
	defer ks.mu.RUnlock()
	for _, m := range ks.masters {
		if subtle.ConstantTimeCompare(tx.Bucket(metaBucket).Get(checkKey), m.Check()) == 1 {
			return m, nil
		}
	}
	return journal.MasterKey{}, journal.ErrWrongMasterKey
}

// Get implements journal.Keys.
func (ks *Keys) Get(_ context.Context, s journal.Stream) (k journal.Key, err error) {
	err = ks.file.view(func(tx *bolt.Tx) error {
		wrapped := tx.Bucket(keysBucket).Get(streamKey(s))
		if wrapped == nil {
			return fmt.Errorf("%w: %s", journal.ErrNoKey, s)
		}
		master, err := ks.master(tx)
		if err == nil {
			k, err = master.Unwrap(s, wrapped)
		}
		return err
	})
	return k, err
}

// Create implements journal.Keys.
func (ks *Keys) Create(ctx context.Context, s journal.Stream) (k journal.Key, err error) {
	if err := s.Validate(); err != nil {
		return k, err
	}
	_, _ = rand.Read(k[:]) // never fails: it ends the program instead
	err = ks.file.update(ctx, false, func(tx *bolt.Tx) (err error) {
		keys := tx.Bucket(keysBucket)
		master, err := ks.master(tx)
		if err != nil {
			return refusal{err}
		}
		if wrapped := keys.Get(streamKey(s)); wrapped != nil {
			if k, err = master.Unwrap(s, wrapped); err != nil {
				return refusal{err}
			}
			return nil
		}
		return keys.Put(streamKey(s), master.Wrap(s, k))
	})
	if err != nil {
		return journal.Key{}, err
	}
	return k, nil
}

// Destroy implements journal.Keys: key and tail are deleted, then the file is compacted. Interrupted in between, the compaction is
// done by the next Destroy or when the file is next opened.
func (ks *Keys) Destroy(ctx context.Context, s journal.Stream) error {
	return ks.file.update(ctx, true, func(tx *bolt.Tx) error {
		keys, tails, name := tx.Bucket(keysBucket), tx.Bucket(tailsBucket), streamKey(s)
		if keys.Get(name) == nil && tails.Get(name) == nil {
			return nil
		}
		for _, err := range []error{keys.Delete(name), tails.Delete(name), markDirty(tx)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Rewrap implements journal.Keys. The old wrappings are compacted away too.
func (ks *Keys) Rewrap(ctx context.Context, master journal.MasterKey) error {
	ks.rotating.Lock()
	defer ks.rotating.Unlock()
	ks.mu.Lock()
	ks.masters = append(ks.masters, master) // what the file says decides which one is used
	ks.mu.Unlock()
	err := ks.file.update(ctx, true, func(tx *bolt.Tx) error {
		keys := tx.Bucket(keysBucket)
		old, err := ks.master(tx)
		if err != nil {
			return refusal{err}
		}
		var names, wrapped [][]byte
		for c, k, v := cursor(keys); k != nil; k, v = c.Next() {
			s, err := parseStream(k)
			if err != nil {
				return refusal{err}
			}
			key, err := old.Unwrap(s, v)
			if err != nil {
				return refusal{fmt.Errorf("nothing was rewrapped: %w", err)}
			}
			names, wrapped = append(names, bytes.Clone(k)), append(wrapped, master.Wrap(s, key))
		}
		for i := range names {
			if err := keys.Put(names[i], wrapped[i]); err != nil {
				return err
			}
		}
		if err := tx.Bucket(metaBucket).Put(checkKey, master.Check()); err != nil {
			return err
		}
		return markDirty(tx)
	})
	if err != nil {
		return err
	}
	ks.mu.Lock()
	ks.masters = []journal.MasterKey{master}
	ks.mu.Unlock()
	return nil
}

// KeepTails implements journal.Tails.
func (ks *Keys) KeepTails(ctx context.Context, tails []journal.Tail) error {
	return ks.file.update(ctx, false, func(tx *bolt.Tx) error {
		keys, bucket := tx.Bucket(keysBucket), tx.Bucket(tailsBucket)
		for _, t := range tails {
			name := streamKey(t.Stream)
			if keys.Get(name) == nil {
				continue
			}
			if v := bucket.Get(name); len(v) == tailSize && binary.BigEndian.Uint64(v) >= uint64(t.Position) {
				continue
			}
			if err := bucket.Put(name, append(binary.BigEndian.AppendUint64(nil, uint64(t.Position)), t.MAC[:]...)); err != nil {
				return err
			}
		}
		return nil
	})
}

func decodeTail(s journal.Stream, v []byte) (journal.Tail, error) {
	if len(v) != tailSize {
		return journal.Tail{}, fmt.Errorf("%w: the kept tail of %s", journal.ErrCorrupt, s)
	}
	return journal.Tail{Stream: s, Position: journal.Position(binary.BigEndian.Uint64(v)), MAC: [32]byte(v[8:])}, nil
}

// Tail implements journal.Tails.
func (ks *Keys) Tail(_ context.Context, s journal.Stream) (t journal.Tail, err error) {
	err = ks.file.view(func(tx *bolt.Tx) error {
		if v := tx.Bucket(tailsBucket).Get(streamKey(s)); v != nil {
			t, err = decodeTail(s, v)
		}
		return err
	})
	return t, err
}

// AllTails implements journal.Tails.
func (ks *Keys) AllTails(ctx context.Context, kind journal.Kind) iter.Seq2[journal.Tail, error] {
	return func(yield func(journal.Tail, error) bool) {
		prefix := []byte(kind + "/")
		for from := prefix; from != nil; {
			var page []journal.Tail
			err := ctx.Err()
			if err == nil {
				err = ks.file.view(func(tx *bolt.Tx) error {
					c := tx.Bucket(tailsBucket).Cursor()
					k, v := c.Seek(from)
					for ; bytes.HasPrefix(k, prefix) && len(page) < pageEntries; k, v = c.Next() {
						s, err := parseStream(k)
						if err != nil {
							return err
						}
						t, err := decodeTail(s, v)
						if err != nil {
							return err
						}
						page = append(page, t)
					}
					if from = nil; bytes.HasPrefix(k, prefix) {
						from = bytes.Clone(k)
					}
					return nil
				})
			}
			if err != nil {
				yield(journal.Tail{}, err)
				return
			}
			for _, t := range page {
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

func cursor(b *bolt.Bucket) (c *bolt.Cursor, k, v []byte) {
	c = b.Cursor()
	k, v = c.First()
	return c, k, v
}

func parseStream(name []byte) (journal.Stream, error) {
	kind, id, _ := bytes.Cut(name, []byte("/"))
	s, err := journal.NewStream(journal.Kind(kind), string(id))
	if err != nil {
		return s, fmt.Errorf("%w: a key's name: %w", journal.ErrCorrupt, err)
	}
	return s, nil
}

// Close waits for what was taken and releases the file. Closing again does nothing.
func (ks *Keys) Close() error { return ks.file.close() }
