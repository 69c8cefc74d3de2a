package knowledge

import (
	"crypto/sha256"
	_ "embed" // the fitted model
	"encoding/hex"
	"fmt"
	"os"

	"example.org/intake/bot/classify"
)

//go:generate go run ./internal/fit

// weights are the fitted model of both languages, written by go generate.
//
//go:embed weights.bin
var weights []byte

// lesson reports whether the model learns from a document: what visitors write and what topics are called, but no answers.
func (d document) lesson() bool { return d.part != body }

// lessonsHash names what a model learns from: when it changes, the model is stale.
func lessonsHash(docs []document) string {
	h := sha256.New()
	for _, d := range docs {
		if d.lesson() {
			fmt.Fprintf(h, "%d\x00%s\x00%s\x00", d.role, d.label, d.text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// learn fits a model to documents of all languages at once: people mix them, and what two languages have in common is learned twice as well.
func learn(docs []document) (*classify.Model, error) {
	var lessons []classify.Example
	for _, d := range docs {
		if d.lesson() {
			lessons = append(lessons, classify.Example{Words: classify.Words(d.text), Label: d.label})
		}
	}
	m, err := classify.Fit(lessons, classify.Options{})
	if err != nil {
		return nil, fmt.Errorf("learn from the ways of asking: %w", err)
	}
	m.Lessons = lessonsHash(docs)
	return m, nil
}

// WriteWeights fits a model to the embedded ways of asking and writes it to a file. It belongs to go generate.
func WriteWeights(file string) error {
	c, err := read(embedded, nil)
	if err != nil {
		return err
	}
	m, err := learn(c.allDocuments(languages))
	if err != nil {
		return err
	}
	data, err := m.Encode()
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

// Refit learns anew where a clinic's own entries are not part of the shipped model. Until it is done the shipped model serves: it knows the built-in
// topics, and new topics are found by the index alone. It takes seconds; a server runs it in the background.
func (b *Base) Refit() error {
	if !b.stale {
		return nil
	}
	m, err := learn(b.docs)
	if err != nil {
		return err
	}
	b.model.Store(m)
	return nil
}
