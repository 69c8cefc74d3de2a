package notify

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"example.org/intake/locales"
)

// message is an alert on its way.
type message struct {
	id      string
	alert   Alert
	console string
	words   *locales.Words
	lang    string // the receiver's
	now     time.Time
}

// key is the end of the keys of an event's texts.
func (a Alert) key() string {
	key := strings.TrimPrefix(string(a.Event), "request.")
	if a.Event == New && a.Urgent {
		return "new_urgent"
	}
	return key
}

// text is the alert as e-mail.
func (m message) text() (subject, body string) {
	t := func(key string) string { return m.words.T(m.lang, key, nil) }
	lines := []string{t("alerts.mail." + m.alert.key()), ""}
	if m.alert.Event != Test {
		urgency := "usual"
		if m.alert.Urgent {
			urgency = "urgent"
		}
		lines = append(lines, t("alerts.mail.urgency")+" "+t("alerts.urgency."+urgency),
			t("alerts.mail.language")+" "+LanguageName(m.words, m.lang, m.alert.Lang),
			t("alerts.mail.code")+" "+m.alert.Code, "")
	}
	lines = append(lines, t("alerts.mail.link"), m.console, "", t("alerts.mail.why"), "")
	return t("alerts.subject." + m.alert.key()), strings.Join(lines, "\r\n")
}

// LanguageName names the language of an alert in another language.
func LanguageName(w *locales.Words, in, tag string) string {
	if w.Has(in, "language."+tag) {
		return w.T(in, "language."+tag, nil)
	}
	return w.T(in, "alerts.language.other", nil)
}

// payload is the alert as a webhook's body. Its type and data are laid out as Standard Webhooks proposes.
func (m message) payload() ([]byte, error) {
	type data struct {
		Code     string `json:"code,omitempty"`
		Urgency  string `json:"urgency,omitempty"`
		Language string `json:"language,omitempty"`
		Link     string `json:"link"`
	}
	d := data{Code: m.alert.Code, Language: m.alert.Lang, Link: m.console}
	if m.alert.Event != Test {
		d.Urgency = "usual"
		if m.alert.Urgent {
			d.Urgency = "urgent"
		}
	}
	b, err := json.Marshal(struct {
		Type Event `json:"type"`
		Data data  `json:"data"`
	}{m.alert.Event, d})
	if err != nil {
		return nil, fmt.Errorf("writing an alert: %w", err)
	}
	return b, nil
}
