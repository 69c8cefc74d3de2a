package visitor

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/live"
)

// Where websockets are blocked the same frames travel by plain requests: lines go up by POST, what was said comes down as an event stream, or,
// where a proxy holds streams back, as answers to polls. The token travels in the Authorization header, never in an address.

const bearer = "Bearer "

// conversation reads the token of a request. id is "" without one; ok is false if it has answered because the request is not ours to serve.
func (v *Visitor) conversation(w http.ResponseWriter, r *http.Request) (id string, ok bool) {
	w.Header().Set("Cache-Control", "no-store, no-transform")
	if o := r.Header.Values("Origin"); len(o) > 1 || len(o) == 1 && o[0] != v.origin || len(o) == 0 && r.Method != http.MethodGet ||
		r.Header.Get("Sec-Fetch-Site") != "" && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		http.Error(w, "this address is for the chat page", http.StatusForbidden)
		return "", false
	}
	auth := r.Header.Get("Authorization")
	if auth == "" {
		return "", true
	}
	id, err := converse.ConversationID(strings.TrimPrefix(auth, bearer))
	if err != nil || !strings.HasPrefix(auth, bearer) {
		http.Error(w, "not a token", http.StatusBadRequest)
		return "", false
	}
	return id, true
}

// hurry gives the other side little time to send its body, until the function it returns is called.
func (v *Visitor) hurry(w http.ResponseWriter) func() {
	rc := http.NewResponseController(w)
	_ = rc.SetReadDeadline(time.Now().Add(v.limits.hello)) // not every writer can: then the server's own limits hold
	return func() { _ = rc.SetReadDeadline(time.Time{}) }
}

// body reads the frame of a POST within the limits of a socket's frame.
func (v *Visitor) body(w http.ResponseWriter, r *http.Request) (frame, bool) {
	defer v.hurry(w)()
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, v.limits.frame))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return frame{}, false
	case err != nil:
		return frame{}, false // nobody is there to be answered
	}
	f, err := parse(data)
	if err != nil {
		http.Error(w, "the frame was not understood", http.StatusBadRequest)
		return frame{}, false
	}
	return f, true
}

// serveSay takes one line and answers with the frame that a socket would send, or passes on that the visitor types.
func (v *Visitor) serveSay(w http.ResponseWriter, r *http.Request) {
	id, ok := v.conversation(w, r)
	if !ok {
		return
	}
	f, ok := v.body(w, r)
	if !ok {
		return
	}
	if id != "" && f.Type == "typing" {
		if v.cfg.Desk != nil && v.budgets.allow("typing "+id, time.Now()) { // a bucket of its own: typing must not cost a message
			v.cfg.Desk.Typing(id, bot.FromVisitor)
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	if id == "" || f.Type != "say" {
		http.Error(w, "the frame was not understood", http.StatusBadRequest)
		return
	}
	lang := f.Lang
	if !lang.Known() {
		lang = bot.EN
	}
	ctx, cancel := context.WithTimeout(r.Context(), v.limits.say)
	defer cancel()
	answer, ended := v.say(ctx, id, f, lang, nil)
	code := http.StatusOK
	if ended {
		code = http.StatusNotFound
	}
	v.json(w, code, answer)
}

// serveLeave makes the token void. The answer is the same whether there was a conversation or not.
func (v *Visitor) serveLeave(w http.ResponseWriter, r *http.Request) {
	id, ok := v.conversation(w, r)
	if !ok {
		return
	}
	if id != "" {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), v.limits.say) // the page is going away: that must not stop it
		defer cancel()
		v.leave(ctx, id)
	}
	w.WriteHeader(http.StatusNoContent)
}

// serveErase destroys the conversation, and its request if the visitor takes it back, and answers with the code that confirms it.
func (v *Visitor) serveErase(w http.ResponseWriter, r *http.Request) {
	id, ok := v.conversation(w, r)
	if !ok {
		return
	}
	if id == "" {
		http.NotFound(w, r)
		return
	}
	var how struct {
		Withdraw bool `json:"withdraw"`
	}
	done := v.hurry(w)
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<10)).Decode(&how)
	done()
	if err != nil {
		http.Error(w, "the frame was not understood", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), v.limits.say)
	defer cancel()
	erased, err := v.cfg.Road.Erase(ctx, id, how.Withdraw)
	switch {
	case errors.Is(err, converse.ErrEnded):
		http.NotFound(w, r)
	case err != nil:
		v.cfg.Log.Error("a conversation could not be erased", "err", err)
		http.Error(w, "not erased", http.StatusServiceUnavailable)
	default:
		v.json(w, http.StatusOK, erased)
	}
}

// serveEvents streams what comes after a position as server-sent events, each a frame.
func (v *Visitor) serveEvents(w http.ResponseWriter, r *http.Request) { v.follow(w, r, false) }

// servePoll answers with the frames after a position, as soon as there are any or when the wait is over.
func (v *Visitor) servePoll(w http.ResponseWriter, r *http.Request) { v.follow(w, r, true) }

func (v *Visitor) follow(w http.ResponseWriter, r *http.Request, once bool) {
	id, ok := v.conversation(w, r)
	if !ok {
		return
	}
	if v.draining.Load() || v.crowded() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "come back in a moment", http.StatusServiceUnavailable)
		return
	}
	v.streams.Add(1)
	defer v.streams.Add(-1)
	after, err := strconv.ParseUint(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		http.Error(w, "after is not a position", http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), v.limits.say)
	defer cancel()
	ready := readyFrame{Type: "ready"}
	var at journal.Position
	if id != "" {
		code := 0
		if at, code = v.resume(ctx, id); code == closeEnded {
			http.NotFound(w, r)
			return
		} else if code != 0 {
			http.Error(w, "the conversation could not be read", http.StatusServiceUnavailable)
			return
		}
		ready.Known = at != 0
	}
	wake := make(chan struct{}, 1)
	var f *feed // nothing to show before the first line
	out := &stream{v: v, w: w, rc: http.NewResponseController(w), once: once, halt: make(chan struct{})}
	if id != "" {
		f = newFeed(v, id, min(journal.Position(after), at))
		v.hub.join(id, wake)
		defer v.hub.leave(id, wake)
	}
	signals, leave := v.attend(id)
	if once { // the next poll is on its way: nobody has left
		defer time.AfterFunc(v.limits.away, leave)
	} else {
		defer leave()
	}
	out.begin()
	ok = out.writeFrame(ready)
	if ok && v.cfg.Desk != nil {
		ok = out.writeFrame(v.people())
	}
	if ok && (id != "" || !once) {
		out.run(r, f, wake, signals)
	}
	out.end()
}

// stream is an event stream, or the answer to one poll.
type stream struct {
	v      *Visitor
	w      http.ResponseWriter
	rc     *http.ResponseController
	once   bool  // the answer to a poll: kept together and sent at the end
	frames []any // of a poll
	halt   chan struct{}
	code   int
}

func (s *stream) begin() {
	if s.once {
		return
	}
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	h.Set("Connection", "keep-alive")
}

// run shows what is there and what comes, until the other side is gone, the conversation has ended, the program stops, or a poll has its answer.
func (s *stream) run(r *http.Request, f *feed, wake <-chan struct{}, signals <-chan live.Signal) {
	every := s.v.limits.beat
	if s.once {
		every = s.v.limits.poll
		if r.URL.Query().Get("wait") == "" { // only looking
			f.show(s)
			return
		}
	}
	beat := time.NewTicker(every)
	defer beat.Stop()
	for f.show(s) {
		if s.once && f.shown > 0 {
			return
		}
		select {
		case <-s.halt:
			return
		case <-r.Context().Done():
			return
		case <-s.v.stopping:
			return
		case <-wake:
		case sig := <-signals:
			if !s.writeFrame(s.v.frameOf(sig)) || s.once {
				return
			}
		case <-beat.C:
			if s.once || !s.write(": still here\n\n") {
				return
			}
		}
	}
}

// end sends the answer to a poll, and says in its last frame why a stream is over if the widget must not come back.
func (s *stream) end() {
	if s.code == closeEnded {
		s.writeFrame(endedFrame{Type: "ended"})
	}
	if s.once {
		s.v.json(s.w, http.StatusOK, s.frames)
	}
}

func (s *stream) writeFrame(f any) bool {
	if s.once {
		s.frames = append(s.frames, f)
		return true
	}
	data, err := json.Marshal(f)
	if err != nil {
		s.v.cfg.Log.Error("a frame could not be encoded", "err", err)
		return false
	}
	return s.write("data: " + string(data) + "\n\n") // JSON has no line breaks
}

func (s *stream) write(text string) bool {
	_ = s.rc.SetWriteDeadline(time.Now().Add(s.v.limits.write))
	if _, err := io.WriteString(s.w, text); err != nil {
		return false
	}
	return s.rc.Flush() == nil
}

func (s *stream) shut(code int) {
	if s.code == 0 {
		s.code = code
		close(s.halt)
	}
}

func (s *stream) halted() <-chan struct{} { return s.halt }

func (v *Visitor) json(w http.ResponseWriter, code int, answer any) {
	data, err := json.Marshal(answer)
	if err != nil {
		v.cfg.Log.Error("a frame could not be encoded", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(data) // the page may have gone
}
