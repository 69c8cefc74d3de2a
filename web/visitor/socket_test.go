package visitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

func TestOnlyTheChatPageOpensASocket(t *testing.T) {
	s := open(t, nil)
	host := strings.TrimPrefix(s.server.URL, "http://")
	name, port, _ := strings.Cut(host, ":")
	refused := map[string][]string{
		"missing": nil, "empty": {""}, "null": {"null"}, "no scheme": {host}, "https": {"https://" + host}, "gopher": {"gopher://" + host},
		"ws": {"ws://" + host}, "no port": {"http://" + name}, "another port": {"http://" + name + ":1"}, "zero before the port": {"http://" + name + ":0" + port},
		"slash": {s.server.URL + "/"}, "path": {s.server.URL + "/chat"}, "query": {s.server.URL + "?"}, "fragment": {s.server.URL + "#"},
		"user": {"http://a@" + host}, "user and password": {"http://a:b@" + host}, "suffix": {s.server.URL + ".evil.example"},
		"prefix": {"http://evil" + host}, "inside": {"http://evil.example/" + host}, "upper case": {"HTTP://" + host}, "space inside": {"http:// " + host},
		"two in one": {s.server.URL + " " + s.server.URL}, "list": {s.server.URL + ", " + s.server.URL}, "two": {s.server.URL, s.server.URL},
		"ours and another": {s.server.URL, "https://evil.example"}, "an embedding site": {"https://clinic.example"}, "localhost": {"http://localhost:" + port},
		"number": {"http://2130706433:" + port}, "dot at the end": {"http://" + name + ".:" + port},
	}
	for what, origins := range refused {
		header := http.Header{}
		if origins != nil {
			header["Origin"] = origins
		}
		ws, resp, err := websocket.DefaultDialer.Dial("ws://"+host+"/chat/socket", header)
		if err == nil {
			ws.Close()
			t.Errorf("%s: let in", what)
			continue
		}
		if resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %v, %v", what, resp, err)
		}
	}
	p := s.dial()
	p.hello("", 0)
	if g, _ := p.next(); g.Type != "ready" || g.Known {
		t.Errorf("our own page got %+v", g)
	}
}

func TestSayIsStoredShownAndAcknowledged(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "do you take Medicare?")
	f := p.frames("ack", "entry")
	if f["ack"].ID != "line-0001" || f["ack"].Position != f["entry"].Position || f["ack"].Position == 0 {
		t.Errorf("acknowledged %v, shown at %v", f["ack"], f["entry"].Position)
	}
	lines := f["entry"].Lines
	if len(lines) < 2 || lines[0].From != bot.FromVisitor || lines[0].ID != "line-0001" || lines[1].From != bot.FromProgram || lines[1].Card == nil {
		t.Errorf("shown: %+v", lines)
	}
	if f["entry"].State.Lang != bot.EN {
		t.Errorf("state %+v", f["entry"].State)
	}

	// A second page with the same token sees what came before and what comes now, in order.
	q := s.dial()
	q.hello(tokenA, 0)
	if g := q.frames("ready")["ready"]; !g.Known {
		t.Error("the conversation is not known")
	}
	first := q.frames("entry")["entry"]
	p.say("", "line-0002", "I want an appointment")
	second := q.frames("entry")["entry"]
	if first.Position != f["entry"].Position || second.Position <= first.Position {
		t.Errorf("positions %v then %v", first.Position, second.Position)
	}
	if second.State.Step != bot.StepForWhom {
		t.Errorf("pending step %q", second.State.Step)
	}
	if strings.Contains(s.logged.String(), "Medicare") || strings.Contains(s.logged.String(), tokenA) {
		t.Error("a visitor's words or token were logged")
	}
}

func TestResumeShowsWhatWasMissedOnce(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	var at []float64
	for i := range 4 {
		p.say(tokenA, fmt.Sprintf("line-000%d", i), "what is group therapy?")
		at = append(at, p.frames("ack", "entry")["ack"].Position)
	}
	p.ws.Close()
	for i, c := range []struct {
		seen float64
		want []float64
	}{{0, at}, {at[1], at[2:]}, {at[3], nil}, {at[3] + 1000, nil}} {
		q := s.dial()
		q.hello(tokenA, c.seen)
		q.frames("ready")
		mark := fmt.Sprintf("mark-000%d", i) // ends what was missed
		q.say("", mark, "thanks")
		var shown []float64
		for {
			g, _ := q.next()
			if g.Type == "entry" && g.Lines[0].ID == mark {
				break
			}
			if g.Type == "entry" && g.Position <= at[3] { // not the marks of earlier rounds
				shown = append(shown, g.Position)
			}
		}
		if fmt.Sprint(shown) != fmt.Sprint(c.want) {
			t.Errorf("after %v: shown %v, want %v", c.seen, shown, c.want)
		}
		q.ws.Close()
	}
}

func TestARepeatedLineIsOneLine(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello(tokenA, 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "hello")
	first := p.frames("ack", "entry")["ack"]
	q := s.dial()
	q.hello(tokenA, first.Position)
	q.frames("ready")
	q.say("", "line-0001", "hello")
	if again := q.frames("ack")["ack"]; again.Position != first.Position {
		t.Errorf("acknowledged at %v, then at %v", first.Position, again.Position)
	}
	id, err := converse.ConversationID(tokenA)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, err := range s.journal.Read(t.Context(), journal.Stream{Kind: journal.Conversation, ID: id}, 0) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 1 {
		t.Errorf("stored %d times", n)
	}
}

func TestCloseCodes(t *testing.T) {
	s := open(t, func(set *settings) { set.limits.hello = 150 * time.Millisecond })
	for name, c := range map[string]struct {
		frames []string
		code   int
	}{
		"no hello":              {nil, closeNoHello},
		"say before hello":      {[]string{`{"type":"say","id":"line-0001","text":"x"}`}, closeUnknown},
		"no JSON":               {[]string{`x`}, closeUnknown},
		"hello twice":           {[]string{`{"type":"hello"}`, `{"type":"hello"}`}, closeUnknown},
		"a token that is none":  {[]string{`{"type":"hello","token":"abc"}`}, closeUnknown},
		"say without a token":   {[]string{`{"type":"hello"}`, `{"type":"say","id":"line-0001","text":"x"}`}, closeUnknown},
		"say with a bad token":  {[]string{`{"type":"hello"}`, `{"type":"say","token":"abc","id":"line-0001","text":"x"}`}, closeUnknown},
		"two conversations":     {[]string{`{"type":"hello","token":"` + tokenA + `"}`, `{"type":"say","token":"` + tokenB + `","id":"line-0001","text":"x"}`}, closeUnknown},
		"leave before anything": {[]string{`{"type":"hello"}`, `{"type":"leave"}`}, closeEnded},
		"too large":             {[]string{`{"type":"hello","token":"` + strings.Repeat("a", 20<<10) + `"}`}, websocket.CloseMessageTooBig},
	} {
		p := s.dial()
		for _, f := range c.frames {
			p.send(f)
		}
		if code := p.closed(); code != c.code {
			t.Errorf("%s: closed with %d, want %d", name, code, c.code)
		}
	}
	p := s.dial()
	if err := p.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"type":"hello"}`)); err != nil {
		t.Fatal(err)
	}
	if code := p.closed(); code != closeUnknown {
		t.Errorf("a binary frame: closed with %d", code)
	}
}

func TestLeavingVoidsTheToken(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	p.say(tokenA, "line-0001", "I want an appointment")
	p.frames("ack", "entry")
	q := s.dial() // another page of the same conversation
	q.hello(tokenA, 0)
	q.frames("ready", "entry")

	p.send(`{"type":"leave"}`)
	if code := p.closed(); code != closeEnded {
		t.Errorf("the page that left was closed with %d", code)
	}
	if code := q.closed(); code != closeEnded {
		t.Errorf("the other page was closed with %d", code)
	}
	r := s.dial()
	r.hello(tokenA, 0)
	if code := r.closed(); code != closeEnded {
		t.Errorf("the old token was answered with %d", code)
	}
	// A line that was on its way is refused, and the token stays void.
	late := s.dial()
	late.hello("", 0)
	late.frames("ready")
	late.say(tokenA, "line-0002", "are you there?")
	for {
		g, code := late.next()
		if code != 0 {
			if code != closeEnded {
				t.Errorf("closed with %d", code)
			}
			break
		}
		if g.Type == "ack" {
			t.Error("a line was taken after leaving")
		}
	}
}

func TestBudget(t *testing.T) {
	s := open(t, func(set *settings) {
		set.rates = rates{socketEvery: time.Hour, socketBurst: 3, talkEvery: time.Hour, talkBurst: 4}
	})
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	for i := range 3 {
		p.say(tokenA, fmt.Sprintf("line-000%d", i), "hello")
		p.frames("ack", "entry")
	}
	p.say("", "line-0004", "hello")
	if g := p.frames("refused")["refused"]; g.Reason != "slow_down" || g.ID != "line-0004" || g.Text == "" || strings.Contains(g.Text, "⟦") {
		t.Errorf("refused with %+v", g)
	}
	// The emergency card comes all the same.
	p.say("", "line-0005", "he overdosed and is not breathing")
	if g := p.frames("unsaved")["unsaved"]; g.ID != "line-0005" || len(g.Lines) == 0 || g.Lines[0].Card.Kind != bot.CardEmergency {
		t.Errorf("unsaved: %+v", g)
	}
	// A new connection does not fill the conversation's bucket: one is left of four.
	q := s.dial()
	q.hello(tokenA, 0)
	q.frames("ready")
	q.say("", "line-0006", "hello")
	q.frames("ack")
	q.say("", "line-0007", "hello")
	if g := q.frames("refused")["refused"]; g.Reason != "slow_down" {
		t.Errorf("refused with %+v", g)
	}
}

func TestAFastTypistIsNeverRefused(t *testing.T) {
	s := open(t, nil)
	p := s.dial()
	p.hello("", 0)
	p.frames("ready")
	for i := range 25 { // as fast as the wire takes them
		p.say(tokenA, fmt.Sprintf("line-00%02d", i), "hello")
	}
	for acked := 0; acked < 25; {
		g, code := p.next()
		if code != 0 || g.Type == "refused" {
			t.Fatalf("after %d: %+v, closed %d", acked, g, code)
		}
		if g.Type == "ack" {
			acked++
		}
	}
}

func TestBudgetsForgetWhoIsQuiet(t *testing.T) {
	b := newBudgets(rates{talkEvery: time.Second, talkBurst: 2})
	now := time.Now()
	b.allow("one", now)
	b.allow("two", now.Add(90*time.Second))
	if len(b.talks) != 1 {
		t.Errorf("%d buckets are kept", len(b.talks))
	}
}

func TestASlowReaderIsCutAndHoldsUpNobody(t *testing.T) {
	s := open(t, func(set *settings) {
		set.limits.queue = 3
		set.rates = rates{socketEvery: time.Hour, socketBurst: 1, talkEvery: time.Hour, talkBurst: 9}
	})
	slow := s.dial(smallBuffer)
	slow.hello("", 0)
	slow.frames("ready")
	slow.say(tokenA, "line-0001", "hello")
	at := slow.frames("ack", "entry")["ack"].Position
	id, err := converse.ConversationID(tokenA)
	if err != nil {
		t.Fatal(err)
	}
	// Far more than the buffers of both ends hold.
	line := bot.Line{ID: "x", From: bot.FromProgram, Lang: bot.EN, Text: strings.Repeat("word ", 80_000)}
	data, err := json.Marshal([]bot.Event{{Type: bot.Replied, Line: &line}})
	if err != nil {
		t.Fatal(err)
	}
	after := journal.Position(at)
	for range 40 {
		if after, err = s.journal.Append(t.Context(), journal.Stream{Kind: journal.Conversation, ID: id}, after, data); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(200 * time.Millisecond)
	for i := range 12 { // each is refused, and nobody reads the refusals
		slow.say("", fmt.Sprintf("line-01%02d", i), "hello")
	}
	// Somebody else is served meanwhile.
	other := s.dial()
	other.hello("", 0)
	other.frames("ready")
	other.say(tokenB, "line-0001", "hello")
	other.frames("ack", "entry")
	if code := slow.closed(); code != closeSlow {
		t.Errorf("closed with %d", code)
	}
	// It comes back and gets the rest.
	again := s.dial()
	again.hello(tokenA, at)
	again.frames("ready")
	for last := at; last < float64(after); {
		g, _ := again.next()
		if g.Position <= last {
			t.Fatalf("position %v after %v", g.Position, last)
		}
		last = g.Position
	}
}
