package staff

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
)

// stream is an open event stream.
type stream struct {
	res   *http.Response
	lines chan string
}

func (b *browser) events(path string) *stream {
	b.h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.h.server.URL+path, nil)
	if err != nil {
		b.h.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "intake", Value: b.cookie})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	s := &stream{res: res, lines: make(chan string, 100)}
	b.h.t.Cleanup(func() { _ = res.Body.Close() })
	go func() {
		defer close(s.lines)
		for sc := bufio.NewScanner(res.Body); sc.Scan(); {
			s.lines <- sc.Text()
		}
	}()
	return s
}

// next waits for a line that begins with a prefix and returns the rest, or "closed".
func (s *stream) next(t *testing.T, prefix string) string {
	t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case l, ok := <-s.lines:
			if !ok {
				return "closed"
			}
			if rest, ok := strings.CutPrefix(l, prefix); ok {
				return rest
			}
		case <-timeout:
			t.Fatal("nothing came")
		}
	}
}

func TestEvents(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	h.seed()
	b := h.signedIn("ana")
	list := b.events("/staff/events?show=open")
	one := b.events("/staff/events?request=carmen")
	if list.res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatal(list.res.Header)
	}
	page := b.get("/staff/?show=open").body
	first := list.next(t, "data: ")
	if !strings.Contains(page, `data-state="`+first+`"`) {
		t.Error("page and stream do not agree on what is shown")
	}
	firstOne := one.next(t, "data: ")
	h.note("carmen", "CANARY note")
	second, secondOne := list.next(t, "data: "), one.next(t, "data: ")
	if second == first || secondOne == firstOne || strings.Contains(second+secondOne, "CANARY") || len(second) != 16 {
		t.Errorf("after a change: %q, %q", second, secondOne)
	}
	// A change elsewhere does not concern the one.
	h.hand("somebody-new", bot.ES, bot.ReasonPerson, nil, "")
	if third := list.next(t, "data: "); third == second {
		t.Error("a new request is not announced")
	}
	h.note("carmen", "again")
	if got := one.next(t, "data: "); got == secondOne {
		t.Error("the stream of one request announced somebody else's")
	}
	// Sign-out ends the streams at once.
	h.must(h.dir.SignOut(context.Background(), b.cookie))
	began := time.Now()
	if got := list.next(t, "event: ended"); got != "" || time.Since(began) > time.Second {
		t.Errorf("%q after %s", got, time.Since(began))
	}
	if got := list.next(t, "nothing more"); got != "closed" {
		t.Error(got)
	}
}

func TestDrain(t *testing.T) {
	h := newHouse(t)
	h.account("ana", bot.EN)
	b := h.signedIn("ana")
	var open []*stream
	for range 5 {
		s := b.events("/staff/events?show=open")
		s.next(t, "data: ")
		open = append(open, s)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for range 2 {
		if err := h.console.Drain(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range open {
		if got := s.next(t, "nothing more"); got != "closed" {
			t.Error(got)
		}
	}
	if s := b.events("/staff/events?show=open"); s.res.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stream opened while stopping: %d", s.res.StatusCode)
	}
}
