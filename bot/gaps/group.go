package gaps

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/classify"
)

// Group is one question as several visitors put it.
type Group struct {
	ID       string // of its oldest question
	Lang     bot.Lang
	Text     string   // as it was put most recently, masked
	Others   []string // up to 5 other ways in which it was put
	Count    int      // conversations and questions in them
	NotAsked int      // of these, marked as not what was asked
	Not      []string // topics that were given wrongly
	Last     time.Time
	IDs      []string // of all its questions, oldest first
}

// alike is the share of telling words from which two questions are taken for one.
const alike = 0.5

// Groups gives the open questions of a language, the most frequent first, then the newest.
func (l *List) Groups(lang bot.Lang) []Group {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.groups == nil || l.made != l.version {
		l.groups, l.made = map[bot.Lang][]Group{}, l.version
	}
	groups, ok := l.groups[lang]
	if !ok {
		groups = l.group(lang)
		l.groups[lang] = groups
	}
	return slices.Clone(groups)
}

// Find gives the group that a question belongs to, by the id of any of them.
func (l *List) Find(id string) (Group, bool) {
	for _, lang := range []bot.Lang{bot.EN, bot.ES} {
		for _, g := range l.Groups(lang) {
			if slices.Contains(g.IDs, id) {
				return g, true
			}
		}
	}
	return Group{}, false
}

// Left is how many questions did not fit into the list.
func (l *List) Left() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left
}

// Asked counts by topic and language how often an entry was given in the conversations that are kept.
func (l *List) Asked() map[string]map[bot.Lang]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[string]map[bot.Lang]int{}
	for _, t := range l.talks {
		for _, f := range t.found {
			if all[f.slug] == nil {
				all[f.slug] = map[bot.Lang]int{}
			}
			all[f.slug][f.lang] += f.n
		}
	}
	return all
}

// cluster is a group in the making; words are those of its first question.
type cluster struct {
	Group
	words []string
}

// group puts questions together, oldest first, so that a group keeps its id while it grows; the caller holds the lock.
func (l *List) group(lang bot.Lang) []Group {
	var clusters []*cluster
	by := map[string][]*cluster{} // word -> clusters whose first question has it
	for _, q := range l.order {
		if q.lang != lang {
			continue
		}
		words := telling(q.text)
		var best *cluster
		most := 0.0
		tried := map[*cluster]bool{}
		for _, w := range words {
			for _, c := range by[w] {
				if tried[c] {
					continue
				}
				tried[c] = true
				if like := common(words, c.words); like >= alike && like > most {
					best, most = c, like
				}
			}
		}
		if best == nil {
			best = &cluster{Group: Group{ID: q.id, Lang: lang, Text: q.text}, words: words}
			clusters = append(clusters, best)
			for _, w := range words {
				by[w] = append(by[w], best)
			}
		}
		best.take(q)
	}
	groups := make([]Group, len(clusters))
	for i, c := range clusters {
		groups[i] = c.Group
	}
	slices.SortStableFunc(groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), cmp.Compare(a.ID, b.ID))
	})
	return groups
}

const mostOthers = 5

func (c *cluster) take(q *question) {
	c.Count++
	c.IDs = append(c.IDs, q.id)
	if q.why == NotAsked {
		c.NotAsked++
		if !slices.Contains(c.Not, q.not) {
			c.Not = append(c.Not, q.not)
		}
	}
	if q.text != c.Text {
		if !slices.Contains(c.Others, c.Text) {
			c.Others = append(c.Others, c.Text)
		}
		c.Text = q.text
		c.Others = slices.DeleteFunc(c.Others, func(s string) bool { return s == q.text })
		if len(c.Others) > mostOthers {
			c.Others = c.Others[1:]
		}
	}
	if q.at.After(c.Last) {
		c.Last = q.at
	}
}

// small are words that most questions have.
var small = func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(`a an the to of in on at for from with and or is are am be do does did can could will would i me my you your it its this that there
		what when where who how if have has get
		un una el la los las lo de del al en por para con sin y o es son soy esta estan ser hay que como cuando donde quien si me mi mis su sus tu se le les yo puedo puede tengo tiene hacer`) {
		set[w] = true
	}
	return set
}()

// telling are the words of a question that say what it is about, each once and sorted; all of them where nothing would be left.
func telling(text string) []string {
	var all, kept []string
	for _, w := range classify.Words(text) {
		if w == classify.Stop {
			continue
		}
		all = append(all, w)
		if !small[w] {
			kept = append(kept, w)
		}
	}
	if len(kept) == 0 {
		kept = all
	}
	slices.Sort(kept)
	return slices.Compact(kept)
}

// common is the share of words that two questions have in common, from 0 to 1.
func common(a, b []string) float64 {
	both := 0
	for _, w := range a {
		if _, ok := slices.BinarySearch(b, w); ok {
			both++
		}
	}
	return float64(both) / float64(max(1, len(a)+len(b)-both))
}
