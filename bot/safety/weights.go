package safety

import (
	"crypto/sha256"
	_ "embed" // the weights
	"encoding/hex"
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
	"opioid-use-disorder-signs": "", "precipitated-withdrawal": "", "pain-surgery-dental": "", "kratom-7oh": "", "intake-condition-on-arrival": "", "missed-dose-or-visit": "",
	"tapering-or-stopping": "", "pregnancy-and-treatment": "", "driving-and-machinery": "", "mixing-alcohol-benzos-drugs": "",
	"oos-abuse-sexual": "", "oos-general-medicine": "",
}

// everyWay says how many of the harmless ways of asking a topic are learned from: one in so many. All of them would drown the dangers.
const everyWay = 4

// read gathers all examples in a fixed order, and the hash that names them.
func (s sources) read() (list []classify.Example, hash string, err error) {
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
	phrases, err := filepath.Glob(filepath.Join(s.phrases, "*", "*.txt"))
	if err != nil || len(phrases) == 0 {
		return nil, "", fmt.Errorf("no phrases in %s: %w", s.phrases, err)
	}
	screen, err := read(os.DirFS(filepath.Dir(s.phrases)))
	if err != nil {
		return nil, "", err
	}
	sum := sha256.New()
	for _, file := range phrases {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, "", fmt.Errorf("reading phrases: %w", err)
		}
		sum.Write(data)
	}
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
			}
			if label == "" || label == "none" && filepath.Base(filepath.Dir(file)) == "entries" && n%everyWay != 0 {
				continue
			}
			label = strings.TrimPrefix(label, "?") // a question mark says likely, not certain: the model learns it as its kind
			if !ok || label != labelNone && !slices.Contains(kinds(), Kind(label)) && !slices.Contains(adviceKinds(), AdviceKind(label)) {
				return nil, "", fmt.Errorf("%s:%d: not a label, a tab and a message", file, n+1)
			}
			list = append(list, classify.Example{Words: screen.evidence(classify.Words(text)), Label: label})
		}
	}
	return list, hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// fit learns from examples. Missing an emergency weighs more than a false card.
func fit(list []classify.Example) (*classify.Model, error) {
	weight := map[string]float64{}
	for _, k := range kinds() {
		weight[string(k)] = 2
	}
	return classify.Fit(list, classify.Options{Weight: weight})
}

// WriteWeights fits the model to the examples the phrases and the ways of asking of three folders and writes it to a file. It belongs to go generate.
func WriteWeights(examples, phrases, knowledge, file string) error {
	list, hash, err := sources{examples, phrases, knowledge}.read()
	if err != nil {
		return err
	}
	m, err := fit(list)
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
