package bot

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// heard maps what people on Cape Cod call languages to BCP 47 tags, beside the names in the tables of Unicode.
var heard = map[string]string{
	"castellano": "es", "ingles": "en", "brazilian": "pt", "brazilian portuguese": "pt", "brasileno": "pt", "brasilero": "pt",
	"haitian creole": "ht", "haitian": "ht", "creole": "ht", "criollo haitiano": "ht", "creole haitiano": "ht", "kreyol": "ht", "criollo": "ht", "haitiano": "ht",
	"cape verdean": "kea", "cape verdean creole": "kea", "kriolu": "kea", "criollo caboverdiano": "kea", "caboverdiano": "kea", "creole de cabo verde": "kea", "criollo de cabo verde": "kea",
	"asl": "ase", "sign language": "ase", "american sign language": "ase", "lengua de senas": "ase", "lenguaje de senas": "ase", "senas": "ase",
	"mandarin": "zh", "mandarin chinese": "zh", "cantonese": "yue", "cantones": "yue", "chino": "zh", "farsi": "fa", "tagalog": "fil", "filipino": "fil",
	"k'iche": "quc", "k'iche'": "quc", "kiche": "quc", "quiche": "quc", "kiche'": "quc", "mam": "mam", "q'eqchi'": "kek", "q'eqchi": "kek", "kekchi": "kek", "qeqchi": "kek", "kaqchikel": "cak", "garifuna": "cab", "q'anjob'al": "kjb", "kanjobal": "kjb",
	"mixteco": "mix", "mixtec": "mix", "zapoteco": "zap", "zapotec": "zap", "nahuatl": "nah", "patois": "jam", "jamaican": "jam", "patwa": "jam", "cambodian": "km", "khmer": "km", "camboyano": "km", "hmong": "hmn", "bosnian": "bs", "papiamento": "pap", "papiamentu": "pap", "twi": "tw", "pashto": "ps", "dari": "prs",
}

// names are all names of languages, folded: the ones above, and those of the 180 two-letter codes in English and Spanish.
var languageNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	en, es := display.English.Languages(), display.Spanish.Languages()
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'z'; b++ {
			code := string(a) + string(b)
			base, err := language.ParseBase(code)
			if err != nil || base.String() != code {
				continue
			}
			tag := language.Make(code)
			for _, name := range []string{en.Name(tag), es.Name(tag)} {
				if f := fold(name); len(f) >= 4 && !notLanguages[f] && !strings.Contains(f, " ") {
					names[f] = code
				}
			}
		}
	}
	for name, tag := range heard {
		names[name] = tag
	}
	return names
})

// notLanguages are names of languages that are words of their own.
var notLanguages = set("fines root raiz ewe fula afar chamorro pali manx lao herero kongo luba sango vai")

// speaks are words around a language that make it the one to speak.
var speaks = set("speak speaks speaking in language prefer prefers only call interpreter translator use uses please pls habla hablo hablan hablar hable hablen en idioma prefiero prefiere solo llamada interprete traductor traductora intérprete usa porfa favor sea lengua entiende entiendo understand understands esta bien works good fine ok")

// languageIn reads the language of the call. pending: this was just asked. open: it is not known yet, so that a short clause that names one says it. alone says that the clause is nothing but the language.
func (c *clause) languageIn(pending, open bool) (tag string, interpreter *bool, ok bool) {
	names := languageNames()
	best, bestFrom, bestTo := "", 0, 0
	instead := "" // of one that is not spoken
	for i := 0; i < len(c.words); i++ {
		for n := min(4, len(c.words)-i); n > 0; n-- {
			phrase := ""
			for k := i; k < i+n; k++ {
				if c.words[k].used {
					phrase = ""
					break
				}
				phrase += " " + c.words[k].fold
			}
			found := names[strings.TrimPrefix(phrase, " ")]
			if found == "" {
				found = names[strings.TrimSuffix(strings.TrimPrefix(phrase, " "), "'")]
			}
			if found == "" || phrase == "" {
				continue
			}
			if !c.poor(i, i+n) && (best == "" || best == "en" || best == "es" && found != "en") { // "English or Portuguese": the one that needs more
				best, bestFrom, bestTo = found, i, i+n
			}
			if found == "en" && phrase == " ingles" && c.poor(i, i+n) { // said in Spanish
				instead = "es"
			}
			i += n - 1
			break
		}
	}
	if best == "" && instead != "" && pending && !c.asks {
		c.useAll()
		return instead, nil, true
	}
	f := c.span(0, len(c.words))
	wanted := has(f, "interpreter", "interpreters", "translator", "interprete", "traductor", "traductora", "translate", "traduzca")
	refused := has(f, "no interpreter", "without interpreter", "without an interpreter", "sin interprete", "no necesito interprete", "don't need an interpreter", "no need for an interpreter", "dont need an interpreter", "no ocupo interprete", "don't need interpreter", "no hace falta interprete")
	other := 0
	for i := range c.words {
		if (i < bestFrom || i >= bestTo) && !c.words[i].used && !fillers[c.words[i].fold] && !speaks[c.words[i].fold] {
			other++
		}
	}
	open = open && usual[best] && !c.asks && (len(c.words) <= 5 || bestFrom == 0) && !(bestFrom > 0 && origins[c.words[bestFrom-1].fold])
	if best != "" && (pending || open || c.holds(speaks) && other <= 4 || other == 0) {
		tag, ok = best, true
		from := bestFrom
		for from > 0 && !c.words[from-1].used && speaks[c.words[from-1].fold] && c.words[from-1].fold != "call" {
			from--
		}
		c.use(from, bestTo)
	}
	switch {
	case refused:
		interpreter, ok = new(false), true
		c.useAll()
	case wanted:
		interpreter, ok = new(true), true
		c.useAll()
	case tag != "" && tag != "en" && tag != "es":
		interpreter = new(true)
	}
	return tag, interpreter, ok
}

func (c *clause) useAll() { c.use(0, len(c.words)) }

// poor reports whether a language is named as one that is not spoken well: "I don't speak English", "mi inglés es malo".
func (c *clause) poor(from, to int) bool {
	for k := max(0, from-4); k < from; k++ {
		switch c.words[k].fold {
		case "don't", "dont", "doesn't", "doesnt", "no", "not", "can't", "cant", "poco", "poquito", "poquitito", "bit", "little", "casi", "bad":
			if k == from-1 || (speaks[c.words[k+1].fold] && c.words[k+1].fold != "call") || c.words[k+1].fold == "know" || c.words[k+1].fold == "much" || c.words[k+1].fold == "mucho" || c.words[k+1].fold == "sabe" || c.words[k+1].fold == "se" || c.words[k+1].fold == "de" || c.words[k+1].fold == "of" {
				return true
			}
		}
	}
	for k := to; k < min(len(c.words), to+3); k++ {
		switch c.words[k].fold {
		case "malo", "bad", "poor", "limited", "isn't":
			return true
		case "not", "no": // "is not so good", "no es muy bueno", but "English not Spanish"
			if k+1 == len(c.words) && c.words[k-1].fold == "is" || k+1 < len(c.words) && (short[c.words[k+1].fold] || k+2 < len(c.words) && c.words[k+1].fold == "es" && short[c.words[k+2].fold]) {
				return true
			}
		}
	}
	return false
}

// languages reads the language of the call and whether an interpreter is wanted.
func (r *reading) languages(list []clause, pending StepID, known Fields, _ bool) {
	taken := -1
	for i := range list {
		c := &list[i]
		if c.asks && !(c.wish() || pending == StepLanguage && has(c.span(0, len(c.words)), "interpreter", "interprete")) {
			continue
		}
		tag, interpreter, ok := c.languageIn(pending == StepLanguage || r.change == StepLanguage, known.Language == "" && r.fields.Language == "" && pending != StepName)
		if !ok {
			continue
		}
		if tag != "" && (r.fields.Language == "" || taken >= 0 && takesBackBetween(list[taken+1:i+1]) || r.fields.Language == "en" || r.fields.Language == "es" && tag != "en") {
			r.fields.Language, taken = tag, i
		}
		if interpreter != nil {
			r.fields.Interpreter = interpreter
		}
	}
}

// origins stand before a language that says where somebody comes from: "soy inglés".
var origins = set("am i'm im soy es is learning learn aprendiendo")

// usual are the languages that most people here speak; only these are taken from a clause that says little of speaking.
var usual = set("en es pt ht kea ase zh fr ru vi ar")

// short are words that follow "not" where a language is not spoken well.
var short = set("so very that too really good great well fluent perfect muy tan bueno buena bien")

// takesBackBetween reports whether a "no" stands between two languages: "español... no, inglés".
func takesBackBetween(list []clause) bool {
	for i := range list {
		if w := list[i].words[0].fold; w == "no" || w == "wait" || w == "actually" || w == "mejor" || w == "espere" {
			return true
		}
	}
	return false
}
