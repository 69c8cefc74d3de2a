// Package staff is the staff console: sign-in, the worklist of call-back requests and one request with its conversation. Pages are made on
// the server and work without script; a small script keeps them up to date. Whoever looks at a request is written into the audit record
// before the page is sent.
package staff

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"sync"
	"time"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
	"example.org/intake/bot/staff"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
	"example.org/intake/web/ui"
)

// Config is what the console works with. Every field but Now is needed.
type Config struct {
	Directory *staff.Directory
	Audit     *audit.Log
	Worklist  *request.Worklist
	Journal   journal.Journal // read for conversations
	Words     *locales.Words
	Clinic    *clinic.Profile
	Public    *url.URL // origin of the console; with https the cookie is Secure
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Console serves everything below /staff/.
type Console struct {
	Config
	pages  map[string]*template.Template
	assets *ui.Assets
	cross  *http.CrossOriginProtection

	stop    chan struct{} // closed when event streams must end
	stopped sync.Once
	streams sync.WaitGroup
}

// pageNames are the pages, each a file of web/ui/staff laid into layout.html.
func pageNames() []string { return []string{"signin", "setup", "worklist", "request", "problem"} }

// New returns a console.
func New(cfg Config) (*Console, error) {
	if cfg.Directory == nil || cfg.Audit == nil || cfg.Worklist == nil || cfg.Journal == nil || cfg.Words == nil || cfg.Clinic == nil ||
		cfg.Public == nil || cfg.Log == nil {
		return nil, errors.New("staff console: a part of the configuration is missing")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Console{Config: cfg, pages: map[string]*template.Template{}, cross: http.NewCrossOriginProtection(), stop: make(chan struct{})}
	// Behind a proxy that changes the Host header, old browsers are known by the origin alone.
	if err := c.cross.AddTrustedOrigin(cfg.Public.Scheme + "://" + cfg.Public.Host); err != nil {
		return nil, fmt.Errorf("staff console: the public address is not an origin: %w", err)
	}
	var err error
	if c.assets, err = ui.NewAssets("/staff/ui/", "shared", "staff"); err != nil {
		return nil, fmt.Errorf("staff console: %w", err)
	}
	for _, name := range pageNames() {
		t, err := template.ParseFS(ui.Files, "staff/layout.html", "staff/parts.html", path.Join("staff", name+".html"))
		if err != nil {
			return nil, fmt.Errorf("staff console: page %s: %w", name, err)
		}
		c.pages[name] = t
	}
	return c, nil
}

// route is one address of the console. Pages for people who are signed in get a visit; the others are open.
type route struct {
	pattern string // as in http.ServeMux
	open    func(http.ResponseWriter, *http.Request) error
	signed  func(http.ResponseWriter, *http.Request, visit) error
	quiet   bool // made by the script, not by a person: puts off no idle end
}

func (c *Console) routes() []route {
	return []route{
		{pattern: "GET /staff/setup", open: c.showSetup},
		{pattern: "POST /staff/setup", open: c.setUp},
		{pattern: "GET /staff/signin", open: c.showSignIn},
		{pattern: "POST /staff/signin", open: c.signIn},
		{pattern: "POST /staff/signout", open: c.signOut},
		{pattern: "GET /staff/{$}", signed: c.showWorklist},
		{pattern: "GET /staff/list", signed: c.showList, quiet: true},
		{pattern: "GET /staff/events", signed: c.events, quiet: true},
		{pattern: "POST /staff/here", signed: c.here},
		{pattern: "POST /staff/lang", signed: c.setLang},
		{pattern: "GET /staff/requests/{id}", signed: c.showRequest},
		{pattern: "POST /staff/requests/{id}/status", signed: c.setStatus},
		{pattern: "POST /staff/requests/{id}/notes", signed: c.addNote},
	}
}

// Register adds the console to a mux: everything below /staff/.
func (c *Console) Register(mux *http.ServeMux) {
	inner := http.NewServeMux()
	for _, r := range c.routes() {
		inner.Handle(r.pattern, c.serve(r))
	}
	inner.Handle("GET /staff/ui/", c.assets)
	inner.HandleFunc("/staff/", func(w http.ResponseWriter, r *http.Request) { c.fail(w, r, nil, errMissing) })
	mux.Handle("/staff/", c.guard(inner))
	mux.Handle("GET /staff", http.RedirectHandler("/staff/", http.StatusSeeOther))
}

// Drain ends the event streams and returns when all are gone or ctx ends.
func (c *Console) Drain(ctx context.Context) error {
	c.stopped.Do(func() { close(c.stop) })
	gone := make(chan struct{})
	go func() { c.streams.Wait(); close(gone) }()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("staff console: event streams still open: %w", ctx.Err())
	}
}
