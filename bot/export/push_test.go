package export

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/notify"
)

// sink is a receiver of bundles on this machine.
type sink struct {
	mu     sync.Mutex
	status int
	ids    []string
	bodies [][]byte
	heads  []http.Header
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids, s.bodies, s.heads = append(s.ids, r.Header.Get("webhook-id")), append(s.bodies, body), append(s.heads, r.Header)
	w.WriteHeader(s.status)
}

func (s *sink) got() (ids []string, bodies [][]byte, heads []http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ids, s.bodies, s.heads
}

// ticking is a clock that a test turns.
type ticking struct {
	mu sync.Mutex
	t  time.Time
}

func (c *ticking) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *ticking) add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not so", what)
		}
	}
}

// A push outlasts a receiver that is down and a second node: it arrives signed, whole, under one id; what waits holds no content; what was erased
// meanwhile does not leave.
func TestPush(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var nodes sync.WaitGroup
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { cancel(); nodes.Wait(); _ = j.Close() }()
	receiver := &sink{status: http.StatusServiceUnavailable}
	server := httptest.NewServer(receiver)
	defer server.Close()
	secret, err := notify.ParseSecret(notify.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	fence, err := notify.NewFence("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	hook, err := notify.NewWebhook(server.URL, fence, secret)
	if err != nil {
		t.Fatal(err)
	}
	clock, logs := &ticking{t: noon}, new(bytes.Buffer)
	logger := slog.New(slog.NewTextHandler(logs, nil))
	var guard sync.Mutex
	gone := false
	m := newMaker(t)
	var log *Log
	for range 2 { // nodes
		if log, err = Open(ctx, j); err != nil {
			t.Fatal(err)
		}
		p := &Pusher{Log: log, Now: clock.now, Logger: logger, Systems: []System{{Name: "records", Shown: "x", Post: hook.Post}},
			Bundle: func(_ context.Context, d Disclosure) (File, error) {
				guard.Lock()
				defer guard.Unlock()
				if gone {
					return File{}, ErrGone
				}
				return m.FHIR(d, asked(nil))
			}}
		nodes.Go(func() { p.Run(ctx) })
	}
	state := func(id string) Disclosure { d, _ := log.Get(id); return d }
	// An attempt under way is due later than one that failed.
	failed := func(id string, n int) func() bool {
		return func() bool {
			d := state(id)
			return d.tries == n && d.due.After(clock.now()) && d.due.Before(clock.now().Add(lease-time.Second))
		}
	}
	d := made(Push, bot.EN)
	d.To = "records"
	if _, err := log.Made(ctx, d); err != nil {
		t.Fatal(err)
	}
	tries := func(n int) func() bool { return func() bool { ids, _, _ := receiver.got(); return len(ids) >= n } }
	until(t, "the first attempt", tries(1))
	until(t, "the failure is known", failed(d.ID, 1))
	clock.add(time.Minute)
	until(t, "the second attempt", tries(2))
	until(t, "the failure is known", failed(d.ID, 2))
	receiver.mu.Lock()
	receiver.status = http.StatusNoContent
	receiver.mu.Unlock()
	clock.add(time.Hour)
	until(t, "it arrived", func() bool { return !state(d.ID).Sent.IsZero() })
	clock.add(time.Hour)
	time.Sleep(1500 * time.Millisecond) // longer than a look at the clock: nothing more is sent
	ids, bodies, heads := receiver.got()
	if len(ids) != 3 || ids[0] != "dis_"+d.ID || ids[2] != ids[0] {
		t.Errorf("attempts under %v", ids)
	}
	if len(resources(t, bodies[2])["Appointment"]) != 1 || !strings.HasPrefix(heads[2].Get("Content-Type"), "application/fhir+json") {
		t.Error("what arrived is no bundle")
	}
	if _, err := notify.Verify(heads[2], bodies[2], noon.Add(time.Hour+time.Minute), secret); err != nil {
		t.Errorf("the signature: %v", err)
	}
	if heads[0].Get("webhook-signature") == heads[1].Get("webhook-signature") {
		t.Error("the second attempt is not signed anew")
	}

	// Erased before it could leave: it does not leave.
	receiver.mu.Lock()
	receiver.status = http.StatusServiceUnavailable
	receiver.mu.Unlock()
	late := d
	late.ID, late.At = "late", clock.now()
	if _, err := log.Made(ctx, late); err != nil {
		t.Fatal(err)
	}
	until(t, "tried", tries(4))
	until(t, "the failure is known", failed("late", 1))
	guard.Lock()
	gone = true
	guard.Unlock()
	clock.add(time.Minute)
	until(t, "given up", func() bool { return state("late").Dead })
	if ids, _, _ := receiver.got(); len(ids) != 4 {
		t.Errorf("after the erasure it was sent: %v", ids)
	}
	// Given up after a day.
	guard.Lock()
	gone = false
	guard.Unlock()
	old := d
	old.ID, old.At = "old", clock.now()
	if _, err := log.Made(ctx, old); err != nil {
		t.Fatal(err)
	}
	until(t, "tried", failed("old", 1))
	clock.add(25 * time.Hour)
	until(t, "given up after a day", func() bool { return state("old").Dead })

	stored := ""
	for h, err := range j.Heads(ctx, journal.Disclosure) {
		if err != nil {
			t.Fatal(err)
		}
		for e, err := range j.Read(ctx, h.Stream, 0) {
			if err != nil || !json.Valid(e.Data) {
				t.Fatal(err)
			}
			stored += string(e.Data)
		}
	}
	cancel()
	nodes.Wait()
	kept := moment.ReplaceAllString(stored+logs.String(), `""`) // the digits of a time are nobody's number
	for _, bad := range []string{"Carmen", "508", "example.org", "pastillas", "Try later", "Room 2", "127.0.0.1"} {
		if strings.Contains(kept, bad) {
			t.Errorf("what waits, or a log, holds %q", bad)
		}
	}
}

// moment is a time in JSON.
var moment = regexp.MustCompile(`"?\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)"?`)
