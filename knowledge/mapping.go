package knowledge

import (
	"fmt"

	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/char/asciifolding"
	"github.com/blevesearch/bleve/v2/analysis/char/regexp"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/es"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
	"github.com/blevesearch/bleve/v2/mapping"
	indexapi "github.com/blevesearch/bleve_index_api"

	"github.com/blevesearch/bleve/v2"
)

// The fields of an indexed document. One text is analysed in two ways.
const (
	stemField  = "stem"  // accents folded, then stemmed: finds "cuestan" for "cuánto cuesta"
	exactField = "exact" // as written but for capitals: ranks "año" above "ano"
)

// The analyzers of a language's mapping.
const (
	stemAnalyzer  = "intake_stem"
	exactAnalyzer = "intake_exact"
	wordAnalyzer  = "intake_word" // folded words, for the pieces that similarity is counted over
)

// stemmers by language. The Spanish one works on folded words, since people leave accents out on phones.
var stemmers = map[string]string{"en": en.SnowballStemmerName, "es": es.LightStemmerName}

// askedMapping says how the ways of asking in a language are indexed. Each language has an index of its own.
func askedMapping(lang string) (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	m.ScoringModel = indexapi.BM25Scoring
	for name, def := range map[string]struct {
		kind    func(name string, config map[string]any) error
		options map[string]any
	}{
		"no_apostrophe": {m.AddCustomCharFilter, map[string]any{"type": regexp.Name, "regexp": `['’‘´` + "`" + `]`, "replace": ""}},
	} {
		if err := def.kind(name, def.options); err != nil {
			return nil, fmt.Errorf("define %s: %w", name, err)
		}
	}
	stem := []string{lowercase.Name}
	if s := stemmers[lang]; s != "" { // a language without a stemmer is matched by whole words and pieces
		stem = append(stem, s)
	}
	for name, chain := range map[string]struct{ chars, tokens []string }{
		stemAnalyzer:  {[]string{"no_apostrophe", asciifolding.Name}, stem},
		exactAnalyzer: {nil, []string{lowercase.Name}},
		wordAnalyzer:  {[]string{"no_apostrophe", asciifolding.Name}, []string{lowercase.Name}},
	} {
		err := m.AddCustomAnalyzer(name, map[string]any{
			"type": custom.Name, "tokenizer": unicode.Name, "char_filters": chain.chars, "token_filters": chain.tokens,
		})
		if err != nil {
			return nil, fmt.Errorf("define the analyzer %s: %w", name, err)
		}
	}
	document := bleve.NewDocumentStaticMapping()
	document.AddSubDocumentMapping("_all", bleve.NewDocumentDisabledMapping())
	for field, analyzer := range map[string]string{stemField: stemAnalyzer, exactField: exactAnalyzer} {
		f := bleve.NewTextFieldMapping()
		f.Analyzer = analyzer
		f.Store, f.IncludeInAll, f.IncludeTermVectors, f.DocValues = false, false, false, false
		document.AddFieldMappingsAt(field, f)
	}
	m.DefaultMapping = document
	m.DefaultAnalyzer = stemAnalyzer
	return m, nil
}
