package notify

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// canaries are what a visitor and staff could write, each unlike anything else.
var canaries = map[string]string{"name": "Xaquira-Canaria", "phone": "+15085550143", "email": "canaria.mail@example.org", "times": "canaria-after-five", "language": "canaria-tongue",
	"note": "canaria-staff-note", "coverage": "canaria-coverage", "id": "canaria-conversation-id"}

// spellings are the ways in which a text can hide in mail, JSON, addresses and logs.
func spellings(s string) []string {
	list := []string{s, url.QueryEscape(s), hex.EncodeToString([]byte(s)), strings.Trim(s, "+1"), strings.ReplaceAll(s, "-", "=2D"), fmt.Sprintf("%q", s)}
	for pad := range 3 { // base64 at each offset, without the ends that depend on the neighbors
		e := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", pad) + s))
		list = append(list, e[4:len(e)-4])
	}
	return list
}

// leaks names the canaries that are in a text.
func leaks(text string) (found []string) {
	unfolded := strings.NewReplacer("=\r\n", "", "\r\n ", "", "=\n", "").Replace(text)
	for what, c := range canaries {
		for _, s := range spellings(c) {
			if s != "" && (strings.Contains(strings.ToLower(text), strings.ToLower(s)) || strings.Contains(strings.ToLower(unfolded), strings.ToLower(s))) {
				found = append(found, what)
				break
			}
		}
	}
	return found
}

// Canaries in everything that a visitor and staff write are in nothing that leaves the house, in no log, and in nothing that the outbox stores.
func TestCanaries(t *testing.T) {
	h := newHouse(t)
	post, hook, lost := newMailSink(h), newHookSink(h), newHookSink(h)
	s := h.mailed(post, "again = \"5m\"\nsupervisors_after = \"5m\"\ntries = 2\n")
	more := h.hooked("tries = 2\n", map[string]*hookSink{"hook": hook, "boss": lost})
	s.Destinations = append(s.Destinations, more.Destinations...)
	lost.answer(500)
	n := h.node(s)
	id := canaries["id"]
	h.hand(id, bot.ReasonConfirmed, &bot.Fields{Name: canaries["name"], Phone: canaries["phone"], Email: canaries["email"], Times: canaries["times"],
		Language: canaries["language"], Coverage: canaries["coverage"], Voicemail: new(true)})
	h.hand(id, bot.ReasonEmergency, nil)
	h.must(h.work.AddNote(h.ctx, id, "ana", canaries["note"]))
	h.read(n)
	n.deliver(h.ctx)
	h.must(n.Try(h.ctx, "desk", "press"))
	post.say["RCPT"] = "550 " + canaries["name"] // a server that says back what it should not know
	h.pass(n, time.Hour, time.Minute)

	var box strings.Builder
	for head, err := range h.journal.Heads(h.ctx, journal.Outbox) {
		h.must(err)
		for e, err := range h.journal.Read(h.ctx, head.Stream, 0) {
			h.must(err)
			fmt.Fprintf(&box, "%s %s\n", e.Stream, e.Data)
		}
	}
	for what, text := range map[string]string{"e-mail": post.raw.String(), "webhook": hook.raw.String(), "failing webhook": lost.raw.String(), "log": h.logs.String()} {
		if text == "" {
			t.Errorf("%s: nothing was sent or said: the test tests nothing", what)
		}
		if found := leaks(text); found != nil {
			t.Errorf("%s: %v\n%s", what, found, text)
		}
	}
	// The outbox knows which request it is about, by its id, to forget it with it; it knows nothing else.
	if found := leaks(strings.ReplaceAll(box.String(), id, "")); found != nil {
		t.Errorf("the outbox: %v\n%s", found, box.String())
	}
	for what, text := range map[string]string{"e-mail": post.raw.String(), "webhook": hook.raw.String()} {
		if !strings.Contains(text, code(id)) {
			t.Errorf("%s: the code is not in it", what)
		}
	}

	// Controls: the request holds them all; and an alert that says too much is found out on every way.
	r, _ := h.work.Get(id)
	if found := leaks(fmt.Sprintf("%+v", r)); len(found) != len(canaries) {
		t.Fatalf("of the canaries only %v are in the request", found)
	}
	post.say = map[string]string{}
	for what, c := range canaries {
		for _, d := range s.Destinations {
			if d.Name == "boss" { // it answers 500 to everything
				continue
			}
			before, hooked := post.raw.Len(), hook.raw.Len()
			m := message{id: "msg_x", alert: Alert{Event: New, Code: "A " + c, Lang: "es"}, console: "https://x.example/", words: h.words, lang: "es", now: h.clock.now()}
			if err := d.send(context.Background(), m); err != nil {
				t.Fatal(err)
			}
			if sent := post.raw.String()[before:] + hook.raw.String()[hooked:]; len(leaks(sent)) == 0 {
				t.Errorf("%s by %s is not found out: the check does not check\n%s", what, d.Way, sent)
			}
		}
	}
}
