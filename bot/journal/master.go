package journal

import (
	"fmt"
	"io"
)

// MasterKey wraps the streams' keys. It lives outside the data folder; without it nothing sealed can be read.
type MasterKey struct{ key [KeySize]byte }

// Format writes a placeholder for every verb, so that a master key never gets into a log.
func (MasterKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[master key]") }
