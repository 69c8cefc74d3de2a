package export

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"example.org/intake/bot/journal"
)

// Subject is whom a disclosure is about. Neither says who that is once the request is erased; the person has the code.
type Subject struct {
	Request string `json:"request"` // its id
	Code    string `json:"code"`    // the reference that the person was given
}

// Disclosure is one time that something left the house: what the accounting of disclosures (42 CFR 2.25, 45 CFR 164.528) wants, and nothing of
// what left. It outlives the requests.
type Disclosure struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	By       string    `json:"by"` // account id
	Subjects []Subject `json:"subjects"`
	Terms
	Sent time.Time `json:"-"` // of a push: when the destination had it; zero until then
	Dead bool      `json:"-"` // of a push: given up; it did not arrive

	position journal.Position // of its last entry
	tries    int
	due      time.Time // of a push: when it is tried next
}

// About reports whether a disclosure is about a request, or about whoever has a code.
func (d Disclosure) About(ids, codes []string) bool {
	return slices.ContainsFunc(d.Subjects, func(s Subject) bool { return slices.Contains(ids, s.Request) || slices.Contains(codes, s.Code) })
}

// Name names a disclosure by who makes it, the page it is made on and all that is said there, so that a form that is sent again is the same
// disclosure, and one with anything changed is another.
func (d Disclosure) Name(page string) (string, error) {
	d.ID, d.At = page, time.Time{}
	said, err := json.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("naming a disclosure: %w", err)
	}
	sum := sha256.Sum256(said)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])), nil
}

// ErrUsed means that a disclosure of this name was made already with other terms, or too long ago.
var ErrUsed = errors.New("export: this disclosure was made already")

// again is how long the same press may be sent again.
const again = 15 * time.Minute

// entry is one stored event: the first holds the disclosure, a later one what became of a push.
type entry struct {
	Made  *Disclosure `json:"made,omitempty"`
	Tries int         `json:"tries,omitempty"`
	Due   time.Time   `json:"due,omitzero"` // when it is tried next, or the attempt under way counts as lost
	Sent  bool        `json:"sent,omitempty"`
	Dead  bool        `json:"dead,omitempty"`
}

// Log is every disclosure, folded and kept up to date. Each is a stream of its own, so that one about many people is written whole or not at all.
type Log struct {
	journal journal.Journal

	progress *journal.Progress

	mu      sync.Mutex
	byID    map[string]*Disclosure
	damaged int
}

// Open folds the log and follows the journal until ctx ends. It returns once everything stored so far is in the log.
func Open(ctx context.Context, j journal.Journal) (*Log, error) {
	l := &Log{journal: j, byID: map[string]*Disclosure{}}
	var err error
	if l.progress, err = journal.Follow(ctx, j, journal.Disclosure, l.fold); err != nil {
		return nil, fmt.Errorf("reading disclosures: %w", err)
	}
	return l, nil
}

func (l *Log) fold(e journal.Entry, damage error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := e.Stream.ID
	if e.Erased {
		delete(l.byID, id)
		return
	}
	var one entry
	if damage != nil || json.Unmarshal(e.Data, &one) != nil || one.Made == nil && l.byID[id] == nil {
		l.damaged++
		return
	}
	if one.Made != nil {
		one.Made.position = e.Position
		l.byID[id] = one.Made
		return
	}
	d := *l.byID[id]
	d.position, d.tries, d.due, d.Dead = e.Position, one.Tries, one.Due, one.Dead
	if one.Sent {
		d.Sent = e.At
	}
	l.byID[id] = &d
}

// Made writes a disclosure down. Nothing may leave before it returns nil. Sent again within a quarter of an hour the same one changes nothing;
// otherwise that is [ErrUsed]. It returns the disclosure as it stands in the log.
func (l *Log) Made(ctx context.Context, d Disclosure) (Disclosure, error) {
	d.At = d.At.UTC().Truncate(time.Second)
	data, err := json.Marshal(entry{Made: &d})
	if err != nil {
		return d, fmt.Errorf("encoding a disclosure: %w", err)
	}
	at, err := l.journal.Append(ctx, journal.Stream{Kind: journal.Disclosure, ID: d.ID}, 0, data)
	if errors.Is(err, journal.ErrConflict) {
		old, err := l.load(ctx, d.ID)
		if err != nil {
			return d, err
		}
		if !reflect.DeepEqual(old.Terms, d.Terms) || !slices.Equal(old.Subjects, d.Subjects) || old.By != d.By || d.At.Sub(old.At) > again {
			return d, ErrUsed
		}
		return old, nil
	}
	if errors.Is(err, journal.ErrErased) {
		return d, ErrUsed
	}
	if err != nil {
		return d, fmt.Errorf("storing a disclosure: %w", err)
	}
	return d, l.progress.Wait(ctx, at)
}

// load reads one disclosure as it was made.
func (l *Log) load(ctx context.Context, id string) (Disclosure, error) {
	for e, err := range l.journal.Read(ctx, journal.Stream{Kind: journal.Disclosure, ID: id}, 0) {
		if err != nil {
			return Disclosure{}, fmt.Errorf("reading a disclosure: %w", err)
		}
		var one entry
		if err := json.Unmarshal(e.Data, &one); err != nil || one.Made == nil {
			return Disclosure{}, fmt.Errorf("reading a disclosure: %w", journal.ErrCorrupt)
		}
		return *one.Made, nil
	}
	return Disclosure{}, ErrUsed
}

// Get gives one disclosure.
func (l *Log) Get(id string) (Disclosure, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, ok := l.byID[id]
	if !ok {
		return Disclosure{}, false
	}
	return *d, true
}

// List gives those that fit, newest first.
func (l *Log) List(fits func(Disclosure) bool) []Disclosure {
	l.mu.Lock()
	var list []Disclosure
	for _, d := range l.byID {
		if fits(*d) {
			list = append(list, *d)
		}
	}
	l.mu.Unlock()
	slices.SortFunc(list, func(a, b Disclosure) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return list
}

// Damaged counts the entries that could not be read.
func (l *Log) Damaged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.damaged
}
