package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A visitor's question in Spanish is declined; staff attach it to a topic, a supervisor approves, and the same question is answered by the same
// server; once it is undone, it is declined again.
func TestLearnFromAMiss(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "intake-data")
	srv := startServer(t, data, "127.0.0.1:0")
	origin := "http://" + srv.addr
	staff := page{t: t, ctx: newBrowser(t)}
	boss := page{t: t, ctx: newBrowser(t)}
	setUpStaff(staff, srv.setup)
	staff.run("the people page", chromedp.Navigate(origin+"/staff/people"))
	staff.eval(`document.querySelector('input[value="supervisor"]').click()`)
	staff.tap("Make a link")
	staff.see(".once", "/staff/setup?token=")
	link := regexp.MustCompile(`http\S+token=\S+`).FindString(staff.text(".once"))
	setUpAs(boss, link, "Sue P.", "sue")

	const declined = "Eso no lo sé"
	const asked = "¿tienen máquina de café?"
	ask := func() page {
		chat := page{t: t, ctx: newBrowser(t)}
		chat.run("the chat", chromedp.Navigate(origin+"/chat?lang=es"))
		chat.write(asked)
		chat.until("an answer", `document.querySelectorAll("article.card").length > 0 || document.getElementById("log").innerText.includes("`+declined+`")`)
		return chat
	}
	const answer = `[...document.querySelectorAll("article.card")].some(c => c.innerText.includes(%q))`
	ask().see("#log", declined)

	// From the gap list to a proposal, by keyboard alone where it matters: the form works without a script.
	staff.run("the open questions", chromedp.Navigate(origin+"/staff/gaps"))
	staff.see(".gaps", asked)
	staff.tap(asked)
	staff.until("the question", `!!document.getElementById("topic")`)
	staff.eval(`document.getElementById("topic").value = "location-and-visit-logistics"`)
	staff.run("typing it", chromedp.SendKeys(chromedp.CSS("#text"), asked))
	staff.tap("Preview")
	staff.see(".trials .new", "Answers:")
	staff.shot("learn-preview")
	staff.tap("Send for approval")
	staff.see(".ok", "Sent for approval")
	ask().see("#log", declined)
	staff.see("#content", "You wrote this. Somebody else has to approve it.")

	boss.run("the queue", chromedp.Navigate(origin+"/staff/approvals"))
	boss.see("#content", asked)
	boss.shot("learn-approvals")
	boss.tap("Approve")
	boss.see(".edits", "In use")
	entry := boss.eval(`document.querySelector('.side[lang="es"] h3').innerText`)
	answered := ask()
	answered.until("the entry", strings.ReplaceAll(answer, "%q", quote(entry)))
	answered.shot("learn-answered")
	staff.run("the open questions", chromedp.Navigate(origin+"/staff/gaps"))
	staff.see("#content", "answered by now")

	boss.tap("Undo")
	boss.see(".edits", "Undone")
	ask().see("#log", declined)
}
