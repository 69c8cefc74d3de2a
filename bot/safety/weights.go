package safety

import (
	"crypto/sha256"
	_ "embed" // the weights
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/intake/bot/classify"
)

//go:generate go run ./internal/fit

//go:embed weights.bin
var weightFile []byte

// sources are where the examples come from: the folder of examples written for the screen, and the ways of asking of the knowledge base, which are what
// ordinary visitors write. They are read when the model is fitted, never by the program.
type sources struct{ examples, phrases, knowledge string }

// fromTopics are the topics whose ways of asking are dangers (flag x of the topic list) or ask for personal advice. Other topics beyond the advice
// boundary (flag m) hold both kinds of question and teach nothing; all others are harmless.
var fromTopics = map[string]string{
	"crisis-overdose-now": string(KindOverdose), "crisis-suicide-self-harm": string(KindSuicide), "crisis-medical-danger-now": string(KindMedical),
	"crisis-domestic-violence": string(KindViolence), "using-alone-safespot": string(KindOverdose),
	"advice-dose": string(AdviceDose), "advice-symptoms-diagnosis": string(AdviceSymptoms), "advice-drug-test-result": string(AdviceTestResult),
	"opioid-use-disorder-signs": labelEither, "precipitated-withdrawal": labelEither, "pain-surgery-dental": labelEither, "kratom-7oh": labelEither, "intake-condition-on-arrival": labelEither, "missed-dose-or-visit": labelEither,
	"tapering-or-stopping": labelEither, "pregnancy-and-treatment": labelEither, "driving-and-machinery": labelEither, "mixing-alcohol-benzos-drugs": labelEither,
	"oos-abuse-sexual": labelNone, "oos-general-medicine": labelEither,
}

// everyWay says how many of the harmless ways of asking a topic are learned from: one in so many. All of them would drown the dangers.
const everyWay = 1

// example is a message and what it is.
type example struct {
	text, label string
	ordinary    bool // what visitors ask anyway
}

// read gathers all examples in a fixed order, and the hash that names them and the phrases.
func (s sources) read() (list []example, hash string, err error) {
	sum := sha256.New()
	each := func(pattern, what string, take func(file string, data []byte) error) error {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return fmt.Errorf("no %s in %s: %w", what, pattern, err)
		}
		slices.Sort(files)
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				return fmt.Errorf("reading %s: %w", what, err)
			}
			sum.Write(data)
			if err := take(file, data); err != nil {
				return err
			}
		}
		return nil
	}
	err = errors.Join(
		each(filepath.Join(s.phrases, "*", "*.txt"), "phrases", func(string, []byte) error { return nil }),
		each(filepath.Join(s.examples, "*.tsv"), "examples", func(file string, data []byte) error {
			for n, line := range strings.Split(string(data), "\n") {
				if line == "" || strings.HasPrefix(line, "#") {
					continue
				}
				label, text, ok := strings.Cut(line, "\t")
				label = strings.TrimPrefix(label, "?") // a question mark says likely, not certain: the model learns it as its kind
				if !ok || label != labelNone && !slices.Contains(kinds(), Kind(label)) && !slices.Contains(adviceKinds(), AdviceKind(label)) {
					return fmt.Errorf("%s:%d: not a label, a tab and a message", file, n+1)
				}
				list = append(list, example{text: text, label: label})
			}
			return nil
		}),
		each(filepath.Join(s.knowledge, "*", "*.txt"), "ways of asking", func(file string, data []byte) error {
			topic, _, _ := strings.Cut(filepath.Base(file), ".")
			label, listed := fromTopics[topic]
			if listed && label == "" {
				return nil
			}
			for n, line := range strings.Split(string(data), "\n") {
				switch {
				case line == "" || strings.HasPrefix(line, "#"):
				case listed:
					list = append(list, example{text: line, label: label})
				case n%everyWay == 0 || filepath.Base(filepath.Dir(file)) != "entries":
					list = append(list, example{line, labelNone, true})
				}
			}
			return nil
		}))
	return list, hex.EncodeToString(sum.Sum(nil)[:12]), err
}

// everyBeside says how many examples are learned a second time with an ordinary question beside them: one in so many. What is said in passing must be
// heard too, and a second question must not look like danger; but every such example makes the model duller for messages that say one thing, which most
// do: with all of them it missed 8 dangers more in a hundred at the same share of alarms.
const everyBeside = 8

// besides makes one in everyBeside examples once more, with an ordinary question before or after it.
func besides(list []example) []example {
	var ordinary []string
	for _, e := range list {
		if e.ordinary {
			ordinary = append(ordinary, e.text)
		}
	}
	all := slices.Clone(list)
	for i, e := range list {
		if i%everyBeside != 0 || len(ordinary) == 0 {
			continue
		}
		other := ordinary[i*7919%len(ordinary)]
		if i%3 == 0 {
			all = append(all, example{text: other + ". " + e.text, label: e.label})
		} else {
			all = append(all, example{text: e.text + ". " + other, label: e.label})
		}
	}
	return all
}

// fit learns from examples, as the phrases see them. Missing an emergency weighs more than a false card.
func (s *Screen) fit(list []example) (*model, error) {
	weight := map[string]float64{}
	for _, k := range kinds() {
		weight[string(k)] = 2
	}
	var read []classify.Example
	for _, e := range besides(list) {
		words := classify.Words(e.text)
		read = append(read, classify.Example{Words: evidence(words, s.phrases(words)), Label: e.label})
	}
	m, err := classify.Fit(read, classify.Options{Weight: weight, Thorough: true})
	if err != nil {
		return nil, fmt.Errorf("fitting the model of bot/safety: %w", err)
	}
	return &model{m}, nil
}

// WriteWeights fits the model to the examples, the phrases and the ways of asking of three folders and writes it to a file. It belongs to go generate.
func WriteWeights(examples, phrases, knowledge, file string) error {
	list, hash, err := sources{examples, phrases, knowledge}.read()
	if err != nil {
		return err
	}
	s, err := read(os.DirFS(filepath.Dir(phrases)))
	if err != nil {
		return err
	}
	m, err := s.fit(list)
	if err != nil {
		return err
	}
	m.Lessons = hash
	data, err := m.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("writing the weights: %w", err)
	}
	return nil
}

// loadModel reads the model compiled into the program.
func loadModel() (*model, error) {
	m, err := classify.Decode(weightFile)
	if err != nil {
		return nil, fmt.Errorf("reading the weights of bot/safety: %w", err)
	}
	return &model{m}, nil
}
