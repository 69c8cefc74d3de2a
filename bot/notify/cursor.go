package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"example.org/intake/bot/journal"
	"example.org/intake/bot/request"
)

// The cursor is kept in streams of their own, one a month, so that none grows without end. Losing the last steps of it does no harm: what is
// told a second time is in the outbox already.

const cursorPrefix = "cursor-"

// saveEvery is by how many entries the cursor may lag behind.
const saveEvery = 50

// reached notes up to where the requests are told, in memory.
func (o *outbox) reached(p journal.Position) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cursor = max(o.cursor, p)
}

// keepCursor stores the cursor when it has moved: at most once a minute, or when it has moved far.
func (n *Notifier) keepCursor(ctx context.Context) error {
	at, _ := n.outbox.told()
	if at == n.saved.at || at-n.saved.at < saveEvery && n.cfg.Now().Sub(n.saved.when).Minutes() < 1 {
		return nil
	}
	err := n.saveCursor(ctx, at)
	if err == nil || errors.Is(err, journal.ErrConflict) { // another node did
		n.saved.at, n.saved.when = at, n.cfg.Now()
		return nil
	}
	return err
}

func (n *Notifier) saveCursor(ctx context.Context, at journal.Position) error {
	id := cursorPrefix + n.cfg.Now().UTC().Format("2006-01")
	n.outbox.mu.Lock()
	after := n.outbox.cursors[id]
	n.outbox.mu.Unlock()
	return n.put(ctx, id, after, entry{Step: cursor, At: at})
}

// Sweep erases what was delivered, or is dead, for thirty days, what is about a request that is gone, and cursors of months that are over.
func (n *Notifier) Sweep(ctx context.Context) (erased int, err error) {
	now := n.cfg.Now()
	var ids []string
	items := n.outbox.all()
	round := map[string]int{} // of the last reminder, by request
	for _, i := range items {
		round[i.Request] = max(round[i.Request], i.round)
	}
	for _, i := range items {
		r, there := n.cfg.Requests.Get(i.Request)
		if i.Request != "" && !there && now.Sub(i.Told) > time.Hour { // its request was erased at the moment when it was told
			ids = append(ids, i.ID)
			continue
		}
		if now.Sub(i.Told) < keep || now.Sub(i.Ended) < keep || i.State == Waiting && n.Known(i.To) {
			continue
		}
		// While a request is open its first word and its last reminder say when the next one is due.
		if there && r.Status != request.Closed && (i.round == 0 || i.round == round[i.Request]) {
			continue
		}
		ids = append(ids, i.ID)
	}
	newest := cursorPrefix + now.UTC().AddDate(0, -1, 0).Format("2006-01")
	n.outbox.mu.Lock()
	latest := ""
	for id := range n.outbox.cursors {
		latest = max(latest, id)
	}
	for id := range n.outbox.cursors {
		if id < newest && id != latest && strings.HasPrefix(id, cursorPrefix) {
			ids = append(ids, id)
		}
	}
	n.outbox.mu.Unlock()
	return len(ids), n.erase(ctx, ids)
}

// erase removes streams of the outbox, together: an erasure rewrites files, and those under way at the same time share that work.
func (n *Notifier) erase(ctx context.Context, ids []string) error {
	errs := make([]error, len(ids))
	var all sync.WaitGroup
	for k, id := range ids {
		all.Go(func() { errs[k] = n.cfg.Journal.Erase(ctx, journal.Stream{Kind: journal.Outbox, ID: id}) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("erasing alerts: %w", err)
	}
	return nil
}
