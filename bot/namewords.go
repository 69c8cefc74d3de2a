package bot

import (
	"regexp"
	"strings"
	"unicode"
)

// noName are words that no name holds: a text with one of them says something else.
var noName = set("todavia yet aun dios mio heavens goodness gosh put pon ponga i i'm im i'll i'd i've me my mine you your he she it it's its we they them us our who whose what when where why how which that this these those there here a an the and or but if so not no yes yeah yep nope ok okay " +
	"don't dont doesn't didn't won't can't cant isn't is are was were be been being am do does did has have had having will would could should can may might must shall need needs want wants wanted like likes think know knows " +
	"get got getting give gave go going gone come coming came call calling called make making say said saying tell telling ask asking talk talking help helping take taking took use using used try trying stop start skip back cancel " +
	"in on at to of from for with without by about after before until between during over under out off up down again now then today tomorrow tonight soon later never always sometimes maybe please thanks thank hello hi hey sorry " +
	"morning afternoon evening night noon day days week weekend weekday monday tuesday wednesday thursday friday saturday sunday anytime whenever time times appointment appt intake visit number phone cell email name voicemail message text texts " +
	"nervous scared afraid tired sick fine good bad great well sad ashamed embarrassed anxious worried desperate ready sure unsure done lost alone homeless pregnant sober clean using interested new old just only really very too also still already " +
	"his her hers their dad's patient client nurse doctor mother father mom dad parent son daughter husband wife brother sister friend partner grandson medicare masshealth medicaid insurance private none both english spanish portuguese interpreter " +
	"stupid dumb idiot ridiculous fuck fucking shit bitch asshole damn hell crap bullshit screw sucks hate moron retard cunt dick bastard anonymous nobody someone anyone person human robot bot real people question wrong right correct different " +
	"problem problems matter idea clue nice cool awesome wow perfect exactly great okay alright duh business use guess suppose say sure whole thing stuff better best worse easy hard free busy home house work job boss prefer rather whatever initials iniciales voicemails texts nothing something anything everything nevermind idk dunno lol haha hmm huh " +
	"yo me mi mis tu su sus el la los las un una unos unas y o pero si no ni que qué como cuando donde quien cual por para con sin de? en al del a es son soy estoy esta estan este esto eso esa ese fue era ser estar hay he ha han tengo tiene tienen tenia " +
	"quiero quiere quieren necesito necesita puedo puede pueden debo llamo llamen llame llama llamar voy va van vengo viene dar doy decir digo dice dicen hacer hago hace saber se sé le les lo nos te ya aun muy mas menos tambien tampoco nunca siempre solo " +
	"manana tarde noche dia dias semana hoy ahora luego despues antes entre hasta lunes martes miercoles jueves viernes sabado domingo hora horas cita numero telefono celular correo nombre mensaje mensajes texto textos gracias hola adios bueno buenos buenas favor perdon disculpe " +
	"nomas nomás nada usted ustedes mayor menor viejo vieja joven sordo sorda ciego ciega nerviosa nervioso asustada asustado cansada cansado enferma enfermo triste preocupada preocupado lista listo sola solo embarazada desesperada desesperado segura seguro bien mal peor mejor igual " +
	"paciente cliente enfermera enfermero medico mama papa madre padre hijo hija esposo esposa hermano hermana amigo amiga pareja nieto nieta seguro privado ninguno ninguna nada nadie alguien algo ambos espanol ingles portugues interprete " +
	"tonteria estupido estupida estupidez idiota mierda carajo chinga chingada pendejo pendejos puta puto joder cabron maldito maldita asco basura verga culo vayase vete callate quiza quizas talvez tal vez depende pregunta anonimo anonima persona humano humana porque " +
	"problema correcto correcta perfecto perfecta exacto claro vale dale sale listo jaja jeje jajaja importa gusta diria creo supongo casa trabajo patron ocupado ocupada pues mandela enviela envielo " +
	"esposo llamando buscando pidiendo preguntando " +
	"first second last next other another others else one ones two only him her them himself herself otro otra otros otras primero primera segundo segunda ultimo ultima proximo proxima xq porq pq wat wut ur said told says oclock o'clock everybody doctora doctor")

// namePart are words that stand inside names though they are small: "Juan de la Cruz".
var namePart = set("de la las los del y da dos van von")

// nameStops end a name that follows a lead: "my name is Ana and ...", "soy Maria mi cell is ...".
func nameStops(w string) bool { return noName[w] && !namePart[w] || w == "es" || when[w] }

// alsoNames are words of either language that are names where they stand alone with a capital letter.
var alsoNames = set("al will may pat dee sol mar luz paz lo mia")

// adjectives end words that say how somebody is, not who: "im hurting", "soy diabético".
var adjectives = regexp.MustCompile(`(?:ing|ed|sick|less|ful|ic|ing|ado|ada|ido|ida|ico|ica|oso|osa|eno|ena|ense|ando|iendo|ista|ante|ente|ndolo|ndola|ndome|ndose|ndole|mente)$`)

var notWho = set("adicto adicta mexicano mexicana dominicano dominicana cubano cubana colombiano colombiana americano americana boricua guatemalteco guatemalteca peruano peruana venezolano venezolana ciudadano ciudadana indigente mayor diabetica addict user veteran vet felon citizen immigrant broke high drunk stuck clueless " +
	"whatsapp facebook messenger telegram instagram email mail correo gmail phone withdrawals withdrawal dope heroin fentanyl methadone suboxone pills detox rehab help american hispanic latino latina gay straight trans male female man woman hombre mujer here there back away off slow late busy deaf blind sorry jefe jefa man bro dude buddy pal compa mano carnal chief boss hijole orale chale shoot dang ups uy huy oof whoa ugh")

// notInNames are characters of addresses and of code.
const notInNames = "@/\\<>{}=|"

var namePronouns = set("him her them boss ex family")

// whoAt reports whether a word can be somebody's name, and is not how somebody is, a time, a language or a plan.
func (c *clause) whoAt(i int) bool {
	w := c.words[i].fold
	if c.words[i].used || utf8Len(w) < 3 || noName[w] || notWho[w] || fillers[w] || when[w] || relatives[w] || places[w] || yesWords[w] || noWords[w] || sounds[w] || unwillingEnd[w] || c.isLanguage(i) || adjectives.MatchString(w) && !isUpper(c.span(i, i+1)) {
		return false
	}
	for _, p := range plans {
		for _, n := range p.names {
			if has(n, w) {
				return false
			}
		}
	}
	return !strings.ContainsFunc(w, unicode.IsDigit) && !strings.ContainsAny(w, notInNames)
}

// nameWords gives how many words from a place on make a name, 0 if they do not.
func (c *clause) nameWords(from int) int {
	n := from
	for n < len(c.words) && n-from < 6 && !c.words[n].used {
		w := c.words[n].fold
		if w == string(markPhone) || w == string(markMail) || nameStops(w) {
			break
		}
		if len(w) == 1 && strings.Contains("qkxdurn", w) && !isUpper(c.span(n, n+1)) && !(n > from && n+1 == len(c.words) && !noName[c.words[from].fold]) { // "un doctor o q"
			break
		}
		if namePart[w] && n > from && isUpper(c.span(from, from+1)) { // "Samuel de urgencias", but "Juan de la Cruz"
			k := n + 1
			for k < len(c.words) && namePart[c.words[k].fold] {
				k++
			}
			if k == len(c.words) || !isUpper(c.span(k, k+1)) {
				break
			}
		}
		if namePart[w] && (n == from || n+1 == len(c.words) || nameStops(c.words[n+1].fold) && !namePart[c.words[n+1].fold]) {
			break
		}
		if !strings.ContainsFunc(w, unicode.IsLetter) {
			break
		}
		n++
	}
	return n - from
}

// isLanguage reports whether a word names a language: "habla ruso" says no name.
func (c *clause) isLanguage(i int) bool {
	w := strings.Trim(c.words[i].fold, "'")
	return languageNames()[w] != ""
}

func isUpper(s string) bool { return s != "" && unicode.IsUpper([]rune(s)[0]) }

func utf8Len(s string) int { return len([]rune(s)) }
