// Package staff is the staff console: sign-in, the worklist of call-back requests, one request with its conversation, and live chats. Pages
// are made on the server and work without script; a small script keeps them up to date. Whoever looks at a request is written into the audit
// record before the page is sent.
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
	"example.org/intake/bot/staff"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
	"example.org/intake/web/ui"
)

// Config is what the console works with. Every field but Topic, Gloss and Now is needed.
type Config struct {
	Directory *staff.Directory
	Audit     *audit.Log
	Worklist  *request.Worklist
	Exports   *export.Log
	Systems   []export.System // what bundles can be pushed to; none: nothing is
	Desk      *live.Desk
	Journal   journal.Journal // read for conversations
	Alerts    *notify.Notifier
	Words     *locales.Words
	Clinic    *clinic.Profile
	Editorial *editorial.Desk
	Gaps      *gaps.List
	Public    *url.URL // origin of the console; with https the cookie is Secure
	Log       *slog.Logger
	Figures   *figures.Counter
	// Topic names an entry in a language; nil: by its slug.
	Topic func(slug string, lang bot.Lang) string
	// Gloss gives a line of the program in another language; nil: none is shown.
	Gloss func(before bot.Conversation, line bot.Line, lang bot.Lang) string
	Now   func() time.Time // nil: time.Now
}

// Console serves everything below /staff/.
type Console struct {
	Config
	pages   map[string]*template.Template
	assets  *ui.Assets
	cross   *http.CrossOriginProtection
	board   *board
	grants  *grants
	drafts  *drafts
	tried   *tried
	passkey *passkeys // nil where the address allows none

	streams *streams
}

// pageNames are the pages, each a file of web/ui/staff laid into layout.html.
func pageNames() []string {
	return []string{"signin", "setup", "secure", "codes", "worklist", "request", "reason", "record", "live", "chat", "account", "people", "alerts", "problem", "numbers", "report",
		"export", "print", "disclosures", "accounting"}
}

// New returns a console.
func New(cfg Config) (*Console, error) {
	if cfg.Directory == nil || cfg.Audit == nil || cfg.Worklist == nil || cfg.Journal == nil || cfg.Words == nil || cfg.Clinic == nil ||
		cfg.Public == nil || cfg.Log == nil || cfg.Desk == nil || cfg.Exports == nil || cfg.Figures == nil || cfg.Alerts == nil || cfg.Editorial == nil || cfg.Gaps == nil {
		return nil, errors.New("staff console: a part of the configuration is missing")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Console{Config: cfg, pages: map[string]*template.Template{}, cross: http.NewCrossOriginProtection(), streams: newStreams(),
		board: &board{work: cfg.Worklist, due: cfg.Clinic.Due}, grants: newGrants(), drafts: newDrafts(), tried: &tried{}}
	// Behind a proxy that changes the Host header, old browsers are known by the origin alone.
	if err := c.cross.AddTrustedOrigin(cfg.Public.Scheme + "://" + cfg.Public.Host); err != nil {
		return nil, fmt.Errorf("staff console: the public address is not an origin: %w", err)
	}
	var err error
	if c.passkey, err = newPasskeys(cfg.Public, cfg.Now); err != nil {
		return nil, fmt.Errorf("staff console: %w", err)
	}
	if c.assets, err = ui.NewAssets("/staff/ui/", "shared", "staff"); err != nil {
		return nil, fmt.Errorf("staff console: %w", err)
	}
	for _, name := range append(pageNames(), learnPages()...) {
		t, err := template.New(name).Funcs(template.FuncMap{"args": func(page, it any) shared { return shared{page, it} }}).ParseFS(ui.Files, "staff/layout.html", "staff/parts.html", "staff/learn.html", path.Join("staff", name+".html"))
		if err != nil {
			return nil, fmt.Errorf("staff console: page %s: %w", name, err)
		}
		c.pages[name] = t
	}
	return c, nil
}

// route is one address of the console. Exactly one of open, half and signed is set: for everybody, for those whose second factor is still
// missing, and for people who are signed in.
type route struct {
	pattern string // as in http.ServeMux
	open    func(http.ResponseWriter, *http.Request) error
	half    func(http.ResponseWriter, *http.Request, visit) error
	signed  func(http.ResponseWriter, *http.Request, visit) error
	quiet   bool         // made by the script, not by a person: puts off no idle end
	only    []staff.Role // for these roles; nil: for all. To the others the address does not exist
}

func (c *Console) routes() []route {
	bosses := []staff.Role{staff.Supervisor, staff.Administrator}
	admins := []staff.Role{staff.Administrator}
	return append(c.learnRoutes(bosses), []route{
		{pattern: "GET /staff/setup", open: c.showSetup},
		{pattern: "POST /staff/setup", open: c.setUp},
		{pattern: "GET /staff/signin", open: c.showSignIn},
		{pattern: "POST /staff/signin", open: c.signIn},
		{pattern: "POST /staff/signin/passkey", open: c.signInPasskey},
		{pattern: "POST /staff/signout", open: c.signOut},

		{pattern: "GET /staff/secure", half: c.showSecure},
		{pattern: "POST /staff/secure/code", half: c.secureCode},
		{pattern: "POST /staff/secure/passkey", half: c.securePasskey},

		{pattern: "GET /staff/{$}", signed: c.showWorklist},
		{pattern: "GET /staff/list", signed: c.showList, quiet: true},
		{pattern: "POST /staff/search", signed: c.search},
		{pattern: "GET /staff/events", signed: c.events, quiet: true},
		{pattern: "GET /staff/ring", signed: c.showRing, quiet: true},
		{pattern: "POST /staff/here", signed: c.here},
		{pattern: "POST /staff/lang", signed: c.setLang},
		{pattern: "POST /staff/available", signed: c.setAvailable},

		{pattern: "GET /staff/requests/{id}", signed: c.showRequest},
		{pattern: "POST /staff/requests/{id}/open", signed: c.openAnyway},
		{pattern: "POST /staff/requests/{id}/claim", signed: c.claim},
		{pattern: "POST /staff/requests/{id}/release", signed: c.release},
		{pattern: "POST /staff/requests/{id}/give", signed: c.give},
		{pattern: "POST /staff/requests/{id}/call", signed: c.callAnyway},
		{pattern: "POST /staff/requests/{id}/attempt", signed: c.attempt},
		{pattern: "POST /staff/requests/{id}/later", signed: c.postpone},
		{pattern: "POST /staff/requests/{id}/outcome", signed: c.decide},
		{pattern: "POST /staff/requests/{id}/merge", signed: c.merge},
		{pattern: "POST /staff/requests/{id}/status", signed: c.setStatus},
		{pattern: "POST /staff/requests/{id}/notes", signed: c.addNote},
		{pattern: "POST /staff/requests/{id}/draft", signed: c.keepDraft},
		{pattern: "GET /staff/requests/{id}/record", signed: c.showRecord, only: bosses},

		{pattern: "GET /staff/requests/{id}/export", signed: c.showExport},
		{pattern: "POST /staff/requests/{id}/export", signed: c.exportOne},
		{pattern: "GET /staff/requests/{id}/accounting", signed: c.showAccounting, only: bosses},
		{pattern: "GET /staff/export", signed: c.showListExport, only: bosses},
		{pattern: "POST /staff/export", signed: c.exportList, only: bosses},
		{pattern: "GET /staff/disclosures", signed: c.showDisclosures, only: bosses},
		{pattern: "POST /staff/accounting", signed: c.findAccounting, only: bosses},

		{pattern: "GET /staff/live", signed: c.showLive},
		{pattern: "GET /staff/live/{id}", signed: c.showChat},
		{pattern: "GET /staff/live/{id}/lines", signed: c.showLines, quiet: true},
		{pattern: "POST /staff/live/{id}/accept", signed: c.accept},
		{pattern: "POST /staff/live/{id}/say", signed: c.sayInChat},
		{pattern: "POST /staff/live/{id}/typing", signed: c.typing},
		{pattern: "POST /staff/live/{id}/return", signed: c.handBack},

		{pattern: "GET /staff/numbers", signed: c.showNumbers},
		{pattern: "GET /staff/numbers/report", signed: c.showReport},
		{pattern: "GET /staff/numbers/csv", signed: c.exportNumbers, only: bosses},

		{pattern: "GET /staff/account", signed: c.showAccount},
		{pattern: "POST /staff/account/passphrase", signed: c.changePassphrase},
		{pattern: "POST /staff/account/codes", signed: c.renewCodes},
		{pattern: "POST /staff/account/passkey", signed: c.removePasskey},
		{pattern: "POST /staff/account/session", signed: c.endSession},

		{pattern: "GET /staff/people", signed: c.showPeople, only: admins},
		{pattern: "POST /staff/people/invite", signed: c.invite, only: admins},
		{pattern: "POST /staff/people/disable", signed: c.disable, only: admins},
		{pattern: "POST /staff/people/reset", signed: c.reset, only: admins},

		{pattern: "GET /staff/alerts", signed: c.showAlerts, only: admins},
		{pattern: "POST /staff/alerts/test", signed: c.testAlert, only: admins},
		{pattern: "POST /staff/alerts/again", signed: c.alertAgain, only: admins},
	}...)
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
	select {
	case <-c.streams.end():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("staff console: event streams still open: %w", ctx.Err())
	}
}
