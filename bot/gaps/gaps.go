// Package gaps folds all conversations into what the knowledge base could not answer: questions that were declined, and answers that visitors marked
// as not what they asked. It also counts what was answered, by topic.
//
// The fold lives in memory and is made anew from the journal at every start, so there is no second copy of what visitors wrote, and what a
// conversation held is forgotten with it.
package gaps

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"example.org/intake/bot"
	"example.org/intake/bot/journal"
)

// Bounds on what is held in memory.
const (
	MaxQuestions = 2000 // the newest; older ones are left out of the list
	maxText      = 300  // characters of a question
	maxTopics    = 64   // topics counted of one conversation
)

// Why a question is in the list.
const (
	Declined = "declined"  // nothing fitted
	NotAsked = "not_asked" // the visitor said that the answer was to something else
)

// question is one that was not answered. Its text is masked before it is kept.
type question struct {
	id   string // tells it apart from others on every node, and nothing about its text
	text string
	lang bot.Lang
	why  string
	not  string // NotAsked: the topic that was given
	at   time.Time
}

// talk is what one conversation adds.
type talk struct {
	questions []*question
	found     []found
}

type found struct {
	slug string
	lang bot.Lang
	n    int
}

// List is the fold. It is safe for concurrent use.
type List struct {
	journal journal.Journal
	known   func(word string) bool

	mu       sync.Mutex
	talks    map[string]*talk
	order    []*question // oldest first; may hold some that are forgotten
	held     int         // questions in talks
	left     int         // that did not fit
	version  uint64      // grows with every change
	progress *journal.Progress
	groups   map[bot.Lang][]Group // of a version
	made     uint64
}

// Open returns an empty list that follows the journal in the background until ctx ends. known says of a word that it is ordinary, though it may be
// written with a capital, so that it is not taken for a name.
func Open(ctx context.Context, j journal.Journal, known func(word string) bool, log *slog.Logger) *List {
	l := &List{journal: j, known: known, talks: map[string]*talk{}}
	l.progress = journal.Start(ctx, j, journal.Conversation, func(e journal.Entry, err error) {
		if err == nil {
			l.fold(ctx, e)
		}
	})
	go func() {
		if err := l.progress.Ended(ctx); ctx.Err() == nil && !errors.Is(err, journal.ErrClosed) {
			log.Error("the list of open questions no longer follows", "err", err)
		}
	}()
	return l
}

// Wait returns when everything up to a position is folded in.
func (l *List) Wait(ctx context.Context, until journal.Position) error {
	return l.progress.Wait(ctx, until)
}

func (l *List) fold(ctx context.Context, e journal.Entry) {
	if e.Erased {
		l.forget(e.Stream.ID)
		return
	}
	var events []bot.Event
	if json.Unmarshal(e.Data, &events) != nil {
		return
	}
	var line *bot.Line
	for _, ev := range events {
		switch ev.Type {
		case bot.Said:
			line = ev.Line
		case bot.Found:
			for _, slug := range ev.Topics {
				l.count(e.Stream.ID, slug, lineLang(line))
			}
		case bot.Missed:
			if line != nil {
				l.miss(ctx, e, line)
			}
		}
	}
}

func lineLang(line *bot.Line) bot.Lang {
	if line == nil {
		return bot.EN
	}
	return line.Lang
}

func (l *List) count(id, slug string, lang bot.Lang) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.talk(id)
	l.version++
	for i := range t.found {
		if t.found[i].slug == slug && t.found[i].lang == lang {
			t.found[i].n++
			return
		}
	}
	if len(t.found) < maxTopics {
		t.found = append(t.found, found{slug: strings.Clone(slug), lang: lang, n: 1})
	}
}

// talk gives what a conversation adds; the caller holds the lock.
func (l *List) talk(id string) *talk {
	t := l.talks[id]
	if t == nil {
		t = &talk{}
		l.talks[id] = t
	}
	return t
}

// miss takes a question in. What was tapped is no question: then the one before it is meant, which is read from the conversation.
func (l *List) miss(ctx context.Context, e journal.Entry, line *bot.Line) {
	q := question{why: Declined, lang: line.Lang, at: e.At, text: line.Text}
	if what, value, _ := strings.Cut(line.Choice, ":"); what == "not-asked" || what == "none" {
		if what == "not-asked" {
			q.why, q.not = NotAsked, strings.Clone(value)
		}
		asked, err := l.before(ctx, e, q.not)
		if err != nil || asked == nil {
			return // erased meanwhile, or nothing was typed
		}
		q.text, q.lang = asked.Text, asked.Lang
	}
	text := strings.Join(strings.Fields(q.text), " ")
	if runes := []rune(text); len(runes) > 2*maxText { // cut again below, so that no half of a number is left at the end
		text = string(runes[:2*maxText])
	}
	text = bot.MaskPersonal(text, l.known)
	if utf8.RuneCountInString(text) > maxText {
		text = string([]rune(text)[:maxText]) + " …"
	}
	if q.text = strings.Clone(text); strings.Trim(q.text, "• .,?¿!¡") == "" {
		return
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "gap %s %d", e.Stream.ID, e.Position))
	q.id = hex.EncodeToString(sum[:8])

	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.talk(e.Stream.ID)
	for _, old := range t.questions {
		if old.text == q.text && old.why == q.why { // one person who asks again is one person
			return
		}
	}
	t.questions = append(t.questions, &q)
	l.order = append(l.order, &q)
	l.held++
	l.version++
	l.trim()
}

// before finds the question that was typed last before an entry of a conversation, or, where a topic was given for it, the one that was answered so.
func (l *List) before(ctx context.Context, until journal.Entry, topic string) (*bot.Line, error) {
	var typed, asked *bot.Line
	for e, err := range l.journal.Read(ctx, until.Stream, 0) {
		if err != nil {
			return nil, err
		}
		if e.Position >= until.Position {
			break
		}
		var events []bot.Event
		if err := json.Unmarshal(e.Data, &events); err != nil {
			return nil, err
		}
		for _, ev := range events {
			switch {
			case ev.Type == bot.Said && ev.Line.Choice == "":
				typed = ev.Line
			case ev.Type == bot.Said && topic != "":
				typed = nil // a topic that was tapped was asked for by tapping
			case ev.Type == bot.Found && topic != "" && len(ev.Topics) > 0 && ev.Topics[0] == topic:
				asked = typed
			}
		}
	}
	if topic != "" {
		return asked, nil
	}
	return typed, nil
}

// trim forgets the oldest questions above the bound; the caller holds the lock.
func (l *List) trim() {
	for l.held > MaxQuestions {
		oldest := l.order[0]
		l.order = l.order[1:]
		for _, t := range l.talks {
			for i, q := range t.questions {
				if q == oldest {
					t.questions = append(t.questions[:i:i], t.questions[i+1:]...)
					l.held--
					l.left++
				}
			}
		}
	}
}

// forget leaves nothing of an erased conversation.
func (l *List) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.talks[id]
	if t == nil {
		return
	}
	gone := map[*question]bool{}
	for _, q := range t.questions {
		gone[q] = true
	}
	kept := make([]*question, 0, len(l.order))
	for _, q := range l.order {
		if !gone[q] {
			kept = append(kept, q)
		}
	}
	l.order, l.held = kept, l.held-len(t.questions)
	delete(l.talks, id)
	l.groups = nil
	l.version++
}
