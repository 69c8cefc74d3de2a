package converse_test

import (
	"os"
	"strings"
	"testing"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
)

// TestAQuestionInFrontHidesNoDanger takes the messages of the safety corpus that bring the card or the direct question down the whole road once more with
// an ordinary question before them, which the knowledge base surely knows.
func TestAQuestionInFrontHidesNoDanger(t *testing.T) {
	road := newRoad(t)
	alarms := func(text string, lang bot.Lang) bool {
		turn := road.Decide(bot.Conversation{}, "one", converse.Message{ID: "line-1", Text: text, Lang: lang})
		return turn.After.Emergency != "" || turn.After.Doubt != ""
	}
	for lang, question := range map[bot.Lang]string{bot.EN: "hello, do you take medicare? ", bot.ES: "hola, ¿aceptan medicare? "} {
		data, err := os.ReadFile("../safety/testdata/" + string(lang) + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		danger, found := 0, 0
		for line := range strings.Lines(string(data)) {
			kind, text, ok := strings.Cut(line, "|")
			if text = strings.TrimSpace(text); !ok || !strings.HasPrefix(kind, "crisis") && !strings.HasPrefix(kind, "ask") || !alarms(text, lang) {
				continue
			}
			if danger++; alarms(question+text, lang) {
				found++
			} else if testing.Verbose() {
				t.Logf("hidden: %q", text)
			}
		}
		t.Logf("%s: %d of %d still found", lang, found, danger)
		if danger < 150 || float64(found) < 0.95*float64(danger) {
			t.Errorf("%s: a question in front hides too much: %d of %d found", lang, found, danger)
		}
	}
}
