package staff

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
)

// code is what an authenticator app shows now.
func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := codeAt(secret, h.clock.now().Unix()/period)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// secured makes an account with an authenticator app; the code that set it up is used up.
func (h *house) secured(login string, role Role) (a Account, secret string, recovery []string) {
	h.t.Helper()
	ctx := context.Background()
	a = h.account(login, role)
	half, _, err := h.SignIn(ctx, login, pass, "")
	if err != nil {
		h.t.Fatal(err)
	}
	secret = NewTOTP()
	recovery, _, err = h.SetTOTP(ctx, half, secret, h.code(secret))
	if err != nil {
		h.t.Fatal(err)
	}
	return a, secret, recovery
}

// RFC 6238, appendix B, the SHA-1 column cut to six digits.
func TestCodesAreThoseOfTheStandard(t *testing.T) {
	secret := "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037"} {
		if got, err := codeAt(secret, at/period); err != nil || got != want {
			t.Errorf("at %d: %s, %v; want %s", at, got, err, want)
		}
	}
}

func TestAPassphraseAloneOpensNothing(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.account("ana", Staff)
	half, _, err := h.SignIn(ctx, "ana", pass, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := h.Session(half); ok {
		t.Error("a half session opens the console")
	}
	if _, ok := h.Half(half); !ok {
		t.Error("control: the half session is not there")
	}
	secret := NewTOTP()
	for _, bad := range []string{"", "000000", "12345", strings.Repeat("1", 2000)} {
		if _, _, err := h.SetTOTP(ctx, half, secret, bad); !errors.Is(err, ErrCode) {
			t.Errorf("%.9q: %v", bad, err)
		}
	}
	codes, whole, err := h.SetTOTP(ctx, half, secret, h.code(secret))
	if err != nil || len(codes) != recoveryCodes || whole == half {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	if a, ok := h.Session(whole); !ok || !a.Secured {
		t.Error("the new session is not whole")
	}
	if _, ok := h.Half(half); ok {
		t.Error("the half session is still there")
	}
	// From now on the passphrase alone is refused, and the half session lasts a quarter of an hour at most.
	for _, code := range []string{"", "000000", h.code(secret)} { // the last was used to set it up
		if s, _, err := h.SignIn(ctx, "ana", pass, code); s != "" || !errors.Is(err, ErrSignIn) {
			t.Errorf("code %q: %v", code, err)
		}
	}
	h.add(period * time.Second)
	if s, _, err := h.SignIn(ctx, "ana", pass, h.code(secret)[:3]+" "+h.code(secret)[3:]); err != nil || s == "" {
		t.Errorf("the next code: %v", err)
	}
	h.account("dana", Staff)
	if half, _, err = h.SignIn(ctx, "dana", pass, ""); err != nil {
		t.Fatal(err)
	}
	h.add(HalfLife)
	if _, ok := h.Half(half); ok {
		t.Error("a half session outlives its time")
	}
}

// One code, 50 hands at the same moment: one gets in. Also after a restart nobody else does.
func TestOneCodeOnce(t *testing.T) {
	h := newHouse(t)
	_, secret, recovery := h.secured("ana", Staff)
	h.add(period * time.Second)
	for _, code := range []string{h.code(secret), recovery[3]} {
		var wg sync.WaitGroup
		var in atomic.Int64
		for range 50 {
			wg.Go(func() {
				if s, _, err := h.SignIn(context.Background(), "ana", pass, code); err == nil && s != "" {
					in.Add(1)
				}
			})
		}
		wg.Wait()
		if in.Load() != 1 {
			t.Errorf("one code let %d of 50 in", in.Load())
		}
		d := h.open()
		if _, _, err := d.SignIn(context.Background(), "ana", pass, code); !errors.Is(err, ErrSignIn) {
			t.Errorf("after a restart: %v", err)
		}
		h.add(time.Hour) // the refused recovery codes count as guesses
	}
	if n := h.CodesLeft(mustFind(t, h, "ana").ID); n != recoveryCodes-1 {
		t.Errorf("%d recovery codes left", n)
	}
}

func mustFind(t *testing.T, h *house, login string) Account {
	t.Helper()
	a, ok := h.Find(login)
	if !ok {
		t.Fatal("no such account")
	}
	return a
}

// 10,000 guesses spread over a day: at most 100 are looked at, and a passkey is not held up meanwhile.
func TestGuessesInADay(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	a, _, _ := h.secured("ana", Staff)
	if _, _, err := h.AddPasskey(ctx, h.whole(a), Passkey{ID: "key", Data: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	// A guess that is not looked at costs a hash all the same; here a cheap one, so that the test does not take minutes.
	b64 := base64.RawStdEncoding.EncodeToString
	salt := []byte("saltsalt")
	h.hasher.decoy = "$argon2id$v=19$m=8,t=1,p=1$" + b64(salt) + "$" + b64(argon2.IDKey([]byte("x"), salt, 1, 8, 1, 16))
	for i := range 10_000 {
		h.add(24 * time.Hour / 10_000)
		if _, _, err := h.SignIn(ctx, "ana", "not the passphrase", "123456"); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
		if i%2500 == 0 {
			if _, _, err := h.SignInPasskey(ctx, a.ID, Passkey{ID: "nobody's"}); !errors.Is(err, ErrSignIn) {
				t.Errorf("an unknown passkey: %v", err)
			}
		}
	}
	h.Directory.mu.Lock()
	looked := h.book.accounts[a.ID].failures
	h.Directory.mu.Unlock()
	t.Logf("10,000 guesses in a day, %d looked at", looked)
	if looked > 100 || looked < 20 {
		t.Errorf("%d guesses were looked at", looked)
	}
	if s, _, err := h.SignInPasskey(ctx, a.ID, Passkey{ID: "key", Data: []byte(`{"n":1}`)}); err != nil || s == "" {
		t.Errorf("the passkey is held up: %v", err)
	}
}

// whole opens a whole session directly.
func (h *house) whole(a Account) string {
	h.t.Helper()
	secret, sum := newSecret()
	err := h.change(context.Background(), a.ID, func(*account) (event, error) {
		return event{Type: signedIn, Secret: &sum, Until: h.clock.now().Add(SessionLife)}, nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

func TestPasskeys(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	a := h.account("ana", Staff)
	half, _, err := h.SignIn(ctx, "ana", pass, "")
	if err != nil {
		t.Fatal(err)
	}
	codes, whole, err := h.AddPasskey(ctx, half, Passkey{ID: "one", Data: []byte("1"), Label: "Phone"})
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("%d codes, %v", len(codes), err)
	}
	if s, _, err := h.SignIn(ctx, "ana", pass, ""); s != "" || !errors.Is(err, ErrSignIn) {
		t.Errorf("the passphrase alone: %v", err)
	}
	if s, _, err := h.SignIn(ctx, "ana", pass, strings.ToLower(codes[0])); s == "" || err != nil {
		t.Errorf("a recovery code: %v", err)
	}
	if err := h.RemovePasskey(ctx, a.ID, "one"); !errors.Is(err, ErrLastFactor) {
		t.Errorf("the last factor: %v", err)
	}
	if more, _, err := h.AddPasskey(ctx, whole, Passkey{ID: "two", Data: []byte("2")}); err != nil || more != nil {
		t.Errorf("a second one: %v, codes %v", err, more)
	}
	if err := h.RemovePasskey(ctx, a.ID, "one"); err != nil {
		t.Error(err)
	}
	if _, _, err := h.SignInPasskey(ctx, a.ID, Passkey{ID: "one"}); !errors.Is(err, ErrSignIn) {
		t.Errorf("a removed passkey: %v", err)
	}
	s, who, err := h.SignInPasskey(ctx, a.ID, Passkey{ID: "two", Data: []byte("22")})
	if err != nil || who.ID != a.ID {
		t.Fatal(err)
	}
	if keys := h.open().Passkeys(a.ID); len(keys) != 1 || string(keys[0].Data) != "22" || keys[0].Used.IsZero() {
		t.Errorf("after its use and a restart: %+v", keys)
	}
	// Sessions are listed and ended one by one.
	list := h.Sessions(s)
	if len(list) != 2 { // the one with the recovery code, and this; the one that added a passkey was replaced and lapsed with it
		t.Logf("%+v", list)
	}
	ended := 0
	for _, one := range list {
		if one.Here {
			continue
		}
		if err := h.EndSession(ctx, a.ID, one.ID); err != nil {
			t.Error(err)
		}
		ended++
	}
	if left := h.Sessions(s); ended == 0 || len(left) != 1 || !left[0].Here {
		t.Errorf("%d ended, left %+v", ended, left)
	}
}

func TestResetAndNewPassphrase(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	a, secret, recovery := h.secured("ana", Administrator)
	s := h.whole(a)
	other := h.whole(a)
	if _, err := h.ChangePassphrase(ctx, s, "wrong", "lantern over the quiet dunes"); !errors.Is(err, ErrSignIn) {
		t.Errorf("a wrong old passphrase: %v", err)
	}
	if _, err := h.ChangePassphrase(ctx, s, pass, "short"); !errors.Is(err, ErrShort) {
		t.Errorf("a short one: %v", err)
	}
	fresh, err := h.ChangePassphrase(ctx, s, pass, "lantern over the quiet dunes")
	if err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{s, other} {
		if _, ok := h.Session(old); ok {
			t.Error("a session outlives the passphrase")
		}
	}
	if _, ok := h.Session(fresh); !ok {
		t.Error("the new session is none")
	}
	_, over, _ := h.Ends(fresh)
	token, err := h.Reset(ctx, a.ID, "terminal")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-over:
	default:
		t.Error("a session outlives the reset")
	}
	h.add(time.Minute)
	for _, code := range []string{"", h.code(secret), recovery[0]} {
		if _, _, err := h.SignIn(ctx, "ana", "lantern over the quiet dunes", code); !errors.Is(err, ErrSignIn) {
			t.Errorf("after the reset: %v", err)
		}
	}
	again, err := h.Accept(ctx, token, "Ana R.", "somebody-else", pass, "es")
	if err != nil || again.ID != a.ID || again.Login != "ana" || again.Secured {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := h.Accept(ctx, token, "Ana R.", "ana", pass, "es"); !errors.Is(err, ErrLink) {
		t.Errorf("the link a second time: %v", err)
	}
	if half, _, err := h.SignIn(ctx, "ana", pass, ""); err != nil || half == "" {
		t.Error(err)
	}
	if d := h.open(); mustFind(t, h, "ana").ID != a.ID || d.Empty() {
		t.Error("after a restart the account is another")
	}
}

func TestWhatWasTypedBelongsToALapsedSession(t *testing.T) {
	h := newHouse(t)
	a := h.account("ana", Staff)
	s, out := h.whole(a), h.whole(a)
	if err := h.SignOut(context.Background(), out); err != nil {
		t.Fatal(err)
	}
	h.add(Idle)
	if _, ok := h.Session(s); ok {
		t.Fatal("still open")
	}
	if got, ok := h.Lapsed(s); !ok || got.ID != a.ID {
		t.Error("nobody knows whose it was")
	}
	if _, ok := h.Lapsed(out); ok {
		t.Error("a session that was ended on purpose is remembered")
	}
	h.add(SessionLife)
	if _, ok := h.Lapsed(s); ok {
		t.Error("remembered for ever")
	}
}

// A half session that was there before the first factor sets up no other one: whoever knows the passphrase alone would take the account over.
func TestAHalfSessionAddsNoSecondFactor(t *testing.T) {
	ctx := t.Context()
	h := newHouse(t)
	h.account("ana", Administrator)
	other, _, err := h.SignIn(ctx, "ana", pass, "")
	if err != nil {
		t.Fatal(err)
	}
	own, _, err := h.SignIn(ctx, "ana", pass, "")
	if err != nil {
		t.Fatal(err)
	}
	secret := NewTOTP()
	if _, _, err := h.SetTOTP(ctx, own, secret, h.code(secret)); err != nil {
		t.Fatal(err)
	}
	h.add(10 * time.Minute)
	theirs := NewTOTP()
	if _, whole, err := h.SetTOTP(ctx, other, theirs, h.code(theirs)); !errors.Is(err, ErrUnknown) || whole != "" {
		t.Errorf("a factor for who has none: %q, %v", whole, err)
	}
	h.add(time.Minute)
	if _, _, err := h.SignIn(ctx, "ana", pass, h.code(secret)); err != nil {
		t.Errorf("the owner is locked out: %v", err)
	}
}
