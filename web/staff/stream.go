package staff

import (
	"cmp"
	"fmt"
	"net/http"
	"time"

	"example.org/intake/bot/live"
)

const (
	beat      = 15 * time.Second       // between signs of life
	writeTime = 10 * time.Second       // for one event
	maxStream = time.Hour              // then the browser connects anew
	calm      = 100 * time.Millisecond // between two looks at what changed
)

// events is the event stream: it says that something changed, never what. It follows a part of the worklist, one request or a chat, and
// always the calls of visitors. While it is open its person counts as present.
func (c *Console) events(w http.ResponseWriter, r *http.Request, v visit) error {
	id, chat := r.URL.Query().Get("request"), r.URL.Query().Get("chat")
	state := func() string { return "" }
	switch {
	case id != "":
		one, ok := c.Worklist.Get(id)
		if !ok || !c.mayRead(v, one) {
			return errMissing
		}
		state = func() string {
			one, _ := c.Worklist.Get(id)
			return stateOfOne(one, c.Now())
		}
	case chat != "":
		if !c.talks(v.who.ID, chat) {
			return errMissing
		}
	case r.URL.Query().Has("show"):
		show, from, ok := partOf(r)
		if !ok {
			return errMissing
		}
		state = func() string { return c.board.part(show, v.who.ID, from, c.Now()).state }
	}
	_, over, ok := c.Directory.Ends(v.session)
	if !ok {
		return errMissing
	}
	if !c.streams.enter() {
		w.Header().Set("Retry-After", "2")
		w.WriteHeader(http.StatusServiceUnavailable)
		return nil
	}
	defer c.streams.leave()
	changes, done := c.Worklist.Changes()
	defer done()
	signals, leave := c.Desk.JoinStaff(v.who.ID, cmp.Or(chat, id))
	defer leave()

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
	sent, urgent := state(), c.board.urgent(c.Now())
	if !send("retry: 2000\nevent: state\ndata: " + sent + "\n\nevent: ring\ndata:\n\n") {
		return nil
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	end := time.NewTimer(maxStream)
	defer end.Stop()
	var soon <-chan time.Time // set while a change waits to be looked at
	looked := time.Time{}
	for {
		select {
		case <-r.Context().Done():
			return nil
		case <-c.streams.stop:
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
			soon = time.After(0) // claims end and requests fall due without anybody doing anything
		case sig := <-signals:
			kind := sig.Kind
			if kind == live.People {
				kind = live.Ring // the same part of the page shows both
			}
			if !send("event: " + kind + "\ndata:\n\n") {
				return nil
			}
		case <-changes:
			if soon == nil {
				soon = time.After(calm - time.Since(looked))
			}
		case <-soon:
			soon, looked = nil, time.Now()
			if now := c.board.urgent(c.Now()); now != urgent {
				urgent = now
				if !send("event: ring\ndata:\n\n") {
					return nil
				}
			}
			if now := state(); now != sent {
				sent = now
				if !send("event: state\ndata: " + now + "\n\n") {
					return nil
				}
			}
		}
	}
}
