package bot

import "regexp"

// The numbers that are never stored (facts.md E, P6). A Social Security number has 3-2-4 digits. A Medicare Beneficiary Identifier has 11
// characters whose pattern CMS publishes: digit 1-9, letter, letter or digit, digit, letter, letter or digit, digit, letter, letter, digit,
// digit, without S L O I B Z. A payment card has 13 to 19 digits. A phone number has 10 or 11 digits and is kept.
var (
	ssn  = regexp.MustCompile(`\b\d{3}[- .]\d{2}[- .]\d{4}\b`)
	ssn9 = regexp.MustCompile(`(?i)\b(ssn|social|social security|seguro social|s\.s\.n\.?)(\D{0,24})\d{9}\b`)
	mbi  = regexp.MustCompile(`(?i)\b[1-9][ac-hj-km-np-rt-y][ac-hj-km-np-rt-y0-9]\d[- ]?[ac-hj-km-np-rt-y][ac-hj-km-np-rt-y0-9]\d[- ]?[ac-hj-km-np-rt-y]{2}\d{2}\b`)
	card = regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`)
)

// Masked stands in a text where a number was taken out.
const Masked = "•••"

// Mask takes Social Security, Medicare and payment card numbers out of a text and says whether there were any. It runs before anything is stored.
func Mask(text string) (string, bool) {
	out := mbi.ReplaceAllString(text, Masked)
	out = card.ReplaceAllString(out, Masked)
	out = ssn.ReplaceAllString(out, Masked)
	out = ssn9.ReplaceAllString(out, "${1}${2}"+Masked)
	return out, out != text
}
