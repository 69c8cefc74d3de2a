package notify

import (
	"bytes"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// Settings say whom to tell and how. The zero value tells nobody.
type Settings struct {
	Again            time.Duration // an urgent request that nobody has is told again after this, and again
	SupervisorsAfter time.Duration // from when on the supervisors are told too, counted from the first word
	Tries            int           // after so many attempts an alert is a dead letter
	Destinations     []Destination
	Systems          []Destination // webhooks that take whole records, which somebody pushes; they get no alert
	Fence            *Fence        // what the settings allow; never nil after [Load] and [Parse]
}

// document is the file as written.
type document struct {
	Again            string   `toml:"again"`
	SupervisorsAfter string   `toml:"supervisors_after"`
	Tries            int      `toml:"tries"`
	Allow            []string `toml:"allow"`
	Mail             struct {
		Server       string `toml:"server"`
		Port         int    `toml:"port"`
		Security     string `toml:"security"`
		From         string `toml:"from"`
		User         string `toml:"user"`
		PasswordFile string `toml:"password_file"`
	} `toml:"mail"`
	To []struct {
		Name       string `toml:"name"`
		Mail       string `toml:"mail"`
		Webhook    string `toml:"webhook"`
		SecretFile string `toml:"secret_file"`
		Lang       string `toml:"lang"`
		Who        string `toml:"who"`
	} `toml:"to"`
	System []struct {
		Name       string `toml:"name"`
		Webhook    string `toml:"webhook"`
		SecretFile string `toml:"secret_file"`
	} `toml:"system"`
}

// Environment variables for secrets that are not in files.
const (
	passwordVariable = "INTAKE_SMTP_PASSWORD"
	secretVariable   = "INTAKE_WEBHOOK_SECRET_" // and the destination's name in capitals, - as _
)

// Load reads the settings from a file. An empty name gives settings that tell nobody. The error lists every problem and what to do.
func Load(name string, getenv func(string) string) (Settings, error) {
	if name == "" {
		f, err := NewFence()
		return Settings{Fence: f}.filled(), err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return Settings{}, fmt.Errorf("reading the settings of alerts: %w", err)
	}
	return Parse(data, name, getenv)
}

// Parse reads settings. name is how errors call the file; files of secrets are found from its folder. Errors hold no secret.
func Parse(data []byte, name string, getenv func(string) string) (Settings, error) {
	var d document
	meta, err := toml.Decode(string(bytes.TrimPrefix(data, []byte("\ufeff"))), &d)
	if err != nil {
		return Settings{}, fmt.Errorf("%s: %w", name, err)
	}
	c := &checker{name: name, getenv: getenv}
	for _, key := range meta.Undecoded() {
		switch last := key[len(key)-1]; last {
		case "password", "secret":
			c.fail(key.String(), "a secret does not stand in this file: name a file with "+last+"_file, or set the environment variable")
		default:
			c.fail(key.String(), "is not a key of this file; remove it or correct its spelling")
		}
	}
	s := Settings{Again: c.duration("again", d.Again, time.Minute, 24*time.Hour), Tries: d.Tries,
		SupervisorsAfter: c.duration("supervisors_after", d.SupervisorsAfter, time.Minute, 24*time.Hour)}
	if d.Tries < 0 || d.Tries > 1000 {
		c.fail("tries", "choose from 1 to 1000")
	}
	if s.Fence, err = NewFence(d.Allow...); err != nil {
		c.fail("allow", err.Error())
		s.Fence, _ = NewFence()
	}
	server := c.server(d, s.Fence)
	for _, t := range d.To {
		where := "to " + t.Name
		one := Destination{Name: t.Name, Lang: t.Lang, Supervisors: t.Who == "supervisors"}
		if one.Lang == "" {
			one.Lang = "en"
		}
		if !destinationName.MatchString(t.Name) {
			c.fail(where, `name: write a short name with a-z, 0-9 and -, such as "front-desk"`)
		}
		if slices.ContainsFunc(s.Destinations, func(x Destination) bool { return x.Name == t.Name }) {
			c.fail(where, "name: stands here twice")
		}
		if one.Lang != "en" && one.Lang != "es" {
			c.fail(where, `lang: choose "en" or "es"`)
		}
		if t.Who != "" && t.Who != "staff" && t.Who != "supervisors" {
			c.fail(where, `who: choose "staff" (told at once) or "supervisors" (told when nobody claims an urgent request)`)
		}
		switch {
		case (t.Mail == "") == (t.Webhook == ""):
			c.fail(where, "write either mail or webhook")
		case t.Mail != "":
			c.mailTo(where, &one, t.Mail, server)
		default:
			c.webhook(where, &one, t.Webhook, t.SecretFile, s.Fence)
		}
		s.Destinations = append(s.Destinations, one)
	}
	for _, t := range d.System {
		where := "system " + t.Name
		one := Destination{Name: t.Name}
		if !destinationName.MatchString(t.Name) {
			c.fail(where, `name: write a short name with a-z, 0-9 and -, such as "records"`)
		}
		named := func(x Destination) bool { return x.Name == t.Name }
		if slices.ContainsFunc(s.Destinations, named) || slices.ContainsFunc(s.Systems, named) {
			c.fail(where, "name: stands here twice")
		}
		c.webhook(where, &one, t.Webhook, t.SecretFile, s.Fence)
		s.Systems = append(s.Systems, one)
	}
	return s.filled(), errors.Join(c.problems...)
}

var destinationName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// checker collects problems.
type checker struct {
	name     string
	getenv   func(string) string
	problems []error
}

func (c *checker) fail(key, problem string) {
	c.problems = append(c.problems, fmt.Errorf("%s: %s: %s", c.name, key, problem))
}

func (c *checker) duration(key, text string, least, most time.Duration) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		c.fail(key, fmt.Sprintf(`%q is no time from %s to %s; write it as "10m"`, text, least, most))
		return 0
	}
	return d
}

// secret reads a secret from a file or the environment. "" and no problem: there is none.
func (c *checker) secret(key, file, variable string) string {
	if file == "" {
		return strings.TrimSpace(c.getenv(variable))
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(filepath.Dir(c.name), file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		c.fail(key, "cannot be read: "+err.Error())
		return ""
	}
	if text := strings.TrimSpace(string(data)); text != "" {
		return text
	}
	c.fail(key, "the file is empty")
	return ""
}

// server reads [mail]. nil: there is none, or it is wrong, which was said.
func (c *checker) server(d document, f *Fence) *mailServer {
	m := d.Mail
	if m.Server == "" {
		if m.From != "" || m.User != "" || m.Port != 0 {
			c.fail("mail.server", "is missing; write the name of the mail server")
		}
		return nil
	}
	s := &mailServer{host: strings.ToLower(m.Server), port: m.Port, from: m.From, user: m.User, security: security(m.Security), helo: "localhost", fence: f}
	if s.security == "" {
		s.security = startTLS
		if m.Port == 465 {
			s.security = fullTLS
		}
	}
	if s.port == 0 {
		s.port = map[security]int{startTLS: 587, fullTLS: 465, noTLS: 25}[s.security]
	}
	if s.port < 1 || s.port > 65535 {
		c.fail("mail.port", "choose from 1 to 65535")
	}
	switch s.security {
	case startTLS, fullTLS:
	case noTLS:
		if s.user != "" {
			c.fail("mail.user", `a password is not sent without encryption: remove user, or choose another security than "none"`)
		}
	default:
		c.fail("mail.security", `choose "starttls" (usual), "tls", or "none" for a mail server on this machine that allow names`)
	}
	from, err := mail.ParseAddress(m.From)
	if err != nil {
		c.fail("mail.from", `write the address that alerts come from, such as "chat@clinic.example"`)
	} else {
		s.from = from.Address
		if _, domain, ok := strings.Cut(from.Address, "@"); ok {
			s.helo = domain
		}
	}
	if s.user != "" {
		if s.password = c.secret("mail.password_file", m.PasswordFile, passwordVariable); s.password == "" {
			c.fail("mail.password_file", "there is no password for the user: name a file, or set "+passwordVariable)
		}
	}
	return s
}

func (c *checker) mailTo(where string, one *Destination, address string, server *mailServer) {
	to, err := mail.ParseAddress(address)
	if err != nil {
		c.fail(where, `mail: write one address, such as "desk@clinic.example"`)
		return
	}
	if server == nil {
		c.fail(where, "mail: there is no mail server: fill in [mail]")
		return
	}
	one.Way, one.Shown, one.mail, one.address = ByMail, to.Address, server, to.Address
}

func (c *checker) webhook(where string, one *Destination, address, file string, f *Fence) {
	variable := secretVariable + strings.ToUpper(strings.ReplaceAll(one.Name, "-", "_"))
	text := c.secret(where+": secret_file", file, variable)
	if text == "" {
		c.fail(where, "secret_file: the webhook has no secret: name a file, or set "+variable)
		return
	}
	var secrets []Secret
	for line := range strings.FieldsSeq(text) {
		s, err := ParseSecret(line)
		if err != nil {
			c.fail(where, "secret_file: "+err.Error())
			return
		}
		secrets = append(secrets, s)
	}
	w, err := NewWebhook(address, f, secrets...)
	if err != nil {
		c.fail(where, "webhook: "+err.Error())
		return
	}
	one.Way, one.Shown, one.hook = ByWebhook, w.Shown(), w
}
