package staff

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/export"
	"example.org/intake/bot/figures"
	"example.org/intake/bot/gaps"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/live"
	"example.org/intake/bot/notify"
	"example.org/intake/bot/request"
	"example.org/intake/bot/safety"
	"example.org/intake/bot/staff"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

const passphrase = "quiet heron over the salt marsh"

// faulty is the real journal with one switch: appends of some kind fail, as on a full disk.
type faulty struct {
	journal.Journal
	mu     sync.Mutex
	broken journal.Kind
}

func (f *faulty) Append(ctx context.Context, s journal.Stream, after journal.Position, data []byte) (journal.Position, error) {
	f.mu.Lock()
	broken := f.broken
	f.mu.Unlock()
	if s.Kind == broken {
		return 0, io.ErrShortWrite
	}
	return f.Journal.Append(ctx, s, after, data)
}

func (f *faulty) breakKind(k journal.Kind) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.broken = k
}

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

// logs collects what the console logs.
type logs struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// house is a running console on a real journal.
type house struct {
	t       testing.TB
	journal *faulty
	clock   *clock
	logs    *logs
	dir     *staff.Directory
	work    *request.Worklist
	desk    *live.Desk
	audit   *audit.Log
	edits   *editorial.Desk
	gaps    *gaps.List
	exports *export.Log
	figures *figures.Counter
	console *Console
	alerts  *notify.Notifier
	public  string // origin of the console
	server  *httptest.Server
}

// noon is a Monday in the clinic's zone.
var noon = time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)

const profile = `
name = "Harbor Office"
phone = "508-555-0100"
time_zone = "America/New_York"
neutral_page = "https://www.weather.gov/"
[call_back]
within = "4h"
urgent = "30m"
`

// entries are read and indexed once for all houses; each lays its own edits over them.
var entries = sync.OnceValues(func() (*knowledge.Base, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	place, err := clinic.Parse([]byte(profile), "clinic.toml")
	if err != nil {
		return nil, err
	}
	return knowledge.Load(place, nil, words)
})

func newHouse(t testing.TB) *house { return newHouseAt(t, "127.0.0.1") }

// newHouseAt serves under a host name; browsers bind passkeys to names, not to numbers.
func newHouseAt(t testing.TB, host string) *house {
	t.Helper()
	// The journal's clock is the injected one too, so that requests are as old as the test says.
	h := &house{t: t, clock: &clock{t: noon}, logs: &logs{}}
	inner, err := boltjournal.Open(t.TempDir(), boltjournal.Options{Now: h.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); _ = inner.Close() })
	h.journal = &faulty{Journal: inner}
	if h.dir, err = staff.Open(ctx, h.journal, h.clock.now, idle); err != nil {
		t.Fatal(err)
	}
	if h.work, err = request.Open(ctx, h.journal); err != nil {
		t.Fatal(err)
	}
	h.audit = audit.New(h.journal)
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	place, err := clinic.Parse([]byte(profile), "clinic.toml")
	if err != nil {
		t.Fatal(err)
	}
	h.server = httptest.NewUnstartedServer(nil)
	log := slog.New(slog.NewTextHandler(h.logs, nil))
	road := &converse.Road{Clinic: place, Words: words, Journal: h.journal, Requests: h.work, Now: h.clock.now, Log: log}
	if h.desk, err = live.Open(ctx, live.Config{Road: road, Journal: h.journal, Requests: h.work, Now: h.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	base, err := entries()
	if err != nil {
		t.Fatal(err)
	}
	if base, err = base.With(knowledge.Edits{}); err != nil {
		t.Fatal(err)
	}
	if h.edits, err = editorial.Open(ctx, h.journal, base, log); err != nil {
		t.Fatal(err)
	}
	h.gaps = gaps.Open(ctx, h.journal, base.Ordinary, log)
	if h.figures, err = figures.Open(ctx, figures.Config{Journal: h.journal, Zone: place.Location(), Now: h.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(h.server.Listener.Addr().String())
	public := &url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}
	h.public = public.String()
	whom, err := notify.Load("", func(string) string { return "" }) // nobody; see tells
	if err != nil {
		t.Fatal(err)
	}
	if h.alerts, err = notify.Open(ctx, notify.Config{Journal: h.journal, Requests: h.work, Settings: whom, Words: words, Console: h.public + "/staff/",
		Now: h.clock.now, Log: log}); err != nil {
		t.Fatal(err)
	}
	if h.exports, err = export.Open(ctx, h.journal); err != nil {
		t.Fatal(err)
	}
	h.console, err = New(Config{Directory: h.dir, Audit: h.audit, Worklist: h.work, Exports: h.exports, Desk: h.desk, Editorial: h.edits, Gaps: h.gaps, Journal: h.journal, Alerts: h.alerts, Words: words, Clinic: place, Figures: h.figures,
		Topic:  func(slug string, lang bot.Lang) string { return topicNames[string(lang)+"/"+slug] },
		Public: public, Log: log, Now: h.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.console.Register(mux)
	h.server.Config.Handler = mux
	h.server.Start()
	t.Cleanup(func() {
		// A browser may still follow its event stream.
		_ = h.console.Drain(context.Background())
		h.server.CloseClientConnections()
		h.server.Close()
	})
	return h
}

// topicNames are the questions behind the topics of the pictures; a topic that is not here shows its slug.
var topicNames = map[string]string{
	"en/getting-started": "How do I get started, and how long does it take?", "es/getting-started": "¿Cómo empiezo y cuánto tarda?",
	"en/medicare-accepted": "Do you take Medicare?", "es/medicare-accepted": "¿Aceptan Medicare?",
	"en/help-for-loved-one": "How can I get help for someone I love?", "es/help-for-loved-one": "¿Cómo busco ayuda para un ser querido?",
	"en/group-therapy": "What is group therapy?", "es/group-therapy": "¿Qué es la terapia de grupo?",
	"en/cost-without-insurance": "What does it cost without insurance?", "es/cost-without-insurance": "¿Cuánto cuesta sin seguro?",
}

// names are how colleagues see the accounts of the tests.
var names = map[string]string{"ana": "Ana R.", "dana": "Dana K.", "luz": "Luz M.", "sup": "Sue P.", "adm": "Ada N.", "gone": "Gail O."}

// account makes an account and returns it.
func (h *house) account(login string, lang bot.Lang) staff.Account {
	h.t.Helper()
	return h.accountAs(login, lang, staff.Staff)
}

func (h *house) accountAs(login string, lang bot.Lang, role staff.Role) staff.Account {
	h.t.Helper()
	token, err := h.dir.Invite(context.Background(), role, "terminal")
	if err != nil {
		h.t.Fatal(err)
	}
	a, err := h.dir.Accept(context.Background(), token, cmp.Or(names[login], login), login, passphrase, lang)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// browser is one person's browser: it keeps its cookie and follows no redirect by itself.
type browser struct {
	h      *house
	cookie string
	head   http.Header // more request headers
}

func (h *house) browser() *browser { return &browser{h: h, head: http.Header{}} }

// signedIn is the browser of somebody who is signed in.
func (h *house) signedIn(login string) *browser {
	h.t.Helper()
	ctx := context.Background()
	a, ok := h.dir.Find(login)
	if !ok {
		h.t.Fatal("no such account")
	}
	key := staff.Passkey{ID: "key-of-" + login, Data: []byte(`{}`)}
	if !a.Secured {
		half, _, err := h.dir.SignIn(ctx, login, passphrase, "")
		if err != nil {
			h.t.Fatal(err)
		}
		if _, _, err := h.dir.AddPasskey(ctx, half, key); err != nil {
			h.t.Fatal(err)
		}
	}
	s, _, err := h.dir.SignInPasskey(ctx, a.ID, key)
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.cookie = s
	return b
}

// halfIn is the browser of somebody who gave the passphrase and has no second factor.
func (h *house) halfIn(login string) *browser {
	h.t.Helper()
	s, _, err := h.dir.SignIn(context.Background(), login, passphrase, "")
	if err != nil {
		h.t.Fatal(err)
	}
	b := h.browser()
	b.cookie = s
	return b
}

// answer is what came back.
type answer struct {
	status int
	to     string // Location
	body   string
	head   http.Header
}

func (b *browser) do(r *http.Request) answer {
	b.h.t.Helper()
	if b.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "intake", Value: b.cookie})
	}
	for k, v := range b.head {
		r.Header[k] = v
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	for _, k := range res.Cookies() {
		if k.Name == "intake" {
			b.cookie = k.Value
		}
	}
	// Times of the clock hold spaces that do not break; the tests write them with plain ones.
	return answer{status: res.StatusCode, to: res.Header.Get("Location"), body: strings.ReplaceAll(string(body), "\u00a0", " "), head: res.Header}
}

func (b *browser) get(path string) answer {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.h.server.URL+path, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return b.do(r)
}

// post sends a form as a browser does from our own page.
func (b *browser) post(path string, pairs ...string) answer {
	b.h.t.Helper()
	r := b.h.form(path, pairs...)
	r.Header.Set("Origin", b.h.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (h *house) form(path string, pairs ...string) *http.Request {
	h.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, h.server.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		h.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// heads stands for everything stored of some kinds.
func (h *house) heads(kinds ...journal.Kind) string {
	h.t.Helper()
	var list []string
	for _, k := range kinds {
		for head, err := range h.journal.Heads(context.Background(), k) {
			if err != nil {
				h.t.Fatal(err)
			}
			b, err := json.Marshal(head)
			if err != nil {
				h.t.Fatal(err)
			}
			list = append(list, string(b))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

// acts lists the audit record as "act object", in order.
func (h *house) acts() []string {
	h.t.Helper()
	var list []string
	for head, err := range h.journal.Heads(context.Background(), journal.Audit) {
		if err != nil {
			h.t.Fatal(err)
		}
		for en, err := range h.journal.Read(context.Background(), head.Stream, 0) {
			if err != nil {
				h.t.Fatal(err)
			}
			var r audit.Record
			if err := json.Unmarshal(en.Data, &r); err != nil {
				h.t.Fatal(err)
			}
			list = append(list, strings.TrimSpace(string(r.Act)+" "+r.Object))
		}
	}
	return list
}

// talk stores a conversation, one entry a turn.
func (h *house) talk(id string, turns ...[]bot.Event) {
	h.t.Helper()
	var last journal.Position
	for _, events := range turns {
		data, err := json.Marshal(events)
		if err != nil {
			h.t.Fatal(err)
		}
		if last, err = h.journal.Append(context.Background(), journal.Stream{Kind: journal.Conversation, ID: id}, last, data); err != nil {
			h.t.Fatal(err)
		}
	}
}

// hand makes a request of a conversation.
func (h *house) hand(id string, lang bot.Lang, reason bot.Reason, f *bot.Fields, card safety.CardID) request.Request {
	h.t.Helper()
	_, err := request.HandOver(context.Background(), h.journal, id, request.Event{Cause: "line-" + string(reason), Reason: reason, Reference: request.Code(id, 0),
		Lang: lang, Fields: f, Card: card})
	if err != nil {
		h.t.Fatal(err)
	}
	return h.wait(id, func(request.Request) bool { return true })
}

// wait returns the request once the worklist shows it as wanted.
func (h *house) wait(id string, ok func(request.Request) bool) request.Request {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if r, there := h.work.Get(id); there && ok(r) {
			return r
		}
		if time.Now().After(deadline) {
			h.t.Fatal("the worklist does not show the request")
		}
	}
}

func said(at time.Time, lang bot.Lang, text string) bot.Event {
	return bot.Event{Type: bot.Said, Line: &bot.Line{ID: "l" + at.Format("150405"), From: bot.FromVisitor, Lang: lang, Text: text, At: at}}
}

func replied(at time.Time, lang bot.Lang, key, text string, card *bot.Card) bot.Event {
	return bot.Event{Type: bot.Replied, Line: &bot.Line{ID: "l" + at.Format("150405") + ".1", From: bot.FromProgram, Lang: lang, Key: key, Text: text, Card: card, At: at}}
}

// talks waits until the desk knows that somebody talks in a chat.
func (h *house) talks(id, login string) {
	h.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if c, ok := h.desk.Chat(id); ok && c.Live.By == h.me(login) {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatal("nobody talks there")
		}
	}
}

// idle is after how long without use a session of the next house ends.
var idle = staff.Idle
