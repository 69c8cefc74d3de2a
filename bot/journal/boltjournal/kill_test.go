package boltjournal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot/journal"
)

const killedFolder = "INTAKE_TEST_KILLED_FOLDER"

// killedChild appends to streams and erases them until it is killed, and says what was acknowledged.
func killedChild(dir, run string) {
	j, err := trySealed(dir, Options{})
	if err != nil {
		fmt.Println("failed", err)
		return
	}
	for i := 0; ; i++ {
		s := stream(fmt.Sprint("r", run, "-", i))
		var after journal.Position
		for n := range 3 {
			p, err := j.Append(context.Background(), s, after, fmt.Append(nil, "words ", n))
			if err != nil {
				fmt.Println("failed", err)
				return
			}
			after = p
			fmt.Println("append", s.ID)
		}
		if i%3 == 0 {
			fmt.Println("erasing", s.ID)
			if err := j.Erase(context.Background(), s); err != nil {
				fmt.Println("failed", err)
				return
			}
			fmt.Println("erased", s.ID)
		}
	}
}

// TestKilled kills a process that writes and erases, at random moments, again and again in one folder. What was acknowledged is
// there, what was erased is gone, and what was being erased is either whole or gone. (A kill does not test what a power loss
// does: the page cache survives it.)
func TestKilled(t *testing.T) {
	if dir := os.Getenv(killedFolder); dir != "" {
		killedChild(dir, os.Getenv("INTAKE_TEST_RUN"))
		return
	}
	runs := 25
	if testing.Short() {
		runs = 5
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	dir := t.TempDir()
	acked, state, undone := map[string]int{}, map[string]string{}, 0
	for run := range runs {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		cmd.Env = append(os.Environ(), killedFolder+"="+dir, fmt.Sprint("INTAKE_TEST_RUN=", run))
		out, err := cmd.StdoutPipe()
		check(t, err)
		check(t, cmd.Start())
		lines := bufio.NewScanner(out)
		kill := time.Duration(r.IntN(120)) * time.Millisecond
		for first := true; lines.Scan(); first = false {
			what, id, _ := strings.Cut(lines.Text(), " ")
			switch what {
			case "append":
				acked[id]++
			case "erasing", "erased":
				state[id] = what
			case "failed":
				t.Fatal(lines.Text())
			}
			if first {
				time.AfterFunc(kill, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait()
		started := time.Now()
		j := openSealed(t, dir)
		if d := time.Since(started); d > 2*time.Second {
			t.Errorf("ready after %v", d)
		}
		for id, n := range acked {
			got, err := readAll(j, stream(id))
			gone := errors.Is(err, journal.ErrErased)
			switch {
			case state[id] == "erased" && !gone, state[id] == "" && err != nil, state[id] == "erasing" && err != nil && !gone:
				t.Fatalf("run %d: %s %s: %v", run, id, state[id], err)
			case !gone && (len(got) < n || len(got) > n+1): // one more may have been stored and not yet told
				t.Fatalf("run %d: %s has %d entries, %d acknowledged", run, id, len(got), n)
			case !gone && !slices.Equal(got, []string{"words 0", "words 1", "words 2"}[:len(got)]):
				t.Fatalf("run %d: %s: %q", run, id, got)
			}
			if state[id] == "erasing" {
				undone++
			}
			if gone {
				state[id] = "erased"
				if _, err := j.(withKeys).keys.Get(t.Context(), stream(id)); !errors.Is(err, journal.ErrNoKey) {
					t.Fatalf("run %d: %s is erased and has a key: %v", run, id, err)
				}
			}
		}
		check(t, j.Close())
		if names, err := os.ReadDir(dir); err != nil || len(names) != 2 {
			t.Fatalf("files left: %v %v", names, err)
		}
	}
	t.Logf("%d streams, %d killed while being erased", len(acked), undone)
	if len(acked) < runs {
		t.Fatal("the children got nothing done")
	}
}
