package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/figures"
)

// What real conversations leave is what is counted: the whole road writes, the counter reads, in a sealed journal, over a restart.
func TestRealConversationsAreCounted(t *testing.T) {
	t.Parallel()
	ctx := t.Context() // no limit of its own: under the race detector, beside other packages, the models alone take most of a minute to read
	var now atomic.Pointer[time.Time]
	start := time.Date(2026, time.November, 23, 16, 0, 0, 0, time.UTC)
	now.Store(&start)
	dir := t.TempDir()
	p := &program{stdout: io.Discard, stderr: &bytes.Buffer{}, getenv: func(string) string { return "" }, now: func() time.Time { return *now.Load() }}
	s := &settings{data: filepath.Join(dir, "data"), staffIdle: 15 * time.Minute, acceptWithin: time.Minute}
	public := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	run := func(do func(h *house)) {
		t.Helper()
		j, err := openJournal(ctx, p, s)
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		work, stop := context.WithCancel(ctx)
		defer stop()
		h, err := newHouse(work, p, s, j, public, log)
		if err != nil {
			t.Fatal(err)
		}
		do(h)
		if err := h.figures.CaughtUp(ctx); err != nil {
			t.Fatal(err)
		}
		if err := h.figures.Stop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	run(func(h *house) {
		road := h.desk.Road()
		for id, talk := range map[string][]converse.Message{
			"one":   {{ID: "l1", Text: "do you take Medicare?", Lang: bot.EN}, {ID: "l2", Text: "what is the weather on the moon in pesos", Lang: bot.EN}},
			"two":   {{ID: "l1", Text: "¿aceptan Medicare?", Lang: bot.ES}},
			"three": {{ID: "l1", Text: "my friend is blue and won't wake up, he took fentanyl", Lang: bot.EN}},
			"four":  {{ID: "l1", Text: "do you take Medicare?", Lang: bot.EN}},
			"five":  {{ID: "l1", Text: "¿aceptan Medicare?", Lang: bot.ES}},
		} {
			for _, m := range talk {
				if _, err := road.Say(ctx, id, m); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
	tomorrow := start.AddDate(0, 0, 1)
	now.Store(&tomorrow)
	run(func(h *house) {
		sums := map[figures.Metric]int{}
		for _, n := range h.figures.Between("2026-11-23", "2026-11-23") {
			sums[n.Metric] += n.N
			if n.Metric == figures.Topics && n.Value == "medicare-accepted" {
				sums["medicare"] += n.N
			}
			if n.Metric == figures.Questions && n.Value == figures.Answered {
				sums["answered"] += n.N
			}
		}
		for m, want := range map[figures.Metric]int{figures.Conversations: 5, figures.Hours: 5, "answered": 4, "medicare": 4, figures.Emergencies: 1, figures.Requests: 1} {
			if sums[m] != want {
				t.Errorf("%s: %d, want %d", m, sums[m], want)
			}
		}
		if sums[figures.Questions] < 5 {
			t.Errorf("a question without an answer was not counted: %v", sums)
		}
	})
}
