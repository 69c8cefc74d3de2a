package boltjournal

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"example.org/intake/bot/journal"
)

// OpenSealed opens a data folder as a sealed journal: journal.db under keys.db, whose keys the master key wraps. Closing it closes both files.
// master is called once journal.db is open, and so locked: no second process can make a master key at the same time.
func OpenSealed(ctx context.Context, dir string, o Options, master func() (journal.MasterKey, error)) (journal.Journal, error) {
	inner, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	m, err := master()
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	keys, err := OpenKeys(dir, m)
	if err != nil {
		return nil, errors.Join(err, inner.Close())
	}
	sealed, err := journal.Seal(ctx, inner, keys, keys)
	if err != nil {
		return nil, errors.Join(err, keys.Close(), inner.Close())
	}
	return pair{sealed, keys}, nil
}

// pair closes the keys after the journal that uses them.
type pair struct {
	journal.Journal
	keys *Keys
}

func (j pair) Close() error { return errors.Join(j.Journal.Close(), j.keys.Close()) }

// HasKeys reports whether a data folder holds keys already, so that a missing master key is not mistaken for a first start.
func HasKeys(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, keysFile))
	return err == nil
}
