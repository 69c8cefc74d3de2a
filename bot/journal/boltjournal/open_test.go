package boltjournal

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

func TestLocked(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	defer j.Close()
	started := time.Now()
	_, err := Open(dir, Options{})
	if !errors.Is(err, journal.ErrLocked) || !strings.Contains(err.Error(), journalFile) {
		t.Fatalf("got error %v", err)
	}
	if d := time.Since(started); d > 2*time.Second {
		t.Fatalf("took %v", d)
	}
	if _, err := OpenKeys(dir, testMaster); !errors.Is(err, journal.ErrLocked) {
		t.Fatalf("got error %v", err)
	}
	appendAll(t, j, stream("a"), "the first one is unaffected")
}

// TestLockedThroughCompaction tries to open the folder all the while it is compacted again and again: a swap must never let a
// second one in.
func TestLockedThroughCompaction(t *testing.T) {
	dir := t.TempDir()
	j := openPlain(t, dir)
	appendAll(t, j, stream("a"), "one")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if db, _, err := openBolt(filepath.Join(dir, journalFile), false, 0); err == nil {
					_ = db.Close()
					t.Error("two have the file open")
					return
				} else if !errors.Is(err, journal.ErrLocked) {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 60 {
		check(t, j.Compact(t.Context()))
		time.Sleep(20 * time.Millisecond)
	}
	close(done)
	wg.Wait()
	check(t, j.Close())
}

func TestFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	appendAll(t, j, stream("a"), "x")
	check(t, j.Erase(t.Context(), stream("a")))
	check(t, j.Close())
	for _, name := range []string{journalFile, keysFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		check(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Fatalf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestFirstStartInterrupted(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{journalFile + ".new-1", keysFile + ".new-1"} { // killed before the file got its name
		check(t, os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o600))
	}
	j := openSealed(t, dir)
	appendAll(t, j, stream("a"), "x")
	check(t, j.Close())
	names, err := os.ReadDir(dir)
	check(t, err)
	if len(names) != 2 {
		t.Fatalf("files left: %v", names)
	}
}

func TestNewerFormatIsLeftAlone(t *testing.T) {
	dir := t.TempDir()
	j := openSealed(t, dir)
	appendAll(t, j, stream("a"), "x")
	check(t, j.Close())
	for _, name := range []string{journalFile, keysFile} {
		path := filepath.Join(dir, name)
		db, err := bolt.Open(path, 0o600, nil)
		check(t, err)
		check(t, db.Update(func(tx *bolt.Tx) error { return tx.Bucket(metaBucket).Put(formatKey, []byte{format + 1}) }))
		check(t, db.Close())
		before, err := os.ReadFile(path)
		check(t, err)
		if name == journalFile {
			_, err = Open(dir, Options{})
		} else {
			_, err = OpenKeys(dir, testMaster)
		}
		if !errors.Is(err, journal.ErrSchema) {
			t.Fatalf("%s: got error %v", name, err)
		}
		after, err := os.ReadFile(path)
		check(t, err)
		if !bytes.Equal(before, after) {
			t.Fatalf("%s was changed", name)
		}
	}
}

// TestDamagedFiles cuts the file short, empties it, zeroes pages and fills pages with noise: opening either refuses or the content
// is whole; it never panics or hangs.
func TestDamagedFiles(t *testing.T) {
	origin := filepath.Join(t.TempDir(), "origin")
	check(t, os.Mkdir(origin, 0o700))
	j := openSealed(t, origin)
	want := map[journal.Stream][]string{}
	for i := range 50 {
		s := stream(fmt.Sprint("s", i))
		want[s] = []string{strings.Repeat("one", i), strings.Repeat("two ", 10*i), "three"}
		appendAll(t, j, s, want[s]...)
	}
	want[stream("big")] = []string{strings.Repeat("big ", 20000)} // overflow pages
	appendAll(t, j, stream("big"), want[stream("big")]...)
	check(t, j.Erase(t.Context(), stream("stream-3"))) // as examine expects
	check(t, j.Close())
	whole, err := os.ReadFile(filepath.Join(origin, journalFile))
	check(t, err)
	used := int(usedBytes(t, filepath.Join(origin, journalFile)))
	page := os.Getpagesize()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 2))
	counts := map[string]int{}
	try := func(what string, b []byte) {
		dir := filepath.Join(t.TempDir(), "damaged")
		copyDir(t, origin, dir)
		check(t, os.WriteFile(filepath.Join(dir, journalFile), b, 0o600))
		got := examine(dir, want, false)
		counts[got]++
		if got != "refused" && got != "noticed" && got != "harmless" {
			t.Errorf("%s: %s", what, got)
		}
		check(t, os.RemoveAll(dir))
	}
	try("empty", nil)
	for range 40 {
		n := r.IntN(used)
		try(fmt.Sprint("cut at ", n), whole[:n])
	}
	for p := range used / page {
		zeroed := bytes.Clone(whole)
		clear(zeroed[p*page : (p+1)*page])
		try(fmt.Sprint("page zeroed ", p), zeroed)
		noise := bytes.Clone(whole)
		for i := range page {
			noise[p*page+i] = byte(r.Uint32())
		}
		try(fmt.Sprint("page of noise ", p), noise)
		swapped := bytes.Clone(whole)
		copy(swapped[p*page:(p+1)*page], whole[r.IntN(used/page)*page:][:page])
		try(fmt.Sprint("another page's content ", p), swapped)
	}
	t.Logf("%v", counts)
	if counts["refused"] < 40 {
		t.Fatalf("%v", counts)
	}
}

func TestClockIsInjected(t *testing.T) {
	at := time.Date(2031, 3, 9, 7, 0, 0, 5, time.UTC)
	j, err := Open(t.TempDir(), Options{Now: func() time.Time { at = at.Add(-time.Hour); return at }})
	check(t, err)
	defer j.Close()
	appendAll(t, j, stream("a"), "one", "two") // the clock runs backwards; the order is of positions
	var times []time.Time
	for e, err := range j.Read(t.Context(), stream("a"), 0) {
		check(t, err)
		times = append(times, e.At)
	}
	if want := time.Date(2031, 3, 9, 6, 0, 0, 5, time.UTC); len(times) != 2 || !times[0].Equal(want) || !times[1].Equal(want.Add(-time.Hour)) {
		t.Fatalf("got %v", times)
	}
}

func TestMaxSizeRefusesHonestly(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(dir, Options{MaxSize: 2 << 20})
	check(t, err)
	var after journal.Position
	saved := 0
	for ; saved < 100; saved++ {
		p, err := j.Append(t.Context(), stream("a"), after, bytes.Repeat([]byte("x"), 100<<10))
		if err != nil {
			break
		}
		after = p
	}
	if saved == 0 || saved == 100 {
		t.Fatalf("%d saved", saved)
	}
	if got, err := readAll(j, stream("a")); err != nil || len(got) != saved {
		t.Fatalf("%d of %d, %v", len(got), saved, err)
	}
	check(t, j.Close())
	j, err = Open(dir, Options{}) // with room again it goes on
	check(t, err)
	defer j.Close()
	if _, err := j.Append(t.Context(), stream("a"), after, []byte("more")); err != nil {
		t.Fatal(err)
	}
}

// TestWriteErrorIsHonest takes the file away from under an open journal: nothing is acknowledged, nothing hangs, reading goes on,
// and what was acknowledged before is there after opening again.
func TestWriteErrorIsHonest(t *testing.T) {
	dir := t.TempDir()
	j := openPlain(t, dir)
	at := appendAll(t, j, stream("a"), "one", "two")
	check(t, j.file.raw.Close())
	for range 3 {
		if p, err := j.Append(t.Context(), stream("a"), at[1], []byte("three")); err == nil || p != 0 || errors.Is(err, journal.ErrConflict) {
			t.Fatalf("position %d, error %v", p, err)
		}
		if err := j.Erase(t.Context(), stream("a")); err == nil {
			t.Fatal("erased without a file")
		}
	}
	if got, err := readAll(j, stream("a")); err != nil || len(got) != 2 {
		t.Fatalf("%q %v", got, err)
	}
	if err := j.Close(); err == nil {
		t.Fatal("the lost file was not told of")
	}
	j = openPlain(t, dir)
	defer j.Close()
	if got, err := readAll(j, stream("a")); err != nil || len(got) != 2 {
		t.Fatalf("%q %v", got, err)
	}
	if _, err := j.Append(t.Context(), stream("a"), at[1], []byte("three")); err != nil {
		t.Fatal(err)
	}
}
