package safety

import (
	"fmt"
	"io/fs"
	"strings"
)

// Screen holds the compiled phrases. It never changes after New and is safe for concurrent use.
type Screen struct {
	words   *lexicon
	fillers map[string]bool
	idioms  index
	index   index
	model   *model
}

// near is how many words on either side of a match a context ("unless:") may stand.
const near = 10

// New reads the phrases compiled into the program. An error names the file and line to correct.
func New() (*Screen, error) {
	s, err := read(phraseFiles)
	if err != nil {
		return nil, err
	}
	s.model, _, err = loadWeights()
	return s, err
}

// From which chances on the model speaks, found by cross-validation over the examples (TestModelAlone): a card that is not needed is cheap but must
// stay rare, a missed emergency is neither.
const (
	likely  = 0.6  // danger: the direct question
	sure    = 0.95 // danger: the card
	unheard = 0.03 // danger below which a card that only a phrase wants becomes a question
	advises = 0.7  // a personal medical question
)

// fewestWords is how long a message must be for the model to speak.
const fewestWords = 4

// Check screens one message. Phrases of every language come first and are certain; what they do not name the model may. A card that the model finds
// hardly any danger behind becomes the direct question; nothing that a phrase names is silenced. It reads at most 8 KiB.
func (s *Screen) Check(text string) Result {
	r := s.phrases(text)
	if s.model == nil {
		return r
	}
	p := s.model.chances(text)
	danger := 1 - p[0] - p[1]
	kind := 2
	for i := range p[2:] {
		if p[2+i] > p[kind] {
			kind = 2 + i
		}
	}
	found := Result{Kind: Kind(modelLabels()[kind]), Card: CardID(modelLabels()[kind]), Rule: "model"}
	switch {
	case r.Level == LevelCrisis && s.model.worst(text) < unheard:
		r.Level = LevelAsk
		return r
	case r.Level == LevelCrisis:
		return r
	case len(strings.Fields(text)) < fewestWords: // "no", "I don't know": too little for a model, and phrases know the short cries for help
		return r
	case danger >= sure:
		found.Level = LevelCrisis
		return found
	case r.Level == LevelAsk:
		return r
	case danger >= likely:
		found.Level = LevelAsk
		return found
	case r.Level == LevelNone && p[1] >= advises:
		return Result{Level: LevelAdvice, Rule: "model"}
	}
	return r
}

func read(files fs.FS) (*Screen, error) {
	s := &Screen{words: newLexicon(), fillers: map[string]bool{}, idioms: index{}, index: index{}}
	r := &reader{words: s.words, fillers: s.fillers, screen: s}
	for _, lang := range languages() {
		filler := func(_ int, line string) error {
			for _, w := range words(line) {
				s.fillers[w] = true
			}
			return nil
		}
		if err := r.eachLine(files, "phrases/"+lang+"/fillers.txt", filler); err != nil {
			return nil, err
		}
	}
	for _, lang := range languages() {
		if err := r.language(files, lang); err != nil {
			return nil, err
		}
	}
	for _, lang := range languages() {
		known := func(_ int, line string) error {
			for _, w := range words(line) {
				s.words.know(w)
			}
			return nil
		}
		if err := r.eachLine(files, "phrases/"+lang+"/known.txt", known); err != nil {
			return nil, err
		}
	}
	if len(s.index) == 0 {
		return nil, fmt.Errorf("reading phrases: the phrase files are empty")
	}
	return s, nil
}

// phrases screens one message with the phrases of every language and gives the most serious finding: crisis before ask before advice, and the more
// urgent kind first.
func (s *Screen) phrases(text string) Result {
	tokens := s.tokens(text)
	s.silenceIdioms(tokens)
	var best *pattern
	for i := range tokens {
		for _, id := range tokens[i].ids {
			for _, p := range s.index[id] {
				if best != nil && p.section.rank >= best.section.rank {
					continue
				}
				if end := matchAt(p.elements, tokens, i, 0); end >= 0 && !silenced(p.section, tokens, i, end) {
					best = p
				}
			}
		}
	}
	if best == nil {
		return Result{}
	}
	r := Result{Level: best.section.level, Card: best.section.card, Advice: best.section.advice, Rule: best.rule}
	if r.Card != "" {
		r.Kind = kindOf(r.Card)
	}
	return r
}

// tokens looks up the words of a message, leaving out filler words and taking unknown words apart.
func (s *Screen) tokens(text string) []token {
	list := words(text)
	out := make([]token, 0, len(list))
	for _, w := range list {
		switch {
		case w == stop:
			out = append(out, token{stop: true})
		case s.fillers[w]:
		default:
			ids := s.words.ids(w)
			if len(ids) == 0 {
				if parts := s.words.split(w); parts != nil {
					out = append(out, s.tokens(strings.Join(parts, " "))...)
					continue
				}
			}
			out = append(out, token{ids: ids})
		}
	}
	return out
}

// silenceIdioms takes the meaning from the words of an idiom ("this traffic is killing me"), and only from those.
func (s *Screen) silenceIdioms(tokens []token) {
	for i := 0; i < len(tokens); i++ {
		end := -1
		for _, id := range tokens[i].ids {
			for _, p := range s.idioms[id] {
				if e := matchAt(p.elements, tokens, i, 0); e > end && !silenced(p.section, tokens, i, e) {
					end = e
				}
			}
		}
		for k := i; k < end; k++ {
			tokens[k].ids = nil
		}
	}
}

// silenced reports whether one of the section's contexts stands in the same sentence, near the match from start to end.
func silenced(sec *section, tokens []token, start, end int) bool {
	from, to := start, end
	for from > 0 && start-from < near && !tokens[from-1].stop {
		from--
	}
	for to < len(tokens) && to-end < near && !tokens[to].stop {
		to++
	}
	for k := range sec.unless {
		for i := from; i < to; i++ {
			if matchAt(sec.unless[k].elements, tokens[:to], i, 0) >= 0 {
				return true
			}
		}
	}
	return false
}
