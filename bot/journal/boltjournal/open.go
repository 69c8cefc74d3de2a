package boltjournal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"example.org/intake/bot/journal"
)

const (
	lockWait = time.Second
	mapSize  = 256 << 20 // address space only: so that the file grows without waiting for readers
	growStep = 1 << 20
)

var (
	metaBucket = []byte("meta")
	formatKey  = []byte("format")
	dirtyKey   = []byte("dirty") // set while erased bytes may still stand in free pages
)

// format is the version of both files' layout.
const format = 1

// openFile opens a file, creates it whole if there is none, and finishes a compaction that was interrupted. build fills the
// buckets of a new file; check looks at the content.
func openFile(path string, maxSize int, salvage bool, build, check func(tx *bolt.Tx) error) (*file, error) {
	if err := createFile(path, build); err != nil {
		return nil, fmt.Errorf("creating %s: %w", path, err)
	}
	if err := checkFile(path); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	f := &file{path: path, maxSize: maxSize, committed: func() {},
		writes: make(chan *write), closing: make(chan struct{}), done: make(chan struct{})}
	var err error
	if f.db, f.raw, err = openBolt(path, false, maxSize); err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	dirty := false
	err = f.view(func(tx *bolt.Tx) error {
		meta := tx.Bucket(metaBucket)
		if meta == nil || len(meta.Get(formatKey)) != 1 {
			return fmt.Errorf("%w: not a file of this program", journal.ErrCorrupt)
		}
		if got := meta.Get(formatKey)[0]; got != format {
			return fmt.Errorf("%w (file format %d)", journal.ErrSchema, got)
		}
		dirty = meta.Get(dirtyKey) != nil
		if err := check(tx); err != nil && !(salvage && errors.Is(err, journal.ErrCorrupt)) {
			return err
		}
		return nil
	})
	if err == nil {
		err = removeLeftovers(path)
	}
	if err == nil && dirty {
		err = f.compact()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s: %w", path, err), f.db.Close())
	}
	return f, nil
}

// createFile builds a new file under another name and gives it its own only when it is whole, so that a crash leaves either no
// file or a good one.
func createFile(path string, build func(tx *bolt.Tx) error) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if err := tmp.Close(); err != nil {
		return err
	}
	db, _, err := openBolt(tmp.Name(), false, 0)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		meta, err := tx.CreateBucket(metaBucket)
		if err != nil {
			return err
		}
		return errors.Join(meta.Put(formatKey, []byte{format}), build(tx))
	})
	if err := errors.Join(err, db.Sync(), db.Close()); err != nil {
		return err
	}
	// A link never replaces a file that another process made meanwhile; where links are not known, a rename must do.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(tmp.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(path)
}

// checkFile walks the pages of a file that nobody else has open for writing.
func checkFile(path string) (err error) {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 { // bbolt would take it for a new one
		return fmt.Errorf("%w: the file is empty; restore a backup", journal.ErrCorrupt)
	}
	db, _, err := openBolt(path, true, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := os.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return err
	}
	return checkPages(r, info.Size(), db.Info().PageSize)
}

// openBolt opens a bbolt file, turning a panic over damage into an error and making sure that the file is still the one at path
// (another process may have put a compacted one there while this one waited for the lock).
func openBolt(path string, readOnly bool, maxSize int) (db *bolt.DB, raw *os.File, err error) {
	o := &bolt.Options{Timeout: lockWait, ReadOnly: readOnly, MaxSize: maxSize, FreelistType: bolt.FreelistMapType, NoStatistics: true,
		OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
			f, err := os.OpenFile(name, flag&^os.O_CREATE, mode)
			raw = f
			return f, err
		}}
	if !readOnly {
		o.InitialMmapSize = mapSize
	}
	err = guard(func() (err error) {
		db, err = bolt.Open(path, 0o600, o)
		return err
	})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, nil, fmt.Errorf("%w: stop the other one first", journal.ErrLocked)
	case err != nil:
		if raw != nil {
			_ = raw.Close() // after a panic bbolt keeps the file locked
		}
		if errors.As(err, new(*fs.PathError)) || errors.As(err, new(syscall.Errno)) {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("%w: %w", journal.ErrCorrupt, err) // not a bbolt file any more
	}
	db.AllocSize = growStep
	opened, err1 := raw.Stat()
	named, err2 := os.Stat(path)
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	if !os.SameFile(opened, named) {
		return nil, nil, errors.Join(fmt.Errorf("%w: it was just compacted; try again", journal.ErrLocked), db.Close())
	}
	return db, raw, nil
}

// guard turns a panic, and a fault on a page beyond the file's end, into ErrCorrupt. The panic's value may hold data, so it is
// left out.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			err = fmt.Errorf("%w: the file's pages make no sense; restore a backup", journal.ErrCorrupt)
		}
	}()
	return fn()
}
