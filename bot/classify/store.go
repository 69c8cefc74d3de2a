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
	Levels  []float32
	Low     []uint8 // of the level of each bucket, the lower half
	High    []uint8 // and the upper
	Counts  []uint8 // weights of each bucket
	Gaps    []uint8 // from one label to the next within a bucket: small numbers pack well
	Steps   []int8
	Step    []float32
	Bias    []float32
}

var errParts = errors.New("classify: the parts of the model do not fit together: fit it again with go generate")

// Encode writes the model in the form that [Decode] reads, a few megabytes at most.
func (m *Model) Encode() ([]byte, error) {
	s := stored{Lessons: m.Lessons, Labels: m.Labels, Levels: m.levels, Low: make([]uint8, len(m.telling)), High: make([]uint8, len(m.telling)),
		Counts: m.counts, Gaps: make([]uint8, len(m.of)), Steps: m.steps, Step: m.step, Bias: m.bias}
	for id, level := range m.telling {
		s.Low[id], s.High[id] = uint8(level), uint8(level>>8)
		last := uint8(0)
		for k, to := m.row(int32(id)); k < to; k++ {
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
	reads, ok := readingOf(len(s.Counts))
	if !ok || n < 2 || n > mostLabels || len(s.Low) != reads.buckets || len(s.High) != reads.buckets || len(s.Gaps) != len(s.Steps) || len(s.Step) != n || len(s.Bias) != n {
		return nil, errParts
	}
	m := &Model{Lessons: s.Lessons, Labels: s.Labels, reads: reads, levels: s.Levels, telling: make([]uint16, reads.buckets), counts: s.Counts,
		of: s.Gaps, steps: s.Steps, step: s.Step, bias: s.Bias}
	if m.index() != len(m.of) {
		return nil, errParts
	}
	at := 0
	for id, count := range s.Counts {
		if m.telling[id] = uint16(s.High[id])<<8 | uint16(s.Low[id]); int(m.telling[id]) >= len(m.levels) {
			return nil, errParts
		}
		last := 0
		for range count {
			last += int(m.of[at])
			if last >= n {
				return nil, errParts
			}
			m.of[at] = uint8(last)
			at++
		}
	}
	return m, nil
}
