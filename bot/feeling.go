package bot

import (
	"regexp"
	"strings"

	"example.org/intake/bot/safety"
)

// Feelings that are answered with one warm line before anything else is said. Danger is not among them: the screen looks for it.
const (
	FeelShame   = "shame"
	FeelSecret  = "secret"  // nobody may know
	FeelRelapse = "relapse" // used again
	FeelFear    = "fear"
	FeelSick    = "sick"   // in withdrawal now
	FeelAtEnd   = "at_end" // at the end of one's strength, with nothing said of danger
	FeelWorry   = "worry"  // about somebody else
)

// feelings are how people say what they feel, the first that fits counts. "I'm afraid I don't know" is a courtesy, not a fear.
var feelings = []struct {
	kind string
	said *regexp.Regexp
}{
	{FeelWorry, regexp.MustCompile(`\b(worried|scared|terrified|afraid|desperate|heartbroken|sick) (to death )?(about|for|over|of losing) (my|our|him|her)\b|\b(scared|afraid|terrified|worried|fear) (that |of )?(my|our|he|he's|hes|she|she's|shes)\b|\bmiedo (de |a )?(que )?(mi|se me|el|ella|perderl[oa]|perder a)\b|\bdesesperad[oa] (con|por) (mi|el|ella)\b|\bi (don't|dont|do not) know (what|how) (else )?to (do|help)( \S+)? (with|for|about)?( )?(my|him|her)\b|\b(preocupad[oa]|angustiad[oa]|desesperad[oa]|asustad[oa]) por (mi|el|ella)\b|\bme (preocupa|angustia) (mi|mucho mi)\b|\bya no se que hacer con (mi|el|ella)\b`)},
	{FeelShame, regexp.MustCompile(`\b(ashamed|embarrassed|embarrassing|humiliated|humiliating|so much shame|full of shame|the shame|disgusted with myself|hate myself for|feel like (a |such a )?(failure|loser|fraud|burden|junkie|addict|trash|dirt)|feel (so |really |very )?(dirty|guilty|stupid|weak|worthless)|judge me|judging me|look down on me)\b|\b(verguenza|averguenzo|avergonzad[oa]|me da pena|que pena me da|humillad[oa]|me siento (como )?(un |una )?(muy |tan )?(fracas\S+|suci[oa]|culpable|basura|mal padre|mala madre|tont[oa]|debil|inutil)|me (juzguen|juzgan|van a juzgar)|soy un fracaso)\b`)},
	{FeelSecret, regexp.MustCompile(`\b(nobody|no one|no body|noone|anyone|anybody)( else)? (can|could|must|should|may|is allowed to|to|will|has to|gets to)?( ever)? ?(know|knows|find out|finds out|found out|see me)\b|\b(my|our) (\S+ )?(family|wife|husband|kids|boss|job|parents|mother|mom|dad|church|neighbors) (can't|cant|cannot|can not|must not|doesn't|don't) (ever )?(know|find out)\b|\b(he|she|they) (can't|cant|cannot|can not|must not|mustn't) (ever )?(know|find out)\b|\bkeep (this|it) (a )?(secret|quiet)\b|\bin secret\b|\bwithout (anyone|anybody|my family|my husband|my wife) (knowing|finding out)\b|` +
		`\b(que )?nadie (lo )?(puede|debe|tiene que|va a|sabe|sepa|se entere|se entera|puede saber|se puede enterar)\b|\b(el|ella|ellos|mi \S+) no (lo )?(puede|pueden|debe|deben) (saber|enterarse)\b|\bno quiero que (nadie|mi \S+|se) (lo )?(sepa|sepan|se entere|se enteren|enteren)\b|\bsin que (nadie|mi \S+) (lo )?(sepa|se entere)\b|\ben secreto\b|\bque no se enteren?\b`)},
	{FeelRelapse, regexp.MustCompile(`\b(i|i've|ive) (just |already |have )?(relapsed|slipped( up)?|messed up( again)?|screwed up( again)?|fell off( the wagon)?)\b|\bi (just )?used( \S+)? (again|last night|yesterday|today|this morning)\b|\bi (started|am|went back to|'m) using again\b|\bhad a (relapse|slip)\b|\b(recai|tuve una recaida|volvi a (usar|consumir|caer|lo mismo|las andadas)|la regue otra vez|use otra vez|consumi otra vez|otra vez use|otra vez consumi)\b`)},
	{FeelSick, regexp.MustCompile(`\b(dope ?sick|sick from (withdrawals?|not using)|in withdrawals?|(can't|cant) (take|stand) (this|the|these) (withdrawals?|sickness))\b|\b(malilla|malillas|(toy|estoy) mal[oa]$|(toy|estoy) (en rompe|quitao|sin meterme)|enfermo de la cura|enfermo de no usar|ando malo|ando mala|estoy malo de no|con el mono|el quebranto)\b`)},
	{FeelAtEnd, regexp.MustCompile(`\b(i'm|im|i am|i feel) (so |really )?(desperate|lost|overwhelmed|exhausted|at my wits' end|at the end of my rope)\b|\bi (don't|dont|do not) know what (else )?to do( anymore)?$|\bestoy (tan |muy |bien )?(desesperad[oa]|agotad[oa]|perdid[oa]|cansad[oa] de esto)\b|\b(ya )?no se (ya )?que (mas )?hacer( ya)?$`)},
	{FeelFear, regexp.MustCompile(`\b(i'm|im|i am|i feel|i've been|feeling) (so |very |really |just |still |kinda |a little |too |pretty )*(scared|terrified|frightened|nervous|anxious|panicking|freaking out)\b|\b(so|really|very|too) (scared|afraid|nervous)\b|\bafraid (of|to|they|that|it|i will|i'll|you|people)\b|\bscares me\b|\bscared (of|to|that)\b|\b(tengo|me da|nos da|con|siento) (mucho |tanto |un poco de |algo de )?(miedo|panico|terror)\b|\bestoy (muy |tan |bien )?(asustad[oa]|nervios[oa]|ansios[oa])\b|\bme asusta\b`)},
}

// warm are the lines before which a feeling is answered. Cards of danger and what steers the dialogue stand alone.
var warm = set(KeyAnswer + " " + KeyAdvice + " " + KeyChoose + " " + KeyDecline + " " + KeyOutside + " " + KeyPerson + " " + KeyStep + " " + KeySmall + " " + KeyClarify)

// feeling is what the visitor's words of this turn say of how it feels, "" if nothing that calls for a warm line, or one that had its line before.
func (t *turn) feeling() string {
	if t.in.Choice != "" || t.in.Screen.Level != safety.LevelNone && t.in.Screen.Level != safety.LevelAdvice || t.c.Doubt != "" {
		return ""
	}
	kind := feelingIn(t.in.Text)
	if kind == "" {
		return ""
	}
	for _, l := range t.c.Lines {
		if l.Key == KeyFeeling && l.Args["kind"] == kind {
			return ""
		}
	}
	return kind
}

func feelingIn(text string) string {
	f := fold(text)
	for _, k := range feelings {
		if k.said.MatchString(f) {
			return k.kind
		}
	}
	return ""
}

// helpsWith are the entries that help with a feeling when nothing was asked and no entry fits.
var helpsWith = map[string][]string{
	FeelShame:   {"group-benefit-universality", "start-treatment-steps", "privacy-treatment-records"},
	FeelSecret:  {"privacy-treatment-records", "privacy-this-chat", "work-employer"},
	FeelRelapse: {"return-to-use", "start-treatment-steps", "naloxone-how-to-get"},
	FeelSick:    {"withdrawal-what-to-expect", "how-soon-start-same-day", "intake-day-what-happens"},
	FeelAtEnd:   {"start-treatment-steps", "help-for-loved-one", topicPerson},
	FeelFear:    {"intake-day-what-happens", "withdrawal-what-to-expect", "privacy-treatment-records"},
	FeelWorry:   {"help-for-loved-one", "family-support-groups", "naloxone-how-to-get"},
}

// soothe offers the entries that help with a feeling, where nothing was asked and what was found is no more than a guess. It reports whether it did.
func (t *turn) soothe(f Finding) bool {
	kind := feelingIn(t.in.Text)
	if kind == "" || t.in.Choice != "" || asksSomething(t.in.Text) || t.in.Screen.Level != safety.LevelNone || f.Decision == FoundAct || f.Decision == FoundOutside && f.Label != "oos-unclear" {
		return false
	}
	if t.c.Intake.Active() { // the step is asked again under the warm line
		if t.lines == 0 && t.feeling() != "" {
			t.say(KeyFeeling, map[string]string{"kind": kind})
		}
		return true
	}
	t.say(KeyChoose, map[string]string{"why": kind}, helpsWith[kind]...)
	return true
}

// guarded answers "nobody can know" with what is private, where an entry about something else came nearest. It reports whether it did.
func (t *turn) guarded() bool {
	f := t.in.Found[0]
	if f.Decision != FoundAnswer || feelingIn(t.in.Text) != FeelSecret || private.MatchString(f.Label) || medical[f.Label] != "" || len(t.in.Found) > 1 || len(strings.Fields(t.in.Text)) > 10 {
		return false
	}
	f.Decision = FoundChoose
	if !t.soothe(f) {
		return false
	}
	if t.c.Intake.Active() {
		t.resume()
	}
	return true
}

// private are the entries that say who learns what.
var private = regexp.MustCompile(`privacy|confidentiality|work-employer|court|family-patient|immigration|minors|rights`)
