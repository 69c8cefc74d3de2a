package visitor

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// rates say how many messages are taken. They are far above what a person types: somebody who cannot wait must not be told to wait.
type rates struct {
	socketEvery time.Duration // one message of a socket, in the long run
	socketBurst int
	talkEvery   time.Duration // one message of a conversation, whatever the socket
	talkBurst   int
}

func generous() rates {
	return rates{socketEvery: 500 * time.Millisecond, socketBurst: 30, talkEvery: 750 * time.Millisecond, talkBurst: 40}
}

// budgets holds one bucket for each conversation that spoke lately, so that connecting again does not fill it. Nothing about who connects is
// kept.
type budgets struct {
	rates rates
	mu    sync.Mutex
	talks map[string]*rate.Limiter
	swept time.Time
}

func newBudgets(r rates) *budgets { return &budgets{rates: r, talks: map[string]*rate.Limiter{}} }

// socket makes the bucket of one socket.
func (b *budgets) socket() *rate.Limiter {
	return rate.NewLimiter(rate.Every(b.rates.socketEvery), b.rates.socketBurst)
}

// allow takes one message from the bucket of a conversation.
func (b *budgets) allow(id string, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.swept) > time.Minute {
		b.swept = now
		for id, l := range b.talks {
			if l.TokensAt(now) >= float64(b.rates.talkBurst) { // full again: a new one would be the same
				delete(b.talks, id)
			}
		}
	}
	l := b.talks[id]
	if l == nil {
		l = rate.NewLimiter(rate.Every(b.rates.talkEvery), b.rates.talkBurst)
		b.talks[id] = l
	}
	return l.AllowN(now, 1)
}
