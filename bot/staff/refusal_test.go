package staff

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// BenchmarkRefusal compares how long it takes to refuse a known and an unknown name, with the padding of the real program.
func BenchmarkRefusal(b *testing.B) {
	h := newHouse(b)
	h.account("ana", Staff)
	h.least = leastRefusal
	var mu sync.Mutex
	took := map[string][]time.Duration{}
	for b.Loop() {
		var wg sync.WaitGroup
		for _, login := range []string{"ana", "nobody"} {
			wg.Go(func() {
				began := time.Now()
				_, _, _ = h.SignIn(context.Background(), login, "not the passphrase", "123456")
				mu.Lock()
				defer mu.Unlock()
				took[login] = append(took[login], time.Since(began))
			})
		}
		wg.Wait()
	}
	median := func(d []time.Duration) time.Duration {
		slices.Sort(d)
		return d[len(d)/2]
	}
	known, unknown := median(took["ana"]), median(took["nobody"])
	b.ReportMetric(float64(known.Microseconds())/1000, "ms/known")
	b.ReportMetric(float64(unknown.Microseconds())/1000, "ms/unknown")
	b.ReportMetric(float64((known-unknown).Abs().Microseconds())/1000, "ms/apart")
}
