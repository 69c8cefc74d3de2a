package knowledge

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Report is what Check found.
type Report struct {
	Problems     []string      // each "file:line: what is wrong", in the order of topics
	Entries      int           // entries in all languages
	Ways         int           // ways of asking, acts and what is outside included
	NotSignedOff int           // entries that nobody of the clinic has signed off yet: for information, not a problem
	Topics       []TopicReport // by slug
}

// TopicReport says how complete a topic is in each language.
type TopicReport struct {
	Slug      string
	Languages map[string]LanguageReport
}

// LanguageReport says how complete a topic is in one language.
type LanguageReport struct {
	Entry     bool
	Ways      int
	SignedOff bool
	Expired   bool
	Outdated  bool // a translation that was not read against the original as it is now
}

// Complete reports whether a topic can be answered in every language.
func (t TopicReport) Complete() bool {
	for _, lang := range languages {
		if l := t.Languages[lang]; !l.Entry || l.Ways < fewestWays {
			return false
		}
	}
	return true
}

func (k *checker) report() Report {
	r := Report{Problems: k.problems, Entries: len(k.entries), Ways: len(k.corpus.ways)}
	ways := map[string]map[string]int{}
	for _, w := range k.corpus.ways {
		if w.role != topic {
			continue
		}
		if ways[w.label] == nil {
			ways[w.label] = map[string]int{}
		}
		ways[w.label][w.lang]++
	}
	for _, slug := range slices.Sorted(maps.Keys(k.bySlug)) {
		t := TopicReport{Slug: slug, Languages: map[string]LanguageReport{}}
		for _, lang := range languages {
			l := LanguageReport{Ways: ways[slug][lang]}
			if s := k.bySlug[slug][lang]; s != nil {
				l.Entry, l.SignedOff = true, s.SignedOff != ""
				if first := k.bySlug[slug][languages[0]]; first != nil && s != first {
					l.Outdated = s.reviewed != first.wording()
				}
				l.Expired = expired(s.ExpiresOn, k.today, k.profile.Location())
				if !l.SignedOff {
					r.NotSignedOff++
				}
			}
			t.Languages[lang] = l
		}
		r.Topics = append(r.Topics, t)
	}
	return r
}

// Sign counts the sign-offs that were given, or taken back, in the console: by slug, for all languages of a topic.
func (r *Report) Sign(signed map[string]bool) {
	for _, t := range r.Topics {
		now, said := signed[t.Slug]
		for lang, l := range t.Languages {
			if !said || !l.Entry || l.SignedOff == now {
				continue
			}
			if l.SignedOff = now; now {
				r.NotSignedOff--
			} else {
				r.NotSignedOff++
			}
			t.Languages[lang] = l
		}
	}
}

// Parity is the share of topics that can be answered in every language, from 0 to 1.
func (r Report) Parity() float64 {
	complete := 0
	for _, t := range r.Topics {
		if t.Complete() {
			complete++
		}
	}
	return float64(complete) / float64(max(1, len(r.Topics)))
}

// perTopic gives the fewest ways of asking that a topic has in a language, and the mean.
func (r Report) perTopic() (fewest int, mean float64) {
	all, lists := 0, 0
	for _, t := range r.Topics {
		for _, lang := range languages {
			n := t.Languages[lang].Ways
			if lists == 0 || n < fewest {
				fewest = n
			}
			all, lists = all+n, lists+1
		}
	}
	return fewest, float64(all) / float64(max(1, lists))
}

// String lays the report out for a terminal: the problems, a table of topics, the counts.
func (r Report) String() string {
	var b strings.Builder
	for _, p := range r.Problems {
		fmt.Fprintln(&b, p)
	}
	table := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "topic\t%s\n", strings.Join(languages, "\t"))
	for _, t := range r.Topics {
		fmt.Fprint(table, t.Slug)
		for _, lang := range languages {
			l := t.Languages[lang]
			state := fmt.Sprintf("%d ways", l.Ways)
			switch {
			case !l.Entry:
				state = "no entry, " + state
			case l.Expired:
				state += ", expired"
			case l.Outdated:
				state += ", outdated"
			}
			if l.SignedOff {
				state += ", signed off"
			}
			fmt.Fprint(table, "\t", state)
		}
		fmt.Fprintln(table)
	}
	table.Flush()
	if fewest, mean := r.perTopic(); len(r.Topics) > 0 {
		fmt.Fprintf(&b, "ways of asking a topic: at least %d, %.0f on average\n", fewest, mean)
	}
	fmt.Fprintf(&b, "%d topics, %d entries, %d ways of asking, %d entries not signed off, %.0f%% of topics complete in %s, %d problems\n",
		len(r.Topics), r.Entries, r.Ways, r.NotSignedOff, 100*r.Parity(), strings.Join(languages, " and "), len(r.Problems))
	return b.String()
}
