package visitor

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"golang.org/x/text/language"

	"example.org/intake/bot"
	"example.org/intake/web/ui"
)

// assetsAt is where styles and scripts are served.
const assetsAt = "/ui/visitor/"

// script is content that is the same for everybody, packed once.
type script struct {
	plain, packed []byte
	tag           string
}

// page is what the templates of both pages know.
type page struct {
	Lang, Other, OtherName string
	OtherPlain             string   // "Open the chat as a plain page" in the other language
	Topic                  *Starter // the question that a link brought along
	Closed                 string   // when the office opens next: JSON by language on the chat page, a sentence on the page without script
	Words, Topics, Sites   string   // JSON, for data attributes
	Neutral                template.URL
	Phone                  string
	PhoneLink              template.URL
	Name, Script           string // of the demonstration page
	Chat, OtherOpen        string // of its link for browsers without script
}

// prepare reads the files of the pages and builds the launcher.
func (v *Visitor) prepare() error {
	var err error
	if v.assets, err = ui.NewAssets(assetsAt, "shared", "visitor"); err != nil {
		return err
	}
	join, err := ui.JoinScripts("visitor", "chat.js")
	if err != nil {
		return err
	}
	styles, err := ui.JoinStyles("shared/tokens.css", "visitor/chat.css", "visitor/cards.css")
	if err != nil {
		return err
	}
	plain, err := ui.JoinStyles("shared/tokens.css", "visitor/chat.css", "visitor/cards.css", "visitor/plain.css")
	if err != nil {
		return err
	}
	own := colorStyle(":root", v.cfg.Clinic.Colors)
	if err := errors.Join(v.assets.Add("all.js", join), v.assets.Add("all.css", append(styles, own...)), v.assets.Add("all-plain.css", append(plain, own...))); err != nil {
		return err
	}
	launcher, err := fs.ReadFile(ui.Files, "visitor/launcher.css")
	if err != nil {
		return err
	}
	if err := v.assets.Add("launcher.css", append(launcher, colorStyle(":host", v.cfg.Clinic.Colors)...)); err != nil {
		return err
	}
	drawn, err := readDrawings()
	if err != nil {
		return err
	}
	v.pages = map[string]*template.Template{}
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		t := template.New("").Funcs(template.FuncMap{
			"t": func(key string) string { return v.cfg.Words.T(string(lang), key, nil) },
			"said": func(key, name, value string) string {
				return v.cfg.Words.T(string(lang), key, map[string]string{name: value})
			},
			"path": v.assets.Path, "icon": drawn.icon, "pic": drawn.pic, "paragraphs": paragraphs, "linked": linked, "sourced": sourced, "safe": safe,
			"in": func(l bot.Lang, key string) string { return v.cfg.Words.T(string(l), key, nil) }, "change": bot.ChoiceChange, "field": stepField, "tide": tide,
		})
		if v.pages[string(lang)], err = t.ParseFS(ui.Files, "visitor/chat.html", "visitor/demo.html", "visitor/status.html", "visitor/plain.html"); err != nil {
			return fmt.Errorf("reading the pages: %w", err)
		}
	}
	return v.prepareLauncher()
}

// prepareLauncher closes embed.js with a call that hands over the settings. They are data: the script is served as it was written.
func (v *Visitor) prepareLauncher() error {
	source, err := fs.ReadFile(ui.Files, "visitor/embed.js")
	if err != nil {
		return err
	}
	css, err := fs.ReadFile(ui.Files, "visitor/launcher.css")
	if err != nil {
		return err
	}
	css = []byte(ui.Lean(string(css)) + colorStyle(":host", v.cfg.Clinic.Colors))
	type words struct {
		Open  string `json:"open"`
		Close string `json:"close"`
		Title string `json:"title"`
		Plain string `json:"plain"`
	}
	settings := struct {
		Origin  string           `json:"origin"`
		Neutral string           `json:"neutral"`
		CSS     string           `json:"css"`
		Sheet   string           `json:"sheet"`
		Words   map[string]words `json:"words"`
	}{v.origin, v.cfg.Clinic.NeutralPage, strings.TrimSpace(string(css)), v.origin + v.assets.Path("launcher.css"), map[string]words{}}
	for _, lang := range []string{"en", "es"} {
		t := func(key string) string { return v.cfg.Words.T(lang, key, nil) }
		settings.Words[lang] = words{Open: t("widget.open"), Close: t("widget.close"), Title: t("widget.title"), Plain: t("widget.plain")}
	}
	data, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("encoding the launcher's settings: %w", err)
	}
	plain := fmt.Appendf([]byte(strings.TrimSpace(ui.Lean(string(source)))), "(%s);\n", data)
	packed, err := ui.Pack(plain)
	if err != nil {
		return fmt.Errorf("compressing the launcher: %w", err)
	}
	sum := sha256.Sum256(plain)
	v.launcher = script{plain: plain, packed: packed, tag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	return nil
}

func (v *Visitor) serveLauncher(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", v.launcher.tag)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Access-Control-Allow-Origin", "*") // the same public script for everybody; no cookie is read
	ui.Serve(w, r, "text/javascript; charset=utf-8", v.launcher.plain, v.launcher.packed)
}

func (v *Visitor) serveAsset(w http.ResponseWriter, r *http.Request) {
	policy := "same-origin"
	if path.Base(r.URL.Path) == "launcher.css" { // asked for by the clinic's pages
		policy = "cross-origin"
	}
	w.Header().Set("Cross-Origin-Resource-Policy", policy)
	v.assets.ServeHTTP(w, r)
}

// stepField is the kind of keyboard for a step's field, "" where only its choices answer it, as in step.js.
func stepField(c *bot.Card) string {
	switch c.Step.ID {
	case bot.StepReach:
		return "tel"
	case bot.StepName, bot.StepTimes:
		return "text"
	}
	if len(c.Options) == 0 || c.Problem != "" {
		return "text"
	}
	return ""
}

// tide are the marks of a step's bar of progress, as in step.js: on where a step is behind, now for this one.
func tide(s *bot.Progress) []string {
	marks := make([]string, s.Of)
	for i := range marks {
		switch {
		case i+1 < s.N:
			marks[i] = "on"
		case i+1 == s.N:
			marks[i] = "now"
		}
	}
	return marks
}

// sentHome sends a page that was asked for on the demonstration's host to the chat's own: its socket and its forms would be refused there.
func (v *Visitor) sentHome(w http.ResponseWriter, r *http.Request) bool {
	if v.cfg.Demo == nil || r.Host != v.cfg.Demo.Host || r.Host == v.cfg.Public.Host {
		return false
	}
	http.Redirect(w, r, v.origin+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	return true
}

// framers are the origins that may show the chat in a frame.
func (v *Visitor) framers() string { return strings.Join(append([]string{"'self'"}, v.sites...), " ") }

func (v *Visitor) serveChat(w http.ResponseWriter, r *http.Request) {
	if v.sentHome(w, r) {
		return
	}
	lang := pageLang(r)
	p := v.page(lang)
	words := map[string]map[string]string{}
	topics := map[string][]Starter{}
	for _, l := range []string{"en", "es"} {
		words[l] = v.cfg.Words.Part(l, "widget.")
		if v.cfg.Questions != nil {
			topics[l] = v.cfg.Questions(l)
		}
	}
	if p.Topic = v.topic(r, lang); p.Topic != nil {
		for _, l := range []string{"en", "es"} { // the script shows it in either language
			topics[l] = append([]Starter{*v.topic(r, l)}, topics[l]...)
		}
	}
	p.Words, p.Topics, p.Sites = encode(words), encode(topics), encode(v.sites)
	p.Closed = encode(map[string]string{"en": v.closed("en"), "es": v.closed("es")})
	socket := strings.Replace(v.origin, "http", "ws", 1) // browsers of before 2022 do not count it as 'self'
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' " + socket + "; img-src 'self'; base-uri 'none'; form-action 'self'; " +
		"frame-ancestors " + v.framers() + "; require-trusted-types-for 'script'; trusted-types 'none'"
	v.write(w, r, "chat.html", lang, policy, p)
}

func (v *Visitor) serveDemo(w http.ResponseWriter, r *http.Request) {
	if r.Host != v.cfg.Demo.Host { // on the chat's own origin the frame would not be a stranger, and the demonstration would show nothing
		http.Redirect(w, r, origin(v.cfg.Demo)+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		return
	}
	lang := pageLang(r)
	p := v.page(lang)
	p.Name, p.Script, p.Chat = v.cfg.Clinic.Name, v.origin+"/embed.js", v.origin
	p.OtherOpen = v.cfg.Words.T(p.Other, "widget.open", nil)
	policy := "default-src 'none'; script-src " + v.origin + "; style-src 'self' " + v.origin + "; frame-src " + v.origin + "; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	v.write(w, r, "demo.html", lang, policy, p)
}

// closed says when the office opens next, "" while it is open or where its hours are not known.
func (v *Visitor) closed(lang string) string {
	day, at, ok := v.cfg.Road.NextOpening(bot.Lang(lang))
	if !ok {
		return ""
	}
	return v.cfg.Words.T(lang, "widget.closed", map[string]string{"day": day, "time": at})
}

func (v *Visitor) page(lang string) page {
	other := string(bot.Lang(lang).Other())
	return page{Lang: lang, Other: other, OtherName: v.cfg.Words.T(other, "widget.language", nil), OtherPlain: v.cfg.Words.T(other, "widget.plain", nil), Neutral: template.URL(v.cfg.Clinic.NeutralPage),
		Phone: v.cfg.Clinic.PhoneShown(), PhoneLink: template.URL(v.cfg.Clinic.PhoneLink())}
}

// write renders a page. It holds nothing of a visitor, so it may be compressed.
func (v *Visitor) write(w http.ResponseWriter, r *http.Request, name, lang, policy string, p any) {
	var b bytes.Buffer
	if err := v.pages[lang].ExecuteTemplate(&b, name, p); err != nil {
		v.cfg.Log.Error("a page could not be rendered", "page", name, "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	packed, err := ui.Pack(b.Bytes())
	if err != nil {
		packed = nil // it goes out as it is
	}
	v.secure(w.Header(), policy)
	ui.Serve(w, r, "text/html; charset=utf-8", b.Bytes(), packed)
}

// secure sets the headers of every page.
func (v *Visitor) secure(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.Spanish})

// pageLang is the language asked for in the address, or the one the browser prefers.
func pageLang(r *http.Request) string {
	if l := bot.Lang(r.URL.Query().Get("lang")); l.Known() {
		return string(l)
	}
	if _, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language")); i == 1 {
		return string(bot.ES)
	}
	return string(bot.EN)
}

// encode gives JSON for a data attribute; it cannot fail for what it is used for.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return string(data)
}
