package visitor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.org/intake/knowledge/clinic"
)

// colorStyle lays the clinic's accents over those of tokens.css, for a selector; "" if the clinic has none. In forced colours the system's own
// are used.
func colorStyle(selector string, c clinic.Colors) string {
	if len(c.Light) == 0 {
		return ""
	}
	block := func(tokens map[string]string) string {
		var b strings.Builder
		for _, name := range slices.Sorted(maps.Keys(tokens)) {
			fmt.Fprintf(&b, " --%s: %s;", name, tokens[name])
		}
		return selector + " {" + b.String() + " }"
	}
	return fmt.Sprintf("@media (forced-colors: none) { %s }\n@media (forced-colors: none) and (prefers-color-scheme: dark) { %s }\n", block(c.Light), block(c.Dark))
}
