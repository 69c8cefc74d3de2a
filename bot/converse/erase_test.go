package converse_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

func TestErasureCode(t *testing.T) {
	a, b := converse.ErasureCode("a"), converse.ErasureCode("b")
	if a == b || a != converse.ErasureCode("a") || !regexp.MustCompile(`^(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(a) {
		t.Errorf("codes %q and %q", a, b)
	}
}

// heads lists the streams of a kind that hold something.
func heads(t *testing.T, r *house, kind journal.Kind) int {
	t.Helper()
	n := 0
	for h, err := range r.Journal.Heads(t.Context(), kind) {
		if err != nil {
			t.Fatal(err)
		}
		if !h.Erased {
			n++
		}
	}
	return n
}

func TestErase(t *testing.T) {
	for _, withdraw := range []bool{true, false} {
		r := openHouse(t, t.TempDir())
		const id = "visitor"
		say := func(n, text string) {
			t.Helper()
			if _, err := r.Say(t.Context(), id, converse.Message{ID: "line-000" + n, Text: text, Lang: "en"}); err != nil {
				t.Fatal(err)
			}
		}
		say("1", "can I talk to a person")
		c, _, err := r.Load(t.Context(), id)
		if err != nil || c.Reference == "" {
			t.Fatalf("no request: %+v, %v", c, err)
		}
		done, err := r.Erase(t.Context(), id, withdraw)
		if err != nil || done.Code != converse.ErasureCode(id) || (done.Kept == c.Reference) == withdraw {
			t.Errorf("withdraw %v: %+v, %v", withdraw, done, err)
		}
		if heads(t, r, journal.Conversation) != 0 || (heads(t, r, journal.Request) == 0) != withdraw {
			t.Errorf("withdraw %v: %d conversations and %d requests are left", withdraw, heads(t, r, journal.Conversation), heads(t, r, journal.Request))
		}
		if _, err := r.Say(t.Context(), id, converse.Message{ID: "line-0002", Text: "hello", Lang: "en"}); !errors.Is(err, converse.ErrEnded) {
			t.Errorf("a line after it: %v", err)
		}
		if again, err := r.Erase(t.Context(), id, withdraw); err != nil || again.Code != done.Code {
			t.Errorf("again: %+v, %v", again, err)
		}
	}

	r := openHouse(t, t.TempDir())
	if _, err := r.Say(t.Context(), "left", converse.Message{ID: "line-0001", Text: "hello", Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	if err := r.Leave(t.Context(), "left"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Erase(t.Context(), "left", true); !errors.Is(err, converse.ErrEnded) {
		t.Errorf("a void token erases: %v", err)
	}
	if heads(t, r, journal.Conversation) != 1 {
		t.Error("the record of a visitor who left is gone")
	}
}

// An erasure that failed half way is not confirmed before it was done to the end.
func TestEraseAgainAfterAFailure(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	r := openHouse(t, dir)
	one := id(t, 1)
	r.say(t, one, "can I talk to a person")
	key := func() bool {
		keys, err := os.ReadFile(filepath.Join(dir, "keys.db"))
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(keys, []byte("conversation/"+one))
	}
	if !key() {
		t.Fatal("there is no key to destroy")
	}
	if err := os.Rename(dir, dir+"-away"); err != nil {
		t.Fatal(err)
	}
	if done, err := r.Erase(t.Context(), one, true); err == nil {
		t.Fatalf("erased without its folder: %+v", done)
	}
	if err := os.Rename(dir+"-away", dir); err != nil {
		t.Fatal(err)
	}
	if done, err := r.Erase(t.Context(), one, true); err != nil || done.Code != converse.ErasureCode(one) {
		t.Errorf("again: %+v, %v", done, err)
	}
	if key() {
		t.Error("it is confirmed, and its key is still there")
	}
}
