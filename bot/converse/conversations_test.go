package converse_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/safety"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

var update = flag.Bool("update", false, "write the program's lines into bot/testdata/*.txt; read the change before you keep it")

// parts are what every road is made of; reading the entries takes a while, so it is done once.
var parts = sync.OnceValues(func() (converse.Road, error) {
	words, err := locales.Load()
	if err != nil {
		return converse.Road{}, err
	}
	profile, err := clinic.Default()
	if err != nil {
		return converse.Road{}, err
	}
	base, err := knowledge.Load(profile, nil, words)
	if err != nil {
		return converse.Road{}, err
	}
	screen, err := safety.New()
	return converse.Road{Knowledge: base, Clinic: profile, Words: words, Screen: screen}, err
})

// newRoad is a road on the built-in entries, with a clock that stands still.
func newRoad(t testing.TB) *converse.Road {
	t.Helper()
	road, err := parts()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)
	road.Now = func() time.Time { return now }
	return &road
}

// TestConversations plays the conversations of bot/testdata. In a file,
//
//	page: es            the language of the page
//	visitor: ...        what the visitor types
//	taps: ...           the id of the option the visitor taps; it must stand on the last cards
//	program: ...        what the program's line is, and its first words
//	known: ...          what the scheduling dialogue has understood, and its pending step
func TestConversations(t *testing.T) {
	road := newRoad(t)
	files, err := filepath.Glob("../testdata/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d conversations found, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := play(t, road, string(want))
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("%s goes differently now:\n%s", file, differences(string(want), got))
			}
		})
	}
}

// play runs the visitor's side of a script and writes it down again with what the program says.
func play(t *testing.T, road *converse.Road, script string) string {
	var out strings.Builder
	var c bot.Conversation
	lang, n, known := bot.EN, 0, ""
	for text := range strings.Lines(script) {
		text = strings.TrimRight(text, "\n")
		kind, rest, _ := strings.Cut(text, ": ")
		switch kind {
		case "program", "known":
			continue
		case "page":
			lang = bot.Lang(rest)
		}
		fmt.Fprintln(&out, text)
		if kind != "visitor" && kind != "taps" {
			continue
		}
		n++
		m := converse.Message{ID: fmt.Sprintf("line-%d", n), Text: rest, Lang: lang}
		if kind == "taps" {
			m.Choice, m.Text = rest, label(c, rest)
			if m.Text == "" {
				t.Errorf("line %q: no such option on the last cards", text)
			}
		}
		turn := road.Decide(c, "test", m)
		c = turn.After
		for _, e := range turn.Events {
			if e.Type == bot.Replied {
				fmt.Fprintln(&out, "program:", sketch(*e.Line))
			}
		}
		if now := understood(c); now != known {
			known = now
			fmt.Fprintln(&out, "known:", cmp.Or(now, "nothing"))
		}
	}
	return out.String()
}

// label finds an option on the cards since the visitor's last line.
func label(c bot.Conversation, id string) string {
	for i := len(c.Lines) - 1; i >= 0 && c.Lines[i].From == bot.FromProgram; i-- {
		card := c.Lines[i].Card
		for _, o := range card.Options {
			if o.ID == id {
				return o.Label
			}
		}
		for _, row := range card.Rows {
			if id == bot.ChoiceChange(row.Step) {
				return row.Change
			}
		}
		if p := card.Step; p != nil && (p.Back && id == bot.ChoiceBack || p.Skip && id == bot.ChoiceSkip) {
			return id
		}
		if card.Topic != "" && id == bot.ChoiceNotAsked(card.Topic) || id == bot.ChoiceCancel || strings.HasPrefix(id, "language:") {
			return id
		}
	}
	return ""
}

// sketch is a program's line in short: its key, what it is about, and its first words.
func sketch(l bot.Line) string {
	s := l.Key
	for _, arg := range []string{"card", "kind", "step"} {
		if v := l.Args[arg]; v != "" && !(arg == "kind" && l.Args["card"] != "") {
			s += " " + v
		}
	}
	if l.Key == bot.KeyAnswer {
		s += " " + l.Topics[0]
	}
	if l.Key == bot.KeyChoose {
		s += " " + strings.Join(l.Topics, " ")
	}
	said := strings.Join(strings.Fields(l.Text), " ")
	if r := []rune(said); len(r) > 90 {
		said = string(r[:90]) + "…"
	}
	if offer := l.Args["offer"]; offer != "" {
		said += " (offers " + offer + ")"
	}
	return s + " · " + said
}

func understood(c bot.Conversation) string {
	f := c.Intake.Fields
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	yesNo := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	add("step", string(c.Intake.Step))
	add("for_whom", f.ForWhom)
	add("name", f.Name)
	add("phone", f.Phone)
	add("email", f.Email)
	add("times", f.Times)
	add("language", f.Language)
	add("interpreter", yesNo(f.Interpreter))
	add("no_calls", yesNo(f.NoCalls))
	add("remarks", f.Remarks)
	add("voicemail", yesNo(f.Voicemail))
	add("text", yesNo(f.Text))
	add("coverage", f.Coverage)
	for _, s := range f.Skipped {
		add("skipped", string(s))
	}
	for _, r := range c.Handed {
		add("handed", string(r))
	}
	return strings.Join(parts, " ")
}

func differences(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var out strings.Builder
	for i := range max(len(w), len(g)) {
		a, b := "", ""
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			fmt.Fprintf(&out, "line %d\n- %s\n+ %s\n", i+1, a, b)
			if out.Len() > 3000 {
				break
			}
		}
	}
	return out.String()
}
