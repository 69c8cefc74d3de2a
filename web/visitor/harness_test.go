package visitor

import (
	"context"
	"encoding/json"
	"errors"
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

	"github.com/gorilla/websocket"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/safety"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// things are what every test shares and none changes; indexing the entries takes a while.
type things struct {
	words  *locales.Words
	clinic *clinic.Profile
	base   *knowledge.Base
	screen *safety.Screen
}

var shared = sync.OnceValues(func() (things, error) {
	var t things
	var err error
	if t.words, err = locales.Load(); err != nil {
		return t, err
	}
	if t.clinic, err = clinic.Default(); err != nil {
		return t, err
	}
	if t.base, err = knowledge.Load(t.clinic, nil, t.words); err != nil {
		return t, err
	}
	t.screen, err = safety.New()
	return t, err
})

// site is a running visitor's side with a real journal.
type site struct {
	*Visitor
	t       *testing.T
	journal journal.Journal
	server  *httptest.Server
	logged  *logged
}

// logged keeps what was logged.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type settings struct {
	limits limits
	rates  rates
	demo   *url.URL
	wrap   func(journal.Journal) journal.Journal
}

func open(t *testing.T, change func(*settings)) *site {
	t.Helper()
	set := settings{limits: usual(), rates: generous()}
	if change != nil {
		change(&set)
	}
	th, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	var j journal.Journal
	if j, err = boltjournal.Open(t.TempDir(), boltjournal.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	if set.wrap != nil {
		j = set.wrap(j)
	}
	logs := &logged{}
	log := slog.New(slog.NewTextHandler(io.MultiWriter(logs, t.Output()), nil))
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	public, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	road := &converse.Road{Knowledge: th.base, Clinic: th.clinic, Words: th.words, Screen: th.screen, Journal: j, Now: time.Now, Log: log}
	v, err := newWith(Config{Road: road, Journal: j, Words: th.words, Clinic: th.clinic, Public: public, Sites: []string{"https://clinic.example"}, Demo: set.demo,
		Questions: func(lang string) []Starter {
			return []Starter{{Choice: "topic:medicare-accepted", Label: th.base.Question("medicare-accepted", lang)}}
		}, Log: log}, set.limits, set.rates)
	if err != nil {
		t.Fatal(err)
	}
	v.Register(mux)
	s := &site{Visitor: v, t: t, journal: j, server: server, logged: logs}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = v.Drain(ctx) // most tests leave sockets open; they are cut
	})
	return s
}

// peer is the widget's end of a socket.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

func (s *site) dial(change ...func(*websocket.Dialer)) *peer {
	s.t.Helper()
	d := &websocket.Dialer{HandshakeTimeout: time.Minute}
	for _, c := range change {
		c(d)
	}
	ws, resp, err := d.Dial("ws"+strings.TrimPrefix(s.server.URL, "http")+"/chat/socket", http.Header{"Origin": {s.server.URL}})
	if err != nil {
		s.t.Fatalf("dialing: %v (%v)", err, resp)
	}
	s.t.Cleanup(func() { _ = ws.Close() })
	return &peer{s.t, ws}
}

// smallBuffer makes the widget's end take little before it is read.
func smallBuffer(d *websocket.Dialer) {
	d.NetDialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(64 << 10)
		}
		return c, err
	}
}

func (p *peer) send(frame any) {
	p.t.Helper()
	data, ok := frame.(string)
	if !ok {
		b, err := json.Marshal(frame)
		if err != nil {
			p.t.Fatal(err)
		}
		data = string(b)
	}
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(data)); err != nil {
		p.t.Fatalf("sending: %v", err)
	}
}

type object = map[string]any

func (p *peer) hello(token string, after float64) {
	p.t.Helper()
	p.send(object{"type": "hello", "token": token, "after": after, "lang": "en"})
}

func (p *peer) say(token, id, text string) {
	p.t.Helper()
	p.send(object{"type": "say", "token": token, "id": id, "text": text, "lang": "en"})
}

// got is a frame from the server.
type got struct {
	Type     string
	Known    bool
	ID       string
	Position float64
	Reason   string
	Text     string

	Available int
	Lines     []bot.Line
	State     state
}

// next reads one frame; a close gives its code.
func (p *peer) next() (got, int) {
	p.t.Helper()
	_ = p.ws.SetReadDeadline(time.Now().Add(time.Minute))
	_, data, err := p.ws.ReadMessage()
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return got{}, closed.Code
	}
	if err != nil {
		p.t.Fatalf("reading: %v", err)
	}
	var g got
	if err := json.Unmarshal(data, &g); err != nil {
		p.t.Fatalf("%v in %s", err, data)
	}
	return g, 0
}

// frames reads until a frame of each type has come, in any order.
func (p *peer) frames(types ...string) map[string]got {
	p.t.Helper()
	found := map[string]got{}
	for {
		missing := slices.ContainsFunc(types, func(t string) bool { _, ok := found[t]; return !ok })
		if !missing {
			return found
		}
		g, code := p.next()
		if code != 0 {
			p.t.Fatalf("closed with %d while waiting for %v", code, types)
		}
		found[g.Type] = g
	}
}

// closed reads until the close frame and gives its code.
func (p *peer) closed() int {
	p.t.Helper()
	for {
		if _, code := p.next(); code != 0 {
			return code
		}
	}
}

const (
	tokenA = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	tokenB = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
)
