package main

import (
	"os"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// slowDown is Network.emulateNetworkConditionsByRule with the parameter that Chromium up to 148 insists on and newer descriptions of the protocol leave out.
var slowDown = cdp.Command[slowDownParams, cdp.Empty]{Method: network.CommandEmulateNetworkConditionsByRule}

type slowDownParams struct {
	Offline bool                  `json:"offline"`
	Matched []*network.Conditions `json:"matchedNetworkConditions"`
}

// TestRoundTrips counts how many answers a visitor waits for, one after the other, from the tap to a field that can be written in: at most two.
// Where INTAKE_TIMES is set it also says how long that takes under Chromium's presets for slow networks, with a processor four times slower.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	p := fresh(t, browser, "phone")
	p.run("opening", chromedp.Navigate(g.origin+"/chat?lang=es"))
	p.until("ready to type", ready)
	// The page is the first answer; whatever it names itself is asked for at once and comes with the second, as long as a browser asks for no more
	// than six at a time. A file that another file asks for would be a third.
	files := p.eval(`performance.getEntriesByType('resource').filter(e => e.startTime < performance.getEntriesByName('ready')[0].startTime).map(e => e.initiatorType).sort().join()`)
	if files != "link,script" {
		t.Errorf("before ready-to-type the browser asks for %q, not for one style and one script", files)
	}
	inPage := p.eval(`document.querySelectorAll('head link[rel=stylesheet], head script[src]').length`)
	if inPage != "2" {
		t.Errorf("the page names %s files", inPage)
	}
	if os.Getenv("INTAKE_TIMES") == "" {
		return
	}
	for name, c := range map[string]network.Conditions{
		"Fast 3G": {Latency: 562.5, DownloadThroughput: 1.6e6 / 8 * .9, UploadThroughput: 750e3 / 8 * .9},
		"Slow 3G": {Latency: 2000, DownloadThroughput: 500e3 / 8 * .8, UploadThroughput: 500e3 / 8 * .8},
	} {
		for _, lang := range []string{"en", "es"} {
			q := fresh(t, browser, "phone")
			call(q, network.Enable, network.EnableParams{})
			call(q, slowDown, slowDownParams{Matched: []*network.Conditions{&c}})
			call(q, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
			q.run("opening", chromedp.Navigate(g.origin+"/chat?lang="+lang))
			q.until("ready to type", ready)
			t.Logf("%s, %s: %s ms from the tap to ready-to-type", name, lang, q.eval("Math.round(performance.getEntriesByName('ready')[0].startTime)"))
		}
	}
}

const ready = `document.querySelector('.panel.on #message') && performance.getEntriesByName('ready').length`
