package boltjournal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// bbolt deletes nothing by itself: deleted bytes stay in free pages. A transaction that erases marks the file dirty; then the live
// content is copied into a new file that takes the old one's name. The mark is left out of the copy, so a compaction that was
// interrupted is done again when the file is next opened.

const copyBatch = 4 << 20 // bytes a transaction while compacting

// markDirty notes inside an erasing transaction that erased bytes are about to stand in free pages.
func markDirty(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(dirtyKey, []byte{1}) }

func (f *file) compactIfDirty() error {
	dirty := false
	err := f.view(func(tx *bolt.Tx) error {
		dirty = tx.Bucket(metaBucket).Get(dirtyKey) != nil
		return nil
	})
	if err != nil || !dirty {
		return err
	}
	return f.compact()
}

// compact runs in the committer (or before it starts), so nothing is written meanwhile; readers go on in the old file until the
// swap. The new file is locked from its making on and keeps its handle, so at no moment could another process open either.
func (f *file) compact() (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(f.path), filepath.Base(f.path)+".new-*") // mode 0600
	if err != nil {
		return fmt.Errorf("compacting %s: %w", f.path, err)
	}
	name := tmp.Name()
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("compacting %s: %w", f.path, err)
	}
	db, raw, err := openBolt(name, false, f.maxSize)
	if err != nil {
		return fmt.Errorf("compacting %s: %w", f.path, errors.Join(err, os.Remove(name)))
	}
	db.NoSync = true // one sync at the end
	err = guard(func() error {
		if err := bolt.Compact(db, f.db, copyBatch); err != nil {
			return err
		}
		return db.Update(func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Delete(dirtyKey) })
	})
	db.NoSync = false
	if err == nil {
		err = db.Sync()
	}
	if err == nil {
		err = os.Rename(name, f.path)
	}
	if err != nil {
		return fmt.Errorf("compacting %s: %w", f.path, errors.Join(err, db.Close(), os.Remove(name)))
	}
	f.mu.Lock()
	old := f.db
	f.db, f.raw = db, raw
	f.mu.Unlock()
	if err := errors.Join(syncDir(f.path), old.Close()); err != nil {
		return fmt.Errorf("compacting %s: %w", f.path, err)
	}
	return nil
}

// removeLeftovers removes the unfinished files of a creation or compaction that was interrupted. The file itself must be locked.
func removeLeftovers(path string) error {
	names, err := os.ReadDir(filepath.Dir(path))
	for _, n := range names {
		if strings.HasPrefix(n.Name(), filepath.Base(path)+".new-") {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), n.Name())))
		}
	}
	return err
}

// syncDir makes the names in a file's folder durable.
func syncDir(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
