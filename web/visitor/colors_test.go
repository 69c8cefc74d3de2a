package visitor

import (
	"strings"
	"testing"

	"example.org/intake/knowledge/clinic"
)

// TestOwnColors: the clinic's accents reach chat, plain pages and launcher, and leave the system's colours alone.
func TestOwnColors(t *testing.T) {
	s := open(t, nil)
	profile, err := clinic.Parse([]byte("name = \"C\"\nneutral_page = \"https://www.weather.gov/\"\ntime_zone = \"America/New_York\"\n[colors]\naccent = \"#1F4E79\"\n"), "clinic.toml")
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.cfg
	cfg.Clinic = profile
	v, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Drain(t.Context()) })
	for _, path := range []string{v.assets.Path("all.css"), v.assets.Path("all-plain.css"), v.assets.Path("launcher.css"), "/embed.js"} {
		body := get(t, v, s.origin+path).Body.String()
		if !strings.Contains(body, "--accent: #1F4E79;") || !strings.Contains(body, "(forced-colors: none)") {
			t.Errorf("%s does not have the clinic's color", path)
		}
		if strings.Contains(get(t, s.Visitor, s.origin+path).Body.String(), "#1F4E79") {
			t.Errorf("%s has it without being asked", path)
		}
	}
}
