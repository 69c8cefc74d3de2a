package notify

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
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
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(time.Millisecond) {
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
	for name, sink := range sinks {
		text += fmt.Sprintf("[[to]]\nname = %q\nwebhook = %q\n", name, "http://"+sink.address+"/hook")
		if strings.HasPrefix(name, "boss") {
			text += "who = \"supervisors\"\n"
		}
		env[secretVariable+strings.ToUpper(name)] = testSecret
	}
	return h.settings(text, env)
}

// hookSink is a receiver of webhooks on a real port. It can be down, and it can answer with an error.
type hookSink struct {
	t       *testing.T
	address string
	server  *http.Server

	mu     sync.Mutex
	status int      // 0: 200
	bodies []string // accepted, in order
	ids    []string // of those
	tries  []http.Header
	raw    bytes.Buffer // everything that came, whole requests
	badly  int          // signatures that did not fit
	now    func() time.Time
}

func newHookSink(h *house) *hookSink {
	s := &hookSink{t: h.t, now: h.clock.now}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	s.address = l.Addr().String()
	s.serve(l)
	h.t.Cleanup(s.down)
	return s
}

func (s *hookSink) serve(l net.Listener) {
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second}
	go func(srv *http.Server) { _ = srv.Serve(l) }(s.server)
}

func (s *hookSink) down() { _ = s.server.Close() }

func (s *hookSink) up() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.serve(l)
}

func (s *hookSink) answer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status = status
}

func (s *hookSink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dump, err := httputil.DumpRequest(r, true)
	if err != nil {
		s.t.Error(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.raw.Write(dump)
	s.tries = append(s.tries, r.Header.Clone())
	secret, _ := ParseSecret(testSecret)
	id, err := Verify(r.Header, body, s.now(), secret)
	if err != nil {
		s.badly++
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
		return
	}
	s.ids, s.bodies = append(s.ids, id), append(s.bodies, string(body))
}

// got gives the accepted bodies in order, and how many were repeats.
func (s *hookSink) got() (bodies []string, repeats int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[string]bool{}
	for k, id := range s.ids {
		if seen[id] {
			repeats++
			continue
		}
		seen[id] = true
		bodies = append(bodies, s.bodies[k])
	}
	return bodies, repeats
}

// mailSink is a mail server on a real port.
type mailSink struct {
	address, host, port string
	roots               *x509.CertPool
	conf                *tls.Config

	mu    sync.Mutex
	mails []string     // whole messages with their headers
	raw   bytes.Buffer // everything the client said, after encryption was taken off
	plain bool         // offers no STARTTLS
	say   map[string]string
	users []string
	clear int // messages that came without encryption
	hello []string
	l     net.Listener
}

func newMailSink(h *house) *mailSink {
	h.t.Helper()
	web := httptest.NewTLSServer(nil) // for its certificate
	defer web.Close()
	s := &mailSink{roots: x509.NewCertPool(), say: map[string]string{}}
	s.roots.AddCert(web.Certificate())
	s.conf = &tls.Config{Certificates: web.TLS.Certificates, MinVersion: tls.VersionTLS12}
	var err error
	s.l, err = net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	s.address = s.l.Addr().String()
	s.host, s.port, _ = net.SplitHostPort(s.address)
	go func() {
		for {
			c, err := s.l.Accept()
			if err != nil {
				return
			}
			go s.talk(c, s.conf)
		}
	}()
	h.t.Cleanup(func() { _ = s.l.Close() })
	return s
}

func (s *mailSink) talk(c net.Conn, conf *tls.Config) {
	defer func() { _ = c.Close() }()
	r := bufio.NewReader(c)
	reply := func(text string) { _, _ = io.WriteString(c, text+"\r\n") }
	reply("220 sink")
	encrypted := conf == nil // from the first byte
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		s.mu.Lock()
		_, _ = s.raw.WriteString(line)
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		said, plain := s.say[verb], s.plain
		s.mu.Unlock()
		if said != "" {
			reply(said)
			continue
		}
		switch verb {
		case "EHLO", "HELO":
			s.mu.Lock()
			s.hello = append(s.hello, rest)
			s.mu.Unlock()
			if !encrypted && !plain {
				reply("250-sink\r\n250 STARTTLS")
			} else {
				reply("250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN")
			}
		case "STARTTLS":
			reply("220 go on")
			t := tls.Server(c, conf)
			c, r, encrypted = t, bufio.NewReader(t), true
		case "AUTH":
			_, code, _ := strings.Cut(rest, " ")
			text, _ := base64.StdEncoding.DecodeString(code)
			s.mu.Lock()
			s.users = append(s.users, strings.ReplaceAll(string(text), "\x00", "|"))
			s.mu.Unlock()
			reply("235 welcome")
		case "DATA":
			reply("354 go on")
			var text strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				text.WriteString(l)
			}
			s.mu.Lock()
			_, _ = s.raw.WriteString(text.String())
			s.mails = append(s.mails, text.String())
			if !encrypted {
				s.clear++
			}
			s.mu.Unlock()
			reply("250 taken")
		case "QUIT":
			reply("221 bye")
			return
		default:
			reply("250 ok")
		}
	}
}

// wrapTLS lets a mail sink be reached with encryption from the first byte, and gives the port.
func wrapTLS(h *house, s *mailSink) string {
	h.t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", s.conf)
	h.must(err)
	h.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c, nil)
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
