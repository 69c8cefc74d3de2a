package notify

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("password", "pass-word\n")
	write("secret", testSecret+"\n"+NewSecret()+"\n")
	write("empty", " \n")
	write("wrong", "whsec_c2hvcnQ=")
	write("alerts.toml", `
again = "5m"
supervisors_after = "15m"
tries = 7
allow = ["10.1.0.0/16", "mail.inside"]
[mail]
server = "Mail.Inside"
from = "Clinic <chat@clinic.example>"
user = "relay"
password_file = "password"
[[to]]
name = "front-desk"
mail = "desk@clinic.example"
lang = "es"
[[to]]
name = "pager"
webhook = "https://hooks.example/services/T0/secret-path"
secret_file = "secret"
who = "supervisors"
`)
	none := func(string) string { return "" }
	s, err := Load(filepath.Join(dir, "alerts.toml"), none)
	if err != nil {
		t.Fatal(err)
	}
	d := s.Destinations
	if s.Again != 5*time.Minute || s.SupervisorsAfter != 15*time.Minute || s.Tries != 7 || len(d) != 2 || d[0].Lang != "es" || d[0].Supervisors || d[0].Shown != "desk@clinic.example" ||
		d[1].Shown != "https://hooks.example" || !d[1].Supervisors || d[1].Lang != "en" || len(d[1].hook.secrets) != 2 || d[0].mail.password != "pass-word" || d[0].mail.host != "mail.inside" ||
		d[0].mail.port != 587 || d[0].mail.security != startTLS || d[0].mail.from != "chat@clinic.example" || d[0].mail.helo != "clinic.example" {
		t.Errorf("%+v", s)
	}
	env := func(k string) string {
		return map[string]string{"INTAKE_SMTP_PASSWORD": "from-env", "INTAKE_WEBHOOK_SECRET_PAGER_2": testSecret}[k]
	}
	s, err = Parse([]byte("[mail]\nserver=\"m.example\"\nport=465\nfrom=\"a@b.example\"\nuser=\"u\"\n[[to]]\nname=\"pager-2\"\nwebhook=\"https://h.example/\"\n"), "x", env)
	if err != nil || s.Again != Again || s.Tries != Tries || len(s.Destinations) != 1 {
		t.Errorf("%+v, %v", s, err)
	}

	for text, want := range map[string]string{
		"again = \"soon\"":                       "again: \"soon\" is no time",
		"again = \"1s\"":                         "no time from 1m0s",
		"tries = -1":                             "tries: choose from 1",
		"allow = [\"127.1\"]":                    "allow: \"127.1\" is neither",
		"agian = \"5m\"":                         "agian: is not a key",
		"x = [":                                  "alerts.toml: toml",
		"[mail]\npassword = \"x\"":               "mail.password: a secret does not stand in this file",
		"[mail]\nfrom = \"a@b.example\"":         "mail.server: is missing",
		"[mail]\nserver = \"m\"":                 "mail.from: write the address",
		"[mail]\nserver = \"m\"\nport = 99999":   "mail.port: choose",
		"[mail]\nserver = \"m\"\nsecurity=\"s\"": "mail.security: choose",
		"[mail]\nserver = \"m\"\nfrom = \"a@b.example\"\nuser = \"u\"":                          "there is no password for the user: name a file, or set INTAKE_SMTP_PASSWORD",
		"[mail]\nserver = \"m\"\nfrom = \"a@b.example\"\nuser = \"u\"\npassword_file=\"none\"":  "mail.password_file: cannot be read",
		"[mail]\nserver = \"m\"\nfrom = \"a@b.example\"\nuser = \"u\"\npassword_file=\"empty\"": "the file is empty",
		"[mail]\nserver = \"m\"\nfrom = \"a@b.example\"\nuser = \"u\"\nsecurity=\"none\"":       "not sent without encryption",
		"[[to]]\nname = \"Front Desk\"\nmail = \"a@b.example\"":                                 "name: write a short name",
		"[[to]]\nname = \"a\"\nmail = \"a@b.example\"":                                          "there is no mail server: fill in [mail]",
		"[[to]]\nname = \"a\"":                                                           "write either mail or webhook",
		"[[to]]\nname = \"a\"\nmail = \"nobody\"":                                        "mail: write one address",
		"[[to]]\nname = \"a\"\nlang = \"fr\"":                                            "lang: choose",
		"[[to]]\nname = \"a\"\nwho = \"all\"":                                            "who: choose",
		"[[to]]\nname = \"a\"\n[[to]]\nname = \"a\"":                                     "stands here twice",
		"[[to]]\nname = \"a\"\nsecret = \"whsec_x\"":                                     "to.secret: a secret does not stand in this file",
		"[[to]]\nname = \"a\"\nwebhook = \"https://h.ex\"":                               "no secret: name a file, or set INTAKE_WEBHOOK_SECRET_A",
		"[[to]]\nname = \"a\"\nwebhook = \"ftp://h.ex\"\nsecret_file = \"secret\"":       "webhook: it is no web address",
		"[[to]]\nname = \"a\"\nwebhook = \"https://u:p@h.ex\"\nsecret_file = \"secret\"": "webhook: it is no web address",
		"[[to]]\nname = \"a\"\nwebhook = \"https://h.ex\"\nsecret_file = \"wrong\"":      "secret_file: a webhook's secret is",
	} {
		_, err := Parse([]byte(text), filepath.Join(dir, "alerts.toml"), none)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "c2hvcnQ") || strings.Contains(err.Error(), "u:p")) {
			t.Errorf("a secret stands in the error: %v", err)
		}
	}
	if _, err := Load(filepath.Join(dir, "nothing.toml"), none); err == nil {
		t.Error("a file that is not there")
	}
}

// Whatever stands in the file, reading it ends with settings or with problems.
func FuzzParse(f *testing.F) {
	f.Add([]byte("allow = [\"10.0.0.0/8\"]\n[mail]\nserver = \"m\"\nfrom = \"a@b.example\"\n[[to]]\nname = \"a\"\nmail = \"x@y.example\"\n"))
	f.Add([]byte("[[to]]\nwebhook = \"https://h.example\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "_file") {
			t.Skip() // reads no files
		}
		s, err := Parse(data, "alerts.toml", func(string) string { return testSecret })
		if err != nil {
			return
		}
		for _, d := range s.Destinations {
			if d.hook == nil && d.mail == nil || s.Fence == nil {
				t.Errorf("%q cannot be reached, and nothing was said", d.Name)
			}
		}
	})
}

// A system takes records that somebody pushes, and no alerts.
func TestSystems(t *testing.T) {
	secret := func(string) string { return NewSecret() }
	s, err := Parse([]byte("[[system]]\nname = \"records\"\nwebhook = \"https://records.clinic.example/in\"\n"), "x", secret)
	if err != nil || len(s.Systems) != 1 || len(s.Destinations) != 0 || s.Systems[0].Shown != "https://records.clinic.example" {
		t.Errorf("%+v, %v", s, err)
	}
	for text, want := range map[string]string{
		"[[system]]\nname = \"A b\"\nwebhook = \"https://x.example/\"\n":                          "write a short name",
		"[[system]]\nname = \"records\"\nwebhook = \"ftp://x.example/\"\n":                        "it is no web address",
		"[[system]]\nname = \"records\"\n":                                                        "it is no web address",
		"[[system]]\nname = \"records\"\nmail = \"a@b.example\"\nwebhook=\"https://x.example\"\n": "is not a key",
	} {
		if _, err := Parse([]byte(text), "x", secret); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gave %v", text, err)
		}
	}
	if _, err := Parse([]byte("[[system]]\nname = \"records\"\nwebhook = \"https://x.example/\"\n"), "x", func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "has no secret") {
		t.Errorf("without a secret: %v", err)
	}
	if err := (Destination{Way: ByMail}).Post(t.Context(), "x", "text/plain", nil, time.Now()); err == nil {
		t.Error("a mail address took a record")
	}
}
