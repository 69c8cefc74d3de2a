package safety

import (
	"math"
	"slices"

	"example.org/intake/bot/classify"
)

// The model catches what no phrase names: phrases are certain, the model is likely. It was fitted to the examples beside it in both languages at once,
// because people mix them.

// The model's labels are the kinds of danger, the kinds of personal medical question, and these.
const (
	labelNone   = "none"   // neither
	labelEither = "either" // ordinary questions on medical subjects, personal or general: no danger, and nothing learned about advice
)

// model turns the margins of a classifier into chances.
type model struct{ *classify.Model }

// marginSays is how much a margin counts, as a logarithm of a chance. Found by cross-validation over the examples.
const marginSays = 4

// verdict is what the model makes of a text.
type verdict struct {
	danger, advice float64    // chances
	kind           Kind       // of danger, the likeliest
	about          AdviceKind // of the medical question, the likeliest
}

func (m *model) look(words []string) (v verdict) {
	sum, worst, personal, either := 0.0, 0.0, 0.0, 0.0
	for l, margin := range m.Margins(words) {
		chance := math.Exp(marginSays * float64(margin))
		sum += chance
		label := m.Labels[l]
		switch {
		case label == labelNone:
		case label == labelEither:
			either = chance
		case slices.Contains(kinds(), Kind(label)):
			v.danger += chance
			if chance > worst {
				v.kind, worst = Kind(label), chance
			}
		default:
			v.advice += chance
			if chance > personal {
				v.about, personal = AdviceKind(label), chance
			}
		}
	}
	v.danger, v.advice = v.danger/sum, v.advice/(sum-either)
	return v
}
