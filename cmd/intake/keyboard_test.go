package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// focused is the name of what has the focus, as a script: its label or its text.
const focused = `(() => { const e = document.activeElement; if (!e || e === document.body) return '';
	return (e.labels && e.labels.length ? e.labels[0].innerText : e.getAttribute('aria-label') || e.innerText || e.id).trim(); })()`

// tabTo presses Tab until what has the focus bears a name.
func (p page) tabTo(name string) {
	p.t.Helper()
	for range 40 {
		if strings.HasPrefix(p.eval(focused), name) {
			return
		}
		p.press("Tab", 9)
	}
	p.shot("failed")
	p.t.Fatalf("Tab does not reach %q\n%s", name, p.text("body"))
}

// types writes with the keyboard into what has the focus, which must be a field, and presses Enter.
func (p page) types(words string) {
	p.t.Helper()
	p.until("a field with the focus", "document.activeElement.matches('input.field, textarea')")
	if err := chromedp.Do(p.keys(), chromedp.KeyEvent(words)); err != nil {
		p.t.Fatal(err)
	}
	p.press("Enter", 13)
}

// TestKeyboardOnly goes the whole road, from the clinic's page to the confirmed request and out again, with no key but those of a keyboard.
func TestKeyboardOnly(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	for window := range windows {
		for _, w := range []roadWords{english, spanish} {
			t.Run(w.launcher+"-"+window, func(t *testing.T) {
				tab := fresh(t, browser, window)
				tab.run("the demo page", chromedp.Navigate(strings.Replace(g.server.demo, "/demo", w.path, 1)))
				tab.until("the launcher", "customElements.get('clinic-chat') && document.querySelector('clinic-chat')")
				for i := 0; tab.eval("document.activeElement.localName") != "clinic-chat"; i++ {
					if i > 20 {
						t.Fatal("Tab does not reach the launcher")
					}
					tab.press("Tab", 9)
				}
				tab.press("Enter", 13)
				chat := tab.frame(g.origin)
				chat.until("connected", connected)
				chat.until("the focus inside", "document.hasFocus() && document.activeElement !== document.body")
				// Leaving is the first thing in the page.
				chat.eval("document.querySelector('#chat').focus()")
				chat.press("Tab", 9)
				if got := chat.eval("document.activeElement.id"); got != "leave" {
					t.Errorf("the first thing that Tab reaches is %q", got)
				}
				for chat.eval("document.activeElement.id") != "message" {
					chat.press("Tab", 9)
				}
				chat.types(w.medicare)
				chat.until("the answer", topicShown("medicare-accepted", w))
				chat.types(w.appointment)
				chat.until("the first step", "document.querySelectorAll('form.step').length === 1")
				// From the field at the end of the page Tab leaves the frame: go back up into the step.
				for i := 0; chat.eval("document.activeElement.type") != "radio" && i < 20; i++ {
					chat.backTab()
				}
				chat.pick(w.forMe, w.continueWord)
				chat.until("the name", stepShown(w.again))
				chat.types(w.question)
				chat.until("the question in between answered", topicShown("medicare-what-is-covered", w))
				chat.until("the step again", stepShown(w.again))
				chat.types(w.name)
				chat.until("the number", stepShown(w.reach))
				chat.types(w.phone)
				for _, step := range w.steps {
					chat.until(step[0], stepShown(step[0]))
					chat.until("the focus in the new step", "document.activeElement.closest('.line:not(.old)')")
					for i := 0; chat.eval("document.activeElement.type") != "radio" && i < 4; i++ {
						if chat.eval("document.activeElement.matches('input.field')") == "true" {
							chat.backTab()
						} else {
							chat.press("Tab", 9)
						}
					}
					chat.pick(step[1], w.continueWord)
				}
				chat.see(".summary", w.summary)
				chat.until("the focus in the summary", "document.activeElement.closest('.summary')")
				chat.tabTo(w.send)
				chat.press("Enter", 13)
				chat.see(".booked", w.sent)
				if got := chat.eval("document.activeElement === document.body || !document.activeElement.isConnected"); got != "false" {
					t.Error("the focus is lost")
				}
				chat.press("Escape", 27)
				tab.until("hidden", "!document.querySelector('clinic-chat').isOpen && document.activeElement.localName === 'clinic-chat'")
				tab.press("Enter", 13)
				tab.until("open again", "document.querySelector('clinic-chat').isOpen")
				chat.until("as it was", "document.querySelector('.booked') && document.activeElement !== document.body")
			})
		}
	}
}

// backTab presses Shift and Tab.
func (p page) backTab() {
	p.t.Helper()
	p.pressWith("Tab", 9, 8)
}

// pick chooses an answer of the group that has the focus with the arrows and goes on to the button.
func (p page) pick(answer, button string) {
	p.t.Helper()
	p.press(" ", 32)
	for range 10 {
		if strings.HasPrefix(p.eval(`document.querySelector('.line:not(.old) form.step input:checked') ? document.querySelector('label[for=' + document.querySelector('.line:not(.old) form.step input:checked').id + ']').innerText : ''`), answer) {
			p.tabTo(button)
			p.press("Enter", 13)
			return
		}
		p.press("ArrowDown", 40)
	}
	p.t.Fatalf("the arrows do not reach %q", answer)
}

// TestAnnouncements reads Chromium's accessibility tree: what a screen reader is told, in which language, and how loudly.
func TestAnnouncements(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	for lang, w := range map[string]struct{ log, question, danger, name string }{
		"en": {"Conversation", "what is MAT", "my friend is blue and wont wake up", "Your message"},
		"es": {"Conversación", "que es MAT", "mi hijo no respira y está morado", "Su mensaje"},
	} {
		t.Run(lang, func(t *testing.T) {
			p := fresh(t, browser, "phone")
			p.visit(g.origin + "/chat?lang=" + lang)
			p.write(w.question)
			p.until("an answer", "document.querySelector('article.card')")
			tree := p.tree()
			log := tree.find(t, "log", w.log)
			if got := log.property("live"); got != "polite" {
				t.Errorf("the log is announced %q", got)
			}
			if got := log.property("atomic"); got != "false" {
				t.Errorf("the log is read again from the beginning: atomic %q", got)
			}
			said := tree.text(log.id)
			for _, want := range []string{w.question, p.text("article.card h2")} {
				if !strings.Contains(said, want) {
					t.Errorf("a screen reader is not told %q but %q", want, said)
				}
			}
			tree.find(t, "textbox", w.name)
			if n := len([]rune(said)); n > 1500 {
				t.Errorf("an answer announces %d characters", n)
			}
			for _, n := range tree.nodes {
				if (n.role == "button" || n.role == "link" || n.role == "textbox" || n.role == "radio") && n.name == "" {
					t.Errorf("a %s has no name", n.role)
				}
			}
			p.write(w.danger)
			p.until("the card", "document.querySelector('.sos-card')")
			tree = p.tree()
			alert := tree.find(t, "alert", "")
			if got := alert.property("live"); got != "assertive" {
				t.Errorf("the emergency card is announced %q", got)
			}
			if !strings.Contains(tree.text(alert.id), "911") {
				t.Error("the emergency card does not say 911")
			}
			// Every line says its own language; the page's follows the switch and old lines keep theirs.
			p.eval("document.querySelector('#language').click()")
			other := map[string]string{"en": "es", "es": "en"}[lang]
			p.until("the other language", "document.documentElement.lang === "+quote(other)+" && document.querySelector('.line:last-child').lang === "+quote(other))
			if got := p.eval("[...document.querySelectorAll('#log > .mine, #log > .line')].slice(0, 3).map(e => e.lang).join()"); got != lang+","+lang+","+lang {
				t.Errorf("the old lines are in %s", got)
			}
			// A conversation that is shown again is not read aloud again.
			p.run("loading again", chromedp.Navigate(g.origin+"/chat?lang="+lang))
			p.until("the old lines", "document.querySelector('.sos-card')")
			if got := p.eval("document.querySelector('#log').getAttribute('aria-live') + document.querySelectorAll('[role=alert]').length"); got != "off0" {
				t.Errorf("after loading again the log is %s", got)
			}
		})
	}
}

// tree is the accessibility tree of a page.
type tree struct {
	nodes map[string]axNode
	order []string
}

type axNode struct {
	id, role, name string
	properties     map[string]string
	kids           []string
}

func (n axNode) property(name string) string { return n.properties[name] }

func (p page) tree() tree {
	p.t.Helper()
	value := func(v *accessibility.Value) string {
		if v == nil {
			return ""
		}
		var text string
		if json.Unmarshal([]byte(v.Value), &text) != nil {
			return string(v.Value)
		}
		return text
	}
	t := tree{nodes: map[string]axNode{}}
	for _, n := range call(p, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		node := axNode{id: string(n.NodeID), properties: map[string]string{}}
		for _, kid := range n.ChildIDs {
			node.kids = append(node.kids, string(kid))
		}
		if !n.Ignored {
			node.role, node.name = value(n.Role), value(n.Name)
			for _, q := range n.Properties {
				node.properties[string(q.Name)] = value(q.Value)
			}
		}
		t.nodes[node.id] = node
		t.order = append(t.order, node.id)
	}
	return t
}

func (t tree) find(test *testing.T, role, name string) axNode {
	test.Helper()
	for _, id := range t.order {
		if n := t.nodes[id]; n.role == role && (name == "" || n.name == name) {
			return n
		}
	}
	test.Fatalf("no %s %q in the accessibility tree", role, name)
	return axNode{}
}

// text is what is read of a node.
func (t tree) text(id string) string {
	n := t.nodes[id]
	if n.role == "StaticText" {
		return n.name + " "
	}
	said := ""
	for _, kid := range n.kids {
		said += t.text(kid)
	}
	return said
}
