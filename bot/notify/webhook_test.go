package notify

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// The test vector that Standard Webhooks and its reference libraries publish.
func TestStandardWebhooksVector(t *testing.T) {
	const body = `{"test": 2432232314}`
	secret, err := ParseSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1614265330, 0)
	h := Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(body), secret)
	if got := h.Get("webhook-signature"); got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" || h.Get("webhook-timestamp") != "1614265330" {
		t.Errorf("signed: %v", h)
	}
	if id, err := Verify(h, []byte(body), at.Add(4*time.Minute), secret); err != nil || id != "msg_p5jXN8AQM9LWM0D4loKWxJek" {
		t.Errorf("verified: %q, %v", id, err)
	}
	other, err := ParseSecret(NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	// While a secret is changed both sign; a receiver with either is content.
	both := Sign("msg_1", at, []byte(body), other, secret)
	for _, s := range []Secret{secret, other} {
		if _, err := Verify(both, []byte(body), at, s); err != nil {
			t.Errorf("two secrets: %v", err)
		}
	}
	change := func(key, value string) http.Header {
		c := h.Clone()
		c.Set(key, value)
		return c
	}
	for name, c := range map[string]struct {
		h      http.Header
		body   string
		now    time.Time
		secret Secret
	}{
		"body":      {h, body + " ", at, secret},
		"id":        {change("webhook-id", "msg_2"), body, at, secret},
		"no id":     {change("webhook-id", ""), body, at, secret},
		"time":      {change("webhook-timestamp", "1614265331"), body, at, secret},
		"no time":   {change("webhook-timestamp", "soon"), body, at, secret},
		"too old":   {h, body, at.Add(Tolerance + time.Second), secret},
		"too early": {h, body, at.Add(-Tolerance - time.Second), secret},
		"far away":  {change("webhook-timestamp", "-9223372036854775808"), body, at, secret},
		"secret":    {h, body, at, other},
		"no secret": {h, body, at, Secret{}},
		"version":   {change("webhook-signature", "v2"+strings.TrimPrefix(h.Get("webhook-signature"), "v1")), body, at, secret},
		"none":      {change("webhook-signature", ""), body, at, secret},
	} {
		if _, err := Verify(c.h, []byte(c.body), c.now, c.secret); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSecrets(t *testing.T) {
	short := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 23))
	long := "whsec_" + base64.StdEncoding.EncodeToString(make([]byte, 65))
	for _, bad := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!!", short, long} {
		if _, err := ParseSecret(bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) && bad != "whsec_" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s, err := ParseSecret(NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "secret", s)
	if text := b.String() + fmt.Sprint(s) + fmt.Sprintf("%v %s", s, s); strings.Contains(text, base64.StdEncoding.EncodeToString(s.key)) || !strings.Contains(text, "whsec_***") {
		t.Errorf("a secret shows: %s", text)
	}
	if a, b := NewSecret(), NewSecret(); a == b {
		t.Error("two secrets are the same")
	}
}

// Whatever is sent, Verify accepts only what the secret signed, and never panics.
func FuzzVerify(f *testing.F) {
	secret, err := ParseSecret(testSecret)
	if err != nil {
		f.Fatal(err)
	}
	h := Sign("msg_1", noon, []byte("{}"), secret)
	f.Add(h.Get(headerID), h.Get(headerTimestamp), h.Get(headerSignature), []byte("{}"))
	f.Add("msg_1", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,x", []byte(""))
	f.Add("", "-1", "v1, v1,,", []byte{0xff})
	f.Fuzz(func(t *testing.T, id, stamp, signature string, body []byte) {
		got, err := Verify(http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}}, body, noon, secret)
		if err != nil {
			if !errors.Is(err, ErrSignature) || got != "" {
				t.Errorf("%q, %v", got, err)
			}
			return
		}
		if want := base64.StdEncoding.EncodeToString(secret.sum(id, stamp, body)); !strings.Contains(signature, want) {
			t.Error("accepted without a signature of the secret")
		}
	})
}
