package editorial

import (
	"context"
	"time"
)

// asideStream holds what was set aside. No topic can have this name: those have hyphens only.
const asideStream = "open_questions"

// Aside says who set a question without an answer aside, and when.
type Aside struct {
	By string // account id
	At time.Time
}

// SetAside says of questions without an answer, by their ids, that this clinic will not answer them. Only the ids are stored, which say nothing about
// what was asked. Those that are aside already stay as they are.
func (d *Desk) SetAside(ctx context.Context, questions []string, by Editor) error {
	return d.change(ctx, asideStream, func(t Topic) (*Event, error) {
		return t.move(SetAside, questions, by, false), nil
	})
}

// TakeUp takes back that questions were set aside.
func (d *Desk) TakeUp(ctx context.Context, questions []string, by Editor) error {
	return d.change(ctx, asideStream, func(t Topic) (*Event, error) {
		return t.move(TakenUp, questions, by, true), nil
	})
}

// move is an event about those of the questions that are aside or are not, nil where there are none.
func (t Topic) move(what Type, questions []string, by Editor, aside bool) *Event {
	ev := Event{Type: what, By: by.ID}
	for _, q := range questions {
		if _, is := t.aside[q]; is == aside {
			ev.Questions = append(ev.Questions, q)
		}
	}
	if len(ev.Questions) == 0 {
		return nil
	}
	return &ev
}

// Aside tells whether a question was set aside, and by whom.
func (d *Desk) Aside(question string) (Aside, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.topics[asideStream].aside[question]
	return a, ok
}
