// Package visitor is the visitor's side of the program on the web: the launcher script for the clinic's pages, the chat page that it shows in
// a frame, the socket behind it, and a demonstration page. What travels on the socket is written down in web/frames.md.
package visitor

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/live"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
	"example.org/intake/web/ui"
)

// Config is what the visitor's side needs. Only Demo, Questions and Desk may be nil.
type Config struct {
	Road    *converse.Road
	Journal journal.Journal
	Words   *locales.Words
	Clinic  *clinic.Profile
	Public  *url.URL // origin of chat and socket, as browsers see it
	Sites   []string // origins whose pages may show the chat, such as "https://clinic.example", compared exactly
	Demo    *url.URL // origin of the demonstration page; nil: there is none
	// Questions are the starters of the opening view in a language, four or five. It is called for each page.
	Questions func(lang string) []Starter
	Log       *slog.Logger
	Desk      *live.Desk // the people at the console; nil: nobody is ever there
}

// Starter is a question that people often ask, offered before the first message.
type Starter struct {
	Choice string `json:"choice"` // id of the option, such as "topic:medicare-accepted"
	Label  string `json:"label"`
}

// Visitor serves the visitor's side. Use [New].
type Visitor struct {
	cfg      Config
	origin   string   // of Config.Public
	sites    []string // with the demonstration page's
	assets   *ui.Assets
	pages    map[string]*template.Template // by language
	launcher script
	upgrader websocket.Upgrader
	hub      *hub
	budgets  *budgets
	limits   limits

	ctx      context.Context // ends with Drain
	cancel   context.CancelFunc
	draining atomic.Bool
	stopping chan struct{} // closed with draining
	streams  atomic.Int64  // event streams and polls that are open
	mu       sync.Mutex
	sockets  map[*socket]struct{}
	quiet    chan struct{} // closed when draining and the last socket is gone
}

// limits are the bounds of a socket; tests make them small.
type limits struct {
	frame   int64         // largest frame from the widget, in bytes
	hello   time.Duration // until the first frame
	silence time.Duration // without a sign of life from the widget
	ping    time.Duration // between two pings, shorter than silence
	write   time.Duration // for one frame to the widget
	say     time.Duration // for one message to be stored
	linger  time.Duration // after our close frame, for the widget's
	queue   int           // answers that wait for a slow reader
	sockets int           // sockets and streams open at once
	beat    time.Duration // between two signs of life of an event stream
	poll    time.Duration // until a poll is answered with nothing; below what proxies cut
	away    time.Duration // after a poll, until its visitor counts as gone
}

func usual() limits {
	return limits{frame: 16 << 10, hello: 10 * time.Second, silence: 70 * time.Second, ping: 30 * time.Second, write: 10 * time.Second,
		say: 15 * time.Second, linger: 3 * time.Second, queue: 64, sockets: 20_000, beat: 15 * time.Second, poll: 20 * time.Second, away: 5 * time.Second}
}

// New prepares the visitor's side and begins to follow the journal. End it with [Visitor.Drain].
func New(cfg Config) (*Visitor, error) { return newWith(cfg, usual(), generous()) }

func newWith(cfg Config, l limits, r rates) (*Visitor, error) {
	if cfg.Road == nil || cfg.Journal == nil || cfg.Words == nil || cfg.Clinic == nil || cfg.Public == nil || cfg.Log == nil {
		return nil, errors.New("visitor: road, journal, words, clinic, public and log must be set")
	}
	v := &Visitor{cfg: cfg, origin: origin(cfg.Public), limits: l, budgets: newBudgets(r), sockets: map[*socket]struct{}{}, quiet: make(chan struct{}), stopping: make(chan struct{})}
	for _, site := range cfg.Sites {
		u, err := url.Parse(site)
		if err != nil || u.Host == "" || origin(u) != site {
			return nil, fmt.Errorf("visitor: %q is not an origin: write it as https://clinic.example, without a slash at the end", site)
		}
	}
	v.sites = slices.Clone(cfg.Sites)
	if cfg.Demo != nil && !slices.Contains(v.sites, origin(cfg.Demo)) {
		v.sites = append(v.sites, origin(cfg.Demo))
	}
	if err := v.prepare(); err != nil {
		return nil, err
	}
	v.upgrader = websocket.Upgrader{HandshakeTimeout: 5 * time.Second, ReadBufferSize: 2 << 10, WriteBufferSize: 4 << 10,
		WriteBufferPool: &sync.Pool{}, CheckOrigin: v.ownPage}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	v.hub = newHub(cfg.Journal, cfg.Log)
	if err := v.hub.start(v.ctx); err != nil {
		v.cancel()
		return nil, fmt.Errorf("visitor: following the journal: %w", err)
	}
	return v, nil
}

// Register adds the routes.
func (v *Visitor) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /embed.js", v.serveLauncher)
	mux.HandleFunc("GET /chat", v.serveChat)
	mux.HandleFunc("GET /chat/socket", v.serveSocket)
	mux.HandleFunc("GET /status", v.serveStatus)
	mux.HandleFunc("POST /status", v.askStatus)
	mux.HandleFunc("GET /chat/events", v.serveEvents)
	mux.HandleFunc("GET /chat/poll", v.servePoll)
	mux.HandleFunc("POST /chat/say", v.serveSay)
	mux.HandleFunc("POST /chat/leave", v.serveLeave)
	mux.HandleFunc("POST /chat/erase", v.serveErase)
	mux.HandleFunc("GET "+plainAt, v.servePlain)
	mux.HandleFunc("POST "+plainAt, v.posted(v.postPlain))
	mux.HandleFunc("POST "+plainAt+"/leave", v.posted(v.postLeave))
	mux.HandleFunc("POST "+plainAt+"/erase", v.posted(v.postErase))
	mux.HandleFunc("POST "+plainAt+"/copy", v.posted(v.postCopy))
	mux.Handle("GET "+assetsAt, http.HandlerFunc(v.serveAsset))
	if v.cfg.Demo != nil {
		mux.HandleFunc("GET /demo", v.serveDemo)
	}
}

// ownPage reports whether a socket is opened by our own chat page. A missing Origin, two of them, or any other is refused: a socket is not
// protected by the browser's same-origin rule.
func (v *Visitor) ownPage(r *http.Request) bool {
	o := r.Header.Values("Origin")
	return len(o) == 1 && o[0] == v.origin
}

func (v *Visitor) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !v.ownPage(r) {
		http.Error(w, "this socket is for the chat page", http.StatusForbidden)
		return
	}
	if v.draining.Load() || v.crowded() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "come back in a moment", http.StatusServiceUnavailable)
		return
	}
	ws, err := v.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := newSocket(v, ws)
	if !v.add(s) { // draining began meanwhile
		s.shut(websocket.CloseGoingAway)
	}
	s.serve()
	v.remove(s)
}

func (v *Visitor) crowded() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.sockets)+int(v.streams.Load()) >= v.limits.sockets
}

func (v *Visitor) add(s *socket) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sockets[s] = struct{}{}
	return !v.draining.Load()
}

func (v *Visitor) remove(s *socket) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.sockets, s)
	if len(v.sockets) == 0 && v.draining.Load() {
		v.fallQuiet()
	}
}

// fallQuiet is called with mu held.
func (v *Visitor) fallQuiet() {
	select {
	case <-v.quiet:
	default:
		close(v.quiet)
	}
}

// Drain stops taking messages, waits until every message in flight is acknowledged or refused, closes the sockets with 1001, and returns when
// all are gone or ctx ends; then what is left is cut.
func (v *Visitor) Drain(ctx context.Context) error {
	v.mu.Lock()
	if !v.draining.Swap(true) {
		close(v.stopping) // streams and polls end; the server waits for requests in hand
	}
	if len(v.sockets) == 0 {
		v.fallQuiet()
	}
	for s := range v.sockets {
		go s.stop()
	}
	v.mu.Unlock()
	defer v.cancel()
	select {
	case <-v.quiet:
		return nil
	case <-ctx.Done():
		v.mu.Lock()
		defer v.mu.Unlock()
		for s := range v.sockets {
			s.ws.Close()
		}
		return fmt.Errorf("visitor: %d sockets were cut: %w", len(v.sockets), ctx.Err())
	}
}

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }
