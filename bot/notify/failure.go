package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"os"
	"time"

	"github.com/wneessen/go-mail"
)

// Why says in a word of a list why an attempt failed. The locales have the sentence: "alerts.why.<word>".
type Why string

// The reasons.
const (
	Fenced      Why = "fenced"  // the address is not one that the settings allow
	NoName      Why = "name"    // the host's name was not found
	NoAnswer    Why = "connect" // nobody answers there
	TooSlow     Why = "slow"    // it took too long
	Unencrypted Why = "tls"     // no encryption, or a certificate that does not fit
	SignIn      Why = "signin"  // the mail server refused user or password
	Refused     Why = "refused" // the mail server refused the message; Code is what it said
	Status      Why = "status"  // the webhook's receiver answered with something other than 2xx; Code is what
	Unknown     Why = "unknown" // something else
)

// Failure is how an attempt failed.
type Failure struct {
	Why  Why
	Code int // a reply code of SMTP or HTTP, 0 if there was none
	At   time.Time
}

// failureOf says in a word what an error comes to.
func failureOf(err error) Failure {
	var status *StatusError
	var send *mail.SendError
	var reply *textproto.Error
	var dns *net.DNSError
	var timeouts interface{ Timeout() bool }
	var op *net.OpError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.Is(err, ErrFenced):
		return Failure{Why: Fenced}
	case errors.As(err, &status):
		return Failure{Why: Status, Code: status.Status}
	case errors.As(err, &record), errors.As(err, &alert), errors.As(err, &certificate), errors.As(err, &authority), errors.Is(err, errNoTLS):
		return Failure{Why: Unencrypted}
	case errors.As(err, &reply):
		if reply.Code == 530 || reply.Code == 534 || reply.Code == 535 {
			return Failure{Why: SignIn, Code: reply.Code}
		}
		return Failure{Why: Refused, Code: reply.Code}
	case errors.As(err, &dns) && !dns.IsTimeout:
		return Failure{Why: NoName}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeouts) && timeouts.Timeout():
		return Failure{Why: TooSlow}
	case errors.Is(err, errSignIn):
		return Failure{Why: SignIn}
	case errors.As(err, &send) && send.ErrorCode() != 0:
		return Failure{Why: Refused, Code: send.ErrorCode()}
	case errors.As(err, &op):
		return Failure{Why: NoAnswer}
	}
	return Failure{Why: Unknown}
}
