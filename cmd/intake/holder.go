package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// holding is what a running server leaves in the data folder, so that a second one can say who is there. The lock is the database's, not this file.
type holding struct {
	PID     int       `json:"pid"`
	Since   time.Time `json:"since"`
	Address string    `json:"address"`
}

func holderFile(data string) string { return filepath.Join(data, "running.json") }

func (h holding) write(data string) error {
	text, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("noting who holds the data folder: %w", err)
	}
	if err := os.WriteFile(holderFile(data), text, 0o600); err != nil {
		return fmt.Errorf("noting who holds the data folder: %w", err)
	}
	return nil
}

// holder says who has the data folder open, for the end of an error message.
func holder(data string) string {
	var h holding
	text, err := os.ReadFile(holderFile(data))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return "; stop it first, or name another folder with -data"
	}
	return fmt.Sprintf(": process %d holds the folder since %s and serves %s; stop it first, or name another folder with -data",
		h.PID, h.Since.Local().Format("2006-01-02 15:04:05"), h.Address)
}
