package bot

import (
	"regexp"
	"strings"
)

// digitWords are digits as people say them, in both languages. Tens and teens give two digits.
var digitWords = map[string]string{
	"zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
	"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
	"diez": "10", "once": "11", "doce": "12", "trece": "13", "catorce": "14", "quince": "15", "dieciseis": "16", "diecisiete": "17", "dieciocho": "18", "diecinueve": "19",
	"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
	"veinte": "20", "treinta": "30", "cuarenta": "40", "cincuenta": "50", "sesenta": "60", "setenta": "70", "ochenta": "80", "noventa": "90",
	"veintiuno": "21", "veintidos": "22", "veintitres": "23", "veinticuatro": "24", "veinticinco": "25", "veintiseis": "26", "veintisiete": "27", "veintiocho": "28", "veintinueve": "29",
}

// hundreds are those of Spanish, with which area codes are said.
var hundreds = map[string]string{"doscientos": "2", "trescientos": "3", "cuatrocientos": "4", "quinientos": "5", "seiscientos": "6", "setecientos": "7", "ochocientos": "8", "novecientos": "9"}

var spokenWord = regexp.MustCompile(`[\p{L}\p{M}]+|\d+`)

// spokenDigits writes a run of number words as digits, where it gives ten digits, or eleven with a leading 1: nothing shorter is a number to call.
func spokenDigits(text string) string {
	words := spokenWord.FindAllStringIndex(text, -1)
	for i := 0; i < len(words); i++ {
		digits, spoken, j := "", 0, i
		for tens := false; j < len(words); j++ {
			raw := text[words[j][0]:words[j][1]]
			w := fold(raw)
			if j > i && strings.Trim(text[words[j-1][1]:words[j][0]], " ,.-–") != "" {
				break
			}
			d, ok := digitWords[w]
			if h := hundreds[w]; h != "" { // "quinientos ocho", "setecientos setenta y cuatro"
				d, ok = h, true
				if next := ""; j+1 < len(words) {
					if next = digitWords[fold(text[words[j+1][0]:words[j+1][1]])]; len(next) == 1 {
						d += "0"
					} else if len(next) == 0 {
						d += "00"
					}
				}
			}
			switch {
			case w == "o" && j > i: // "five o eight"
				d, ok = "0", true
			case raw[0] >= '0' && raw[0] <= '9':
				d, ok = raw, true
				spoken--
			case w == "y" && tens, w == "and" && tens: // "cincuenta y cinco"
				continue
			case (w == "double" || w == "doble" || w == "triple") && j+1 < len(words):
				next := digitWords[fold(text[words[j+1][0]:words[j+1][1]])]
				if len(next) != 1 {
					break
				}
				d, ok = strings.Repeat(next, map[string]int{"double": 2, "doble": 2, "triple": 3}[w]), true
				j++
			case w == "hundred" && len(digits) > 0: // "eight hundred"
				d, ok = "00", true
			}
			if !ok || len(digits) > 11 {
				break
			}
			spoken++
			if tens && len(d) == 1 && d != "0" {
				digits = digits[:len(digits)-1]
			}
			tens = len(d) == 2 && d[1] == '0' && d[0] != '1' && d[0] != '0' && len(w) > 2
			digits += d
		}
		if n := len(digits); spoken > 0 && (n == 10 || n == 11 && digits[0] == '1') {
			return text[:words[i][0]] + digits[:n-10] + digits[n-10:n-7] + "-" + digits[n-7:n-4] + "-" + digits[n-4:] + text[words[j-1][1]:]
		}
	}
	return text
}
