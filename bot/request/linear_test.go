package request_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/request"
)

// step is one thing that a client does to one request.
type step struct {
	what, by, to string
	id           string
	after        journal.Position // the version that a change of status builds on
	status       request.Status
}

// saw is what came of it.
type saw struct {
	held     string // who has it instead
	conflict bool   // the version was not the last one any more
	holder   string
	status   request.Status
	tries    int
	at       journal.Position
}

// sheet is one request as it must be at every moment if all steps happened one after the other. Nobody is told the version that a change made;
// until somebody reads it, all that is known is that it is above the last one.
type sheet struct {
	holder string
	status request.Status
	tries  int
	at     journal.Position
	read   bool // at is the version; otherwise the version is above it
}

// change gives the sheet a version that nobody has read yet.
func (s sheet) change(holder string) sheet {
	s.holder, s.read = holder, false
	return s
}

// oneAfterTheOther is the worklist with one person in the office: what claims, releases, hand-overs, attempts and changes of status must look like.
func oneAfterTheOther() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return sheet{status: request.New} },
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			byID := map[string][]porcupine.Operation{}
			for _, o := range all {
				id := o.Input.(step).id
				byID[id] = append(byID[id], o)
			}
			var parts [][]porcupine.Operation
			for _, p := range byID {
				parts = append(parts, p)
			}
			return parts
		},
		Step: func(state, input, output any) (bool, any) {
			s, in, out := state.(sheet), input.(step), output.(saw)
			// Everything but a look and a change of status is refused where somebody else has it, and tells who.
			if other := s.holder != "" && s.holder != in.by; in.what != "look" && in.what != "status" && !(in.what == "give" && s.holder == in.to) {
				if other || out.held != "" {
					return other && out.held == s.holder, s
				}
			}
			switch in.what {
			case "look":
				if out.holder != s.holder || out.status != s.status || out.tries != s.tries || s.read && out.at != s.at || !s.read && out.at <= s.at {
					return false, s
				}
				s.at, s.read = out.at, true
				return true, s
			case "claim":
				if s.holder == in.by {
					return true, s // nothing is stored
				}
				return true, s.change(in.by)
			case "release":
				if s.holder == "" {
					return true, s
				}
				return true, s.change("")
			case "give":
				if s.holder == in.to {
					return out.held == "", s
				}
				return true, s.change(in.to)
			case "attempt":
				s.tries++
				if s.status == request.New {
					s.status = request.Contacted
				}
				return true, s.change(in.by)
			case "status":
				last := s.read && s.at == in.after
				if out.conflict || !last {
					return out.conflict && !last, s
				}
				s.status = in.status
				if in.status != request.Contacted {
					s.holder = "" // closed, or open to all again
				}
				return true, s.change(s.holder)
			}
			return false, s
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v: %+v", input, output) },
	}
}

// desk is one client's way to the worklist; claim can be replaced by one that does not look.
type desk struct {
	w     *request.Worklist
	claim func(ctx context.Context, id, by string, now time.Time) error
}

func (d desk) do(t *testing.T, in step) (out saw) {
	var err error
	switch ctx, now := context.Background(), time.Now(); in.what {
	case "look":
		r, _ := d.w.Get(in.id)
		return saw{holder: r.HeldBy(now), status: r.Status, tries: len(r.Attempts), at: r.Position}
	case "claim":
		err = d.claim(ctx, in.id, in.by, now)
	case "release":
		err = d.w.Release(ctx, in.id, in.by, now, false)
	case "give":
		err = d.w.Give(ctx, in.id, in.by, in.to, now, false)
	case "attempt":
		err = d.w.Attempt(ctx, in.id, in.by, request.NoAnswer, "", now)
	case "status":
		err = d.w.SetStatus(ctx, in.id, in.after, in.status, in.by)
	}
	var held *request.HeldError
	switch {
	case errors.As(err, &held):
		return saw{held: held.By}
	case errors.Is(err, journal.ErrConflict):
		return saw{conflict: true}
	case err != nil:
		t.Error(err)
	}
	return saw{}
}

// history lets clients work on a few requests at once and notes what each did and saw.
func history(t *testing.T, seed uint64, clients, steps int, open func(*testing.T, uint64) (desk, []string)) []porcupine.Operation {
	d, ids := open(t, seed)
	who := func(n int) string { return "staff-" + strconv.Itoa(n) }
	began := time.Now()
	notes := make([][]porcupine.Operation, clients)
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(n)))
			note := func(in step) saw {
				call := time.Since(began).Nanoseconds()
				out := d.do(t, in)
				notes[n] = append(notes[n], porcupine.Operation{ClientId: n, Input: in, Output: out, Call: call, Return: time.Since(began).Nanoseconds()})
				return out
			}
			for range steps {
				in := step{by: who(n), id: ids[dice.IntN(len(ids))]}
				switch roll := dice.IntN(10); {
				case roll < 4:
					in.what = "claim"
				case roll < 6:
					in.what = "release"
				case roll < 7:
					in.what, in.to = "give", who(dice.IntN(clients))
				case roll < 8:
					in.what = "attempt"
				default: // a change that builds on what was just read
					in.after = note(step{what: "look", id: in.id}).at
					in.what, in.status = "status", []request.Status{request.New, request.Contacted, request.Closed}[dice.IntN(3)]
				}
				note(in)
			}
		})
	}
	wg.Wait()
	var all []porcupine.Operation
	for _, some := range notes {
		all = append(all, some...)
	}
	return all
}

// handed opens a worklist with a few requests that everybody wants.
func handed(t *testing.T) (journal.Journal, *request.Worklist, []string) {
	j, err := boltjournal.Open(t.TempDir(), boltjournal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	w, err := request.Open(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for n := range 5 {
		ids = append(ids, "wanted-"+strconv.Itoa(n))
		handOver(t, j, w, ids[n], request.Event{Cause: "l", Reason: bot.ReasonConfirmed, Lang: bot.EN})
	}
	return j, w, ids
}

// TestClaimsAndEditsAreLinearizable gives what many clients did and saw at once to a checker: there must be an order in which one after the other
// would have seen the same. INTAKE_LINEAR=100 runs that many seeds with 20 clients of 500
// steps each, CI=true runs 5 of them; otherwise the runs are small.
func TestClaimsAndEditsAreLinearizable(t *testing.T) {
	seeds, steps := uint64(20), 40
	if os.Getenv("CI") == "true" {
		seeds, steps = 5, 500
	}
	if n, err := strconv.ParseUint(os.Getenv("INTAKE_LINEAR"), 10, 64); err == nil {
		seeds, steps = n, 500
	}
	first := uint64(time.Now().UnixNano())
	for seed := first; seed < first+seeds; seed++ {
		all := history(t, seed, 20, steps, func(t *testing.T, _ uint64) (desk, []string) {
			_, w, ids := handed(t)
			return desk{w: w, claim: w.Claim}, ids
		})
		result := porcupine.CheckOperationsTimeout(oneAfterTheOther(), all, 2*time.Minute)
		t.Logf("seed %d: %d clients, %d operations: %s", seed, 20, len(all), result)
		if result != porcupine.Ok {
			t.Fatalf("seed %d: the history is %s", seed, result)
		}
	}
}

// TestCheckerSeesABlindClaim is the control: a claim that reads, thinks for a moment and then writes over whatever came between is found out.
func TestCheckerSeesABlindClaim(t *testing.T) {
	all := history(t, 1, 8, 20, func(t *testing.T, _ uint64) (desk, []string) {
		j, w, ids := handed(t)
		blind := func(ctx context.Context, id, by string, now time.Time) error {
			r, _ := w.Get(id)
			if holder := r.HeldBy(now); holder != "" && holder != by {
				return &request.HeldError{By: holder}
			}
			time.Sleep(2 * time.Millisecond)
			for {
				r, _ = w.Get(id)
				_, err := j.Append(ctx, journal.Stream{Kind: journal.Request, ID: id}, r.Position, []byte(`[{"type":"claimed","by":"`+by+`"}]`))
				if !errors.Is(err, journal.ErrConflict) {
					return err
				}
			}
		}
		return desk{w: w, claim: blind}, ids
	})
	if result := porcupine.CheckOperationsTimeout(oneAfterTheOther(), all, time.Minute); result != porcupine.Illegal {
		t.Fatalf("a claim that overwrites another one passes: %s", result)
	}
}
