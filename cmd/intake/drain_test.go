package main

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// frame is what travels; see web/frames.md.
type frame struct {
	Type     string `json:"type"`
	Token    string `json:"token,omitempty"`
	After    uint64 `json:"after"`
	Lang     string `json:"lang,omitempty"`
	ID       string `json:"id,omitempty"`
	Text     string `json:"text,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Position uint64 `json:"position,omitempty"`
	Lines    []struct {
		ID   string `json:"id"`
		From string `json:"from"`
	} `json:"lines,omitempty"`
}

func dialChat(t *testing.T, addr, token string) *websocket.Conn {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws://"+addr+"/chat/socket", http.Header{"Origin": {"http://" + addr}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.WriteJSON(frame{Type: "hello", Token: token, Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestStoppedWhilePeopleWrite sends SIGTERM while 30 visitors write: the program ends within 5 seconds with exit code 0, every socket is closed with
// 1001, every line that was acknowledged is there after the next start, and none is there twice.
func TestStoppedWhilePeopleWrite(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "d")
	srv := startServer(t, data, "127.0.0.1:0")
	const visitors = 30
	tokens, acked, sent := [visitors]string{}, [visitors][]string{}, [visitors]int{}
	var all sync.WaitGroup
	for v := range visitors {
		raw := make([]byte, 32)
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		tokens[v] = base64.RawURLEncoding.EncodeToString(raw)
		c := dialChat(t, srv.addr, "")
		all.Go(func() {
			answered := make(chan string, 16)
			go func() { // the reader
				defer close(answered)
				for {
					var f frame
					if err := c.ReadJSON(&f); err != nil {
						if !websocket.IsCloseError(err, websocket.CloseGoingAway) {
							t.Errorf("visitor %d: the socket was closed with %v", v, err)
						}
						return
					}
					switch f.Type {
					case "ack":
						acked[v] = append(acked[v], f.ID)
						answered <- f.ID
					case "refused":
						answered <- f.ID
					}
				}
			}()
			for n := 0; ; n++ {
				id := fmt.Sprintf("visitor-%02d-line-%04d", v, n)
				if err := c.WriteJSON(frame{Type: "say", Token: tokens[v], ID: id, Text: "what is MAT", Lang: "en"}); err != nil {
					return // closed
				}
				sent[v]++
				if _, open := <-answered; !open {
					return
				}
				time.Sleep(20 * time.Millisecond) // people are slower; budgets are not what is tested
			}
		})
	}
	time.Sleep(400 * time.Millisecond)
	start := time.Now()
	srv.stop(syscall.SIGTERM)
	if took := time.Since(start); took > 5*time.Second || srv.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("stopped after %v with exit code %d: %s", took, srv.cmd.ProcessState.ExitCode(), srv.output)
	}
	all.Wait()
	again := startServer(t, data, srv.addr)
	total := 0
	for v := range visitors {
		c := dialChat(t, again.addr, tokens[v])
		stored := map[string]int{}
		for len(stored) < len(acked[v]) {
			var f frame
			if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			if err := c.ReadJSON(&f); err != nil {
				t.Fatalf("visitor %d: %d lines acknowledged, %d found: %v", v, len(acked[v]), len(stored), err)
			}
			for _, l := range f.Lines {
				if l.From == "visitor" {
					stored[l.ID]++
				}
			}
		}
		for _, id := range acked[v] {
			if stored[id] != 1 {
				t.Errorf("%s was acknowledged and is stored %d times", id, stored[id])
			}
			total++
		}
		if sent[v]-len(acked[v]) > 1 {
			t.Errorf("visitor %d: of %d lines sent %d were acknowledged", v, sent[v], len(acked[v]))
		}
	}
	if total < visitors {
		t.Errorf("only %d lines were acknowledged before the stop", total)
	}
	t.Logf("%d lines acknowledged before the stop, all found once", total)
}
