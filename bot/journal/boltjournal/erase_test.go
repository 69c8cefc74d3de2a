package boltjournal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

// holding returns the files below a folder that hold any of the byte strings.
func holding(t *testing.T, dir string, secrets ...[]byte) (found []string) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for i, s := range secrets {
			if bytes.Contains(b, s) {
				found = append(found, fmt.Sprintf("%s holds %d", filepath.Base(path), i))
			}
		}
		return err
	}))
	return found
}

// stored returns the sealed entries of a stream and its wrapped key as they stand in the files.
func stored(t *testing.T, dir string, s journal.Stream) (secrets [][]byte) {
	t.Helper()
	inner := openPlain(t, dir)
	for e, err := range inner.Read(t.Context(), s, 0) {
		check(t, err)
		secrets = append(secrets, e.Data[headerSizeOfSealing:])
	}
	check(t, inner.Close())
	keys, err := OpenKeys(dir, testMaster)
	check(t, err)
	check(t, keys.file.view(func(tx *bolt.Tx) error {
		secrets = append(secrets, bytes.Clone(tx.Bucket(keysBucket).Get(streamKey(s))), bytes.Clone(tx.Bucket(tailsBucket).Get(streamKey(s))[8:]))
		return nil
	}))
	check(t, keys.Close())
	return secrets
}

const headerSizeOfSealing = 9 // schema, predecessor

func TestErasedMeansGone(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	canary := []byte("canary-7f3a9c51e2d84b60")
	// Enough neighbours that the erased bytes stand in pages of their own and shared ones, with earlier copies in free pages.
	for i := range 60 {
		appendAll(t, j, stream(fmt.Sprint("kept-", i)), fmt.Sprint("kept words ", i), strings.Repeat("k", 300))
	}
	victim := stream("victim")
	appendAll(t, j, victim, string(canary)+" one", string(canary)+" two", strings.Repeat("long ", 3000)+string(canary))
	check(t, j.Close())
	secrets := stored(t, dir, victim)
	if got := holding(t, dir, secrets...); len(got) != len(secrets) { // the search finds what is there
		t.Fatalf("before: %q", got)
	}

	// Control: without the compaction the bytes stay.
	control := filepath.Join(t.TempDir(), "control")
	copyDir(t, dir, control)
	inner := openPlain(t, control)
	check(t, inner.file.update(t.Context(), false, func(tx *bolt.Tx) error {
		for _, e := range []error{tx.Bucket(conv.streams).Delete([]byte("victim")), deleteAll(tx, victim)} {
			check(t, e)
		}
		return nil
	}))
	check(t, inner.file.close())
	if got := holding(t, control, secrets...); len(got) < len(secrets) {
		t.Fatalf("control: a plain delete left only %q", got)
	}

	j = openSealed(t, dir)
	check(t, j.Erase(t.Context(), victim))
	forms := append(secrets, canary, []byte(hex.EncodeToString(canary)), []byte(base64.StdEncoding.EncodeToString(canary)))
	if got := holding(t, dir, forms...); got != nil { // the journal is still open
		t.Fatalf("after the erasure: %q", got)
	}
	for i := range 60 {
		got, err := readAll(j, stream(fmt.Sprint("kept-", i)))
		if err != nil || len(got) != 2 || got[0] != fmt.Sprint("kept words ", i) {
			t.Fatalf("kept-%d: %v %v", i, got, err)
		}
	}
	check(t, j.Close())
	if got := holding(t, dir, forms...); got != nil {
		t.Fatalf("after closing: %q", got)
	}
}

func deleteAll(tx *bolt.Tx, s journal.Stream) error {
	var keys [][]byte
	c := tx.Bucket(conv.index).Cursor()
	for k, _ := c.Seek(indexPrefix(s.ID)); bytes.HasPrefix(k, indexPrefix(s.ID)); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	var err error
	for _, k := range keys {
		err = errors.Join(err, tx.Bucket(conv.index).Delete(k), tx.Bucket(conv.records).Delete(k[len(s.ID)+1:]))
	}
	return err
}

// TestInterruptedErase stops an erasure between each of its steps, as a crash would, and opens again.
func TestInterruptedErase(t *testing.T) {
	victim, kept := stream("victim"), stream("kept")
	for _, step := range []string{"tombstone, not compacted", "compacted, key left", "half-made file left"} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			j := openSealed(t, dir)
			appendAll(t, j, kept, "kept")
			appendAll(t, j, victim, strings.Repeat("words ", 50), "more")
			check(t, j.Close())
			secrets := stored(t, dir, victim)
			inner := openPlain(t, dir)
			switch step {
			case "tombstone, not compacted":
				check(t, inner.file.update(t.Context(), false, func(tx *bolt.Tx) error {
					_, err := put(tx, journal.Entry{Stream: victim, At: inner.now(), Erased: true})
					return errors.Join(err, deleteAll(tx, victim), markDirty(tx))
				}))
			case "compacted, key left":
				check(t, inner.Erase(t.Context(), victim))
			case "half-made file left":
				b, err := os.ReadFile(filepath.Join(dir, journalFile))
				check(t, err)
				check(t, inner.Erase(t.Context(), victim))
				check(t, os.WriteFile(filepath.Join(dir, journalFile+".new-123"), b[:len(b)/2], 0o600))
			}
			check(t, inner.Close())
			if holding(t, dir, secrets...) == nil {
				t.Fatal("nothing is left to finish")
			}
			j = openSealed(t, dir)
			if got := holding(t, dir, secrets...); got != nil {
				t.Fatalf("after opening: %q", got)
			}
			if _, err := readAll(j, victim); !errors.Is(err, journal.ErrErased) {
				t.Fatalf("got error %v", err)
			}
			if got, err := readAll(j, kept); err != nil || len(got) != 1 {
				t.Fatalf("kept: %q %v", got, err)
			}
			check(t, j.Close())
		})
	}
}

// TestEraseUnderLoad erases many streams at once while others are written and read.
func TestEraseUnderLoad(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	for i := range 40 {
		appendAll(t, j, stream(fmt.Sprint("old-", i)), "words", "more words")
	}
	ctx, stop := context.WithCancel(t.Context())
	var load, erasing sync.WaitGroup
	written := make([][]string, 4)
	for w := range written {
		load.Go(func() {
			s := stream(fmt.Sprint("new-", w))
			var after journal.Position
			for i := 0; ctx.Err() == nil; i++ {
				p, err := j.Append(context.Background(), s, after, fmt.Append(nil, i))
				if err != nil {
					t.Error(err)
					return
				}
				after, written[w] = p, append(written[w], fmt.Sprint(i))
				if got, err := readAll(j, s); err != nil || len(got) != len(written[w]) {
					t.Errorf("%s: %d of %d, %v", s, len(got), len(written[w]), err)
					return
				}
			}
		})
	}
	for i := range 40 {
		erasing.Go(func() {
			if err := j.Erase(context.Background(), stream(fmt.Sprint("old-", i))); err != nil {
				t.Error(err)
			}
		})
	}
	erasing.Wait()
	stop()
	load.Wait()
	check(t, j.Close())
	j = openSealed(t, dir)
	defer j.Close()
	for w := range written {
		if got, err := readAll(j, stream(fmt.Sprint("new-", w))); err != nil || len(got) != len(written[w]) {
			t.Fatalf("after reopening: %d of %d, %v", len(got), len(written[w]), err)
		}
	}
	erased := 0
	for h, err := range j.Heads(t.Context(), journal.Conversation) {
		check(t, err)
		if h.Erased {
			erased++
		}
	}
	if erased != 40 {
		t.Fatalf("%d tombstones", erased)
	}
	names, err := os.ReadDir(dir)
	check(t, err)
	if len(names) != 2 {
		t.Fatalf("files left: %v", names)
	}
}
