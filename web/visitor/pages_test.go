package visitor

import (
	"bytes"
	"compress/gzip"
	"html"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/intake/knowledge/clinic"
	"example.org/intake/web/ui"
)

func get(t *testing.T, v *Visitor, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	v.Register(mux)
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func demoSite(t *testing.T) *site {
	return open(t, func(set *settings) { set.demo = &url.URL{Scheme: "http", Host: "localhost:8080"} })
}

func TestChatPage(t *testing.T) {
	s := demoSite(t)
	for target, want := range map[string]string{
		s.origin + "/chat":         `lang="en"`,
		s.origin + "/chat?lang=es": `lang="es"`,
		s.origin + "/chat?lang=xx": `lang="en"`,
	} {
		w := get(t, s.Visitor, target)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, "<html "+want) {
			t.Errorf("%s: %d, no %s", target, w.Code, want)
		}
		if strings.Contains(body, "⟦") || strings.Contains(body, "<no value>") || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: words are missing", target)
		}
		if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(body) || strings.Contains(body, "style=") || strings.Contains(body, "<style") || regexp.MustCompile(`\son\w+=`).MatchString(body) {
			t.Errorf("%s: inline script or style", target)
		}
		if i, j := strings.Index(body, `id="leave"`), strings.Index(body, "<button"); i < 0 || i > j {
			t.Errorf("%s: leaving is not the first thing to reach", target)
		}
		h := w.Header()
		if len(h.Values("Set-Cookie")) > 0 {
			t.Error("a cookie is set")
		}
		for name, part := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'", "Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Opener-Policy": "same-origin",
		} {
			if !strings.Contains(h.Get(name), part) {
				t.Errorf("%s is %q", name, h.Get(name))
			}
		}
		if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'self' https://clinic.example http://localhost:8080;") ||
			!strings.Contains(policy, "require-trusted-types-for 'script'; trusted-types 'none'") {
			t.Errorf("policy %q", policy)
		}
	}
	if w := get(t, s.Visitor, s.origin+"/chat", "Accept-Language", "es-PR,es;q=0.9,en;q=0.5"); !strings.Contains(w.Body.String(), `<html lang="es"`) {
		t.Error("the browser's language is not heard")
	}
	if w := get(t, s.Visitor, "http://localhost:8080/chat?lang=es"); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != s.origin+"/chat?lang=es" {
		t.Errorf("on the demonstration's host: %d to %q", w.Code, w.Header().Get("Location"))
	}
}

func TestDemoPage(t *testing.T) {
	s := demoSite(t)
	if w := get(t, s.Visitor, s.origin+"/demo?lang=es"); w.Code != http.StatusTemporaryRedirect || w.Header().Get("Location") != "http://localhost:8080/demo?lang=es" {
		t.Errorf("on the chat's host: %d to %q", w.Code, w.Header().Get("Location"))
	}
	for lang, banner := range map[string]string{"en": "Demonstration, not the clinic’s site", "es": "Demostración, no es el sitio de la clínica"} {
		w := get(t, s.Visitor, "http://localhost:8080/demo?lang="+lang)
		body := w.Body.String()
		if !strings.Contains(body, banner) || strings.Contains(body, "⟦") {
			t.Errorf("%s: %d %s", lang, w.Code, body)
		}
		if strings.Count(body, "<script") != 1 || !strings.Contains(body, `<script src="`+s.origin+`/embed.js" async></script>`) {
			t.Errorf("%s: not the one script tag", lang)
		}
	}
	plain := open(t, nil)
	if w := get(t, plain.Visitor, plain.origin+"/demo"); w.Code != http.StatusNotFound {
		t.Errorf("without a demonstration: %d", w.Code)
	}
}

func TestLauncher(t *testing.T) {
	s := open(t, nil)
	w := get(t, s.Visitor, s.origin+"/embed.js", "Accept-Encoding", "gzip")
	packed := w.Body.Len()
	if packed > 4<<10 {
		t.Errorf("the launcher has %d bytes compressed, at most 4096", packed)
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"origin":"` + s.origin + `"`, "¿Preguntas?", "Questions?", s.cfg.Clinic.NeutralPage} {
		if !bytes.Contains(body, []byte(want)) {
			t.Errorf("the launcher does not know %s", want)
		}
	}
	tag := w.Header().Get("ETag")
	if again := get(t, s.Visitor, s.origin+"/embed.js", "If-None-Match", tag); again.Code != http.StatusNotModified || tag == "" {
		t.Errorf("asked again: %d", again.Code)
	}
	t.Logf("launcher: %d bytes compressed", packed)
}

// TestWeight weighs all that a phone loads from the clinic's page to the first answer.
func TestWeight(t *testing.T) {
	s := open(t, nil)
	launcher := get(t, s.Visitor, s.origin+"/embed.js", "Accept-Encoding", "gzip").Body.Len()
	page := get(t, s.Visitor, s.origin+"/chat?lang=es", "Accept-Encoding", "gzip")
	total := page.Body.Len()
	plain := get(t, s.Visitor, s.origin+"/chat?lang=es").Body.String()
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:href|src)="(/ui/[^"]+)"`).FindAllStringSubmatch(plain, -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		w := get(t, s.Visitor, s.origin+m[1], "Accept-Encoding", "gzip")
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") || w.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", m[1], w.Code, w.Header())
		}
		total += w.Body.Len()
	}
	if len(seen) != 2 { // one script and one style: a slow phone pays for every file
		t.Errorf("the page loads %d files", len(seen))
	}
	for path := range seen {
		if text := get(t, s.Visitor, s.origin+path).Body.String(); strings.Contains(text, "@font-face") || strings.Contains(text, "url(") {
			t.Errorf("%s loads a font or a picture", path)
		}
	}
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "do you take Medicare?")
	_, data, err := p.ws.ReadMessage()
	for err == nil && !strings.Contains(string(data), `"entry"`) {
		_, data, err = p.ws.ReadMessage()
	}
	if err != nil {
		t.Fatal(err)
	}
	if all := launcher + total + len(data); all > 40<<10 {
		t.Errorf("everything up to the first answer weighs %d bytes, at most 40960", all)
	}
	t.Logf("launcher %d, chat page with everything %d in %d files, first answer %d: %d bytes", launcher, total, len(seen)+1, len(data), launcher+total+len(data))
}

// TestScripts keeps what a review would look for in each script.
func TestScripts(t *testing.T) {
	s := open(t, nil)
	used := map[string]string{}
	names, err := fs.Glob(ui.Files, "visitor/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(ui.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for _, never := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "localStorage", "indexedDB", "document.cookie", "DOMParser", "srcdoc", "setHTML"} {
			if path.Ext(name) == ".js" && strings.Contains(text, never) {
				t.Errorf("%s has %s", name, never)
			}
		}
		for _, m := range regexp.MustCompile(`\bt\(\s*['"]((?:widget\.|demo\.)?[a-z0-9_]+)['"]`).FindAllStringSubmatch(text, -1) {
			used[m[1]] = name
		}
		for _, m := range regexp.MustCompile(`(?:\bt|data-label|data-t[a-z-]*)[ =]"((?:widget|demo)\.[a-z0-9_]+)"`).FindAllStringSubmatch(text, -1) {
			used[m[1]] = name
		}
	}
	if len(used) < 40 {
		t.Errorf("only %d keys were found in the files: this test looks for the wrong thing", len(used))
	}
	for key, name := range used {
		if !strings.Contains(key, ".") {
			key = "widget." + key
		}
		for _, lang := range []string{"en", "es"} {
			if !s.cfg.Words.Has(lang, key) {
				t.Errorf("%s uses %s, which has no words in %s", name, key, lang)
			}
		}
	}
}

// TestLauncherColours: the launcher stands on pages that do not have our tokens, so it repeats a few.
func TestLauncherColours(t *testing.T) {
	read := func(name string) string {
		data, err := fs.ReadFile(ui.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	value := regexp.MustCompile(`--([a-z0-9-]+): (#[0-9A-F]{6});`)
	light, dark, _ := strings.Cut(read("shared/tokens.css"), "@media (prefers-color-scheme: dark)")
	tokens := [2]map[string]string{{}, {}}
	for i, part := range []string{light, dark} {
		for _, m := range value.FindAllStringSubmatch(part, -1) {
			if _, set := tokens[i][m[1]]; !set {
				tokens[i][m[1]] = m[2]
			}
		}
	}
	own, ownDark, _ := strings.Cut(read("visitor/launcher.css"), "@media (prefers-color-scheme: dark)")
	found := 0
	for i, part := range []string{own, ownDark} {
		for _, m := range value.FindAllStringSubmatch(part, -1) {
			found++
			if tokens[i][m[1]] != m[2] {
				t.Errorf("--%s is %s in the launcher and %s in the tokens", m[1], m[2], tokens[i][m[1]])
			}
		}
	}
	if found < 9 {
		t.Errorf("only %d colours were found in the launcher", found)
	}
}

func TestSitesAreOrigins(t *testing.T) {
	s := open(t, nil)
	for _, bad := range []string{"clinic.example", "https://clinic.example/", "https://clinic.example/chat", "https://*.clinic.example/", "HTTPS://clinic.example", ""} {
		cfg := s.cfg
		cfg.Sites = []string{bad}
		if _, err := New(cfg); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestClosedOffice: before the first message a visitor reads when the office opens next, in the language of the page, where the hours are known.
func TestClosedOffice(t *testing.T) {
	s := open(t, nil)
	read := func(path string) string {
		t.Helper()
		return strings.ReplaceAll(html.UnescapeString(string(must(io.ReadAll(s.ask("GET", path, "", "").Body)))), "\u00a0", " ")
	}
	if page := read("/chat?lang=en"); !strings.Contains(page, `data-closed="{"en":"","es":""}"`) {
		t.Error("the chat page says when an office opens whose hours nobody knows")
	}
	full, err := clinic.Load("../../knowledge/clinic/testdata/full")
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Clinic, s.cfg.Road.Clinic = full, full
	s.cfg.Road.Now = func() time.Time { return time.Date(2026, 10, 31, 12, 0, 0, 0, full.Location()) } // a Saturday; the clock changes in the night
	const en, es = "The office opens Monday at 8 am. You can ask for a call now.", "La oficina abre a las 8 a. m. el lunes. Puede pedir una llamada ahora."
	page := read("/chat?lang=en")
	for path, want := range map[string]string{"/chat/plain?lang=en": en, "/chat/plain?lang=es": es} {
		if !strings.Contains(page, want) || !strings.Contains(read(path), want) {
			t.Errorf("%q is not said: %q", want, regexp.MustCompile(`data-closed="[^>]{0,300}`).FindString(page))
		}
	}
	s.cfg.Road.Now = func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, full.Location()) }
	if page := read("/chat/plain?lang=en"); strings.Contains(page, "office opens") {
		t.Error("an open office is said to be closed")
	}
}
