package boltjournal

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

// A file from before a kind existed opens, keeps what it has and takes the new kind; one that lost a part of a kind is damaged, as ever.
func TestFileFromBeforeAKind(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	old := journal.Stream{Kind: journal.Conversation, ID: "old"}
	j, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(ctx, old, 0, []byte("kept")); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	drop := func(names ...string) {
		t.Helper()
		db, err := bolt.Open(filepath.Join(dir, journalFile), 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bolt.Tx) error {
			var errs []error
			for _, name := range names {
				errs = append(errs, tx.DeleteBucket([]byte(name)))
			}
			return errors.Join(errs...)
		})
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
	}
	drop("figures/records", "figures/streams", "figures/index", "disclosure/records", "disclosure/streams", "disclosure/index")
	if j, err = Open(dir, Options{}); err != nil {
		t.Fatalf("a file from before the counts: %v", err)
	}
	if _, err := j.Append(ctx, journal.Stream{Kind: journal.Figures, ID: "new"}, 0, []byte("n")); err != nil {
		t.Error(err)
	}
	if _, err := j.Append(ctx, journal.Stream{Kind: journal.Disclosure, ID: "new"}, 0, []byte("n")); err != nil {
		t.Error(err)
	}
	n := 0
	for e, err := range j.Read(ctx, old, 0) {
		if err != nil || string(e.Data) != "kept" {
			t.Errorf("%q %v", e.Data, err)
		}
		n++
	}
	if err := j.Close(); err != nil || n != 1 {
		t.Fatal(err, n)
	}
	drop("figures/index")
	if j, err := Open(dir, Options{}); !errors.Is(err, journal.ErrCorrupt) {
		t.Errorf("a file without the index of a kind: %v", err)
		_ = j.Close()
	}
}
