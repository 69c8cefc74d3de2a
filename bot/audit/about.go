package audit

import (
	"context"
	"fmt"
	"strings"
	"time"

	"example.org/intake/bot/journal"
)

// All calls each for every record since a time, with the bytes as stored, oldest first. It does not check the chain; see [Log.Verify].
func (l *Log) All(ctx context.Context, since time.Time, each func(r Record, stored []byte) error) error {
	months, err := l.months(ctx)
	if err != nil {
		return err
	}
	first := ""
	if !since.IsZero() {
		first = month(since.AddDate(0, -1, 0)) // a clock that ran behind may have gone on in the month before
	}
	for _, m := range months {
		if m.Stream.ID < first || m.Erased {
			continue
		}
		for en, err := range l.journal.Read(ctx, journal.Stream{Kind: journal.Audit, ID: m.Stream.ID}, 0) {
			if err != nil {
				return fmt.Errorf("audit: read %s: %w", m.Stream.ID, err)
			}
			r, err := decode(en.Data)
			if err != nil {
				return fmt.Errorf("audit: %s, position %d: %w", m.Stream.ID, en.Position, err)
			}
			if r.At.Before(since) {
				continue
			}
			if err := each(r, en.Data); err != nil {
				return err
			}
		}
	}
	return nil
}

// About gives every record since a time whose object is, or begins with, an id, oldest first.
func (l *Log) About(ctx context.Context, id string, since time.Time) ([]Record, error) {
	var list []Record
	err := l.All(ctx, since, func(r Record, _ []byte) error {
		object, rest, _ := strings.Cut(r.Object, ":")
		if object == id || r.Act == Merged && rest == id {
			list = append(list, r)
		}
		return nil
	})
	return list, err
}
