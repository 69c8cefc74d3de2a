package bot

import (
	"regexp"

	"example.org/intake/bot/safety"
)

// The medical-advice boundary: what only a clinician may say is not said; the visitor reads why, and who can answer.

// adviceTopic names the entry behind each kind of the medical-advice boundary (topics.md, flag m).
var adviceTopic = map[safety.AdviceKind]string{
	safety.AdviceDose: "advice-dose", safety.AdviceSharing: "advice-dose", safety.AdviceMissedDose: "missed-dose-or-visit",
	safety.AdviceMixing: "mixing-alcohol-benzos-drugs", safety.AdviceTiming: "precipitated-withdrawal",
	safety.AdviceTapering: "tapering-or-stopping", safety.AdviceHomeDetox: "tapering-or-stopping",
	safety.AdviceDiagnosis: "opioid-use-disorder-signs", safety.AdviceSymptoms: "advice-symptoms-diagnosis",
	safety.AdviceTestResult: "advice-drug-test-result", safety.AdvicePregnancy: "pregnancy-and-treatment",
}

// medical names the entries beyond the boundary, and the kind of question that each stands for (topics.md, flag m).
var medical = map[string]safety.AdviceKind{
	"advice-dose": safety.AdviceDose, "advice-symptoms-diagnosis": safety.AdviceSymptoms, "advice-drug-test-result": safety.AdviceTestResult,
	"missed-dose-or-visit": safety.AdviceMissedDose, "mixing-alcohol-benzos-drugs": safety.AdviceMixing, "precipitated-withdrawal": safety.AdviceTiming,
	"intake-condition-on-arrival": safety.AdviceTiming, "tapering-or-stopping": safety.AdviceTapering, "opioid-use-disorder-signs": safety.AdviceDiagnosis,
	"pregnancy-and-treatment": safety.AdvicePregnancy, "pain-surgery-dental": safety.AdviceDose, "kratom-7oh": safety.AdviceMixing,
	"driving-and-machinery": safety.AdviceSymptoms,
}

// IsBoundary reports whether an entry is nothing but the boundary itself: it always comes with the redirect.
func IsBoundary(slug string) bool {
	return slug == "advice-dose" || slug == "advice-symptoms-diagnosis" || slug == "advice-drug-test-result"
}

// Chances of a personal medical question, by the screen.
const (
	leaning = 0.25 // from here on an entry beyond the boundary comes with the redirect
	surely  = 0.8  // from here on the redirect is given, unless the entries are as sure of something else
	utterly = 0.9  // from here on the redirect is given, whatever the entries say
)

// refusing is the confidence from which what is refused is refused, even where it sounds like a medical question.
const refusing = 0.5

// refused reports whether a kind of what is outside is refused: buying drugs, and cheating a test.
func refused(kind string) bool { return kind == "oos-get-sell-drugs" || kind == "oos-cheat-test" }

// custody is the fear that a child is taken away, which no medical question is.
var custody = regexp.MustCompile(`\b(dcf|custody|custodia)\b|\b(take|takes|taking|took|lose|losing|keep) (away )?(my|the|our|her) (\S+ )?(baby|newborn|kid|kids|child|children|son|daughter)\b|\b(take|takes) (him|her|them|it) away\b|\b(quit(en|an|ar|arme|arle|arnos|aran)?|perd(er|emos|ere)|pierdo|llev(en|an|ar|arse)) (a )?(al |a |el |la |mi |mis |los |las |su |sus )+(\S+ )?(bebes?|nenes?|nenas?|nin[oa]s?|hij[oa]s?|criaturas?|recien nacid[oa])\b`)

// personal reports whether an entry is to come with the redirect, and for which kind of question.
func (t *turn) personal(slug string) (safety.AdviceKind, bool) {
	kind, ok := medical[slug]
	if adviceTopic[t.in.Screen.Advice] == slug {
		kind = t.in.Screen.Advice
	}
	if slug == "pregnancy-and-treatment" && custody.MatchString(fold(t.in.Text)) {
		return "", false
	}
	return kind, ok && (IsBoundary(slug) || t.in.Screen.Personal >= leaning)
}

// advice gives the redirect. A phrase says which kind of question it is; where only the model heard one, the entries may know better.
func (t *turn) advice() {
	kind := t.in.Screen.Advice
	topic := adviceTopic[kind]
	if t.in.Found == nil {
		t.want(t.in.Text)
		return
	}
	if t.foundDanger() {
		return
	}
	f := t.in.Found[0]
	k, beyond := t.personal(f.Label)
	guess := t.in.Screen.Rule == safety.RuleModel
	switch {
	case f.Decision == FoundOutside && refused(f.Label) && f.Confidence >= refusing,
		guess && (f.Decision == FoundAnswer || f.Decision == FoundAct) && !beyond && f.Confidence >= certain && (t.in.Screen.Personal < surely || t.in.Screen.Personal < utterly && f.Confidence >= surely):
		t.keep()
		t.answer()
		return
	case guess && f.Decision == FoundAnswer && beyond:
		kind, topic = k, f.Label
	case guess && f.Decision == FoundAnswer && f.Confidence >= certain: // what can be said in general
		topic = f.Label
	}
	t.keep()
	t.say(KeyAdvice, map[string]string{"kind": string(kind)}, topic)
	t.resume()
}
