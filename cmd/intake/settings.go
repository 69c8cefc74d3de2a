package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// settings are what can be set, each by a flag, an environment variable or a line of a TOML file; the first that is given wins, in this order.
// The name of the variable and of the line follow from the flag's: -public-url is INTAKE_PUBLIC_URL and public_url.
type settings struct {
	fs     *flag.FlagSet
	config string

	// where things are
	data, masterKeyFile, clinic string
	// serving
	addr, publicURL, sites          string
	keepConversations, keepRequests time.Duration
	staffIdle, acceptWithin         time.Duration
	// ask, check, eval, staff, audit
	batch, errors      bool
	train, test, apart string
	lang, role, head   string
	site, alerts       string
}

func newSettings(command string) *settings {
	s := &settings{fs: flag.NewFlagSet("intake "+command, flag.ContinueOnError)}
	s.fs.SetOutput(io.Discard)
	s.fs.StringVar(&s.config, "config", "", "a TOML `file` with these settings, one a line, such as addr = \"127.0.0.1:8080\"")
	return s
}

// dataFlags are the settings of every command that opens the data folder.
func (s *settings) dataFlags() {
	s.fs.StringVar(&s.data, "data", "intake-data", "the `folder` for conversations, requests, accounts and their keys; made on first start, for its owner only")
	s.fs.StringVar(&s.masterKeyFile, "master-key-file", "", "the `file` with the key that wraps all other keys. Without it: the systemd credential intake-master-key, else the file intake-master.key beside the data folder, made on first start")
}

func (s *settings) clinicFlag() {
	s.fs.StringVar(&s.clinic, "clinic", "", "the `folder` of the clinic's profile, with clinic.toml and entries/; without it the built-in profile")
}

func (s *settings) alertsFlag() {
	s.fs.StringVar(&s.alerts, "alerts", "", "the TOML `file` that says whom to tell by e-mail or webhook that a request waits; without it nobody is told and only the console shows it")
}

func (s *settings) describe(w io.Writer) {
	fmt.Fprintf(w, "\nSettings (flag, environment variable, line in the -config file; the first that is given wins):\n\n")
	s.fs.VisitAll(func(f *flag.Flag) {
		unit, usage := flag.UnquoteUsage(f)
		fmt.Fprintf(w, "  -%s %s\n        %s\n        %s, %s", f.Name, unit, usage, variable(f.Name), line(f.Name))
		if f.DefValue != "" && f.DefValue != "false" {
			fmt.Fprintf(w, "; default %s", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}

func variable(flag string) string { return "INTAKE_" + strings.ToUpper(line(flag)) }
func line(flag string) string     { return strings.ReplaceAll(flag, "-", "_") }

// load reads flags, then the environment, then the file, and returns what is left of the arguments. Flags may stand before and after them.
func (s *settings) load(args []string, getenv func(string) string) (rest []string, err error) {
	for {
		if err := s.fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: see `intake help %s`%w", err, strings.TrimPrefix(s.fs.Name(), "intake "), errUsage)
		}
		if s.fs.NArg() == 0 {
			break
		}
		rest, args = append(rest, s.fs.Arg(0)), s.fs.Args()[1:]
	}
	given := map[string]bool{}
	s.fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var bad error
	s.fs.VisitAll(func(f *flag.Flag) {
		if v := getenv(variable(f.Name)); v != "" && !given[f.Name] {
			given[f.Name] = true
			if err := s.fs.Set(f.Name, v); err != nil && bad == nil {
				bad = fmt.Errorf("the environment variable %s does not fit: %w%w", variable(f.Name), err, errUsage)
			}
		}
	})
	if bad != nil {
		return nil, bad
	}
	if s.config == "" {
		return rest, nil
	}
	return rest, s.loadFile(given)
}

func (s *settings) loadFile(given map[string]bool) error {
	text, err := os.ReadFile(s.config)
	if err != nil {
		return fmt.Errorf("reading the settings: %w", err)
	}
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		return fmt.Errorf("%s: %w", s.config, err)
	}
	for key, v := range values {
		name := strings.ReplaceAll(key, "_", "-")
		if s.fs.Lookup(name) == nil || name == "config" {
			if slices.Contains(everySetting(), name) {
				continue // one file may serve every command
			}
			return fmt.Errorf("%s: there is no setting %q: see `intake help serve`", s.config, key)
		}
		if given[name] {
			continue
		}
		if err := s.fs.Set(name, fmt.Sprint(v)); err != nil {
			return fmt.Errorf("%s: %s does not fit: %w", s.config, key, err)
		}
	}
	return nil
}

func everySetting() []string {
	var names []string
	for _, c := range commands() {
		s := newSettings(c.name)
		if c.flags != nil {
			c.flags(s)
		}
		s.fs.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	}
	return names
}
