package visitor

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

func (s *site) askCode(code, lang string) *httptest.ResponseRecorder {
	s.t.Helper()
	mux := http.NewServeMux()
	s.Register(mux)
	r := httptest.NewRequest(http.MethodPost, s.origin+"/status?lang="+lang, strings.NewReader(url.Values{"code": {code}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func TestStatusPage(t *testing.T) {
	s := open(t, nil)
	list, err := request.Open(t.Context(), s.journal)
	if err != nil {
		t.Fatal(err)
	}
	s.cfg.Road.Requests, s.cfg.Road.Codes = list, request.NewGuesses(5, time.Hour)
	fields := bot.Fields{Name: "Walburga", Phone: "+15085550143"}
	code, err := request.HandOver(t.Context(), s.journal, "conversation-1", request.Event{Cause: "line-1", Reason: bot.ReasonConfirmed, Reference: request.Code("conversation-1", 0), Fields: &fields})
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if _, ok := list.ByCode(code); ok {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	for lang, words := range map[string][]string{"en": {"has received this request", "tried to reach you"}, "es": {"recibió esta solicitud", "trató de comunicarse"}} {
		for _, written := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", " "), " " + strings.ReplaceAll(code, "-", "") + " "} {
			w := s.askCode(written, lang)
			if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, words[0]) || !strings.Contains(body, `<html lang="`+lang+`"`) {
				t.Errorf("%q in %s: %d", written, lang, w.Code)
			} else if strings.Contains(body, "Walburga") || strings.Contains(body, "0143") || strings.Contains(body, code) {
				t.Error("the page tells more than the status")
			}
		}
	}
	r, _ := list.Get("conversation-1")
	if err := list.SetStatus(t.Context(), r.ID, r.Position, request.Contacted, "staff-1"); err != nil {
		t.Fatal(err)
	}
	if w := s.askCode(code, "en"); !strings.Contains(w.Body.String(), "tried to reach you") {
		t.Error("the page does not follow the status")
	}
	for i, guess := range []string{"7K3H-9WP2", "AAAA-2222", "nonsense", "", "BBBB-2222", "CCCC-3333", "DDDD-4444"} {
		w := s.askCode(guess, "en")
		if body := w.Body.String(); !strings.Contains(body, "find a request") && i < 5 {
			t.Errorf("guess %d: not unknown", i)
		}
	}
	if w := s.askCode(code, "en"); !strings.Contains(w.Body.String(), "Too many codes") || w.Header().Get("Retry-After") == "" {
		t.Error("guessing is not limited")
	}
	if strings.Contains(s.logged.String(), code) {
		t.Error("a code stands in a log")
	}
}

func TestStatusPageIsPlain(t *testing.T) {
	s := open(t, nil)
	for lang, title := range map[string]string{"en": "Where is my request?", "es": "¿Cómo va mi solicitud?"} {
		w := get(t, s.Visitor, s.origin+"/status?lang="+lang)
		body := w.Body.String()
		if w.Code != http.StatusOK || !strings.Contains(body, title) || strings.Contains(body, "⟦") || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("%s: %d", lang, w.Code)
		}
		if strings.Contains(body, "<script") || strings.Contains(body, "style=") || regexp.MustCompile(`(src|href)="https?://[^"]*\.(css|js|png|woff)`).MatchString(body) {
			t.Errorf("%s: something is loaded or inline", lang)
		}
		if i, j := strings.Index(body, `id="leave"`), strings.Index(body, "<input"); i < 0 || i > j {
			t.Errorf("%s: leaving is not the first thing to reach", lang)
		}
		if p := w.Header().Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'; style-src 'self'") || strings.Contains(p, "unsafe") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("policy %q", p)
		}
	}
	if w := get(t, s.Visitor, s.origin+"/status?code=7K3H-9WP2"); strings.Contains(w.Body.String(), "find a request") {
		t.Error("a code in an address is read")
	}
}
