package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

// roadWords is what the whole road looks like in one language.
type roadWords struct {
	path, launcher                   string
	group, mat, medicare             string // questions
	checked                          string
	appointment, forMe, continueWord string
	name, reach, phone               string
	question, again                  string      // asked in the middle, and the sign that the step is taken up
	steps                            [][2]string // the rest of the dialogue: question, choice
	summary, send, sent              string
	saved                            string
}

var english = roadWords{
	path: "/demo", launcher: "Questions?",
	group: "what is group therapy?", mat: "what is MAT", medicare: "do you take Medicare?",
	checked:     "Checked against",
	appointment: "I want an appointment", forMe: "For me", continueWord: "Continue",
	name: "Red", reach: "How can we reach you?", phone: "508 555 0143", question: "does medicare pay for group therapy?", again: "What should we call you?",
	steps: [][2]string{{"When is a good time to reach you?", "In the morning"}, {"Which language should we speak?", "English"},
		{"may we leave a voicemail?", "No, don"}, {"May we send you a text message?", "No, don"}, {"What coverage do you have?", "Medicare"}},
	summary: "Check your request", send: "Send my request", sent: "Your request is sent.", saved: "(508) 555-0143",
}

var spanish = roadWords{
	path: "/demo?lang=es", launcher: "¿Preguntas?",
	group: "¿qué es la terapia de grupo?", mat: "que es MAT", medicare: "¿aceptan Medicare?",
	checked:     "Verificado con",
	appointment: "Quiero una cita", forMe: "Para mí", continueWord: "Seguir",
	name: "Doña Carmen", reach: "¿Cómo nos comunicamos con usted?", phone: "508 555 0143", question: "¿Medicare paga la terapia de grupo?", again: "¿Cómo quiere que le llamemos?",
	steps: [][2]string{{"¿Cuándo es buen momento para comunicarnos?", "Por la mañana"}, {"¿En qué idioma le hablamos?", "Español"},
		{"¿podemos dejarle un mensaje de voz?", "No, no dejen"}, {"¿Podemos enviarle un mensaje de texto?", "No, no me"}, {"¿Qué cobertura médica tiene?", "Medicare"}},
	summary: "Revise su solicitud", send: "Enviar mi solicitud", sent: "Su solicitud se envió.", saved: "(508) 555-0143",
}

func TestWholeRoadInEnglish(t *testing.T) { wholeRoad(t, english) }
func TestWholeRoadInSpanish(t *testing.T) { wholeRoad(t, spanish) }

// wholeRoad is the main job: a visitor asks, is answered, asks for an appointment, is interrupted by a question, confirms, reloads; staff set up
// their account, see the request come without a reload, open it and mark it contacted.
func wholeRoad(t *testing.T, w roadWords) {
	t.Parallel()
	ctx := newBrowser(t)
	srv := startServer(t, filepath.Join(t.TempDir(), "intake-data"), "127.0.0.1:0")
	origin := "http://" + srv.addr

	// Staff first, in a tab of their own, so that the request is seen to arrive.
	staffCtx, cancel := chromedp.NewContext(ctx)
	defer cancel()
	console := page{t: t, ctx: staffCtx}
	setUpStaff(console, srv.setup)
	console.shot("worklist-empty")

	demo := page{t: t, ctx: ctx}
	demo.run("opening the demo page", chromedp.EmulateViewport(1280, 860), chromedp.Navigate(strings.Replace(srv.demo, "/demo", w.path, 1)))
	chat := openChat(demo, origin)
	chat.shot("opening")

	chat.write(w.group)
	chat.see("article.card", w.checked)
	chat.until("the entry on group therapy", topicShown("group-therapy-what-is-it", w))
	chat.write(w.mat)
	chat.until("the entry on MAT", topicShown("mat-what-is-it", w))
	chat.write(w.medicare)
	chat.until("the entry on Medicare", topicShown("medicare-accepted", w))
	chat.shot("answer")

	chat.write(w.appointment)
	chat.tap(w.forMe)
	chat.tap(w.continueWord)
	chat.until("the next step", stepShown(w.again))
	chat.write(w.question)
	chat.until("the question in between answered", topicShown("medicare-what-is-covered", w))
	chat.until("the step taken up again", stepShown(w.again))
	chat.shot("interrupted")
	chat.write(w.name)
	chat.until("the step after the name", stepShown(w.reach))
	chat.write(w.phone)
	for _, step := range w.steps {
		chat.until(step[0], stepShown(step[0]))
		chat.tap(step[1])
		chat.tap(w.continueWord)
	}
	chat.see(".summary", w.summary)
	chat.see(".summary", w.saved)
	chat.shot("summary")
	chat.tap(w.send)
	chat.see(".booked", w.sent)
	code := chat.text(".booked code")
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) {
		t.Fatalf("the reference code is %q", code)
	}
	chat.shot("booked")

	// Still there after a reload of the clinic's page.
	demo.run("reloading", chromedp.Reload())
	chat = openChat(demo, origin)
	chat.see(".booked", code)
	chat.see("#log", w.name)

	// Staff see it without a reload, claim it, read it, try, and close it with an outcome.
	console.see("main", code)
	console.shot("worklist")
	console.until("claimed", `(() => { const b = document.querySelector('form[data-claim] button'); if (b) b.click(); return location.pathname.startsWith('/staff/requests/') && document.readyState === 'complete'; })()`)
	console.see(".hold", "Yours until")
	console.see("main", w.saved)
	console.see("main", w.group)
	if w.path == spanish.path { // the program's lines also in the staff member's language
		console.see(".gl", "Group therapy")
	}
	console.shot("request")
	console.tap("Reached")
	console.see("#tries .past", "Reached")
	console.run("the outcome", chromedp.Click(chromedp.CSS(`input[value="group_booked"]`)))
	console.eval(`document.querySelector('input[name="day"]').value = '2099-12-01'; document.querySelector('input[name="time"]').value = '10:30'; document.querySelector('input[name="place"]').value = 'Room 2'`)
	console.eval(`document.querySelector('#outcome form button').click()`)
	console.see("#outcome .result", "Group booked")
	console.see("#outcome .result", "Room 2")
	console.tap("Close: it took place")
	console.until("closed", `!document.querySelector('#outcome').innerText.includes('Close: it took place')`)
	console.run("the closed ones", chromedp.Navigate(origin+"/staff/?show=closed"))
	console.see("#list", code)
	console.shot("closed")
}

// TestKilledInTheMiddle kills the server in the middle of the dialogue and starts it again: the widget comes back by itself, nothing is lost, nothing doubled.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	ctx := newBrowser(t)
	data := filepath.Join(t.TempDir(), "intake-data")
	srv := startServer(t, data, "127.0.0.1:0")
	chat := page{t: t, ctx: ctx}
	chat.run("opening the chat", chromedp.Navigate("http://"+srv.addr+"/chat?lang=en"))
	chat.until("connected", "document.querySelector('#connection').innerText.includes('Connected')")
	chat.write("I want an appointment")
	chat.tap("For me")
	chat.tap("Continue")
	chat.until("the next step", stepShown("What should we call you?"))
	srv.stop(syscall.SIGKILL)
	chat.until("the connection gone", "!document.querySelector('#connection').innerText.includes('Connected')")
	chat.write("Red")
	chat.see("#log", "Red")
	chat.shot("offline")
	startServer(t, data, srv.addr)
	chat.until("the next step, without a reload", stepShown("How can we reach you?"))
	chat.write("508 555 0143")
	chat.until("the step after", stepShown("When is a good time to reach you?"))
	for words, want := range map[string]string{"Red": "1", "508 555 0143": "1", "I want an appointment": "1"} {
		count := chat.eval(`[...document.querySelectorAll('.bubble.me')].filter(e => e.querySelector('.words').innerText.trim() === ` + quote(words) + `).length`)
		if count != want {
			t.Errorf("%q stands %s times in the conversation", words, count)
		}
	}
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "\\'") + "'" }

// openChat presses the launcher, which lies in a closed shadow root at the lower right, and attaches to the frame.
func openChat(demo page, origin string) page {
	demo.t.Helper()
	demo.until("the launcher", "document.querySelector('clinic-chat')")
	demo.until("the launcher defined", "customElements.get('clinic-chat')")
	demo.shot("demo")
	demo.run("pressing the launcher", chromedp.MouseClickXY(1280-80, 860-52))
	demo.shot("pressed")
	frame := demo.frame(origin)
	frame.until("connected", "document.querySelector('#connection') && /Connected|En línea/.test(document.querySelector('#connection').innerText)")
	return frame
}

// topicShown is a script that is true when the newest answer is this entry and names its source and the date it was checked.
func topicShown(slug string, w roadWords) string {
	return `(() => { const c = [...document.querySelectorAll('article.card')].at(-1); return c && c.dataset.topic === '` + slug + `' && /` + w.checked + `.*20\d\d/s.test(c.querySelector('.src').innerText); })()`
}

// stepShown is a script that is true when the newest step asks this.
func stepShown(question string) string {
	return `(() => { const c = [...document.querySelectorAll('form.step')].at(-1); return c && !c.closest('.old') && c.innerText.includes(` + quote(question) + `); })()`
}

// setUpStaff makes the first account by its one-time link and signs in.
func setUpStaff(console page, link string) { setUpAs(console, link, "Ana R.", "ana") }

func setUpAs(console page, link, name, login string) {
	console.t.Helper()
	console.run("opening the link", chromedp.Navigate(link))
	console.run("making an account",
		chromedp.SendKeys(chromedp.CSS(`input[name="name"]`), name),
		chromedp.SendKeys(chromedp.CSS(`input[name="login"]`), login),
		chromedp.SendKeys(chromedp.CSS(`input[name="passphrase"]`), "quahog lantern dune harbor"),
		chromedp.SendKeys(chromedp.CSS(`input[name="again"]`), "quahog lantern dune harbor"),
		chromedp.Submit(chromedp.CSS(`input[name="name"]`)))
	console.until("asked for a second factor", "location.pathname === '/staff/secure' && document.readyState === 'complete'")
	secret := console.eval(`document.querySelector('[name="secret"]').value`)
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		console.t.Fatal(err)
	}
	console.run("the code of the app", chromedp.SendKeys(chromedp.CSS(`input[name="code"]`), code+"\r"))
	console.until("recovery codes", "document.querySelectorAll('.codes code').length === 10")
	console.tap("I have kept them")
	console.until("the worklist", "location.pathname === '/staff/' && document.readyState === 'complete'")
}
