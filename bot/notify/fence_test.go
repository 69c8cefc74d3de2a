package notify

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Every way of writing an address that is not public is refused before anything is dialed.
func TestFence(t *testing.T) {
	f, err := NewFence()
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	f.lookup = func(context.Context, string) ([]netip.Addr, error) {
		asked++
		return nil, errors.New("nobody is asked")
	}
	for _, host := range []string{
		"127.0.0.1", "127.1.2.3", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.254",
		"224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.88.99.1",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::ffff:8.8.8.8", "::127.0.0.1",
		"64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::", "2001:0:1::", "2001:db8::1", "fec0::1", "100::1",
		"2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1", "017700000001", "127.0.0.1.", "127.0.0.01", "1.2.3.4.5", "a.1", "ex ample.org", "", "a..b", "exämple.org",
	} {
		if _, err := f.DialContext(t.Context(), "tcp", net.JoinHostPort(host, "443")); !errors.Is(err, ErrFenced) {
			t.Errorf("%q: %v", host, err)
		} else if host != "" && len(host) > 2 && strings.Contains(err.Error(), host) {
			t.Errorf("%q stands in the error", host)
		}
	}
	if asked > 0 {
		t.Errorf("%d of them went to the resolver", asked)
	}
	for _, ip := range []string{"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "192.169.0.1"} {
		if err := f.check("x", netip.MustParseAddr(ip)); err != nil {
			t.Errorf("%s is public: %v", ip, err)
		}
	}
	for _, host := range []string{"mail.clinic.example", "a-b.c", "localhost", "x1.y2z", "0x.example"} {
		if !isHost(host) {
			t.Errorf("%s is a host", host)
		}
	}
	for _, allow := range []string{"999.1.1.1", "10.0.0.0/99", "a b", "2130706433", "http://x"} {
		if _, err := NewFence(allow); err == nil {
			t.Errorf("%q is allowed", allow)
		}
	}
	if _, err := f.DialContext(t.Context(), "unix", "/x"); !errors.Is(err, ErrFenced) {
		t.Errorf("another network: %v", err)
	}
}

// What the clinic allows is reached, by address, range or name, and nothing beside it.
func TestFenceAllows(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	lookup := func(_ context.Context, host string) ([]netip.Addr, error) {
		return map[string][]netip.Addr{
			"inside.example": {netip.MustParseAddr("127.0.0.1")}, "mapped.example": {netip.MustParseAddr("::ffff:127.0.0.1")},
			"both.example": {netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("127.0.0.1")}, "none.example": {},
		}[host], nil
	}
	dial := func(f *Fence, host string) error {
		f.lookup = lookup
		c, err := f.DialContext(t.Context(), "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			_ = c.Close()
		}
		return err
	}
	for _, c := range []struct {
		allow, host string
		open        bool
	}{
		{"127.0.0.1", "127.0.0.1", true}, {"127.0.0.0/8", "inside.example", true}, {"INSIDE.example.", "inside.example", true}, {"127.0.0.1", "mapped.example", true},
		{"127.0.0.0/8", "both.example", true}, {"inside.example", "mapped.example", false}, {"10.0.0.0/8", "inside.example", false}, {"inside.example", "127.0.0.1", false},
		{"127.0.0.2", "127.0.0.1", false}, {"127.0.0.0/8", "none.example", false},
	} {
		f, err := NewFence(c.allow)
		if err != nil {
			t.Fatal(err)
		}
		if err := dial(f, c.host); (err == nil) != c.open {
			t.Errorf("%s allows %s: %v", c.allow, c.host, err)
		}
	}
	everything, err := NewFence("0.0.0.0/0", "::/0")
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"0.0.0.0", "::", "224.0.0.1", "ff02::1"} { // never, whatever is allowed
		if err := dial(everything, host); !errors.Is(err, ErrFenced) {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// A name that points to a public address when it is looked at and to this machine when it is dialed gains nothing: it is looked up once, and what
// was looked at is dialed.
func TestFenceRebinding(t *testing.T) {
	inside, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = inside.Close() }()
	var reached atomic.Int64
	go func() {
		for {
			c, err := inside.Accept()
			if err != nil {
				return
			}
			reached.Add(1)
			_ = c.Close()
		}
	}()
	f, err := NewFence()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(inside.Addr().String())
	asked := 0
	f.lookup = func(context.Context, string) ([]netip.Addr, error) {
		if asked++; asked%2 == 1 {
			return []netip.Addr{netip.MustParseAddr("198.41.0.4")}, nil // public; the context below ends before anybody is called
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	for range 6 {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := f.DialContext(ended, "tcp", "rebind.example:"+port)
		if err == nil {
			t.Fatal("connected")
		}
		if asked%2 == 0 && !errors.Is(err, ErrFenced) {
			t.Errorf("the second answer: %v", err)
		}
	}
	if asked != 6 || reached.Load() != 0 {
		t.Errorf("%d look-ups for 6 dials, %d connections inside", asked, reached.Load())
	}
	// Control: the listener can be reached, and is counted.
	open, err := NewFence("rebind.example")
	if err != nil {
		t.Fatal(err)
	}
	open.lookup = func(context.Context, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	}
	c, err := open.DialContext(t.Context(), "tcp", "rebind.example:"+port)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(c)
	_ = c.Close()
	if reached.Load() != 1 {
		t.Error("the control was not counted")
	}
}

// No redirect is followed, no proxy of the environment is used, and plain HTTP stays on this machine.
func TestFenceClient(t *testing.T) {
	var followed, proxied atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	defer target.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	f, err := NewFence("127.0.0.1", "10.0.0.0/8")
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := ParseSecret(testSecret)
	for _, code := range []int{301, 302, 303, 307, 308} {
		first := httptest.NewServer(http.RedirectHandler(target.URL, code))
		w, err := NewWebhook(first.URL, f, secret)
		if err != nil {
			t.Fatal(err)
		}
		var status *StatusError
		if err := w.Post(t.Context(), "msg_1", "application/json", []byte("{}"), noon); !errors.As(err, &status) || status.Status != code {
			t.Errorf("%d: %v", code, err)
		}
		first.Close()
	}
	if followed.Load() != 0 || proxied.Load() != 0 {
		t.Errorf("%d redirects followed, %d requests by the proxy", followed.Load(), proxied.Load())
	}
	if res, err := f.Client(time.Minute).Get(target.URL); err != nil || followed.Load() != 1 { // control
		t.Errorf("the target cannot be reached: %v", err)
	} else {
		_ = res.Body.Close()
	}
	if _, err := f.Client(time.Second).Get("http://10.1.2.3/"); !errors.Is(err, ErrFenced) || !strings.Contains(err.Error(), "not encrypted") {
		t.Errorf("plain HTTP to another machine: %v", err)
	}
	// With encryption: the certificate must fit.
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer secure.Close()
	w, err := NewWebhook(secure.URL, f, secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Post(t.Context(), "msg_1", "application/json", []byte("{}"), noon); failureOf(err).Why != Unencrypted {
		t.Errorf("a certificate of nobody: %v", err)
	}
	f.roots = secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	if err := w.Post(t.Context(), "msg_1", "application/json", []byte("{}"), noon); err != nil {
		t.Errorf("a certificate that fits: %v", err)
	}
}
