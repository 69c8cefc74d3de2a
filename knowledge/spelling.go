package knowledge

import "unicode/utf8"

// Misspelled words are read as the known word that they are nearest to, if it is near: one slip of the finger in a word of five letters, two in one
// of eight. The first letter must be right, as it nearly always is.
const (
	shortestMisspelled = 5
	twoSlipsFrom       = 8
	misspelledWorth    = 0.8 // how much a word read so counts against one spelled right
	knownFrom          = 3   // documents a word must be in to be read into another
)

// spelling knows the words that others may be meant for, by their first letter, in the order of their ids.
type spelling map[byte][]string

func (s spelling) add(word string) {
	if len(word) >= shortestMisspelled-1 {
		s[word[0]] = append(s[word[0]], word)
	}
}

// meant finds the known word that an unknown one is probably meant for, or "".
func (s spelling) meant(word string) string {
	n := utf8.RuneCountInString(word)
	if n < shortestMisspelled || len(word) > longestWord || s == nil {
		return ""
	}
	most := 1
	if n >= twoSlipsFrom {
		most = 2
	}
	found, at := "", most+1
	for _, known := range s[word[0]] {
		if d := slips(word, known, at-1); d < at {
			found, at = known, d
		}
	}
	return found
}

// slips counts the letters to insert, leave out, replace or swap with their neighbour to turn a into b; above most it may stop and say most+1. Both
// words are folded, so bytes are letters.
func slips(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][longestWord + 2]int
	if len(b) > longestWord {
		return most + 1
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, twoAbove := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, twoAbove[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return rows[len(a)%3][len(b)]
}
