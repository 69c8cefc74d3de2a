package boltjournal

import (
	"fmt"
	"sync"
	"testing"

	"example.org/intake/bot/journal"
)

func benchmarkBoth(b *testing.B, run func(b *testing.B, j journal.Journal)) {
	b.Run("plain", func(b *testing.B) {
		j := openPlain(b, b.TempDir())
		defer j.Close()
		run(b, j)
	})
	b.Run("sealed", func(b *testing.B) {
		j := openSealed(b, b.TempDir())
		defer j.Close()
		run(b, j)
	})
}

func BenchmarkAppend(b *testing.B) {
	for _, writers := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			benchmarkBoth(b, func(b *testing.B, j journal.Journal) {
				data := make([]byte, 200)
				after := make([]journal.Position, writers)
				for w := range after { // the first entry, which makes the key, is not measured
					after[w] = appendAll(b, j, stream(fmt.Sprint("w", w)), "first")[0]
				}
				b.ResetTimer()
				var wg sync.WaitGroup
				for w := range writers {
					wg.Go(func() {
						s := stream(fmt.Sprint("w", w))
						for range (b.N + writers - 1) / writers {
							p, err := j.Append(b.Context(), s, after[w], data)
							if err != nil {
								b.Error(err)
								return
							}
							after[w] = p
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
			})
		})
	}
}

func BenchmarkRead100(b *testing.B) {
	benchmarkBoth(b, func(b *testing.B, j journal.Journal) {
		words := make([]string, 100)
		for i := range words {
			words[i] = string(make([]byte, 200))
		}
		appendAll(b, j, stream("a"), words...)
		b.ResetTimer()
		for range b.N {
			if got, err := readAll(j, stream("a")); err != nil || len(got) != 100 {
				b.Fatal(len(got), err)
			}
		}
	})
}

// BenchmarkOpen measures starting with 100,000 entries of 300 bytes in 10,000 streams.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	j := openPlain(b, dir)
	var wg sync.WaitGroup
	for w := range 100 {
		wg.Go(func() {
			for i := range 100 {
				var after journal.Position
				for range 10 {
					p, err := j.Append(b.Context(), stream(fmt.Sprint("w", w, "-", i)), after, make([]byte, 300))
					if err != nil {
						b.Error(err)
						return
					}
					after = p
				}
			}
		})
	}
	wg.Wait()
	check(b, j.Close())
	b.ResetTimer()
	for range b.N {
		j := openPlain(b, dir)
		check(b, j.Close())
	}
}
