package converse_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
)

// enough is the share of fields that must be right at the end of the dialogues, and of interruptions that must be answered with the step kept.
const enough = 0.95

// TestDialogues plays bot/testdata/dialogues: the visitor's side only, and what must be known at the end. Each field of an expectation counts,
// and each field that is known and should not be. A time is right if it holds all the words that are parted by "+", or
// one of those parted by "/": what a person wrote may be kept as written or as the button that means it.
func TestDialogues(t *testing.T) {
	road := newRoad(t)
	files, err := filepath.Glob("../testdata/dialogues/*.txt")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of dialogues found, %v", len(files), err)
	}
	var all tally // a file has too few interruptions to be judged alone
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lang := bot.EN
			if strings.HasSuffix(file, ".es.txt") {
				lang = bot.ES
			}
			var sum tally
			dialogues := strings.Split(string(data), "\n## ")[1:]
			for _, d := range dialogues {
				one := playDialogue(t, road, lang, d)
				sum.right, sum.fields = sum.right+one.right, sum.fields+one.fields
				sum.kept, sum.interruptions = sum.kept+one.kept, sum.interruptions+one.interruptions
				sum.lost += one.lost
				if one.right < one.fields || one.kept < one.interruptions {
					t.Log(one.told)
				} else {
					sum.whole++
				}
			}
			share := float64(sum.right) / float64(sum.fields)
			t.Logf("%d dialogues, %d without a fault: %d of %d fields right (%.3f), %d of %d interruptions answered and the step kept, %d answers lost",
				len(dialogues), sum.whole, sum.right, sum.fields, share, sum.kept, sum.interruptions, sum.lost)
			if share < enough {
				t.Errorf("fewer than %.0f %% right", 100*enough)
			}
			all.kept, all.interruptions = all.kept+sum.kept, all.interruptions+sum.interruptions
		})
	}
	if float64(all.kept) < enough*float64(all.interruptions) {
		t.Errorf("%d of %d interruptions answered and the step kept, fewer than %.0f %%", all.kept, all.interruptions, 100*enough)
	}
}

type tally struct {
	right, fields, kept, interruptions, whole int
	lost                                      int    // answers that were given and are not known at the end
	told                                      string // how the dialogue went
}

func playDialogue(t *testing.T, road *converse.Road, lang bot.Lang, script string) tally {
	t.Helper()
	var c bot.Conversation
	var sum tally
	var told strings.Builder
	n := 0
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "> "):
			text, kept, interrupts := strings.Cut(line[2:], "  ?")
			n++
			turn := road.Decide(c, "dialogue", converse.Message{ID: fmt.Sprintf("line-%d", n), Text: strings.TrimSpace(text), Lang: lang})
			c = turn.After
			answered := slices.ContainsFunc(turn.Events, func(e bot.Event) bool {
				return e.Type == bot.Replied && (e.Line.Key == bot.KeyAnswer || e.Line.Key == bot.KeyAdvice || e.Line.Key == bot.KeyClarify || e.Line.Key == bot.KeyChoose || e.Line.Key == bot.KeyOutside || e.Line.Key == bot.KeyDecline)
			})
			if interrupts {
				sum.interruptions++
				if answered && string(c.Intake.Step) == kept {
					sum.kept++
				}
			}
			fmt.Fprintf(&told, "\n  > %s\n    %s", line[2:], understood(c))
			for _, e := range turn.Events {
				if e.Type == bot.Replied {
					fmt.Fprintf(&told, " [%s %s%s]", e.Line.Key, e.Line.Args["problem"], strings.Join(e.Line.Topics, " "))
				}
			}
		case strings.HasPrefix(line, "="):
			want := map[string]string{}
			for f := range strings.SplitSeq(line[1:], "|") {
				name, value, _ := strings.Cut(strings.TrimSpace(f), "=")
				want[name] = value
			}
			got := fieldsOf(c)
			for name, value := range got {
				if _, ok := want[name]; !ok && value != "" && name != "interpreter" && name != "step" {
					want[name] = ""
				}
			}
			for name, value := range want {
				sum.fields++
				if sameField(name, value, got[name]) {
					sum.right++
				} else {
					if got[name] == "" && name != "step" {
						sum.lost++
					}
					fmt.Fprintf(&told, "\n  wrong: %s is %q, not %q", name, got[name], value)
				}
			}
		case line != "":
			fmt.Fprintf(&told, "\n## %s", line)
		}
	}
	sum.told = told.String()
	return sum
}

func fieldsOf(c bot.Conversation) map[string]string {
	f := c.Intake.Fields
	yesNo := func(b *bool) string {
		if b == nil {
			return ""
		}
		return fmt.Sprint(*b)
	}
	var skipped []string
	for _, s := range f.Skipped {
		skipped = append(skipped, string(s))
	}
	return map[string]string{"for_whom": f.ForWhom, "name": f.Name, "phone": f.Phone, "email": f.Email, "times": f.Times, "language": f.Language,
		"interpreter": yesNo(f.Interpreter), "voicemail": yesNo(f.Voicemail), "text": yesNo(f.Text), "coverage": f.Coverage,
		"skipped": strings.Join(skipped, ","), "step": string(c.Intake.Step)}
}

func sameField(name, want, got string) bool {
	if name != "times" || want == "" {
		return slices.Contains(strings.Split(want, "/"), got)
	}
	for part := range strings.SplitSeq(want, "+") {
		if !slices.ContainsFunc(strings.Split(part, "/"), func(way string) bool { return strings.Contains(plain(got), plain(way)) }) {
			return false
		}
	}
	return true
}

// plain is a text without case and accents.
func plain(s string) string {
	out, _, _ := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(s))
	return out
}
