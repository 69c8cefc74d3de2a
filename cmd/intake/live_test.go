package main

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// liveWords is what a live chat looks like in the visitor's language. Staff read English throughout.
type liveWords struct {
	lang, person, asking, nobody                     string
	joined, badge, typing, hello, thanks, question   string
	danger, here, again, badgeShown, canned, callNow string
	calling                                          string
}

// still is that nobody types and nobody is called.
const still = "!document.querySelector('#typing').firstChild"

var liveEnglish = liveWords{lang: "en", person: "Talk to a person", asking: "I am asking the staff now", nobody: "Nobody was free to join just now",
	joined: "Ana R. from the clinic is here. The program is quiet now.", badge: "Ana R. · clinic staff", typing: "Ana R. is typing", hello: "Hello, this is Ana.",
	thanks: "thank you for coming", question: "do you take Medicare?", danger: "my friend is blue and wont wake up", here: "One person from the clinic is here now.",
	calling: "Calling the staff", again: "has left this chat. The program is answering again", badgeShown: "English", canned: "Would you rather talk by phone", callNow: "Call 911"}

var liveSpanish = liveWords{lang: "es", person: "Hablar con alguien", asking: "Estoy avisando al personal", nobody: "Nadie del personal pudo entrar ahora",
	joined: "Ana R., de la clínica, está aquí. El programa guarda silencio.", badge: "Ana R. · personal de la clínica", typing: "Ana R. está escribiendo", hello: "Hola, soy Ana.",
	thanks: "gracias por venir", question: "¿aceptan Medicare?", danger: "mi hijo no respira y está morado", here: "Una persona de la clínica está aquí ahora.",
	calling: "Avisando al personal", again: "salió de este chat. El programa contesta otra vez", badgeShown: "Español", canned: "¿Prefiere hablar por teléfono", callNow: "911"}

func TestLiveInEnglish(t *testing.T)         { liveChat(t, liveEnglish, false, false) }
func TestLiveInSpanish(t *testing.T)         { liveChat(t, liveSpanish, false, false) }
func TestLiveInSpanishByStream(t *testing.T) { liveChat(t, liveSpanish, true, false) }
func TestLiveInEnglishByPolls(t *testing.T)  { liveChat(t, liveEnglish, true, true) }

// liveChat is a takeover with the visitor in a second browser: nobody there, nobody comes in time, somebody comes; both ways; danger in between;
// and back to the program.
func liveChat(t *testing.T, w liveWords, noSockets, holdStreams bool) {
	t.Parallel()
	g := startGate(t, "-accept-within", "12s")
	g.noSockets.Store(noSockets)
	g.holdStreams.Store(holdStreams)
	origin := g.origin
	console := page{t: t, ctx: newBrowser(t)}
	chat := page{t: t, ctx: newBrowser(t)} // a browser of its own
	setUpStaff(console, g.server.setup)

	// Present, and seen so by the visitor.
	console.tap("Not available")
	console.see(".here", "Available")
	chat.run("the chat", chromedp.Navigate(origin+"/chat?lang="+w.lang))
	chat.see("#people", w.here)
	chat.shot("people")

	// It rings on whatever page staff look at; nobody comes.
	console.run("another page", chromedp.Navigate(origin+"/staff/account"))
	chat.tap(w.person)
	chat.see("#log", w.asking)
	chat.see("#typing", w.calling)
	console.see("#ring", "A visitor asks for a person")
	console.see("#ring", w.badgeShown)
	console.until("title and sound", `document.title === "(1) Intake" && document.getElementById("ring").dataset.loud === "true"`)
	console.shot("ring")
	chat.see("#log", w.nobody)
	chat.until("nothing moves any more", still)
	chat.shot("nobody")
	console.until("it rings no more", `document.getElementById("ring").hidden && document.title !== "(1) Intake"`)

	// Once more, and somebody comes.
	chat.write(map[string]string{"en": "can I talk to a person?", "es": "quiero hablar con una persona"}[w.lang])
	console.see("#ring", "A visitor asks for a person")
	console.tap("Accept")
	console.until("the chat's page", `location.pathname.startsWith("/staff/live/") && !!document.getElementById("write")`)
	chat.see(".around", w.joined)
	chat.until("nobody is called any more", still)
	console.see("#ring", "You are talking. The program is quiet.")

	// Typing is seen both ways, and nothing of it is a line. What was typed is not sent.
	console.run("typing", chromedp.SendKeys(chromedp.CSS("#text"), w.hello))
	chat.see("#typing", w.typing)
	if strings.Contains(chat.text("#log"), w.hello) {
		t.Errorf("the visitor sees what was not sent")
	}
	console.run("sending", chromedp.SendKeys(chromedp.CSS("#text"), "\r"))
	chat.see(".bubble.staff", w.hello)
	chat.see(".bubble.staff", w.badge)
	chat.run("the visitor types", chromedp.SendKeys(chromedp.CSS("#message"), "th"))
	console.until("the visitor is typing", `!document.getElementById("types").hidden`)
	chat.eval(`document.querySelector("#message").value = ""`)
	chat.write(w.thanks)
	console.see("#lines", w.thanks)

	// The program is quiet, also on a question that it could answer; the page keeps what was said after a reload.
	chat.write(w.question)
	console.see("#lines", w.question)
	chat.run("a reload", chromedp.Reload())
	chat.see("#log", w.question)
	if n := chat.eval(`document.querySelectorAll("article.card").length`); n != "0" {
		t.Errorf("the program answered %s times while a person talks", n)
	}
	chat.shot("talking")

	// A ready answer, in the visitor's language, with a badge; sent as it stands.
	console.until("the badge", `document.querySelector(".ready .lang").innerText === `+quote(w.badgeShown))
	console.until("a ready answer in the field", `(() => { const b = [...document.querySelectorAll(".ready")].find(b => b.innerText.includes(`+quote(w.canned)+`)); if (!b) return false; b.click(); return document.getElementById("text").value.includes(`+quote(w.canned)+`); })()`)
	console.run("sending it", chromedp.SendKeys(chromedp.CSS("#text"), "\r"))
	chat.see(".bubble.staff", w.canned)

	// Danger brings the card all the same.
	chat.write(w.danger)
	chat.see(".sos-card", w.callNow)
	console.see("#lines .mark", "Emergency card shown")
	console.shot("chat")
	chat.shot("danger")

	// Back to the program.
	console.tap("Hand back to the program")
	console.until("the request's page", `location.pathname.startsWith("/staff/requests/")`)
	chat.see(".around", w.again)
	chat.write(w.question)
	chat.until("the program answers", `document.querySelectorAll("article.card").length > 0`)
	console.see("#content", "Urgent")

	// The entry behind the answer, and what the program said in the reader's language too: never the visitor's own words.
	console.run("the whole conversation", chromedp.Reload())
	console.until("the entry", `[...document.querySelectorAll(".ln.program a")].some(a => a.getAttribute("href").includes("medicare"))`)
	glosses := `[...document.querySelectorAll(".ln .gl")].map(g => g.innerText).join("|")`
	if got := console.eval(glosses); w.lang == "es" && !strings.Contains(got, "Medicare") || w.lang == "en" && got != "" {
		t.Errorf("the program's lines in English: %q", got)
	}
	if n := console.eval(`document.querySelectorAll(".ln.visitor .gl, .ln.staff .gl").length`); n != "0" {
		t.Errorf("%s lines of people were put into another language", n)
	}
	console.shot("transcript")
}
