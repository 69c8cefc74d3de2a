package staff

import (
	"sync"
	"time"
)

// grantLife is how long a reason that somebody gave holds.
const grantLife = 15 * time.Minute

// grants are the reasons given in this process: after a restart they are asked for again.
type grants struct {
	mu   sync.Mutex
	till map[grant]time.Time
}

// grant is what one session may do with one request.
type grant struct{ session, what, id string }

// What a reason is asked for.
const (
	toRead = "read"
	toCall = "call"
)

func newGrants() *grants { return &grants{till: map[grant]time.Time{}} }

func (g *grants) give(x grant, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for old, till := range g.till {
		if now.After(till) {
			delete(g.till, old)
		}
	}
	g.till[x] = now.Add(grantLife)
}

func (g *grants) has(x grant, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return now.Before(g.till[x])
}

// Bounds of the drafts.
const (
	draftLife = 12 * time.Hour
	maxDrafts = 50 // of one account
)

// drafts are notes that were typed and not saved, kept in memory for whoever typed them: when a screen signs itself out, nothing is lost.
type drafts struct {
	mu    sync.Mutex
	texts map[string]map[string]draft // by account, then by request
}

type draft struct {
	text string
	at   time.Time
}

func newDrafts() *drafts { return &drafts{texts: map[string]map[string]draft{}} }

// keep stores a draft; an empty text forgets it.
func (d *drafts) keep(account, id, text string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	mine := d.texts[account]
	if mine == nil {
		mine = map[string]draft{}
		d.texts[account] = mine
	}
	for old, one := range mine {
		if now.Sub(one.at) > draftLife {
			delete(mine, old)
		}
	}
	if text == "" {
		delete(mine, id)
		return
	}
	if _, there := mine[id]; there || len(mine) < maxDrafts {
		mine[id] = draft{text: text, at: now}
	}
}

func (d *drafts) of(account, id string, now time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if one, ok := d.texts[account][id]; ok && now.Sub(one.at) <= draftLife {
		return one.text
	}
	return ""
}
