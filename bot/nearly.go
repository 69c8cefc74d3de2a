package bot

// nearly reports whether two words differ by one letter that is missing, added, changed or swapped with its neighbour.
func nearly(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(y)-len(x) > 1 || len(x) < 4 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	same := func(p, q []rune) bool { return string(p) == string(q) }
	switch {
	case len(x) < len(y):
		return same(x[i:], y[i+1:])
	case i == len(x):
		return true
	case same(x[i+1:], y[i+1:]):
		return true
	case i+1 < len(x) && x[i] == y[i+1] && x[i+1] == y[i]:
		return same(x[i+2:], y[i+2:])
	}
	return false
}

// nearlyLanguage reads a misspelled language where it was just asked for: "englsh".
func (c *clause) nearlyLanguage() string {
	if len(c.words) > 3 {
		return ""
	}
	for i, w := range c.words {
		if w.used || noName[w.fold] || fillers[w.fold] {
			continue
		}
		found := ""
		for _, often := range []struct{ name, tag string }{{"english", "en"}, {"ingles", "en"}, {"spanish", "es"}, {"espanol", "es"}, {"portuguese", "pt"}, {"portugues", "pt"}, {"haitian", "ht"}, {"creole", "ht"}, {"kreyol", "ht"}, {"chinese", "zh"}, {"russian", "ru"}, {"french", "fr"}, {"vietnamese", "vi"}} {
			if nearly(w.fold, often.name) {
				found = often.tag
				break
			}
		}
		if found != "" {
			c.use(i, i+1)
			return found
		}
	}
	return ""
}

// nearlyPlan reads a misspelled plan where it was just asked for: "medcare", "mass helth".
func (c *clause) nearlyPlan() string {
	if len(c.words) > 5 {
		return ""
	}
	for i, w := range c.words {
		joined := w.fold
		if i+1 < len(c.words) {
			joined += c.words[i+1].fold
		}
		for _, often := range []struct{ name, code string }{{"medicare", "medicare"}, {"masshealth", "masshealth"}, {"medicaid", "masshealth"}, {"private", "private"}, {"privado", "private"}, {"tricare", "private"}} {
			if !w.used && (nearly(w.fold, often.name) || nearly(joined, often.name) || len(often.name) >= 8 && min(apart(w.fold, often.name), apart(joined, often.name)) <= (len(often.name)-1)/3) {
				c.useAll()
				return often.code
			}
		}
	}
	return ""
}

// apart counts the letters that must be added, taken away or changed to make one word of another.
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, last+cost)
		}
	}
	return row[len(b)]
}
