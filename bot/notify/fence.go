package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// ErrFenced means that an address lies in a range that the program does not call unless the clinic's settings allow it. The error names the
// kind of range and never the address.
var ErrFenced = errors.New("notify: the address is not allowed")

// Fence lets connections out to public addresses and to what the clinic allows, and to nothing else. It looks at the address at the moment of
// dialing and dials that very address, so a name that points elsewhere the second time gains nothing.
type Fence struct {
	prefixes []netip.Prefix
	hosts    []string

	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	roots  *x509.CertPool // nil: those of the system
}

// NewFence returns a fence that also lets through what allow lists: addresses, ranges such as "10.1.0.0/16", and host names, each of which may
// then point anywhere.
func NewFence(allow ...string) (*Fence, error) {
	f := &Fence{lookup: func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}}
	for _, a := range allow {
		a = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(a), "."))
		if p, err := netip.ParsePrefix(a); err == nil {
			f.prefixes = append(f.prefixes, p.Masked())
		} else if ip, err := netip.ParseAddr(strings.Trim(a, "[]")); err == nil {
			ip = ip.Unmap()
			f.prefixes = append(f.prefixes, netip.PrefixFrom(ip, ip.BitLen()))
		} else if isHost(a) {
			f.hosts = append(f.hosts, a)
		} else {
			return nil, fmt.Errorf("%q is neither a host, an address nor a range: write it as \"mail.clinic.example\", \"10.1.2.3\" or \"10.1.0.0/16\"", a)
		}
	}
	return f, nil
}

// isHost reports whether a text can be a host's name. A name that ends in a number is none: some resolvers read "2130706433", "0x7f.1" or
// "0177.0.0.1" as addresses.
func isHost(s string) bool {
	if s == "" || len(s) > 253 {
		return false
	}
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 {
			return false
		}
		for _, c := range l {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
				return false
			}
		}
	}
	last := labels[len(labels)-1]
	if rest, hex := strings.CutPrefix(last, "0x"); hex {
		last = strings.Trim(rest, "abcdef0123456789") + "0"
	}
	return strings.Trim(last, "0123456789") != ""
}

// closedRanges are the addresses that are not public, with the word for each. See the registries of special-purpose addresses of IANA.
var closedRanges = func() (list []closedRange) {
	for word, prefixes := range map[string]string{
		"unspecified": "0.0.0.0/8 ::/128", "loopback": "127.0.0.0/8 ::1/128", "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7",
		"link-local": "169.254.0.0/16 fe80::/10", "shared": "100.64.0.0/10", "multicast": "224.0.0.0/4 ff00::/8",
		"translated": "64:ff9b::/96 64:ff9b:1::/48 2002::/16 2001::/32 192.88.99.0/24 ::ffff:0:0/96",
		"reserved":   "192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 2001::/23 2001:db8::/32 3fff::/20",
	} {
		for p := range strings.FieldsSeq(prefixes) {
			list = append(list, closedRange{netip.MustParsePrefix(p), word})
		}
	}
	return list
}()

type closedRange struct {
	prefix netip.Prefix
	word   string
}

// global is where public IPv6 addresses are.
var global = netip.MustParsePrefix("2000::/3")

// closed names the range that an address is in, "" if it is public.
func closed(ip netip.Addr) string {
	word := ""
	for _, r := range closedRanges {
		if r.prefix.Contains(ip) && (word == "" || word == "reserved") { // the narrower word
			word = r.word
		}
	}
	if word == "" && (!ip.IsValid() || ip.Zone() != "" || ip.Is6() && !global.Contains(ip)) {
		return "reserved"
	}
	return word
}

// check reports why an address of a host must not be called, nil if it may.
func (f *Fence) check(host string, ip netip.Addr) error {
	word := closed(ip)
	if word == "" {
		return nil
	}
	if !ip.IsMulticast() && !ip.IsUnspecified() {
		if slices.Contains(f.hosts, host) || slices.ContainsFunc(f.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) }) {
			return nil
		}
	}
	return fmt.Errorf("%w: it is %s", ErrFenced, word)
}

// addresses gives what may be dialed for a host.
func (f *Fence) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if ip, err := netip.ParseAddr(host); err == nil {
		// ::ffff:127.0.0.1 is another way of writing 127.0.0.1; nobody needs it here.
		return []netip.Addr{ip}, f.check(host, ip)
	}
	if !isHost(host) {
		return nil, fmt.Errorf("%w: it is no host name", ErrFenced)
	}
	found, err := f.lookup(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("finding the host: %w", err)
	}
	var open []netip.Addr
	for _, ip := range found {
		ip = ip.Unmap()
		if e := f.check(host, ip); e != nil {
			err = e
			continue
		}
		open = append(open, ip)
	}
	if len(open) == 0 && err == nil {
		err = fmt.Errorf("finding the host: %w", &net.DNSError{Err: "no address", IsNotFound: true})
	}
	if len(open) > 0 {
		return open, nil
	}
	return nil, err
}

// DialContext connects as [net.Dialer.DialContext] does, if the fence allows it. The connection goes to an address that was checked.
func (f *Fence) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return f.dial(ctx, network, address, func(netip.Addr) bool { return true })
}

// dialLocal connects to this machine alone, and only if the settings allow it: for what is not encrypted.
func (f *Fence) dialLocal(ctx context.Context, network, address string) (net.Conn, error) {
	return f.dial(ctx, network, address, netip.Addr.IsLoopback)
}

func (f *Fence) dial(ctx context.Context, network, address string, fits func(netip.Addr) bool) (net.Conn, error) {
	if network != "tcp" && network != "tcp4" && network != "tcp6" {
		return nil, fmt.Errorf("%w: only tcp", ErrFenced)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: it has no port", ErrFenced)
	}
	ips, err := f.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	err = fmt.Errorf("%w: what is not encrypted stays on this machine", ErrFenced)
	var d net.Dialer
	for _, ip := range ips {
		if !fits(ip) {
			continue
		}
		var c net.Conn
		if c, err = d.DialContext(ctx, network, net.JoinHostPort(ip.String(), port)); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// tls is how connections are encrypted.
func (f *Fence) tls(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: f.roots}
}

// Client returns an HTTP client that stays inside the fence: it follows no redirect (the answer 3xx is the answer), uses no proxy, keeps no
// connection, so that every request is checked anew, and speaks plain HTTP with this machine alone.
func (f *Fence) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: f.dialLocal, // http://
			DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				raw, err := f.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				host, _, _ := net.SplitHostPort(address)
				c := tls.Client(raw, f.tls(host))
				if err := c.HandshakeContext(ctx); err != nil {
					return nil, errors.Join(err, raw.Close())
				}
				return c, nil
			},
			DisableKeepAlives:      true,
			DisableCompression:     true,
			ResponseHeaderTimeout:  timeout,
			MaxResponseHeaderBytes: 64 << 10,
		},
	}
}
