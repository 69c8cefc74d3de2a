package staff

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCheckPassphrase(t *testing.T) {
	for _, tc := range []struct {
		pass string
		want error
	}{
		{"quiet heron over the salt marsh", nil},
		{"once caballos verdes cantan", nil},
		{"ñandú jugó al dominó", nil},
		{"twelve chars", nil},
		{"eleven char", ErrShort},
		{"ñññññ", ErrShort},
		{"", ErrShort},
		{strings.Repeat("ab cd ef ", 200), ErrLong},
		{"aaaaaaaaaaaaaaaa", ErrCommon},
		{"1212 1212 1212 1212", ErrCommon},
		{"PasswordPassword", ErrCommon},
		{"correct horse battery staple", ErrCommon},
		{"Correct-Horse-Battery-Staple", ErrCommon},
		{"contraseña1234", ErrCommon},
		{"puerto rico 1234", ErrCommon},
		{"ana.rivera2026", ErrCommon},
		{"2026 Ana Rivera", ErrCommon},
		{"ana rivera likes nine wet dogs", nil},
	} {
		if err := CheckPassphrase(tc.pass, "ana.rivera"); !errors.Is(err, tc.want) {
			t.Errorf("%q: got %v, want %v", tc.pass, err, tc.want)
		}
	}
}

// Every line of the list must be long and varied enough to be refused by the list alone; others would be dead weight.
func TestCommonListIsNotDead(t *testing.T) {
	seen := map[string]bool{}
	for line := range strings.Lines(common) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := CheckPassphrase(line, "x"); !errors.Is(err, ErrCommon) {
			t.Errorf("%q: %v", line, err)
		}
		if s := squeeze(line); seen[s] {
			t.Errorf("%q is there twice", line)
		} else {
			seen[s] = true
		}
	}
	if len(seen) < 200 {
		t.Errorf("only %d passphrases in the list", len(seen))
	}
}

func TestHash(t *testing.T) {
	const pass = "quiet heron over the salt marsh"
	a, b := hashPassphrase(pass), hashPassphrase(pass)
	if a == b {
		t.Error("two hashes of one passphrase are equal: no salt")
	}
	if !strings.HasPrefix(a, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(a, "heron") {
		t.Errorf("not the expected PHC string: %s", a)
	}
	for pass, want := range map[string]bool{pass: true, pass + " ": false, "": false, "Quiet heron over the salt marsh": false} {
		if got, err := matches(a, pass); err != nil || got != want {
			t.Errorf("%q: %v, %v", pass, got, err)
		}
	}
	// The same letters, composed and decomposed, as different keyboards send them.
	if ok, err := matches(hashPassphrase("mañana será otro día"), "man\u0303ana sera\u0301 otro di\u0301a"); err != nil || !ok {
		t.Errorf("decomposed letters: %v, %v", ok, err)
	}
}

func TestMatchesRefusesWhatIsNoHash(t *testing.T) {
	good := hashPassphrase("quiet heron over the salt marsh")
	for _, phc := range []string{"", "x", "$argon2i$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA", strings.Replace(good, "m=19456", "m=4194304", 1),
		strings.Replace(good, "t=2", "t=0", 1), strings.Replace(good, "p=1", "p=200", 1), strings.Replace(good, "v=19", "v=16", 1), good[:len(good)-30], good + "$"} {
		if ok, err := matches(phc, "quiet heron over the salt marsh"); err == nil || ok {
			t.Errorf("%.40q was taken", phc)
		}
	}
}

func TestAtMostTwoHashesAtOnce(t *testing.T) {
	h := newHasher()
	one, err := h.turn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer one()
	two, err := h.turn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.turn(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("a third hash got a turn: %v", err)
	}
	two()
	three, err := h.turn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	three()
	h.waiting.Store(maxWaiting)
	if _, err := h.turn(context.Background()); !errors.Is(err, ErrBusy) {
		t.Fatalf("the queue has no end: %v", err)
	}
}

func TestWaitGrowsAndEnds(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var got []string
	for n := range 15 {
		a := account{failures: n, failed: now}
		got = append(got, a.wait(now).String())
		if w := a.wait(now.Add(maxPause)); w != 0 {
			t.Errorf("after %d failures the account is still closed %s later", n, maxPause)
		}
	}
	want := "0s 0s 0s 0s 0s 30s 1m0s 2m0s 4m0s 8m0s 16m0s 20m0s 20m0s 20m0s 20m0s"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	// Guesses in a day, each at the first moment allowed.
	guesses, at, a := 0, now, account{}
	for guesses <= 100 && at.Before(now.Add(24*time.Hour)) {
		guesses++
		a.failures, a.failed = a.failures+1, at
		at = at.Add(a.wait(at))
	}
	if guesses > 100 {
		t.Errorf("%d guesses fit in a day", guesses)
	}
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(`{"type":"invited","at":"2026-11-23T09:00:00Z","role":"staff","secret":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","until":"2026-11-23T10:00:00Z"}`))
	f.Add([]byte(`{"type":"seen"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := decodeEvent(data)
		if err != nil {
			return
		}
		again, err := e.encode()
		if err != nil {
			t.Skip() // a time beyond the year 9999
		}
		if _, err := decodeEvent(again); err != nil {
			t.Errorf("%s became unreadable: %v", again, err)
		}
	})
}
