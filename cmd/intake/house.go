package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
	"example.org/intake/bot/journal/boltjournal"
	"example.org/intake/bot/safety"
	"example.org/intake/knowledge"
	"example.org/intake/knowledge/clinic"
	"example.org/intake/locales"
)

// newRoad puts together what a message passes, without storage.
func newRoad(p *program, s *settings) (*converse.Road, error) {
	words, err := locales.Load()
	if err != nil {
		return nil, err
	}
	profile, overlay, err := loadProfile(s.clinic)
	if err != nil {
		return nil, err
	}
	var screen *safety.Screen
	var screenErr error
	var both sync.WaitGroup
	both.Go(func() { screen, screenErr = safety.New() }) // the two models take most of the start
	base, err := knowledge.Load(profile, overlay, words)
	both.Wait()
	if err := errors.Join(err, screenErr); err != nil {
		return nil, err
	}
	return &converse.Road{Knowledge: base, Clinic: profile, Words: words, Screen: screen, Now: p.now, Log: slog.New(slog.NewJSONHandler(p.stderr, nil))}, nil
}

// loadProfile reads the clinic's folder, or the built-in profile where there is none.
func loadProfile(dir string) (*clinic.Profile, fs.FS, error) {
	if dir == "" {
		profile, err := clinic.Default()
		return profile, nil, err
	}
	profile, err := clinic.Load(dir)
	if err != nil {
		return nil, nil, err
	}
	entries := filepath.Join(dir, "entries")
	if _, err := os.Stat(entries); errors.Is(err, fs.ErrNotExist) {
		return profile, nil, nil
	}
	return profile, os.DirFS(entries), nil
}

// openJournal opens the data folder: the sealed journal over its two files. The folder is made if it is not there.
func openJournal(ctx context.Context, p *program, s *settings) (journal.Journal, error) {
	if err := os.MkdirAll(s.data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	if err := os.Chmod(s.data, 0o700); err != nil {
		return nil, fmt.Errorf("closing the data folder to others: %w", err)
	}
	j, err := boltjournal.OpenSealed(ctx, s.data, boltjournal.Options{Now: p.now}, func() (journal.MasterKey, error) { return masterKey(p, s) })
	if errors.Is(err, journal.ErrLocked) {
		return nil, fmt.Errorf("%w%s", err, holder(s.data))
	}
	return j, err
}

// masterKey finds the key that wraps all others: the file that was named, a systemd credential, or a file beside the data folder, which is made on
// first start so that the program runs at once. It never lies in the data folder, so that a copy of the folder alone tells nothing.
func masterKey(p *program, s *settings) (journal.MasterKey, error) {
	if s.masterKeyFile != "" {
		return journal.LoadMasterKey(s.masterKeyFile)
	}
	if dir := p.getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		path := filepath.Join(dir, "intake-master-key")
		if _, err := os.Stat(path); err == nil {
			return journal.LoadMasterKey(path)
		}
	}
	data, err := filepath.Abs(s.data)
	if err != nil {
		return journal.MasterKey{}, fmt.Errorf("finding the data folder: %w", err)
	}
	path := filepath.Join(filepath.Dir(data), "intake-master.key")
	key, err := journal.LoadMasterKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if boltjournal.HasKeys(data) {
		return journal.MasterKey{}, fmt.Errorf("the data folder holds keys, but their master key %s is missing: put it back, or name it with -master-key-file", path)
	}
	if key, err = journal.CreateMasterKey(path); err != nil {
		return key, err
	}
	fmt.Fprintf(p.stdout, "Made a master key: %s\n  Keep a copy in a safe place, apart from the data: without it nothing can be read. In production set -master-key-file.\n", path)
	return key, nil
}
