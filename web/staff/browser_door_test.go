package staff

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
	"example.org/intake/bot/staff"
)

// write writes into a field of the page as a person does.
func (s *screen) write(selector, text string) {
	s.t.Helper()
	s.is(selector+" is there", `(() => { const e = document.querySelector(`+quoted(selector)+`); if (!e) return false; e.value = ""; return true; })()`)
	s.do("typing into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// press presses the first button or link whose words these are.
func (s *screen) press(words string) {
	s.t.Helper()
	s.is("to press "+words, `(() => {
		const e = [...document.querySelectorAll("button, a, summary")].find(e => e.innerText.trim().startsWith(`+quoted(words)+`) && e.getClientRects().length && !e.disabled);
		if (!e) return false;
		e.click();
		return true;
	})()`)
}

// authenticator gives the browser a passkey device of its own: Chromium's virtual one.
func (s *screen) authenticator() {
	s.t.Helper()
	if _, err := chromedp.Call(s.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := chromedp.Call(s.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		s.t.Fatal(err)
	}
}

// From the invitation to the console in a real browser: once with an authenticator app, once with a passkey; then in again with each.
func TestInvitationCodeAndPasskeyInBrowser(t *testing.T) {
	s := newScreen(t)
	h := newHouseAt(t, "localhost")
	s.authenticator()
	here := func(path string) string {
		return `location.pathname === ` + quoted(path) + ` && document.readyState === "complete"`
	}
	setUp := func(login string, role staff.Role) {
		t.Helper()
		token, err := h.dir.Invite(context.Background(), role, "terminal")
		if err != nil {
			t.Fatal(err)
		}
		s.do("the link", chromedp.Navigate(h.public+"/staff/setup?token="+token))
		s.write(`[name="name"]`, names[login])
		s.write(`[name="login"]`, login)
		s.write(`[name="passphrase"]`, passphrase)
		s.write(`[name="again"]`, passphrase)
		s.press("Make my account")
		s.is("asked for a second factor", here("/staff/secure"))
		// Nothing else is open yet.
		s.do("the list without a second factor", chromedp.Navigate(h.public+"/staff/"))
		s.is("still asked", here("/staff/secure"))
	}

	// An authenticator app.
	setUp("ana", staff.Staff)
	secret := s.eval(`document.querySelector('[name="secret"]').value`)
	s.is("the QR code is drawn", `document.querySelector(".qr .dots").getBBox().width > 20`)
	s.write(`[name="code"]`, h.codeOf(secret))
	s.press("Confirm the code")
	s.is("recovery codes", `document.querySelectorAll(".codes code").length === 10`)
	recovery := s.eval(`document.querySelector(".codes code").innerText`)
	s.press("I have kept them")
	s.is("the worklist", here("/staff/"))
	s.press("Sign out")
	s.is("out", here("/staff/signin"))
	in := func(code string) {
		t.Helper()
		s.write(`[name="login"]`, "ana")
		s.write(`[name="passphrase"]`, passphrase)
		s.write(`[name="code"]`, code+"\r")
	}
	used := h.codeOf(secret)
	in(used) // the one that set it up
	s.is("a used code is refused", `document.querySelector("#problem")?.innerText.includes("A code works once")`)
	h.clock.add(30 * time.Second)
	in(h.codeOf(secret))
	s.is("in with the next code", here("/staff/"))
	s.press("Sign out")
	s.is("out again", here("/staff/signin"))
	in(recovery)
	s.is("in with a recovery code", here("/staff/"))
	s.press("Sign out")
	s.is("out", here("/staff/signin"))

	// A passkey.
	setUp("sup", staff.Supervisor)
	s.press("Use a passkey")
	s.is("recovery codes", `document.querySelectorAll(".codes code").length === 10`)
	s.press("I have kept them")
	s.is("the worklist", here("/staff/"))
	s.press("Sign out")
	s.is("out", here("/staff/signin"))
	s.press("Sign in with a passkey")
	s.is("in with the passkey, without a name", here("/staff/")+` && document.querySelector(".me").innerText.includes("Sue P.")`)
	if keys := h.dir.Passkeys(h.me("sup")); len(keys) != 1 || keys[0].Used.IsZero() {
		t.Errorf("the passkey's use is not stored: %+v", keys)
	}

	// The answer of a passkey works once, and a removed passkey not at all.
	s.press("Sign out")
	s.is("out", here("/staff/signin"))
	s.eval(`(() => { const f = document.querySelector('[data-passkey]'); f.submit = () => { window.sent = new URLSearchParams(new FormData(f)).toString(); }; })()`)
	s.press("Sign in with a passkey")
	s.is("an answer was made", `window.sent`)
	s.eval(`(async () => {
		const go = async () => (await fetch("/staff/signin/passkey", { method: "POST", redirect: "manual", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: window.sent })).type;
		window.first = await go();
		await fetch("/staff/signout", { method: "POST", redirect: "manual", body: new URLSearchParams() });
		window.second = (await fetch("/staff/signin/passkey", { method: "POST", redirect: "manual", headers: { "Content-Type": "application/x-www-form-urlencoded" }, body: window.sent })).status;
	})()`)
	s.is("the same answer a second time is refused", `window.first === "opaqueredirect" && window.second === 401`)

	acts := strings.Join(h.acts(), "|")
	for _, want := range []string{"factor_set totp", "factor_set passkey", "signin_failed passkey", "signin_failed|"} {
		if !strings.Contains(acts, want) {
			t.Errorf("%q is not in the record: %s", want, acts)
		}
	}
}

// In Spanish, by keyboard alone: signing in and claiming.
func TestByKeyboard(t *testing.T) {
	s := newScreen(t)
	h := newHouse(t)
	h.account("luz", bot.ES)
	half := h.halfIn("luz")
	secret := secretOn(t, half.get("/staff/secure"))
	half.post("/staff/secure/code", "secret", secret, "code", h.codeOf(secret))
	h.seed()
	h.clock.add(30 * time.Second)
	s.do("the door", chromedp.Navigate(h.public+"/staff/signin?lang=es"))
	tab := func(n int) {
		for range n {
			s.do("tab", chromedp.KeyEvent("\t"))
		}
	}
	keys := func(text string) { s.do("keys", chromedp.KeyEvent(text)) }
	tab(1)
	keys("luz")
	tab(1)
	keys(passphrase)
	tab(1)
	keys(h.codeOf(secret) + "\r")
	s.is("in", `location.pathname === "/staff/" && document.readyState === "complete"`)
	s.is("in Spanish", `document.documentElement.lang === "es"`)
	// Tab until a claim button has the focus, then press it.
	for range 60 {
		if s.eval(`document.activeElement.id`) == "c-red" {
			break
		}
		tab(1)
	}
	s.is("the focus reaches the first claim", `document.activeElement.id === "c-red"`)
	s.is("the focus is seen", `getComputedStyle(document.activeElement).outlineStyle !== "none" || getComputedStyle(document.activeElement).boxShadow !== "none"`)
	keys("\r")
	s.is("claimed", `location.pathname === "/staff/requests/red" && document.querySelector(".hold").innerText.includes("Suya")`)
	s.quiet()
}
