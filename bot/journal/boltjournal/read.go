package boltjournal

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"iter"
	"math"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

// found is an entry or the error in its place.
type found struct {
	entry journal.Entry
	err   error
}

// Read implements journal.Journal.
func (j *Journal) Read(ctx context.Context, s journal.Stream, after journal.Position) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		if err := s.Validate(); err != nil {
			yield(journal.Entry{}, err)
			return
		}
		for after, more := after, true; more; {
			var page []found
			err := ctx.Err()
			if err == nil {
				err = j.file.view(func(tx *bolt.Tx) (err error) {
					page, more, err = streamPage(tx, s, after)
					return err
				})
			}
			if err != nil {
				yield(journal.Entry{}, err)
				return
			}
			for _, f := range page {
				if !yield(f.entry, f.err) || f.err != nil {
					return
				}
				after = f.entry.Position
			}
		}
	}
}

// streamPage takes the next entries of a stream, and whether there are more. The last entry must be the one the head names.
func streamPage(tx *bolt.Tx, s journal.Stream, after journal.Position) (page []found, more bool, err error) {
	h, err := head(tx, s)
	if err != nil {
		return nil, false, err
	}
	if h.Erased {
		return nil, false, fmt.Errorf("%w: %s", journal.ErrErased, s)
	}
	if after >= h.Position {
		return nil, false, nil
	}
	b := bucketsOf(s.Kind)
	records, prefix, last, size := tx.Bucket(b.records), indexPrefix(s.ID), journal.Position(0), 0
	c := tx.Bucket(b.index).Cursor()
	for k, _ := c.Seek(indexKey(s.ID, after+1)); bytes.HasPrefix(k, prefix) && len(k) == len(prefix)+8; k, _ = c.Next() {
		if len(page) == pageEntries || size > pageBytes {
			return page, true, nil
		}
		last = journal.Position(binary.BigEndian.Uint64(k[len(prefix):]))
		v := records.Get(k[len(prefix):])
		e, err := decodeRecord(s.Kind, b.records, positionKey(last), v)
		if err == nil && (e.Stream != s || e.Erased) {
			err = fmt.Errorf("%w: %s has another stream's entry at position %d", journal.ErrCorrupt, s, last)
		}
		if err != nil {
			e = journal.Entry{Stream: s, Position: last}
		}
		page = append(page, found{e, err})
		size += len(v)
	}
	if last != h.Position {
		page = append(page, found{err: fmt.Errorf("%w: %s ends at %d", journal.ErrTailMissing, s, last)})
	}
	return page, false, nil
}

// Watch implements journal.Journal.
func (j *Journal) Watch(ctx context.Context, kind journal.Kind, after journal.Position) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		b := bucketsOf(kind)
		for after := after; ; {
			more := j.next() // before looking, so that no commit falls between looking and waiting
			var page []found
			err := ctx.Err()
			if err == nil {
				err = j.file.view(func(tx *bolt.Tx) error {
					records := tx.Bucket(b.records)
					if records == nil {
						return fmt.Errorf("%w: unknown kind", journal.ErrStream)
					}
					if after == math.MaxUint64 {
						return nil
					}
					size, c := 0, records.Cursor()
					for k, v := c.Seek(positionKey(after + 1)); k != nil && len(page) < pageEntries && size < pageBytes; k, v = c.Next() {
						e, err := decodeRecord(kind, b.records, k, v)
						page = append(page, found{e, err})
						size += len(v)
					}
					return nil
				})
			}
			if err != nil {
				yield(journal.Entry{}, err)
				return
			}
			for _, f := range page {
				if err := ctx.Err(); err != nil {
					yield(journal.Entry{}, err)
					return
				}
				if !yield(f.entry, f.err) {
					return
				}
				after = f.entry.Position
			}
			if len(page) > 0 {
				continue
			}
			select {
			case <-more:
			case <-ctx.Done():
			}
		}
	}
}

// Heads implements journal.Journal.
func (j *Journal) Heads(ctx context.Context, kind journal.Kind) iter.Seq2[journal.Head, error] {
	return func(yield func(journal.Head, error) bool) {
		b := bucketsOf(kind)
		type foundHead struct {
			head journal.Head
			err  error
		}
		for after := []byte{}; after != nil; {
			var page []foundHead
			err := ctx.Err()
			if err == nil {
				err = j.file.view(func(tx *bolt.Tx) error {
					streams := tx.Bucket(b.streams)
					if streams == nil {
						return fmt.Errorf("%w: unknown kind", journal.ErrStream)
					}
					c := streams.Cursor()
					k, v := c.Seek(after)
					for ; k != nil && len(page) < pageEntries; k, v = c.Next() {
						h, err := decodeHead(kind, b.streams, k, v)
						page = append(page, foundHead{h, err})
					}
					after = bytes.Clone(k) // nil at the end
					return nil
				})
			}
			if err != nil {
				yield(journal.Head{}, err)
				return
			}
			for _, f := range page {
				if !yield(f.head, f.err) {
					return
				}
			}
		}
	}
}

// checkContent notices at opening what no later look-up would: that records, heads and index do not tell of the same entries.
// A record or head that cannot be decoded counts as missing.
func checkContent(tx *bolt.Tx) error {
	seed := maphash.MakeSeed()
	for _, kind := range journal.Kinds() {
		b := bucketsOf(kind)
		if younger(kind) && lacks(tx, b) {
			continue
		}
		records, streams, index := tx.Bucket(b.records), tx.Bucket(b.streams), tx.Bucket(b.index)
		if records == nil || streams == nil || index == nil {
			return fmt.Errorf("%w: no place for kind %s; restore a backup", journal.ErrCorrupt, kind)
		}
		last := map[string]journal.Entry{}
		var sum uint64 // of all index keys: the same from both sides if nothing is missing
		c := records.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			e, err := decodeRecord(kind, b.records, k, v)
			if err != nil {
				return err
			}
			e.Data = nil
			last[e.Stream.ID] = e
			if !e.Erased {
				sum += maphash.Bytes(seed, indexKey(e.Stream.ID, e.Position))
			}
		}
		c = streams.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			h, err := decodeHead(kind, b.streams, k, v)
			if err != nil {
				return err
			}
			if e, ok := last[h.Stream.ID]; !ok || e.Position != h.Position || e.Erased != h.Erased {
				return fmt.Errorf("%w: %s: its head names position %d", journal.ErrTailMissing, h.Stream, h.Position)
			}
			delete(last, h.Stream.ID)
		}
		for _, e := range last {
			return fmt.Errorf("%w: %s has entries and no head", journal.ErrCorrupt, e.Stream)
		}
		c = index.Cursor()
		for k, _ := c.First(); k != nil; k, _ = c.Next() {
			sum -= maphash.Bytes(seed, k)
		}
		if sum != 0 {
			return fmt.Errorf("%w: entries of kind %s are missing; restore a backup", journal.ErrCorrupt, kind)
		}
	}
	return nil
}
