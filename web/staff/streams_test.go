package staff

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Streams that come while the console ends are turned away or waited for, whichever came first: none is open when the end has come.
func TestStreamsComeWhileTheConsoleEnds(t *testing.T) {
	turnedAway := 0
	for round := range 2000 {
		s := newStreams()
		var open, refused atomic.Int32
		var comers sync.WaitGroup
		start := make(chan struct{})
		for range 8 {
			comers.Go(func() {
				<-start
				if !s.enter() {
					refused.Add(1)
					return
				}
				open.Add(1)
				<-s.stop
				open.Add(-1)
				s.leave()
			})
		}
		close(start)
		for int(open.Load()) < round%8 { // the end comes when so many are in, and the others may be anywhere
			runtime.Gosched()
		}
		<-s.end()
		if s.enter() {
			t.Fatal("a stream entered after the end")
		}
		if n := open.Load(); n != 0 {
			t.Fatalf("%d streams are open after the end", n)
		}
		<-s.end() // asking again is no error
		comers.Wait()
		turnedAway += int(refused.Load())
	}
	if turnedAway == 0 || turnedAway == 2000*8 {
		t.Errorf("%d of %d were turned away: the end never came in the middle", turnedAway, 2000*8)
	}
}
