package visitor

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"
	"strings"

	"example.org/intake/web/ui"
)

// drawings are the line drawings of icons.js, for pages that no script draws on. They are written down once, there.
type drawings map[string][]any

var drawing = regexp.MustCompile(`(?m)^  (\w+): (\[.*\]),$`)

func readDrawings() (drawings, error) {
	source, err := fs.ReadFile(ui.Files, "visitor/icons.js")
	if err != nil {
		return nil, fmt.Errorf("reading the drawings: %w", err)
	}
	all := drawings{}
	for _, m := range drawing.FindAllStringSubmatch(string(source), -1) {
		var shapes []any
		if err := json.Unmarshal([]byte(strings.ReplaceAll(m[2], "'", `"`)), &shapes); err != nil {
			return nil, fmt.Errorf("the drawing %s: %w", m[1], err)
		}
		all[m[1]] = shapes
	}
	return all, nil
}

// svg draws one; the class says how large. The paths are our own, so they may stand in a page as they are.
func (d drawings) svg(class string, size int, name string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="%s" viewBox="0 0 %d %d" aria-hidden="true">`, class, size, size)
	for _, shape := range d[name] {
		switch s := shape.(type) {
		case string:
			path, thin := strings.CutPrefix(s, "t:")
			if thin {
				b.WriteString(`<path class="t" d="` + path + `"/>`)
			} else {
				b.WriteString(`<path d="` + path + `"/>`)
			}
		case []any:
			fmt.Fprintf(&b, `<circle class="f" cx="%v" cy="%v" r="%v"/>`, s[0], s[1], s[2])
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func (d drawings) icon(name string) template.HTML { return d.svg("i", 24, name) }

// pic is a pictogram of the emergency card; an unknown name gives the one with two people, as in icons.js.
func (d drawings) pic(name string) template.HTML {
	if d[name] == nil {
		name = "stay"
	}
	return d.svg("pic", 48, name)
}
