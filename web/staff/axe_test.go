package staff

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
)

// axe-core's rules on every page of the console, in both languages, wide and narrow, light and dark.
func TestAccessibility(t *testing.T) {
	path := os.Getenv("INTAKE_AXE")
	if path == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("set INTAKE_AXE to the axe.min.js of the npm package axe-core: .ci/run does")
		}
		t.Skip("set INTAKE_AXE to the axe.min.js of the npm package axe-core to check every page for accessibility")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		t.Run(string(lang), func(t *testing.T) {
			s := look(t, lang)
			pages := 0
			for n, v := range views(t, lang) {
				v.open(s)
				// Every page at the desk's width; and in turn narrow, or dark.
				for _, width := range [][]int64{{1440, 390}, {1440}}[n%2] {
					s.size(width)
					s.dark(n%2 == 1)
					pages++
					s.check(string(axe), v.name)
				}
				s.dark(false)
			}
			t.Logf("%d pages checked", pages)
		})
	}
	// Control: a page with a fault is found out.
	s := look(t, bot.EN)
	s.as("me-en")
	s.visit("/staff/")
	s.eval(`document.getElementById("q").labels.forEach(l => l.remove()); document.getElementById("q").removeAttribute("placeholder")`)
	if found := s.violations(string(axe)); len(found) == 0 {
		t.Error("a field without a label is not found: the check does not check")
	}
}

// violation is one rule that a page breaks.
type violation struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (s *sight) violations(axe string) []violation {
	s.t.Helper()
	limited, cancel := context.WithTimeout(s.ctx, time.Minute)
	defer cancel()
	if _, err := chromedp.Run(limited, chromedp.Evaluate[any](`typeof axe === "undefined" && (() => { `+axe+`; })(); 1`)); err != nil {
		s.t.Fatal(err)
	}
	s.eval(`window.axed = ""; axe.run(document, { resultTypes: ["violations"] }).then(r => { window.axed = JSON.stringify(r.violations.map(v => ({ id: v.id, help: v.help, nodes: v.nodes.map(n => ({ html: n.html.slice(0, 300), failureSummary: n.failureSummary })) }))); }, e => { window.axed = "failed: " + e; })`)
	s.is("axe is done", `window.axed`)
	var list []violation
	if err := json.Unmarshal([]byte(s.eval(`window.axed`)), &list); err != nil {
		s.t.Fatalf("axe: %s", s.eval(`window.axed`))
	}
	return list
}

func (s *sight) check(axe, name string) {
	s.t.Helper()
	for _, v := range s.violations(axe) {
		for _, n := range v.Nodes {
			s.t.Errorf("%s: %s (%s)\n%s\n%s", name, v.ID, v.Help, n.HTML, n.Summary)
		}
	}
}
