package request

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// plainText is text as it is compared: no capitals, no accents.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// digits keeps the digits of a text.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// Search finds requests by reference code, by part of a name, or by at least four digits of a phone number, newest first.
func (w *Worklist) Search(text string) []Request {
	want := plainText(strings.Join(strings.Fields(text), " "))
	if want == "" {
		return nil
	}
	code := strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(want, "-", ""), " ", ""))
	number := ""
	if strings.Trim(want, "0123456789+()-. ") == "" && len(digits(want)) >= 4 {
		number = digits(want)
	}
	var found []Request
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range w.byID {
		if strings.ReplaceAll(r.Reference, "-", "") == code || number != "" && strings.Contains(digits(r.Fields.Phone), number) ||
			number == "" && len([]rune(want)) >= 2 && strings.Contains(plainText(r.Fields.Name), want) {
			found = append(found, *r)
		}
	}
	slices.SortFunc(found, func(a, b Request) int {
		if c := b.Opened.Compare(a.Opened); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return found
}

// SameWay gives the other open requests with the phone or the email of this one, oldest first, so that staff may treat them as one. A visitor is never
// told: a partner may be typing.
func (w *Worklist) SameWay(id string) []Request {
	w.mu.Lock()
	defer w.mu.Unlock()
	own, ok := w.byID[id]
	if !ok {
		return nil
	}
	var same []Request
	for _, o := range w.byID {
		phone := o.Fields.Phone != "" && o.Fields.Phone == own.Fields.Phone
		email := o.Fields.Email != "" && strings.EqualFold(o.Fields.Email, own.Fields.Email)
		if o.ID != id && (phone || email) && o.Status != Closed {
			same = append(same, *o)
		}
	}
	slices.SortFunc(same, func(a, b Request) int { return cmp.Or(a.Opened.Compare(b.Opened), strings.Compare(a.ID, b.ID)) })
	return same
}
