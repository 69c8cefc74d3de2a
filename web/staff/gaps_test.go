package staff

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// A question that is not for this clinic is set aside: it leaves the list, stays away though it is asked again and its oldest conversation is erased,
// is found under its filter, and can be put back.
func TestSetAside(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("luz", bot.ES)
	h.asks()
	ana, luz := h.signedIn("ana"), h.signedIn("luz")
	const asked, other = "¿tienen máquina de café?", "hay lockers"
	id := ""
	for _, g := range h.gaps.Groups(bot.ES) {
		if g.Text == asked {
			id = g.ID
		}
	}
	if a := ana.get("/staff/gaps?show=aside"); !strings.Contains(a.body, "Nothing is set aside.") {
		t.Error("the empty list does not say so")
	}
	if a := luz.get("/staff/gaps/" + id); !strings.Contains(a.body, ">Apartar<") {
		t.Error("the page of a question has no button for it")
	}
	a := luz.post("/staff/gaps/" + id + "/aside")
	if a.status != http.StatusSeeOther || a.to != "/staff/gaps?done="+id {
		t.Fatalf("setting aside: %d to %q", a.status, a.to)
	}
	if done := luz.get(a.to); !strings.Contains(done.body, "Apartada:") || !strings.Contains(done.body, "/staff/gaps/"+id+"/back") {
		t.Error("it is not said, or cannot be taken back at once")
	}
	aside := func() bool {
		t.Helper()
		open, away := ana.get("/staff/gaps").body, ana.get("/staff/gaps?show=aside").body
		if strings.Contains(open, asked) == strings.Contains(away, asked) {
			t.Error("it is in both lists or in none")
		}
		if !strings.Contains(open, other) {
			t.Error("another question is gone too")
		}
		return strings.Contains(away, "Set aside by Luz M., today, 12 pm")
	}
	if !aside() {
		t.Error("not aside")
	}
	luz.post("/staff/gaps/" + id + "/aside") // sent twice
	// It is asked again, and the first who asked is forgotten.
	h.talk("gap-es-again", []bot.Event{{Type: bot.Started, Lang: bot.ES}, said(noon, bot.ES, asked), {Type: bot.Missed}})
	h.must(h.journal.Erase(context.Background(), journal.Stream{Kind: journal.Conversation, ID: "gap-es-0"}))
	h.settle()
	if !aside() {
		t.Error("it is back in the list by itself")
	}
	g, ok := gapWith(h, asked)
	if !ok || g == id {
		t.Fatalf("the group still has the id of an erased question: %v", ok)
	}
	if a := ana.post("/staff/gaps/" + g + "/back"); a.status != http.StatusSeeOther || !strings.Contains(ana.get(a.to).body, "Back in the list:") {
		t.Errorf("putting back: %d", a.status)
	}
	if aside() {
		t.Error("still aside")
	}
	acts := strings.Join(h.acts(), "\n")
	for _, want := range []string{"gap_set_aside " + id, "gap_taken_up " + g} {
		if !strings.Contains(acts, want) {
			t.Errorf("%q is not in the record", want)
		}
	}
	// Neither the events nor the record hold a word of a visitor.
	stored := ""
	for e, err := range h.journal.Read(context.Background(), journal.Stream{Kind: journal.Knowledge, ID: "open_questions"}, 0) {
		h.must(err)
		stored += string(e.Data)
	}
	if !strings.Contains(stored, id) || strings.Contains(stored, "caf") || strings.Contains(acts, "caf") || strings.Contains(h.logs.String(), "café") {
		t.Errorf("what is stored: %s", stored)
	}
}

func gapWith(h *house, text string) (id string, ok bool) {
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		for _, g := range h.gaps.Groups(lang) {
			if g.Text == text {
				return g.ID, true
			}
		}
	}
	return "", false
}

// The entry behind an answer is one tap away, under the name that it has now; an entry that is gone is told by its short name.
func TestAnswerLeadsToItsEntry(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	ana := h.signedIn("ana")
	name := h.edits.Base().Question("help-for-loved-one", "en")
	page := ana.get("/staff/requests/carmen").body
	if !strings.Contains(page, `<a href="/staff/entries/help-for-loved-one"><span class="vh">Entry: </span>`+name+`</a>`) {
		t.Error("no link to the entry")
	}
	if a := ana.get("/staff/entries/help-for-loved-one"); a.status != http.StatusOK || !strings.Contains(a.body, name) {
		t.Errorf("the link leads nowhere: %d", a.status)
	}
	// In a live chat it opens beside the chat, so that nothing half written is lost.
	h.hand("live-one", bot.EN, bot.ReasonPerson, nil, "")
	h.talk("live-one", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "who can help my son"),
		replied(noon, bot.EN, "answer", "You can.", &bot.Card{Kind: bot.CardAnswer, Topic: "help-for-loved-one"}), {Type: bot.Handed, Reason: bot.ReasonPerson},
		{Type: bot.Taken, Live: &bot.Live{By: h.me("ana"), Name: "Ana R."}}})
	h.talks("live-one", "ana")
	for _, path := range []string{"/staff/live/live-one", "/staff/live/live-one/lines"} {
		if page := ana.get(path).body; !strings.Contains(page, `<a href="/staff/entries/help-for-loved-one" target="_blank" rel="noopener">`) {
			t.Errorf("%s: the link leads away from the chat, or is not there", path)
		}
	}
	h.hand("old", bot.EN, bot.ReasonPerson, nil, "")
	h.talk("old", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "is there a bus"), replied(noon, bot.EN, "answer", "There was one.", &bot.Card{Kind: bot.CardAnswer, Topic: "bus-long-gone"})})
	if page := ana.get("/staff/requests/old").body; !strings.Contains(page, "<code>bus-long-gone</code>") || strings.Contains(page, "/staff/entries/bus-long-gone") {
		t.Error("an entry that is gone is a link, or not named")
	}
}
