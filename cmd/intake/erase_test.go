package main

import "testing"

// An erasure that failed half way can be tried again, although the conversation behind it has ended meanwhile; and whoever goes back instead sees that it
// has.
func TestEraseOnceMore(t *testing.T) {
	t.Parallel()
	g := startGate(t)
	browser := newBrowser(t)
	for _, again := range []bool{true, false} {
		s := states{page: fresh(t, browser, "phone"), gate: g, words: stateWordsOf[0]}
		s.open("")
		s.says(s.words.question, "article.card")
		g.lateErase.Store(true)
		s.eval("document.querySelector('#more').click()")
		s.eval("document.querySelector('#menu .last').click()")
		s.until("the question", "document.querySelector('#cover .btn')")
		s.eval("document.querySelector('#cover .btn').click()")
		s.until("that it failed", "document.querySelector('#cover .problem')")
		s.until("that the conversation has ended", "!sessionStorage.length")
		g.lateErase.Store(false)
		if again {
			s.tap("Erase the chat")
			s.until("the code", "document.querySelector('#cover code')")
			continue
		}
		s.tap("Go back to the chat")
		s.see("#log .remark", "has ended")
	}
}
