package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Personal is a piece of a text that may tell who somebody is.
type Personal struct {
	Kind       string // "name", "phone", "email", "number", "date" or "address"
	Start, End int    // bytes of the text
}

var (
	personalMail    = regexp.MustCompile(`(?i)[\w.+-]+\s?(?:@|\barroba\b)\s?[\w-]+(?:\.[\w-]+)+`)
	personalDate    = regexp.MustCompile(`(?i)\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b|\b(?:19|20)\d{2}-\d{1,2}-\d{1,2}\b|\b\d{1,2}(?:st|nd|rd|th)? (?:of |de )?(?:january|february|march|april|may|june|july|august|september|october|november|december|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)(?: de| del|,)? (?:19|20)\d{2}\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december) \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}\b`)
	personalDigits  = regexp.MustCompile(`\+?\(?\d(?:[\s().-]{0,2}\d){6,}`)
	personalAddress = regexp.MustCompile(`(?i)\b\d{1,5} (?:[\p{L}'.]+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|way|court|ct)\b|\b(?:calle|avenida) [\p{L}]+ \d{1,5}\b`)
	personalLead    = regexp.MustCompile(`(?i)\b(?:my name is|my name's|his name is|her name is|the name is|name is|i am called|call me|named|me llamo|mi nombre es|me dicen|se llama|de nombre)\s+`)
	personalWord    = regexp.MustCompile(`[\p{L}][\p{L}'’]*`)
)

// commonNames are first names that are no ordinary words in either language, folded.
var commonNames = set("james john robert michael david richard joseph thomas charles christopher daniel matthew anthony steven paul andrew joshua kenneth kevin brian george timothy ronald edward jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander patrick dennis jerry tyler aaron jose adam nathan henry zachary douglas peter kyle noah ethan jeremy walter christian keith roger austin sean gerald carl harold dylan arthur lawrence jordan jesse bryan bruce gabriel joe logan alan juan albert willie wayne randy mateo vincent russell louis philip bobby johnny mike matt dan steve dave jim jimmy bob tom tommy tony nick ben sam alex josh " +
	"mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty sandra margaret ashley kimberly emily donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia dorothy amy kathleen angela shirley emma brenda pamela nicole anna samantha katherine christine debra rachel carolyn janet maria olivia heather helen catherine diane julie victoria joyce lauren kelly christina ruth joan virginia judith evelyn hannah andrea megan cheryl jacqueline madison teresa abigail sophia martha sara gloria janice kathryn ann isabella judy charlotte julia amber alice jean denise frances danielle marilyn natalie beth diana brittany theresa kayla alexis doris lori tiffany kate katie jenny liz sue meg " +
	"luis carlos jorge miguel pedro manuel francisco antonio alejandro javier fernando rafael ricardo eduardo roberto sergio raul mario ramon enrique oscar andres alberto julio diego armando pablo hector ruben alfredo arturo ernesto gustavo guillermo felipe ignacio salvador emilio gilberto rodrigo ivan edgar ismael jaime esteban rogelio agustin ana carmen guadalupe veronica elena yolanda alejandra adriana silvia beatriz leticia lucia alicia claudia monica sofia isabel gabriela lourdes irma juana josefina maricela marisol graciela rocio ximena valentina camila mariana daniela paola lupita pepe paco chuy nacho beto memo")

// capitalOnly are names that are words of another kind when written small: "ellos dan", "en julio".
var capitalOnly = set("dan sean julio memo amber jean virginia austin christian paco rocio carol")

// FindPersonal lists what in a text may tell who somebody is, in the order of the text and without overlaps. known says of a word in lower case that it
// is ordinary here, though it may be written with a capital: "medicare". It errs on the side of finding too much, except for names in small letters
// that are no common first names: nobody can tell these from other words.
func FindPersonal(text string, known func(word string) bool) []Personal {
	var list []Personal
	take := func(kind string, start, end int) {
		if start < end && !slices.ContainsFunc(list, func(p Personal) bool { return start < p.End && p.Start < end }) {
			list = append(list, Personal{Kind: kind, Start: start, End: end})
		}
	}
	for _, f := range []struct {
		kind string
		form *regexp.Regexp
	}{{"email", personalMail}, {"number", mbi}, {"number", ssn}, {"number", ssn9}, {"number", card}, {"date", personalDate}, {"address", personalAddress}, {"phone", personalDigits}} {
		for _, at := range f.form.FindAllStringIndex(text, -1) {
			take(f.kind, at[0], at[1])
		}
	}
	words := personalWord.FindAllStringIndex(text, -1)
	for _, lead := range personalLead.FindAllStringIndex(text, -1) {
		for n, at := range slices.DeleteFunc(slices.Clone(words), func(at []int) bool { return at[0] < lead[1] }) {
			w := fold(text[at[0]:at[1]])
			ordinary := !upper(text[at[0]:at[1]]) && !commonNames[w] && known != nil && known(w) // "se llama suboxone"
			if n > 2 || n == 0 && at[0] != lead[1] || ordinary || noName[w] {
				break
			}
			take("name", at[0], at[1])
		}
	}
	loud := strings.ToUpper(text) == text
	for i, at := range words {
		w := text[at[0]:at[1]]
		plain := strings.TrimSuffix(strings.TrimSuffix(fold(w), "'s"), "’s")
		begins := i == 0 || beginsSentence(text[:at[0]])
		switch {
		case commonNames[plain] && (upper(w) || !capitalOnly[plain]):
			take("name", at[0], at[1])
		case loud, begins, !upper(w), len([]rune(plain)) < 2, noName[plain], known != nil && known(plain):
		default:
			take("name", at[0], at[1])
		}
	}
	slices.SortFunc(list, func(a, b Personal) int { return a.Start - b.Start })
	return list
}

// beginsSentence reports whether a word after this text may have a capital because a sentence begins.
func beginsSentence(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before, " \t\r"))
	return strings.ContainsRune(".?!:;¿¡\n\"“«(", r)
}

func upper(w string) bool {
	for _, r := range w {
		return unicode.IsUpper(r)
	}
	return false
}

// MaskPersonal puts a mask in the place of everything that may tell who somebody is; see [FindPersonal].
func MaskPersonal(text string, known func(word string) bool) string {
	var b strings.Builder
	end := 0
	for _, p := range FindPersonal(text, known) {
		if between := text[end:p.Start]; !(end > 0 && strings.TrimSpace(between) == "") { // "Maria Lopez" is one mask
			b.WriteString(between)
			b.WriteString(Masked)
		}
		end = p.End
	}
	b.WriteString(text[end:])
	return b.String()
}
