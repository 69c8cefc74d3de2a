// Package journaltest holds the contract that every journal passes, plain and sealed.
package journaltest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot/journal"
)

// Open opens the journal whose files are in a folder, creating it the first time. The contract closes what it opened; what else
// Open needs closed is for t.Cleanup.
type Open func(t *testing.T, dir string) journal.Journal

// Run checks the whole contract of journal.Journal.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"order", order}, {"conflict", conflict}, {"resume", resume}, {"limits", limits}, {"many pages", manyPages},
		{"erase", erase}, {"erase while reading", eraseWhileReading}, {"watch", watch}, {"watch erase", watchErase},
		{"cancel", cancel}, {"heads", heads}, {"reopen", reopen}, {"closed", closed},
		{"one winner", oneWinner}, {"many streams", manyStreams},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// opened opens a journal in a new folder and closes it when the test ends.
func opened(t *testing.T, open Open) journal.Journal {
	t.Helper()
	j := open(t, t.TempDir())
	t.Cleanup(func() { check(t, j.Close()) })
	return j
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantErr(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

func conversation(id string) journal.Stream {
	return journal.Stream{Kind: journal.Conversation, ID: id}
}

// appendAll appends data to a new stream and returns the positions.
func appendAll(t *testing.T, j journal.Journal, s journal.Stream, data ...string) []journal.Position {
	t.Helper()
	var at []journal.Position
	var after journal.Position
	for _, d := range data {
		p, err := j.Append(t.Context(), s, after, []byte(d))
		check(t, err)
		if p <= after {
			t.Fatalf("position %d after %d", p, after)
		}
		at, after = append(at, p), p
	}
	return at
}

// data collects what a reading yields, and the error it ended with.
func data(entries iter.Seq2[journal.Entry, error]) (got []string, err error) {
	for e, err := range entries {
		if err != nil {
			return got, err
		}
		got = append(got, string(e.Data))
	}
	return got, nil
}

func wantRead(t *testing.T, j journal.Journal, s journal.Stream, after journal.Position, want ...string) {
	t.Helper()
	got, err := data(j.Read(t.Context(), s, after))
	check(t, err)
	if !slices.Equal(got, want) {
		t.Fatalf("%s after %d: got %q, want %q", s, after, got, want)
	}
}

func order(t *testing.T, open Open) {
	j := opened(t, open)
	a, b, other := conversation("a"), conversation("b"), journal.Stream{Kind: journal.Request, ID: "a"}
	var at []journal.Position
	var last [2]journal.Position
	for i := range 6 { // two streams of a kind in turn: positions of one stream skip
		s := []journal.Stream{a, b}[i%2]
		p, err := j.Append(t.Context(), s, last[i%2], fmt.Append(nil, s.ID, i))
		check(t, err)
		last[i%2], at = p, append(at, p)
	}
	if !slices.IsSorted(at) {
		t.Fatalf("positions of one kind are not in order: %v", at)
	}
	appendAll(t, j, other, "another kind", "")
	wantRead(t, j, a, 0, "a0", "a2", "a4")
	wantRead(t, j, b, 0, "b1", "b3", "b5")
	wantRead(t, j, other, 0, "another kind", "")
	wantRead(t, j, conversation("never"), 0)
	wantRead(t, j, conversation("a0"), 0) // an id that only begins like one that is there
	for e, err := range j.Read(t.Context(), a, 0) {
		check(t, err)
		if e.Stream != a || e.Erased || e.At.IsZero() || e.At.Location() != time.UTC || time.Since(e.At).Abs() > time.Hour {
			t.Fatalf("entry %d: %v %v erased %v", e.Position, e.Stream, e.At, e.Erased)
		}
		e.Data[0] = 'X' // the caller's own
	}
	wantRead(t, j, a, 0, "a0", "a2", "a4")
	given := []byte("given")
	_, err := j.Append(t.Context(), conversation("c"), 0, given)
	check(t, err)
	copy(given, "XXXXX") // the caller goes on using the slice; the journal has a copy of its own
	wantRead(t, j, conversation("c"), 0, "given")
}

func conflict(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	_, err := j.Append(t.Context(), s, 7, []byte("no beginning"))
	wantErr(t, err, journal.ErrConflict)
	at := appendAll(t, j, s, "one", "two")
	for _, after := range []journal.Position{0, at[0], at[1] + 1} {
		_, err := j.Append(t.Context(), s, after, []byte("stale"))
		wantErr(t, err, journal.ErrConflict)
	}
	b := appendAll(t, j, conversation("b"), "one")
	_, err = j.Append(t.Context(), s, b[0], []byte("another stream's position"))
	wantErr(t, err, journal.ErrConflict)
	wantRead(t, j, s, 0, "one", "two")
	_, err = j.Append(t.Context(), s, at[1], []byte("three"))
	check(t, err)
	wantRead(t, j, s, 0, "one", "two", "three")
}

func resume(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	at := appendAll(t, j, s, "one", "two", "three")
	wantRead(t, j, s, at[0], "two", "three")
	wantRead(t, j, s, at[1], "three")
	wantRead(t, j, s, at[2])
	for e, err := range j.Read(t.Context(), s, 0) {
		check(t, err)
		if e.Position != at[0] {
			t.Fatalf("got position %d, want %d", e.Position, at[0])
		}
		break // stopping early is allowed
	}
}

func limits(t *testing.T, open Open) {
	j := opened(t, open)
	long := strings.Repeat("x", journal.MaxID)
	big := strings.Repeat("y", journal.MaxData)
	appendAll(t, j, conversation(long), big, "next")
	wantRead(t, j, conversation(long), 0, big, "next")
	_, err := j.Append(t.Context(), conversation("a"), 0, make([]byte, journal.MaxStored+1))
	wantErr(t, err, journal.ErrTooLarge)
	for _, s := range []journal.Stream{{}, {Kind: "nonsense", ID: "a"}, conversation(""), conversation("A"), conversation("a/b"),
		conversation("a\x00"), conversation("é"), conversation(long + "x")} {
		_, err := j.Append(t.Context(), s, 0, nil)
		wantErr(t, err, journal.ErrStream)
		_, err = data(j.Read(t.Context(), s, 0))
		wantErr(t, err, journal.ErrStream)
		wantErr(t, j.Erase(t.Context(), s), journal.ErrStream)
	}
}

func manyPages(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	const n = 1000
	want := make([]string, n)
	for i := range want {
		want[i] = fmt.Sprint("entry ", i)
	}
	at := appendAll(t, j, s, want...)
	wantRead(t, j, s, 0, want...)
	wantRead(t, j, s, at[499], want[500:]...)
	got := collect(t, j, journal.Conversation, 0, n)
	for i, e := range got {
		if string(e.Data) != want[i] {
			t.Fatalf("watching: %d is %q", i, e.Data)
		}
	}
}

func erase(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	at := appendAll(t, j, s, "one", "two")
	kept := appendAll(t, j, conversation("b"), "kept")
	check(t, j.Erase(t.Context(), s))
	check(t, j.Erase(t.Context(), s))
	_, err := data(j.Read(t.Context(), s, 0))
	wantErr(t, err, journal.ErrErased)
	for _, after := range []journal.Position{0, at[0], at[1], at[1] + 2} {
		_, err := j.Append(t.Context(), s, after, []byte("again"))
		wantErr(t, err, journal.ErrErased)
	}
	check(t, j.Erase(t.Context(), conversation("never")))
	_, err = j.Append(t.Context(), conversation("never"), 0, []byte("too late"))
	wantErr(t, err, journal.ErrErased)
	wantRead(t, j, conversation("b"), 0, "kept")
	_, err = j.Append(t.Context(), conversation("b"), kept[0], []byte("more"))
	check(t, err)
	wantRead(t, j, conversation("b"), 0, "kept", "more")
}

func eraseWhileReading(t *testing.T, open Open) {
	j := opened(t, open)
	s := conversation("a")
	appendAll(t, j, s, make([]string, 600)...)
	n, ended := 0, error(nil)
	for _, err := range j.Read(t.Context(), s, 0) {
		if ended = err; err != nil {
			break
		}
		if n++; n == 1 { // nothing is held open while this runs
			check(t, j.Erase(t.Context(), s))
		}
	}
	if n < 600 {
		wantErr(t, ended, journal.ErrErased)
	}
}

// collect watches until n entries (or tombstones) have come.
func collect(t *testing.T, j journal.Journal, kind journal.Kind, after journal.Position, n int) []journal.Entry {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var got []journal.Entry
	for e, err := range j.Watch(ctx, kind, after) {
		check(t, err)
		if got = append(got, e); len(got) == n {
			break
		}
	}
	return got
}

func watch(t *testing.T, open Open) {
	j := opened(t, open)
	before := appendAll(t, j, conversation("a"), "before")
	appendAll(t, j, journal.Stream{Kind: journal.Request, ID: "a"}, "another kind")
	const watchers = 5
	results := make(chan []journal.Entry, watchers)
	for range watchers {
		go func() { results <- collect(t, j, journal.Conversation, 0, 3) }()
	}
	during, err := j.Append(t.Context(), conversation("a"), before[0], []byte("during"))
	check(t, err)
	time.Sleep(20 * time.Millisecond) // by now the watchers wait
	started := time.Now()
	appendAll(t, j, conversation("b"), "after")
	for range watchers {
		got := <-results
		for i, want := range []string{"before", "during", "after"} {
			if string(got[i].Data) != want {
				t.Fatalf("%d: got %q, want %q", i, got[i].Data, want)
			}
		}
	}
	if d := time.Since(started); d > 2*time.Second {
		t.Fatalf("watchers woke after %v", d)
	}
	if got := collect(t, j, journal.Conversation, during, 1); string(got[0].Data) != "after" {
		t.Fatalf("resumed with %q", got[0].Data)
	}
}

func watchErase(t *testing.T, open Open) {
	j := opened(t, open)
	at := appendAll(t, j, conversation("a"), "one")
	appendAll(t, j, conversation("b"), "two")
	check(t, j.Erase(t.Context(), conversation("a")))
	for _, after := range []journal.Position{0, at[0]} { // one that begins now, and one that had seen the entry
		got := collect(t, j, journal.Conversation, after, 2)
		if string(got[0].Data) != "two" || got[0].Erased {
			t.Fatalf("after %d: first %q, erased %v", after, got[0].Data, got[0].Erased)
		}
		if e := got[1]; e.Stream != conversation("a") || !e.Erased || e.Data != nil || e.Position <= got[0].Position {
			t.Fatalf("after %d: tombstone %v at %d, erased %v", after, e.Stream, e.Position, e.Erased)
		}
	}
}

func cancel(t *testing.T, open Open) {
	j := opened(t, open)
	appendAll(t, j, conversation("a"), "one", "two")
	done, stop := context.WithCancel(t.Context())
	stop()
	_, err := j.Append(done, conversation("b"), 0, []byte("never taken"))
	wantErr(t, err, context.Canceled)
	wantRead(t, j, conversation("b"), 0)
	wantErr(t, j.Erase(done, conversation("a")), context.Canceled)
	_, err = data(j.Read(done, conversation("a"), 0))
	wantErr(t, err, context.Canceled)
	for _, err := range j.Heads(done, journal.Conversation) {
		wantErr(t, err, context.Canceled)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var ended error
	for e, err := range j.Watch(ctx, journal.Conversation, 0) {
		if ended = err; err == nil && string(e.Data) == "two" {
			time.AfterFunc(10*time.Millisecond, stop) // while it waits
		}
	}
	wantErr(t, ended, context.Canceled)
	wantRead(t, j, conversation("a"), 0, "one", "two")
}

func heads(t *testing.T, open Open) {
	j := opened(t, open)
	want := map[journal.Stream]journal.Position{}
	for i := range 300 {
		s := conversation(fmt.Sprint("s", i))
		want[s] = appendAll(t, j, s, "x")[0]
	}
	p, err := j.Append(t.Context(), conversation("s7"), want[conversation("s7")], []byte("y"))
	check(t, err)
	want[conversation("s7")] = p
	check(t, j.Erase(t.Context(), conversation("s8")))
	appendAll(t, j, journal.Stream{Kind: journal.Audit, ID: "2026-11"}, "another kind")
	for h, err := range j.Heads(t.Context(), journal.Conversation) {
		check(t, err)
		if h.Erased != (h.Stream.ID == "s8") || h.At.IsZero() {
			t.Fatalf("%v: erased %v at %v", h.Stream, h.Erased, h.At)
		}
		if p, ok := want[h.Stream]; !ok || p != h.Position && !h.Erased || h.Erased && h.Position <= p {
			t.Fatalf("%v: position %d, want %d (known %v)", h.Stream, h.Position, p, ok)
		}
		delete(want, h.Stream)
	}
	if len(want) != 0 {
		t.Fatalf("%d streams missing", len(want))
	}
}

func reopen(t *testing.T, open Open) {
	dir := t.TempDir()
	j := open(t, dir)
	at := appendAll(t, j, conversation("a"), "one", "two")
	appendAll(t, j, conversation("gone"), "x")
	check(t, j.Erase(t.Context(), conversation("gone")))
	check(t, j.Close())
	for i := range 2 {
		j = open(t, dir)
		wantRead(t, j, conversation("a"), at[len(at)-1])
		_, err := j.Append(t.Context(), conversation("gone"), 0, []byte("again"))
		wantErr(t, err, journal.ErrErased)
		_, err = j.Append(t.Context(), conversation("a"), at[0], []byte("stale"))
		wantErr(t, err, journal.ErrConflict)
		p, err := j.Append(t.Context(), conversation("a"), at[len(at)-1], fmt.Append(nil, "opened ", i))
		check(t, err)
		if at = append(at, p); p <= at[len(at)-2] {
			t.Fatalf("position %d after %d", p, at[len(at)-2])
		}
		check(t, j.Close())
	}
	j = open(t, dir)
	defer func() { check(t, j.Close()) }()
	wantRead(t, j, conversation("a"), 0, "one", "two", "opened 0", "opened 1")
}

func closed(t *testing.T, open Open) {
	j := open(t, t.TempDir())
	at := appendAll(t, j, conversation("a"), "one")
	ended := make(chan error, 1)
	go func() {
		for _, err := range j.Watch(context.Background(), journal.Conversation, at[0]) {
			ended <- err
		}
	}()
	time.Sleep(10 * time.Millisecond)
	check(t, j.Close())
	check(t, j.Close())
	select {
	case err := <-ended:
		wantErr(t, err, journal.ErrClosed)
	case <-time.After(time.Minute):
		t.Fatal("a watch outlives its journal")
	}
	_, err := j.Append(t.Context(), conversation("a"), at[0], []byte("two"))
	wantErr(t, err, journal.ErrClosed)
	_, err = data(j.Read(t.Context(), conversation("a"), 0))
	wantErr(t, err, journal.ErrClosed)
	_, err = data(j.Watch(t.Context(), journal.Conversation, 0))
	wantErr(t, err, journal.ErrClosed)
	for _, err := range j.Heads(t.Context(), journal.Conversation) {
		wantErr(t, err, journal.ErrClosed)
	}
	wantErr(t, j.Erase(t.Context(), conversation("a")), journal.ErrClosed)
}
