package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxInput is how much of a message is read, in bytes. People in danger write short messages; the cap keeps a hostile one cheap.
const MaxInput = 8 << 10

// Stop is the word that stands for the end of a sentence. Phrases never match across it.
const Stop = "."

// Normalize writes a message in the plain form in which it is compared: lower case without accents, one space between words,
// "." between sentences. Curly quotes, invisible and direction marks, look-alike letters, digits for letters, stretched and spaced-out words,
// common abbreviations and the emoji that matter are made plain. Contractions are written out ("can't" and "cant" both become "can not").
// It reads at most 8 KiB, and accepts any bytes.
func Normalize(text string) string {
	return strings.Join(Words(text), " ")
}

// Words is Normalize before the words are joined.
func Words(text string) []string {
	rough := strings.Fields(plainLetters(cut(text)))
	return dropLoneStops(expand(joinSpaced(rough)))
}

// cut keeps the first MaxInput bytes, at a rune boundary.
func cut(text string) string {
	if len(text) <= MaxInput {
		return text
	}
	n := MaxInput
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// plainLetters folds letters and turns everything else into spaces, stops, and words for emoji.
func plainLetters(text string) string {
	in := []rune(norm.NFKD.String(strings.ToValidUTF8(text, " ")))
	letters := in[:0]
	for _, r := range in {
		// Accents, zero-width marks, direction marks and variation selectors disappear without leaving a gap.
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			continue
		}
		letters = append(letters, lookAlike(unicode.ToLower(r)))
	}
	var b strings.Builder
	b.Grow(len(letters) + 16)
	run := 0
	for i, r := range letters {
		prev, next := at(letters, i-1), at(letters, i+1)
		switch {
		case unicode.IsLetter(r):
			if i > 0 && prev == r {
				run++
			} else {
				run = 1
			}
			// "diiiie" becomes "die"; two of a letter stay, three never stand in a word.
			if run <= 2 && !(run == 2 && next == r) {
				b.WriteRune(r)
			}
		case unicode.IsDigit(r):
			if c, ok := leet(r); ok && unicode.IsLetter(prev) && unicode.IsLetter(next) {
				r = c
			}
			b.WriteRune(r)
		case r == '!' || r == '|':
			if unicode.IsLetter(prev) && unicode.IsLetter(next) {
				b.WriteRune('i')
			} else {
				b.WriteString(" . ")
			}
		case r == '@' || r == '$' || r == '*' || r == '\'':
			// Signs inside a word: "h@ng", "$uicide", "k*ll"; the apostrophe stays so that "od'd" is not "odd".
			switch {
			case !unicode.IsLetter(next) && !(r == '*' && next == '*'):
				b.WriteByte(' ')
			case r == '\'' && unicode.IsLetter(prev):
				b.WriteByte('\'')
			case r == '@' && unicode.IsLetter(prev):
				b.WriteByte('a')
			case r == '$' && unicode.IsLetter(next):
				b.WriteByte('s')
			case r == '*' && (unicode.IsLetter(prev) || prev == '*'):
				// nothing: "k*ll" becomes "kll"
			default:
				b.WriteByte(' ')
			}
		case r == '.':
			lone := !unicode.IsLetter(at(letters, i-2)) && unicode.IsLetter(prev) || unicode.IsLetter(next) && !unicode.IsLetter(at(letters, i+2))
			switch {
			case prev == '.' || next == '.', lone && (unicode.IsLetter(next) || at(letters, i-2) == '.'): // a pause "...", or "o.d."
				b.WriteByte(' ')
			case unicode.IsDigit(prev) && unicode.IsDigit(next):
				b.WriteByte(' ')
			default:
				b.WriteString(" . ")
			}
		case r == '?' || r == ';' || r == '¿' || r == '¡':
			b.WriteString(" . ")
		default:
			if w := emojiWord(r); w != "" {
				b.WriteString(" " + w + " ")
			} else {
				b.WriteByte(' ')
			}
		}
	}
	return b.String()
}

// at gives the rune at i, or a space outside.
func at(rs []rune, i int) rune {
	if i < 0 || i >= len(rs) {
		return ' '
	}
	return rs[i]
}

// lookAlike gives the Latin letter for letters of other alphabets that look the same, and one form for each quote.
func lookAlike(r rune) rune {
	switch r {
	case 'а', 'α':
		return 'a'
	case 'с':
		return 'c'
	case 'ԁ':
		return 'd'
	case 'е', 'ε':
		return 'e'
	case 'һ':
		return 'h'
	case 'і', 'ι', 'ı':
		return 'i'
	case 'ј':
		return 'j'
	case 'к', 'κ':
		return 'k'
	case 'о', 'ο', 'ø':
		return 'o'
	case 'р', 'ρ':
		return 'p'
	case 'ѕ':
		return 's'
	case 'т', 'τ':
		return 't'
	case 'у', 'υ':
		return 'u'
	case 'ѵ', 'ν':
		return 'v'
	case 'х', 'χ':
		return 'x'
	case '’', '‘', '‛', '`', '´', 'ʼ', '′', '＇':
		return '\''
	}
	return r
}

// leet gives the letter that a digit inside a word stands for.
func leet(r rune) (rune, bool) {
	switch r {
	case '0':
		return 'o', true
	case '1':
		return 'i', true
	case '3':
		return 'e', true
	case '4':
		return 'a', true
	case '5':
		return 's', true
	case '7':
		return 't', true
	}
	return r, false
}

// emojiWord gives the word for the emoji that change what a message means.
func emojiWord(r rune) string {
	switch r {
	case '🔫':
		return "gun"
	case '🔪', '🗡':
		return "knife"
	case '💊':
		return "pills"
	case '💉':
		return "needle"
	case '🩸':
		return "blood"
	case '🪢':
		return "rope"
	case '⚰', '🪦':
		return "coffin"
	case '🆘':
		return "sos"
	case '🤰':
		return "pregnant"
	case '👶':
		return "baby"
	}
	return ""
}

// joinSpaced puts words written letter by letter together: "d i e", "k i l l". Three single letters in a row are no ordinary English or
// Spanish text.
func joinSpaced(in []string) []string {
	out := in[:0:0]
	for i := 0; i < len(in); {
		j := i
		for j < len(in) && len(in[j]) == 1 && in[j] != Stop && !unicode.IsDigit(rune(in[j][0])) {
			j++
		}
		switch {
		case j-i >= 3, j-i == 2 && in[i] == "o" && in[i+1] == "d":
			out = append(out, strings.Join(in[i:j], ""))
			i = j
		default:
			out = append(out, in[i])
			i++
		}
	}
	return out
}

// expand writes out contractions and abbreviations and drops the apostrophes that are left.
func expand(in []string) []string {
	out := make([]string, 0, len(in)+8)
	for _, w := range in {
		out = appendExpanded(out, w)
	}
	return out
}

func appendExpanded(out []string, w string) []string {
	w = strings.Trim(w, "'")
	if w == "" {
		return out
	}
	if n := strings.TrimLeft(w, "0123456789"); n != w && (n == "mg" || n == "mgs" || n == "ml" || n == "hrs" || n == "x") {
		return append(out, strings.TrimSuffix(w, n), n) // "40mg"
	}
	if long := Abbreviation(w); long != "" {
		return append(out, strings.Fields(long)...)
	}
	if !strings.Contains(w, "'") {
		return append(out, w)
	}
	for _, c := range []struct{ tail, long string }{
		{"n't", "not"}, {"'re", "are"}, {"'ve", "have"}, {"'ll", "will"}, {"'m", "am"},
	} {
		if stem, ok := strings.CutSuffix(w, c.tail); ok && stem != "" {
			return append(appendExpanded(out, stem), c.long)
		}
	}
	if stem, ok := strings.CutSuffix(w, "'s"); ok {
		return append(out, stem+"s") // "son's": possessive or "is"; phrases allow both
	}
	return append(out, strings.ReplaceAll(w, "'", ""))
}

// dropLoneStops removes the stops of "I. Want. To. Die.": a Stop between two sentences of one word each ends nothing.
func dropLoneStops(in []string) []string {
	out := in[:0:0]
	for i, w := range in {
		if w == Stop {
			if len(out) == 0 || out[len(out)-1] == Stop || i+1 == len(in) || in[i+1] == Stop {
				continue
			}
			shortBefore := len(out) < 2 || i >= 2 && in[i-2] == Stop
			shortAfter := i+2 >= len(in) || in[i+2] == Stop
			if shortBefore && shortAfter {
				continue
			}
		}
		out = append(out, w)
	}
	return out
}
