package bot

import "testing"

func BenchmarkUnderstand(b *testing.B) {
	for b.Loop() {
		understand("mi numero es 508 555 0143, me llamo Ana y hablo español, llámenme después de las 5, nunca a la casa", StepName, Fields{})
	}
}
