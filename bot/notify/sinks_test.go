package notify

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"
	"time"
)

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
