package clinic

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.org/intake/locales"
)

func full(t testing.TB) *Profile {
	t.Helper()
	p, err := Load("testdata/full")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at reads a moment on the clinic's clock.
func at(t *testing.T, p *Profile, clock string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", clock, p.Location())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDefaultKnowsOnlyWhatIsPublic(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if p.Name == "" || p.Location().String() != "America/New_York" || !p.Accepts("medicare") || p.NeutralPage == "" {
		t.Errorf("what is known is missing: %+v", p)
	}
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	if got := p.PhoneShown() + p.PhoneLink() + p.Address + p.Website + p.NeutralCaller("en") + p.Hours(Office, words, "en") + p.Hours(Dosing, words, "es") + p.Notice(time.Now(), "en"); got != "" {
		t.Errorf("the default profile claims %q", got)
	}
	if p.Accepts("masshealth") {
		t.Error("the default profile claims MassHealth")
	}
	if _, known := p.Open(Office, time.Now()); known {
		t.Error("the default profile claims to know the office hours")
	}
	if next, ok := p.NextOpening(Dosing, time.Now()); ok {
		t.Errorf("the default profile claims an opening at %v", next)
	}
}

func TestFullProfile(t *testing.T) {
	p := full(t)
	for _, c := range []struct{ got, want string }{
		{p.Name, "Bayberry Treatment Center"},
		{p.Phone, "+15085550143"},
		{p.PhoneShown(), "(508) 555-0143"},
		{p.PhoneLink(), "tel:+15085550143"},
		{p.NeutralCaller("es"), "la oficina de salud"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if !p.Accepts("masshealth") || p.Accepts("va") {
		t.Error("Accepts is wrong")
	}
	one, err := Parse([]byte(minimal+`neutral_caller = "Sam's office"`), "x")
	if err != nil || one.NeutralCaller("es") != "Sam's office" {
		t.Errorf("one neutral caller for all languages: %v", err)
	}
}

const minimal = "name = \"A\"\ntime_zone = \"America/New_York\"\nneutral_page = \"https://example.org/\"\n"

func TestProblemsAreNamed(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{minimal + "fone = \"1\"\n", `p:4: fone: is not a key`},
		{minimal + "[office]\nmon = [\"8-16:30\"]\n", `p:5: office.mon: "8-16:30" are no hours; write them as "8:00-16:30"`},
		{minimal + "[office]\nmon = [\"18:00-8:00\"]\n", `p:5: office.mon: "18:00-8:00": use hours`},
		{minimal + "[dosing]\nmonday = [\"8:00-9:00\"]\n", `p:5: dosing.monday: is not a day`},
		{minimal + "[dosing]\nmon = [\"8:00-12:00\", \"11:00-13:00\"]\n", `p:5: dosing.mon: two of the hours overlap`},
		{minimal + "[dosing]\nmon = [\"8:00-24:30\"]\n", `p:5: dosing.mon: "8:00-24:30": use hours`},
		{minimal + "phone = \"555-01\"\n", `p:4: phone: "555-01" is not a phone number`},
		{minimal + "coverage = [\"medcare\"]\n", `p:4: coverage: "medcare" is not known; choose from medicare,`},
		{minimal + "website = \"http://example.org\"\n", `p:4: website: "http://example.org" is not a web address`},
		{minimal + "neutral_caller = 3\n", `p:4: neutral_caller: write a name`},
		{minimal + "neutral_caller = { fr = \"x\" }\n", `p:4: neutral_caller: write names as`},
		{minimal + "address = \"a\\nb\"\n", `p:4: address: holds line breaks`},
		{strings.Replace(minimal, "America/New_York", "Cape/Cod", 1), `p:2: time_zone: "Cape/Cod" is no time zone`},
		{strings.Replace(minimal, "\"A\"", "\"\"", 1), `p:1: name: is missing`},
		{"name = \"A\"\ntime_zone = \"UTC\"\n", `p: neutral_page: is missing`},
		{minimal + "[[exception]]\ndate = 2026-12-25\ntext.en = \"x\"\ntext.es = \"x\"\n\n[[exception]]\ndate = \"Dec 25\"\ntext.en = \"x\"\ntext.es = \"x\"\n", `p:10: exception 2: date: is no date; write it as 2026-12-25`},
		{minimal + "[[exception]]\ndate = 2026-12-25T08:00:00Z\ntext.en = \"x\"\ntext.es = \"x\"\n", `p:5: exception 1: date: is no date`},
		{minimal + "[[exception]]\ntext.en = \"x\"\ntext.es = \"x\"\n", `p:4: exception 1: date: write either date, or from and to`},
		{minimal + "[[exception]]\nfrom = 2026-12-25\nto = 2026-12-24\ntext.en = \"x\"\ntext.es = \"x\"\n", `p:6: exception 1: to: is before from`},
		{minimal + "[[exception]]\ndate = 2026-12-25\ntext.en = \"x\"\n", `p:4: exception 1: text.es: is missing`},
		{minimal + "[[exception]]\ndate = 2026-12-25\noffice = \"shut\"\ntext.en = \"x\"\ntext.es = \"x\"\n", `p:6: exception 1: office: write "closed" or hours`},
		{minimal + "name = \"twice\"\n", `p:4: `},
		{minimal + "phone = 5085550143\n", `p:4: phone: incompatible types`},
	} {
		_, err := Parse([]byte(c.text), "p")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngave the error %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestLoadSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), "copy the default profile") {
		t.Errorf("no profile: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, File), []byte("\ufeff"+strings.ReplaceAll(minimal, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(dir); err != nil {
		t.Errorf("a file with a byte order mark and Windows line ends: %v", err)
	}
}

func TestHoursInWords(t *testing.T) {
	words, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := full(t)
	night, err := Parse([]byte(minimal+"[office]\nmon = [\"0:00-24:00\"]\ntue = [\"0:00-24:00\"]\nsat = [\"12:00-24:00\"]\n[dosing]\nmon = [\"5:00-6:00\"]\ntue = [\"5:00-6:00\"]\nwed = [\"5:00-6:00\"]\nthu = [\"5:00-6:00\"]\nfri = [\"5:00-6:00\"]\nsat = [\"5:00-6:00\"]\nsun = [\"5:00-6:00\"]\n"), "p")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		p          *Profile
		kind       Kind
		lang, want string
	}{
		{p, Office, "en", "Monday to Friday 8 am to 4:30 pm"},
		{p, Office, "es", "de lunes a viernes de 8 a. m. a 4:30 p. m."},
		{p, Dosing, "en", "Monday, Wednesday and Friday 5:30 am to noon and 1 pm to 2 pm; Tuesday and Thursday 5:30 am to noon; Saturday and Sunday 6 am to 10 am"},
		{p, Dosing, "es", "lunes, miércoles y viernes de 5:30 a. m. a 12 del mediodía y de 1 p. m. a 2 p. m.; martes y jueves de 5:30 a. m. a 12 del mediodía; sábado y domingo de 6 a. m. a 10 a. m."},
		{night, Office, "en", "Monday and Tuesday day and night; Saturday noon to midnight"},
		{night, Dosing, "es", "todos los días de 5 a. m. a 6 a. m."},
	} {
		if got := c.p.Hours(c.kind, words, c.lang); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestOpenAndNextOpening(t *testing.T) {
	p := full(t)
	for _, c := range []struct {
		kind Kind
		now  string
		open bool
		next string
	}{
		{Office, "2026-11-23 07:59", false, "2026-11-23 08:00"},
		{Office, "2026-11-23 08:00", true, "2026-11-24 08:00"},
		{Office, "2026-11-23 16:29", true, "2026-11-24 08:00"},
		{Office, "2026-11-23 16:30", false, "2026-11-24 08:00"},
		{Office, "2026-11-27 17:00", false, "2026-11-30 08:00"}, // Friday to Monday
		{Dosing, "2026-11-23 12:30", false, "2026-11-23 13:00"},
		{Office, "2026-12-24 09:00", false, "2026-12-28 08:00"}, // the exception covers Thursday to Saturday
		{Dosing, "2026-12-24 12:00", false, "2026-12-25 06:00"},
		{Dosing, "2026-12-25 09:30", false, "2026-12-26 06:00"},
		{Dosing, "2026-12-25 05:45", false, "2026-12-25 06:00"},
	} {
		now := at(t, p, c.now).UTC()
		if open, known := p.Open(c.kind, now); open != c.open || !known {
			t.Errorf("%s at %s: open %v, known %v", c.kind, c.now, open, known)
		}
		next, ok := p.NextOpening(c.kind, now)
		if got := next.Format("2006-01-02 15:04"); !ok || got != c.next {
			t.Errorf("%s at %s: next opening %s, %v, want %s", c.kind, c.now, got, ok, c.next)
		}
	}
}

// On 8 March 2026 clocks go from 2:00 to 3:00, on 1 November 2026 from 2:00 back to 1:00.
func TestDaysWhenClocksChange(t *testing.T) {
	hours := func(spans string) *Profile {
		p, err := Parse([]byte(minimal+"[dosing]\nsun = ["+spans+"]\n"), "p")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct{ spans, now, want string }{
		{`"5:30-10:00"`, "2026-03-07T12:00:00-05:00", "2026-03-08T05:30:00-04:00"},
		{`"5:30-10:00"`, "2026-10-31T12:00:00-04:00", "2026-11-01T05:30:00-05:00"},
		{`"2:30-10:00"`, "2026-03-07T12:00:00-05:00", "2026-03-08T03:00:00-04:00"}, // 2:30 never comes
		{`"2:00-3:00"`, "2026-03-07T12:00:00-05:00", "2026-03-15T02:00:00-04:00"},  // nor does anything of this span
		{`"1:30-10:00"`, "2026-10-31T12:00:00-04:00", "2026-11-01T01:30:00-04:00"}, // 1:30 comes twice: the first
		{`"1:30-10:00"`, "2026-11-01T01:45:00-04:00", "2026-11-08T01:30:00-05:00"},
		{`"0:00-24:00"`, "2026-10-31T23:30:00-04:00", "2026-11-01T00:00:00-04:00"},
	} {
		p := hours(c.spans)
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		next, ok := p.NextOpening(Dosing, now)
		if got := next.Format(time.RFC3339); !ok || got != c.want {
			t.Errorf("%s after %s: %s, %v, want %s", c.spans, c.now, got, ok, c.want)
			continue
		}
		if open, _ := p.Open(Dosing, next); !open {
			t.Errorf("%s: not open at its own opening %s", c.spans, c.want)
		}
	}
	p := hours(`"5:30-10:00"`)
	for _, c := range []struct {
		at   string
		open bool
	}{
		{"2026-03-08T09:29:00Z", false}, {"2026-03-08T09:30:00Z", true}, {"2026-03-08T13:59:00Z", true}, {"2026-03-08T14:00:00Z", false},
		{"2026-11-01T10:29:00Z", false}, {"2026-11-01T10:30:00Z", true}, {"2026-11-01T14:59:00Z", true}, {"2026-11-01T15:00:00Z", false},
	} {
		now, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if open, _ := p.Open(Dosing, now); open != c.open {
			t.Errorf("at %s open is %v", c.at, open)
		}
	}
}

func TestNotice(t *testing.T) {
	p := full(t)
	both := "The office is closed from December 24 to 26. On December 25 doses are given from 6 am to 9 am."
	for _, c := range []struct{ now, lang, want string }{
		{"2026-12-16 23:59", "en", ""},
		{"2026-12-17 00:00", "en", "The office is closed from December 24 to 26."},
		{"2026-12-17 00:00", "es", "La oficina está cerrada del 24 al 26 de diciembre."},
		{"2026-12-18 12:00", "en", both},
		{"2026-12-25 23:59", "en", both},
		{"2026-12-26 23:59", "en", "The office is closed from December 24 to 26."},
		{"2026-12-27 00:00", "en", ""},
	} {
		if got := p.Notice(at(t, p, c.now), c.lang); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.now, c.lang, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("testdata/full/clinic.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add(string(defaultProfile))
	f.Add(minimal + "[[exception]]\nfrom = 0001-01-01\nto = 9999-12-31\noffice = [\"0:00-24:00\"]\ntext.en = \"x\"\ntext.es = \"x\"\n[office]\nmon = []\n")
	words, err := locales.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse([]byte(text), "p")
		if err != nil {
			return
		}
		now := time.Date(2026, time.November, 1, 5, 30, 0, 0, time.UTC)
		for _, kind := range []Kind{Office, Dosing} {
			if hours := p.Hours(kind, words, "es"); strings.Contains(hours, "⟦") {
				t.Errorf("hours lack words: %q", hours)
			}
			if next, ok := p.NextOpening(kind, now); ok {
				if open, known := p.Open(kind, next); !open || !known || !next.After(now) {
					t.Errorf("next opening %v is not open", next)
				}
			}
		}
		p.Notice(now, "en")
		if (p.PhoneShown() == "") != (p.Phone == "") {
			t.Errorf("phone %q is shown as %q", p.Phone, p.PhoneShown())
		}
	})
}

func TestDue(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	const head = "name = \"x\"\nneutral_page = \"https://example.org/\"\ntime_zone = \"America/New_York\"\n"
	const office = "[office]\nmon = [\"8:00-12:00\", \"13:00-16:00\"]\ntue = [\"8:00-16:00\"]\nfri = [\"8:00-16:00\"]\n[[exception]]\ndate = 2026-11-24\noffice = \"closed\"\ntext.en = \"x\"\ntext.es = \"x\"\n"
	const promise = "[call_back]\nwithin = \"4h\"\nurgent = \"30m\"\n"
	for _, tc := range []struct {
		profile, asked string
		urgent         bool
		due            string
	}{
		{head + promise, "2026-11-23 22:00", false, "2026-11-24 02:00"},
		{head + promise, "2026-11-23 22:00", true, "2026-11-23 22:30"},
		{head + promise + office, "2026-11-23 09:00", false, "2026-11-23 14:00"},
		{head + promise + office, "2026-11-23 11:50", true, "2026-11-23 13:20"},
		{head + promise + office, "2026-11-23 15:00", false, "2026-11-27 11:00"}, // over a closed Tuesday
		{head + promise + office, "2026-11-28 03:00", true, "2026-11-30 08:30"},
		{head + "[call_back]\nwithin = \"2h\"\n", "2026-11-23 09:00", true, "2026-11-23 11:00"},
		{head, "2026-11-23 09:00", true, ""},
	} {
		p, err := Parse([]byte(tc.profile), "clinic.toml")
		if err != nil {
			t.Fatal(err)
		}
		due, ok := p.Due(at(tc.asked), tc.urgent)
		if got := due.In(zone).Format("2006-01-02 15:04"); ok != (tc.due != "") || ok && got != tc.due {
			t.Errorf("asked %s, urgent %v: due %s, %v; want %s", tc.asked, tc.urgent, got, ok, tc.due)
		}
	}
	if _, err := Parse([]byte(head+"[call_back]\nwithin = \"soon\"\n"), "clinic.toml"); err == nil || !strings.Contains(err.Error(), `clinic.toml:5: call_back.within: "soon" is no time`) {
		t.Errorf("a promise that is none: %v", err)
	}
}
