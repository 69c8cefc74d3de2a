package main

import "testing"

// A direct question that was neither answered nor denied stays one tap away, as an emergency card does; once it was denied, nothing alarms any more.
func TestOpenQuestionStaysInReach(t *testing.T) {
	t.Parallel()
	g := startGate(t)
	browser := newBrowser(t)
	const way = "#pinned"
	for _, w := range stateWordsOf {
		t.Run(w.lang, func(t *testing.T) {
			s := states{page: fresh(t, browser, "phone"), gate: g, words: w}
			s.open("")
			s.says(w.doubt, ".sos-card.ask")
			s.says(w.question, "article.card")
			s.until("the way back to the question", "!document.querySelector('"+way+"').hidden")
			s.eval("document.querySelector('" + way + "').click()")
			s.until("its number in sight", `(() => {
				const call = document.querySelector('.ask .call').getBoundingClientRect(), log = document.querySelector('#log').getBoundingClientRect();
				return call.top >= log.top && call.bottom <= log.bottom && document.querySelector('`+way+`').hidden;
			})()`)

			s.open("")
			s.says(w.doubt, ".sos-card.ask")
			s.eval("document.querySelectorAll('.ask .answer button')[1].click()") // no
			s.until("what follows", "document.querySelectorAll('#log > .line').length > 1")
			s.says(w.question, "article.card")
			s.until("the question out of sight", "document.querySelector('.ask .call').getBoundingClientRect().bottom < document.querySelector('#log').getBoundingClientRect().top")
			if s.await("new Promise(r => setTimeout(() => r(String(document.querySelector('"+way+"').hidden)), 300))") != "true" {
				t.Error("a danger that was denied is still shown")
			}
		})
	}
}
