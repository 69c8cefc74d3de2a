package staff

import (
	"fmt"
	"net/http"
	"time"
)

const (
	beat      = 15 * time.Second // between signs of life
	writeTime = 10 * time.Second // for one event
	maxStream = time.Hour        // then the browser connects anew
)

// events is the event stream: it says that something changed, never what. It follows the worklist, or one request.
func (c *Console) events(w http.ResponseWriter, r *http.Request, v visit) error {
	show, id := r.URL.Query().Get("show"), r.URL.Query().Get("request")
	state := func() string { return stateOf(c.Worklist.List(), show) }
	switch {
	case id != "":
		if _, ok := c.Worklist.Get(id); !ok {
			return errMissing
		}
		state = func() string {
			one, _ := c.Worklist.Get(id)
			return stateOfOne(one)
		}
	case !isShow(show):
		return errMissing
	}
	_, over, ok := c.Directory.Ends(v.session)
	if !ok {
		return errMissing
	}
	select {
	case <-c.stop:
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	default:
	}
	c.streams.Add(1)
	defer c.streams.Done()
	changes, done := c.Worklist.Changes()
	defer done()

	out := http.NewResponseController(w)
	send := func(text string) bool {
		// Streams outlive the server's write timeout; each event has its own. Without support for deadlines the write alone decides.
		_ = out.SetWriteDeadline(time.Now().Add(writeTime))
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	sent := state()
	if !send("retry: 2000\nevent: state\ndata: " + sent + "\n\n") {
		return nil
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	end := time.NewTimer(maxStream)
	defer end.Stop()
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-c.stop:
			return nil
		case <-end.C:
			return nil
		case <-over:
			send("event: ended\ndata:\n\n")
			return nil
		case <-tick.C:
			if _, _, ok := c.Directory.Ends(v.session); !ok {
				send("event: ended\ndata:\n\n")
				return nil
			}
			if !send(": \n\n") {
				return nil
			}
		case <-changes:
			if now := state(); now != sent {
				sent = now
				if !send("event: state\ndata: " + now + "\n\n") {
					return nil
				}
			}
		}
	}
}
