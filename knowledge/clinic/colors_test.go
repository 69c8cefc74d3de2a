package clinic

import (
	"fmt"
	"strings"
	"testing"
)

func withColors(lines string) (*Profile, error) {
	return Parse([]byte("name = \"C\"\nneutral_page = \"https://www.weather.gov/\"\ntime_zone = \"America/New_York\"\n[colors]\n"+lines), "clinic.toml")
}

func TestColorsThatCanBeRead(t *testing.T) {
	for _, hex := range []string{"#17576B", "#6B3F70", "#1F4E79", "#2B5D34", "#7A3B12", "#333333", "#8A1538", "#005A9C", "#000000"} {
		p, err := withColors(fmt.Sprintf("accent = %q\naccent_2 = %q\n", hex, hex))
		if err != nil {
			t.Errorf("%s: %v", hex, err)
			continue
		}
		if p.Colors.Light["accent"] != strings.ToUpper(hex) || p.Colors.Light["accent-2-text"] == "" || p.Colors.Dark["accent-2"] == "" {
			t.Errorf("%s: %v", hex, p.Colors)
		}
		// The same pairs once more, from what is handed out.
		for tokens, surface := range map[*map[string]string]string{&p.Colors.Light: "#FFFFFF", &p.Colors.Dark: "#1A242B"} {
			for _, name := range []string{"accent", "accent-2"} {
				at := func(key string) color { return mustColor((*tokens)[key]) }
				if got := contrast(at("on-"+name), at(name)); got < leastText {
					t.Errorf("%s: words on %s have %.2f", hex, name, got)
				}
				if got := contrast(at(name+"-text"), at(name+"-tint")); got < leastText {
					t.Errorf("%s: %s as words on its tint has %.2f", hex, name, got)
				}
				if got := contrast(at(name), mustColor(surface)); got < leastControl {
					t.Errorf("%s: %s on its surface has %.2f", hex, name, got)
				}
			}
		}
	}
}

func TestColorsThatCannot(t *testing.T) {
	for line, want := range map[string]string{
		`accent = "#7FB3C8"`: "white words on it: contrast 2.3, at least 4.5 is needed",
		`accent = "#FFD400"`: "clinic.toml:5: colors.accent",
		`accent_2 = "teal"`:  `"teal" is not a color`,
		`accent = "#12345"`:  "is not a color",
		`danger = "#000000"`: "is not a key of this table",
	} {
		if _, err := withColors(line + "\n"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", line, err)
		}
	}
	p, err := withColors("accent = \"\"\n")
	if err != nil || len(p.Colors.Light) != 0 {
		t.Errorf("no color: %v, %v", p, err)
	}
}

// TestContrast compares with known values of WCAG's formula.
func TestContrast(t *testing.T) {
	for hex, want := range map[string]string{"#000000": "21.00", "#FFFFFF": "1.00", "#767676": "4.54", "#17576B": "8.04"} {
		if got := fmt.Sprintf("%.2f", contrast(mustColor(hex), white)); got != want {
			t.Errorf("%s on white has %s, not %s", hex, got, want)
		}
	}
}
