package staff

import (
	"context"
	"errors"
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
	t   testing.TB
	j   journal.Journal
	dir string
}

func newHouse(t testing.TB) *house {
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
	d, err := Open(ctx, h.j, h.clock.now, Idle)
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
	s, who, err := h.SignIn(context.Background(), login, pass, "")
	if err != nil {
		h.t.Fatal(err)
	}
	// A whole session without setting up a second factor each time.
	if s, err = h.upgrade(context.Background(), who.ID, s); err != nil {
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
		if _, who, err := d.SignIn(ctx, "ana", pass, ""); err != nil || who.ID != one.ID {
			t.Errorf("%s: the name signs in %q, %v", name, who.Name, err)
		}
		if _, ok := d.Invited(second); !ok {
			t.Errorf("%s: the link of the second is dead", name)
		}
	}
}
