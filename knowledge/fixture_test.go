package knowledge

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.org/intake/knowledge/clinic"
)

// fixture is a small knowledge base whose files a person can read: testdata/small.
func fixture(t testing.TB) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	for _, folder := range []string{"entries", "acts", "outside"} {
		found, err := os.ReadDir("testdata/small/" + folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			data, err := os.ReadFile("testdata/small/" + folder + "/" + f.Name())
			if err != nil {
				t.Fatal(err)
			}
			files[folder+"/"+f.Name()] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

func profile(t testing.TB, more string) *clinic.Profile {
	t.Helper()
	p, err := clinic.Parse([]byte("name = \"Bayberry Center\"\ntime_zone = \"America/New_York\"\nneutral_page = \"https://example.org/\"\n"+more), "p")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFixtureIsSound(t *testing.T) {
	r, err := check(fixture(t), profile(t, ""), nil, realWords(t), today)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		t.Error(p)
	}
	if r.Entries != 4 || r.NotSignedOff != 2 || r.Parity() != 1 || len(r.Topics) != 2 {
		t.Errorf("counts: %+v", r)
	}
	if s := r.String(); !strings.Contains(s, "visit-hours    8 ways, signed off  8 ways, signed off") || !strings.Contains(s, "2 topics, 4 entries, 64 ways of asking, 2 entries not signed off, 100% of topics complete in en and es, 0 problems") {
		t.Errorf("report:\n%s", s)
	}
}

// Each case spoils one thing in the sound fixture.
func TestCheckNamesProblems(t *testing.T) {
	const file = "entries/visit-hours.en.md"
	for _, c := range []struct{ name, file, old, new, want string }{
		{"long title", file, "When we are open", strings.Repeat("open ", 13), file + ":4: title has 64 characters; at most 60"},
		{"long question", file, "When are you open?", "When are you open, and when are you closed, and why?", file + ":12: question has 52 characters"},
		{"empty title", file, "When we are open", "", file + ":4: title is empty"},
		{"source address", file, "https://www.samhsa.gov/", "http://www.samhsa.gov/", file + ":6: source_url is no https address"},
		{"source address missing", file, "https://www.samhsa.gov/", "", file + ":6: source_url is no https address"},
		{"checked tomorrow", file, "checked_on = 2026-11-20", "checked_on = 2026-11-24", file + ":7: checked_on lies in the future"},
		{"expired", file, "expires_on = 2026-12-31", "expires_on = 2026-11-22", file + ":8: expired on 2026-11-22"},
		{"expires before checked", file, "expires_on = 2026-12-31", "expires_on = 2026-11-19", file + ":8: expires_on is not after checked_on"},
		{"related unknown", file, `related = ["pay-with-card"]`, `related = ["pay-by-card"]`, file + `:10: related names "pay-by-card", which is no topic`},
		{"related to itself", file, `related = ["pay-with-card"]`, `related = ["visit-hours"]`, file + ":10: related names \"visit-hours\" twice or names the topic itself"},
		{"offer unknown", file, `offer = "schedule"`, `offer = "book"`, file + `:11: offer is "book"`},
		{"too many words", file, "We are here.", strings.Repeat("We are here. ", 27), file + ":14: has more than 80 words"},
		{"too hard", file, "We are here.", "Administrative authorization necessitates comprehensive documentation.", file + ":14: reads at grade"},
		{"too hard in Spanish", "entries/visit-hours.es.md", "Aquí estamos.", "La administración institucional necesita documentación complementaria especializada, autorizaciones extraordinarias y verificaciones administrativas internacionales.", "entries/visit-hours.es.md:15: has a reading ease of"},
		{"unknown placeholder", file, "We are here.", "We are at {{.Adress}}.", file + ":14: the placeholders cannot be filled in"},
		{"placeholder only in one branch", file, "We are here.", "{{if .Phone}}{{.Fone}}{{end}}We are here.", file},
		{"person-first words", file, "We are here.", "We help addicts.", `"addicts." is not for answers; better: person with an opioid use disorder`},
		{"person-first words in Spanish", "entries/visit-hours.es.md", "Aquí estamos.", "Ayudamos al adicto.", `"adicto." is not for answers; better: persona con un trastorno`},
		{"an amount", file, "We are here.", "Take 30 mg.", "no amounts of medicine"},
		{"an exclamation", file, "We are here.", "We are here!", file + ":14: \"!\" is not for answers"},
		{"other related in the pair", "entries/visit-hours.es.md", `offer = "schedule"`, `offer = "person"`, `entries/visit-hours.es.md:11: differs from entries/visit-hours.en.md:11: "schedule" there, "person" here`},
		{"other placeholders in the pair", "entries/visit-hours.es.md", "Aquí estamos.", "Aquí estamos: {{.Address}}.", `entries/visit-hours.es.md:15: differs from entries/visit-hours.en.md:14`},
		{"English edited after the Spanish was read", file, "We are here.", "We are still here.", "entries/visit-hours.es.md:13: is not read against entries/visit-hours.en.md as it is now"},
		{"too few ways", "entries/visit-hours.en.txt", "sunday hours", "# sunday hours", "entries/visit-hours.en.txt: has 7 ways of asking; write at least 8"},
		{"nearly the same", "entries/visit-hours.en.txt", "sunday hours", "What time do you close today?", "entries/visit-hours.en.txt:9: is nearly the same as entries/visit-hours.en.txt:4"},
		{"in two topics", "entries/visit-hours.en.txt", "sunday hours", "CAN I PAY WITH A CARD", "entries/visit-hours.en.txt:9: is also a way of asking for something else, at entries/pay-with-card.en.txt:2"},
		{"in a topic and an act", "acts/hello.en.txt", "hey there", "sunday hours!", "acts/hello.en.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := fixture(t)
			was := string(files[c.file].Data)
			if !strings.Contains(was, c.old) {
				t.Fatalf("%s does not hold %q", c.file, c.old)
			}
			files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(was, c.old, c.new, 1))}
			r, err := check(files, profile(t, ""), nil, realWords(t), today)
			if err != nil {
				t.Fatal(err)
			}
			if all := strings.Join(r.Problems, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("no %q in:\n%s", c.want, all)
			}
		})
	}
	for _, c := range []struct{ missing, want string }{
		{"entries/visit-hours.es.md", "visit-hours.es.md: is missing"},
		{"entries/visit-hours.es.txt", "entries/visit-hours.es.txt: has 0 ways"},
		{"acts/hello.es.txt", "acts/hello.es.txt: has 0 ways"},
		{"outside/weather.en.txt", "outside/weather.en.txt: has 0 ways"},
	} {
		files := fixture(t)
		delete(files, c.missing)
		r, err := check(files, profile(t, ""), nil, realWords(t), today)
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(r.Problems, "\n"); !strings.Contains(all, c.want) {
			t.Errorf("without %s no %q in:\n%s", c.missing, c.want, all)
		}
	}
}

func TestLoadRefusesWhatItCannotRead(t *testing.T) {
	for _, c := range []struct{ file, text, want string }{
		{"entries/new.en.md", "slug", "entries/new.en.md:1: begin with a line +++"},
		{"entries/new.en.md", "+++\nslug = \"new\"\n", "entries/new.en.md:1: end the header"},
		{"entries/new.en.md", "+++\nslug = \"new\nlang = \"en\"\n+++\nText.", "entries/new.en.md:2: "},
		{"entries/new.en.md", "+++\nslug = \"new\"\ncolour = \"red\"\n+++\nText.", "entries/new.en.md:3: colour is not a key"},
		{"entries/new.en.md", "+++\nslug = \"new\"\n+++\nText.", "entries/new.en.md:1: the header lacks lang"},
		{"entries/new.notes", "", "entries/new.notes: only <name>.<language>.txt or .md belongs here"},
		{"acts/new.en.md", "", "acts/new.en.md: only <name>.<language>.txt belongs here"},
		{"entries/new.txt", "hello", "entries/new.txt: name the file"},
		{"entries/new.en.txt", "\xff", "entries/new.en.txt: is not UTF-8"},
		{"entries/new.en.txt", "fine\n" + strings.Repeat("x", 601), "entries/new.en.txt:2: the line is longer than 600"},
	} {
		files := fixture(t)
		files[c.file] = &fstest.MapFile{Data: []byte(c.text)}
		_, err := load(files, profile(t, ""), nil, realWords(t))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.file, err, c.want)
		}
	}
	sound := string(fixture(t)["entries/visit-hours.en.md"].Data)
	for _, c := range []struct{ old, new, want string }{
		{`slug = "visit-hours"`, `slug = "visit"`, "entries/visit-hours.en.md:2: slug and lang do not match"},
		{"We are here.", "We are here {{if .Phone}}.", "entries/visit-hours.en.md:14: the answer's placeholders cannot be read"},
		{"We are here.", "{{.Fax}}", "entries/visit-hours.en.md: "},
		{"## More\n", "## More\n{{", "entries/visit-hours.en.md:16: the placeholders below ## More"},
		{"checked_on = 2026-11-20", `checked_on = "yesterday"`, "entries/visit-hours.en.md:7: "},
	} {
		files := fixture(t)
		files["entries/visit-hours.en.md"] = &fstest.MapFile{Data: []byte(strings.Replace(sound, c.old, c.new, 1))}
		_, err := load(files, profile(t, ""), nil, realWords(t))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s -> %s: error %v, want %q", c.old, c.new, err, c.want)
		}
	}
}

func TestOverlay(t *testing.T) {
	base := fixture(t)
	own := strings.NewReplacer("We are here.", "Come any time.").Replace(string(base["entries/visit-hours.en.md"].Data))
	overlay := fstest.MapFS{
		"visit-hours.en.md": {Data: []byte(strings.ReplaceAll(own, "\n", "\r\n"))},
		"parking.en.md":     {Data: []byte(strings.NewReplacer(`"visit-hours"`, `"parking"`, "When are you open?", "Where do I park?").Replace(own))},
		"parking.en.txt":    {Data: []byte("where do i park\nis there parking\nparking lot\n")},
		".hidden":           {Data: []byte("x")},
	}
	b, err := load(base, profile(t, ""), overlay, realWords(t))
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := b.Entry("visit-hours", "en", today); !ok || !strings.Contains(e.Text, "Come any time.") {
		t.Errorf("the clinic's own text is not used: %+v", e)
	}
	if got := slices.Sorted(maps.Keys(b.face.Load().entries["en"])); !slices.Contains(got, "parking") || !slices.Contains(b.Slugs(), "parking") {
		t.Errorf("the clinic's own topic is missing: %v", got)
	}
	if r := b.Find("is there parking", "en"); r.Decision != Answer || r.Label != "parking" {
		t.Errorf("the clinic's own topic is not found: %+v", r)
	}
	overlay["parking.en.md"] = &fstest.MapFile{Data: []byte("oops")}
	if _, err := load(base, profile(t, ""), overlay, realWords(t)); err == nil || !strings.Contains(err.Error(), "the clinic's entries/parking.en.md:1") {
		t.Errorf("a broken file of the clinic: %v", err)
	}
}
