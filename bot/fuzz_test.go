package bot

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// slow is what no message may take to read.
const slow = 100 * time.Millisecond

var fuzzSeeds = []string{"", "508 555 0143", "(508) 555-0143 after 5", "mi número es +1 (508) 555.0143", "1EG4-TE5-MK73", "sí, claro que no", "a@b.co", "¿cuánto cuesta? ¿y los grupos?", "\xff\xfe", "𝟝𝟘𝟠 ①②③", "five oh eight five five five oh one four three",
	"cinco cincuenta y cinco double triple nine hundred", "my name is Juan de la Cruz", "no, it's Ana not Anna", "soy su hermana Juanita", "I go by", "between 1 and 2, not on fridays", "entre la 1 y las 2 p. m.", "mañana por la mañana", "10am-12pm", "k'iche'", "no hablo inglés",
	"haitian creole or english", "no voicemail or texts", "STOP 7K3H-9WP2", "tengo 15 años", "4 me M-F 9-5 x la tarde", "•••", "\ue000 \ue001", "''''''", "a.m. p.m.", strings.Repeat("no ", 300), strings.Repeat("5", 400), strings.Repeat("¿?", 200)}

// fuzz runs a reader on any text: it must not panic, must not be slow and must keep its promises.
func fuzz(f *testing.F, read func(t *testing.T, s string)) {
	for _, s := range fuzzSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 8<<10 { // longer messages are refused before they are read
			s = s[:8<<10]
		}
		s = strings.ToValidUTF8(s, "") // as the road cleans it
		var took time.Duration
		for range 4 { // the machine may be busy, or read its tables just now: only what is slow every time is slow
			start := time.Now()
			read(t, s)
			if took = time.Since(start); took <= slow {
				return
			}
		}
		t.Errorf("%d bytes took %v", len(s), took)
	})
}

func FuzzPhone(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		way := reachIn(tidy(s))
		if way.phone != "" && (way.phone[0] != '+' || len(way.phone) < 8 || len(way.phone) > 17 || strings.Trim(way.phone[1:], "0123456789") != "") {
			t.Errorf("%q gave the number %q", s, way.phone)
		}
		if way.mail != "" && !strings.Contains(way.mail, "@") {
			t.Errorf("%q gave the address %q", s, way.mail)
		}
		mended("+15085550143", s)
		CodeIn(s)
	})
}

func FuzzTimes(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		if got := understand(s, StepTimes, Fields{Times: "morning"}).fields.Times; strings.ContainsAny(got, "\ue000\ue001") || utf8Len(got) > 200 {
			t.Errorf("%q gave the time %q", s, got)
		}
	})
}

func FuzzName(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		r := understand(s, StepName, Fields{Name: "Anna"})
		if n := r.fields.Name; strings.ContainsAny(n, "@?¿\ue000\ue001") || utf8Len(n) > 120 {
			t.Errorf("%q gave the name %q", s, n)
		}
		ageIn(s)
	})
}

func FuzzLanguage(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		if tag := understand(s, StepLanguage, Fields{}).fields.Language; tag != "" && (len(tag) < 2 || len(tag) > 3) {
			t.Errorf("%q gave the language %q", s, tag)
		}
		guess(s)
	})
}

func FuzzNormal(f *testing.F) {
	fuzz(f, func(t *testing.T, s string) {
		once := fold(s)
		if again := fold(once); utf8.ValidString(s) && again != once {
			t.Errorf("%q folds to %q, then to %q", s, once, again)
		}
		masked, _ := Mask(s)
		if again, more := Mask(masked); more {
			t.Errorf("%q is masked to %q, then to %q", s, masked, again)
		}
		clauses(tidy(s))
		questions(s)
		commandIn(s)
		yesOrNo(s)
	})
}
