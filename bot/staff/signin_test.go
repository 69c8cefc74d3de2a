package staff

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot/journal"
)

func TestSignIn(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	a := h.account("ana", Staff)
	s := h.signIn(" ANA ")
	if got, ok := h.Session(s); !ok || got.ID != a.ID {
		t.Errorf("session: %+v, %v", got, ok)
	}
	if s2 := h.signIn("ana"); s2 == s || len(s2) != 43 {
		t.Error("two sign-ins share a session, or it is not 256 bits")
	}
	for _, tc := range []struct {
		login, pass string
		who         string
	}{{"ana", "wrong", a.ID}, {"nobody", pass, ""}, {"", "", ""}, {"ana\x00", pass, ""}, {"ana", "", a.ID}} {
		s, who, err := h.SignIn(ctx, tc.login, tc.pass, "")
		if s != "" || !errors.Is(err, ErrSignIn) || who.ID != tc.who {
			t.Errorf("%q: session %q, account %q, %v", tc.login, s, who.ID, err)
		}
	}
	for _, bad := range []string{"", "x", s[:42], s + "A"} {
		if _, ok := h.Session(bad); ok {
			t.Errorf("%q is a session", bad)
		}
	}
	if err := h.Touch(ctx, "x"); !errors.Is(err, ErrUnknown) {
		t.Errorf("touching nothing: %v", err)
	}
}

func TestSessionEnds(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", Staff)
	alive := func(s string) bool { _, ok := h.Session(s); return ok }

	idle := h.signIn("ana")
	h.add(Idle - time.Second)
	if !alive(idle) {
		t.Error("ended before its time")
	}
	h.add(time.Second)
	if alive(idle) {
		t.Error("15 minutes without use, and still open")
	}
	if err := h.Touch(ctx, idle); !errors.Is(err, ErrUnknown) {
		t.Errorf("a dead session woke up: %v", err)
	}

	busy := h.signIn("ana")
	for range 12*6 - 1 {
		h.add(10 * time.Minute)
		if err := h.Touch(ctx, busy); err != nil {
			t.Fatal(err)
		}
	}
	if at, _, ok := h.Ends(busy); !ok || at.Sub(h.clock.now()) != 10*time.Minute {
		t.Errorf("it ends in %s, %v", at.Sub(h.clock.now()), ok)
	}
	h.add(10*time.Minute - time.Second)
	if !alive(busy) {
		t.Error("ended before twelve hours")
	}
	h.add(time.Second)
	if alive(busy) {
		t.Error("twelve hours, and still open")
	}

	out := h.signIn("ana")
	_, over, _ := h.Ends(out)
	for range 2 {
		if err := h.SignOut(ctx, out); err != nil {
			t.Fatal(err)
		}
	}
	if alive(out) {
		t.Error("signed out, and still open")
	}
	select {
	case <-over:
	default:
		t.Error("whoever follows the session does not hear that it ended")
	}
	if err := h.SignOut(ctx, "x"); err != nil {
		t.Error(err)
	}
}

// After a restart a session goes on, at most five minutes shorter than it would have been.
func TestSessionOutlivesRestart(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", Staff)
	s := h.signIn("ana")
	for range 14 {
		h.add(time.Minute)
		if err := h.Touch(ctx, s); err != nil {
			t.Fatal(err)
		}
	}
	stored := 0
	for _, err := range h.j.Watch(bounded(t), journal.Account, 0) {
		if err != nil {
			break
		}
		stored++
	}
	if stored > 3+14/5+1 {
		t.Errorf("%d entries for 14 minutes of use", stored)
	}
	d := h.open()
	if _, ok := d.Session(s); !ok {
		t.Error("gone after a restart")
	}
	h.add(Idle - storeSeen)
	if _, ok := d.Session(s); !ok {
		t.Error("ended more than five minutes early")
	}
	h.add(storeSeen)
	if _, ok := d.Session(s); ok {
		t.Error("a restart made it longer")
	}
}

// bounded is a context that ends once a watcher has had time to see everything stored.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestThrottle(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", Staff)
	h.account("dana", Staff)
	fail := func() {
		t.Helper()
		if _, _, err := h.SignIn(ctx, "ana", "not the passphrase", ""); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
	}
	refused := func(d *Directory) bool {
		t.Helper()
		_, _, err := d.SignIn(ctx, "ana", pass, "")
		if err != nil && !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
		return err != nil
	}
	for range 4 {
		fail()
	}
	if refused(h.Directory) {
		t.Fatal("four failures already close the account")
	}
	for range 5 {
		fail()
	}
	if !refused(h.Directory) {
		t.Error("the sixth guess in a row was answered")
	}
	if !refused(h.open()) {
		t.Error("a restart, or another node, forgets the failures")
	}
	if s := h.signIn("dana"); s == "" {
		t.Error("somebody else waits too")
	}
	h.add(firstPause)
	fail() // the sixth that counts
	h.add(firstPause)
	if !refused(h.Directory) {
		t.Error("the delay does not grow")
	}
	h.add(firstPause)
	if refused(h.Directory) {
		t.Error("a minute later the right passphrase is still refused")
	}
	// Success starts the count anew.
	for range 4 {
		fail()
	}
	if refused(h.Directory) {
		t.Error("failures from before a success still count")
	}
}

// Of many guesses at the same moment no more than the free ones are answered, not even a right one.
func TestThrottleHoldsAgainstParallelGuesses(t *testing.T) {
	h := newHouse(t)
	a := h.account("ana", Staff)
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() { _, _, _ = h.SignIn(context.Background(), "ana", "not the passphrase", "") })
	}
	wg.Wait()
	failures := 0
	for en, err := range h.j.Read(context.Background(), journal.Stream{Kind: journal.Account, ID: a.ID}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(en.Data, []byte(`"signin_failed"`)) {
			failures++
		}
	}
	if failures != freeFailures {
		t.Errorf("%d of 30 parallel guesses were answered, want %d", failures, freeFailures)
	}
}

// A refusal takes the same time whether the name exists, does not, or has to wait.
func TestRefusalTellsNothing(t *testing.T) {
	h := newHouse(t)
	h.account("ana", Staff)
	h.least = 150 * time.Millisecond
	for _, login := range []string{"ana", "nobody", "not a name", "ana", "ana", "ana", "ana", "ana"} {
		began := time.Now()
		_, _, err := h.SignIn(context.Background(), login, "not the passphrase", "")
		if took := time.Since(began); !errors.Is(err, ErrSignIn) || took < h.least {
			t.Errorf("%q: %v after %s", login, err, took)
		}
	}
}
