package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"example.org/intake/bot/notify"
	"example.org/intake/locales"
)

func notifyCommand() command {
	return command{name: "notify", short: "send a test alert, or make a secret for a webhook", long: `Usage: intake notify test [NAME ...] -alerts FILE -public-url URL
       intake notify secret

test sends a test alert to the destinations of the settings file that are named, or to all, and says what came of it; it exits with 1 if one did not
get it. It needs no running server and leaves no trace in the data folder. secret prints a new secret for a webhook: put it into a file that only the
program can read, and give it to the receiver.`,
		flags: func(s *settings) {
			s.alertsFlag()
			s.fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "the `address` that the server listens on, for the link in the alert")
			s.fs.StringVar(&s.publicURL, "public-url", "", "the `URL` under which staff reach the program, for the link in the alert")
		}, run: runNotify}
}

func runNotify(ctx context.Context, p *program, s *settings, args []string) error {
	switch {
	case len(args) == 1 && args[0] == "secret":
		_, err := fmt.Fprintln(p.stdout, notify.NewSecret())
		return err
	case len(args) == 0 || args[0] != "test":
		return fmt.Errorf("notify needs a word: test or secret%w", errUsage)
	case s.alerts == "":
		return fmt.Errorf("name the settings of alerts with -alerts FILE%w", errUsage)
	}
	public, err := publicURL(s, offline(s.addr))
	if err != nil {
		return err
	}
	whom, err := notify.Load(s.alerts, p.getenv)
	if err != nil {
		return err
	}
	list, err := named(whom.Destinations, args[1:])
	if err != nil {
		return err
	}
	words, err := locales.Load()
	if err != nil {
		return err
	}
	trouble := 0
	for _, d := range list {
		if f, err := d.SendTest(ctx, words, consoleLink(public), p.now()); err != nil {
			trouble++
			fmt.Fprintf(p.stdout, "PROBLEM  %s: %s\n", d.Name, because(words, f))
			continue
		}
		fmt.Fprintf(p.stdout, "ok       %s has a test alert\n", d.Name)
	}
	if trouble > 0 {
		return fmt.Errorf("%d of %d did not get the alert", trouble, len(list))
	}
	return nil
}

// named picks destinations by name; no name means all.
func named(all []notify.Destination, names []string) ([]notify.Destination, error) {
	if len(all) == 0 {
		return nil, errors.New("the settings of alerts name nobody: add a [[to]]")
	}
	if len(names) == 0 {
		return all, nil
	}
	var list []notify.Destination
	for _, name := range names {
		found := false
		for _, d := range all {
			if d.Name == name {
				list, found = append(list, d), true
			}
		}
		if !found {
			return nil, fmt.Errorf("the settings of alerts have no destination %q%w", name, errUsage)
		}
	}
	return list, nil
}

// because puts a failure into words, as the console does.
func because(w *locales.Words, f notify.Failure) string {
	return w.T("en", "alerts.why."+string(f.Why), map[string]string{"code": fmt.Sprint(f.Code)})
}

// consoleLink is what alerts link to: the console and nothing in it, so that no address outside the house names a request.
func consoleLink(public *url.URL) string { return public.String() + "/staff/" }
