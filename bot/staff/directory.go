package staff

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// How long things last.
const (
	LinkLife    = time.Hour        // of an invitation
	SessionLife = 12 * time.Hour   // of a session, however busy
	Idle        = 15 * time.Minute // a session ends after this long without use, unless the clinic sets another time
	HalfLife    = 15 * time.Minute // of a session that may only set up a second factor

	// A session's last use is kept in memory and written down this seldom. After a restart a session may therefore end up to this much
	// early, never late.
	storeSeen = 5 * time.Minute

	freeFailures = 5
	firstPause   = 30 * time.Second
	maxPause     = 20 * time.Minute

	// A refused sign-in takes at least this long, known name or not, so that the time of writing the failure down tells nothing.
	leastRefusal = 250 * time.Millisecond

	secretLen = 32 // bytes
)

// Directory knows all accounts and sessions. All methods may be called by many goroutines at once.
type Directory struct {
	journal journal.Journal
	now     func() time.Time
	hasher  *hasher
	least   time.Duration
	idle    time.Duration

	mu     sync.Mutex
	book   *book
	folded journal.Position
	ended  error         // why the directory no longer follows the journal
	moved  chan struct{} // closed and replaced whenever the fold moves
}

// Open folds all accounts and then follows the journal until ctx ends. now gives the time; idle is after how long without use a session
// ends, usually [Idle].
func Open(ctx context.Context, j journal.Journal, now func() time.Time, idle time.Duration) (*Directory, error) {
	d := &Directory{journal: j, now: now, hasher: newHasher(), least: leastRefusal, idle: idle, book: newBook(idle), moved: make(chan struct{})}
	var last journal.Position
	for h, err := range j.Heads(ctx, journal.Account) {
		if err != nil && h.Stream.ID == "" {
			return nil, fmt.Errorf("staff: list accounts: %w", err)
		}
		last = max(last, h.Position)
	}
	go d.follow(ctx)
	if err := d.until(ctx, func() bool { return d.folded >= last }); err != nil {
		return nil, fmt.Errorf("staff: read accounts: %w", err)
	}
	return d, nil
}

func (d *Directory) follow(ctx context.Context) {
	err := errors.New("staff: the journal ended")
	for en, e := range d.journal.Watch(ctx, journal.Account, 0) {
		if en.Position == 0 {
			err = e
			break
		}
		d.mu.Lock()
		d.book.apply(en, e)
		d.folded = en.Position
		d.wake()
		d.mu.Unlock()
	}
	d.mu.Lock()
	d.ended = err
	d.wake()
	d.mu.Unlock()
}

func (d *Directory) wake() {
	close(d.moved)
	d.moved = make(chan struct{})
}

// until waits until ok, which is called with the lock held, is true.
func (d *Directory) until(ctx context.Context, ok func() bool) error {
	for {
		d.mu.Lock()
		done, moved, ended := ok(), d.moved, d.ended
		d.mu.Unlock()
		switch {
		case done:
			return nil
		case ended != nil:
			return ended
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// errNothing lets a decision end without an event.
var errNothing = errors.New("nothing to do")

// change appends one event to an account. decide sees the account as it is, with the lock held, and is asked again when somebody else was
// quicker. When change returns, the fold has it.
func (d *Directory) change(ctx context.Context, id string, decide func(*account) (event, error)) error {
	for {
		d.mu.Lock()
		a := d.book.accounts[id]
		if a == nil || a.damaged {
			d.mu.Unlock()
			return ErrUnknown
		}
		e, err := decide(a)
		head := a.head
		d.mu.Unlock()
		if errors.Is(err, errNothing) {
			return nil
		}
		if err != nil {
			return err
		}
		e.At = d.now().UTC()
		at, err := d.append(ctx, id, head, e)
		if errors.Is(err, journal.ErrConflict) {
			if err := d.until(ctx, func() bool { a := d.book.accounts[id]; return a == nil || a.head != head }); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		return d.until(ctx, func() bool { return d.folded >= at })
	}
}

func (d *Directory) append(ctx context.Context, id string, after journal.Position, e event) (journal.Position, error) {
	data, err := e.encode()
	if err != nil {
		return 0, err
	}
	at, err := d.journal.Append(ctx, journal.Stream{Kind: journal.Account, ID: id}, after, data)
	if err != nil {
		return 0, fmt.Errorf("staff: store %s: %w", e.Type, err)
	}
	return at, nil
}

// Empty reports whether nobody ever accepted an invitation: the program then prints a set-up link.
func (d *Directory) Empty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.book.accepted
}

// List returns all accounts by name; those without one, who are invited, come last.
func (d *Directory) List() []Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Account
	for _, a := range d.book.accounts {
		all = append(all, a.Account)
	}
	slices.SortFunc(all, func(a, b Account) int {
		if (a.Name == "") != (b.Name == "") {
			return cmp.Compare(len(b.Name), len(a.Name))
		}
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	return all
}

// Get returns one account.
func (d *Directory) Get(id string) (Account, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a := d.book.accounts[id]; a != nil {
		return a.Account, true
	}
	return Account{}, false
}

// Speak stores the language in which a person reads the console.
func (d *Directory) Speak(ctx context.Context, id string, lang bot.Lang) error {
	if !lang.Known() {
		return fmt.Errorf("staff: unknown language")
	}
	return d.change(ctx, id, func(a *account) (event, error) {
		if a.Lang == lang {
			return event{}, errNothing
		}
		return event{Type: spoke, Lang: lang}, nil
	})
}

// Disable ends every session of an account for good and lets nobody sign in with it. by is the account that does it.
func (d *Directory) Disable(ctx context.Context, id, by string) error {
	return d.change(ctx, id, func(a *account) (event, error) {
		if a.State == Disabled {
			return event{}, errNothing
		}
		if a.State == Active && a.Role == Administrator {
			others := 0
			for _, o := range d.book.accounts {
				if o != a && o.State == Active && o.Role == Administrator && !o.damaged {
					others++
				}
			}
			if others == 0 {
				return event{}, ErrLastAdministrator
			}
		}
		return event{Type: disabled, By: by}, nil
	})
}

// newSecret makes 256 random bits as text, and their digest.
func newSecret() (string, digest) {
	raw := make([]byte, secretLen)
	_, _ = rand.Read(raw) // never fails; see crypto/rand
	return base64.RawURLEncoding.EncodeToString(raw), sha256.Sum256(raw)
}
