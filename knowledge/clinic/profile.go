// Package clinic reads the profile of the clinic that runs the program: the facts that only the clinic knows. They live in one folder as
// clinic.toml; what is empty there is unknown, and the program says so.
package clinic

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
	_ "time/tzdata" // the clinic's zone must be known on any machine

	"github.com/nyaruka/phonenumbers"
)

// File is the name of the profile inside the clinic's folder.
const File = "clinic.toml"

//go:embed default/clinic.toml
var defaultProfile []byte

// Profile is what the clinic says about itself. It does not change once loaded. Empty fields are unknown, except Name, NeutralPage and the
// time zone, which are always set.
type Profile struct {
	Name        string
	Phone       string // E.164
	Address     string
	Website     string   // https
	NeutralPage string   // https: where a visitor who leaves quickly lands
	Coverage    []string // codes of what is accepted, such as "medicare"
	Colors      Colors

	neutralCaller map[string]string // by language; "" for any
	callBack      promise
	zone          *time.Location
	weeks         map[Kind]week
	exceptions    []exception // by first day
}

// Default is the embedded profile, which knows only what is public.
func Default() (*Profile, error) { return Parse(defaultProfile, "default/"+File) }

// Load reads clinic.toml in the clinic's folder. Its error names each problem with its line and what to do.
func Load(dir string) (*Profile, error) {
	name := filepath.Join(dir, File)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: copy the default profile there and fill it in: %w", name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the clinic's profile: %w", err)
	}
	return Parse(data, name)
}

// Location is the clinic's time zone.
func (p *Profile) Location() *time.Location { return p.zone }

// PhoneShown is the main phone as people read it, "(508) 555-0143", or "".
func (p *Profile) PhoneShown() string {
	num, err := phonenumbers.Parse(p.Phone, "US")
	if err != nil {
		return ""
	}
	if num.GetCountryCode() != 1 {
		return phonenumbers.Format(num, phonenumbers.INTERNATIONAL)
	}
	return phonenumbers.Format(num, phonenumbers.NATIONAL)
}

// PhoneLink is the main phone as a link, "tel:+15085550143", or "".
func (p *Profile) PhoneLink() string {
	if p.Phone == "" {
		return ""
	}
	return "tel:" + p.Phone
}

// NeutralCaller is the name that staff may give on the phone without naming the clinic, or "".
func (p *Profile) NeutralCaller(lang string) string {
	if name := p.neutralCaller[lang]; name != "" {
		return name
	}
	return p.neutralCaller[""]
}

// Accepts reports whether the clinic takes a coverage, such as "medicare" or "masshealth". False means no or unknown.
func (p *Profile) Accepts(code string) bool { return slices.Contains(p.Coverage, code) }
