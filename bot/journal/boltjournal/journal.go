// Package boltjournal is the journal on bbolt, for one process. The data folder holds two files: journal.db with the entries,
// keys.db with the streams' wrapped keys and tails.
//
// journal.db, numbers big-endian, values laid out in record.go:
//
//	meta            "format" -> version, "dirty" -> set while a compaction is owed
//	<kind>/records  position                -> record: time, stream id, data; or a tombstone
//	<kind>/streams  stream id               -> head: last position, time, erased
//	<kind>/index    stream id, 0, position  -> nothing: reading one stream does not scan its kind
//
// keys.db:
//
//	meta   "format", "dirty", "check" -> tells whether the master key is the right one
//	keys   kind/id -> wrapped key
//	tails  kind/id -> position, MAC
//
// The next position of a kind is one above its last record's; a tombstone is a record and stays, so none is given twice.
package boltjournal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

const (
	journalFile = "journal.db"
	pageEntries = 256     // entries a read transaction takes
	pageBytes   = 1 << 20 // and bytes, about
)

// Options change how a journal is opened. The zero value is right for a server.
type Options struct {
	Now     func() time.Time // the clock of Entry.At; nil: time.Now
	MaxSize int              // bytes journal.db may have before appends fail; 0: no limit
	Salvage bool             // open a file with missing or damaged entries to read the others; never for a server
}

// Journal is a journal.Journal in one bbolt file.
type Journal struct {
	file *file
	now  func() time.Time

	mu   sync.Mutex
	more chan struct{} // closed and replaced after each commit, to wake watchers
}

var _ journal.Journal = (*Journal)(nil)

// kindBuckets are the names of a kind's buckets.
type kindBuckets struct{ records, streams, index []byte }

func bucketsOf(k journal.Kind) kindBuckets {
	return kindBuckets{[]byte(k + "/records"), []byte(k + "/streams"), []byte(k + "/index")}
}

// Open opens the journal in a folder and creates it if there is none. ErrLocked: another process has it open. ErrCorrupt: the file
// is damaged or something in it is missing. ErrSchema: a newer version wrote it; it is left as it is.
func Open(dir string, o Options) (*Journal, error) {
	j := &Journal{now: o.Now, more: make(chan struct{})}
	if j.now == nil {
		j.now = time.Now
	}
	build := func(tx *bolt.Tx) error {
		for _, k := range journal.Kinds() {
			b := bucketsOf(k)
			for _, name := range [][]byte{b.records, b.streams, b.index} {
				if _, err := tx.CreateBucket(name); err != nil {
					return err
				}
			}
		}
		return nil
	}
	var err error
	if j.file, err = openFile(filepath.Join(dir, journalFile), o.MaxSize, o.Salvage, build, checkContent); err != nil {
		return nil, err
	}
	if err := j.file.db.Update(addKinds); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the journal: making room for new kinds: %w", err), j.file.db.Close())
	}
	j.file.committed = j.wake
	j.file.start()
	return j, nil
}

// younger are the kinds that files of the first releases have no place for; opening such a file makes it.
func younger(k journal.Kind) bool { return k == journal.Figures || k == journal.Disclosure }

// lacks reports whether a file has no place at all for a kind. One that has only some of a kind's buckets is damaged.
func lacks(tx *bolt.Tx, b kindBuckets) bool {
	return tx.Bucket(b.records) == nil && tx.Bucket(b.streams) == nil && tx.Bucket(b.index) == nil
}

func addKinds(tx *bolt.Tx) error {
	for _, k := range journal.Kinds() {
		b := bucketsOf(k)
		if !younger(k) || !lacks(tx, b) {
			continue
		}
		for _, name := range [][]byte{b.records, b.streams, b.index} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (j *Journal) wake() {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.more)
	j.more = make(chan struct{})
}

func (j *Journal) next() <-chan struct{} {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.more
}

// indexPrefix is what the index keys of a stream begin with: no id holds a zero byte.
func indexPrefix(id string) []byte { return append([]byte(id), 0) }

func indexKey(id string, p journal.Position) []byte {
	return binary.BigEndian.AppendUint64(indexPrefix(id), uint64(p))
}

// head returns a stream's head, the zero Head if there is none.
func head(tx *bolt.Tx, s journal.Stream) (journal.Head, error) {
	b := bucketsOf(s.Kind)
	if v := tx.Bucket(b.streams).Get([]byte(s.ID)); v != nil {
		return decodeHead(s.Kind, b.streams, []byte(s.ID), v)
	}
	if k, _ := tx.Bucket(b.index).Cursor().Seek(indexPrefix(s.ID)); bytes.HasPrefix(k, indexPrefix(s.ID)) {
		return journal.Head{}, fmt.Errorf("%w: %s has entries and no head", journal.ErrCorrupt, s)
	}
	return journal.Head{}, nil
}

// put writes an entry (or tombstone) with the head that goes with it, at the kind's next position.
func put(tx *bolt.Tx, e journal.Entry) (journal.Position, error) {
	b := bucketsOf(e.Stream.Kind)
	records := tx.Bucket(b.records)
	e.Position = 1
	if last, _ := records.Cursor().Last(); len(last) == 8 {
		p := binary.BigEndian.Uint64(last)
		if p == math.MaxUint64 {
			return 0, refusal{fmt.Errorf("%w: no position left in %s", journal.ErrCorrupt, e.Stream.Kind)}
		}
		e.Position = journal.Position(p + 1)
	}
	h := journal.Head{Stream: e.Stream, Position: e.Position, At: e.At, Erased: e.Erased}
	err := errors.Join(
		records.Put(positionKey(e.Position), encodeRecord(b.records, e)),
		tx.Bucket(b.streams).Put([]byte(e.Stream.ID), encodeHead(b.streams, h)))
	if !e.Erased {
		err = errors.Join(err, tx.Bucket(b.index).Put(indexKey(e.Stream.ID, e.Position), nil))
	}
	return e.Position, err
}

// Append implements journal.Journal.
func (j *Journal) Append(ctx context.Context, s journal.Stream, after journal.Position, data []byte) (journal.Position, error) {
	if err := s.Validate(); err != nil {
		return 0, err
	}
	if len(data) > journal.MaxStored {
		return 0, fmt.Errorf("%w: %d bytes, at most %d", journal.ErrTooLarge, len(data), journal.MaxData)
	}
	var at journal.Position
	err := j.file.update(ctx, false, func(tx *bolt.Tx) error {
		h, err := head(tx, s)
		switch {
		case err != nil:
			return refusal{err}
		case h.Erased:
			return refusal{fmt.Errorf("%w: %s", journal.ErrErased, s)}
		case h.Position != after:
			return refusal{fmt.Errorf("%w: %s is at %d, not %d", journal.ErrConflict, s, h.Position, after)}
		}
		at, err = put(tx, journal.Entry{Stream: s, At: j.now(), Data: data})
		return err
	})
	if err != nil {
		return 0, err
	}
	return at, nil
}

// Erase implements journal.Journal: the tombstone is durable first, then the file is compacted, so that the erased bytes are gone
// from it when Erase returns. If it is interrupted in between, the compaction is done by the next Erase or when the file is
// next opened.
func (j *Journal) Erase(ctx context.Context, s journal.Stream) error {
	if err := s.Validate(); err != nil {
		return err
	}
	return j.file.update(ctx, true, func(tx *bolt.Tx) error {
		h, err := head(tx, s)
		if err != nil && !errors.Is(err, journal.ErrCorrupt) {
			return refusal{err}
		}
		if h.Erased {
			return nil
		}
		// The tombstone first: bbolt looks for the last record for ever if a transaction has emptied the last page.
		if _, err := put(tx, journal.Entry{Stream: s, At: j.now(), Erased: true}); err != nil {
			return err
		}
		b := bucketsOf(s.Kind)
		var keys [][]byte
		c := tx.Bucket(b.index).Cursor()
		for k, _ := c.Seek(indexPrefix(s.ID)); bytes.HasPrefix(k, indexPrefix(s.ID)); k, _ = c.Next() {
			keys = append(keys, bytes.Clone(k))
		}
		for _, k := range keys {
			if err := errors.Join(tx.Bucket(b.index).Delete(k), tx.Bucket(b.records).Delete(k[len(s.ID)+1:])); err != nil {
				return err
			}
		}
		if len(keys) == 0 { // nothing was there: whoever erases what never was must not make everybody wait
			return nil
		}
		return markDirty(tx)
	})
}

// Compact copies journal.db into a new file without what was erased, and swaps it in. Erase does this by itself.
func (j *Journal) Compact(ctx context.Context) error { return j.file.update(ctx, true, markDirty) }

// Close implements journal.Journal.
func (j *Journal) Close() error {
	err := j.file.close()
	j.wake()
	return err
}
