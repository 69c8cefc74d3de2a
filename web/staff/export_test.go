package staff

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/emersion/go-ical"
	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"

	"example.org/intake/bot"
	"example.org/intake/bot/export"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/staff"
)

// disclosed writes a disclosure of a request into the log.
func (h *house) disclosed(id string) {
	h.t.Helper()
	one, ok := h.work.Get(id)
	if !ok {
		h.t.Fatal("no such request")
	}
	d := export.Disclosure{At: h.clock.now().Add(-time.Hour), By: h.me("dana"), Subjects: []export.Subject{{Request: id, Code: one.Reference}},
		Terms: export.Terms{Form: export.FHIR, Lang: bot.EN, Parts: []export.Part{export.Details}, Recipient: "Harbor Hospital", Purpose: export.Treatment, Basis: export.Consent,
			Date: "2026-11-20", Scope: export.General}}
	var err error
	if d.ID, err = d.Name("seed"); err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.exports.Made(context.Background(), d); err != nil {
		h.t.Fatal(err)
	}
}

// terms is a form that is filled in, with changes.
func terms(form, press string, change ...string) []string {
	return append([]string{"press", "press-" + press, "form", form, "lang", "en", "recipient", "Harbor Hospital", "purpose", "treatment", "basis", "consent", "date", "2026-11-20",
		"scope", "once"}, change...)
}

// exported posts the form of one request with every part ticked.
func (b *browser) exported(id string, fields []string, parts ...string) answer {
	b.h.t.Helper()
	r := b.h.form("/staff/requests/"+id+"/export", fields...)
	if len(parts) > 0 {
		v := "&part=" + strings.Join(parts, "&part=")
		more := b.h.form("/staff/requests/"+id+"/export", fields...)
		body := new(bytes.Buffer)
		_, _ = body.ReadFrom(more.Body)
		body.WriteString(v)
		r.Body, r.ContentLength = http.NoBody, 0
		q, err := http.NewRequest(http.MethodPost, r.URL.String(), body)
		if err != nil {
			b.h.t.Fatal(err)
		}
		q.Header = r.Header
		r = q
	}
	r.Header.Set("Origin", b.h.server.URL)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// newExports is a seeded house with canaries in one request, and a supervisor's browser.
func newExports(t *testing.T) (*house, *browser) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.account("dana", bot.EN)
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.accountAs("adm", bot.ES, staff.Administrator)
	h.seed()
	h.hand("mikes-mom", bot.EN, bot.ReasonPerson, nil, "")
	h.talk("mikes-mom", []bot.Event{{Type: bot.Started, Lang: bot.EN}, said(noon, bot.EN, "CANARY line"), {Type: bot.Handed, Reason: bot.ReasonPerson}})
	h.note("mikes-mom", "CANARY note")
	return h, h.signedIn("sup")
}

var everyPart = []string{"details", "appointment", "place", "conversation", "notes"}

// Every form leaves with the notice and the terms, to be kept and not to be shown, under a neutral name; and is in the log and in the record.
func TestWhatLeavesIsWrittenDown(t *testing.T) {
	h, sup := newExports(t)
	for form, read := range map[string]func([]byte) error{
		"print": nil,
		"csv": func(b []byte) error {
			_, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
			return err
		},
		"ics": func(b []byte) error { _, err := ical.NewDecoder(bytes.NewReader(b)).Decode(); return err },
		"fhir": func(b []byte) error {
			u, err := jsonformat.NewUnmarshaller("UTC", fhirversion.R4)
			if err != nil {
				return err
			}
			_, err = u.UnmarshalR4(b)
			return err
		},
	} {
		before := len(h.exports.List(func(export.Disclosure) bool { return true }))
		a := sup.exported("mikes-mom", terms(form, "form-"+form), everyPart...)
		if a.status != http.StatusOK || a.head.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: %d %q\n%s", form, a.status, a.head.Get("Cache-Control"), a.body)
		}
		text := strings.ReplaceAll(a.body, "\r\n ", "") // a calendar's long lines
		for _, want := range []string{"Harbor Hospital", "42 CFR", "sin autorización"} {
			if want == "sin autorización" && (form == "print" || form == "fhir") {
				want = "normas federales"
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", form, want)
			}
		}
		if has := strings.Contains(text, "CANARY line") && strings.Contains(text, "CANARY note"); has == (form == "ics") {
			t.Errorf("%s: the conversation and the notes are there: %v", form, has)
		}
		if read != nil {
			if err := read([]byte(a.body)); err != nil {
				t.Errorf("%s: %v", form, err)
			}
			name := a.head.Get("Content-Disposition")
			if !slices.Contains([]string{`attachment; filename="appointment.ics"`, `attachment; filename="record.csv"`, `attachment; filename="record.json"`}, name) {
				t.Errorf("%s is named %q", form, name)
			}
		} else if !strings.Contains(a.body, "<title>Appointment</title>") || strings.Contains(a.body, "console.") || strings.Contains(a.body, "⟦") {
			t.Errorf("the page for printing has another title")
		}
		list := h.exports.List(func(export.Disclosure) bool { return true })
		if len(list) != before+1 || string(list[0].Form) != form && before == 0 {
			t.Errorf("%s is not in the log: %d", form, len(list))
		}
		if !slices.ContainsFunc(h.acts(), func(s string) bool { return strings.HasPrefix(s, "exported mikes-mom:"+form+":") }) {
			t.Errorf("%s is not in the record", form)
		}
		// Sent again, as a browser does when a page is loaded again: the same, and once in the log.
		h.clock.add(time.Minute)
		again := sup.exported("mikes-mom", terms(form, "form-"+form), everyPart...)
		if read != nil && again.body != a.body || len(h.exports.List(func(export.Disclosure) bool { return true })) != before+1 {
			t.Errorf("%s sent again is another disclosure", form)
		}
	}
	stored := strings.ToLower(strings.Join(h.acts(), "\n") + h.logs.String())
	for _, bad := range []string{"canary", "harbor", "508", "mike’s", "carmen"} {
		if strings.Contains(stored, bad) {
			t.Errorf("the record or a log holds %q", bad)
		}
	}
	if n, err := h.audit.Verify(t.Context()); err != nil || n == 0 {
		t.Errorf("the chain: %d, %v", n, err)
	}
}

// Nothing leaves without recipient, purpose and basis; the page says what is missing and keeps what was typed.
func TestNothingLeavesUnasked(t *testing.T) {
	h, sup := newExports(t)
	stored := h.heads(journal.Disclosure, journal.Audit)
	n := 0
	for _, form := range []string{"print", "csv", "ics", "fhir"} {
		for field, want := range map[string]string{"recipient": "Write who receives it", "purpose": "Choose the purpose.", "basis": "Choose the basis", "date": "Write the day of the written consent",
			"scope": "Choose how far the consent goes", "form": "Choose what to make"} {
			a := sup.exported("mikes-mom", terms(form, "nothing", field, ""))
			n++
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) || !strings.Contains(a.body, `role="alert"`) || strings.Contains(a.body, "CANARY") {
				t.Errorf("%s without %s: %d", form, field, a.status)
			}
			if field != "recipient" && !strings.Contains(a.body, `value="Harbor Hospital"`) {
				t.Errorf("%s without %s: what was typed is lost", form, field)
			}
		}
	}
	if a := sup.exported("mikes-mom", terms("fhir", "nothing", "recipient", "Mike’s mom")); a.status != 422 || !strings.Contains(a.body, "not who it is about") {
		t.Errorf("the person's name as recipient: %d", a.status)
	}
	if a := sup.exported("walt", terms("ics", "nothing")); a.status != 422 || !strings.Contains(a.body, "There is no appointment yet") {
		t.Errorf("a calendar without an appointment: %d", a.status)
	}
	for _, press := range []string{"", "x", "../../etc", strings.Repeat("a", 65)} {
		if a := sup.exported("walt", terms("csv", "x", "press", press)); a.status != 403 {
			t.Errorf("without a page before it, %q: %d", press, a.status)
		}
	}
	if a := sup.post("/staff/export", "press", "press-list", "show", "open", "purpose", "treatment", "basis", "consent", "date", "2026-11-20", "scope", "once", "recipient", "Harbor Hospital"); a.status != 422 || !strings.Contains(a.body, "This basis is about one person") {
		t.Errorf("one consent for a list: %d", a.status)
	}
	if h.heads(journal.Disclosure, journal.Audit) != stored {
		t.Error("something was written down though nothing left")
	}
	// A disk that is full: the log or the record cannot be written, and nothing leaves.
	for _, kind := range []journal.Kind{journal.Disclosure, journal.Audit} {
		h.journal.breakKind(kind)
		for _, form := range []string{"print", "csv", "ics", "fhir"} {
			if a := sup.exported("mikes-mom", terms(form, "full-"+string(kind)), everyPart...); a.status < 500 || strings.Contains(a.body, "CANARY") || strings.Contains(a.body, "Mike") {
				t.Errorf("%s with a full disk under %s: %d", form, kind, a.status)
			}
		}
	}
	t.Logf("%d forms with something missing", n)
}

// Staff print what they have and put it into a calendar; the rest is for supervisors and administrators.
func TestWhoMayExport(t *testing.T) {
	h, sup := newExports(t)
	ana, dana, adm := h.signedIn("ana"), h.signedIn("dana"), h.signedIn("adm")
	if a := ana.get("/staff/requests/walt/export"); a.status != 200 || !strings.Contains(a.body, "Claim this request first") && !strings.Contains(a.body, `value="print"`) {
		t.Errorf("the page: %d", a.status)
	}
	if a := ana.get("/staff/requests/nurse/export"); strings.Contains(a.body, `name="form"`) || !strings.Contains(a.body, "Claim this request first") {
		t.Error("a request that Dana has tried, offered to Ana")
	}
	if a := ana.exported("left-quickly", terms("print", "unclaimed1")); a.status != 403 || !strings.Contains(a.body, "Claim this request first") || strings.Contains(a.body, "Chela") {
		t.Errorf("printing what nobody has: %d", a.status)
	}
	if a := ana.exported("creole", terms("print", "danas1")); a.status != 403 || !strings.Contains(a.body, "Dana K. has it") {
		t.Errorf("printing what Dana has: %d", a.status)
	}
	if a := dana.exported("creole", terms("print", "own-0001")); a.status != 200 || !strings.Contains(a.body, "Jean") {
		t.Errorf("printing one's own: %d", a.status)
	}
	for _, form := range []string{"csv", "fhir", "push"} {
		if a := dana.exported("creole", terms(form, "own-0002")); a.status != 403 || strings.Contains(a.body, "Jean") {
			t.Errorf("staff, %s of one's own: %d", form, a.status)
		}
	}
	if a := sup.exported("creole", terms("fhir", "sup-0001")); a.status != 200 {
		t.Errorf("a supervisor: %d", a.status)
	}
	if a := adm.exported("creole", terms("fhir", "adm-0001")); a.status != 403 || strings.Contains(a.body, "Jean") {
		t.Errorf("an administrator, without a reason, what Dana has: %d", a.status)
	}
	adm.post("/staff/requests/creole/open", "reason", "check")
	if a := adm.exported("creole", terms("fhir", "adm-0002")); a.status != 200 || !strings.Contains(a.body, "Jean") {
		t.Errorf("an administrator, with a reason: %d", a.status)
	}
	// A list leaves out what others have and the reader may not read, and says so.
	list := func(b *browser, press string) answer {
		return b.post("/staff/export", "press", press, "show", "open", "lang", "en", "purpose", "auditing", "basis", "audit", "recipient", "State Health Department")
	}
	h.must(h.work.Claim(t.Context(), "carmen", h.me("dana"), h.clock.now()))
	if a := list(sup, "list-sup1"); a.status != 200 || !strings.Contains(a.body, "Doña Carmen") || a.head.Get("Content-Disposition") != `attachment; filename="list.csv"` {
		t.Errorf("a supervisor's list: %d", a.status)
	}
	if a := list(adm, "list-adm1"); a.status != 200 || strings.Contains(a.body, "Doña Carmen") || !strings.Contains(a.body, "Nurse, ER desk") {
		t.Errorf("an administrator's list: %d", a.status)
	}
	if a := adm.get("/staff/export?show=open"); !strings.Contains(a.body, "otra persona tiene") && !strings.Contains(a.body, "otras personas tienen") {
		t.Error("the page does not say that something is left out")
	}
	if a := list(ana, "list-ana1"); a.status != 404 {
		t.Errorf("a list for staff: %d", a.status)
	}
}

// A push is offered where the clinic has a system for it; it is written down with nothing of its content, and the page says what became of it.
func TestPushFromTheConsole(t *testing.T) {
	h, sup := newExports(t)
	if a := sup.exported("mikes-mom", terms("push", "push-0001", "to", "records")); a.status != 403 {
		t.Errorf("without a system: %d", a.status)
	}
	h.console.Systems = []export.System{{Name: "records", Shown: "https://records.example"}}
	if a := sup.get("/staff/requests/mikes-mom/export"); !strings.Contains(a.body, "records (https://records.example)") {
		t.Error("the page does not offer it")
	}
	for to, want := range map[string]int{"": 422, "elsewhere": 403} {
		if a := sup.exported("mikes-mom", terms("push", "push-0002", "to", to)); a.status != want {
			t.Errorf("to %q: %d", to, a.status)
		}
	}
	a := sup.exported("mikes-mom", terms("push", "push-0003", "to", "records"), everyPart...)
	if a.status != http.StatusSeeOther || a.to != "/staff/requests/mikes-mom/accounting" {
		t.Fatalf("%d to %q", a.status, a.to)
	}
	if page := sup.get(a.to); !strings.Contains(page.body, "records: on its way") {
		t.Error("the page does not say that it is on its way")
	}
	waiting := h.exports.List(export.Disclosure.Waits)
	if len(waiting) != 1 {
		t.Fatalf("%d wait", len(waiting))
	}
	stored := ""
	for e, err := range h.journal.Read(t.Context(), journal.Stream{Kind: journal.Disclosure, ID: waiting[0].ID}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		stored += string(e.Data)
	}
	if strings.Contains(stored, "CANARY") || strings.Contains(stored, "508") || strings.Contains(stored, "Mike") {
		t.Errorf("what waits holds content: %s", stored)
	}
	f, err := h.console.Bundle(t.Context(), waiting[0])
	if err != nil || !strings.Contains(string(f.Data), "CANARY line") {
		t.Errorf("the bundle: %v", err)
	}
	h.must(h.journal.Erase(t.Context(), journal.Stream{Kind: journal.Request, ID: "mikes-mom"}))
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, err := h.console.Bundle(t.Context(), waiting[0]); err == export.ErrGone {
			break
		} else if time.Now().After(deadline) {
			t.Fatalf("after the erasure: %v", err)
		}
	}
}

// The accounting of one person says what left about that person, to whom and why; after the request is erased the code still finds it.
func TestAccounting(t *testing.T) {
	h, sup := newExports(t)
	h.disclosed("carmen")
	h.disclosed("walt")
	sup.post("/staff/export", "press", "press-list", "show", "open", "lang", "en", "purpose", "auditing", "basis", "audit", "recipient", "State Health Department")
	carmen, _ := h.work.Get("carmen")
	walt, _ := h.work.Get("walt")
	a := sup.get("/staff/requests/carmen/accounting")
	for _, want := range []string{carmen.Reference, "Harbor Hospital", "State Health Department", "Written consent of Nov 20, 2026: all treatment"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the accounting does not say %q", want)
		}
	}
	if strings.Contains(a.body, walt.Reference) || strings.Contains(a.body, "Carmen") {
		t.Error("the accounting names a person, or somebody else's code")
	}
	for _, kind := range []journal.Kind{journal.Request, journal.Conversation} {
		h.must(h.journal.Erase(t.Context(), journal.Stream{Kind: kind, ID: "carmen"}))
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		if _, there := h.work.Get("carmen"); !there {
			break
		} else if time.Now().After(deadline) {
			t.Fatal("not erased")
		}
	}
	typed := strings.ToLower(strings.ReplaceAll(carmen.Reference, "-", " "))
	for name, a := range map[string]answer{"by code": sup.post("/staff/accounting", "q", typed), "by address": sup.get("/staff/requests/carmen/accounting")} {
		if a.status != 200 || !strings.Contains(a.body, "Harbor Hospital") || !strings.Contains(a.body, carmen.Reference) {
			t.Errorf("%s, after the erasure: %d", name, a.status)
		}
	}
	if a := sup.post("/staff/accounting", "q", "<b>2345-ABCD"); a.status != 404 || !strings.Contains(a.body, "There is no disclosure under") || strings.Contains(a.body, "<b>2345") {
		t.Errorf("an unknown code: %d", a.status)
	}
	log := sup.get("/staff/disclosures?basis=audit")
	if !strings.Contains(log.body, "State Health Department") || strings.Contains(log.body, "<bdi>Harbor Hospital") {
		t.Error("the filter does not filter")
	}
	for query, want := range map[string]bool{"from=2026-11-23": true, "from=2026-11-24": false, "until=2026-11-22": false, "until=2026-11-23&form=fhir": true, "form=ics": false, "from=x&until=y": true} {
		if got := strings.Contains(sup.get("/staff/disclosures?"+query).body, "<bdi>Harbor Hospital"); got != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	if acts := h.acts(); !slices.Contains(acts, "accounted carmen") || !slices.Contains(acts, "accounted none") || !slices.Contains(acts, "disclosures") {
		t.Error("looking at the log is not in the record")
	}
}

// With script off the page shows what belongs to the chosen basis, and makes a file by the keyboard alone.
func TestExportWithoutScript(t *testing.T) {
	h := newHouseAt(t, "localhost")
	h.accountAs("sup", bot.EN, staff.Supervisor)
	h.hand("walt", bot.EN, bot.ReasonConfirmed, &bot.Fields{ForWhom: "self", Name: "Walt", Phone: "+15085550143"}, "")
	s := &sight{screen: newScreen(t), h: h, lang: bot.EN}
	s.as("sup")
	s.scriptless()
	s.visit("/staff/requests/walt/export")
	s.is("the page", `document.querySelector("form.ask")`)
	visible := func(selector string) string {
		return `document.querySelector("` + selector + `").getClientRects().length > 0`
	}
	for basis, want := range map[string][4]bool{"": {false, false, false, true}, "consent": {true, true, false, true}, "court": {true, false, false, true}, "emergency": {false, false, true, true}, "person": {false, false, false, false}} {
		s.eval(`document.querySelector("[name=basis]").value = "` + basis + `"`)
		for i, selector := range []string{"[name=date]", "[name=scope]", "[name=nature]", "[name=recipient]"} {
			if got := s.eval(visible(selector)) == "true"; got != want[i] {
				t.Errorf("basis %q: %s is shown: %v", basis, selector, got)
			}
		}
	}
	s.eval(`document.querySelector("[name=basis]").focus()`)
	for _, keys := range []string{"Inside", "\t", "Treat", "\t", "Dana, front desk", "\r"} {
		s.do("typing", chromedp.KeyEvent(keys))
	}
	s.is("the page for printing", `document.querySelector("body.sheet") && document.body.innerText.includes("Walt") && document.body.innerText.includes("Dana, front desk")`)
	if s.eval(visible("#print")) == "true" {
		t.Error("a button that does nothing without script")
	}
}
