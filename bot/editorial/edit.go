package editorial

import (
	"context"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
	"example.org/intake/knowledge"
)

// ProposeWay stores a new way of asking of a topic for approval and gives the edit's id. Errors: *FlawError, ErrUnknown.
func (d *Desk) ProposeWay(ctx context.Context, slug string, by Editor, w Way) (string, error) {
	w.Text = strings.Join(strings.Fields(w.Text), " ")
	if flaws := d.CheckWay(slug, w); len(flaws) > 0 {
		return "", &FlawError{flaws}
	}
	return d.propose(ctx, slug, Event{Type: Proposed, By: by.ID, Way: &w})
}

// ProposeEntry stores a new or changed entry for approval and gives the edit's id. What is the same as now is left out. create says that it is a new
// topic. Errors: *FlawError, ErrNothing, ErrExists, ErrUnknown.
func (d *Desk) ProposeEntry(ctx context.Context, slug string, by Editor, e Entry, create bool, now time.Time) (string, error) {
	e = d.Lean(slug, e)
	switch exists := d.base.Question(slug, string(bot.EN)) != ""; {
	case create && exists:
		return "", ErrExists
	case !create && !exists:
		return "", ErrUnknown
	}
	if flaws := d.CheckEntry(slug, e, now); len(flaws) > 0 {
		return "", &FlawError{flaws}
	}
	if len(e.Words) == 0 && e.Origin == nil {
		return "", ErrNothing
	}
	return d.propose(ctx, slug, Event{Type: Proposed, By: by.ID, Entry: &e})
}

func (d *Desk) propose(ctx context.Context, slug string, ev Event) (id string, err error) {
	err = d.change(ctx, slug, func(t Topic) (*Event, error) {
		for _, e := range t.Edits { // sent twice
			if e.State == Waiting && e.By == ev.By && reflect.DeepEqual(e.Way, ev.Way) && reflect.DeepEqual(e.Entry, ev.Entry) {
				id = e.ID
				return nil, nil
			}
		}
		id = "e" + strconv.Itoa(len(t.Edits)+1)
		ev.Edit = id
		return &ev, nil
	})
	return id, err
}

// Lean leaves out of an entry what is the same as now, and tidies the rest.
func (d *Desk) Lean(slug string, e Entry) Entry {
	words := map[bot.Lang]knowledge.Wording{}
	for lang, w := range e.Words {
		w = knowledge.Wording{Title: oneLine(w.Title), Question: oneLine(w.Question), Text: tidy(w.Text), More: tidy(w.More)}
		if now, _, ok := d.base.Written(slug, string(lang)); !ok || now != w {
			words[lang] = w
		}
	}
	e.Words = words
	if e.Origin != nil {
		o := *e.Origin
		o.Source, o.URL = oneLine(o.Source), strings.TrimSpace(o.URL)
		e.Origin = &o
		if _, now, ok := d.base.Written(slug, string(bot.EN)); ok && now.Source == o.Source && now.URL == o.URL && sameDay(now.Checked, o.Checked) && sameDay(now.Expires, o.Expires) {
			e.Origin = nil
		}
	}
	return e
}

func sameDay(a, b time.Time) bool {
	return a.IsZero() == b.IsZero() && a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// CheckWay lists what speaks against a way of asking.
func (d *Desk) CheckWay(slug string, w Way) []knowledge.Flaw {
	if !w.Lang.Known() {
		return []knowledge.Flaw{{Part: "way", Code: "empty"}}
	}
	flaws := d.base.ReviewWay(slug, string(w.Lang), w.Text)
	return append(flaws, personal(string(w.Lang), "way", w.Text, d.base.Ordinary, nil)...)
}

// CheckEntry lists what speaks against an entry as it would be with a change.
func (d *Desk) CheckEntry(slug string, e Entry, now time.Time) []knowledge.Flaw {
	flaws := d.base.Review(slug, e.onto(d.standing(slug)), now)
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		w, ok := e.Words[lang]
		if !ok {
			continue
		}
		for _, part := range []struct{ name, text string }{{"title", w.Title}, {"question", w.Question}, {"text", w.Text}, {"more", w.More}} {
			// An entry may name places and agencies, so a capital alone says nothing.
			flaws = append(flaws, personal(string(lang), part.name, part.text, func(string) bool { return true }, d.base.Mentions)...)
		}
	}
	return flaws
}

// standing is what is in effect of a topic's entry.
func (d *Desk) standing(slug string) knowledge.Change {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := knowledge.Edits{Entries: map[string]knowledge.Change{}, SignedOff: map[string]string{}}
	d.topics[slug].into(&all)
	return all.Entries[slug]
}

// In entries, first names alone are those of made-up people in examples.
var (
	wholeName = regexp.MustCompile(`^\p{Lu}[\p{L}'’]+ (?:(?:de|del|de la|\p{Lu}\.) )?\p{Lu}[\p{L}'’]+`)
	ownName   = regexp.MustCompile(`(?i)(?:my name is|me llamo|mi nombre es)\s+$`)
)

// personal lists what in a text may tell who somebody is, and what was masked. In entries, given says of a number that visitors are given it already;
// dates and addresses belong there.
func personal(lang, part, text string, ordinary, given func(string) bool) (flaws []knowledge.Flaw) {
	if strings.Contains(text, bot.Masked) {
		flaws = append(flaws, knowledge.Flaw{Lang: lang, Part: part, Code: "masked"})
	}
	for _, p := range bot.FindPersonal(text, ordinary) {
		found := text[p.Start:p.End]
		if given != nil {
			digits := strings.Map(func(r rune) rune {
				if unicode.IsDigit(r) {
					return r
				}
				return -1
			}, found)
			if p.Kind == "name" && !wholeName.MatchString(text[p.Start:]) && !ownName.MatchString(text[:p.Start]) || p.Kind == "date" || p.Kind == "address" || p.Kind == "phone" && given(digits) {
				continue
			}
		}
		flaws = append(flaws, knowledge.Flaw{Lang: lang, Part: part, Code: "personal_" + p.Kind, Args: []string{found}})
	}
	return flaws
}

// Approve puts an edit into effect. anyway accepts that the other language is outdated by it. Errors: ErrNotAllowed, ErrOwn, ErrUnknown, ErrDecided,
// ErrOutdates, *FlawError where it no longer fits what is there.
func (d *Desk) Approve(ctx context.Context, slug, edit string, by Editor, anyway bool, now time.Time) error {
	if !by.Boss {
		return ErrNotAllowed
	}
	return d.change(ctx, slug, func(t Topic) (*Event, error) {
		e := t.find(edit)
		switch {
		case e == nil:
			return nil, ErrUnknown
		case e.State != Waiting:
			return nil, ErrDecided
		case e.By == by.ID && !by.Alone:
			return nil, ErrOwn
		}
		ev := Event{Type: Approved, Edit: edit, By: by.ID, Own: e.By == by.ID}
		flaws := []knowledge.Flaw(nil)
		if e.Way != nil {
			flaws = d.CheckWay(slug, *e.Way)
		} else {
			flaws = d.CheckEntry(slug, *e.Entry, now)
			if ev.Anyway = e.Entry.outdates(d.standing(slug)); ev.Anyway && !anyway {
				return nil, ErrOutdates
			}
		}
		if len(flaws) > 0 {
			return nil, &FlawError{flaws}
		}
		return &ev, nil
	})
}

// Outdates reports whether an edit that waits would leave the other language outdated.
func (d *Desk) Outdates(slug string, e Edit) bool {
	return e.Entry != nil && e.Entry.outdates(d.standing(slug))
}

// TakeBack ends an edit: one that waits is refused, by whoever may approve or by whoever proposed it; one that is in effect is undone, by whoever may
// approve. Errors: ErrUnknown, ErrDecided, ErrNotAllowed.
func (d *Desk) TakeBack(ctx context.Context, slug, edit string, by Editor) error {
	return d.change(ctx, slug, func(t Topic) (*Event, error) {
		e := t.find(edit)
		switch {
		case e == nil:
			return nil, ErrUnknown
		case e.State == Waiting && (by.Boss || e.By == by.ID):
			return &Event{Type: Refused, Edit: edit, By: by.ID}, nil
		case e.State == InEffect && by.Boss:
			return &Event{Type: Undone, Edit: edit, By: by.ID}, nil
		case e.State == Waiting || e.State == InEffect:
			return nil, ErrNotAllowed
		}
		return nil, ErrDecided
	})
}

// SignOff says for the clinic that a topic is right as it stood at a position, in both languages. Errors: ErrNotAllowed, ErrMoved, ErrUnknown,
// ErrOutdates where a translation is outdated.
func (d *Desk) SignOff(ctx context.Context, slug string, seen journal.Position, by Editor, now time.Time) error {
	if !by.Supervisor {
		return ErrNotAllowed
	}
	return d.change(ctx, slug, func(t Topic) (*Event, error) {
		if t.Position != seen {
			return nil, ErrMoved
		}
		for _, lang := range []bot.Lang{bot.EN, bot.ES} {
			e, ok := d.base.Entry(slug, string(lang), now)
			switch {
			case !ok:
				return nil, ErrUnknown
			case e.Outdated:
				return nil, ErrOutdates
			}
		}
		if t.SignedBy != "" {
			return nil, nil
		}
		return &Event{Type: SignedOff, By: by.ID, Name: by.Name}, nil
	})
}

// Unsign takes the sign-off back. Errors: ErrNotAllowed.
func (d *Desk) Unsign(ctx context.Context, slug string, by Editor) error {
	if !by.Supervisor {
		return ErrNotAllowed
	}
	return d.change(ctx, slug, func(t Topic) (*Event, error) {
		if t.touched && t.SignedBy == "" {
			return nil, nil
		}
		return &Event{Type: Unsigned, By: by.ID}, nil
	})
}
