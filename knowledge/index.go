package knowledge

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	"golang.org/x/text/unicode/norm"
)

// document is one text that stands for a label: a way of asking, or a part of the entry.
type document struct {
	role  role
	label string
	text  string
	part  part
}

// part says how much a document is like what a visitor writes.
type part int

const (
	asked part = iota // a way of asking, or the entry's own question
	title
	body // the answer: many words that only sometimes are the visitor's
)

// documents gathers what stands for each label in a language.
func (c *corpus) documents(lang string) []document {
	var docs []document
	for _, w := range c.ways {
		if w.lang == lang {
			docs = append(docs, document{w.role, w.label, w.text, asked})
		}
	}
	for _, s := range c.entries {
		if s.Lang == lang {
			docs = append(docs,
				document{topic, s.Slug, s.Question, asked},
				document{topic, s.Slug, s.Title, title},
				document{topic, s.Slug, plain(s.Text), body})
		}
	}
	return docs
}

// allDocuments gathers the documents of several languages.
func (c *corpus) allDocuments(langs []string) (docs []document) {
	for _, lang := range langs {
		docs = append(docs, c.documents(lang)...)
	}
	return docs
}

var placeholder = regexp.MustCompile(`\{\{[^}]*\}\}`)

// plain leaves placeholders out of a text.
func plain(text string) string { return placeholder.ReplaceAllString(text, " ") }

// index finds documents with Bleve. It lives in memory, is built from the files, and holds no word of any visitor.
type index struct {
	bleve   bleve.Index
	mapping *mapping.IndexMappingImpl
}

// portion is how many documents are indexed at a time. Bleve holds all of a portion in memory many times over while it reads them, and each becomes a
// segment that every search looks through: all at once, a start took 450 MB and 2.3 s; by 6,000 (four segments) it takes 300 MB and 1.7 s, and a search
// 3 % longer; by 3,000 250 MB and 1.8 s.
const portion = 6000

func newIndex(lang string, docs []document) (*index, error) {
	m, err := askedMapping(lang)
	if err != nil {
		return nil, err
	}
	b, err := bleve.NewUsing("", m, scorch.Name, bleve.Config.DefaultMemKVStore, nil)
	if err != nil {
		return nil, fmt.Errorf("create the index: %w", err)
	}
	for from := 0; from < len(docs); from += portion {
		batch := b.NewBatch()
		for i, d := range docs[from:min(from+portion, len(docs))] {
			text := norm.NFC.String(d.text)
			if err := batch.Index(strconv.Itoa(from+i), map[string]any{stemField: text, exactField: text}); err != nil {
				return nil, fmt.Errorf("index a text of %s: %w", d.label, err)
			}
		}
		if err := b.Batch(batch); err != nil {
			return nil, fmt.Errorf("fill the index: %w", err)
		}
	}
	return &index{bleve: b, mapping: m}, nil
}

// hit is a document by its place in the list given to newIndex.
type hit struct {
	document int
	score    float64
}

// candidates finds the documents nearest to a text, best first, by its stems and its words as written.
func (x *index) candidates(text string, most int) ([]hit, error) {
	text = norm.NFC.String(text)
	either := bleve.NewDisjunctionQuery()
	for _, f := range []struct { // in a fixed order, so that scores add up to the same each time
		name  string
		boost float64
	}{{stemField, 1}, {exactField, 0.3}} {
		q := bleve.NewMatchQuery(text)
		q.SetField(f.name)
		q.SetBoost(f.boost)
		either.AddQuery(q)
	}
	return x.search(bleve.NewSearchRequestOptions(either, most, 0, false))
}

// match is the plain Bleve match query over stems: the baseline that the decision is measured against.
func (x *index) match(text string, most int) ([]hit, error) {
	q := bleve.NewMatchQuery(norm.NFC.String(text))
	q.SetField(stemField)
	return x.search(bleve.NewSearchRequestOptions(q, most, 0, false))
}

func (x *index) search(request *bleve.SearchRequest) ([]hit, error) {
	request.SortBy([]string{"-_score", "_id"}) // equals in a fixed order: where a document lies in the index differs from start to start
	found, err := x.bleve.Search(request)
	if err != nil {
		return nil, fmt.Errorf("search the ways of asking: %w", err)
	}
	hits := make([]hit, 0, len(found.Hits))
	for _, h := range found.Hits {
		i, err := strconv.Atoi(h.ID)
		if err != nil {
			return nil, fmt.Errorf("search the ways of asking: unknown document %q", h.ID)
		}
		hits = append(hits, hit{i, h.Score})
	}
	return hits, nil
}
