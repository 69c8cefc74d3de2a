package knowledge

import (
	"regexp"
	"strings"
	"unicode"
)

// names of medicines, programmes and agencies are left out of the reading level: people who ask for them know them, and they cannot be made shorter.
var names = wordSet(`
	methadone buprenorphine naltrexone naloxone suboxone subutex sublocade brixadi zubsolv vivitrol narcan opvee methadose
	medicare medicaid masshealth advantage samhsa nida cms hipaa massachusetts mat moud otp
	opioid opioids heroin fentanyl oxycodone hydrocodone oxycontin percocet vicodin morphine codeine cocaine methamphetamine kratom benzodiazepines
	metadona buprenorfina naltrexona naloxona
	opioide opioides heroína fentanilo oxicodona hidrocodona morfina codeína cocaína metanfetamina benzodiacepinas`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// measure counts what a reading level is made of.
type measure struct{ words, sentences, syllables int }

var wordForm = regexp.MustCompile(`\p{L}[\p{L}'’]*`)

// measured counts the words of a text that are not names, their syllables by the given rule, and the sentences. A paragraph ends a sentence.
func measured(text string, syllables func(string) int) measure {
	var m measure
	for sentence := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(".?!:;\n", r) }) {
		words := wordForm.FindAllString(sentence, -1)
		counted := 0
		for _, w := range words {
			w = strings.ToLower(w)
			if names[w] {
				continue
			}
			counted++
			m.syllables += syllables(w)
		}
		if counted > 0 {
			m.words += counted
			m.sentences++
		}
	}
	return m
}

// fleschKincaid is the school grade that an English text asks for.
func fleschKincaid(text string) float64 {
	m := measured(text, syllablesEnglish)
	if m.words == 0 {
		return 0
	}
	return 0.39*float64(m.words)/float64(m.sentences) + 11.8*float64(m.syllables)/float64(m.words) - 15.59
}

// fernandezHuerta is the ease of a Spanish text, about 0 to 100; 60 to 70 is normal, more is easier.
func fernandezHuerta(text string) float64 {
	m := measured(text, syllablesSpanish)
	if m.words == 0 {
		return 100
	}
	return 206.84 - 60*float64(m.syllables)/float64(m.words) - 1.02*float64(m.words)/float64(m.sentences)
}

// syllablesEnglish counts the groups of vowels, less the silent e.
func syllablesEnglish(word string) int {
	word = strings.NewReplacer("'", "", "’", "").Replace(word)
	n, before := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouyáéíóúü", r)
		if vowel && !before {
			n++
		}
		before = vowel
	}
	switch {
	case n > 1 && strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le"):
		n--
	case n > 1 && strings.HasSuffix(word, "le") && len(word) > 2 && strings.ContainsRune("aeiouy", rune(word[len(word)-3])):
		n-- // while, but not table
	case n > 1 && strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded"):
		n--
	case n > 1 && strings.HasSuffix(word, "es") && !hissing.MatchString(word):
		n--
	}
	return max(1, n)
}

// hissing words speak the e of their ending: buses, prices, washes.
var hissing = regexp.MustCompile(`(s|x|z|c|g|sh|ch)es$`)

// syllablesSpanish counts vowels that sound apart: two strong ones, or a weak one with an accent beside a strong one.
func syllablesSpanish(word string) int {
	const strong, accentedWeak, weak = "aeoáéó", "íú", "iuü"
	letters := []rune(word)
	kind := func(i int) rune { // s strong, k accented weak, w weak, 0 no vowel
		if i < 0 || i >= len(letters) {
			return 0
		}
		r := unicode.ToLower(letters[i])
		switch {
		case strings.ContainsRune(strong, r):
			return 's'
		case strings.ContainsRune(accentedWeak, r):
			return 'k'
		case strings.ContainsRune(weak, r):
			if (r == 'u') && i > 0 && (letters[i-1] == 'q' || letters[i-1] == 'g') && i+1 < len(letters) && strings.ContainsRune("eiéí", letters[i+1]) {
				return 0 // que, gui: not spoken
			}
			return 'w'
		case r == 'y' && i == len(letters)-1 && i > 0:
			return 'w'
		case r == 'y' && len(letters) == 1:
			return 's'
		}
		return 0
	}
	n := 0
	for i := range letters {
		k, before := kind(i), kind(i-1)
		if k == 0 {
			continue
		}
		joins := before == 's' && k == 'w' || before == 'w' && (k == 's' || k == 'w' || k == 'k')
		if !joins {
			n++
		}
	}
	return max(1, n)
}
