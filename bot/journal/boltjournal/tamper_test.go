package boltjournal

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"example.org/intake/bot/journal"
)

func stream(id string) journal.Stream { return journal.Stream{Kind: journal.Conversation, ID: id} }

func appendAll(t testing.TB, j journal.Journal, s journal.Stream, data ...string) (at []journal.Position) {
	t.Helper()
	var after journal.Position
	for _, d := range data {
		p, err := j.Append(t.Context(), s, after, []byte(d))
		check(t, err)
		at, after = append(at, p), p
	}
	return at
}

func readAll(j journal.Journal, s journal.Stream) (got []string, err error) {
	for e, err := range j.Read(context.Background(), s, 0) {
		if err != nil {
			return got, err
		}
		got = append(got, string(e.Data))
	}
	return got, nil
}

// forge changes journal.db as one who knows its layout would: checksums, heads and index are made to fit.
type forger struct{ tx *bolt.Tx }

func forge(t *testing.T, dir string, fn func(f forger)) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, journalFile), 0o600, &bolt.Options{Timeout: time.Second})
	check(t, err)
	check(t, db.Update(func(tx *bolt.Tx) error { fn(forger{tx}); return nil }))
	check(t, db.Close())
}

var conv = bucketsOf(journal.Conversation)

func (f forger) get(p journal.Position) journal.Entry {
	e, err := decodeRecord(journal.Conversation, conv.records, positionKey(p), f.tx.Bucket(conv.records).Get(positionKey(p)))
	if err != nil {
		panic(err)
	}
	return e
}

func (f forger) put(e journal.Entry) {
	err := errors.Join(f.tx.Bucket(conv.records).Put(positionKey(e.Position), encodeRecord(conv.records, e)),
		f.tx.Bucket(conv.index).Put(indexKey(e.Stream.ID, e.Position), nil))
	if err != nil {
		panic(err)
	}
}

func (f forger) cut(s journal.Stream, p journal.Position) {
	err := errors.Join(f.tx.Bucket(conv.records).Delete(positionKey(p)), f.tx.Bucket(conv.index).Delete(indexKey(s.ID, p)))
	if err != nil {
		panic(err)
	}
}

func (f forger) head(s journal.Stream, p journal.Position) {
	if err := f.tx.Bucket(conv.streams).Put([]byte(s.ID), encodeHead(conv.streams, journal.Head{Stream: s, Position: p, At: time.Now()})); err != nil {
		panic(err)
	}
}

// TestForgery lets a forger with the data folder at hand, but not the master key, change what is stored. The plain journal
// believes every one of the changes, which shows that they are well made; the sealed one notices each.
func TestForgery(t *testing.T) {
	a, b := stream("a"), stream("b")
	for _, c := range []struct {
		name  string
		forge func(f forger, a1, a2, a3, b1 journal.Position)
		want  error
		in    journal.Stream
		watch bool // a watch notices too
		heads bool // and so do the heads
	}{
		{"swap two entries", func(f forger, a1, a2, a3, b1 journal.Position) {
			x, y := f.get(a2), f.get(a3)
			x.Data, y.Data = y.Data, x.Data
			f.put(x)
			f.put(y)
		}, journal.ErrCorrupt, a, true, false},
		{"swap the first two", func(f forger, a1, a2, a3, b1 journal.Position) {
			x, y := f.get(a1), f.get(a2)
			x.Data, y.Data = y.Data, x.Data
			f.put(x)
			f.put(y)
		}, journal.ErrCorrupt, a, true, false},
		{"replay in another stream", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(b1)
			x.Data = f.get(a1).Data
			f.put(x)
		}, journal.ErrCorrupt, b, true, false},
		{"repeat an entry at the end", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a3)
			x.Position = b1 + 10
			f.put(x)
			f.head(a, x.Position)
		}, journal.ErrCorrupt, a, true, false},
		{"move the first entry beyond a cut", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a1)
			x.Position = b1 + 10
			f.put(x)
			f.head(a, x.Position)
			f.cut(a, a1)
			f.cut(a, a2)
			f.cut(a, a3)
		}, journal.ErrTailMissing, a, false, false},
		{"move the second entry into a cut", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a2)
			x.Position = a3
			f.put(x)
			f.cut(a, a2)
		}, journal.ErrCorrupt, a, false, false},
		{"delete from the middle", func(f forger, a1, a2, a3, b1 journal.Position) { f.cut(a, a2) }, journal.ErrCorrupt, a, true, false},
		{"delete the first", func(f forger, a1, a2, a3, b1 journal.Position) { f.cut(a, a1) }, journal.ErrCorrupt, a, true, false},
		{"cut the tail", func(f forger, a1, a2, a3, b1 journal.Position) {
			f.cut(a, a3)
			f.head(a, a2)
		}, journal.ErrTailMissing, a, false, true},
		{"take the stream away", func(f forger, a1, a2, a3, b1 journal.Position) {
			for _, p := range []journal.Position{a1, a2, a3} {
				f.cut(a, p)
			}
			_ = f.tx.Bucket(conv.streams).Delete([]byte("a"))
		}, journal.ErrTailMissing, a, false, true},
		{"change a byte", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a2)
			x.Data[len(x.Data)/2] ^= 1
			f.put(x)
		}, journal.ErrCorrupt, a, true, false},
		{"change the predecessor", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a2)
			x.Data[8] ^= 1
			f.put(x)
		}, journal.ErrCorrupt, a, true, false},
		{"empty an entry", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a2)
			x.Data = nil
			f.put(x)
		}, journal.ErrCorrupt, a, true, false},
		{"a newer schema", func(f forger, a1, a2, a3, b1 journal.Position) {
			x := f.get(a2)
			x.Data[0] = 2
			f.put(x)
		}, journal.ErrSchema, a, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, sealed := range []bool{false, true} {
				dir := t.TempDir()
				open := func() journal.Journal {
					if sealed {
						return openSealed(t, dir)
					}
					return openPlain(t, dir)
				}
				j := open()
				pa := appendAll(t, j, a, "first of a, long enough", "second of a, long enough", "third of a, long enough")
				pb := appendAll(t, j, b, "first of b, long enough")
				check(t, j.Close())
				forge(t, dir, func(f forger) { c.forge(f, pa[0], pa[1], pa[2], pb[0]) })
				j = open()
				defer j.Close()
				got, err := readAll(j, c.in)
				if !sealed {
					if err != nil {
						t.Fatalf("badly forged: the plain journal says %v", err)
					}
					continue
				}
				if !errors.Is(err, c.want) {
					t.Fatalf("got error %v, want %v (read %q)", err, c.want, got)
				}
				watchErr, n := error(nil), 0
				ctx, stop := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer stop()
				for e, err := range j.Watch(ctx, journal.Conversation, 0) {
					if ctx.Err() == nil {
						if err != nil && watchErr == nil {
							watchErr = err
							if e.Data != nil {
								t.Fatal("data beside an error")
							}
						}
						n++
					}
				}
				if c.watch && (!errors.Is(watchErr, c.want) || n < 3) {
					t.Fatalf("watch: %v after %d entries", watchErr, n)
				}
				headErr := error(nil)
				for _, err := range j.Heads(t.Context(), journal.Conversation) {
					headErr = errors.Join(headErr, err)
				}
				if want := c.heads; errors.Is(headErr, journal.ErrTailMissing) != want {
					t.Fatalf("heads: %v", headErr)
				}
				if _, err := j.Append(t.Context(), a, 0, []byte("a second beginning")); err == nil {
					t.Fatal("a damaged stream began again")
				}
			}
		})
	}
}

func copyDir(t testing.TB, from, to string) {
	t.Helper()
	check(t, os.CopyFS(to, os.DirFS(from)))
	names, err := os.ReadDir(to)
	check(t, err)
	for _, n := range names {
		check(t, os.Chmod(filepath.Join(to, n.Name()), 0o600))
	}
}

// TestBitFlips flips single bits anywhere in both files. The sealed journal must never give wrong content, leave anything out
// without an error, or hang, whether it refuses to open or is made to.
func TestBitFlips(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	origin := filepath.Join(t.TempDir(), "origin")
	check(t, os.Mkdir(origin, 0o700))
	j := openSealed(t, origin)
	want := map[journal.Stream][]string{}
	for i := range 12 {
		s := stream(fmt.Sprint("stream-", i))
		for e := range 1 + i%4 {
			want[s] = append(want[s], fmt.Sprintf("entry %d of %s: %0*d", e, s, 40*i, 0))
		}
		appendAll(t, j, s, want[s]...)
	}
	check(t, j.Erase(t.Context(), stream("stream-3")))
	delete(want, stream("stream-3"))
	check(t, j.Close())

	counts := map[string]int{}
	flip := func(name string, bit int64, salvage bool) {
		dir := filepath.Join(t.TempDir(), "flipped")
		copyDir(t, origin, dir)
		b, err := os.ReadFile(filepath.Join(dir, name))
		check(t, err)
		b[bit/8] ^= 1 << (bit % 8)
		check(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
		result := make(chan string, 1)
		go func() { result <- examine(dir, want, salvage) }()
		select {
		case got := <-result:
			counts[got]++
			if got != "refused" && got != "noticed" && got != "harmless" {
				t.Errorf("%s bit %d salvage %v: %s", name, bit, salvage, got)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s bit %d salvage %v: hangs", name, bit, salvage)
		}
		check(t, os.RemoveAll(dir))
	}
	n := 500
	if testing.Short() {
		n = 100
	}
	for i := range n {
		name := []string{journalFile, journalFile, keysFile}[i%3]
		info, err := os.Stat(filepath.Join(origin, name))
		check(t, err)
		used := usedBytes(t, filepath.Join(origin, name))
		if used > info.Size() {
			t.Fatal("more used than there is")
		}
		flip(name, r.Int64N(used*8), i%2 == 0)
	}
	// Every bit of the meta pages' content and of the first bytes of each page, where structure stands.
	for page := range usedBytes(t, filepath.Join(origin, journalFile)) / int64(os.Getpagesize()) {
		for range 20 {
			flip(journalFile, page*int64(os.Getpagesize())*8+r.Int64N(80*8), false)
		}
	}
	t.Logf("%v", counts)
	if counts["refused"]+counts["noticed"] < 100 {
		t.Fatalf("too few flips met anything: %v", counts)
	}
}

// usedBytes is the part of a bbolt file below its high water mark.
func usedBytes(t testing.TB, path string) (n int64) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	check(t, err)
	check(t, db.View(func(tx *bolt.Tx) error { n = tx.Size(); return nil }))
	check(t, db.Close())
	return n
}

// examine opens a damaged folder and compares everything it gives with what was stored.
func examine(dir string, want map[journal.Stream][]string, salvage bool) string {
	j, err := trySealed(dir, Options{Salvage: salvage})
	if err != nil {
		return "refused"
	}
	defer j.Close()
	noticed := false
	for s, entries := range want {
		got, err := readAll(j, s)
		noticed = noticed || err != nil
		if err == nil && len(got) != len(entries) {
			return fmt.Sprintf("%s: %d entries of %d, without an error", s, len(got), len(entries))
		}
		for i := range got {
			if got[i] != entries[i] {
				return fmt.Sprintf("%s: wrong content", s)
			}
		}
	}
	if _, err := readAll(j, stream("stream-3")); !errors.Is(err, journal.ErrErased) {
		noticed = noticed || err != nil
		if err == nil && !salvage {
			return "an erased stream is back"
		}
	}
	heads := 0
	var last journal.Position
	for h, err := range j.Heads(context.Background(), journal.Conversation) {
		noticed = noticed || err != nil
		if want[h.Stream] != nil {
			heads++
		}
		last = max(last, h.Position)
	}
	if heads != len(want) && !noticed {
		return "a head is missing without an error"
	}
	if salvage && noticed { // a watch of a file that was refused may miss entries: the refusal told
		return "noticed"
	}
	if salvage {
		return "harmless"
	}
	total, seen := 0, 0
	for _, entries := range want {
		total += len(entries)
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	for e, err := range j.Watch(ctx, journal.Conversation, 0) {
		if ctx.Err() != nil {
			return "a watch never arrives at the last head"
		}
		noticed = noticed || err != nil
		if err == nil && !e.Erased {
			if !slices.Contains(want[e.Stream], string(e.Data)) {
				return "wrong content while watching"
			}
			seen++
		}
		if e.Position >= last {
			break
		}
	}
	switch {
	case noticed:
		return "noticed"
	case seen != total:
		return fmt.Sprintf("%d entries of %d while watching, without an error", seen, total)
	}
	return "harmless"
}
