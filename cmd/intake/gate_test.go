package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// gate stands between browser and server as the networks of a hospital, a library or a phone company do: it may let no websockets through, hold
// event streams back, and cut everything at any moment.
type gate struct {
	origin string
	server *server

	noSockets   atomic.Bool               // an Upgrade is answered with 403
	holdStreams atomic.Bool               // event streams are kept until they end, which they do not
	closed      atomic.Bool               // every connection is dropped as soon as it is made
	lateErase   atomic.Bool               // an erasure is done and answered with 503, as where the disk is full half way
	swap        atomic.Pointer[[2]string] // in the chat's script, the first text becomes the second
	sockets     atomic.Int32
	streams     atomic.Int32
	polls       atomic.Int32
	posts       atomic.Int32

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// startGate starts a server behind a gate, which is its public address.
func startGate(t *testing.T, more ...string) *gate {
	t.Helper()
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	back, err := net.Listen("tcp", "127.0.0.1:0") // only to find a free port
	if err != nil {
		t.Fatal(err)
	}
	addr := back.Addr().String()
	back.Close()
	g := &gate{origin: "http://" + front.Addr().String(), conns: map[net.Conn]struct{}{}}
	target := &url.URL{Scheme: "http", Host: addr}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		if g.swap.Load() != nil {
			r.Out.Header.Del("Accept-Encoding")
		}
	}, ModifyResponse: func(r *http.Response) error {
		if r.Request.URL.Path == "/chat/erase" && g.lateErase.Load() {
			r.StatusCode, r.Status = http.StatusServiceUnavailable, "503 Service Unavailable"
		}
		if swap := g.swap.Load(); swap != nil && strings.HasSuffix(r.Request.URL.Path, "/all.js") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			if !bytes.Contains(body, []byte(swap[0])) {
				t.Errorf("the script does not hold %q", swap[0])
			}
			body = bytes.Replace(body, []byte(swap[0]), []byte(swap[1]), 1)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		}
		return nil
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	site := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
			if g.noSockets.Load() {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			g.sockets.Add(1)
		case r.URL.Path == "/chat/events":
			if g.holdStreams.Load() {
				<-r.Context().Done()
				return
			}
			g.streams.Add(1)
		case r.URL.Path == "/chat/poll":
			g.polls.Add(1)
		case r.URL.Path == "/chat/say":
			g.posts.Add(1)
		}
		// Read before it is passed on: the standard library's proxy may otherwise still be reading it when the answer begins, and then drops the
		// connection in the middle of the answer.
		if r.Method == http.MethodPost {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		proxy.ServeHTTP(w, r)
	})}
	go func() { _ = site.Serve(watched{front, g}) }()
	t.Cleanup(func() { site.Close(); g.cut() })
	g.server = startServer(t, filepath.Join(t.TempDir(), "intake-data"), addr, append([]string{"-public-url", g.origin}, more...)...)
	return g
}

// cut drops every connection, as a train into a tunnel does, and says how many there were.
func (g *gate) cut() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := len(g.conns)
	for c := range g.conns {
		c.Close()
		delete(g.conns, c)
	}
	return n
}

// open counts the connections in use.
func (g *gate) open() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.conns)
}

// watched keeps the connections that a gate has taken.
type watched struct {
	net.Listener
	g *gate
}

func (w watched) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if w.g.closed.Load() {
		c.Close()
		return c, nil
	}
	w.g.mu.Lock()
	defer w.g.mu.Unlock()
	w.g.conns[c] = struct{}{}
	return gone{c, w.g}, nil
}

type gone struct {
	net.Conn
	g *gate
}

func (c gone) Close() error {
	c.g.mu.Lock()
	delete(c.g.conns, c.Conn)
	c.g.mu.Unlock()
	return c.Conn.Close()
}
