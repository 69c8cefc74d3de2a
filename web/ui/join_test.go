package ui

import (
	"regexp"
	"strings"
	"testing"
)

func TestJoinScripts(t *testing.T) {
	joined, err := JoinScripts("visitor", "chat.js")
	if err != nil {
		t.Fatal(err)
	}
	text := string(joined)
	if m := regexp.MustCompile(`(?m)^(import|export) .*`).FindString(text); m != "" {
		t.Errorf("left over: %s", m)
	}
	for _, name := range []string{"$dom", "$icons", "$connection", "$chat"} {
		if n := strings.Count(text, "const "+name+" = "); n != 1 {
			t.Errorf("%s stands there %d times", name, n)
		}
	}
	if strings.Index(text, "const $dom = ") > strings.Index(text, "const $cards = ") {
		t.Error("a module stands before what it needs")
	}
	if _, err := JoinScripts("visitor", "none.js"); err == nil {
		t.Error("a file that is not there was joined")
	}
}

func TestLean(t *testing.T) {
	for in, want := range map[string]string{
		"  a();\n\n  // note\n/* one\n   two */ b();\nc('// no note');\n": "a();\nb();\nc('// no note');\n",
		"/** @param {string} x */\n*, a { top: 0; } /* stays */\n":        "*, a { top: 0; } /* stays */\n",
		"x = 2\n* 3\n": "x = 2\n* 3\n",
	} {
		if got := Lean(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}
