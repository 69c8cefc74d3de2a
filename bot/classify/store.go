package classify

import (
	"bytes"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"fmt"
)

// stored is a model as a file holds it.
type stored struct {
	Lessons string
	Labels  []string
	Telling []float32
	Counts  []uint8 // weights of each bucket
	Gaps    []uint8 // from one label to the next within a bucket: small numbers pack well
	Steps   []int8
	Step    []float32
	Bias    []float32
}

var errParts = errors.New("classify: the parts of the model do not fit together: fit it again with go generate")

// Encode writes the model in the form that [Decode] reads, a few megabytes at most.
func (m *Model) Encode() ([]byte, error) {
	s := stored{Lessons: m.Lessons, Labels: m.Labels, Telling: m.telling, Counts: make([]uint8, len(m.telling)), Gaps: make([]uint8, len(m.of)),
		Steps: m.steps, Step: m.step, Bias: m.bias}
	for id := range m.telling {
		s.Counts[id] = uint8(m.rows[id+1] - m.rows[id])
		last := uint8(0)
		for k := m.rows[id]; k < m.rows[id+1]; k++ {
			s.Gaps[k], last = m.of[k]-last, m.of[k]
		}
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("packing a model: %w", err)
	}
	if err := errors.Join(gob.NewEncoder(z).Encode(s), z.Close()); err != nil {
		return nil, fmt.Errorf("packing a model: %w", err)
	}
	return out.Bytes(), nil
}

// Decode reads a model. It refuses one whose parts do not fit together.
func Decode(data []byte) (*Model, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpacking a model: %w", err)
	}
	var s stored
	if err := gob.NewDecoder(z).Decode(&s); err != nil {
		return nil, fmt.Errorf("unpacking a model: %w", err)
	}
	n := len(s.Labels)
	if n < 2 || n > mostLabels || !mayHave(len(s.Telling)) || len(s.Counts) != len(s.Telling) || len(s.Gaps) != len(s.Steps) || len(s.Step) != n || len(s.Bias) != n {
		return nil, errParts
	}
	m := &Model{Lessons: s.Lessons, Labels: s.Labels, telling: s.Telling, rows: make([]uint32, len(s.Telling)+1), of: s.Gaps, steps: s.Steps, step: s.Step, bias: s.Bias}
	at := 0
	for id, count := range s.Counts {
		last := 0
		if at+int(count) > len(m.of) {
			return nil, errParts
		}
		for range count {
			last += int(m.of[at])
			if last >= n {
				return nil, errParts
			}
			m.of[at] = uint8(last)
			at++
		}
		m.rows[id+1] = uint32(at)
	}
	if at != len(m.of) {
		return nil, errParts
	}
	return m, nil
}
