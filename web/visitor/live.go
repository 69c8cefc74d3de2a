package visitor

import (
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/live"
)

// What passes between a visitor and a person beside the lines: how many people are there and who types. It is stored nowhere.
type (
	peopleFrame struct {
		Type      string `json:"type"` // people
		Available int    `json:"available"`
	}
	typingFrame struct {
		Type string `json:"type"` // typing: the person does
	}
)

// between is how often typing is passed on at the most.
const between = time.Second

// attend joins the desk for a page that shows a conversation, "" before it is known. Without a desk nothing ever comes.
func (v *Visitor) attend(id string) (signals <-chan live.Signal, leave func()) {
	if v.cfg.Desk == nil {
		return nil, func() {}
	}
	return v.cfg.Desk.JoinVisitor(id)
}

// people says how many are there now.
func (v *Visitor) people() peopleFrame {
	return peopleFrame{Type: "people", Available: v.cfg.Desk.Available()}
}

// frameOf is what a page is told of a signal.
func (v *Visitor) frameOf(s live.Signal) any {
	if s.Kind == live.People {
		return v.people()
	}
	return typingFrame{Type: "typing"}
}

// attend joins the desk for as long as the socket is open, anew when the conversation becomes known.
func (s *socket) attend() {
	if s.v.cfg.Desk == nil {
		return
	}
	s.depart()
	signals, leave := s.v.attend(s.id)
	over := make(chan struct{})
	s.leaveDesk = func() { leave(); close(over) }
	s.whisper(s.v.people())
	go func() {
		for {
			select {
			case <-over:
				return
			case <-s.halt:
				return
			case sig := <-signals:
				s.whisper(s.v.frameOf(sig))
			}
		}
	}()
}

// depart leaves the desk.
func (s *socket) depart() {
	if s.leaveDesk != nil {
		s.leaveDesk()
		s.leaveDesk = nil
	}
}

// typing passes on that the visitor types.
func (s *socket) typing() {
	if now := time.Now(); s.v.cfg.Desk != nil && s.id != "" && now.Sub(s.typed) >= between {
		s.typed = now
		s.v.cfg.Desk.Typing(s.id, bot.FromVisitor)
	}
}

// whisper queues a frame that may be lost: a reader that is slow misses it and keeps its connection.
func (s *socket) whisper(f any) {
	if len(s.out) < cap(s.out)/2 {
		s.send(f)
	}
}
