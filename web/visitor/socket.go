package visitor

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// socket is one open chat page: this goroutine reads, another writes. Answers to the widget's own frames wait in a short queue; what was said
// waits in the journal and is read when there is room to write it.
type socket struct {
	v      *Visitor
	ws     *websocket.Conn
	budget *rate.Limiter
	out    chan any      // frames, and a follow to begin reading a conversation
	wake   chan struct{} // there is something new in the conversation

	busy sync.Mutex // held while a frame is handled
	once sync.Once
	halt chan struct{} // closed by shut
	code int           // close code, set before halt is closed; 0: the other side is gone
	done chan struct{} // closed when the writer has ended

	// Of the reader.
	greeted bool
	id      string // of the conversation, "" before it is known
	lang    bot.Lang

	leaveDesk func()    // see live.go
	typed     time.Time // the last time that typing was passed on
}

// follow tells the writer to read a conversation and to show what comes after a position.
type follow struct {
	id    string
	after journal.Position
}

func newSocket(v *Visitor, ws *websocket.Conn) *socket {
	return &socket{v: v, ws: ws, budget: v.budgets.socket(), out: make(chan any, v.limits.queue), wake: make(chan struct{}, 1),
		halt: make(chan struct{}), done: make(chan struct{}), lang: bot.EN}
}

// serve runs until the socket is closed by either side.
func (s *socket) serve() {
	go s.write()
	code := s.read()
	s.shut(code)
	if s.code == 0 {
		s.ws.Close() // frees a writer that is still writing
	}
	<-s.done
	if code == websocket.CloseMessageTooBig {
		_, _ = io.Copy(io.Discard, s.ws.NetConn()) // the rest of the frame; the writer has set how long
	}
	s.ws.Close()
	s.depart()
	if s.id != "" {
		s.v.hub.leave(s.id, s.wake)
	}
}

// shut closes the socket once, with a close code or 0 if the other side is gone already. Frames in the queue are still written, except to a
// reader that is too slow.
func (s *socket) shut(code int) {
	s.once.Do(func() {
		s.code = code
		close(s.halt)
	})
}

// stop waits for the frame in hand to be answered and closes the socket.
func (s *socket) stop() {
	s.busy.Lock()
	defer s.busy.Unlock()
	s.shut(websocket.CloseGoingAway)
}

// send queues a frame. A reader that leaves the queue full is cut off; it comes back and resumes.
func (s *socket) send(f any) {
	select {
	case s.out <- f:
	default:
		s.shut(closeSlow)
	}
}

// read takes frames until the other side is gone, and gives the code to close with.
func (s *socket) read() int {
	l := s.v.limits
	s.ws.SetReadLimit(l.frame)
	s.expect(l.hello)
	s.ws.SetPongHandler(func(string) error {
		if s.greeted {
			s.expect(l.silence)
		}
		return nil
	})
	for {
		kind, data, err := s.ws.ReadMessage()
		if err != nil {
			if errors.Is(err, websocket.ErrReadLimit) {
				return websocket.CloseMessageTooBig
			}
			var timeout net.Error
			if !s.greeted && errors.As(err, &timeout) && timeout.Timeout() {
				return closeNoHello
			}
			return 0
		}
		s.take(kind, data)
	}
}

// expect gives the widget so long for its next sign of life; after shut, only the writer sets how long we wait.
func (s *socket) expect(d time.Duration) {
	select {
	case <-s.halt:
	default:
		_ = s.ws.NetConn().SetReadDeadline(time.Now().Add(d))
	}
}

// take handles one frame.
func (s *socket) take(kind int, data []byte) {
	s.busy.Lock()
	defer s.busy.Unlock()
	select {
	case <-s.halt:
		return // read and dropped, so that the close frame is not lost behind unread bytes
	default:
	}
	f, err := parse(data)
	if kind != websocket.TextMessage || err != nil || s.greeted == (f.Type == "hello") {
		s.shut(closeUnknown)
		return
	}
	if f.Lang.Known() {
		s.lang = f.Lang
	}
	s.expect(s.v.limits.silence)
	ctx, cancel := context.WithTimeout(s.v.ctx, s.v.limits.say)
	defer cancel()
	switch f.Type {
	case "hello":
		s.hello(ctx, f)
	case "say":
		s.say(ctx, f)
	case "typing":
		s.typing()
	case "leave":
		if s.id != "" {
			s.v.leave(ctx, s.id)
		}
		s.shut(closeEnded)
	}
}

func (s *socket) hello(ctx context.Context, f frame) {
	s.greeted = true
	if f.Token == "" {
		s.send(readyFrame{Type: "ready"})
		s.attend()
		return
	}
	id, err := converse.ConversationID(f.Token)
	if err != nil {
		s.shut(closeUnknown)
		return
	}
	at, code := s.v.resume(ctx, id)
	if code != 0 {
		s.shut(code)
		return
	}
	s.send(readyFrame{Type: "ready", Known: at != 0})
	s.bind(id, min(f.After, at))
}

// bind ties the socket to a conversation, for good.
func (s *socket) bind(id string, after journal.Position) {
	s.id = id
	s.v.hub.join(id, s.wake)
	s.send(follow{id: id, after: after})
	s.attend()
}

func (s *socket) say(ctx context.Context, f frame) {
	if f.Token != "" {
		id, err := converse.ConversationID(f.Token)
		if err != nil || s.id != "" && s.id != id {
			s.shut(closeUnknown)
			return
		}
		if s.id == "" {
			s.bind(id, 0)
		}
	}
	if s.id == "" {
		s.shut(closeUnknown)
		return
	}
	answer, ended := s.v.say(ctx, s.id, f, s.lang, s.budget)
	s.send(answer)
	if ended {
		s.shut(closeEnded)
	}
}

// write is the only place that writes to the socket.
func (s *socket) write() {
	defer close(s.done)
	ping := time.NewTicker(s.v.limits.ping)
	defer ping.Stop()
	var f *feed
	for {
		ok := true
		select {
		case <-s.halt:
			s.farewell(&f)
			return
		default:
		}
		select {
		case <-s.halt:
			s.farewell(&f)
			return
		case next := <-s.out:
			ok = s.put(next, &f)
		case <-s.wake:
			ok = f.show(s)
		case <-ping.C:
			ok = s.ws.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.v.limits.write)) == nil
		}
		if !ok {
			s.shut(0)
			s.ws.Close()
			return
		}
	}
}

// put writes what was queued.
func (s *socket) put(next any, f **feed) bool {
	if begin, ok := next.(follow); ok {
		*f = newFeed(s.v, begin.id, begin.after)
		return (*f).show(s)
	}
	return s.writeFrame(next)
}

// farewell writes what is queued and the close frame. The socket is left open a moment for the other side's close frame: closing it with unread
// bytes in it could take back what was just written.
func (s *socket) farewell(f **feed) {
	if s.code == 0 {
		return
	}
	for s.code != closeSlow {
		select {
		case next := <-s.out:
			if !s.put(next, f) {
				s.ws.Close()
				return
			}
			continue
		default:
		}
		break
	}
	message := websocket.FormatCloseMessage(s.code, "")
	_ = s.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(s.v.limits.write))
	_ = s.ws.NetConn().SetReadDeadline(time.Now().Add(s.v.limits.linger))
}

// halted is closed when the socket is closing: what is not shown yet is for the next time.
func (s *socket) halted() <-chan struct{} { return s.halt }

func (s *socket) writeFrame(f any) bool {
	data, err := json.Marshal(f)
	if err != nil {
		s.v.cfg.Log.Error("a frame could not be encoded", "err", err)
		return false
	}
	_ = s.ws.SetWriteDeadline(time.Now().Add(s.v.limits.write))
	return s.ws.WriteMessage(websocket.TextMessage, data) == nil
}
