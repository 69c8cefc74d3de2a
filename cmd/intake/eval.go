package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

func evalCommand() command {
	return command{name: "eval", short: "measure what the program would answer, on labelled sets", long: `Usage: intake eval [-errors] FILE...
       intake eval -train FILE -test FILE [-lang en|es]

Takes every message of measuring sets down the road that a visitor's message takes, and prints the share of right answers by language, by group of topics
and by kind, and which topics are taken for each other. A set holds JSON lines {"id","lang","text","expect"} with "topics", "oos" or "kind".

With -train and -test: learns only from the lines of one file and decides those of another with the same code. Both hold JSON lines {"text","label"};
the label "oos" means that nothing fits. Prints accuracy, how many out-of-scope lines were recognised, and the time a decision takes.`,
		flags: func(s *settings) {
			s.clinicFlag()
			s.fs.BoolVar(&s.errors, "errors", false, "print every message that was not answered as expected")
			s.fs.StringVar(&s.train, "train", "", "the `file` to learn from")
			s.fs.StringVar(&s.test, "test", "", "the `file` to decide")
			s.fs.StringVar(&s.lang, "lang", "en", "the `language` of both: en or es")
		}, run: runEval}
}

func runEval(_ context.Context, p *program, s *settings, args []string) error {
	if len(args) > 0 && s.train == "" && s.test == "" {
		return evalSets(p, s, args)
	}
	if s.train == "" || s.test == "" {
		return fmt.Errorf("eval needs files, or -train and -test%w", errUsage)
	}
	train, err := readLabelled(s.train)
	if err != nil {
		return err
	}
	test, err := readLabelled(s.test)
	if err != nil {
		return err
	}
	figures, err := knowledge.Evaluate(s.lang, train, test)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.stdout, figures)
	return err
}

// evalSets prints the figures of measuring sets, those of each language apart.
func evalSets(p *program, s *settings, files []string) error {
	road, err := newRoad(p, s)
	if err != nil {
		return err
	}
	if err := road.Knowledge.Refit(); err != nil {
		return err
	}
	tallies := map[bot.Lang]*tally{}
	for _, file := range files {
		if err := measure(road, file, tallies); err != nil {
			return err
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(tallies)) {
		t := tallies[lang]
		if _, err := fmt.Fprintf(p.stdout, "== %s\n%s", lang, t); err != nil {
			return fmt.Errorf("writing figures: %w", err)
		}
		if s.errors {
			for _, line := range t.errors {
				fmt.Fprintln(p.stdout, line)
			}
		}
	}
	return nil
}

// measure takes every line of a set down the road and counts what came of it, by language.
func measure(road *converse.Road, file string, tallies map[bot.Lang]*tally) error {
	return eachLine(file, func(n int, line string) error {
		var e expected
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Text == "" || e.Expect == "" {
			return fmt.Errorf("%s:%d: not a JSON object with lang, text and expect", file, n)
		}
		if tallies[e.Lang] == nil {
			tallies[e.Lang] = newTally()
		}
		a, _ := ask(road, bot.Conversation{}, e.question, n)
		tallies[e.Lang].count(e, a)
		return nil
	})
}

// eachLine calls do with every line of a file that is not blank, and its number.
func eachLine(path string, do func(n int, line string) error) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading lines: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, journal.MaxData)
	for n := 1; lines.Scan(); n++ {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			if err := do(n, line); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

func readLabelled(path string) (list []knowledge.Labelled, err error) {
	err = eachLine(path, func(n int, line string) error {
		var l knowledge.Labelled
		if err := json.Unmarshal([]byte(line), &l); err != nil || l.Text == "" || l.Label == "" {
			return fmt.Errorf("%s:%d: not a JSON object with text and label", path, n)
		}
		list = append(list, l)
		return nil
	})
	return list, err
}

// readTexts gathers the lines of files, or the "text" of JSON lines.
func readTexts(paths []string) (texts []string, err error) {
	for _, path := range paths {
		err := eachLine(path, func(n int, line string) error {
			var l knowledge.Labelled
			if strings.HasPrefix(line, "{") {
				if err := json.Unmarshal([]byte(line), &l); err != nil {
					return fmt.Errorf("%s:%d: not a JSON object: %w", path, n, err)
				}
				line = l.Text
			}
			texts = append(texts, line)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return texts, nil
}
