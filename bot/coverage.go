package bot

// plans maps what people call their coverage.
var plans = []struct {
	code  string
	names []string
}{
	{"medicare", []string{"medicare", "medicair", "medicaire", "medi care", "red white and blue", "red white", "roja blanca y azul", "roja blanca", "part b", "parte b", "medicare advantage", "advantage"}},
	{"masshealth", []string{"masshealth", "mass health", "medicaid", "medicade", "medicaide", "mashealth", "mass helth", "masshelth", "commonhealth", "careplus", "mas health"}},
	{"private", []string{"blue cross", "bluecross", "bcbs", "employer", "through work", "through my work", "through my job", "from work", "from my job", "job plan", "parents insurance", "parents' insurance", "parent's insurance", "parents plan", "husband's insurance", "wife's insurance", "dad's insurance", "mom's insurance", "seguro de mis papas", "seguro de mis padres", "seguro de mi esposo", "seguro de mi esposa", "seguro de mi papa", "seguro de mi mama", "work insurance", "private insurance", "private plan", "private", "tricare", "va insurance", "the va", "harvard pilgrim", "tufts", "aetna", "cigna", "united healthcare", "unitedhealthcare", "united health", "humana", "point32", "commercial insurance", "kaiser", "anthem",
		"privado", "privada", "seguro privado", "del trabajo", "por el trabajo", "de mi trabajo", "por mi trabajo", "de su trabajo", "mi aseguranza es privada"}},
	{"none", []string{"no insurance", "no coverage", "no health insurance", "uninsured", "without insurance", "don't have insurance", "dont have insurance", "doesn't have insurance", "doesnt have insurance", "don't have any insurance", "doesn't have any", "don't have any", "dont have any", "no plan", "not insured", "insurance none", "not have insurance", "lost my insurance", "don't have coverage", "don't have health insurance", "ain't got insurance", "paying myself", "self pay", "i pay cash", "pay cash", "out of pocket",
		"sin seguro", "no tengo seguro", "no tiene seguro", "sin aseguranza", "no tengo aseguranza", "no tiene aseguranza", "no tengo cobertura", "sin cobertura", "no cuento con seguro", "perdi mi seguro", "no tengo ningun seguro", "no tengo plan", "sin plan medico", "no tengo plan medico"}},
}

var (
	noneAlone    = []string{"none", "nothing", "no", "nope", "neither", "ninguno", "ninguna", "nada", "no tengo", "no tiene", "don't have", "dont have", "doesn't have", "i don't", "he doesn't", "she doesn't", "ninguno de esos", "none of those", "none of them"}
	unknownAlone = []string{"i don't know", "don't know", "dont know", "do not know", "couldn't tell you", "no tengo idea", "no tengo ni idea", "no sabria decirle", "no sabria decir", "not sure", "unsure", "no idea", "no clue", "idk", "beats me", "dunno", "unknown", "no se", "no estoy seguro", "no estoy segura", "ni idea", "no sabe", "no lo se", "doesn't know", "don't remember", "no recuerdo", "no me acuerdo", "can't remember", "who knows", "quien sabe", "sabra dios"}
	hasPlan      = set("said says dijo dice que have has got i've had on with under covered insurance is through my his her their tengo tiene tenemos con por seguro aseguranza cobertura plan mi su es cubre also both")
)

// coveragesIn adds the codes of the plans that a clause says the person has. pending: this was just asked. listed: the message holds other answers
// too, so that a bare name of a plan is one.
func (c *clause) coveragesIn(pending, listed bool) (codes []string) {
	total := 0
	for i := range c.words {
		if !c.words[i].used && !fillers[c.words[i].fold] && c.words[i].fold != "one" {
			total++
		}
	}
	for _, p := range plans {
		from, to, ok := c.any(p.names)
		if !ok {
			continue
		}
		strong := pending || c.holds(hasPlan) || p.code == "none" || listed && total <= to-from+1
		if p.code == "private" && !pending && total > to-from && !has(c.span(0, len(c.words)), "insurance", "seguro", "plan", "aseguranza", "coverage", "cobertura", "blue cross", "bcbs", "tricare", "aetna", "cigna", "harvard pilgrim") {
			strong = false
		}
		if strong && c.denies(from) && p.code != "none" { // "I don't have medicare"
			c.use(from, to)
			continue
		}
		if strong {
			codes = append(codes, p.code)
			a := from
			for a > 0 && !c.words[a-1].used && hasPlan[c.words[a-1].fold] {
				a--
			}
			c.use(a, to)
		}
	}
	if len(codes) > 0 || !pending {
		return codes
	}
	if from, to, ok := c.any([]string{"va", "work", "trabajo", "job", "employer", "mercado", "connector", "obamacare"}); ok {
		c.use(from, to)
		return []string{"private"}
	}
	if from, to, ok := c.any([]string{"both", "both of them", "los dos", "las dos", "ambos", "ambas"}); ok {
		c.use(from, to)
		return []string{"medicare", "masshealth"}
	}
	if from, to, ok := c.any(unknownAlone); ok {
		c.use(from, to)
		return []string{"unknown"}
	}
	if from, to, ok := c.any(noneAlone); ok && total <= 6 && !has(c.span(0, len(c.words)), "nada mas", "na mas", "nothing else", "nothing more") {
		c.use(from, to)
		return []string{"none"}
	}
	return nil
}

// denies reports whether a clause says that the person does not have what stands at a place.
func (c *clause) denies(i int) bool {
	for k := max(0, i-4); k < i; k++ {
		switch c.words[k].fold {
		case "don't", "dont", "doesn't", "doesnt", "no", "not", "sin", "without":
			return true
		}
	}
	return false
}

// coverageOf makes one value of several plans: Medicare with MassHealth is "both".
func coverageOf(codes []string) string {
	seen := map[string]bool{}
	for _, c := range codes {
		seen[c] = true
	}
	for _, c := range []string{"medicare", "masshealth", "private", "none", "unknown"} {
		if seen[c] {
			if c == "medicare" && seen["masshealth"] {
				return "both"
			}
			return c
		}
	}
	return ""
}

// coverages reads the plans that the person has.
func (r *reading) coverages(list []clause, pending StepID, _ Fields, _ bool) {
	var codes []string
	eachAnswer(list, func(c *clause) {
		asked := pending == StepCoverage || r.change == StepCoverage
		found := c.coveragesIn(asked, len(list) > 1 || pending != "")
		if len(found) > 0 && found[0] != "unknown" && found[0] != "none" {
			r.exactly(c, asked || pending == StepSummary)
		}
		codes = append(codes, found...)
	})
	r.fields.Coverage = coverageOf(codes)
}
