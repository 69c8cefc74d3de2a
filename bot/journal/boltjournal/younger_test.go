package boltjournal

import (
	"context"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

// A file of a release that knew fewer kinds opens, with all it holds, and has room for the younger ones.
func TestYoungerKindsFindRoom(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	j, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	old := journal.Stream{Kind: journal.Request, ID: "a"}
	if _, err := j.Append(ctx, old, 0, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	strip := func(names func(kindBuckets) [][]byte) {
		t.Helper()
		db, err := bolt.Open(filepath.Join(dir, journalFile), 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bolt.Tx) error {
			for _, k := range journal.Kinds() {
				if !younger(k) {
					continue
				}
				for _, name := range names(bucketsOf(k)) {
					if err := tx.DeleteBucket(name); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	strip(func(b kindBuckets) [][]byte { return [][]byte{b.records, b.streams, b.index} })
	if j, err = Open(dir, Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Append(ctx, journal.Stream{Kind: journal.Disclosure, ID: "d"}, 0, []byte("y")); err != nil {
		t.Error(err)
	}
	for e, err := range j.Read(ctx, old, 0) {
		if err != nil || string(e.Data) != "x" {
			t.Errorf("%q, %v", e.Data, err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	strip(func(b kindBuckets) [][]byte { return [][]byte{b.index} }) // some of it gone is damage
	if j, err = Open(dir, Options{}); err == nil {
		_ = j.Close()
		t.Error("a kind without its index opens")
	}
}
