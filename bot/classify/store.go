package classify

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
)

// stored is the first part of a model as a file holds it. After it stand, a byte each: the lower half of the level of every bucket, the upper half, how
// many weights every bucket has, the labels of all weights (as the gap to the last one of the bucket: small numbers pack well), and their steps. They
// are read straight to where the model keeps them: as fields of this they took half the time of reading and twice the memory.
type stored struct {
	Lessons string
	Labels  []string
	Levels  []float32
	Buckets int
	Step    []float32
	Bias    []float32
}

// mostWeights is more than any model has; a broken file asks for no more memory than that.
const mostWeights = 1 << 24

var errParts = errors.New("classify: the parts of the model do not fit together: fit it again with go generate")

// Encode writes the model in the form that [Decode] reads, a few megabytes at most.
func (m *Model) Encode() ([]byte, error) {
	low, high, gaps, steps := make([]byte, len(m.telling)), make([]byte, len(m.telling)), make([]byte, len(m.of)), make([]byte, len(m.steps))
	for id, level := range m.telling {
		low[id], high[id] = byte(level), byte(level>>8)
		last := uint8(0)
		for k, to := m.row(int32(id)); k < to; k++ {
			gaps[k], last = m.of[k]-last, m.of[k]
		}
	}
	for k, step := range m.steps {
		steps[k] = byte(step)
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("packing a model: %w", err)
	}
	err = gob.NewEncoder(z).Encode(stored{Lessons: m.Lessons, Labels: m.Labels, Levels: m.levels, Buckets: len(m.telling), Step: m.step, Bias: m.bias})
	for _, part := range [][]byte{low, high, m.counts, gaps, steps} {
		if err == nil {
			_, err = z.Write(part)
		}
	}
	if err := errors.Join(err, z.Close()); err != nil {
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
	in := bufio.NewReader(z) // gob takes no byte more than its own from a reader that gives single bytes
	var s stored
	if err := gob.NewDecoder(in).Decode(&s); err != nil {
		return nil, fmt.Errorf("unpacking a model: %w", err)
	}
	part := func(size int) []byte {
		p := make([]byte, size)
		if err == nil {
			_, err = io.ReadFull(in, p)
		}
		return p
	}
	n := len(s.Labels)
	reads, ok := readingOf(s.Buckets)
	if !ok || n < 2 || n > mostLabels || len(s.Step) != n || len(s.Bias) != n {
		return nil, errParts
	}
	low, high := part(s.Buckets), part(s.Buckets)
	m := &Model{Lessons: s.Lessons, Labels: s.Labels, reads: reads, levels: s.Levels, telling: make([]uint16, s.Buckets), counts: part(s.Buckets),
		step: s.Step, bias: s.Bias}
	weights := m.index()
	if weights > mostWeights {
		return nil, errParts
	}
	m.of, m.steps = part(weights), make([]int8, weights)
	for k, step := range part(weights) {
		m.steps[k] = int8(step)
	}
	if err != nil {
		return nil, fmt.Errorf("unpacking a model: %w", err)
	}
	if _, err := in.ReadByte(); !errors.Is(err, io.EOF) { // which also compares the checksum
		return nil, errParts
	}
	at := 0
	for id, count := range m.counts {
		if m.telling[id] = uint16(high[id])<<8 | uint16(low[id]); int(m.telling[id]) >= len(m.levels) {
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
