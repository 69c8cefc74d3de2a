package bot

import "testing"

func TestOnlyAClearYesSends(t *testing.T) {
	for text, want := range map[string]bool{
		"yes": true, "Sí": true, "yes please": true, "ok": true, "sí, por favor": true, "yes send it thanks": true, "yeah that's right": true, "claro que sí": true, "go ahead": true,
		"oye y me van a pedir id": false, "y me van a pedir papeles": false, "yes but is it free": false, "ok and who sees it": false, "ya la mandó": false, "sí pero cuánto cuesta": false,
		"sure is a long form": false, "no": false, "yes no": false, "": false, "ok?": false, "bueno y si no tengo seguro": false,
	} {
		if got := sends(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestSoftNoDropsNothing(t *testing.T) {
	for text, want := range map[string]bool{"mejor no": true, "no, mejor no": true, "tampoco": true, "better not": true, "rather not thanks": true, "cancel": false, "cancelar": false, "ya no quiero la cita": false, "mejor no, llámenme mañana": false, "": false} {
		if got := declines(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
		if c := commandIn(text); want && (c == cmdCancel || c == cmdWithdraw) {
			t.Errorf("%q is read as %q", text, c)
		}
	}
}

func TestDeniesOnlyADangerJustAskedAbout(t *testing.T) {
	asked := Conversation{Doubt: "suicide", Lines: []Line{{From: FromVisitor}, {From: FromProgram, Key: KeyDoubt}}}
	for _, x := range []struct {
		text, rest string
		clear, ok  bool
	}{
		{"no, he's not suicidal, how fast can he get in", "how fast can he get in", true, true},
		{"No, él no se quiere morir. ¿Qué tratamiento hay?", "Qué tratamiento hay?", true, true},
		{"nah im not gonna do anything just tired", "", true, true},
		{"no, i want to die", "i want to die", false, true},
		{"no aguanto más", "", false, false},
		{"i want to die, no one would miss me", "", false, false},
		{"no", "", false, false}, // is read elsewhere
	} {
		if rest, clear, ok := asked.Denies(x.text); rest != x.rest || clear != x.clear || ok != x.ok {
			t.Errorf("%q: %q %v %v", x.text, rest, clear, ok)
		}
	}
	old := asked
	old.Lines = append(old.Lines, Line{From: FromVisitor}, Line{From: FromProgram, Key: KeyAnswer})
	if _, _, ok := old.Denies("no, he's not suicidal, how fast can he get in"); ok {
		t.Error("an old question is denied")
	}
}
