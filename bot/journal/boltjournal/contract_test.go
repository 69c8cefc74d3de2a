package boltjournal

import (
	"context"
	"strings"
	"testing"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/journaltest"
)

// testMaster is the master key of the tests, the same for all folders and for the processes that are killed.
var testMaster = func() journal.MasterKey {
	m, err := journal.ParseMasterKey(strings.Repeat("5a", journal.KeySize))
	if err != nil {
		panic(err)
	}
	return m
}()

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openPlain(t testing.TB, dir string) *Journal {
	t.Helper()
	j, err := Open(dir, Options{})
	check(t, err)
	return j
}

// openSealed opens a sealed journal. Closing it closes its keys too.
func openSealed(t testing.TB, dir string) journal.Journal {
	t.Helper()
	j, err := trySealed(dir, Options{})
	check(t, err)
	return j
}

// withKeys closes the keys after the journal.
type withKeys struct {
	journal.Journal
	keys *Keys
}

func (j withKeys) Close() error {
	if err := j.Journal.Close(); err != nil {
		return err
	}
	return j.keys.Close()
}

func trySealed(dir string, o Options) (journal.Journal, error) {
	inner, err := Open(dir, o)
	if err != nil {
		return nil, err
	}
	keys, err := OpenKeys(dir, testMaster)
	if err != nil {
		_ = inner.Close()
		return nil, err
	}
	j, err := journal.Seal(context.Background(), inner, keys, keys)
	if err != nil {
		_ = inner.Close()
		_ = keys.Close()
		return nil, err
	}
	return withKeys{j, keys}, nil
}

func TestContract(t *testing.T) {
	t.Run("plain", func(t *testing.T) {
		journaltest.Run(t, func(t *testing.T, dir string) journal.Journal { return openPlain(t, dir) })
	})
	t.Run("sealed", func(t *testing.T) {
		journaltest.Run(t, func(t *testing.T, dir string) journal.Journal { return openSealed(t, dir) })
	})
}
