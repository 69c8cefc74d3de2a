package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMasterKeyFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "master.key")
	made, err := CreateMasterKey(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadMasterKey(path)
	if err != nil || loaded != made {
		t.Fatalf("another key, or %v", err)
	}
	if _, err := CreateMasterKey(path); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("a key file is replaced: %v", err)
	}
	if again, err := LoadMasterKey(path); err != nil || again != made {
		t.Fatal("the first key is gone")
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Fatalf("files left: %v", names)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o777} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadMasterKey(path); !errors.Is(err, ErrMasterKey) || !strings.Contains(err.Error(), "chmod 600") {
			t.Fatalf("mode %o: %v", mode, err)
		}
	}
	if _, err := LoadMasterKey(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, ErrMasterKey) {
		t.Fatalf("got error %v", err)
	}
	if made == NewMasterKey() || made == (MasterKey{}) {
		t.Fatal("not random")
	}
}

func TestParseMasterKey(t *testing.T) {
	raw := bytes.Repeat([]byte{0xa5, 3}, 16)
	for _, text := range []string{hex.EncodeToString(raw), "# a comment\n\n  " + strings.ToUpper(hex.EncodeToString(raw)) + "\r\n",
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw) + "\n# after"} {
		if m, err := ParseMasterKey(text); err != nil || !bytes.Equal(m.key[:], raw) {
			t.Fatalf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "# only words", hex.EncodeToString(raw[1:]), hex.EncodeToString(raw) + "00",
		hex.EncodeToString(raw) + "\n" + hex.EncodeToString(raw), "not a key", strings.Repeat("\n", maxKeyFile+1)} {
		if _, err := ParseMasterKey(text); !errors.Is(err, ErrMasterKey) {
			t.Fatalf("%q: got error %v", text, err)
		}
	}
}

func TestNewStream(t *testing.T) {
	if s, err := NewStream(Audit, "2026-11_x.y"); err != nil || s.String() != "audit/2026-11_x.y" {
		t.Fatalf("%v %v", s, err)
	}
	if _, err := NewStream(Conversation, "Secret Id"); !errors.Is(err, ErrStream) || strings.Contains(err.Error(), "Secret") {
		t.Fatalf("got error %v", err)
	}
}

// TestSealedEntry changes each input of the authentication, and each bit of what is stored.
func TestSealedEntry(t *testing.T) {
	k, s := Key{1}, Stream{Conversation, "ab"}
	stored := sealEntry(k, s, 5, []byte("words"))
	if p, data, err := openEntry(k, s, stored); err != nil || p != 5 || string(data) != "words" {
		t.Fatalf("%d %q %v", p, data, err)
	}
	if len(stored) > len("words")+MaxStored-MaxData {
		t.Fatalf("sealing adds %d bytes", len(stored)-len("words"))
	}
	if bytes.Equal(stored, sealEntry(k, s, 5, []byte("words"))) {
		t.Fatal("the same nonce twice")
	}
	for _, other := range []Stream{{Request, "ab"}, {Conversation, "a"}, {Conversation, "abc"}} {
		if _, _, err := openEntry(k, other, stored); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%v: got error %v", other, err)
		}
	}
	if _, _, err := openEntry(Key{2}, s, stored); !errors.Is(err, ErrCorrupt) {
		t.Fatalf("got error %v", err)
	}
	for bit := range len(stored) * 8 {
		b := bytes.Clone(stored)
		b[bit/8] ^= 1 << (bit % 8)
		if _, data, err := openEntry(k, s, b); data != nil || !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrSchema) {
			t.Fatalf("bit %d: %q %v", bit, data, err)
		}
	}
	for n := range len(stored) {
		if _, _, err := openEntry(k, s, stored[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

func TestKeyCache(t *testing.T) {
	c := newKeyCache()
	s := Stream{Conversation, "a"}
	_, ok, mark := c.get(s)
	c.put(s, Key{7}, mark)
	k, ok2, _ := c.get(s)
	if ok || !ok2 || k != (Key{7}) {
		t.Fatal("not kept")
	}
	held := c.order.Front().Value.(*cachedKey)
	c.remove(s)
	if _, ok, _ := c.get(s); ok || held.key != (Key{}) {
		t.Fatal("not wiped")
	}
	c.put(s, Key{7}, mark) // fetched before it was removed
	if _, ok, _ := c.get(s); ok {
		t.Fatal("a destroyed key came back")
	}
	_, _, mark = c.get(s)
	for i := range cachedKeys + 10 {
		c.put(Stream{Conversation, fmt.Sprint(i)}, Key{}, mark)
	}
	if c.order.Len() != cachedKeys || len(c.keys) != cachedKeys {
		t.Fatalf("%d keys, %d in order", len(c.keys), c.order.Len())
	}
	if c.clear(); c.order.Len() != 0 || len(c.keys) != 0 {
		t.Fatal("not cleared")
	}
}

func FuzzDecodeHeader(f *testing.F) {
	f.Add(sealEntry(Key{1}, Stream{Audit, "x"}, 9, []byte("words")))
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, rest, err := decodeHeader(b)
		if err == nil && !bytes.Equal(append(appendHeader(nil, p), rest...), b) {
			t.Fatal("another encoding of the same header")
		}
		if err != nil && !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrSchema) {
			t.Fatal(err)
		}
		if _, data, err := openEntry(Key{2}, Stream{Audit, "x"}, b); err == nil {
			t.Fatalf("opened %d bytes with a wrong key", len(data))
		}
	})
}

func FuzzParseMasterKey(f *testing.F) {
	f.Add(NewMasterKey().Text())
	f.Add("# no key\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMasterKey(text)
		if err != nil {
			if !errors.Is(err, ErrMasterKey) {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseMasterKey(m.Text()); err != nil || again != m {
			t.Fatal("not the same key when written out")
		}
	})
}
