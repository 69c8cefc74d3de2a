package boltjournal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

func openKeys(t testing.TB, dir string) *Keys {
	t.Helper()
	ks, err := OpenKeys(dir, testMaster)
	check(t, err)
	t.Cleanup(func() { check(t, ks.Close()) })
	return ks
}

func TestKeysCreateKeepsTheFirst(t *testing.T) {
	ks := openKeys(t, t.TempDir())
	s := stream("a")
	if _, err := ks.Get(t.Context(), s); !errors.Is(err, journal.ErrNoKey) {
		t.Fatalf("got error %v", err)
	}
	got := make([]journal.Key, 32)
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = ks.Create(t.Context(), s); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	again, err := ks.Get(t.Context(), s)
	check(t, err)
	other, err := ks.Create(t.Context(), stream("b"))
	check(t, err)
	for _, k := range got {
		if k != again || k == other || k == (journal.Key{}) {
			t.Fatal("a stream's key is not one, or not its own")
		}
	}
	if text := fmt.Sprintf("%v %x %#v %s %d", again, again, again, testMaster, testMaster); strings.ContainsAny(text, "0123456789") {
		t.Fatalf("a key is printed: %s", text)
	}
}

func TestKeyOfAnotherStreamIsRefused(t *testing.T) {
	dir := t.TempDir()
	ks, err := OpenKeys(dir, testMaster)
	check(t, err)
	_, err = ks.Create(t.Context(), stream("a"))
	check(t, err)
	_, err = ks.Create(t.Context(), stream("b"))
	check(t, err)
	check(t, ks.Close())
	db, err := bolt.Open(filepath.Join(dir, keysFile), 0o600, nil)
	check(t, err)
	check(t, db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(keysBucket)
		return b.Put(streamKey(stream("b")), bytes.Clone(b.Get(streamKey(stream("a")))))
	}))
	check(t, db.Close())
	ks = openKeys(t, dir)
	if _, err := ks.Get(t.Context(), stream("b")); !errors.Is(err, journal.ErrCorrupt) {
		t.Fatalf("got error %v", err)
	}
	if _, err := ks.Create(t.Context(), stream("b")); !errors.Is(err, journal.ErrCorrupt) {
		t.Fatalf("got error %v", err)
	}
	if err := ks.Rewrap(t.Context(), journal.NewMasterKey()); !errors.Is(err, journal.ErrCorrupt) {
		t.Fatalf("got error %v", err)
	}
	_, err = ks.Get(t.Context(), stream("a")) // all or none: still under the old one
	check(t, err)
}

func TestWrongMasterKey(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	appendAll(t, j, stream("a"), "words")
	check(t, j.Close())
	before, err := os.ReadFile(filepath.Join(dir, keysFile))
	check(t, err)
	if _, err := OpenKeys(dir, journal.NewMasterKey()); !errors.Is(err, journal.ErrWrongMasterKey) {
		t.Fatalf("got error %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, keysFile))
	check(t, err)
	if !bytes.Equal(before, after) {
		t.Fatal("the refused file was changed")
	}
	check(t, os.Remove(filepath.Join(dir, keysFile))) // and with all keys lost nothing is read, and nothing written over
	j = openSealed(t, dir)
	defer j.Close()
	if _, err := readAll(j, stream("a")); !errors.Is(err, journal.ErrCorrupt) {
		t.Fatalf("got error %v", err)
	}
	for _, after := range []journal.Position{0, 1} {
		if _, err := j.Append(t.Context(), stream("a"), after, []byte("x")); !errors.Is(err, journal.ErrCorrupt) {
			t.Fatalf("after %d: got error %v", after, err)
		}
	}
}

// TestRewrapUnderLoad changes the master key again and again while keys are made, read and destroyed.
func TestRewrapUnderLoad(t *testing.T) {
	dir := t.TempDir()
	ks, err := OpenKeys(dir, testMaster)
	check(t, err)
	made := make([]map[journal.Stream]journal.Key, 3)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for w := range made {
		made[w] = map[journal.Stream]journal.Key{}
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				s := stream(fmt.Sprint("w", w, "-", i))
				k, err := ks.Create(t.Context(), s)
				if err != nil {
					t.Error(err)
					return
				}
				if got, err := ks.Get(t.Context(), s); err != nil || got != k {
					t.Errorf("%s: another key, or %v", s, err)
					return
				}
				if made[w][s] = k; i%50 == 49 {
					if err := ks.Destroy(t.Context(), s); err != nil {
						t.Error(err)
					}
					delete(made[w], s)
				}
			}
		})
	}
	master := testMaster
	var wrapped []byte
	for range 20 {
		check(t, ks.file.view(func(tx *bolt.Tx) error {
			_, v := tx.Bucket(keysBucket).Cursor().First()
			wrapped = bytes.Clone(v)
			return nil
		}))
		master = journal.NewMasterKey()
		check(t, ks.Rewrap(t.Context(), master))
		time.Sleep(5 * time.Millisecond)
	}
	close(stop)
	wg.Wait()
	check(t, ks.Close())
	if wrapped != nil {
		if got := holding(t, dir, wrapped); got != nil {
			t.Fatalf("an old wrapping is left: %q", got)
		}
	}
	if _, err := OpenKeys(dir, testMaster); !errors.Is(err, journal.ErrWrongMasterKey) {
		t.Fatalf("the old master key: got error %v", err)
	}
	ks, err = OpenKeys(dir, master)
	check(t, err)
	defer ks.Close()
	n := 0
	for _, keys := range made {
		for s, k := range keys {
			if got, err := ks.Get(t.Context(), s); err != nil || got != k {
				t.Fatalf("%s: another key, or %v", s, err)
			}
			n++
		}
	}
	t.Logf("%d keys", n)
}

func TestTails(t *testing.T) {
	ks := openKeys(t, t.TempDir())
	a, gone := stream("a"), stream("gone")
	_, err := ks.Create(t.Context(), a)
	check(t, err)
	_, err = ks.Create(t.Context(), gone)
	check(t, err)
	check(t, ks.KeepTails(t.Context(), []journal.Tail{{Stream: a, Position: 5, MAC: [32]byte{1}}, {Stream: gone, Position: 9}}))
	check(t, ks.Destroy(t.Context(), gone))
	// An older one, and one that comes after its key was destroyed.
	check(t, ks.KeepTails(t.Context(), []journal.Tail{{Stream: a, Position: 4}, {Stream: gone, Position: 10}, {Stream: stream("never"), Position: 1}}))
	var got []journal.Tail
	for tail, err := range ks.AllTails(t.Context(), journal.Conversation) {
		check(t, err)
		got = append(got, tail)
	}
	if len(got) != 1 || got[0] != (journal.Tail{Stream: a, Position: 5, MAC: [32]byte{1}}) {
		t.Fatalf("got %v", got)
	}
	for range 2 {
		check(t, ks.Destroy(t.Context(), gone))
	}
	for i := range 600 {
		s := journal.Stream{Kind: journal.Request, ID: fmt.Sprint("r", i)}
		_, err := ks.Create(t.Context(), s)
		check(t, err)
		check(t, ks.KeepTails(t.Context(), []journal.Tail{{Stream: s, Position: journal.Position(i + 1)}}))
	}
	n := 0
	for tail, err := range ks.AllTails(t.Context(), journal.Request) {
		check(t, err)
		if tail.Stream.Kind != journal.Request {
			t.Fatalf("got %v", tail.Stream)
		}
		n++
	}
	if n != 600 {
		t.Fatalf("%d tails", n)
	}
}

// TestTailIsKeptWithinASecond cuts a stream of a journal that was never closed, as after a crash.
func TestTailIsKeptWithinASecond(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	at := appendAll(t, j, stream("a"), "one", "two")
	time.Sleep(1200 * time.Millisecond)
	crashed := filepath.Join(t.TempDir(), "crashed")
	copyDir(t, dir, crashed)
	check(t, j.Close())
	forge(t, crashed, func(f forger) {
		f.cut(stream("a"), at[1])
		f.head(stream("a"), at[0])
	})
	j = openSealed(t, crashed)
	defer j.Close()
	if _, err := readAll(j, stream("a")); !errors.Is(err, journal.ErrTailMissing) {
		t.Fatalf("got error %v", err)
	}
}

// TestUnreadableEntryInWatch: one entry that cannot be opened does not take the others with it.
func TestUnreadableEntryInWatch(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	at := appendAll(t, j, stream("a"), "one", "two", "three")
	check(t, j.Close())
	forge(t, dir, func(f forger) {
		e := f.get(at[1])
		e.Data[len(e.Data)-1] ^= 1
		f.put(e)
	})
	j = openSealed(t, dir)
	defer j.Close()
	var got []string
	for e, err := range j.Watch(t.Context(), journal.Conversation, 0) {
		if err != nil {
			if !errors.Is(err, journal.ErrCorrupt) || e.Position != at[1] || e.Data != nil {
				t.Fatalf("at %d: %v", e.Position, err)
			}
			if text := err.Error(); !strings.Contains(text, "conversation/a at position") || strings.Contains(text, "two") {
				t.Fatalf("the error says %q", text)
			}
		}
		if got = append(got, string(e.Data)); len(got) == 3 {
			break
		}
	}
	if want := []string{"one", "", "three"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %q, want %q", got, want)
	}
}
