package safety

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	_ "embed" // the weights
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.org/intake/bot/linear"
)

//go:generate go run ./internal/fit

//go:embed weights.bin
var weightFile []byte

// stored is the model as the file holds it.
type stored struct {
	Examples string // hash of what it learned from
	Step     float32
	Bias     []float32
	Steps    []int8
}

// example is a message and what it is.
type example struct {
	label int // of modelLabels
	text  string
}

// sources are where the examples come from: the folder of examples written for the screen, and the ways of asking of the knowledge base, which are what
// ordinary visitors write. They are read when the model is fitted, never by the program.
type sources struct{ examples, knowledge string }

// fromTopics are the topics whose ways of asking are dangers (flag x of the topic list) or ask for personal advice. Other topics beyond the advice
// boundary (flag m) hold both kinds of question and teach nothing; all others are harmless.
var fromTopics = map[string]string{
	"crisis-overdose-now": string(KindOverdose), "crisis-suicide-self-harm": string(KindSuicide), "crisis-medical-danger-now": string(KindMedical),
	"crisis-domestic-violence": string(KindViolence), "using-alone-safespot": string(KindOverdose),
	"advice-dose": "advice", "advice-symptoms-diagnosis": "advice", "advice-drug-test-result": "advice",
	"opioid-use-disorder-signs": "", "precipitated-withdrawal": "", "pain-surgery-dental": "", "kratom-7oh": "", "intake-condition-on-arrival": "", "missed-dose-or-visit": "",
	"tapering-or-stopping": "", "pregnancy-and-treatment": "", "driving-and-machinery": "", "mixing-alcohol-benzos-drugs": "",
	"oos-abuse-sexual": "", "oos-general-medicine": "",
}

// everyWay says how many of the harmless ways of asking a topic are learned from: one in so many. All of them would drown the dangers.
const everyWay = 4

// read gathers all examples in a fixed order, and the hash that names them.
func (s sources) read() (list []example, hash string, err error) {
	files, err := filepath.Glob(filepath.Join(s.examples, "*.tsv"))
	if err != nil || len(files) == 0 {
		return nil, "", fmt.Errorf("no examples in %s: %w", s.examples, err)
	}
	ways, err := filepath.Glob(filepath.Join(s.knowledge, "*", "*.txt"))
	if err != nil || len(ways) == 0 {
		return nil, "", fmt.Errorf("no ways of asking in %s: %w", s.knowledge, err)
	}
	slices.Sort(files)
	slices.Sort(ways)
	sum := sha256.New()
	for _, file := range append(files, ways...) {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, "", fmt.Errorf("reading examples: %w", err)
		}
		sum.Write(data)
		name := filepath.Base(file)
		for n, line := range strings.Split(string(data), "\n") {
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			label, text, ok := strings.Cut(line, "\t")
			switch {
			case strings.HasSuffix(name, ".txt"):
				topic, _, _ := strings.Cut(name, ".")
				label, text, ok = "none", line, true
				if other, listed := fromTopics[topic]; listed {
					label = other
				}
			case strings.HasPrefix(name, "advice."):
				label = "advice" // the file's labels say which kind, the model only that it is one
			}
			if label == "" || label == "none" && filepath.Base(filepath.Dir(file)) == "entries" && n%everyWay != 0 {
				continue
			}
			// A question mark says likely, not certain: the model learns it as its kind.
			at := slices.Index(modelLabels(), strings.TrimPrefix(label, "?"))
			if !ok || at < 0 {
				return nil, "", fmt.Errorf("%s:%d: not a label, a tab and a message", file, n+1)
			}
			list = append(list, example{at, text})
		}
	}
	return list, hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// fitModel learns from examples. Missing an emergency weighs more than a false card.
func fitModel(list []example) *model {
	texts, labels := make([]linear.Vector, len(list)), make([]int, len(list))
	for i, e := range list {
		texts[i], labels[i] = vectorOf(e.text), e.label
	}
	n := len(modelLabels())
	weights, bias := linear.Fit(texts, labels, buckets, n, linear.Options{Rounds: 12, Pace: 0.2, Restraint: 2e-5, Weight: []float32{1, 1.5, 2, 2, 2, 2, 3}})
	m := &model{bias: bias, steps: make([]int8, len(weights))}
	for _, w := range weights {
		m.step = max(m.step, w/127, -w/127)
	}
	for i, w := range weights {
		m.steps[i] = int8(math.Round(float64(w / m.step)))
	}
	return m
}

// WriteWeights fits the model to the examples and to the ways of asking of two folders and writes it to a file. It belongs to go generate.
func WriteWeights(examples, knowledge, file string) error {
	list, hash, err := sources{examples, knowledge}.read()
	if err != nil {
		return err
	}
	m := fitModel(list)
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("compressing the weights: %w", err)
	}
	if err := errors.Join(gob.NewEncoder(z).Encode(stored{hash, m.step, m.bias, m.steps}), z.Close()); err != nil {
		return fmt.Errorf("writing the weights: %w", err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing the weights: %w", err)
	}
	return nil
}

// loadWeights reads the model compiled into the program.
func loadWeights() (*model, string, error) {
	z, err := gzip.NewReader(bytes.NewReader(weightFile))
	if err != nil {
		return nil, "", fmt.Errorf("reading the weights: %w", err)
	}
	var s stored
	if err := gob.NewDecoder(z).Decode(&s); err != nil {
		return nil, "", fmt.Errorf("reading the weights: %w", err)
	}
	if n := len(modelLabels()); len(s.Bias) != n || len(s.Steps) != buckets*n {
		return nil, "", errors.New("reading the weights: they are of another model: run go generate ./bot/safety")
	}
	return &model{step: s.Step, bias: s.Bias, steps: s.Steps}, s.Examples, nil
}
