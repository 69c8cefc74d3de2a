package main

import (
	"context"
	"fmt"

	"example.org/intake/knowledge"
	"example.org/intake/locales"
)

func checkCommand() command {
	return command{name: "check", short: "check the entries, the words and the clinic's profile", long: `Usage: intake check [FLAGS]

Checks that every entry stands in both languages with its source, dates and links, that it is short and plain enough, and that no word is missing
in one language. Names file and line of what is wrong, and exits with 1 if anything is.`,
		flags: func(s *settings) { s.clinicFlag() }, run: runCheck}
}

func runCheck(_ context.Context, p *program, s *settings, _ []string) error {
	words, err := locales.Load()
	if err != nil {
		return err
	}
	profile, overlay, err := loadProfile(s.clinic)
	if err != nil {
		return err
	}
	report, err := knowledge.Check(profile, overlay, words, p.now())
	if err != nil {
		return err
	}
	problems := append(locales.Check(), report.Problems...)
	for _, problem := range problems {
		fmt.Fprintln(p.stdout, problem)
	}
	fmt.Fprint(p.stdout, report.Table())
	if len(problems) > 0 {
		return fmt.Errorf("%d %s", len(problems), plural(len(problems)))
	}
	return nil
}

func plural(n int) string {
	if n == 1 {
		return "problem: mend it and check again"
	}
	return "problems: mend them and check again"
}
