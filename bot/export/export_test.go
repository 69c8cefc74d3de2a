package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/google/fhir/go/fhirversion"
	"github.com/google/fhir/go/jsonformat"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

var noon = time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)

func newMaker(t testing.TB) Maker {
	t.Helper()
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	place, err := clinic.Default()
	if err != nil {
		t.Fatal(err)
	}
	return Maker{Words: words, Clinic: place, Name: func(string) string { return "Ana R." }}
}

// asked is a request as the dialogue leaves one.
func asked(change func(*Record)) Record {
	r := Record{Request: request.Request{ID: "r1", Reference: "7K3H-9WP2", Lang: bot.ES, Reasons: []bot.Reason{bot.ReasonConfirmed}, Status: request.Scheduled, Opened: noon,
		Fields: bot.Fields{ForWhom: "self", Name: "Doña Carmen", Phone: "+15085550143", Email: "c@example.org", Times: "después de las 5, nunca a la casa", Language: "es",
			Interpreter: new(false), Voicemail: new(false), Text: new(true), Coverage: "both"},
		Notes: []request.Note{{By: "ana", Text: "Called; no answer.\nTry later, \"maybe\".", At: noon}}}}
	r.Outcome, r.Appointment = request.IntakeBooked, &request.Appointment{At: noon.Add(48 * time.Hour), Place: "Room 2; left, then right\\up"}
	r.Talk = []bot.Line{{From: bot.FromVisitor, Lang: bot.ES, Text: "mi hijo usa pastillas", At: noon}, {From: bot.FromProgram, Lang: bot.ES, Text: "Gracias por escribir.", At: noon}}
	if change != nil {
		change(&r)
	}
	return r
}

func made(form Form, lang bot.Lang) Disclosure {
	return Disclosure{ID: "made-" + string(form) + "-" + string(lang), At: noon, By: "ana", Subjects: []Subject{{"r1", "7K3H-9WP2"}},
		Terms: Terms{Form: form, Lang: lang, Parts: form.Parts(false), Recipient: "Harbor Hospital", Purpose: Treatment, Basis: Consent, Date: "2026-11-20", Scope: Once}}
}

// rows reads a table with the standard library's reader.
func rows(t testing.TB, data []byte) [][]string {
	t.Helper()
	text, marked := bytes.CutPrefix(data, []byte("\ufeff"))
	if !marked {
		t.Fatal("no mark in front")
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("not a table: %v\n%s", err, data)
	}
	return all
}

// odd are texts that a spreadsheet, a table or a terminal takes for more than text.
func odd() []string {
	return []string{"=1+1", "+15085550143", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "'", "'=1", "''", `"`, `""`, `a"b,c` + "\r\nd", "a\nb", "a,b;c", "\u202ereversed\u202c", "＝1", "－1", "＋1", "＠x",
		"\x00=1", "\ufeff=1", "\u00a0=cmd|' /C calc'!A0", "ñ á", "🙂", "\xff\xfe", "", " ", "=HYPERLINK(\"javascript:alert(1)\")", "\u2028=1", "a\u2067b"}
}

func sameCell(t testing.TB, m Maker, name string) {
	t.Helper()
	d := made(CSV, bot.EN)
	all := rows(t, m.CSV(d, []Record{asked(func(r *Record) { r.Fields.Name = name }), asked(nil)}).Data)
	fields := m.Fields(d.Terms, asked(nil))
	at := slices.IndexFunc(fields, func(f Field) bool { return f.Key == "name" })
	if len(all) != 3 || len(all[0]) != len(fields)+5 {
		t.Fatalf("%q: %d lines, %d columns", name, len(all), len(all[0]))
	}
	cell := all[1][at]
	if Undefuse(cell) != clean(name) {
		t.Errorf("%q came back as %q", name, Undefuse(cell))
	}
	for _, line := range all {
		for _, cell := range line {
			if begins := strings.TrimLeft(cell, " \u00a0\u200b\ufeff\u202e\u2067"); begins != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(begins)[0]) {
				t.Errorf("%q: a cell begins as a formula: %q", name, cell)
			}
		}
		if line[len(line)-1] == "" {
			t.Errorf("%q: a line without the notice", name)
		}
	}
}

func TestTableRoundTrips(t *testing.T) {
	m := newMaker(t)
	for _, s := range odd() {
		sameCell(t, m, s)
	}
	f := m.CSV(made(CSV, bot.ES), []Record{asked(nil)})
	all := rows(t, f.Data)
	if !strings.HasSuffix(string(f.Data), "\r\n") || f.Name != "registro.csv" {
		t.Errorf("name %q, end %q", f.Name, f.Data[len(f.Data)-3:])
	}
	text := strings.Join(all[1], "|")
	for _, want := range []string{"7K3H-9WP2", "Doña Carmen", "(508) 555-0143", "Room 2", "mi hijo usa pastillas", "Try later, \"maybe\".", "Harbor Hospital", "Tratamiento", "Consentimiento escrito del 20 nov. 2026: solo este destinatario",
		m.Notice(bot.EN, false), m.Notice(bot.ES, false)} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the table: %s", want, text)
		}
	}
	few := made(CSV, bot.EN)
	few.Parts = nil
	if text := string(m.CSV(few, []Record{asked(nil)}).Data); strings.Contains(text, "pastillas") || strings.Contains(text, "Room 2") || strings.Contains(text, "Try later") || strings.Contains(text, "Medicare") {
		t.Error("what was not asked for is in the table")
	}
}

func FuzzTable(f *testing.F) {
	for _, s := range odd() {
		f.Add(s)
	}
	m := newMaker(f)
	f.Fuzz(func(t *testing.T, s string) {
		sameCell(t, m, s)
		if Undefuse(Defuse(s)) != s {
			t.Errorf("%q is not undone", s)
		}
	})
}

// event reads a calendar with an independent library.
func event(t testing.TB, data []byte) ical.Event {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	cal, err := ical.NewDecoder(bytes.NewReader(data)).Decode()
	if err != nil {
		t.Fatalf("not a calendar: %v\n%s", err, data)
	}
	// Encoding again validates: what each component must hold, and how often.
	if err := ical.NewEncoder(new(bytes.Buffer)).Encode(cal); err != nil {
		t.Fatalf("not a valid calendar: %v", err)
	}
	if events := cal.Events(); len(events) == 1 {
		return events[0]
	}
	t.Fatal("not one event")
	return ical.Event{}
}

func TestCalendar(t *testing.T) {
	m := newMaker(t)
	for lang, title := range map[bot.Lang]string{bot.EN: "Appointment", bot.ES: "Cita"} {
		f, err := m.ICS(made(ICS, lang), asked(nil))
		if err != nil {
			t.Fatal(err)
		}
		e := event(t, f.Data)
		get := func(name string) string {
			s, err := e.Props.Text(name)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			return s
		}
		if at, err := e.DateTimeStart(time.UTC); err != nil || !at.Equal(noon.Add(48*time.Hour)) {
			t.Errorf("start %v, %v", at, err)
		}
		if get("SUMMARY") != title || get("LOCATION") != "Room 2; left, then right\\up" || f.Name != strings.ToLower(title)+".ics" {
			t.Errorf("title %q, place %q, name %q", get("SUMMARY"), get("LOCATION"), f.Name)
		}
		for _, want := range []string{"7K3H-9WP2", "Harbor Hospital", m.Notice(bot.EN, false), m.Notice(bot.ES, false)} {
			if !strings.Contains(get("DESCRIPTION"), want) {
				t.Errorf("%q is not in the description %q", want, get("DESCRIPTION"))
			}
		}
		// In the file as in what it says, nothing tells who it is or what kind of place.
		low := strings.ToLower(strings.ReplaceAll(string(f.Data), "\r\n ", "")) + strings.ToLower(f.Name)
		for _, bad := range []string{"carmen", "508", "example.org", "clinic", "clínica", "methadone", "metadona", "opioid", "substance", "sustancia", "recovery", "intake", "addict", "harbor office", "tratamiento de", strings.ToLower(m.Clinic.Name)} {
			if strings.Contains(low, bad) {
				t.Errorf("the calendar says %q", bad)
			}
		}
		again, err := m.ICS(func() Disclosure { d := made(ICS, lang); d.ID = "other"; d.Parts = nil; return d }(), asked(nil))
		if err != nil || event(t, again.Data).Props.Get("UID").Value != e.Props.Get("UID").Value || strings.Contains(string(again.Data), "LOCATION") {
			t.Errorf("made again it is another event, or has a place that was not asked for: %v", err)
		}
	}
	if _, err := m.ICS(made(ICS, bot.EN), asked(func(r *Record) { r.Appointment = nil })); err != ErrNoAppointment {
		t.Errorf("without an appointment: %v", err)
	}
	for _, s := range odd() {
		f, err := m.ICS(made(ICS, bot.EN), asked(func(r *Record) { r.Appointment.Place = s + " " + strings.Repeat("ñ🙂", 40) }))
		if err != nil {
			t.Fatal(err)
		}
		e := event(t, f.Data)
		if place, err := e.Props.Text("LOCATION"); err != nil || place != strings.ReplaceAll(clean(s), "\t", " ")+" "+strings.Repeat("ñ🙂", 40) {
			t.Errorf("the place %q came back as %q: %v", s, place, err)
		}
	}
}

// resources reads a bundle with the R4 implementation of another house, which validates it, and gives its resources by type.
func resources(t testing.TB, data []byte) map[string][]map[string]any {
	t.Helper()
	u, err := jsonformat.NewUnmarshaller("UTC", fhirversion.R4)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.UnmarshalR4(data); err != nil {
		t.Fatalf("not valid: %v\n%s", err, data)
	}
	var b struct {
		Type  string
		Meta  struct{ Security []map[string]any }
		Entry []struct {
			FullURL  string
			Resource map[string]any
		}
	}
	if err := json.Unmarshal(data, &b); err != nil || b.Type != "collection" {
		t.Fatalf("%q: %v", b.Type, err)
	}
	labels := func(list any) string { text, _ := json.Marshal(list); return string(text) }
	by := map[string][]map[string]any{}
	full := map[string]bool{}
	for _, e := range b.Entry {
		full[e.FullURL] = true
		kind, _ := e.Resource["resourceType"].(string)
		by[kind] = append(by[kind], e.Resource)
		meta, _ := e.Resource["meta"].(map[string]any)
		for _, code := range []string{`"R"`, `"42CFRPart2"`, `"SUD"`, `"ETH"`, `"NORDSCLCD"`} {
			if !strings.Contains(labels(meta["security"]), code) || !strings.Contains(labels(b.Meta.Security), code) {
				t.Errorf("%s is not labelled %s", kind, code)
			}
		}
	}
	for ref := range strings.SplitSeq(string(data), `"reference":"`) {
		if id, _, ok := strings.Cut(ref, `"`); ok && strings.HasPrefix(id, "urn:") && !full[id] {
			t.Errorf("%s leads nowhere", id)
		}
	}
	return by
}

func TestBundle(t *testing.T) {
	m := newMaker(t)
	nothing := func(r *Record) {
		*r = Record{Request: request.Request{ID: "r2", Reference: "2ABC-DEF3", Lang: bot.EN, Reasons: []bot.Reason{bot.ReasonPerson}, Status: request.New, Opened: noon}}
	}
	cases := map[string]func(*Record){"all": nil, "nothing": nothing,
		"loved one": func(r *Record) { r.Fields.ForWhom = "loved_one" },
		"provider":  func(r *Record) { r.Fields = bot.Fields{ForWhom: "provider"} },
		"declined": func(r *Record) {
			r.Fields = bot.Fields{ForWhom: "self", Skipped: []bot.StepID{bot.StepName, bot.StepTimes}}
		},
		"left":        func(r *Record) { r.LeftQuickly = true },
		"withdrawn":   func(r *Record) { r.Withdrawn = true },
		"no calls":    func(r *Record) { r.Fields.NoCalls = new(true) },
		"not at all":  func(r *Record) { r.Fields.NoCalls, r.Fields.Text = new(true), new(false) },
		"interpreter": func(r *Record) { r.Fields.Language, r.Fields.Interpreter = "ht", new(true) },
		"empty lines": func(r *Record) { r.Talk = append(r.Talk, bot.Line{From: bot.FromVisitor, Text: " \n"}) },
	}
	for _, s := range odd() {
		cases["odd "+s] = func(r *Record) {
			r.Fields.Name, r.Fields.Times, r.Fields.Email, r.Talk[0].Text, r.Notes[0].Text = s, s, s, s+"x", s+"x"
		}
	}
	for name, change := range cases {
		for _, lang := range []bot.Lang{bot.EN, bot.ES} {
			d := made(FHIR, lang)
			f, err := m.FHIR(d, asked(change))
			if err != nil {
				t.Fatal(err)
			}
			by := resources(t, f.Data)
			for _, kind := range []string{"Patient", "Appointment", "QuestionnaireResponse", "Communication", "Provenance"} {
				if len(by[kind]) == 0 {
					t.Errorf("%s: no %s", name, kind)
				}
			}
			want := "proposed"
			if name == "withdrawn" {
				want = "cancelled"
			}
			if got := by["Appointment"][0]["status"]; got != want {
				t.Errorf("%s: the appointment is %v", name, got)
			}
			text := string(f.Data)
			for _, must := range []string{"Harbor Hospital", "42 CFR 2.12(c)(5)", "normas federales de confidencialidad"} {
				if !strings.Contains(text, must) {
					t.Errorf("%s: %q is not in the bundle", name, must)
				}
			}
			person, _ := json.Marshal(by["Patient"][0])
			switch has := func(s string) bool { return strings.Contains(string(person), s) }; name {
			case "all":
				if !has(`"telecom"`) || !has("Doña Carmen") {
					t.Errorf("%s", person)
				}
			case "no calls":
				if !has(`"system":"sms"`) || has(`"system":"phone"`) || !strings.Contains(text, m.say(lang, "export.contact.no_calls")) {
					t.Errorf("a machine may call who wants no calls: %s", person)
				}
			case "not at all":
				if has("508") || !has("c@example.org") {
					t.Errorf("a number is given where nobody may call or text: %s", person)
				}
			case "left", "withdrawn":
				if has(`"telecom"`) || has("508") {
					t.Errorf("%s: a machine may call: %s", name, person)
				}
			case "loved one":
				if !has(`"contact":[{"name":{"text":"Doña Carmen"`) || !has(`"valueCode":"unknown"`) {
					t.Errorf("whoever asks is taken for the patient: %s", person)
				}
			case "declined":
				if !has("asked-declined") {
					t.Errorf("%s", person)
				}
			}
			again, err := m.FHIR(d, asked(change))
			if err != nil || !bytes.Equal(again.Data, f.Data) {
				t.Errorf("%s: made again it is another bundle: %v", name, err)
			}
		}
	}
	few := made(FHIR, bot.EN)
	few.Parts = nil
	if f, err := m.FHIR(few, asked(nil)); err != nil || strings.Contains(string(f.Data), "pastillas") || strings.Contains(string(f.Data), "Try later") || strings.Contains(string(f.Data), "requestedPeriod") || strings.Contains(string(f.Data), "Medicare") {
		t.Errorf("what was not asked for is in the bundle: %v", err)
	}
}

// Control: the implementation that the bundle is held against does refuse what is no R4.
func TestTheOtherHouseValidates(t *testing.T) {
	m := newMaker(t)
	f, err := m.FHIR(made(FHIR, bot.EN), asked(nil))
	if err != nil {
		t.Fatal(err)
	}
	u, err := jsonformat.NewUnmarshaller("UTC", fhirversion.R4)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{`"status":"proposed"`, `"status":"maybe"`}, {`"status":"proposed",`, ``}, {`"subject":`, `"subjekt":`}, {`"authored":"2026`, `"authored":"20x6`}} {
		broken := bytes.Replace(f.Data, []byte(c[0]), []byte(c[1]), 1)
		if bytes.Equal(broken, f.Data) {
			t.Errorf("%q is not in the bundle", c[0])
		}
		if _, err := u.UnmarshalR4(broken); err == nil {
			t.Errorf("with %q it passes", c[1])
		}
	}
}

func TestTermsAreAskedFor(t *testing.T) {
	about := []request.Request{{Fields: bot.Fields{Name: "Carmen Ortiz", Phone: "+15085550143"}}, {Fields: bot.Fields{Name: "Kim"}}}
	good := made(FHIR, bot.EN).Terms
	for _, c := range []struct {
		name   string
		list   bool
		change func(*Terms)
		want   []Problem
	}{
		{"good", false, func(*Terms) {}, nil},
		{"empty", false, func(t *Terms) { *t = Terms{} }, []Problem{{"form", "form"}, {"recipient", "recipient"}, {"purpose", "purpose"}, {"basis", "basis"}}},
		{"no recipient", false, func(t *Terms) { t.Recipient = " \u200b\n" }, []Problem{{"recipient", "recipient"}}},
		{"long recipient", false, func(t *Terms) { t.Recipient = strings.Repeat("x", 121) }, []Problem{{"recipient", "recipient_long"}}},
		{"phone", false, func(t *Terms) { t.Recipient = "Hospital 508 555 0143" }, []Problem{{"recipient", "recipient_contact"}}},
		{"email", false, func(t *Terms) { t.Recipient = "x@example.org" }, []Problem{{"recipient", "recipient_contact"}}},
		{"the person", false, func(t *Terms) { t.Recipient = "carmen  ortiz" }, []Problem{{"recipient", "recipient_person"}}},
		{"for the person", false, func(t *Terms) { t.Recipient = "Mother of Carmen Ortiz" }, []Problem{{"recipient", "recipient_person"}}},
		{"one word of a name", false, func(t *Terms) { t.Recipient = "Kim’s Pharmacy 24" }, nil},
		{"given to the person", false, func(t *Terms) { t.Basis, t.Purpose, t.Recipient = Person, Asked, "Carmen Ortiz" }, nil},
		{"no purpose", false, func(t *Terms) { t.Purpose = "" }, []Problem{{"purpose", "purpose"}}},
		{"own purpose", false, func(t *Terms) { t.Purpose = "because" }, []Problem{{"purpose", "purpose"}}},
		{"no basis", false, func(t *Terms) { t.Basis = "" }, []Problem{{"basis", "basis"}}},
		{"does not go together", false, func(t *Terms) { t.Purpose = Auditing }, []Problem{{"purpose", "purpose_basis"}}},
		{"no date", false, func(t *Terms) { t.Date = "" }, []Problem{{"date", "consent_date"}}},
		{"tomorrow", false, func(t *Terms) { t.Date = "2026-11-24" }, []Problem{{"date", "date_future"}}},
		{"today", false, func(t *Terms) { t.Date = "2026-11-23" }, nil},
		{"no scope", false, func(t *Terms) { t.Scope = "all" }, []Problem{{"scope", "scope"}}},
		{"court", false, func(t *Terms) { t.Basis, t.Purpose, t.Date = Court, Legal, "x" }, []Problem{{"date", "court_date"}}},
		{"emergency", false, func(t *Terms) { t.Basis, t.Purpose = Emergency, Urgent }, []Problem{{"nature", "nature"}}},
		{"consent of many", true, func(t *Terms) { t.Form = CSV }, []Problem{{"basis", "basis_list"}}},
		{"many bundles", true, func(t *Terms) { t.Basis, t.Purpose = Audit, Auditing }, []Problem{{"form", "form"}}},
		{"audit of many", true, func(t *Terms) { t.Form, t.Basis, t.Purpose = CSV, Audit, Auditing }, nil},
	} {
		terms := good
		c.change(&terms)
		if got := terms.Check(noon, about, c.list); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.name == "given to the person" && terms.Recipient != "" {
			t.Error("the person's name is kept")
		}
		if len(c.want) == 0 && terms.Basis != Consent && (terms.Date != "" || terms.Scope != "") {
			t.Errorf("%s: what does not belong to the basis is kept", c.name)
		}
	}
	m := newMaker(t)
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		var keys []string
		for _, f := range Forms() {
			keys = append(keys, "form."+string(f), "page.form."+string(f))
			for _, p := range f.Parts(false) {
				keys = append(keys, "part."+string(p), "page.part."+string(p))
			}
		}
		for _, b := range Bases(false) {
			keys = append(keys, "basis."+string(b))
			for _, p := range b.Purposes() {
				keys = append(keys, "purpose."+string(p))
			}
		}
		for _, s := range Scopes() {
			keys = append(keys, "scope."+string(s))
		}
		for _, n := range Natures() {
			keys = append(keys, "nature."+string(n))
		}
		for _, k := range keys {
			if !m.Words.Has(string(lang), "export."+k) {
				t.Errorf("%s has no words in %s", k, lang)
			}
		}
	}
}

func TestLogOutlivesTheRequest(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	j, err := boltjournal.Open(dir, boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	two, cancel := context.WithCancel(ctx)
	l, err := Open(two, j)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(two, j) // another node
	if err != nil {
		t.Fatal(err)
	}
	if _, err := request.HandOver(ctx, j, "r1", request.Event{Cause: "x", Reason: bot.ReasonPerson, Reference: "7K3H-9WP2", Lang: bot.EN}); err != nil {
		t.Fatal(err)
	}
	d := made(FHIR, bot.EN)
	if _, err := l.Made(ctx, d); err != nil {
		t.Fatal(err)
	}
	later := d
	later.At = d.At.Add(time.Minute)
	if got, err := other.Made(ctx, later); err != nil || !got.At.Equal(d.At) {
		t.Errorf("sent again: %v, %v", got.At, err)
	}
	later.At = d.At.Add(time.Hour)
	if _, err := other.Made(ctx, later); err != ErrUsed {
		t.Errorf("an hour later: %v", err)
	}
	changed := d
	changed.Recipient = "Somebody else"
	if _, err := l.Made(ctx, changed); err != ErrUsed {
		t.Errorf("with another recipient: %v", err)
	}
	if err := j.Erase(ctx, journal.Stream{Kind: journal.Request, ID: "r1"}); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if j, err = boltjournal.Open(dir, boltjournal.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	if l, err = Open(ctx, j); err != nil {
		t.Fatal(err)
	}
	list := l.List(func(d Disclosure) bool { return d.About(nil, []string{"7K3H-9WP2"}) })
	if len(list) != 1 || list[0].Recipient != "Harbor Hospital" || list[0].Basis != Consent || l.Damaged() != 0 {
		t.Errorf("after the erasure the log holds %+v", list)
	}
	if got := l.List(func(d Disclosure) bool { return d.About([]string{"r2"}, nil) }); len(got) != 0 {
		t.Errorf("about somebody else: %v", got)
	}
	stored, _ := json.Marshal(list)
	for _, bad := range []string{"Carmen", "508", "example.org", "pastillas"} {
		if strings.Contains(string(stored), bad) {
			t.Errorf("the log holds %q", bad)
		}
	}
}
