package knowledge

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

//go:generate go run ./internal/fit

// weightFiles are the fitted models, one a language, written by go generate.
//
//go:embed weights/*.bin
var weightFiles embed.FS

// stored is a model as a file holds it.
type stored struct {
	Lessons string // hash of what the model learned from
	Labels  []string
	Names   []string // features, by id
	Telling []float32
	Bias    []float32
	Step    float32
	Rows    []int32
	Of      []uint16
	Steps   []int8
}

// lessonsHash names what a model learns from: when it changes, the model is stale.
func lessonsHash(docs []document) string {
	h := sha256.New()
	for _, d := range docs {
		if d.part != body {
			fmt.Fprintf(h, "%d\x00%s\x00%s\x00", d.role, d.label, d.text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func (m *model) store(lessons string) ([]byte, error) {
	s := stored{Lessons: lessons, Labels: m.labels, Names: make([]string, len(m.telling)), Telling: m.telling, Bias: m.bias,
		Step: m.step, Rows: m.rows, Of: m.of, Steps: m.steps}
	for name, id := range m.ids {
		s.Names[id] = name
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress the model: %w", err)
	}
	if err := errors.Join(gob.NewEncoder(z).Encode(s), z.Close()); err != nil {
		return nil, fmt.Errorf("write the model: %w", err)
	}
	return out.Bytes(), nil
}

// loadModel reads a stored model and what it learned from.
func loadModel(data []byte) (m *model, lessons string, err error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("read the model: %w", err)
	}
	var s stored
	if err := gob.NewDecoder(z).Decode(&s); err != nil {
		return nil, "", fmt.Errorf("read the model: %w", err)
	}
	n := len(s.Labels)
	whole := len(s.Rows) == len(s.Names)+1 && len(s.Telling) == len(s.Names) && len(s.Bias) == n && len(s.Of) == len(s.Steps) &&
		slices.IsSorted(s.Rows) && s.Rows[0] == 0 && int(s.Rows[len(s.Names)]) == len(s.Of) && int(slices.Max(append(s.Of, 0))) < max(n, 1)
	if !whole {
		return nil, "", errors.New("read the model: its parts do not fit together; run go generate ./knowledge")
	}
	m = &model{labels: s.Labels, ids: make(map[string]int32, len(s.Names)), telling: s.Telling, bias: s.Bias, position: map[string]int{},
		step: s.Step, rows: s.Rows, of: s.Of, steps: s.Steps}
	for i, l := range s.Labels {
		m.position[l] = i
	}
	for id, name := range s.Names {
		m.ids[name] = int32(id)
	}
	return m, s.Lessons, nil
}

// embeddedModel is the model shipped for a language, nil if there is none.
func embeddedModel(lang string) (*model, string, error) {
	data, err := weightFiles.ReadFile("weights/" + lang + ".bin")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the model of %s: %w", lang, err)
	}
	return loadModel(data)
}

// WriteWeights fits a model for each language to the embedded ways of asking and writes it to dir. It belongs to go generate.
func WriteWeights(dir string) error {
	c, err := read(embedded, nil)
	if err != nil {
		return err
	}
	for _, lang := range languages {
		docs := c.documents(lang)
		f, err := newFinder(lang, docs)
		if err != nil {
			return err
		}
		data, err := fit(f.lessons()).store(lessonsHash(docs))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, lang+".bin"), data, 0o644); err != nil {
			return fmt.Errorf("write the model of %s: %w", lang, err)
		}
	}
	return nil
}

// Refit learns anew where a clinic's own entries are not part of the shipped models. Until it is done the shipped models serve: they know the
// built-in topics, and new topics are found by similarity alone. It takes seconds; a server runs it in the background.
func (b *Base) Refit() {
	for _, lang := range slices.Sorted(maps.Keys(b.finders)) {
		if f := b.finders[lang]; f.stale {
			f.model.Store(fit(f.lessons()))
		}
	}
}
