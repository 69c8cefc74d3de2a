package clinic

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Colors are the clinic's two accents: what can be pressed, and what leads to a person. Each is given once, for light; everything else follows
// from it, so that the pairs that people must be able to read keep their contrast in light and dark.
type Colors struct {
	Light, Dark map[string]string // by token name, such as "accent-text"; empty: the program's own colours
}

// color is red, green and blue, 0 to 1.
type color [3]float64

func mustColor(hex string) color {
	c, err := parseColor(hex)
	if err != nil {
		panic(err) // a constant of this file
	}
	return c
}

func parseColor(hex string) (color, error) {
	digits, ok := strings.CutPrefix(hex, "#")
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || err != nil || len(digits) != 6 {
		return color{}, fmt.Errorf("%q is not a color", hex)
	}
	return color{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

func (c color) String() string {
	b := func(v float64) int { return int(math.Round(v * 255)) }
	return fmt.Sprintf("#%02X%02X%02X", b(c[0]), b(c[1]), b(c[2]))
}

// mix goes from c towards other by a part from 0 to 1.
func (c color) mix(other color, part float64) color {
	for i := range c {
		c[i] += (other[i] - c[i]) * part
	}
	return mustColor(c.String()) // what is checked is what is shown
}

// luminance is the relative luminance of WCAG 2.2.
func (c color) luminance() float64 {
	lin := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c[0]) + 0.7152*lin(c[1]) + 0.0722*lin(c[2])
}

// contrast is the contrast ratio of WCAG 2.2, 1 to 21.
func contrast(a, b color) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Least contrast of text, and of the outline of what can be pressed (WCAG 2.2, 1.4.3 and 1.4.11).
const (
	leastText    = 4.5
	leastControl = 3
)

// The grounds of tokens.css that accents stand on.
var (
	white                               = color{1, 1, 1}
	black                               = color{}
	lightSurface, lightGround, lightInk = white, mustColor("#F5F2F0"), mustColor("#1C2930")
	lightEdge                           = mustColor("#7F7A77")
	darkSurface, darkGround, darkInk    = mustColor("#1A242B"), mustColor("#11191F"), mustColor("#EEEBE6")
	darkEdge                            = mustColor("#7E8D95")
	darkGrounds                         = []color{darkSurface, darkGround}
)

// pair is two colours that stand on each other.
type pair struct {
	name  string
	a, b  color
	least float64
}

// accent derives the tokens of one accent. The pairs are all that people must be able to read or see; problems name those that are too close.
func accent(name string, base color) (light, dark map[string]string, problems []string) {
	tint, hover := lightSurface.mix(base, .14), base.mix(black, .22)
	light = map[string]string{name: base.String(), name + "-text": base.String(), name + "-tint": tint.String(), "on-" + name: white.String()}
	if name == "accent" {
		light[name+"-hover"] = hover.String()
	}
	pairs := []pair{{"white words on it", white, base, leastText}, {"it as words on white", base, lightSurface, leastText}, {"it as words on the page", base, lightGround, leastText},
		{"it as words on its own tint", base, tint, leastText}, {"words on its tint", lightInk, tint, leastText}, {"an outline on its tint", lightEdge, tint, leastControl}}

	// In the dark a filled button stays between its white words and the ground; words are lighter.
	fill := nearest(base, func(c color) bool {
		return contrast(white, c) >= leastText+.1 && contrast(c, darkSurface) >= leastControl+.05
	})
	darkTint := darkSurface.mix(fill, .28)
	text := nearest(fill, func(c color) bool {
		return contrast(c, darkTint) >= 6 && contrast(c, darkSurface) >= 6
	})
	dark = map[string]string{name: fill.String(), name + "-text": text.String(), name + "-tint": darkTint.String(), "on-" + name: white.String()}
	if name == "accent" {
		dark[name+"-hover"] = fill.mix(black, .1).String()
	}
	pairs = append(pairs, pair{"white words on it in the dark", white, fill, leastText}, pair{"it in the dark as a button", fill, darkSurface, leastControl},
		pair{"words on its tint in the dark", darkInk, darkTint, leastText}, pair{"it in the dark as words on its tint", text, darkTint, leastText},
		pair{"an outline on its tint in the dark", darkEdge, darkTint, leastControl})
	for _, g := range darkGrounds {
		pairs = append(pairs, pair{"it in the dark as words", text, g, leastText})
	}
	for _, p := range pairs {
		if got := contrast(p.a, p.b); got < p.least {
			problems = append(problems, fmt.Sprintf("%s: contrast %.1f, at least %.1f is needed", p.name, got, p.least))
		}
	}
	return light, dark, problems
}

// nearest mixes a colour with white or black, as little as possible, until it is good; itself if nothing is.
func nearest(c color, good func(color) bool) color {
	for step := range 101 {
		for _, end := range []color{white, black} {
			if m := c.mix(end, float64(step)/100); good(m) {
				return m
			}
		}
	}
	return c
}

// colors reads the table of the profile.
func (c *checker) colors(given map[string]string) Colors {
	all := Colors{Light: map[string]string{}, Dark: map[string]string{}}
	for _, key := range []string{"accent", "accent_2"} {
		hex := strings.TrimSpace(given[key])
		if hex == "" {
			continue
		}
		base, err := parseColor(hex)
		if err != nil {
			c.fail(0, "colors."+key, fmt.Sprintf(`%q is not a color; write six digits such as "#17576B"`, hex))
			continue
		}
		light, dark, problems := accent(strings.ReplaceAll(key, "_", "-"), base)
		if len(problems) > 0 {
			c.fail(0, "colors."+key, fmt.Sprintf("%s cannot be read well (%s); choose a darker or a plainer one", hex, strings.Join(problems, "; ")))
		}
		for name, v := range light {
			all.Light[name] = v
		}
		for name, v := range dark {
			all.Dark[name] = v
		}
	}
	for key := range given {
		if key != "accent" && key != "accent_2" {
			c.fail(0, "colors."+key, "is not a key of this table; it has accent and accent_2")
		}
	}
	return all
}
