package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"example.org/intake/bot/notify"
	"example.org/intake/locales"
)

func doctorCommand() command {
	return command{name: "doctor", short: "check that the chat works on a website, and that alerts can be sent", long: `Usage: intake doctor [-site URL] [-alerts FILE]

Opens a page of the clinic's website as a visitor's browser would and checks what stands between a visitor and the chat: the script tag, the page's
content security policy, TLS, the chat page and who may frame it, the websocket, and what takes its place where sockets are blocked. It asks only the
page that is named and the chat that the page names.

With -alerts it reads the settings of alerts and looks whether each destination, and each system that takes records, can be reached: a mail server is
greeted, with encryption and sign-in, and a webhook's host is called; nothing is sent (intake notify test does). Exits with 1 if anything would keep
visitors out or alerts back.`,
		flags: func(s *settings) {
			s.fs.StringVar(&s.site, "site", "", "the `URL` of a page that should have the chat, such as https://www.clinic.example/")
			s.alertsFlag()
		}, run: runDoctor}
}

// doctor collects what it finds.
type doctor struct {
	out     io.Writer
	client  *http.Client
	now     time.Time
	trouble int
}

func (d *doctor) good(format string, args ...any) {
	fmt.Fprintf(d.out, "ok       "+format+"\n", args...)
}

// bad says what is wrong and, after a colon, what to do.
func (d *doctor) bad(format string, args ...any) {
	d.trouble++
	fmt.Fprintf(d.out, "PROBLEM  "+format+"\n", args...)
}

func runDoctor(ctx context.Context, p *program, s *settings, _ []string) error {
	if s.alerts != "" {
		if err := examineAlerts(ctx, p, s); err != nil || s.site == "" {
			return err
		}
	}
	site, err := url.Parse(s.site)
	if s.site == "" || err != nil || site.Host == "" || site.Scheme != "https" && site.Scheme != "http" {
		return fmt.Errorf("name a page of your website with -site https://www.clinic.example/, or the settings of alerts with -alerts%w", errUsage)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	d := &doctor{out: p.stdout, now: p.now(), client: &http.Client{Timeout: 15 * time.Second}}
	d.examine(ctx, site)
	switch d.trouble {
	case 0:
		fmt.Fprintln(p.stdout, "Visitors of this page reach the chat.")
		return nil
	case 1:
		return errors.New("1 problem keeps visitors out: mend it and run doctor again")
	}
	return fmt.Errorf("%d problems keep visitors out: mend them and run doctor again", d.trouble)
}

var scriptTag = regexp.MustCompile(`(?is)<script\b[^>]*\bsrc\s*=\s*["']?([^"'\s>]*/embed\.js)["'\s>]`)

func (d *doctor) examine(ctx context.Context, site *url.URL) {
	page, body, err := d.get(ctx, site.String(), "")
	if err != nil {
		d.bad("the page does not open: %v", err)
		return
	}
	if page.StatusCode != http.StatusOK {
		d.bad("the page answers with %d: name a page that visitors see", page.StatusCode)
		return
	}
	at := page.Request.URL // after redirects
	d.good("the page opens: %s", at)
	d.encrypted("the page", page)
	m := scriptTag.FindStringSubmatch(body)
	if m == nil {
		d.bad("the page has no script tag for the chat: add <script src=\"https://YOUR-CHAT/embed.js\" async></script> before </body>; if a tag manager adds it, name a page with the tag itself")
		return
	}
	script, err := at.Parse(m[1])
	if err != nil {
		d.bad("the address in the script tag cannot be read: write it as https://YOUR-CHAT/embed.js")
		return
	}
	d.good("the page has the script tag: %s", script)
	chat := script.Scheme + "://" + script.Host
	d.policy(page, body, at, chat)
	d.launcher(ctx, script)
	d.chatPage(ctx, chat, origin(at))
	d.socket(ctx, chat)
	d.stream(ctx, chat)
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// get fetches up to 2 MB of a page.
func (d *doctor) get(ctx context.Context, address, from string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("User-Agent", "intake doctor")
	if from != "" {
		r.Header.Set("Origin", from)
	}
	res, err := d.client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 2<<20))
	return res, string(body), err
}

// encrypted checks TLS. On this machine itself plain HTTP is for trying things out.
func (d *doctor) encrypted(what string, res *http.Response) {
	host := res.Request.URL.Hostname()
	switch {
	case res.TLS != nil:
		left := res.TLS.PeerCertificates[0].NotAfter.Sub(d.now)
		if res.TLS.Version < tls.VersionTLS12 {
			d.bad("%s is encrypted with an old version of TLS: allow 1.2 and 1.3", what)
		} else if left < 7*24*time.Hour {
			d.bad("the certificate of %s ends in %d days: renew it", what, int(left.Hours()/24))
		} else {
			d.good("%s is encrypted; its certificate is good for %d days", what, int(left.Hours()/24))
		}
	case host == "localhost" || host == "127.0.0.1" || host == "::1":
		d.good("%s is on this machine, without encryption: only to try things out", what)
	default:
		d.bad("%s is not encrypted: serve it over https", what)
	}
}

var metaPolicy = regexp.MustCompile(`(?is)<meta\b[^>]*http-equiv\s*=\s*["']?content-security-policy["']?[^>]*content\s*=\s*"([^"]*)"`)

// policy checks that the page's own content security policy lets the launcher and the frame in.
func (d *doctor) policy(page *http.Response, body string, at *url.URL, chat string) {
	policies := page.Header.Values("Content-Security-Policy")
	for _, m := range metaPolicy.FindAllStringSubmatch(body, -1) {
		policies = append(policies, m[1])
	}
	if len(policies) == 0 {
		d.good("the page has no content security policy that could keep the chat out")
		return
	}
	sound := true
	for _, policy := range policies {
		for _, needed := range [][]string{{"script-src-elem", "script-src", "default-src"}, {"frame-src", "child-src", "default-src"}} {
			sources, name, set := directive(policy, needed...)
			if set && !allows(sources, chat, at) {
				sound = false
				d.bad("the page's content security policy keeps the chat out: add %s to %s", chat, name)
			}
		}
	}
	if sound {
		d.good("the page's content security policy lets the chat in")
	}
}

// directive gives the sources of the first of some directives that a policy has.
func directive(policy string, names ...string) (sources []string, name string, set bool) {
	for _, name := range names {
		for part := range strings.SplitSeq(policy, ";") {
			words := strings.Fields(strings.ToLower(part))
			if len(words) > 0 && words[0] == name {
				return words[1:], name, true
			}
		}
	}
	return nil, "", false
}

// allows reports whether sources of a policy let an origin in, as browsers match them; hashes and nonces do not count.
func allows(sources []string, chat string, page *url.URL) bool {
	u, err := url.Parse(chat)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(sources, func(s string) bool {
		scheme, host, found := strings.Cut(s, "://")
		switch {
		case s == "*" || s == u.Scheme+":" || s == "'self'" && origin(page) == chat:
			return true
		case strings.HasPrefix(s, "'"):
			return false
		case !found:
			scheme, host = page.Scheme, s
		}
		host, path, _ := strings.Cut(host, "/")
		if path != "" && path != "embed.js" || scheme != u.Scheme && !(scheme == "http" && u.Scheme == "https") {
			return false
		}
		rest, wild := strings.CutPrefix(host, "*.")
		return host == u.Host || wild && strings.HasSuffix(u.Host, "."+rest)
	})
}

func (d *doctor) launcher(ctx context.Context, script *url.URL) {
	res, body, err := d.get(ctx, script.String(), "")
	switch {
	case err != nil:
		d.bad("the launcher does not load: %v", err)
	case res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript"):
		d.bad("the launcher answers with %d and %q: does the address lead to this program?", res.StatusCode, res.Header.Get("Content-Type"))
	case !strings.Contains(body, `"origin":"`+origin(script)+`"`):
		d.bad("the launcher belongs to another address: set -public-url %s, or correct the script tag", origin(script))
	default:
		d.encrypted("the chat", res)
		d.good("the launcher loads")
	}
}

func (d *doctor) chatPage(ctx context.Context, chat, site string) {
	res, _, err := d.get(ctx, chat+"/chat", "")
	if err != nil || res.StatusCode != http.StatusOK {
		d.bad("the chat page does not open: %v", orStatus(err, res))
		return
	}
	if v := res.Header.Get("X-Frame-Options"); v != "" {
		d.bad("something adds X-Frame-Options: %s to the chat page: take it out of the proxy", v)
	}
	framers, _, set := directive(res.Header.Get("Content-Security-Policy"), "frame-ancestors")
	if !set {
		d.bad("the chat page has lost its content security policy: let the proxy pass headers on")
		return
	}
	if !slices.Contains(framers, strings.ToLower(site)) && site != chat {
		d.bad("the chat may not be shown on %s: add it to -sites", site)
		return
	}
	d.good("the chat may be shown on %s", site)
	if res, _, err = d.get(ctx, chat+"/chat/plain", ""); err != nil || res.StatusCode != http.StatusOK {
		d.bad("the page for browsers without script does not open: %v", orStatus(err, res))
		return
	}
	d.good("the page for browsers without script opens")
}

func orStatus(err error, res *http.Response) any {
	if err != nil {
		return err
	}
	return fmt.Sprintf("it answers with %d", res.StatusCode)
}

// socket greets the chat as its own page does.
func (d *doctor) socket(ctx context.Context, chat string) {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws"+strings.TrimPrefix(chat, "http")+"/chat/socket", http.Header{"Origin": {chat}})
	if err != nil {
		if res != nil {
			err = fmt.Errorf("it answers with %d", res.StatusCode)
		}
		d.bad("no websocket gets through (%v): let the proxy pass Upgrade on for /chat/socket. The chat works without it, but slower", err)
		return
	}
	defer ws.Close()
	_ = ws.SetReadDeadline(time.Now().Add(15 * time.Second))
	var answer struct {
		Type string `json:"type"`
	}
	if err := errors.Join(ws.WriteJSON(map[string]any{"type": "hello", "token": "", "after": 0, "lang": "en"}), ws.ReadJSON(&answer)); err != nil || answer.Type != "ready" {
		d.bad("the websocket opens but nobody answers: %v", err)
		return
	}
	d.good("a websocket gets through and is greeted")
}

// stream reads an event stream until it greets: it has no end.
func (d *doctor) stream(ctx context.Context, chat string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, chat+"/chat/events?after=0", nil)
	if err != nil {
		d.bad("event streams do not get through: %v. Where websockets are blocked they take their place", err)
		return
	}
	r.Header.Set("User-Agent", "intake doctor")
	res, err := d.client.Do(r)
	if err != nil {
		d.bad("event streams do not get through: %v. Where websockets are blocked they take their place", err)
		return
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(io.LimitReader(res.Body, 2<<20)); res.StatusCode == http.StatusOK && lines.Scan(); {
		if strings.Contains(lines.Text(), `"type":"ready"`) {
			d.good("an event stream gets through")
			return
		}
	}
	d.bad("event streams do not get through: %v. Where websockets are blocked they take their place", orStatus(nil, res))
}

// examineAlerts looks whether everybody who is to be told, and every system that takes records, can be reached.
func examineAlerts(ctx context.Context, p *program, s *settings) error {
	whom, err := notify.Load(s.alerts, p.getenv)
	if err != nil {
		return err
	}
	words, err := locales.Load()
	if err != nil {
		return err
	}
	d := &doctor{out: p.stdout}
	d.good("the settings of alerts can be read; they name %d who are told, and %d systems that take records", len(whom.Destinations), len(whom.Systems))
	for _, to := range slices.Concat(whom.Destinations, whom.Systems) {
		if f, err := to.Probe(ctx); err != nil {
			d.bad("%s (%s) cannot be reached: %s", to.Name, to.Shown, because(words, f))
			continue
		}
		d.good("%s (%s) can be reached", to.Name, to.Shown)
	}
	if len(whom.Destinations) == 0 {
		d.bad("nobody is told: add a [[to]] to the settings of alerts")
	}
	if d.trouble > 0 {
		return fmt.Errorf("alerts: %d problems: mend them and run doctor again", d.trouble)
	}
	return nil
}
