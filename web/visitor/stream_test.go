package visitor

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
	"example.org/intake/bot/converse"
	"example.org/intake/bot/journal"
)

// ask sends a request as the chat page does.
func (s *site) ask(method, path, token, body string, change ...func(*http.Request)) *http.Response {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", s.server.URL)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, c := range change {
		c(r)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { res.Body.Close() })
	return res
}

func sayBody(id, text string) string {
	return fmt.Sprintf(`{"type":"say","id":%q,"text":%q,"lang":"en"}`, id, text)
}

func decode[T any](t *testing.T, res *http.Response) T {
	t.Helper()
	var v T
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatalf("%d: %v", res.StatusCode, err)
	}
	return v
}

// events is the widget's end of an event stream.
type events struct {
	t    *testing.T
	res  *http.Response
	scan *bufio.Scanner
	stop context.CancelFunc
}

// stream opens an event stream from the beginning.
func (s *site) stream(token string) *events {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), time.Minute)
	s.t.Cleanup(stop)
	res := s.ask("GET", "/chat/events?after=0", token, "", func(r *http.Request) { *r = *r.WithContext(ctx) })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		s.t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	e := &events{s.t, res, bufio.NewScanner(res.Body), stop}
	e.scan.Buffer(nil, 1<<20)
	return e
}

// next reads one frame.
func (e *events) next() got {
	e.t.Helper()
	for e.scan.Scan() {
		if data, ok := strings.CutPrefix(e.scan.Text(), "data: "); ok {
			var g got
			if err := json.Unmarshal([]byte(data), &g); err != nil {
				e.t.Fatal(err)
			}
			return g
		}
	}
	e.t.Fatalf("the stream ended: %v", e.scan.Err())
	return got{}
}

// until reads frames up to one of a type that fits.
func (e *events) until(kind string, fits func(got) bool) {
	e.t.Helper()
	for g := e.next(); g.Type != kind || fits != nil && !fits(g); g = e.next() {
	}
}

// TestSameFramesByEveryRoad: what goes up by POST comes down by event stream, poll and socket alike, once, from any position.
func TestSameFramesByEveryRoad(t *testing.T) {
	s := open(t, nil)
	stream := s.stream(tokenA)
	next := stream.next
	if g := next(); g.Type != "ready" || g.Known {
		t.Fatalf("greeted with %+v", g)
	}
	ack := decode[got](t, s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT")))
	again := decode[got](t, s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT")))
	if ack.Type != "ack" || ack.Position == 0 || again.Position != ack.Position {
		t.Fatalf("acknowledged %+v, then %+v", ack, again)
	}
	first := next()
	if first.Type != "entry" || first.Position != ack.Position || first.Lines[0].ID != "line-0001" || len(first.Lines) < 2 {
		t.Fatalf("streamed %+v", first)
	}
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0002", "do you take Medicare?"))
	second := next()
	if second.Lines[0].ID != "line-0002" {
		t.Fatalf("streamed %+v", second)
	}
	for after, want := range map[float64]int{0: 2, first.Position: 1, second.Position: 0, 999999: 0} {
		frames := decode[[]got](t, s.ask("GET", fmt.Sprintf("/chat/poll?after=%.0f", after), tokenA, ""))
		if frames[0].Type != "ready" || !frames[0].Known || len(frames)-1 != want {
			t.Errorf("a poll after %.0f gives %d entries, not %d", after, len(frames)-1, want)
		}
	}
	p := s.dial()
	p.hello(tokenA, first.Position)
	if g := p.frames("entry")["entry"]; g.Position != second.Position {
		t.Errorf("the socket resumes with %+v", g)
	}
}

func TestAPollWaits(t *testing.T) {
	s := open(t, func(set *settings) { set.limits.poll = 10 * time.Second })
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
	frames := decode[[]got](t, s.ask("GET", "/chat/poll?after=0", tokenA, ""))
	at := frames[len(frames)-1].Position
	answered := make(chan []got)
	go func() {
		answered <- decode[[]got](t, s.ask("GET", fmt.Sprintf("/chat/poll?after=%.0f&wait=1", at), tokenA, ""))
	}()
	select {
	case f := <-answered:
		t.Fatalf("answered with nothing new: %+v", f)
	case <-time.After(200 * time.Millisecond):
	}
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0002", "do you take Medicare?"))
	if f := <-answered; len(f) != 2 || f[1].Lines[0].ID != "line-0002" {
		t.Errorf("answered with %+v", f)
	}
	short := open(t, func(set *settings) { set.limits.poll = 50 * time.Millisecond })
	if f := decode[[]got](t, short.ask("GET", "/chat/poll?after=0&wait=1", tokenB, "")); len(f) != 1 || f[0].Type != "ready" {
		t.Errorf("after waiting in vain: %+v", f)
	}
}

func TestTheRoadsRefuse(t *testing.T) {
	s := open(t, nil)
	foreign := func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }
	none := func(r *http.Request) { r.Header.Del("Origin") }
	cross := func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }
	for what, c := range map[string]struct {
		method, path, token, body string
		change                    func(*http.Request)
		want                      int
	}{
		"foreign say":     {"POST", "/chat/say", tokenA, sayBody("line-0001", "x"), foreign, 403},
		"say from nobody": {"POST", "/chat/say", tokenA, sayBody("line-0001", "x"), none, 403},
		"cross-site say":  {"POST", "/chat/say", tokenA, sayBody("line-0001", "x"), cross, 403},
		"foreign stream":  {"GET", "/chat/events?after=0", tokenA, "", foreign, 403},
		"cross-site poll": {"GET", "/chat/poll?after=0", tokenA, "", cross, 403},
		"foreign leave":   {"POST", "/chat/leave", tokenA, "{}", foreign, 403},
		"foreign erase":   {"POST", "/chat/erase", tokenA, `{"withdraw":true}`, foreign, 403},
		"no token":        {"POST", "/chat/say", "", sayBody("line-0001", "x"), nil, 400},
		"short token":     {"POST", "/chat/say", "abc", sayBody("line-0001", "x"), nil, 400},
		"token in basic":  {"GET", "/chat/poll?after=0", "", "", func(r *http.Request) { r.SetBasicAuth("a", tokenA) }, 400},
		"no line id":      {"POST", "/chat/say", tokenA, `{"type":"say","text":"x"}`, nil, 400},
		"not JSON":        {"POST", "/chat/say", tokenA, `text=x`, nil, 400},
		"too large":       {"POST", "/chat/say", tokenA, sayBody("line-0001", strings.Repeat("x", 17<<10)), nil, 413},
		"no position":     {"GET", "/chat/poll", tokenA, "", nil, 400},
		"erase nothing":   {"POST", "/chat/erase", "", `{}`, nil, 404},
	} {
		change := []func(*http.Request){}
		if c.change != nil {
			change = append(change, c.change)
		}
		if got := s.ask(c.method, c.path, c.token, c.body, change...); got.StatusCode != c.want {
			t.Errorf("%s: %d, not %d", what, got.StatusCode, c.want)
		}
	}
	if _, at, err := s.cfg.Road.Load(context.Background(), must(converse.ConversationID(tokenA))); at != 0 || err != nil {
		t.Errorf("something was stored: %d, %v", at, err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestAVoidTokenGets404 on every road, after leaving and after erasing.
func TestAVoidTokenGets404(t *testing.T) {
	for _, how := range []string{"leave", "erase"} {
		s := open(t, nil)
		s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
		stream := s.ask("GET", "/chat/events?after=0", tokenA, "")
		if res := s.ask("POST", "/chat/"+how, tokenA, `{"withdraw":true}`); res.StatusCode/100 != 2 {
			t.Fatalf("%s: %d", how, res.StatusCode)
		}
		rest := string(must(io.ReadAll(stream.Body))) // it ends by itself
		if !strings.HasSuffix(rest, "data: {\"type\":\"ended\"}\n\n") {
			t.Errorf("%s: the stream ends with %q", how, rest[max(0, len(rest)-60):])
		}
		for _, path := range []string{"/chat/events?after=0", "/chat/poll?after=0"} {
			if got := s.ask("GET", path, tokenA, "").StatusCode; got != http.StatusNotFound {
				t.Errorf("after %s %s gives %d", how, path, got)
			}
		}
		if got := s.ask("POST", "/chat/say", tokenA, sayBody("line-0002", "x")).StatusCode; got != http.StatusNotFound {
			t.Errorf("after %s a line gets %d", how, got)
		}
		form := url.Values{"token": {tokenA}, "id": {"line-0003"}, "text": {"x"}}
		if res := s.form("", form); res.StatusCode != http.StatusNotFound {
			t.Errorf("after %s the form gets %d", how, res.StatusCode)
		}
		// An emergency card goes out all the same, on every road.
		const danger = "my friend is blue and wont wake up"
		if f := decode[got](t, s.ask("POST", "/chat/say", tokenA, sayBody("line-0004", danger))); f.Type != "unsaved" || len(f.Lines) == 0 || f.Lines[0].Card.Emergency == nil {
			t.Errorf("after %s danger gets %+v", how, f)
		}
		form.Set("text", danger)
		if page := string(must(io.ReadAll(s.form("", form).Body))); !strings.Contains(page, "tel:911") || !strings.Contains(page, "sos-card") {
			t.Errorf("after %s danger gets no card without script", how)
		}
		p := s.dial()
		p.hello(tokenA, 0)
		if code := p.closed(); code != closeEnded {
			t.Errorf("after %s the socket is closed with %d", how, code)
		}
	}
}

// TestEraseTwice: a second try after a lost answer gives the same code; the data is gone.
func TestEraseTwice(t *testing.T) {
	s := open(t, nil)
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
	first := decode[converse.Erased](t, s.ask("POST", "/chat/erase", tokenA, `{"withdraw":true}`))
	second := decode[converse.Erased](t, s.ask("POST", "/chat/erase", tokenA, `{"withdraw":true}`))
	if !regexp.MustCompile(`^(....-){2}....$`).MatchString(first.Code) || second != first {
		t.Errorf("%+v, then %+v", first, second)
	}
	id := must(converse.ConversationID(tokenA))
	for _, err := range s.journal.Read(context.Background(), journal.Stream{Kind: journal.Conversation, ID: id}, 0) {
		if err == nil {
			t.Error("the conversation is still there")
		}
	}
}

// form posts a form of the pages without script.
func (s *site) form(path string, form url.Values) *http.Response {
	s.t.Helper()
	return s.ask("POST", "/chat/plain"+path, "", form.Encode(), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
}

// TestPlainPages: a form sent twice is taken once, choices are read by their label, and what is typed comes back when it was refused.
func TestPlainPages(t *testing.T) {
	s := open(t, nil)
	read := func(res *http.Response) string { t.Helper(); return string(must(io.ReadAll(res.Body))) }
	page := read(s.ask("GET", "/chat/plain?lang=es", "", ""))
	if !strings.Contains(page, `<html lang="es"`) || strings.Contains(page, "⟦") || strings.Contains(page, "<script") || strings.Contains(page, "style=") {
		t.Errorf("the page is\n%s", page)
	}
	token := regexp.MustCompile(`name="token" value="([^"]{43})"`).FindStringSubmatch(page)[1]
	if other := read(s.ask("GET", "/chat/plain", "", "")); strings.Contains(other, token) {
		t.Error("two visitors got one token")
	}
	form := url.Values{"token": {token}, "id": {"line-0001"}, "lang": {"es"}, "choice": {"topic:medicare-accepted"}}
	for range 2 {
		page = read(s.form("", form))
		if n := strings.Count(page, `data-topic="medicare-accepted"`); n != 1 {
			t.Fatalf("the answer stands there %d times", n)
		}
	}
	id := must(converse.ConversationID(token))
	c, _, err := s.cfg.Road.Load(context.Background(), id)
	if err != nil || len(c.Lines) != 2 || c.Lines[0].Text == "" || c.Lines[0].Choice != "topic:medicare-accepted" || c.Lang != bot.ES {
		t.Fatalf("stored: %+v, %v", c.Lines, err)
	}
	long := strings.Repeat("ñ", 2001)
	page = read(s.form("", url.Values{"token": {token}, "id": {"line-0002"}, "lang": {"es"}, "text": {long}}))
	if !strings.Contains(page, long) || !strings.Contains(page, `role="alert"`) {
		t.Error("a text that was refused is lost, or nothing says so")
	}
	page = read(s.form("", url.Values{"token": {token}, "id": {"line-0003"}, "lang": {"es"}, "choice": {"language:en"}}))
	if !strings.Contains(page, `<html lang="en"`) {
		t.Error("the language does not change")
	}
	text := read(s.form("/copy", url.Values{"token": {token}, "lang": {"es"}}))
	if !strings.Contains(text, c.Lines[0].Text) || !strings.Contains(text, "\r\nUsted:\r\n") {
		t.Errorf("the copy is %q", text)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.PostForm(s.server.URL+"/chat/plain/leave", url.Values{"token": {token}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != s.cfg.Clinic.NeutralPage || !strings.Contains(res.Header.Get("Clear-Site-Data"), "cache") {
		t.Errorf("leaving: %d %v", res.StatusCode, res.Header)
	}
}

// TestPlainErase: nothing is erased before the question was answered, and an answer to the question without a request does not withdraw one that
// has come since.
func TestPlainErase(t *testing.T) {
	s := open(t, nil)
	withDesk(t, s) // and the worklist with it
	there := func() int {
		return len(must2(s.cfg.Road.Load(context.Background(), must(converse.ConversationID(tokenA)))).Lines)
	}
	read := func(more url.Values) string {
		t.Helper()
		more.Set("token", tokenA)
		more.Set("lang", "es")
		return string(must(io.ReadAll(s.form("/erase", more).Body)))
	}
	if page := read(url.Values{}); !strings.Contains(page, "Este chat terminó") {
		t.Error("nothing can be erased, and nothing says so")
	}
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
	if page := read(url.Values{}); !strings.Contains(page, "¿Borrar este chat?") || !strings.Contains(page, `value="none"`) || there() == 0 {
		t.Errorf("the question is not asked:\n%s", page)
	}
	s.ask("POST", "/chat/say", tokenA, `{"type":"say","id":"line-0002","text":"","choice":"person","lang":"es"}`)
	page := read(url.Values{"withdraw": {"none"}})
	if !strings.Contains(page, "Usted pidió una llamada") || strings.Contains(page, `value="none"`) || there() == 0 {
		t.Errorf("the question about the request is not asked:\n%s", page)
	}
	page = read(url.Values{"withdraw": {"no"}})
	codes := regexp.MustCompile(`<code>([^<]+)</code>`).FindAllString(page, -1)
	if len(codes) != 2 {
		t.Errorf("codes of the erasure and of the request: %v", codes)
	}
	if again := read(url.Values{"withdraw": {"no"}}); !strings.Contains(again, codes[0]) {
		t.Error("a second try after a lost answer gives another code")
	}
	if page := string(must(io.ReadAll(s.form("", url.Values{"token": {tokenA}, "look": {"1"}}).Body))); !strings.Contains(page, "This chat has ended") {
		t.Error("it is still there")
	}
}

// must2 drops what matters less.
func must2(c bot.Conversation, _ journal.Position, err error) bot.Conversation { return must(c, err) }

// TestDrainEndsStreams: streams and waiting polls end when the program stops, so that it can.
func TestDrainEndsStreams(t *testing.T) {
	s := open(t, nil)
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
	stream := s.ask("GET", "/chat/events?after=0", tokenA, "")
	go func() { _ = s.Drain(context.Background()) }()
	if _, err := io.Copy(io.Discard, stream.Body); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
	if got := s.ask("GET", "/chat/events?after=0", tokenA, "").StatusCode; got != http.StatusServiceUnavailable {
		t.Errorf("while stopping: %d", got)
	}
	if f := decode[got](t, s.ask("POST", "/chat/say", tokenA, sayBody("line-0002", "x"))); f.Type != "refused" || f.Reason != "stopping" {
		t.Errorf("while stopping: %+v", f)
	}
}

// TestATokenRunsOut: a day after the last line the token opens nothing any more, on any road; what it opened can still be erased.
func TestATokenRunsOut(t *testing.T) {
	s := open(t, nil)
	s.ask("POST", "/chat/say", tokenA, sayBody("line-0001", "what is MAT"))
	poll := func() int { return s.ask("GET", "/chat/poll?after=0", tokenA, "").StatusCode }
	s.cfg.Road.Now = func() time.Time { return time.Now().Add(converse.Life - time.Minute) }
	if got := poll(); got != http.StatusOK {
		t.Errorf("within a day: %d", got)
	}
	s.cfg.Road.Now = func() time.Time { return time.Now().Add(converse.Life + time.Minute) }
	if got := poll(); got != http.StatusNotFound {
		t.Errorf("after a day: %d", got)
	}
	if got := s.ask("POST", "/chat/say", tokenA, sayBody("line-0002", "x")).StatusCode; got != http.StatusNotFound {
		t.Errorf("after a day a line gets %d", got)
	}
	if got := s.form("", url.Values{"token": {tokenA}, "look": {"1"}}).StatusCode; got != http.StatusNotFound {
		t.Errorf("after a day the form gets %d", got)
	}
	p := s.dial()
	p.hello(tokenA, 0)
	if code := p.closed(); code != closeEnded {
		t.Errorf("after a day the socket is closed with %d", code)
	}
	if erased := decode[converse.Erased](t, s.ask("POST", "/chat/erase", tokenA, `{"withdraw":true}`)); erased.Code == "" {
		t.Error("after a day it cannot be erased")
	}
}
