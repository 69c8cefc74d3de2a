package staff

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/staff"
)

// Disabling an account closes its open streams at once; so do a reset, a new passphrase and ending the session from elsewhere.
func TestStreamsEndWithTheAccount(t *testing.T) {
	ctx := context.Background()
	for name, end := range map[string]func(h *house, a staff.Account, session string) error{
		"disabled": func(h *house, a staff.Account, _ string) error { return h.dir.Disable(ctx, a.ID, "terminal") },
		"reset": func(h *house, a staff.Account, _ string) error {
			_, err := h.dir.Reset(ctx, a.ID, "terminal")
			return err
		},
		"new passphrase": func(h *house, a staff.Account, session string) error {
			_, err := h.dir.ChangePassphrase(ctx, session, passphrase, "lantern over the quiet dunes")
			return err
		},
		"ended from elsewhere": func(h *house, a staff.Account, session string) error {
			for _, s := range h.dir.Sessions(session) {
				if s.Here {
					return h.dir.EndSession(ctx, a.ID, s.ID)
				}
			}
			return errMissing
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			a := h.account("ana", bot.EN)
			b := h.signedIn("ana")
			s := b.events("/staff/events?show=open")
			s.next(t, "data: ")
			h.must(end(h, a, b.cookie)) // a new passphrase is hashed twice, which is not the stream's time
			began := time.Now()
			if got := s.next(t, "event: ended"); got != "" {
				t.Errorf("the stream says %q", got)
			}
			if got := s.next(t, "nothing more"); got != "closed" {
				t.Error(got)
			}
			took := time.Since(began)
			t.Logf("closed after %s", took)
			if took > time.Second {
				t.Errorf("closed after %s", took)
			}
			if a := b.get("/staff/"); a.to != "/staff/signin?ended=1" {
				t.Errorf("the session still opens %d", a.status)
			}
		})
	}
}

// A cookie that was there before the sign-in is not taken over, and each step up gives a new one.
func TestNewSessionAtEachStep(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.browser()
	fixed := strings.Repeat("A", 43)
	b.cookie = fixed
	b.post("/staff/signin", "login", "ana", "passphrase", passphrase)
	half := b.cookie
	if half == fixed || half == "" {
		t.Fatal("the cookie from before was taken over")
	}
	secret := secretOn(t, b.get("/staff/secure"))
	b.post("/staff/secure/code", "secret", secret, "code", h.codeOf(secret))
	whole := b.cookie
	if whole == half {
		t.Error("the second factor brings no new session")
	}
	old := h.browser()
	old.cookie = half
	if a := old.get("/staff/secure"); a.to != "/staff/signin?ended=1" {
		t.Errorf("the half session goes on: %d %q", a.status, a.to)
	}
	a := b.post("/staff/account/passphrase", "old", passphrase, "passphrase", "lantern over the quiet dunes", "again", "lantern over the quiet dunes")
	if a.status != 200 || b.cookie == whole || !strings.Contains(a.body, "Your passphrase is changed.") {
		t.Errorf("a new passphrase: %d", a.status)
	}
	old.cookie = whole
	if a := old.get("/staff/"); a.to != "/staff/signin?ended=1" {
		t.Error("the session from before the new passphrase goes on")
	}
}

// One code, 50 browsers at the same moment, over HTTP: one gets in.
func TestOneCodeOneBrowser(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.halfIn("ana")
	secret := secretOn(t, b.get("/staff/secure"))
	b.post("/staff/secure/code", "secret", secret, "code", h.codeOf(secret))
	h.clock.add(30 * time.Second)
	code := h.codeOf(secret)
	var in atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if a := h.browser().post("/staff/signin", "login", "ana", "passphrase", passphrase, "code", code); a.to == "/staff/" {
				in.Add(1)
			} else if a.status != http.StatusUnauthorized {
				t.Errorf("refused with %d", a.status)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("%d of 50 got in", in.Load())
	}
}

// What a proxy's headers claim changes neither the pace of guesses nor the answer.
func TestForgedAddressChangesNothing(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.signedIn("ana")
	refused := 0
	for i := range 12 {
		b := h.browser()
		for _, name := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "True-Client-Ip", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			b.head.Set(name, fmt.Sprintf("203.0.113.%d", i))
		}
		if a := b.post("/staff/signin", "login", "ana", "passphrase", "not the passphrase", "code", "123456"); a.status == http.StatusUnauthorized {
			refused++
		}
	}
	// After five wrong ones everybody waits, whatever address is claimed: even the right passphrase with a right code.
	b := h.browser()
	b.head.Set("X-Forwarded-For", "198.51.100.7")
	codes, err := h.dir.NewCodes(context.Background(), h.me("ana"))
	if err != nil {
		t.Fatal(err)
	}
	if a := b.post("/staff/signin", "login", "ana", "passphrase", passphrase, "code", codes[0]); a.status != http.StatusUnauthorized || refused != 12 {
		t.Errorf("another address claimed: %d, %d refused", a.status, refused)
	}
	h.clock.add(21 * time.Minute)
	if a := b.post("/staff/signin", "login", "ana", "passphrase", passphrase, "code", codes[0]); a.to != "/staff/" {
		t.Errorf("control, after the wait: %d", a.status)
	}
}

// A note that was sent after its session had run out is not lost, and waits for its writer alone.
func TestUnsavedNotesAreKept(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	b.post("/staff/requests/carmen/draft", "text", "a first draft")
	if a := b.get("/staff/requests/carmen"); !strings.Contains(a.body, ">a first draft</textarea>") {
		t.Error("the draft is not on the page")
	}
	h.clock.add(staff.Idle)
	if a := b.post("/staff/requests/carmen/notes", "text", "the whole note"); a.to != "/staff/signin?ended=1" {
		t.Fatalf("%d to %q", a.status, a.to)
	}
	if r, _ := h.work.Get("carmen"); len(r.Notes) != 1 {
		t.Error("a session that is over has saved a note")
	}
	if a := h.signedIn("dana").get("/staff/requests/carmen"); strings.Contains(a.body, "the whole note") {
		t.Error("somebody else sees the draft")
	}
	b = h.signedIn("ana")
	if a := b.get("/staff/requests/carmen"); !strings.Contains(a.body, ">the whole note</textarea>") {
		t.Error("the note is lost")
	}
	b.post("/staff/requests/carmen/notes", "text", "the whole note")
	if a := b.get("/staff/requests/carmen"); strings.Contains(a.body, "the whole note</textarea>") || !strings.Contains(a.body, "the whole note</p>") {
		t.Error("after saving the draft is still there, or the note is not")
	}
	if strings.Contains(h.logs.String(), "note") {
		t.Error("the log holds a draft")
	}
}

// The address bar says when the session ends, the own sessions are listed and can be ended.
func TestOwnSessions(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	one, two := h.signedIn("ana"), h.signedIn("ana")
	page := one.get("/staff/account").body
	for _, want := range []string{"signs out 12:15 pm if idle", "ends in any case: ", "This screen", "End it"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	list := h.dir.Sessions(one.cookie)
	for _, s := range list {
		if !s.Here {
			one.post("/staff/account/session", "session", s.ID)
		}
	}
	if a := two.get("/staff/"); a.to != "/staff/signin?ended=1" {
		t.Error("the other session goes on")
	}
	others := []*browser{h.signedIn("ana"), h.signedIn("ana"), h.signedIn("ana")}
	if page := one.get("/staff/account").body; !strings.Contains(page, "End all others") {
		t.Error("many sessions have to be ended one by one")
	}
	one.post("/staff/account/session", "session", "others")
	for _, b := range others {
		if a := b.get("/staff/"); a.to != "/staff/signin?ended=1" {
			t.Error("one of the others goes on")
		}
	}
	if a := one.get("/staff/"); a.status != 200 {
		t.Error("the own one ended too")
	}
}
