package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"example.org/intake/knowledge"
	"example.org/intake/locales"
)

func checkCommand() command {
	return command{name: "check", short: "check the entries, the words and the clinic's profile", long: `Usage: intake check [FLAGS]

Checks that every entry stands in both languages with its source, dates and links, that it is short and plain enough, and that no word is missing
in one language. Names file and line of what is wrong, and exits with 1 if anything is.`,
		flags: func(s *settings) {
			s.clinicFlag()
			s.fs.StringVar(&s.data, "data", "", "the data `folder` of a server: the sign-offs given in its console are counted too")
			s.fs.StringVar(&s.masterKeyFile, "master-key-file", "", "the `file` with the key that wraps all other keys, where the server is not running")
			s.addr = "127.0.0.1:8080"
			s.fs.StringVar(&s.apart, "apart-from", "", "`files` of lines, or of JSON lines with a \"text\", parted by commas, that no way of asking may stand in: sets that measure")
		}, run: runCheck}
}

func runCheck(ctx context.Context, p *program, s *settings, _ []string) error {
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
	if s.data != "" {
		if _, err := os.Stat(s.data); err != nil {
			return fmt.Errorf("reading the sign-offs: %w", err)
		}
		err := withKeeper(ctx, p, s, func(k keeper) error {
			signed, err := k.signed(ctx)
			report.Sign(signed)
			return err
		})
		if err != nil {
			return err
		}
	}
	report.Problems = append(locales.Check(), report.Problems...)
	if s.apart != "" {
		lines, err := readTexts(strings.Split(s.apart, ","))
		if err != nil {
			return err
		}
		clashes, err := knowledge.Clashes(overlay, lines)
		if err != nil {
			return err
		}
		report.Problems = append(report.Problems, clashes...)
	}
	fmt.Fprint(p.stdout, report)
	switch n := len(report.Problems); n {
	case 0:
		return nil
	case 1:
		return errors.New("1 problem: mend it and check again")
	default:
		return fmt.Errorf("%d problems: mend them and check again", n)
	}
}
