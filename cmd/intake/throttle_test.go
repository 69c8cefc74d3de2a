package main

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// TestRoundTrips counts how many answers a visitor waits for, one after the other, from the tap to a field that can be written in: at most two.
// Where INTAKE_TIMES is set it also says how long that takes under Chromium's presets for slow networks, with a processor four times slower.
func TestRoundTrips(t *testing.T) {
	t.Parallel()
	browser := newBrowser(t)
	g := startGate(t)
	p := fresh(t, browser, "phone")
	p.run("opening", chromedp.Navigate(g.origin+"/chat?lang=es"))
	p.until("ready to type", ready)
	// A file is on the critical path if the field waits for it: page, script and style. How deep each one lies is who asked for it.
	depth := p.eval(`(() => {
		const page = performance.getEntriesByType('navigation')[0];
		const files = performance.getEntriesByType('resource').filter(e => /\.(js|css)$/.test(e.name));
		let waits = 1;
		for (let at = page.responseEnd, rest = files.filter(f => f.responseEnd > at || f.startTime >= page.responseStart); rest.length;) {
			waits++;
			const first = Math.min(...rest.map(f => f.responseEnd));
			const wave = rest.filter(f => f.startTime < first); // asked for before the first of them was there
			rest = rest.filter(f => !wave.includes(f));
		}
		return waits + ' with ' + files.length + ' files';
	})()`)
	if !strings.HasPrefix(depth, "2 ") && !strings.HasPrefix(depth, "1 ") {
		t.Errorf("from the tap to ready-to-type a visitor waits %s", depth)
	}
	t.Logf("answers waited for: %s", depth)
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
			call(q, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&c}})
			call(q, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: 4})
			q.run("opening", chromedp.Navigate(g.origin+"/chat?lang="+lang))
			q.until("ready to type", ready)
			t.Logf("%s, %s: %s ms from the tap to ready-to-type", name, lang, q.eval("Math.round(performance.getEntriesByName('ready')[0].startTime)"))
		}
	}
}

const ready = `document.querySelector('.panel.on #message') && performance.getEntriesByName('ready').length`
