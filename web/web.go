// Package web is everything that speaks HTTP: the visitor's side (web/visitor), the staff's side (web/staff) and, here, what holds them together.
package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// Part is one side of the site.
type Part interface {
	Register(*http.ServeMux)
	// Drain ends long connections politely and returns when they are gone or ctx ends.
	Drain(context.Context) error
}

// Site serves all parts, and says whether the program is alive (/healthz) and ready (/readyz).
type Site struct {
	mux      *http.ServeMux
	parts    []Part
	stopping atomic.Bool
}

// New puts the parts together.
func New(parts ...Part) *Site {
	s := &Site{mux: http.NewServeMux(), parts: parts}
	s.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	s.mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if s.stopping.Load() {
			plain(w, http.StatusServiceUnavailable, "stopping\n")
			return
		}
		plain(w, http.StatusOK, "ready\n")
	})
	s.mux.Handle("GET /{$}", http.RedirectHandler("/chat", http.StatusSeeOther))
	for _, p := range parts {
		p.Register(s.mux)
	}
	return s
}

func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text) // the peer may have gone
}

// ServeHTTP serves one request with the headers that every answer carries.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	if s.stopping.Load() {
		h.Set("Connection", "close")
	}
	s.mux.ServeHTTP(w, r)
}

// Drain makes the site not ready and drains every part.
func (s *Site) Drain(ctx context.Context) error {
	s.stopping.Store(true)
	errs := make([]error, len(s.parts))
	done := make(chan struct{})
	for i, p := range s.parts {
		go func() {
			errs[i] = p.Drain(ctx)
			done <- struct{}{}
		}()
	}
	for range s.parts {
		<-done
	}
	return errors.Join(errs...)
}

// NewServer gives the site an HTTP server with limits against slow and large requests. Its own log is off: it would hold addresses of visitors.
func NewServer(s *Site) *http.Server {
	return &http.Server{Handler: s, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
}
