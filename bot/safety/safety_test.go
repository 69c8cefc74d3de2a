package safety

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

func newScreen(t testing.TB) *Screen {
	t.Helper()
	s, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// line is one line of the corpus: what is expected, and the message.
type line struct {
	level Level
	of    string // the kind of danger or of advice
	text  string
}

func readCorpus(t testing.TB, lang string) []line {
	t.Helper()
	f, err := os.Open("testdata/" + lang + ".txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []line
	for in := bufio.NewScanner(f); in.Scan(); {
		text := strings.TrimSpace(in.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		label, message, ok := strings.Cut(text, " | ")
		if !ok {
			t.Fatalf("%s: no \" | \" in %q", lang, text)
		}
		level, of, _ := strings.Cut(label, " ")
		if level == "none" {
			level = ""
		}
		out = append(out, line{Level(level), of, message})
	}
	return out
}

// alarm reports whether a level interrupts the conversation: the card, or the direct question with the numbers in sight.
func alarm(l Level) bool { return l == LevelCrisis || l == LevelAsk }

// TestCorpus measures recall and false alarms. A false alarm is a card or a question for a message that is not a danger; in the corpus, some
// advice lines stand close to danger.
func TestCorpus(t *testing.T) {
	s := newScreen(t)
	for _, lang := range languages() {
		t.Run(lang, func(t *testing.T) {
			var danger, found, kind, sure, wantSure, advice, redirected, rightAdvice, calm, falseCard, falseAlarm, falseAdvice int
			for _, l := range readCorpus(t, lang) {
				r := s.Check(l.text)
				ok := true
				switch {
				case alarm(l.level):
					danger++
					if ok = alarm(r.Level); ok {
						found++
						if string(r.Kind) == l.of {
							kind++
						} else {
							t.Logf("kind   %s instead of %s: %q (%s)", r.Kind, l.of, l.text, r.Rule)
						}
						if l.level == LevelCrisis {
							wantSure++
							if r.Level == LevelCrisis {
								sure++
							} else {
								t.Logf("unsure %q (%s)", l.text, r.Rule)
							}
						}
					}
				case l.level == LevelAdvice:
					advice++
					calm++
					if alarm(r.Level) {
						falseAlarm++
						ok = false
					} else if ok = r.Level == LevelAdvice; ok {
						redirected++
						if string(r.Advice) == l.of {
							rightAdvice++
						} else {
							t.Logf("advice %s instead of %s: %q (%s)", r.Advice, l.of, l.text, r.Rule)
						}
					}
				default:
					calm++
					if ok = r.Level == LevelNone; !ok {
						if alarm(r.Level) {
							falseAlarm++
							if r.Level == LevelCrisis {
								falseCard++
							}
						} else {
							falseAdvice++
						}
					}
				}
				if !ok {
					t.Logf("WRONG  %q: want %q %s, got %q %s%s (%s)", l.text, l.level, l.of, r.Level, r.Kind, r.Advice, r.Rule)
				}
			}
			share := func(n, of int) float64 { return float64(n) / float64(of) }
			t.Logf("%s: danger recall %d/%d = %.3f, right kind %d, crisis sure %d/%d; advice recall %d/%d, right kind %d; false alarms %d/%d = %.3f, advice for nothing %d",
				lang, found, danger, share(found, danger), kind, sure, wantSure, redirected, advice, rightAdvice, falseAlarm, calm, share(falseAlarm, calm), falseAdvice)
			if share(found, danger) < 0.97 {
				t.Error("recall of danger is below 0.97")
			}
			// The corpus is full of traps. A card for nothing must stay rare; a question for nothing is the price of the model's recall.
			if share(falseCard, calm) > 0.02 {
				t.Errorf("%d of %d harmless lines brought a card", falseCard, calm)
			}
			if share(falseAlarm, calm) > 0.06 {
				t.Errorf("%d of %d harmless lines brought a card or the direct question", falseAlarm, calm)
			}
			if share(redirected, advice) < 0.95 {
				t.Error("recall of advice is below 0.95")
			}
			if share(falseAdvice, calm-advice) > 0.05 {
				t.Error("more than 5 % of ordinary questions were taken for medical advice")
			}
			if share(kind, found) < 0.95 {
				t.Error("the kind of danger is wrong too often")
			}
		})
	}
}
