package bot

import (
	"regexp"
	"slices"
	"strings"
)

// generals are questions that are too general for one entry, and the entries of which one may be meant.
var generals = []struct {
	asks   *regexp.Regexp
	topics []string
}{
	{regexp.MustCompile(`^(so |and |ok |well )?(what|which) (all )?(kinds? of |types? of |sorts? of )?(treatments?|therapy|therapies|programs?|help|medicines?|medications?)( (is|are) (there|available|offered)| do (you|they|u|yall) (have|offer|do|give)| (you|u) (have|offer|got))?( here| there)?$|^(y )?(que|cuales?) (clase de |tipos? de )?(tratamientos?|terapias?|programas?|ayuda|medicinas?|medicamentos?)( (hay|tienen|ofrecen|dan|existen|me ofrecen|manejan))?( aqui| ahi)?$|^(how do you treat (people|it|this|addiction)|como (es el tratamiento|tratan( a la gente)?))$`),
		[]string{"mat-what-is-it", "medications-compare-choose", "group-therapy-what-is-it"}},
	{regexp.MustCompile(`^(so |and |ok )?(what|wat) (do|would|will) (i|we) need( to (start|begin|do|come|come in|get started|know|have))?( first)?$|^(y )?que (necesito|ocupo|se necesita|hace falta|me piden|piden)( (para|hacer|llevar) ?(empezar|comenzar|ir|entrar)?)?$|^(and )?what (do|should) (i|we) do( first| now)?$|^(y )?que (hago|tengo que hacer|debo hacer)( primero| ahora)?$`),
		[]string{"start-treatment-steps", "intake-what-to-bring", "eligibility-who-qualifies"}},
	{regexp.MustCompile(`^(and |y |pero )?(what if|que (hago|pasa) si|si|y si)( \S+)? (it )?(gets?|get|me pongo|se pone|nos ponemos) (worse|bad|mal|peor|muy mal)( (tonight|today|at night|over the weekend|hoy|esta noche|de noche|en la noche|el fin de semana))?( que hago| what do i do)?$`), // no danger yet: where help is at any hour
		[]string{"crisis-hotlines-list", "withdrawal-what-to-expect", topicPerson}},
	{regexp.MustCompile(`^((i|we|my \S+|yo|mi \S+) )?(have|has|got|am on|i'm on|im on|tengo|tiene|tenemos) (\S+ )?medicare$`), // told, not asked: what can be known about it
		[]string{"medicare-accepted", "medicare-what-is-covered", "medicare-costs"}},
	{regexp.MustCompile(`^(please |pls )?help( me)?( please)?$|^(por favor )?(ayuda|ayudeme|ayudenme|auxilio)( por favor)?$`),
		[]string{"start-treatment-steps", "help-for-loved-one", topicPerson}},
	{regexp.MustCompile(`^(so |and |ok )?(what|how) (can|could|do|will) (you|u|yall|this|it|they) (guys )?(do|help|offer|have)( for)?( me| us| people)?( with)?( here)?$|^(y )?(en )?que (me |nos )?(ofrecen|hacen|dan|pueden hacer|puede hacer|pueden ayudar|puede ayudar|pueden ayudarme)( ustedes| aqui| por mi| por uno)?$|^(y )?como (me |nos )?(pueden|puede) ayudar(me|nos)?$|^what is this( place)?$|^que es esto$`),
		[]string{"clinic-about", "start-treatment-steps", "bot-identity-limits"}},
}

// general offers a choice for a question that is too general, unless what was found is one of those entries.
func (t *turn) general() bool {
	f := fold(t.in.Text)
	if t.in.Choice != "" || len(strings.Fields(f)) > 9 {
		return false
	}
	for _, g := range generals {
		if !g.asks.MatchString(f) {
			continue
		}
		if found := t.in.Found[0]; found.Decision == FoundAnswer && slices.Contains(g.topics, found.Label) && found.Label != "bot-identity-limits" {
			return false
		}
		t.say(KeyChoose, map[string]string{"why": "general"}, g.topics...)
		t.resume()
		return true
	}
	return false
}
