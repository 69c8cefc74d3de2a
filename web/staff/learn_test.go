package staff

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/editorial"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
)

// asks adds conversations with questions that nothing answers, and some that were answered.
func (h *house) asks() {
	h.t.Helper()
	for i, text := range []string{"is there a vending machine", "is there a shuttle from the ferry", "is there a vending machine", "do you have lockers for a bicycle", "my name is Zoraida Quintero, 508-555-0143, are there lockers"} {
		h.talk(fmt.Sprint("gap-en-", i), []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, text), {Type: bot.Missed}})
	}
	for i, text := range []string{"¿tienen máquina de café?", "hay lockers", "¿tienen máquina de café?"} {
		h.talk(fmt.Sprint("gap-es-", i), []bot.Event{{Type: bot.Started, Lang: bot.ES}, said(noon, bot.ES, text), {Type: bot.Missed}})
	}
	h.talk("answered", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "do you take Medicare"), {Type: bot.Found, Topics: []string{"medicare-accepted"}}})
	h.settle()
}

// settle waits until the list of open questions has followed the journal.
func (h *house) settle() {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var last journal.Position
	for head, err := range h.journal.Heads(ctx, journal.Conversation) {
		h.must(err)
		last = max(last, head.Position)
	}
	h.must(h.gaps.Wait(ctx, last))
}

// From a miss to an answer and back, over the pages without a script: every act is in the record, without a word of anybody.
func TestFromMissToAnswer(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.accountAs("adm", bot.EN, staff.Administrator)
	h.asks()
	ana, sup, adm := h.signedIn("ana"), h.signedIn("sup"), h.signedIn("adm")

	list := ana.get("/staff/gaps")
	if !strings.Contains(list.body, "is there a vending machine") || !strings.Contains(list.body, "¿tienen máquina de café?") || strings.Contains(list.body, "Zoraida") || strings.Contains(list.body, "0143") {
		t.Errorf("the list of open questions:\n%s", list.body)
	}
	id := ""
	for _, g := range h.gaps.Groups(bot.ES) {
		if strings.Contains(g.Text, "café") {
			id = g.ID
		}
	}
	const slug, asked = "location-and-visit-logistics", "¿tienen máquina de café?"
	find := func() string { return h.edits.Base().Find(asked, "es").Label }
	before := find()
	refused := ana.post("/staff/gaps/"+id+"/attach", "topic", slug, "text", "¿puede venir Kevin? 508-555-0143", "do", "propose")
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, "looks like a name") || !strings.Contains(refused.body, "looks like a phone number") {
		t.Errorf("personal data: %d", refused.status)
	}
	stored := h.heads(journal.Knowledge)
	preview := ana.post("/staff/gaps/"+id+"/attach", "topic", slug, "text", asked, "do", "preview")
	if preview.status != http.StatusOK || !strings.Contains(preview.body, "After approval") || h.heads(journal.Knowledge) != stored || find() != before {
		t.Errorf("the preview changes something: %d", preview.status)
	}
	if a := ana.post("/staff/gaps/"+id+"/attach", "topic", slug, "text", asked, "do", "propose"); a.status != http.StatusSeeOther || find() != before {
		t.Errorf("proposing: %d %s", a.status, a.body)
	}
	if a := ana.post("/staff/entries/"+slug+"/approve", "edit", "e1"); a.status != http.StatusNotFound {
		t.Errorf("staff approves: %d", a.status)
	}
	if a := sup.get("/staff/approvals"); !strings.Contains(a.body, asked) {
		t.Error("the approval queue does not show it")
	}
	if a := sup.post("/staff/entries/"+slug+"/approve", "edit", "e1"); a.status != http.StatusSeeOther || find() != slug {
		t.Errorf("approving: %d, found %q", a.status, find())
	}
	if a := adm.post("/staff/entries/"+slug+"/approve", "edit", "e1"); a.status != http.StatusConflict || !strings.Contains(a.body, "decided about this already") {
		t.Errorf("approving twice: %d", a.status)
	}
	if a := ana.get("/staff/gaps"); strings.Contains(a.body, asked) || !strings.Contains(a.body, "is answered by now") {
		t.Error("the answered question is still open")
	}
	// Sign-off: a supervisor, of what was seen; an edit takes it back.
	at := func() string { return fmt.Sprint(uint64(h.edits.Topic(slug).Position)) }
	if a := adm.post("/staff/entries/"+slug+"/sign", "position", at()); a.status != http.StatusNotFound {
		t.Errorf("an administrator signs off: %d", a.status)
	}
	if a := sup.post("/staff/entries/"+slug+"/sign", "position", "1"); a.status != http.StatusConflict {
		t.Errorf("signing off what was not seen: %d", a.status)
	}
	sup.post("/staff/entries/"+slug+"/sign", "position", at())
	if !h.edits.Signed()[slug] || !strings.Contains(ana.get("/staff/entries/"+slug).body, "Signed off by") {
		t.Error("not signed off")
	}
	if a := ana.post("/staff/entries/"+slug+"/back", "edit", "e1"); a.status != http.StatusConflict || find() != slug {
		t.Errorf("staff undoes what was approved: %d", a.status)
	}
	if a := adm.post("/staff/entries/"+slug+"/back", "edit", "e1"); a.status != http.StatusSeeOther || find() != before || h.edits.Signed()[slug] {
		t.Errorf("undone: %d, found %q", a.status, find())
	}
	opened := len(h.acts())
	if a := ana.get("/staff/draft?gap=" + id); !strings.Contains(a.body, asked) || len(h.acts()) != opened+1 {
		t.Error("the question on the empty form is not recorded")
	}
	acts := strings.Join(h.acts(), "\n")
	for _, want := range []string{"gaps_listed", "gap_opened " + id, "edit_proposed " + slug, "edits_listed", "edit_approved " + slug + ":e1", "signed_off " + slug, "entry_opened " + slug, "edit_taken_back " + slug + ":e1"} {
		if !strings.Contains(acts, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
	if strings.Contains(acts, "caf") || strings.Contains(h.logs.String(), "máquina") {
		t.Error("words of a visitor are in the record or the log")
	}

	// What is erased is forgotten at once.
	for _, c := range []string{"gap-es-0", "gap-es-2"} {
		h.must(h.journal.Erase(context.Background(), journal.Stream{Kind: journal.Conversation, ID: c}))
	}
	h.settle()
	if a := ana.get("/staff/gaps"); strings.Contains(a.body, asked) {
		t.Error("an erased question is still in the list")
	}
	if a := ana.get("/staff/gaps/" + id); a.status != http.StatusNotFound {
		t.Errorf("an erased question still opens: %d", a.status)
	}
}

// A new pair of texts, one language changed alone, and what is refused.
func TestDraftsOverPages(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.ES)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.accountAs("adm", bot.EN, staff.Administrator)
	ana, sup := h.signedIn("ana"), h.signedIn("sup")
	bad := ana.post("/staff/draft", dogs("Take 20 mg!", "propose")...)
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, "Las cantidades las decide") || !strings.Contains(bad.body, "Take 20 mg!") || strings.Contains(bad.body, "⟦") {
		t.Errorf("milligrams: %d", bad.status)
	}
	good := dogs("A dog may wait with you. Keep it on a leash.", "propose")
	if a := ana.post("/staff/draft", good...); a.status != http.StatusSeeOther {
		t.Fatalf("a good pair: %d %s", a.status, a.body)
	}
	sup.post("/staff/entries/dogs/approve", "edit", "e1")
	if r := h.edits.Base().Find("can i bring my dog", "en"); r.Label != "dogs" {
		t.Errorf("%+v", r)
	}
	if a := ana.post("/staff/draft", good...); a.status != http.StatusConflict {
		t.Errorf("the same short name again: %d", a.status)
	}
	if a := ana.post("/staff/entries/dogs/edit", good...); a.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing changed: %d", a.status)
	}
	ana.post("/staff/entries/dogs/edit", dogs("A small dog may wait with you.", "propose")...)
	if a := sup.post("/staff/entries/dogs/approve", "edit", "e2"); a.status != http.StatusConflict || !strings.Contains(a.body, "would be outdated") {
		t.Errorf("one language alone: %d", a.status)
	}
	sup.post("/staff/entries/dogs/approve", "edit", "e2", "anyway", "1")
	if a := sup.get("/staff/entries?show=outdated"); !strings.Contains(a.body, "Can I bring my dog?") {
		t.Error("the outdated translation is not listed")
	}
	if acts := strings.Join(h.acts(), "\n"); !strings.Contains(acts, "overridden dogs:publish:outdated") {
		t.Error("publishing anyway is not in the record")
	}
	for _, path := range []string{"/staff/gaps", "/staff/entries", "/staff/entries/dogs", "/staff/entries/dogs/edit", "/staff/draft"} {
		if a := ana.get(path); a.status != http.StatusOK || strings.Contains(a.body, "⟦") {
			t.Errorf("%s: %d, or a word is missing", path, a.status)
		}
	}
}

// learning gives an object of the knowledge pages for a route, and the fields with which the route does something; "" for any other route.
func (h *house) learning(pattern string, n int) (object string, fields []string) {
	h.t.Helper()
	const slug = "location-and-visit-logistics"
	ways := []string{"is there a quiet corner to sit", "can one sharpen a pencil", "do they have an umbrella stand", "may a kite be left at the door"}
	switch _, path, _ := strings.Cut(pattern, " "); {
	case path == "/staff/draft":
		return "dogs", dogs("A dog may wait with you. Keep it on a leash.", "propose")
	case strings.HasPrefix(path, "/staff/gaps/"):
		return h.gaps.Groups(bot.EN)[0].ID, []string{"topic", slug, "text", ways[0], "do", "propose"}
	case !strings.HasPrefix(path, "/staff/entries/"):
		return "", nil
	case strings.HasSuffix(path, "/ways"):
		return slug, []string{"text", ways[1], "do", "propose"}
	case strings.HasSuffix(path, "/edit"):
		return slug, dogs("A small dog may wait with you.", "propose")
	case strings.HasSuffix(path, "/approve"), strings.HasSuffix(path, "/back"):
		id, err := h.edits.ProposeWay(context.Background(), slug, editorial.Editor{ID: h.me("ana")}, editorial.Way{Lang: bot.EN, Text: ways[2+n%2]})
		h.must(err)
		return slug, []string{"edit", id}
	}
	return slug, []string{"position", fmt.Sprint(uint64(h.edits.Topic(slug).Position))}
}
