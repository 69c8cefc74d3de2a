package safety

// pattern is one line of a phrase file, compiled: elements to be found in this order.
type pattern struct {
	elements []element
	section  *section
	rule     string // file and line
}

// section is a group of lines in a phrase file: what they mean, and the contexts that silence them.
type section struct {
	level  Level
	card   CardID
	advice AdviceKind
	rank   int // the smaller, the more it matters
	unless []pattern
}

// element is one place of a pattern: any of several word sequences, perhaps optional, perhaps after a gap.
type element struct {
	choices  [][]int32
	optional bool
	gap      int // how many other words may stand before it
}

// maxGap is how many words "..." lets pass.
const maxGap = 4

// token is one word of a message with the numbers of the phrase words it may stand for; none for a word no phrase names.
type token struct {
	ids  []int32
	stop bool // the end of a sentence
}

// matchAt reports where a match of the elements that starts at position i ends, or -1. Up to gap words may be skipped before the first.
func matchAt(elements []element, tokens []token, i, gap int) int {
	if len(elements) == 0 {
		return i
	}
	e, rest := &elements[0], elements[1:]
	gap = max(gap, e.gap)
	for at := i; at <= i+gap; at++ {
		for _, c := range e.choices {
			end := sequenceEnd(c, tokens, at)
			if end < 0 {
				continue
			}
			if last := matchAt(rest, tokens, end, 0); last >= 0 {
				return last
			}
		}
		if at >= len(tokens) || tokens[at].stop {
			break
		}
	}
	if e.optional {
		return matchAt(rest, tokens, i, gap)
	}
	return -1
}

// sequenceEnd reports where the word sequence c ends when it starts at i, or -1.
func sequenceEnd(c []int32, tokens []token, i int) int {
	if i+len(c) > len(tokens) {
		return -1
	}
	for k, id := range c {
		if !tokens[i+k].is(id) {
			return -1
		}
	}
	return i + len(c)
}

func (t *token) is(id int32) bool {
	for _, have := range t.ids {
		if have == id {
			return true
		}
	}
	return false
}

// index finds the patterns that may start with a word.
type index map[int32][]*pattern

func (x index) add(p *pattern) {
	for k := range p.elements {
		for _, c := range p.elements[k].choices {
			if list := x[c[0]]; len(list) == 0 || list[len(list)-1] != p {
				x[c[0]] = append(list, p)
			}
		}
		if !p.elements[k].optional {
			return
		}
	}
}
