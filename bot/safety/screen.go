package safety

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"example.org/intake/bot/classify"
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
	s.model, err = loadModel()
	return s, err
}

// fewestWords is how long a message must be for the model to speak.
const fewestWords = 3

// Check screens one message. What the phrases of every language find is evidence, which the model weighs together with all other words: "overdose"
// in a question about coverage is not an emergency, and much that no phrase names is one. Of very short messages the phrases alone decide. It reads at
// most 8 KiB.
func (s *Screen) Check(text string) Result {
	return s.check(text, screened, nil)
}

// CheckBeside screens one message as Check does, and lets the scale tip by what the knowledge base makes of it.
func (s *Screen) CheckBeside(text string, other Opinion) Result {
	return s.check(text, besideFound, &other)
}

func (s *Screen) check(text string, from limits, other *Opinion) Result {
	words := classify.Words(text)
	r := s.phrases(words)
	if s.model == nil || len(strings.Fields(text)) < fewestWords {
		return r
	}
	v := s.model.look(evidence(words, r))
	whole, left := v, v.danger
	if other != nil {
		whole, left = other.tip(v), other.leaves(v.danger)
	}
	found := from.judge(r, whole)
	if found.Level != LevelCrisis && found.Level != LevelAsk {
		if part, ok := s.aloud(words, left); ok {
			return part
		}
	}
	return found
}

// evidence is what the model reads: the words of a message, and what the phrases found in it.
func evidence(words []string, r Result) []string {
	if r.Level == LevelNone {
		return words
	}
	return append(slices.Clip(words), classify.Stop, "#"+string(r.Level), "#"+string(r.Card)+string(r.Advice))
}

// An emergency does not become less of one by the question before it: a sentence that alone is a danger brings the direct question, if the whole
// of the message, which may say that it is long past, leaves that open. Found over 1,500 dangers and 1,300 harmless messages that nothing had learned
// from, as they were and with an ordinary question beside them.
const (
	mostSentences = 12   // of one message, for its work must be bounded
	alone         = 0.75 // danger of a sentence
	open          = 0.08 // danger of the whole
	aloneNamed    = 0.5  // danger of a sentence in which a phrase names one
	openNamed     = 0.02 // danger of the whole, if it does
)

// aloud finds the sentence of a message that alone is a danger, where the whole leaves so much danger open.
func (s *Screen) aloud(words []string, whole float64) (Result, bool) {
	parts := strings.Split(strings.Join(words, " "), " "+classify.Stop+" ")
	if len(parts) < 2 {
		return Result{}, false
	}
	for _, part := range parts[max(0, len(parts)-mostSentences):] {
		words := strings.Fields(part)
		r := s.phrases(words)
		found := r // of one or two words the phrases alone decide, as for whole messages
		if len(words) >= fewestWords {
			if whole < openNamed { // no sentence can count: most messages, so the model is spared
				continue
			}
			v := s.model.look(evidence(words, r))
			named := r.Level == LevelCrisis && v.danger >= aloneNamed
			if !named && (whole < open || v.danger < alone) {
				continue
			}
			found = screened.judge(r, v)
		}
		if found.Level == LevelCrisis || found.Level == LevelAsk {
			found.Level = LevelAsk
			return found, true
		}
	}
	return Result{}, false
}

func read(files fs.FS) (*Screen, error) {
	s := &Screen{words: newLexicon(), fillers: map[string]bool{}, idioms: index{}, index: index{}}
	r := &reader{words: s.words, fillers: s.fillers, screen: s}
	for _, lang := range languages() {
		filler := func(_ int, line string) error {
			for _, w := range classify.Words(line) {
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
			for _, w := range classify.Words(line) {
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

// phrases screens the words of a message with the phrases of every language and gives the most serious finding: crisis before ask before advice, and the more
// urgent kind first.
func (s *Screen) phrases(words []string) Result {
	tokens := s.tokens(words)
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
func (s *Screen) tokens(list []string) []token {
	out := make([]token, 0, len(list))
	for _, w := range list {
		switch {
		case w == classify.Stop:
			out = append(out, token{stop: true})
		case s.fillers[w]:
		default:
			ids := s.words.ids(w)
			if len(ids) == 0 {
				if parts := s.words.split(w); parts != nil {
					out = append(out, s.tokens(classify.Words(strings.Join(parts, " ")))...)
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
