package staff

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// talkLine is one line of the conversation as staff see it.
type talkLine struct {
	Who    string // visitor, program or staff
	Spoken string // the same as a word, for those who hear the page
	Time   string // "" where the line before has the same
	Lang   bot.Lang
	Title  string
	Text   string
	Gloss  string // the same in the reader's language, "" where that is no other
	Name   string // of the person who wrote it, "" for others
	Middle bool   // what the program says around a takeover
	Tapped bool
	Mark   string // why the line is marked as urgent
	Fixed  bool   // fixed safety text
	Slug   string // the entry behind an answer
	Entry  string // what that entry is called now, "" if there is none any more
	Check  string // "checked Nov 12, 2026"
}

// talkDay is what was said on one day.
type talkDay struct {
	Day   string
	Lines []talkLine
	Left  bool // it ends because the visitor left quickly
}

// conversation reads one out of the journal. One that was erased, or that never was, is empty.
func (c *Console) conversation(ctx context.Context, id string, each func(before bot.Conversation, e bot.Event)) (bot.Conversation, error) {
	var conv bot.Conversation
	for en, err := range c.Journal.Read(ctx, journal.Stream{Kind: journal.Conversation, ID: id}, 0) {
		if errors.Is(err, journal.ErrErased) {
			return bot.Conversation{}, nil
		}
		if err != nil {
			return conv, fmt.Errorf("read a conversation: %w", err)
		}
		events, err := converse.Decode(en.Data)
		if err != nil {
			return conv, fmt.Errorf("read a conversation: %w", err)
		}
		for _, e := range events {
			each(conv, e)
			conv.Apply(e)
		}
	}
	return conv, nil
}

// talk gives a conversation as a reader of one language sees it.
func (c *Console) talk(ctx context.Context, lang bot.Lang, id string) ([]talkDay, error) {
	glosses := map[string]string{}
	conv, err := c.conversation(ctx, id, func(before bot.Conversation, e bot.Event) {
		if e.Type == bot.Replied && c.Gloss != nil && e.Line.Lang != lang {
			// Said again from the same key and the same state, as the program would say it today.
			glosses[e.Line.ID] = c.Gloss(before, *e.Line, lang)
		}
	})
	if err != nil {
		return nil, err
	}
	return c.days(lang, conv, glosses), nil
}

func (c *Console) days(lang bot.Lang, conv bot.Conversation, glosses map[string]string) []talkDay {
	var days []talkDay
	var lastDay, lastTime string
	visitor := -1 // index of the visitor's last line on the last day
	for _, l := range conv.Lines {
		if day := c.day(lang, l.At); day != lastDay {
			days = append(days, talkDay{Day: day})
			lastDay, lastTime, visitor = day, "", -1
		}
		today := &days[len(days)-1]
		t := c.talkLine(lang, l)
		t.Gloss = glosses[l.ID]
		if l.Card != nil && l.Card.Source != nil && t.Gloss != "" {
			// The source line stands under the answer already.
			if at := strings.LastIndexByte(t.Gloss, '\n'); at > 0 {
				t.Gloss = t.Gloss[:at]
			}
		}
		if now := c.clock(lang, l.At); now != lastTime {
			t.Time, lastTime = now, now
		}
		if l.From == bot.FromVisitor {
			visitor = len(today.Lines)
		} else if mark := c.markOf(lang, l); mark != "" {
			t.Fixed = true
			// What the visitor wrote is what staff must see; where that is missing, the card itself is marked.
			if visitor >= 0 {
				today.Lines[visitor].Mark = mark
			} else {
				t.Mark = mark
			}
		}
		today.Lines = append(today.Lines, t)
	}
	if conv.Left && len(days) > 0 {
		days[len(days)-1].Left = true
	}
	return days
}

func (c *Console) talkLine(lang bot.Lang, l bot.Line) talkLine {
	t := talkLine{Who: string(l.From), Spoken: c.say(lang, "console.talk."+string(l.From)), Lang: l.Lang, Text: l.Text, Tapped: l.Choice != ""}
	switch l.Key {
	case bot.KeyStaff:
		t.Name = l.Args["name"]
	case bot.KeyRinging, bot.KeyUnanswered, bot.KeyJoined, bot.KeyReturned:
		t.Middle = true
	}
	if l.Card == nil {
		return t
	}
	if title := l.Card.Title; title != "" && strings.HasPrefix(l.Text, title+"\n") {
		t.Title, t.Text = title, strings.TrimPrefix(l.Text, title+"\n")
	}
	if l.Card.Kind == bot.CardAnswer {
		t.Slug = l.Card.Topic
		t.Entry = c.Editorial.Base().Question(t.Slug, string(lang))
		if s := l.Card.Source; s != nil {
			// The source line repeats what stands under the answer.
			t.Text = strings.TrimSuffix(strings.TrimSuffix(t.Text, s.Words), "\n")
			if day, err := time.Parse(time.DateOnly, s.Date); err == nil {
				t.Check = c.say(lang, "console.talk.checked", "date", c.Words.Date(string(lang), day))
			}
		}
	}
	return t
}

// markOf says whether a line is a safety card, and which.
func (c *Console) markOf(lang bot.Lang, l bot.Line) string {
	switch {
	case l.Card != nil && l.Card.Kind == bot.CardEmergency, l.Key == bot.KeyEmergency:
		return c.say(lang, "console.talk.card")
	case l.Card != nil && l.Card.Kind == bot.CardDoubt, l.Key == bot.KeyDoubt:
		return c.say(lang, "console.talk.doubt")
	}
	return ""
}
