package boltjournal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/intake/bot/journal"
)

func FuzzDecodeRecord(f *testing.F) {
	e := journal.Entry{Stream: stream("abc"), Position: 7, At: time.Unix(1, 2).UTC(), Data: []byte("words")}
	f.Add(positionKey(7), encodeRecord(conv.records, e))
	e.Data, e.Erased = nil, true
	f.Add(positionKey(8), encodeRecord(conv.records, e))
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		e, err := decodeRecord(journal.Conversation, conv.records, key, value)
		if err != nil {
			if !errors.Is(err, journal.ErrCorrupt) || e.Data != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		if !bytes.Equal(encodeRecord(conv.records, e), value) && !e.Erased {
			t.Fatal("another encoding of the same record")
		}
	})
}

func FuzzDecodeHead(f *testing.F) {
	f.Add([]byte("abc"), encodeHead(conv.streams, journal.Head{Stream: stream("abc"), Position: 3, At: time.Unix(1, 2)}))
	f.Fuzz(func(t *testing.T, key, value []byte) {
		h, err := decodeHead(journal.Conversation, conv.streams, key, value)
		if err == nil && !bytes.Equal(encodeHead(conv.streams, h), value) {
			t.Fatal("another encoding of the same head")
		}
		if err != nil && !errors.Is(err, journal.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}

// FuzzCheckPages gives the page walk a real file with some bytes replaced.
func FuzzCheckPages(f *testing.F) {
	dir := f.TempDir()
	j := openPlain(f, dir)
	for _, id := range []string{"a", "b", "c"} {
		appendAll(f, j, stream(id), "one", "two", string(make([]byte, 9000)))
	}
	check(f, j.Close())
	whole, err := os.ReadFile(filepath.Join(dir, journalFile))
	check(f, err)
	f.Add(uint32(os.Getpagesize()*3+10), []byte{0xff, 0xff})
	f.Add(uint32(16), []byte{1})
	f.Fuzz(func(t *testing.T, at uint32, with []byte) {
		b := bytes.Clone(whole)
		copy(b[int(at)%len(b):], with)
		if err := checkPages(bytes.NewReader(b), int64(len(b)), os.Getpagesize()); err != nil && !errors.Is(err, journal.ErrCorrupt) {
			t.Fatal(err)
		}
	})
}
