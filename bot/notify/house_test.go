package notify

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
	"example.org/intake/locales"
)

// clock is the time of a test.
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

// capture keeps what is written to it.
type capture struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *capture) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *capture) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// house is a journal with requests, and notifiers on it.
type house struct {
	t       *testing.T
	ctx     context.Context
	clock   *clock
	journal journal.Journal
	work    *request.Worklist
	words   *locales.Words
	logs    *capture
}

var noon = time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{t: noon}, logs: &capture{}}
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{Now: h.clock.now})
	h.must(err)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(func() { cancel(); _ = j.Close() })
	h.ctx, h.journal = ctx, j
	h.work, err = request.Open(ctx, j)
	h.must(err)
	h.words, err = locales.Load()
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// node opens a notifier that follows the requests; delivering and reminding is left to the test.
func (h *house) node(s Settings) *Notifier {
	h.t.Helper()
	n := h.quiet(h.journal, s)
	go n.watch(h.ctx)
	return n
}

// quiet opens a notifier that does nothing yet.
func (h *house) quiet(j journal.Journal, s Settings) *Notifier {
	h.t.Helper()
	n, err := Open(h.ctx, Config{Journal: j, Requests: h.work, Settings: s, Words: h.words, Console: "https://chat.clinic.example/staff/", Now: h.clock.now,
		Log: slog.New(slog.NewTextHandler(h.logs, nil))})
	h.must(err)
	return n
}

// hand makes or changes a request, as the road of a message does.
func (h *house) hand(id string, reason bot.Reason, f *bot.Fields) {
	h.t.Helper()
	e := request.Event{Cause: "line-" + string(reason) + h.clock.now().String(), Reason: reason, Reference: request.Code(id, 0), Lang: bot.ES, Fields: f}
	if reason == bot.ReasonEmergency {
		e.Card = safety.CardOverdose
	}
	_, err := request.HandOver(h.ctx, h.journal, id, e)
	h.must(err)
	h.until("the worklist shows "+id, func() bool {
		r, ok := h.work.Get(id)
		return ok && slices.Contains(r.Reasons, reason)
	})
}

// until waits for what other goroutines do.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatalf("never: %s\n%s", what, h.logs)
		}
	}
}

// read waits until a notifier has read every request.
func (h *house) read(n *Notifier) {
	h.t.Helper()
	var last, box journal.Position
	for head, err := range h.journal.Heads(h.ctx, journal.Request) {
		h.must(err)
		last = max(last, head.Position)
	}
	h.until("the requests are read", func() bool { at, _ := n.outbox.told(); return at >= last })
	for head, err := range h.journal.Heads(h.ctx, journal.Outbox) {
		h.must(err)
		box = max(box, head.Position)
	}
	h.must(n.outbox.wait(h.ctx, box))
}

// deliver makes every attempt that is due, for every destination at the same time.
func (n *Notifier) deliver(ctx context.Context) {
	var all sync.WaitGroup
	for _, d := range n.cfg.Settings.Destinations {
		all.Go(func() { n.drain(ctx, d) })
	}
	all.Wait()
}

// pass lets time pass in steps, with everything that a running program does at each.
func (h *house) pass(n *Notifier, d, each time.Duration) {
	h.t.Helper()
	for end := h.clock.now().Add(d); h.clock.now().Before(end); {
		h.clock.add(each)
		h.must(n.remind(h.ctx))
		n.deliver(h.ctx)
	}
}

// settings reads a settings file of the test.
func (h *house) settings(text string, env map[string]string) Settings {
	h.t.Helper()
	s, err := Parse([]byte(text), "alerts.toml", func(k string) string { return env[k] })
	h.must(err)
	return s
}

const testSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// hooked are settings with webhooks at sinks.
func (h *house) hooked(more string, sinks map[string]*hookSink) Settings {
	h.t.Helper()
	text, env := "allow = [\"127.0.0.1\"]\n"+more, map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(sinks)) { // the same order in every run
		sink := sinks[name]
		text += fmt.Sprintf("[[to]]\nname = %q\nwebhook = %q\n", name, "http://"+sink.address+"/hook")
		if strings.HasPrefix(name, "boss") {
			text += "who = \"supervisors\"\n"
		}
		env[secretVariable+strings.ToUpper(name)] = testSecret
	}
	return h.settings(text, env)
}
