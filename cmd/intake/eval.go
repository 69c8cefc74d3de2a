package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

func evalCommand() command {
	return command{name: "eval", short: "measure the decision on a labelled set of your own", long: `Usage: intake eval -train FILE -test FILE [-lang en|es]

Learns only from the lines of one file and decides those of another with the same code that answers visitors. Both hold JSON lines
{"text","label"}; the label "oos" means that nothing fits. Prints accuracy, how many out-of-scope lines were recognised, and the time a decision takes.`,
		flags: func(s *settings) {
			s.fs.StringVar(&s.train, "train", "", "the `file` to learn from")
			s.fs.StringVar(&s.test, "test", "", "the `file` to decide")
			s.fs.StringVar(&s.lang, "lang", "en", "the `language` of both: en or es")
		}, run: runEval}
}

func runEval(_ context.Context, p *program, s *settings, _ []string) error {
	if s.train == "" || s.test == "" {
		return fmt.Errorf("eval needs -train and -test%w", errUsage)
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
