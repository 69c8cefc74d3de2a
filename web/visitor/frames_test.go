package visitor

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, data string
		ok         bool
	}{
		{"hello", `{"type":"hello","token":"","after":0,"lang":"es"}`, true},
		{"hello with more than we know", `{"type":"hello","new":[1]}`, true},
		{"leave", `{"type":"leave"}`, true},
		{"say", `{"type":"say","id":"abcDEF_-12","text":"hola","lang":"es"}`, true},
		{"a choice alone", `{"type":"say","id":"abcDEF_-12","choice":"language:es"}`, true},
		{"nothing said", `{"type":"say","id":"abcDEF_-12","text":"","choice":""}`, false},
		{"no id", `{"type":"say","text":"hola"}`, false},
		{"short id", `{"type":"say","id":"abc","text":"hola"}`, false},
		{"long id", `{"type":"say","id":"` + strings.Repeat("a", 65) + `","text":"hola"}`, false},
		{"strange id", `{"type":"say","id":"abcdefgh.1","text":"hola"}`, false},
		{"long choice", `{"type":"say","id":"abcdefgh","choice":"` + strings.Repeat("a", 200) + `"}`, false},
		{"a language we do not have", `{"type":"hello","lang":"fr"}`, false},
		{"no type", `{}`, false},
		{"another type", `{"type":"ack"}`, false},
		{"a negative position", `{"type":"hello","after":-1}`, false},
		{"a fraction", `{"type":"hello","after":1.5}`, false},
		{"text that is no text", `{"type":"say","id":"abcdefgh","text":5}`, false},
		{"two frames", `{"type":"leave"}{"type":"leave"}`, false},
		{"not UTF-8", "{\"type\":\"say\",\"id\":\"abcdefgh\",\"text\":\"\xff\"}", false},
		{"no JSON", `hello`, false},
		{"nothing", ``, false},
		{"null", `null`, false},
	} {
		if _, err := parse([]byte(c.data)); (err == nil) != c.ok {
			t.Errorf("%s: got %v, want ok %v", c.name, err, c.ok)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"type":"hello","token":"x","after":12,"lang":"en"}`, `{"type":"say","id":"abcdefgh","text":"\u0000\ud800"}`, `{"type":"leave"}`,
		`{"type":"say","id":"abcdefgh","text":"a","choice":"b","lang":"es"}`, `[[[[`, `{"type":"say","TEXT":"x","id":"abcdefgh"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parse(data)
		if err != nil {
			if err.Error() != errFrame.Error() {
				t.Fatalf("the error tells more than it should: %v", err)
			}
			return
		}
		if got.Lang != "" && !got.Lang.Known() || !utf8.ValidString(got.Text+got.Token+got.Choice) {
			t.Fatalf("let through: %+v", got)
		}
		if got.Type == "say" && (!lineID(got.ID) || got.Text+got.Choice == "" || len(got.Choice) > maxChoice) {
			t.Fatalf("let through: %+v", got)
		}
		again, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		if second, err := parse(again); err != nil || second != got {
			t.Fatalf("read back as %+v, %v", second, err)
		}
	})
}
