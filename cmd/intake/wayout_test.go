package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/chromedp"
)

// waysOut makes every form of a request that holds a conversation, as somebody at the console does, and looks at each: the page for printing in the
// browser, the table and the bundle as their readers read them. Every text is as it was sent.
func waysOut(p page, link string, texts []string) {
	p.t.Helper()
	p.run("what leaves", chromedp.Navigate(link+"/export"))
	p.until("the page that asks", "document.querySelector('form.ask')")
	fill := `const f = document.querySelector('form.ask'); f.querySelector('[value=conversation]').checked = true; f.basis.value = 'internal'; f.purpose.value = 'treatment'; f.recipient.value = '=HYPERLINK("javascript:alert(1)")<img src=x onerror=alert(1)>';`
	file := func(form string) string {
		p.eval(`window.left = ''; { ` + fill + ` const d = new URLSearchParams(new FormData(f)); d.set('form', '` + form + `'); fetch(f.action, { method: 'POST', body: d }).then(r => r.text().then(t => { window.left = r.status + '\n' + t; })); }`)
		p.until("the "+form, "window.left")
		status, text, _ := strings.Cut(p.eval("window.left"), "\n")
		if status != "200" {
			p.t.Errorf("%s: %s", form, status)
		}
		return text
	}

	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file("csv"), "\ufeff"))).ReadAll()
	if err != nil || len(table) != 2 {
		p.t.Fatalf("the table has %d lines: %v", len(table), err)
	}
	for _, cell := range table[1] {
		if bare := strings.TrimLeftFunc(cell, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }); bare != "" && strings.ContainsAny(bare[:1], "=+-@") {
			p.t.Errorf("a cell begins as a formula: %q", cell[:min(len(cell), 60)])
		}
	}
	for _, text := range texts {
		if !slices.ContainsFunc(table[1], func(cell string) bool {
			return strings.Contains(cell, ": "+text+"\n") || strings.HasSuffix(cell, ": "+text)
		}) {
			p.t.Errorf("the table does not hold %q as it was sent", text)
		}
	}

	var bundle struct {
		Entry []struct {
			Resource struct {
				Payload []struct{ ContentString string }
			}
		}
	}
	if err := json.Unmarshal([]byte(file("fhir")), &bundle); err != nil {
		p.t.Fatal(err)
	}
	said := map[string]bool{}
	for _, e := range bundle.Entry {
		for _, one := range e.Resource.Payload {
			said[one.ContentString] = true
		}
	}
	for _, text := range texts {
		if !said[strings.TrimSpace(text)] {
			p.t.Errorf("the bundle does not hold %q as it was sent", text)
		}
	}

	p.eval("{ " + fill + " f.querySelector('[value=print]').checked = true; f.requestSubmit(); }")
	p.until("the page for printing", "document.querySelector('body.sheet .law')")
	if title := p.eval("document.title"); title != "Appointment" {
		p.t.Errorf("the page for printing is called %q", title)
	}
	p.t.Helper()
	printed := p.eval("document.querySelector('.sheet .long').textContent")
	for _, text := range texts {
		if !strings.Contains(printed, ": "+text+"\n") && !strings.HasSuffix(printed, ": "+text) {
			p.t.Errorf("the page for printing does not show %q as it was sent", text)
		}
	}
	time.Sleep(100 * time.Millisecond) // what would run has had the time to
}

// TestTheWayOut makes every form of requests that together hold all payloads, in the real program, and finds each in the accounting and in the log.
func TestTheWayOut(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	visitor := fresh(t, browser, "phone")
	seen, console := guarded(t, fresh(t, browser, "desktop"))
	setUpStaff(console, g.server.setup)
	known := map[string]bool{}
	last := ""
	all := payloads()
	for part := range slices.Chunk(all, 23) { // with the wish below what one conversation may send at once
		visitor.run("the plain page", chromedp.Navigate(g.origin+"/chat/plain?lang=en"))
		token := visitor.eval("document.querySelector('[name=token]').value")
		for i, text := range append(slices.Clone(part), "can I talk to a person please") {
			postForm(t, g.origin+"/chat/plain", url.Values{"token": {token}, "lang": {"en"}, "id": {fmt.Sprintf("plain-line-%d", i)}, "text": {text}})
		}
		link := ""
		for deadline := time.Now().Add(time.Minute); link == ""; time.Sleep(50 * time.Millisecond) {
			console.run("the worklist", chromedp.Navigate(g.origin+"/staff/"))
			console.until("the list", "document.readyState === 'complete' && document.querySelector('#list')")
			for one := range strings.FieldsSeq(console.eval(`[...document.querySelectorAll('.per a')].map(a => a.href.split('#')[0]).join(' ')`)) {
				if !known[one] {
					known[one], link = true, one
				}
			}
			if time.Now().After(deadline) {
				t.Fatal("no new request in the console")
			}
		}
		waysOut(console, link, part)
		last = link
	}
	console.run("the accounting", chromedp.Navigate(last+"/accounting"))
	console.until("three disclosures", "document.querySelectorAll('.log tbody tr').length === 3")
	console.run("the log", chromedp.Navigate(g.origin+"/staff/disclosures?form=csv"))
	console.until("all tables", fmt.Sprintf("document.querySelectorAll('.log tbody tr').length === %d", len(known)))
	if len(seen.urls) > 0 {
		t.Errorf("this happened: %v", seen.urls[:min(5, len(seen.urls))])
	}
	t.Logf("%d payloads left in three forms of %d requests: nothing ran", len(all), len(known))
}
