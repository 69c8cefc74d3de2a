package staff

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/boombuler/barcode/qr"

	"example.org/intake/bot/audit"
	"example.org/intake/bot/staff"
)

type securePage struct {
	page
	Secret  string // as people type it, in groups
	Raw     string
	Code    *qrCode
	Problem string
	Options string // for a passkey, JSON; "" where the address allows none
	First   bool   // nothing is set up yet
}

// qrCode is a QR code as one path of an inline picture, so that the page loads nothing.
type qrCode struct {
	Size int
	Path string
}

// newQR draws a text.
func newQR(text string) (*qrCode, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("drawing a QR code: %w", err)
	}
	size := code.Bounds().Dx()
	const quiet = 4 // modules of white around it, as the standard asks
	var b strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	return &qrCode{Size: size + 2*quiet, Path: b.String()}, nil
}

func (c *Console) showSecure(w http.ResponseWriter, _ *http.Request, v visit) error {
	return c.secureForm(w, v, http.StatusOK, staff.NewTOTP(), "")
}

func (c *Console) secureForm(w http.ResponseWriter, v visit, status int, secret, problem string) error {
	p := securePage{page: page{c: c, Lang: v.who.Lang, Title: c.say(v.who.Lang, "console.secure.title")}, Raw: secret, Problem: problem, First: !v.who.Secured}
	for at := 0; at < len(secret); at += 4 {
		p.Secret += secret[at:min(at+4, len(secret))] + " "
	}
	// The app shows this name beside the code: it says nothing of what the clinic does.
	link := url.URL{Scheme: "otpauth", Host: "totp", Path: "/Intake:" + v.who.Login, RawQuery: url.Values{"secret": {secret}, "issuer": {"Intake"}}.Encode()}
	var err error
	if p.Code, err = newQR(link.String()); err != nil {
		return err
	}
	if c.passkey != nil {
		if p.Options, err = c.passkey.creation(v.who, c.Directory.Passkeys(v.who.ID)); err != nil {
			return err
		}
	}
	return c.render(w, status, "secure", "layout", p)
}

func (c *Console) secureCode(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	secret := r.PostFormValue("secret")
	codes, session, err := c.Directory.SetTOTP(r.Context(), v.session, secret, r.PostFormValue("code"))
	if errors.Is(err, staff.ErrCode) {
		if len(secret) != len(staff.NewTOTP()) {
			return errRefused
		}
		return c.secureForm(w, v, http.StatusUnprocessableEntity, secret, c.say(v.who.Lang, "console.secure.wrong"))
	}
	if err != nil {
		return err
	}
	return c.secured(w, r, v, codes, session, "totp")
}

func (c *Console) securePasskey(w http.ResponseWriter, r *http.Request, v visit) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	if c.passkey == nil {
		return errMissing
	}
	made, err := c.passkey.register(v.who, c.Directory.Passkeys(v.who.ID), r.PostFormValue("credential"))
	if err != nil {
		return c.secureForm(w, v, http.StatusUnprocessableEntity, staff.NewTOTP(), c.say(v.who.Lang, "console.secure.no_passkey"))
	}
	made.Label = c.say(v.who.Lang, "console.account.passkey_of", "date", c.Words.Date(string(v.who.Lang), c.Now().In(c.Clinic.Location())))
	codes, session, err := c.Directory.AddPasskey(r.Context(), v.session, made)
	if err != nil {
		return err
	}
	return c.secured(w, r, v, codes, session, "passkey")
}

type codesPage struct {
	page
	Codes []string
}

// secured gives the browser its new session and shows the recovery codes, if there are new ones, once.
func (c *Console) secured(w http.ResponseWriter, r *http.Request, v visit, codes []string, session, what string) error {
	if err := c.record(r, v.who.ID, audit.FactorSet, what); err != nil {
		return errors.Join(err, c.Directory.SignOut(r.Context(), session))
	}
	if !v.who.Secured {
		if err := c.record(r, v.who.ID, audit.SignedIn, ""); err != nil {
			return errors.Join(err, c.Directory.SignOut(r.Context(), session))
		}
	}
	http.SetCookie(w, c.cookie(session))
	if len(codes) == 0 {
		http.Redirect(w, r, "/staff/account", http.StatusSeeOther)
		return nil
	}
	return c.showCodes(w, v, codes)
}

func (c *Console) showCodes(w http.ResponseWriter, v visit, codes []string) error {
	p := codesPage{page: page{c: c, Lang: v.who.Lang, Title: c.say(v.who.Lang, "console.codes.title")}, Codes: codes}
	return c.render(w, http.StatusOK, "codes", "layout", p)
}
