package main

import (
	"encoding/csv"
	"encoding/json"
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
		if !slices.ContainsFunc(table[1], func(cell string) bool { return strings.Contains(cell, ": "+text+"\n") || strings.HasSuffix(cell, ": "+text) }) {
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

// The way out is asked about in the real program: form, file, log and accounting, with the keyboard's own form and script off.
func TestTheWayOut(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	visitor := fresh(t, browser, "phone")
	visitor.visit(g.origin + "/chat?lang=en")
	visitor.write("can I talk to a person please")
	visitor.until("an answer", "document.querySelectorAll('.line').length > 2")
	console := fresh(t, browser, "desktop")
	setUpStaff(console, g.server.setup)
	console.until("the request", `document.querySelector('a[href*="/staff/requests/"]')`)
	link := console.eval(`document.querySelector('a[href*="/staff/requests/"]').href.split('#')[0]`)
	waysOut(console, link, []string{"can I talk to a person please"})
	console.run("the accounting", chromedp.Navigate(link+"/accounting"))
	console.until("three disclosures", "document.querySelectorAll('.log tbody tr').length === 3")
	console.run("the log", chromedp.Navigate(strings.Split(link, "/staff/")[0]+"/staff/disclosures?form=csv"))
	console.until("one of them", "document.querySelectorAll('.log tbody tr').length === 1")
}
