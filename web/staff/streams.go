package staff

import "sync"

// streams counts the event streams that are open, so that the program can end when the last one has left. None enters after the end was asked for:
// without the lock one could slip in while the end is already waiting, and be cut in the middle of an event.
type streams struct {
	stop chan struct{} // closed when streams must end
	gone chan struct{} // closed when all have left after that

	mu    sync.Mutex
	open  int
	ended bool
}

func newStreams() *streams {
	return &streams{stop: make(chan struct{}), gone: make(chan struct{})}
}

// enter counts one more stream in; false means that it must not begin.
func (s *streams) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.open++
	return true
}

// leave counts out a stream that has entered.
func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	if s.ended && s.open == 0 {
		close(s.gone)
	}
}

// end tells all streams to end and returns what is closed when the last one has left. Asking again changes nothing.
func (s *streams) end() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.stop)
		if s.open == 0 {
			close(s.gone)
		}
	}
	return s.gone
}
