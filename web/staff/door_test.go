package staff

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
)

// secretOn finds the secret for the authenticator app on the page that shows it.
func secretOn(t *testing.T, a answer) string {
	t.Helper()
	m := regexp.MustCompile(`name="secret" value="([A-Z2-7]{32})"`).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("no secret on the page: %d\n%s", a.status, a.body)
	}
	return m[1]
}

// codeOf is what an authenticator app shows now.
func (h *house) codeOf(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.clock.now())
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// From the link in the terminal to a signed-in page and out again.
func TestSetUpSignInSignOut(t *testing.T) {
	h := newHouse(t)
	token, err := h.dir.Invite(context.Background(), staff.Administrator, "terminal")
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	link := "/staff/setup?token=" + token
	if a := b.get(link); a.status != 200 || !strings.Contains(a.body, "Your role: administrator.") {
		t.Fatalf("set-up page: %d\n%s", a.status, a.body)
	}
	fill := func(change ...string) []string {
		v := []string{"token", token, "name", "Ana R.", "login", "ana", "passphrase", passphrase, "again", passphrase, "screen", "es", "lang", "en"}
		for i := 0; i+1 < len(change); i += 2 {
			for k := 0; k < len(v); k += 2 {
				if v[k] == change[i] {
					v[k+1] = change[i+1]
				}
			}
		}
		return v
	}
	for _, tc := range []struct{ field, value, want string }{
		{"name", " ", "Write a name"}, {"login", "ana rivera", "with no spaces"}, {"passphrase", "short", "not the same"}, {"again", "other", "not the same"},
	} {
		a := b.post("/staff/setup", fill(tc.field, tc.value)...)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, tc.want) || strings.Contains(a.body, passphrase) {
			t.Errorf("%s=%q: %d, want %q", tc.field, tc.value, a.status, tc.want)
		}
	}
	for pass, want := range map[string]string{"short": "too short", "passwordpassword": "easy to guess"} {
		if a := b.post("/staff/setup", fill("passphrase", pass, "again", pass)...); !strings.Contains(a.body, want) {
			t.Errorf("%q: %d", pass, a.status)
		}
	}
	a := b.post("/staff/setup", fill()...)
	if a.status != http.StatusSeeOther || a.to != "/staff/secure" || len(b.cookie) != 43 {
		t.Fatalf("set-up: %d to %q, cookie of %d characters", a.status, a.to, len(b.cookie))
	}
	// The passphrase alone opens nothing but the page that sets up a second factor.
	if a := b.get("/staff/"); a.to != "/staff/secure" {
		t.Fatalf("without a second factor: %d to %q", a.status, a.to)
	}
	secret := secretOn(t, b.get("/staff/secure"))
	if a := b.post("/staff/secure/code", "secret", secret, "code", "000000"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, secret) {
		t.Errorf("a wrong code: %d", a.status)
	}
	if a := b.post("/staff/secure/code", "secret", "AAAA", "code", "000000"); a.status != http.StatusForbidden {
		t.Errorf("a secret of one's own: %d", a.status)
	}
	half := b.cookie
	a = b.post("/staff/secure/code", "secret", secret, "code", h.codeOf(secret))
	if a.status != 200 || strings.Count(a.body, "<li><code>") != 10 || b.cookie == half {
		t.Fatalf("the recovery codes: %d", a.status)
	}
	if a := b.get("/staff/"); a.status != 200 || !strings.Contains(a.body, "Solicitudes") || !strings.Contains(a.body, `lang="es"`) {
		t.Errorf("the first page is not in the language chosen: %d", a.status)
	}
	// The link again, in another browser.
	eve := h.browser()
	for _, a := range []answer{eve.get(link), eve.post("/staff/setup", fill("login", "eve")...), eve.get("/staff/setup"), eve.post("/staff/setup")} {
		if a.status != http.StatusNotFound || !strings.Contains(a.body, "This link does not work") || eve.cookie != "" {
			t.Errorf("a used link: %d", a.status)
		}
	}
	// A link of an hour ago.
	old, err := h.dir.Invite(context.Background(), staff.Staff, "terminal")
	if err != nil {
		t.Fatal(err)
	}
	h.clock.add(staff.LinkLife)
	if a := eve.get("/staff/setup?token=" + old + "&lang=es"); a.status != http.StatusNotFound || !strings.Contains(a.body, "Este enlace no funciona") {
		t.Errorf("an old link: %d", a.status)
	}
	// Wrong and unknown look alike.
	wrong := eve.post("/staff/signin", "login", "ana", "passphrase", "wrong wrong wrong", "lang", "en")
	unknown := eve.post("/staff/signin", "login", "bob", "passphrase", "wrong wrong wrong", "lang", "en")
	if wrong.status != http.StatusUnauthorized || strings.ReplaceAll(wrong.body, `"ana"`, `"bob"`) != unknown.body || unknown.status != wrong.status {
		t.Error("an unknown name shows")
	}
	// In, and out. The session from before ends with the new sign-in.
	before := b.cookie
	h.clock.add(-time.Hour)
	if a := b.post("/staff/signin", "login", "ana", "passphrase", passphrase, "code", h.codeOf(secret)); a.status != http.StatusUnauthorized {
		t.Errorf("the code that set it up, a second time: %d", a.status)
	}
	h.clock.add(30 * time.Second)
	if a := b.post("/staff/signin", "login", "ana", "passphrase", passphrase, "code", h.codeOf(secret)); a.to != "/staff/" || b.cookie == before {
		t.Fatalf("sign-in: %d", a.status)
	}
	if _, ok := h.dir.Session(before); ok {
		t.Error("the session from before goes on")
	}
	if a := b.get("/staff/signin"); a.to != "/staff/" {
		t.Error("the sign-in page is shown to somebody who is signed in")
	}
	session := b.cookie
	if a := b.post("/staff/signout"); a.to != "/staff/signin?ended=1" || b.cookie != "" || !strings.Contains(a.head.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign-out: %d to %q, %q", a.status, a.to, a.head.Get("Set-Cookie"))
	}
	b.cookie = session
	if a := b.get("/staff/"); a.to != "/staff/signin?ended=1" {
		t.Errorf("after sign-out the cookie still opens %d", a.status)
	}
	if a := b.get("/staff/signin?ended=1&lang=es"); !strings.Contains(a.body, "Su sesión está cerrada.") {
		t.Error("the page does not say that one is signed out")
	}
	want := "month_closed 2026-11|accepted|passed|factor_set totp|signed_in|listed open|signin_failed|signin_failed|signin_failed|signed_in|signed_out"
	if got := strings.Join(h.acts(), "|"); got != want {
		t.Errorf("recorded %s\nwant     %s", got, want)
	}
	if n, err := h.audit.Verify(context.Background()); err != nil || n != 11 {
		t.Errorf("the record does not hold: %d, %v", n, err)
	}
}

func TestSessionEndsByItself(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	// The script's own requests do not keep anybody signed in.
	for range 3 {
		h.clock.add(staff.Idle / 3)
		b.get("/staff/list?show=open")
	}
	if a := b.get("/staff/"); a.to != "/staff/signin?ended=1" {
		t.Errorf("idle for 15 minutes and still in: %d", a.status)
	}
	b = h.signedIn("ana")
	for range 13 * 6 {
		h.clock.add(10 * time.Minute)
		if b.get("/staff/").status != 200 {
			break
		}
	}
	if a := b.get("/staff/list?show=open"); a.status != http.StatusUnauthorized {
		t.Errorf("busy for 13 hours and still in: %d", a.status)
	}
	b = h.signedIn("ana")
	h.clock.add(14 * time.Minute)
	if a := b.post("/staff/here"); a.status != 200 || !strings.Contains(a.body, "signs out") {
		t.Errorf("here: %d %q", a.status, a.body)
	}
	h.clock.add(14 * time.Minute)
	if a := b.get("/staff/"); a.status != 200 {
		t.Errorf("somebody who types is signed out: %d", a.status)
	}
}

func TestLanguage(t *testing.T) {
	h := newHouse(t)
	a := h.account("ana", bot.EN)
	h.hand("carmen", bot.ES, bot.ReasonPerson, nil, "")
	b := h.signedIn("ana")
	for here, want := range map[string]string{
		"/staff/requests/carmen": "/staff/requests/carmen", "/staff/?show=closed": "/staff/?show=closed", "": "/staff/", "https://evil.example/": "/staff/",
		"//evil.example": "/staff/", "/staff/?show=x": "/staff/", "/staff/requests/../../x": "/staff/", "/staff/requests/a\r\nX: y": "/staff/",
	} {
		if got := b.post("/staff/lang", "lang", "es", "here", here); got.status != http.StatusSeeOther || got.to != want {
			t.Errorf("from %q: %d to %q", here, got.status, got.to)
		}
	}
	if got, _ := h.dir.Get(a.ID); got.Lang != bot.ES {
		t.Error("the language is not stored")
	}
	if a := b.get("/staff/nothing"); a.status != 404 || !strings.Contains(a.body, "No encontrado") {
		t.Errorf("a page about a problem is not in the account's language: %d", a.status)
	}
	if a := b.post("/staff/lang", "lang", "xx"); a.status != http.StatusForbidden {
		t.Errorf("an unknown language: %d", a.status)
	}
	// Before sign-in the browser's language decides, and a link changes it.
	anon := h.browser()
	anon.head.Set("Accept-Language", "es-PR,es;q=0.9,en;q=0.8")
	if a := anon.get("/staff/signin"); !strings.Contains(a.body, "Nombre de usuario") || !strings.Contains(a.body, "Buenas tardes.") {
		t.Error("the sign-in page is not in the browser's language")
	}
	if a := anon.get("/staff/signin?lang=en"); !strings.Contains(a.body, "Sign-in name") {
		t.Error("the link does not change the language")
	}
}

func TestCookie(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.browser()
	got := b.post("/staff/signin", "login", "ana", "passphrase", passphrase).head.Get("Set-Cookie")
	if want := "intake=" + b.cookie + "; Path=/staff/; HttpOnly; SameSite=Strict"; got != want {
		t.Errorf("on loopback: %q", got)
	}
	cfg := h.console.Config
	cfg.Public = &url.URL{Scheme: "https", Host: "intake.clinic.example"}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.cookie("x").String(), "__Host-intake=x; Path=/; HttpOnly; Secure; SameSite=Strict"; got != want {
		t.Errorf("with https: %q", got)
	}
}

// A form that did not come from our own page changes nothing, whatever the route.
func TestForeignForms(t *testing.T) {
	h := newHouse(t)
	h.accountAs("ana", bot.EN, staff.Administrator)
	h.account("dana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	param := regexp.MustCompile(`\{id\}`)
	own := h.server.URL
	posts := 0
	for _, rt := range h.console.routes() {
		method, pattern, _ := strings.Cut(rt.pattern, " ")
		if method != http.MethodPost {
			continue
		}
		posts++
		path := param.ReplaceAllString(pattern, "carmen")
		for name, change := range map[string]func(http.Header){
			"no word on the origin": func(http.Header) {},
			"cross-site":            func(d http.Header) { d.Set("Sec-Fetch-Site", "cross-site"); d.Set("Origin", "https://evil.example") },
			"same-site":             func(d http.Header) { d.Set("Sec-Fetch-Site", "same-site"); d.Set("Origin", "http://127.0.0.1:1") },
			"typed":                 func(d http.Header) { d.Set("Sec-Fetch-Site", "none") },
			"old browser, foreign":  func(d http.Header) { d.Set("Origin", "https://evil.example") },
			"null origin":           func(d http.Header) { d.Set("Origin", "null") },
			"other port":            func(d http.Header) { d.Set("Origin", "http://127.0.0.1:1") },
			"suffix host":           func(d http.Header) { d.Set("Origin", own+".evil.example") },
			"cross-site, own origin claimed": func(d http.Header) {
				d.Set("Sec-Fetch-Site", "cross-site")
				d.Set("Origin", "https://127.0.0.1")
			},
			"text/plain": func(d http.Header) {
				d.Set("Sec-Fetch-Site", "same-origin")
				d.Set("Content-Type", "text/plain")
			},
			"multipart": func(d http.Header) {
				d.Set("Sec-Fetch-Site", "same-origin")
				d.Set("Content-Type", "multipart/form-data; boundary=x")
			},
			"no type": func(d http.Header) { d.Set("Sec-Fetch-Site", "same-origin"); d.Del("Content-Type") },
		} {
			before := h.heads(journal.Kinds()...)
			r := h.form(path, "login", "ana", "passphrase", passphrase, "lang", "es", "status", "closed", "after", "1", "text", "note")
			change(r.Header)
			if a := b.do(r); a.status != http.StatusForbidden || a.head.Get("Set-Cookie") != "" {
				t.Errorf("%s, %s: %d", rt.pattern, name, a.status)
			}
			if h.heads(journal.Kinds()...) != before {
				t.Errorf("%s, %s: something was stored", rt.pattern, name)
			}
		}
		// Control: from our own page it is taken, by new browsers and by old ones: whatever comes back, it is not this refusal.
		for _, header := range []string{"Sec-Fetch-Site", "Origin"} {
			r := h.form(path, "login", "ana", "passphrase", passphrase, "lang", "es", "text", "note", "token", "x", "secret", strings.Repeat("A", 32),
				"status", "closed", "result", "reached", "press", "press-"+strings.ToLower(header), "to", h.me("dana"), "line", "line-0001", "role", "staff")
			r.Header.Set(header, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": own}[header])
			if a := b.do(r); a.status == http.StatusForbidden && strings.Contains(a.body, "This form did not come from our own page") {
				t.Errorf("%s: our own form is refused with %s", rt.pattern, header)
			}
			b = h.signedIn("ana") // sign-out is one of the routes
		}
	}
	want := 0
	for pattern := range rights {
		if strings.HasPrefix(pattern, "POST ") {
			want++
		}
	}
	if posts != want || posts < 30 {
		t.Errorf("%d routes take forms; the table of rights has %d", posts, want)
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions} {
		r := h.form("/staff/requests/carmen/status")
		r.Method = method
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if a := b.do(r); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", method, a.status)
		}
	}
	big := h.form("/staff/requests/carmen/notes", "text", strings.Repeat("a", maxForm))
	big.Header.Set("Sec-Fetch-Site", "same-origin")
	if a := b.do(big); a.status != http.StatusForbidden {
		t.Errorf("a form of %d bytes: %d", maxForm, a.status)
	}
}
