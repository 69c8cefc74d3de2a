package staff

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

func TestDisable(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	boss := h.account("boss", Administrator)
	ana := h.account("ana", Staff)
	node := h.open()
	s := h.signIn("ana")
	_, over, _ := h.Ends(s)
	if err := h.Disable(ctx, boss.ID, boss.ID); !errors.Is(err, ErrLastAdministrator) {
		t.Errorf("the last administrator: %v", err)
	}
	if err := h.Disable(ctx, ana.ID, boss.ID); err != nil {
		t.Fatal(err)
	}
	select {
	case <-over:
	case <-time.After(time.Minute):
		t.Error("the open session does not hear of it")
	}
	for _, d := range []*Directory{h.Directory, node} {
		if err := d.until(ctx, func() bool { return d.book.accounts[ana.ID].State == Disabled }); err != nil {
			t.Fatal(err)
		}
		if _, ok := d.Session(s); ok {
			t.Error("the session of a disabled account works")
		}
	}
	if _, _, err := h.SignIn(ctx, "ana", pass, ""); !errors.Is(err, ErrSignIn) {
		t.Errorf("a disabled account signs in: %v", err)
	}
	// An invitation that is disabled is void.
	token := h.invite(Staff)
	a, _ := h.Invited(token)
	if err := h.Disable(ctx, a.ID, boss.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Accept(ctx, token, "Eve", "eve", pass, bot.EN); !errors.Is(err, ErrLink) {
		t.Errorf("a withdrawn invitation works: %v", err)
	}
	if err := h.Disable(ctx, "nobody", boss.ID); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestSpeak(t *testing.T) {
	h := newHouse(t)
	a := h.account("ana", Staff)
	if err := h.Speak(context.Background(), a.ID, bot.EN); err != nil {
		t.Fatal(err)
	}
	if got, _ := h.Get(a.ID); got.Lang != bot.EN {
		t.Errorf("language %q", got.Lang)
	}
	if err := h.Speak(context.Background(), a.ID, "xx"); err == nil {
		t.Error("an unknown language was stored")
	}
}

// An entry that cannot be read closes its account and no other.
func TestDamagedEntryClosesTheAccount(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	ana, dana := h.account("ana", Staff), h.account("dana", Staff)
	s := h.signIn("ana")
	h.Directory.mu.Lock()
	head := h.book.accounts[ana.ID].head
	h.Directory.mu.Unlock()
	at, err := h.j.Append(ctx, journal.Stream{Kind: journal.Account, ID: ana.ID}, head, []byte(`{"type":"promoted"}`))
	if err != nil {
		t.Fatal(err)
	}
	if err := h.until(ctx, func() bool { return h.folded >= at }); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Session(s); ok {
		t.Error("the session goes on")
	}
	if _, _, err := h.SignIn(ctx, "ana", pass, ""); !errors.Is(err, ErrSignIn) {
		t.Error(err)
	}
	if got, _, err := h.SignIn(ctx, dana.Login, pass, ""); err != nil || got == "" {
		t.Errorf("another account suffers: %v", err)
	}
}

func TestErasedAccountIsGone(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	a := h.account("ana", Staff)
	s := h.signIn("ana")
	if err := h.j.Erase(ctx, journal.Stream{Kind: journal.Account, ID: a.ID}); err != nil {
		t.Fatal(err)
	}
	if err := h.until(ctx, func() bool { return h.book.accounts[a.ID] == nil }); err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Session(s); ok {
		t.Error("its session works")
	}
	if h.account("ana", Staff).ID == a.ID {
		t.Error("the id came back")
	}
}

// A directory that no longer hears of sign-outs elsewhere must not let anybody in.
func TestWithoutJournalNobodyIsSignedIn(t *testing.T) {
	h := newHouse(t)
	h.account("ana", Staff)
	s := h.signIn("ana")
	if err := h.j.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		if _, ok := h.Session(s); !ok {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the session still works")
		}
		time.Sleep(time.Millisecond)
	}
	if _, _, err := h.SignIn(context.Background(), "ana", pass, ""); err == nil {
		t.Error("signed in without a journal")
	}
}

// No secret that opens anything is in the journal's file.
func TestSecretsAreNotStored(t *testing.T) {
	h := newHouse(t)
	token := h.invite(Staff)
	if _, err := h.Accept(context.Background(), token, "Ana", "ana", pass, bot.EN); err != nil {
		t.Fatal(err)
	}
	s := h.signIn("ana")
	files, err := filepath.Glob(filepath.Join(h.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, secret := range map[string]string{"link": token, "session": s, "passphrase": pass} {
			if bytes.Contains(data, []byte(secret)) {
				t.Errorf("%s holds the %s", filepath.Base(name), what)
			}
		}
	}
}
