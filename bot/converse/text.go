package converse

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes a visitor's text safe to keep and to show: NFC, no control or bidirectional override characters, line breaks as they are.
func clean(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, ""))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x200E, r == 0x200F, r == 0xFEFF:
			return -1
		}
		return r
	}, text))
}
