package visitor

import (
	"io"
	"net/url"
	"strings"
	"testing"
)

// A form that was sent empty says so above its own field, in words that fit what stands there, and never where the field is out of sight.
func TestPlainEmpty(t *testing.T) {
	s := open(t, nil)
	send := func(id, text, choice string) string {
		t.Helper()
		return string(must(io.ReadAll(s.form("", url.Values{"token": {tokenA}, "lang": {"en"}, "id": {id}, "text": {text}, "choice": {choice}}).Body)))
	}
	const first, choose, marked = "Nothing was sent. Write something first.", "Nothing was sent. Choose or write an answer first.", `aria-invalid="true"`
	above := func(page, words, field string) {
		t.Helper()
		problem, at := strings.Index(page, words), strings.Index(page, field)
		if problem < 0 || at < problem || strings.Count(page, words) != 1 || strings.Contains(page[problem:at], "</form>") || !strings.Contains(page[at:], marked) {
			t.Errorf("%q stands not once and above %s in its form:\n%s", words, field, page)
		}
	}
	page := send("line-0000", "", "")
	above(page, first, `id="text"`)
	if !strings.Contains(page, "autofocus") {
		t.Error("the field has not the focus")
	}
	send("line-0001", "I want an appointment", "")
	above(send("line-0002", "", ""), choose, `id="own"`)
	send("line-0003", "", "back")
	if page := send("line-0004", "my friend is blue and won't wake up", ""); strings.Contains(page, "autofocus") || strings.Contains(page, marked) {
		t.Error("a field takes the place of the emergency card")
	}
	page = send("line-0005", "  ", "")
	above(page, choose, `id="text"`)
	if strings.Contains(page, "autofocus") {
		t.Error("a field is brought into sight and the emergency card out of it")
	}
}

// The bar of progress of a step without script has as many marks as the step says.
func TestPlainProgress(t *testing.T) {
	s := open(t, nil)
	page := string(must(io.ReadAll(s.form("", url.Values{"token": {tokenA}, "lang": {"en"}, "id": {"line-0001"}, "text": {"I want an appointment"}}).Body)))
	_, bar, _ := strings.Cut(page, `<div class="tide" aria-hidden="true">`)
	bar, _, _ = strings.Cut(bar, "</div>")
	if !strings.Contains(page, "Step 1 of 8") && !strings.Contains(page, "Step 1 of 7") {
		t.Fatalf("no step 1:\n%s", page)
	}
	if n := strings.Count(bar, "<i "); strings.Count(bar, `class="now"`) != 1 || strings.Count(bar, `class="on"`) != 0 || n < 7 || n > 8 {
		t.Errorf("the bar is %s", bar)
	}
}
