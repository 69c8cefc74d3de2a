package staff

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
)

// What only a browser shows: the policy blocks nothing of ours, and the list follows without moving under somebody's hands.
func TestInBrowser(t *testing.T) {
	found := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			found = p
			break
		}
	}
	if found == "" {
		t.Skip("no Chromium here")
	}
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	session := h.signedIn("ana")

	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(found), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-background-networking", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	defer stop()
	ctx, cancel := chromedp.NewContext(alloc)
	defer cancel()
	do := func(what string, steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		limited, cancel := context.WithTimeout(ctx, 15*time.Second)
		defer cancel()
		if err := chromedp.Do(limited, steps...); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var problems []string
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, func(ev any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := ev.(type) {
		case *log.EventEntryAdded:
			if !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
				problems = append(problems, e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			problems = append(problems, e.ExceptionDetails.Text)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "intake", Value: session.cookie, URL: h.server.URL + "/staff/", Path: "/staff/"}); err != nil {
		t.Fatal(err)
	}
	is := func(what, expression string) {
		t.Helper()
		var last error
		for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
			ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
			if ok {
				return
			}
			last = err // the page may be changing
		}
		t.Errorf("%s: not so (%v)", what, last)
	}

	// High enough that nothing scrolls: on a phone scrolling alone holds the list still.
	do("open the list", chromedp.EmulateViewport(1280, 2000), chromedp.Navigate(h.server.URL+"/staff/"))
	is("eight rows", `document.querySelectorAll(".req").length === 8`)
	h.hand("fresh-one", bot.ES, bot.ReasonPerson, nil, "")
	is("a new request appears", `!!document.getElementById("r-fresh-one") && document.getElementById("count").textContent === "7"`)

	do("focus a row", chromedp.Focus(chromedp.CSS("#r-carmen")))
	h.hand("fresh-two", bot.ES, bot.ReasonPerson, nil, "")
	is("the notice comes", `!document.getElementById("changed").hidden`)
	is("the list stays", `!document.getElementById("r-fresh-two") && document.activeElement.id === "r-carmen"`)
	do("show the change", chromedp.Click(chromedp.CSS("#show")))
	is("the list is new", `!!document.getElementById("r-fresh-two") && document.getElementById("changed").hidden`)

	do("open one", chromedp.Navigate(h.server.URL+"/staff/requests/carmen"))
	is("the page is there", `!!document.querySelector(".dodont") && document.getElementById("changed").hidden`)
	do("write a note", chromedp.SendKeys(chromedp.CSS("#text"), "half a note"))
	h.note("carmen", "from a colleague")
	is("the change is announced", `!document.getElementById("changed").hidden`)
	is("what was typed stays", `document.getElementById("text").value === "half a note"`)
	do("save the note", chromedp.Click(chromedp.CSS("#notes button")))
	is("both notes are there", `document.querySelectorAll(".notes li").length === 3`)

	// Before the sign-out: after it a refused request may well be in the log.
	mu.Lock()
	for _, p := range problems {
		t.Errorf("the browser says: %s", p)
	}
	mu.Unlock()
	if err := h.dir.SignOut(context.Background(), session.cookie); err != nil {
		t.Fatal(err)
	}
	is("the screen leaves with the session", `location.pathname === "/staff/signin" && !document.body.textContent.includes("Carmen")`)
}
