package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func openJournal(t *testing.T) journal.Journal {
	t.Helper()
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func write(t *testing.T, l *Log, at time.Time, act Act, object string) {
	t.Helper()
	if err := l.Write(context.Background(), Record{At: at, Who: "ana", Act: act, Object: object}); err != nil {
		t.Fatal(err)
	}
}

func verified(t *testing.T, l *Log, want int) {
	t.Helper()
	if n, err := l.Verify(context.Background()); err != nil || n != want {
		t.Errorf("verify: %d, %v; want %d", n, err, want)
	}
}

// raw is one stored entry of the record.
type raw struct {
	month string
	data  []byte
}

func entries(t *testing.T, j journal.Journal) []raw {
	t.Helper()
	var all []raw
	l := New(j)
	months, err := l.months(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range months {
		for en, err := range j.Read(context.Background(), m.Stream, 0) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, raw{m.Stream.ID, en.Data})
		}
	}
	return all
}

// rewritten is a journal that holds these entries instead, as somebody with the file could make it.
func rewritten(t *testing.T, all []raw) *Log {
	t.Helper()
	j := openJournal(t)
	last := map[string]journal.Position{}
	for _, e := range all {
		at, err := j.Append(context.Background(), journal.Stream{Kind: journal.Audit, ID: e.month}, last[e.month], e.data)
		if err != nil {
			t.Fatal(err)
		}
		last[e.month] = at
	}
	return New(j)
}

func TestWriteAndVerify(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	verified(t, l, 0)
	for i := range 5 {
		write(t, l, noon.Add(time.Duration(i)*time.Minute), Opened, fmt.Sprintf("request-%d", i))
	}
	verified(t, l, 6) // and the record that begins the first month
	// After a restart the chain goes on.
	again := New(j)
	write(t, again, noon.Add(time.Hour), SignedOut, "")
	verified(t, again, 7)
	// And the first one notices that somebody else wrote.
	write(t, l, noon.Add(2*time.Hour), Listed, "open")
	verified(t, l, 8)
	head, err := l.Head(context.Background())
	if err != nil || head.N != 8 || len(head.Hash) != 64 {
		t.Errorf("head %+v, %v", head, err)
	}
}

func TestNoFreeText(t *testing.T) {
	l := New(openJournal(t))
	for _, r := range []Record{
		{At: noon, Who: "ana", Act: Opened, Object: "my son takes pills"},
		{At: noon, Who: "ana", Act: Opened, Object: "Mar\u00eda"},
		{At: noon, Who: "ana", Act: Opened, Object: "+15085550143"},
		{At: noon, Who: "Ana R.", Act: Opened},
		{At: noon, Who: "", Act: Opened},
		{At: noon, Who: "ana", Act: ""},
		{At: noon, Who: "ana", Act: "did something"},
		{Who: "ana", Act: Opened},
		{At: noon, Who: "ana", Act: Opened, Object: strings.Repeat("a", 161)},
	} {
		if err := l.Write(context.Background(), r); !errors.Is(err, ErrRecord) {
			t.Errorf("%+v: %v", r, err)
		}
	}
	verified(t, l, 0)
}

// Several nodes that start with an empty journal, some of them in the next month already, begin one chain and not two.
func TestManyBeginnings(t *testing.T) {
	for range 20 {
		j := openJournal(t)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if err := New(j).Write(context.Background(), Record{At: noon.AddDate(0, i%2, 0), Who: "ana", Act: Opened}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n, err := New(j).Verify(context.Background()); err != nil || n < 5 || n > 6 {
			t.Fatalf("%d, %v", n, err)
		}
	}
}

func TestMonths(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	write(t, l, noon, Opened, "a")
	write(t, l, time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Opened, "b")
	write(t, l, time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), Opened, "late") // a clock that was set back
	write(t, New(j), time.Date(2027, 3, 5, 0, 0, 0, 0, time.UTC), Opened, "c")    // after a restart, months later
	verified(t, l, 7)
	var got []string
	for _, e := range entries(t, j) {
		var r Record
		if err := json.Unmarshal(e.data, &r); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s:%d:%s%s", e.month, r.N, r.Act, r.Object))
	}
	want := "0000-00:1:month_closed2026-11 2026-11:2:openeda 2026-11:3:month_closed2026-12 2026-12:4:openedb 2026-12:5:openedlate " +
		"2026-12:6:month_closed2027-03 2027-03:7:openedc"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestManyWriters(t *testing.T) {
	j := openJournal(t)
	nodes := []*Log{New(j), New(j), New(j)}
	write(t, New(j), noon, Opened, "first")
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			at := noon
			if i > 30 {
				at = at.AddDate(0, 1, 0) // some are in the next month already
			}
			if err := nodes[i%3].Write(context.Background(), Record{At: at, Who: "ana", Act: Noted, Object: fmt.Sprint("r", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	verified(t, nodes[0], 1+60+2) // and those that begin and close November
}

// Each way of bending each record is found, and the place named.
func TestVerifyNamesTheBadPlace(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	const each = 12
	for m := range 3 {
		for i := range each {
			write(t, l, noon.AddDate(0, m, 0).Add(time.Duration(i)*time.Minute), Opened, fmt.Sprintf("request-%d-%d", m, i))
		}
	}
	all := entries(t, j)
	total := len(all)
	if total != 3*each+3 {
		t.Fatalf("%d entries", total)
	}
	head, err := l.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	copied := func() []raw { return append([]raw(nil), all...) }
	check := func(name string, bent []raw, firstBad int, kept ...Head) {
		t.Helper()
		n, err := rewritten(t, bent).Verify(context.Background(), kept...)
		var b *Broken
		if !errors.As(err, &b) {
			t.Errorf("%s: not found (%d records, %v)", name, n, err)
			return
		}
		if b.N != uint64(firstBad) || n != firstBad-1 || b.Month == "" {
			t.Errorf("%s: found at %d (%d good), want %d: %v", name, b.N, n, firstBad, err)
		}
	}
	for i := range total {
		n := i + 1
		if n%5 != 1 && n != total && n != total-1 && n != each+1 && n != each+2 && n != each+3 {
			continue // every fifth, and those around the ends: each case opens a journal
		}
		// Changed: another request was opened. The next record's hash tells; for the last one a head kept elsewhere does.
		bent := copied()
		bent[i].data = []byte(strings.Replace(string(all[i].data), `"who":"`, `"who":"x`, 1))
		if n < total {
			check(fmt.Sprintf("change %d", n), bent, n+1)
		} else {
			check(fmt.Sprintf("change %d", n), bent, n, head)
		}
		// Deleted.
		bent = append(copied()[:i], all[n:]...)
		if n < total {
			check(fmt.Sprintf("delete %d", n), bent, n)
		} else {
			check(fmt.Sprintf("delete %d", n), bent, n, head)
		}
		// Two in the wrong order.
		if n < total && all[i].month == all[n].month {
			bent = copied()
			bent[i].data, bent[n].data = all[n].data, all[i].data
			check(fmt.Sprintf("swap %d and %d", n, n+1), bent, n)
		}
		// Written twice.
		bent = append(copied()[:n], all[i:]...)
		check(fmt.Sprintf("repeat %d", n), bent, n+1)
		// Everything from here on cut off.
		if n > 1 {
			check(fmt.Sprintf("cut before %d", n), copied()[:i], n, head)
		}
	}
	// A month taken out, the first one too.
	check("without the first month", append(copied()[:1], all[each+2:]...), 2)
	check("without the second month", append(copied()[:each+2], all[2*(each+1)+1:]...), each+3)
	// The end of an old month cut off.
	check("November without its end", append(copied()[:each+1], all[each+2:]...), each+2)
	var b *Broken
	if _, err := rewritten(t, append(copied()[:each+1], all[each+2:]...)).Verify(context.Background()); !errors.As(err, &b) || b.Month != "2026-11" {
		t.Errorf("the month whose end is missing is not named: %v", err)
	}
	// The chain of somebody else from the start, with right hashes.
	other := New(openJournal(t))
	for i := range total {
		write(t, other, noon, Opened, fmt.Sprint("x", i))
	}
	if _, err := other.Verify(context.Background(), head); err == nil {
		t.Error("a record made anew passes beside a head kept elsewhere")
	}
	// Control: untouched, all is well.
	if n, err := rewritten(t, all).Verify(context.Background(), head, Head{}); err != nil || n != total {
		t.Errorf("untouched: %d, %v", n, err)
	}
}

// cutShort is a journal that has lost the newest entry of each stream without knowing it.
type cutShort struct{ journal.Journal }

func (c cutShort) Read(ctx context.Context, s journal.Stream, after journal.Position) iter.Seq2[journal.Entry, error] {
	return func(yield func(journal.Entry, error) bool) {
		var held *journal.Entry
		for en, err := range c.Journal.Read(ctx, s, after) {
			if held != nil && !yield(*held, nil) {
				return
			}
			held = &en
			if err != nil {
				yield(en, err)
				return
			}
		}
	}
}

func TestMissingTailIsNamed(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	write(t, l, noon, Opened, "a")
	write(t, l, noon, Opened, "b")
	var b *Broken
	if _, err := New(cutShort{j}).Verify(context.Background()); !errors.As(err, &b) || b.N != 1 || b.Month != genesis {
		t.Errorf("verify: %v", err)
	}
}

func TestErasedMonthIsNamed(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	write(t, l, noon, Opened, "a")
	if err := j.Erase(context.Background(), journal.Stream{Kind: journal.Audit, ID: "2026-11"}); err != nil {
		t.Fatal(err)
	}
	var b *Broken
	if _, err := l.Verify(context.Background()); !errors.As(err, &b) || b.Month != "2026-11" {
		t.Errorf("verify: %v", err)
	}
	// Nothing is written on top of it as if nothing had happened.
	if err := New(j).Write(context.Background(), Record{At: noon, Who: "ana", Act: Opened}); err == nil {
		t.Error("the record went on in an erased month")
	}
}

func TestWriteFailsWithTheJournal(t *testing.T) {
	j := openJournal(t)
	l := New(j)
	write(t, l, noon, Opened, "a")
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.Write(context.Background(), Record{At: noon, Who: "ana", Act: Opened}); err == nil {
		t.Error("a record was written into a closed journal")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"n":1,"at":"2026-11-23T12:00:00Z","who":"ana","act":"opened","object":"a","prev":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decode(data)
		if err == nil && (!plain(r.Object) || !plain(r.Who) || r.Act == "") {
			t.Errorf("free text passed: %+v", r)
		}
	})
}
