package staff

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"example.org/intake/bot"
	"example.org/intake/bot/request"
)

// Two people with two browsers press the same button at the same moment, with the mouse: one is on the request's page, the other reads who, in
// place, however fast the row leaves the list. A hundred rounds in CI; the same over HTTP is TestTwoClaimAtOnce.
func TestTwoBrowsersClaim(t *testing.T) {
	first, second := newScreen(t), newScreen(t)
	h := newHouse(t)
	screens := map[string]*screen{"ana": first, "dana": second}
	for login, s := range screens {
		h.account(login, bot.EN)
		(&sight{screen: s, h: h}).cookie(h.signedIn(login).cookie)
	}
	rounds := 20
	if os.Getenv("CI") == "true" {
		rounds = 100
	}
	wins := map[string]int{}
	for i := range rounds {
		id := fmt.Sprint("round-", i)
		h.hand(id, bot.EN, bot.ReasonConfirmed, &bot.Fields{Name: "X", Phone: "+15085550143"}, "")
		press := map[string]chromedp.Action[chromedp.Void]{}
		for login, s := range screens {
			s.do("the list", chromedp.EmulateViewport(1280, 800), chromedp.Navigate(h.public+"/staff/?show=unclaimed"))
			s.is("the row is there", `!!document.getElementById("c-`+id+`")`)
			var x, y float64
			at := s.eval(`(() => { const b = document.getElementById("c-` + id + `").getBoundingClientRect(); return (b.x + b.width / 2) + " " + (b.y + b.height / 2); })()`)
			if _, err := fmt.Sscan(at, &x, &y); err != nil {
				t.Fatal(at, err)
			}
			s.do("point at it", chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x, y))
			s.is("the mouse is there", `document.getElementById("list").matches(":hover")`)
			press[login] = chromedp.MouseClickXY(x, y)
		}
		var wg sync.WaitGroup
		start := make(chan struct{})
		for login, s := range screens {
			wg.Go(func() {
				<-start
				if err := chromedp.Do(s.ctx, press[login]); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		wg.Wait()
		won := `location.pathname === "/staff/requests/` + id + `"`
		lost := `document.querySelector(".lost-claim")?.innerText`
		for _, s := range screens {
			s.is("claimed or lost", won+` || `+lost)
		}
		winner, loser := "ana", "dana"
		if screens["dana"].eval(won) == "true" {
			winner, loser = loser, winner
		}
		if got := screens[loser].eval(lost); got != names[winner]+" has it" || screens[loser].eval(won) == "true" {
			t.Fatalf("round %d: %s reads %q", i, loser, got)
		}
		if r, _ := h.work.Get(id); r.HeldBy(h.clock.now()) != h.me(winner) {
			t.Fatalf("round %d: the list says somebody else", i)
		}
		wins[winner]++
	}
	t.Logf("%d rounds with real clicks, one winner each, and the other reads who: %v", rounds, wins)

	// A row that goes away between the press and the answer: who was quicker is said all the same, with the code of the request.
	r := h.hand("gone-row", bot.EN, bot.ReasonConfirmed, &bot.Fields{Name: "X", Phone: "+15085550143"}, "")
	first.do("the list", chromedp.Navigate(h.public+"/staff/?show=unclaimed"))
	first.is("the row is there", `!!document.getElementById("c-gone-row")`)
	first.eval(`document.getElementById("c-gone-row").focus()`) // the list stays as it is
	h.must(h.work.Claim(context.Background(), "gone-row", h.me("dana"), h.clock.now()))
	first.eval(`(() => { const b = document.getElementById("c-gone-row"); b.click(); b.closest("li").remove(); })()`)
	first.is("who was quicker", `document.querySelector(".notice .lost-claim")?.innerText === `+quoted(r.Reference+": "+names["dana"]+" has it"))
}

// 200 requests arrive while one is being read, and while somebody points at the list: nothing moves, nothing that was typed is lost.
func Test200ArriveWhileOneIsRead(t *testing.T) {
	s := newScreen(t)
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	(&sight{screen: s, h: h}).cookie(h.signedIn("ana").cookie)
	s.size(1280)
	arrive := func(wave string) {
		for i := range 200 {
			lang, reason := bot.EN, bot.ReasonConfirmed
			if i%3 == 0 {
				lang = bot.ES
			}
			if i%10 == 0 {
				reason = bot.ReasonEmergency // urgent ones belong above everything that is on the screen
			}
			h.hand(fmt.Sprint(wave, "-", i), lang, reason, &bot.Fields{Name: "New", Phone: "+1508555" + fmt.Sprintf("%04d", i)}, "overdose")
		}
	}
	s.do("one request", chromedp.Navigate(h.public+"/staff/requests/carmen"))
	s.is("its page", `!!document.querySelector(".dodont")`)
	s.do("a note is begun", chromedp.SendKeys(chromedp.CSS("#text"), "half a no"))
	s.eval(`scrollTo(0, 200)`)
	place := s.eval(`scrollY + " " + document.querySelector(".dodont").getBoundingClientRect().top`)
	arrive("first")
	time.Sleep(300 * time.Millisecond)
	s.do("the note goes on", chromedp.SendKeys(chromedp.CSS("#text"), "te"))
	if got := s.eval(`scrollY + " " + document.querySelector(".dodont").getBoundingClientRect().top`); got != place {
		t.Errorf("the page moved from %q to %q", place, got)
	}
	if got := s.eval(`document.getElementById("text").value + " " + document.getElementById("changed").hidden`); got != "half a note true" {
		t.Errorf("typed text and notice: %q", got)
	}

	s.do("the list", chromedp.Navigate(h.public+"/staff/?show=open"))
	s.is("a page of rows", `document.querySelectorAll(".req").length === 50 && document.querySelector(".tail").innerText.includes("1 to 50 of 207")`)
	s.eval(`document.querySelector(".req:nth-child(30) .per a").focus()`)
	focused := s.eval(`document.activeElement.id + " " + document.activeElement.getBoundingClientRect().top + " " + scrollY`)
	arrive("second")
	s.is("the notice comes", `!document.getElementById("changed").hidden`)
	if got := s.eval(`document.activeElement.id + " " + document.activeElement.getBoundingClientRect().top + " " + scrollY`); got != focused {
		t.Errorf("the list moved under the focus: %q, then %q", focused, got)
	}
	s.press("Show the change")
	s.is("all are there", `document.querySelector(".tail").innerText.includes("of 407") && document.getElementById("count").textContent === "407"`)
	s.press("More rows")
	s.is("the next page", `document.querySelector(".tail").innerText.includes("51 to 100 of 407")`)
	s.quiet()
}

// full fills a house with so many requests, the way years leave them.
func (h *house) full(n int) {
	h.t.Helper()
	ids := make(chan int)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range ids {
				lang, reason := bot.EN, bot.ReasonConfirmed
				if i%3 == 0 {
					lang = bot.ES
				}
				id := fmt.Sprint("year-", i)
				f := &bot.Fields{ForWhom: "self", Name: "Name " + strconv.Itoa(i), Phone: fmt.Sprintf("+1508555%04d", i), Times: "any", Voicemail: new(true), Text: new(false)}
				if _, err := request.HandOver(context.Background(), h.journal, id, request.Event{Cause: "l", Reason: reason, Reference: request.Code(id, 0), Lang: lang, Fields: f}); err != nil {
					h.t.Error(err)
				}
			}
		})
	}
	for i := range n {
		ids <- i
	}
	close(ids)
	wg.Wait()
	for deadline := time.Now().Add(time.Minute); len(h.work.List()) < n; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Fatal("the worklist does not fill")
		}
	}
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// processor is how long this process has been worked on.
func processor(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkWorklist serves the worklist with 10,000 requests in the journal: first all of them open, each page after a change, which is the
// worst case.
func BenchmarkWorklist(b *testing.B) {
	h := newHouse(b)
	h.account("ana", bot.EN)
	h.full(10_000)
	ana := h.signedIn("ana")
	for name, change := range map[string]bool{"as it is": false, "after a change": true} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			var worked time.Duration // of the processor, by server and client: what does not depend on who else uses the machine
			for i := 0; b.Loop(); i++ {
				if change {
					b.StopTimer()
					h.must(h.work.AddNote(context.Background(), fmt.Sprint("year-", i%10_000), "ana", "n"))
					b.StartTimer()
				}
				began, busy := time.Now(), processor(b)
				if a := ana.get("/staff/"); a.status != 200 || !strings.Contains(a.body, "of 10000") {
					b.Fatalf("%d", a.status)
				}
				took, worked = append(took, time.Since(began)), worked+processor(b)-busy
			}
			b.ReportMetric(float64(median(took).Microseconds())/1000, "ms/median")
			b.ReportMetric(float64(worked.Microseconds())/1000/float64(len(took)), "cpu-ms/page")
		})
	}
}

// BenchmarkShown measures how long it takes until a request that a visitor has just handed over stands on an open page in a real browser, with
// 10,000 requests in the journal.
func BenchmarkShown(b *testing.B) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		b.Skip("no Chromium here")
	}
	h := newHouse(b)
	h.account("ana", bot.EN)
	h.full(10_000)
	alloc, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU)...)
	defer stop()
	ctx, cancel := chromedp.NewContext(alloc)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(h.public+"/staff/signin")); err != nil {
		b.Fatal(err)
	}
	setCookie(b, ctx, h, h.signedIn("ana").cookie)
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 4000), chromedp.Navigate(h.public+"/staff/?show=unclaimed")); err != nil {
		b.Fatal(err)
	}
	time.Sleep(time.Second)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		time.Sleep(300 * time.Millisecond) // as requests come, not in a row
		b.StartTimer()
		id := fmt.Sprint("fresh-", time.Now().UnixNano())
		began := time.Now()
		if _, err := request.HandOver(context.Background(), h.journal, id, request.Event{Cause: "l", Reason: bot.ReasonEmergency, Reference: request.Code(id, 0), Lang: bot.EN, Card: "overdose"}); err != nil {
			b.Fatal(err)
		}
		// Urgent ones stand above: of equals the first that came, so the newest is looked for on the page's whole list by its id or the count.
		want := `!!document.getElementById("r-` + id + `") || document.querySelector(".tail").innerText.includes("of ` + strconv.Itoa(10_000+i+1) + `")`
		for {
			ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](want))
			if err == nil && ok {
				break
			}
			if time.Since(began) > 20*time.Second {
				b.Fatal("it does not appear")
			}
			time.Sleep(2 * time.Millisecond)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(median(took).Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/slowest")
}
