package notify

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"example.org/intake/locales"
)

// Way is how a destination is reached.
type Way string

// The ways.
const (
	ByMail    Way = "mail"
	ByWebhook Way = "webhook"
)

// Destination is somebody who is told.
type Destination struct {
	Name        string
	Way         Way
	Shown       string // the mail address, or the webhook's host: what a page may show
	Lang        string // of the texts
	Supervisors bool   // told only when nobody claims an urgent request

	mail    *mailServer
	address string
	hook    *Webhook
}

// send makes one attempt.
func (d Destination) send(ctx context.Context, m message) error {
	if d.hook == nil {
		return d.mail.send(ctx, d.address, m)
	}
	body, err := m.payload()
	if err != nil {
		return err
	}
	return d.hook.Post(ctx, m.id, "application/json", body, m.now)
}

// Post makes one attempt to deliver a body to a webhook; see [Webhook.Post].
func (d Destination) Post(ctx context.Context, id, contentType string, body []byte, now time.Time) error {
	if d.hook == nil {
		return errors.New("this destination takes alerts only")
	}
	return d.hook.Post(ctx, id, contentType, body, now)
}

// SendTest sends a test alert at once, past the outbox. The failure is set where the error is not nil.
func (d Destination) SendTest(ctx context.Context, w *locales.Words, console string, now time.Time) (Failure, error) {
	err := d.send(ctx, message{id: "msg_" + strings.ToLower(rand.Text()), alert: Alert{Event: Test}, console: console, words: w, lang: d.Lang, now: now})
	if err != nil {
		return failureOf(err), err
	}
	return Failure{}, nil
}

// Probe looks whether a destination can be reached, without sending anything: a mail server is greeted, with encryption and sign-in; with a
// webhook's host a connection is encrypted and closed.
func (d Destination) Probe(ctx context.Context) (Failure, error) {
	err := d.probe(ctx)
	if err != nil {
		return failureOf(err), err
	}
	return Failure{}, nil
}

func (d Destination) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if d.hook == nil {
		c, err := d.mail.dial(ctx)
		if err != nil {
			return err
		}
		_ = c.Close() // it answered
		return nil
	}
	u, f := d.hook.url, d.hook.fence
	port := u.Port()
	dial := f.DialContext
	switch {
	case u.Scheme == "http":
		dial = f.dialLocal
		if port == "" {
			port = "80"
		}
	case port == "":
		port = "443"
	}
	c, err := dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return err
	}
	if u.Scheme == "https" {
		err = tls.Client(c, f.tls(u.Hostname())).HandshakeContext(ctx)
	}
	if err := errors.Join(err, c.Close()); err != nil {
		return fmt.Errorf("reaching the webhook: %w", err)
	}
	return nil
}

// NewSecret makes a secret for a webhook.
func NewSecret() string {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(key[:])
}
