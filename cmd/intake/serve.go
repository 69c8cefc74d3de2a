package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/audit"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/export"
	"example.org/intake/bot/figures"
	"example.org/intake/bot/gaps"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/live"
	"example.org/intake/bot/notify"
	"example.org/intake/bot/request"
	"example.org/intake/bot/retention"
	"example.org/intake/bot/staff"
	"example.org/intake/web"
	webstaff "example.org/intake/web/staff"
	"example.org/intake/web/visitor"
)

func serveCommand() command {
	return command{name: "serve", short: "serve the chat and the staff console (the default)", long: `Usage: intake [serve] [FLAGS]

Serves the chat, the staff console and, on a loopback address, a demonstration page. It makes its data folder on first start and prints where
everything is. Stop it with Ctrl-C or SIGTERM: every message in flight is acknowledged or refused first.`,
		flags: func(s *settings) {
			s.dataFlags()
			s.clinicFlag()
			s.alertsFlag()
			s.fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "the `address` to listen on")
			s.fs.StringVar(&s.publicURL, "public-url", "", "the `URL` under which visitors and staff reach this program, such as https://chat.clinic.example; without it http:// and the address")
			s.fs.StringVar(&s.sites, "sites", "", "the web `sites` that may show the chat, parted by commas, such as https://www.clinic.example")
			s.fs.DurationVar(&s.keepConversations, "keep-conversations", 30*24*time.Hour, "how `long` conversations are kept that were not handed to staff")
			s.fs.DurationVar(&s.staffIdle, "staff-idle", staff.Idle, "after how `long` without use a session of the staff console ends, from 1m to 12h")
			s.fs.DurationVar(&s.acceptWithin, "accept-within", live.Wait, "how `long` staff have to accept a visitor who asks for a person, before a call-back is offered, from 5s to 30m")
			s.fs.DurationVar(&s.keepRequests, "keep-requests", 30*24*time.Hour, "how `long` a request and its conversation are kept after the request was closed")
		}, run: runServe}
}

// settling is after how long the work that a start leaves behind is over, such as merging the parts of the index.
const settling = 5 * time.Second

// drainTime is how long a stop may take before sockets are cut.
const drainTime = 4 * time.Second

func runServe(ctx context.Context, p *program, s *settings, _ []string) (err error) {
	log := slog.New(slog.NewJSONHandler(p.stderr, nil))
	j, err := openJournal(ctx, p, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()

	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w; choose another with -addr", s.addr, err)
	}
	defer listener.Close()
	public, err := publicURL(s, listener.Addr())
	if err != nil {
		return err
	}
	if err := (holding{PID: os.Getpid(), Since: p.now(), Address: public.String()}).write(s.data); err != nil {
		return err
	}
	defer os.Remove(holderFile(s.data))

	work, stop := context.WithCancel(context.WithoutCancel(ctx)) // ends after the drain, not at the signal
	defer stop()
	h, err := newHouse(work, p, s, j, public, log)
	if err != nil {
		return err
	}
	go debug.FreeOSMemory() // reading the entries takes several times the memory that answering from them does
	settled := time.AfterFunc(settling, debug.FreeOSMemory)
	defer settled.Stop()
	control, err := h.serveControl(s.data)
	if err != nil {
		return err
	}
	defer control.Close()

	srv := web.NewServer(h.site)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	go h.alerts.Run(work)
	go h.pusher.Run(work)
	go h.sweep(work, s, log)
	h.greet(work, p)
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	fmt.Fprintln(p.stdout, "Stopping.")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	err = errors.Join(h.site.Drain(end), srv.Shutdown(end), h.figures.Stop(end))
	stop()
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("some connections were cut", "after", drainTime.String())
		return srv.Close()
	}
	return err
}

// publicURL is the origin under which the program is reached. Plain HTTP is served to the machine itself only.
func publicURL(s *settings, at net.Addr) (*url.URL, error) {
	host, _, err := net.SplitHostPort(at.String())
	if err != nil {
		return nil, fmt.Errorf("reading the address: %w", err)
	}
	ip := net.ParseIP(host)
	if s.publicURL == "" {
		if !ip.IsLoopback() {
			return nil, fmt.Errorf("%s can be reached from other machines: put a proxy with TLS before it and set -public-url https://..., or listen on 127.0.0.1", at)
		}
		return &url.URL{Scheme: "http", Host: at.String()}, nil
	}
	u, err := url.Parse(strings.TrimSuffix(s.publicURL, "/"))
	if err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("-public-url must look like https://chat.clinic.example, without a path%w", errUsage)
	}
	if local := net.ParseIP(u.Hostname()); u.Scheme == "http" && !local.IsLoopback() && u.Hostname() != "localhost" {
		return nil, fmt.Errorf("-public-url must begin with https://: chats and names would travel in the open%w", errUsage)
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// house is everything that runs.
type house struct {
	site      *web.Site
	public    *url.URL
	demo      *url.URL
	journal   journal.Journal
	directory *staff.Directory
	requests  *request.Worklist
	desk      *live.Desk
	audit     *audit.Log
	exports   *export.Log
	pusher    *export.Pusher
	alerts    *notify.Notifier
	figures   *figures.Counter
	now       func() time.Time
}

func newHouse(ctx context.Context, p *program, s *settings, j journal.Journal, public *url.URL, log *slog.Logger) (*house, error) {
	road, err := newRoad(p, s)
	if err != nil {
		return nil, err
	}
	h := &house{public: public, journal: j, audit: audit.New(j), now: p.now}
	if h.requests, err = request.Open(ctx, j); err != nil {
		return nil, err
	}
	if n := h.requests.Damaged(); n > 0 {
		log.Error("some entries of requests cannot be read", "count", n)
	}
	if s.staffIdle < time.Minute || s.staffIdle > staff.SessionLife {
		return nil, fmt.Errorf("-staff-idle must lie between 1m and 12h%w", errUsage)
	}
	if s.acceptWithin < 5*time.Second || s.acceptWithin > 30*time.Minute {
		return nil, fmt.Errorf("-accept-within must lie between 5s and 30m%w", errUsage)
	}
	if h.directory, err = staff.Open(ctx, j, p.now, s.staffIdle); err != nil {
		return nil, err
	}
	edits, err := editorial.Open(ctx, j, road.Knowledge, log)
	if err != nil {
		return nil, err
	}
	missed := gaps.Open(ctx, j, road.Knowledge.Ordinary, log)
	go func() { // nothing to do unless the clinic has entries of its own
		if err := road.Knowledge.Refit(); err != nil {
			log.Error("the clinic's own entries are found by the index alone", "err", err)
		}
	}()
	road.Journal, road.Requests, road.Log = j, h.requests, log
	road.Codes = request.NewGuesses(60, 10*time.Second)
	if h.desk, err = live.Open(ctx, live.Config{Road: road, Journal: j, Requests: h.requests, Now: p.now, Log: log, Wait: s.acceptWithin}); err != nil {
		return nil, err
	}
	road.Staffed = h.desk.Staffed
	whom, err := notify.Load(s.alerts, p.getenv)
	if err != nil {
		return nil, err
	}
	if h.alerts, err = notify.Open(ctx, notify.Config{Journal: j, Requests: h.requests, Settings: whom, Words: road.Words, Console: consoleLink(public),
		Now: p.now, Log: log}); err != nil {
		return nil, err
	}
	var sites []string
	for site := range strings.FieldsFuncSeq(s.sites, func(r rune) bool { return r == ',' || r == ' ' }) {
		sites = append(sites, strings.TrimSuffix(site, "/"))
	}
	if public.Hostname() == "127.0.0.1" { // the demonstration stands on another origin, as a clinic's site would
		h.demo = &url.URL{Scheme: "http", Host: "localhost:" + public.Port()}
		sites = append(sites, h.demo.String())
	}
	v, err := visitor.New(visitor.Config{Road: road, Journal: j, Words: road.Words, Clinic: road.Clinic, Public: public, Sites: sites, Demo: h.demo,
		Questions: starters(road), Log: log, Desk: h.desk})
	if err != nil {
		return nil, err
	}
	if h.figures, err = figures.Open(ctx, figures.Config{Journal: j, Zone: road.Clinic.Location(), Now: p.now, Log: log}); err != nil {
		return nil, err
	}
	if h.exports, err = export.Open(ctx, j); err != nil {
		return nil, err
	}
	var systems []export.System
	for _, d := range whom.Systems {
		systems = append(systems, export.System{Name: d.Name, Shown: d.Shown, Post: d.Post})
	}
	console, err := webstaff.New(webstaff.Config{Directory: h.directory, Audit: h.audit, Worklist: h.requests, Exports: h.exports, Systems: systems, Desk: h.desk, Editorial: edits, Gaps: missed, Journal: j, Alerts: h.alerts, Words: road.Words,
		Clinic: road.Clinic, Public: public, Log: log, Gloss: road.Gloss, Now: p.now, Figures: h.figures,
		Topic: func(slug string, lang bot.Lang) string { return road.Knowledge.Question(slug, string(lang)) }})
	if err != nil {
		return nil, err
	}
	h.pusher = &export.Pusher{Log: h.exports, Systems: systems, Bundle: console.Bundle, Now: p.now, Logger: log}
	h.site = web.New(v, console)
	return h, nil
}

// sweep erases what has been kept long enough, now and then.
func (h *house) sweep(ctx context.Context, s *settings, log *slog.Logger) {
	keep := retention.Keep{Conversations: s.keepConversations, Requests: s.keepRequests}
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		done, err := retention.Sweep(ctx, h.journal, h.requests, keep, time.Now())
		if err != nil && ctx.Err() == nil {
			log.Error("erasing what was kept long enough", "err", err)
		}
		if _, err := h.alerts.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("erasing old alerts", "err", err)
		}
		if done.Conversations+done.Requests+done.Disclosures > 0 {
			log.Info("erased what was kept long enough", "conversations", done.Conversations, "requests", done.Requests, "disclosures", done.Disclosures)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// greet says where everything is. While nobody can sign in it makes a one-time link for the first account.
func (h *house) greet(ctx context.Context, p *program) {
	out := p.stdout
	if h.demo != nil {
		fmt.Fprintf(out, "Demo clinic page:  %s/demo\n", h.demo)
	}
	fmt.Fprintf(out, "Staff console:     %s/staff/\n", h.public)
	if !h.directory.Empty() {
		return
	}
	if !p.terminal && h.demo == nil { // the link must not end up in a log
		fmt.Fprintln(out, "Nobody can sign in yet. For a one-time link run: intake staff add -role administrator")
		return
	}
	link, err := h.invite(ctx, string(staff.Administrator))
	if err != nil {
		fmt.Fprintln(p.stderr, "intake: no link for the first account could be made:", err)
		return
	}
	fmt.Fprintf(out, "First account:     %s\n  This link works once, within the hour. Another one: intake staff add -role administrator\n", link)
}
