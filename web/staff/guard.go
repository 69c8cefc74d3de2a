package staff

import (
	"mime"
	"net/http"
	"slices"
	"strings"

	"example.org/intake/bot/staff"
)

// maxForm bounds what a form may carry, in bytes: a note of 4000 characters, percent-encoded, fits.
const maxForm = 64 << 10

// policy lets a page load only our own files and be framed by nobody. There is no inline script or style to excuse.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// guard stands before everything: headers for every answer, and no change that another site asked for.
func (c *Console) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("X-Robots-Tag", "noindex, nofollow")
		if c.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if err := c.ownForm(r); err != nil {
				c.fail(w, r, nil, err)
				return
			}
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		next.ServeHTTP(w, r)
	})
}

// ownForm refuses a change unless the browser says that our own page asked for it. The standard check lets requests without any word on
// their origin pass, for programs that are no browsers; nothing but browsers has business here.
func (c *Console) ownForm(r *http.Request) error {
	if r.Method != http.MethodPost {
		return errMissing
	}
	if r.Header.Get("Origin") == "" && r.Header.Get("Sec-Fetch-Site") == "" {
		return errRefused
	}
	if err := c.cross.Check(r); err != nil {
		return errRefused
	}
	// "none" means typed or from a bookmark; a form is never that.
	if r.Header.Get("Sec-Fetch-Site") == "none" {
		return errRefused
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return errRefused
	}
	return nil
}

func (c *Console) secure() bool { return c.Public.Scheme == "https" }

// cookie is the session's cookie. With https its name makes browsers insist on Secure and on this host alone.
func (c *Console) cookie(session string) *http.Cookie {
	k := &http.Cookie{Name: "intake", Value: session, Path: "/staff/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if c.secure() {
		k.Name, k.Path, k.Secure = "__Host-intake", "/", true
	}
	if session == "" {
		k.MaxAge = -1
	}
	return k
}

// sessionOf reads the session out of a request, "" if there is none.
func (c *Console) sessionOf(r *http.Request) string {
	k, err := r.Cookie(c.cookie("").Name)
	if err != nil {
		return ""
	}
	return k.Value
}

// visit is a request by somebody who is signed in.
type visit struct {
	who     staff.Account
	session string
}

// serve runs a route and turns its error into a page.
func (c *Console) serve(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rt.open != nil {
			if err := rt.open(w, r); err != nil {
				c.fail(w, r, nil, err)
			}
			return
		}
		session := c.sessionOf(r)
		who, ok := c.Directory.Session(session)
		run := rt.signed
		if rt.half != nil {
			if run = rt.half; !ok {
				who, ok = c.Directory.Half(session)
			}
		}
		if ok && !rt.quiet {
			ok = c.Directory.Touch(r.Context(), session) == nil
		}
		if !ok {
			c.turnAway(w, r, rt, session)
			return
		}
		if rt.only != nil && !slices.Contains(rt.only, who.Role) {
			c.fail(w, r, &who, errMissing)
			return
		}
		if err := run(w, r, visit{who: who, session: session}); err != nil {
			c.fail(w, r, &who, err)
		}
	})
}

// turnAway answers somebody who is not signed in.
func (c *Console) turnAway(w http.ResponseWriter, r *http.Request, rt route, session string) {
	if rt.quiet {
		// The script goes to the sign-in page itself.
		http.Error(w, "signed out", http.StatusUnauthorized)
		return
	}
	to := "/staff/signin"
	if _, half := c.Directory.Half(session); half {
		to = "/staff/secure"
	} else if session != "" {
		if rt.pattern == noteRoute {
			c.rescue(r, session)
		}
		http.SetCookie(w, c.cookie(""))
		to += "?ended=1"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// returnTo gives the page of the console that a form came from, or the worklist.
func returnTo(p string) string {
	const requests = "/staff/requests/"
	if id, ok := strings.CutPrefix(p, requests); ok {
		bare := strings.TrimSuffix(strings.TrimSuffix(id, "/export"), "/accounting")
		if bare != "" && isID(bare) {
			return requests + id
		}
	}
	if id, ok := strings.CutPrefix(p, "/staff/live/"); ok && id != "" && isID(id) {
		return "/staff/live/" + id
	}
	for _, below := range []string{"/staff/gaps/", "/staff/entries/"} {
		if id, ok := strings.CutPrefix(p, below); ok && id != "" && isID(strings.TrimSuffix(id, "/edit")) {
			return p
		}
	}
	if slices.Contains([]string{"/staff/gaps", "/staff/entries", "/staff/draft", "/staff/approvals", "/staff/live", "/staff/account", "/staff/people", "/staff/alerts", "/staff/secure", "/staff/disclosures", "/staff/export"}, p) {
		return p
	}
	if isNumbers(p) {
		return p
	}
	if show, ok := strings.CutPrefix(p, "/staff/?show="); ok && isShow(show) {
		return "/staff/?show=" + show
	}
	return "/staff/"
}

func isID(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return len(s) <= 128
}
