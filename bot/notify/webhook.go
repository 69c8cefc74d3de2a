package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Headers of a webhook, as Standard Webhooks names them (https://www.standardwebhooks.com).
const (
	headerID        = "webhook-id"
	headerTimestamp = "webhook-timestamp"
	headerSignature = "webhook-signature"
)

// Tolerance is how far the time of a webhook may be from the receiver's clock.
const Tolerance = 5 * time.Minute

// ErrSignature means that a webhook was not signed with the secret, was changed, or is not of this time.
var ErrSignature = errors.New("notify: the webhook's signature does not fit")

// Secret signs webhooks.
type Secret struct{ key []byte }

// String keeps the secret out of whatever prints it.
func (Secret) String() string { return "whsec_***" }

// ParseSecret reads "whsec_" and 24 to 64 bytes in base64. Its errors do not repeat the secret.
func ParseSecret(text string) (Secret, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), "whsec_")
	key, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(key) < 24 || len(key) > 64 {
		return Secret{}, errors.New(`a webhook's secret is "whsec_" and 24 to 64 bytes in base64: make one with intake notify secret`)
	}
	return Secret{key}, nil
}

// Sign gives the headers of one attempt to deliver a webhook. The id is the same in every attempt, so that a receiver can drop what it has
// already; time and signature are fresh. Several secrets sign side by side while one takes the place of another.
func Sign(id string, at time.Time, body []byte, secrets ...Secret) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, s := range secrets {
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(s.sum(id, stamp, body)))
	}
	h := http.Header{}
	h.Set(headerID, id)
	h.Set(headerTimestamp, stamp)
	h.Set(headerSignature, strings.Join(signatures, " "))
	return h
}

func (s Secret) sum(id, stamp string, body []byte) []byte {
	m := hmac.New(sha256.New, s.key)
	_, _ = m.Write([]byte(id + "." + stamp + ".")) // a hash takes everything
	_, _ = m.Write(body)
	return m.Sum(nil)
}

// Verify is the receiver's side: it checks the headers against the body as it came, byte for byte, and gives the webhook's id. Whoever has seen
// the id before drops the webhook. Anything wrong is ErrSignature.
func Verify(h http.Header, body []byte, now time.Time, secret Secret) (id string, err error) {
	id, stamp := h.Get(headerID), h.Get(headerTimestamp)
	at, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil || len(secret.key) == 0 {
		return "", ErrSignature
	}
	// In seconds: a time far away would overflow a duration.
	if off, most := now.Unix()-at, int64(Tolerance/time.Second); off > most || off < -most {
		return "", ErrSignature
	}
	want := secret.sum(id, stamp, body)
	for one := range strings.FieldsSeq(h.Get(headerSignature)) {
		text, v1 := strings.CutPrefix(one, "v1,")
		got, err := base64.StdEncoding.DecodeString(text)
		if v1 && err == nil && hmac.Equal(got, want) {
			return id, nil
		}
	}
	return "", ErrSignature
}

// Webhook is an address that takes signed messages.
type Webhook struct {
	url     *url.URL
	secrets []Secret
	client  *http.Client
	fence   *Fence
}

// timeout is how long one attempt to deliver may take.
const timeout = 20 * time.Second

// NewWebhook returns a webhook behind a fence. Plain http:// works for this machine alone, and only if the fence allows it.
func NewWebhook(address string, f *Fence, secrets ...Secret) (*Webhook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("it is no web address: write it as https://hooks.clinic.example/intake")
	}
	if len(secrets) == 0 {
		return nil, errors.New("a webhook needs a secret")
	}
	return &Webhook{url: u, secrets: secrets, client: f.Client(timeout), fence: f}, nil
}

// Shown is the address without its path, which may be a secret itself.
func (w *Webhook) Shown() string { return w.url.Scheme + "://" + w.url.Host }

// StatusError is an answer other than 2xx.
type StatusError struct{ Status int }

func (e *StatusError) Error() string { return "the receiver answered with " + strconv.Itoa(e.Status) }

// Post makes one attempt to deliver a body of a content type under an id. nil means that the receiver has it.
func (w *Webhook) Post(ctx context.Context, id, contentType string, body []byte, now time.Time) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("making the webhook: %w", err)
	}
	r.Header = Sign(id, now, body, w.secrets...)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "intake")
	res, err := w.client.Do(r)
	if err != nil {
		return fmt.Errorf("delivering the webhook: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // what it says does not matter
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return &StatusError{res.StatusCode}
	}
	return nil
}
