package main

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "example.org/intake/"

// arrows says what each package may import of ours, and which packages of others. A package that is not listed may not exist: add it here, and to
// ARCHITECTURE.md. "std" stands for the standard library.
var arrows = map[string]struct{ ours, others []string }{
	"bot/classify":            {nil, []string{"golang.org/x/text"}},
	"bot/safety":              {[]string{"bot/classify"}, nil},
	"bot/safety/internal/fit": {[]string{"bot/safety"}, nil},
	"bot":                     {[]string{"bot/safety"}, []string{"golang.org/x/text", "github.com/nyaruka/phonenumbers"}},
	"bot/journal":             {nil, nil},
	"bot/journal/boltjournal": {[]string{"bot/journal"}, []string{"go.etcd.io/bbolt"}},
	"bot/journal/journaltest": {[]string{"bot/journal"}, nil},
	"bot/request":             {[]string{"bot", "bot/journal", "bot/safety"}, []string{"golang.org/x/text", "golang.org/x/time"}},
	"bot/retention":           {[]string{"bot/journal", "bot/request"}, nil},
	"bot/staff":               {[]string{"bot", "bot/journal"}, []string{"github.com/pquerna/otp", "golang.org/x/crypto", "golang.org/x/text"}},
	"bot/audit":               {[]string{"bot/journal"}, nil},
	"bot/export":              {[]string{"bot", "bot/journal", "bot/request", "knowledge/clinic", "locales"}, nil},
	"bot/notify":              {[]string{"bot/journal", "bot/request", "locales"}, []string{"github.com/wneessen/go-mail", "github.com/BurntSushi/toml"}},
	"bot/figures":             {[]string{"bot", "bot/journal", "bot/request", "bot/safety"}, nil},
	"bot/converse": {[]string{"bot", "bot/journal", "bot/request", "bot/safety", "knowledge", "knowledge/clinic", "locales"},
		[]string{"golang.org/x/text"}},
	"knowledge":              {[]string{"bot/classify", "knowledge/clinic", "locales"}, []string{"github.com/blevesearch", "golang.org/x/text", "github.com/BurntSushi/toml"}},
	"bot/live":               {[]string{"bot", "bot/converse", "bot/journal", "bot/request"}, nil},
	"bot/editorial":          {[]string{"bot", "bot/journal", "knowledge"}, nil},
	"bot/gaps":               {[]string{"bot", "bot/classify", "bot/journal"}, nil},
	"knowledge/internal/fit": {[]string{"knowledge"}, nil},
	"knowledge/clinic":       {[]string{"locales"}, []string{"github.com/nyaruka/phonenumbers", "github.com/BurntSushi/toml"}},
	"locales":                {nil, []string{"github.com/nicksnyder/go-i18n", "github.com/BurntSushi/toml", "golang.org/x/text"}},
	"web":                    {nil, nil},
	"web/ui":                 {nil, nil},
	"web/visitor": {[]string{"bot", "bot/converse", "bot/journal", "bot/live", "knowledge/clinic", "locales", "web/ui"},
		[]string{"github.com/gorilla/websocket", "golang.org/x/text", "golang.org/x/time"}},
	"web/staff": {[]string{"bot", "bot/audit", "bot/converse", "bot/editorial", "bot/export", "bot/figures", "bot/gaps", "bot/journal", "bot/live", "bot/notify", "bot/request", "bot/safety", "bot/staff", "knowledge", "knowledge/clinic", "locales", "web/ui"},
		[]string{"github.com/boombuler/barcode", "github.com/go-webauthn/webauthn"}},
}

func TestArrowsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		pkg := strings.TrimPrefix(paths[0], module)
		if strings.HasPrefix(pkg, "cmd/") { // only the commands know every package
			continue
		}
		seen++
		may, listed := arrows[pkg]
		if !listed {
			t.Errorf("%s is not in the list of packages", pkg)
		}
		for _, path := range paths[1:] {
			ours, internal := strings.CutPrefix(path, module)
			switch {
			case internal && !contains(may.ours, ours):
				t.Errorf("%s imports %s", pkg, ours)
			case !internal && strings.Contains(strings.Split(path, "/")[0], ".") && !contains(may.others, path):
				t.Errorf("%s imports %s", pkg, path)
			}
		}
	}
	if seen < len(arrows) {
		t.Errorf("%d packages found, %d listed", seen, len(arrows))
	}
}

func contains(list []string, path string) bool {
	for _, l := range list {
		if path == l || strings.Contains(l, ".") && strings.HasPrefix(path, l+"/") {
			return true
		}
	}
	return false
}
