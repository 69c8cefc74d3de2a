package staff

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
)

const pass = "quiet heron over the salt marsh"

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// house is a directory on a real journal, with its clock.
type house struct {
	*Directory
	*clock
	t   *testing.T
	j   journal.Journal
	dir string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir := t.TempDir()
	j, err := boltjournal.Open(dir, boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	h := &house{clock: &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}, t: t, j: j, dir: dir}
	h.Directory = h.open()
	return h
}

// open is one more node on the same journal, or the program after a restart.
func (h *house) open() *Directory {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	h.t.Cleanup(cancel)
	d, err := Open(ctx, h.j, h.clock.now)
	if err != nil {
		h.t.Fatal(err)
	}
	d.least = 0
	return d
}

func (h *house) invite(role Role) string {
	h.t.Helper()
	token, err := h.Invite(context.Background(), role, "terminal")
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) account(login string, role Role) Account {
	h.t.Helper()
	a, err := h.Accept(context.Background(), h.invite(role), "Ana R.", login, pass, bot.ES)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) signIn(login string) string {
	h.t.Helper()
	s, _, err := h.SignIn(context.Background(), login, pass)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

func TestSetUp(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	if !h.Empty() {
		t.Error("a new directory is not empty")
	}
	token := h.invite(Administrator)
	if !h.Empty() {
		t.Error("an invitation alone is not an account")
	}
	if a, ok := h.Invited(token); !ok || a.Role != Administrator || a.State != Invited {
		t.Errorf("the link shows %+v, %v", a, ok)
	}
	// Mistakes leave the link working.
	for _, tc := range []struct {
		name, login, pass string
		want              error
	}{
		{"", "ana", pass, ErrName}, {"A\u202Ena", "ana", pass, ErrName}, {"Ana", "a", pass, ErrLogin}, {"Ana", "ana rivera", pass, ErrLogin},
		{"Ana", "аna", pass, ErrLogin}, {"Ana", "ana", "short", ErrShort}, {"Ana", "ana", "passwordpassword", ErrCommon},
	} {
		if _, err := h.Accept(ctx, token, tc.name, tc.login, tc.pass, bot.ES); !errors.Is(err, tc.want) {
			t.Errorf("%+v: %v", tc, err)
		}
	}
	a, err := h.Accept(ctx, token, "  Ana   Rivera ", " Ana.Rivera@clinic.example ", pass, bot.ES)
	if err != nil {
		t.Fatal(err)
	}
	want := Account{ID: a.ID, Login: "ana.rivera@clinic.example", Name: "Ana Rivera", Role: Administrator, Lang: bot.ES, State: Active, Changed: h.clock.now()}
	if a != want {
		t.Errorf("got %+v\nwant %+v", a, want)
	}
	if h.Empty() {
		t.Error("still empty")
	}
	// Used twice.
	if _, err := h.Accept(ctx, token, "Eve", "eve", pass, bot.EN); !errors.Is(err, ErrLink) {
		t.Errorf("the link worked twice: %v", err)
	}
	if _, ok := h.Invited(token); ok {
		t.Error("a used link still shows an account")
	}
	// Too old.
	old := h.invite(Staff)
	h.add(LinkLife)
	if _, err := h.Accept(ctx, old, "Eve", "eve", pass, bot.EN); !errors.Is(err, ErrLink) {
		t.Errorf("a link of an hour ago worked: %v", err)
	}
	for _, bad := range []string{"", "x", token[:42], token + "A", old[:42] + "!"} {
		if _, ok := h.Invited(bad); ok {
			t.Errorf("%d characters that are no link were taken", len(bad))
		}
	}
	// The role is stored, and everything is there after a restart.
	sup := h.account("dana", Supervisor)
	again := h.open()
	if got, ok := again.Get(sup.ID); !ok || got.Role != Supervisor || got.Login != "dana" {
		t.Errorf("after a restart: %+v, %v", got, ok)
	}
	if l := again.List(); len(l) != 3 || l[2].State != Invited {
		t.Errorf("list: %+v", l)
	}
}

func TestOneLinkManyHands(t *testing.T) {
	h := newHouse(t)
	other := h.open() // a second node
	token := h.invite(Staff)
	sum, _ := digestOf(token)
	if err := other.until(context.Background(), func() bool { return other.book.links[sum] != nil }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 6 {
		d := h.Directory
		if i%2 == 1 {
			d = other
		}
		wg.Go(func() {
			_, err := d.Accept(context.Background(), token, "Ana", string(rune('a'+i))+"-name", pass, bot.EN)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, ErrLink) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d people used one link", won)
	}
}

func TestOneNameManyLinks(t *testing.T) {
	h := newHouse(t)
	other := h.open()
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 6 {
		d, token := h.Directory, h.invite(Staff)
		if i%2 == 1 {
			d = other
			sum, _ := digestOf(token)
			if err := d.until(context.Background(), func() bool { return d.book.links[sum] != nil }); err != nil {
				t.Fatal(err)
			}
		}
		wg.Go(func() {
			_, err := d.Accept(context.Background(), token, "Ana", "ana", pass, bot.EN)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, ErrLoginTaken) {
				t.Error(err)
			} else if _, err := d.Accept(context.Background(), token, "Ana", "ana-"+string(rune('a'+i)), pass, bot.EN); err != nil {
				t.Errorf("the link of somebody who came second is dead: %v", err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d accounts have one sign-in name", won)
	}
}

// When two nodes decide at the same moment, the order in the journal decides, and a second use of a link changes nothing.
func TestFoldDecidesWhatNodesCouldNot(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	first, second := h.invite(Staff), h.invite(Supervisor)
	one, _ := h.Invited(first)
	two, _ := h.Invited(second)
	put := func(id, name string) {
		t.Helper()
		h.Directory.mu.Lock()
		head := h.book.accounts[id].head
		h.Directory.mu.Unlock()
		at, err := h.append(ctx, id, head, event{Type: accepted, At: h.clock.now(), Login: "ana", Name: name, Hash: hashPassphrase(pass), Lang: bot.EN})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.until(ctx, func() bool { return h.folded >= at }); err != nil {
			t.Fatal(err)
		}
	}
	put(one.ID, "One")
	put(two.ID, "Two")
	put(one.ID, "Again")
	for name, d := range map[string]*Directory{"this node": h.Directory, "another": h.open()} {
		if a, _ := d.Get(one.ID); a.Name != "One" || a.State != Active {
			t.Errorf("%s: the first is %+v", name, a)
		}
		if a, _ := d.Get(two.ID); a.State != Invited || a.Login != "" {
			t.Errorf("%s: the second is %+v", name, a)
		}
		if _, who, err := d.SignIn(ctx, "ana", pass); err != nil || who.ID != one.ID {
			t.Errorf("%s: the name signs in %q, %v", name, who.Name, err)
		}
		if _, ok := d.Invited(second); !ok {
			t.Errorf("%s: the link of the second is dead", name)
		}
	}
}

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
		s, who, err := h.SignIn(ctx, tc.login, tc.pass)
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
		if _, _, err := h.SignIn(ctx, "ana", "not the passphrase"); !errors.Is(err, ErrSignIn) {
			t.Fatal(err)
		}
	}
	refused := func(d *Directory) bool {
		t.Helper()
		_, _, err := d.SignIn(ctx, "ana", pass)
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
		wg.Go(func() { _, _, _ = h.SignIn(context.Background(), "ana", "not the passphrase") })
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
		_, _, err := h.SignIn(context.Background(), login, "not the passphrase")
		if took := time.Since(began); !errors.Is(err, ErrSignIn) || took < h.least {
			t.Errorf("%q: %v after %s", login, err, took)
		}
	}
}

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
	case <-time.After(time.Second):
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
	if _, _, err := h.SignIn(ctx, "ana", pass); !errors.Is(err, ErrSignIn) {
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
	if _, _, err := h.SignIn(ctx, "ana", pass); !errors.Is(err, ErrSignIn) {
		t.Error(err)
	}
	if got, _, err := h.SignIn(ctx, dana.Login, pass); err != nil || got == "" {
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
	deadline := time.Now().Add(5 * time.Second)
	for {
		if _, ok := h.Session(s); !ok {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the session still works")
		}
		time.Sleep(time.Millisecond)
	}
	if _, _, err := h.SignIn(context.Background(), "ana", pass); err == nil {
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
