package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/wneessen/go-mail"
)

// security is how the way to a mail server is encrypted.
type security string

const (
	startTLS security = "starttls" // required: without it nothing is sent
	fullTLS  security = "tls"      // from the first byte
	noTLS    security = "none"     // to this machine alone
)

// mailServer is where e-mail is handed in.
type mailServer struct {
	host           string
	port           int
	from           string
	user, password string
	security       security
	helo           string // what we call ourselves; never the machine's name
	fence          *Fence
}

// Errors of the conversation with a mail server that are told apart.
var (
	errNoTLS  = errors.New("notify: the mail server offers no encryption")
	errSignIn = errors.New("notify: the mail server knows no way to sign in")
)

// dial connects, encrypts and signs in.
func (m *mailServer) dial(ctx context.Context) (*mail.Client, error) {
	conf := m.fence.tls(m.host)
	options := []mail.Option{mail.WithPort(m.port), mail.WithTimeout(timeout), mail.WithHELO(m.helo), mail.WithTLSConfig(conf)}
	switch m.security {
	case startTLS:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithDialContextFunc(m.fence.DialContext))
	case fullTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS), mail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			raw, err := m.fence.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			c := tls.Client(raw, conf)
			if err := c.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, raw.Close())
			}
			return c, nil
		}))
	case noTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS), mail.WithDialContextFunc(m.fence.dialLocal))
	default:
		return nil, fmt.Errorf("%q is no way to encrypt", m.security)
	}
	if m.user != "" {
		// PLAIN and LOGIN refuse to speak where nothing is encrypted.
		options = append(options, mail.WithOpportunisticSMTPAuth(mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthPlain, mail.SMTPAuthLogin),
			mail.WithUsername(m.user), mail.WithPassword(m.password))
	}
	c, err := mail.NewClient(m.host, options...)
	if err != nil {
		return nil, fmt.Errorf("setting up e-mail: %w", err)
	}
	if err := c.DialWithContext(ctx); err != nil {
		switch text := err.Error(); { // the library has no errors for these
		case strings.Contains(text, "does not support STARTTLS"):
			err = fmt.Errorf("%w: %w", errNoTLS, err)
		case strings.Contains(text, "does not support SMTP AUTH"), strings.Contains(text, "SMTP AUTH failed"), errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
			err = fmt.Errorf("%w: %w", errSignIn, err)
		}
		return nil, fmt.Errorf("reaching the mail server: %w", err)
	}
	return c, nil
}

// send hands in one alert. Only texts of the locales, the code and the link are in it.
func (m *mailServer) send(ctx context.Context, to string, msg message) error {
	subject, body := msg.text()
	// No program's name, no machine's name, and the same Message-ID in every attempt.
	e := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(e.From(m.from), e.To(to)); err != nil {
		return fmt.Errorf("addressing an alert: %w", err)
	}
	_, domain, _ := strings.Cut(m.from, "@")
	e.SetMessageIDWithValue(msg.id + "@" + strings.TrimSuffix(domain, ">"))
	e.SetDateWithValue(msg.now)
	e.Subject(subject)
	e.SetGenHeader("Auto-Submitted", "auto-generated") // out-of-office replies stay away
	e.SetGenHeader(mail.HeaderContentLang, msg.lang)
	if msg.alert.Urgent {
		e.SetImportance(mail.ImportanceHigh)
	}
	e.SetBodyString(mail.TypeTextPlain, body)
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	err = c.Send(e)
	_ = c.Close() // once the server has the message, a goodbye that fails must not make it a second one
	if err != nil {
		return fmt.Errorf("handing in an alert: %w", err)
	}
	return nil
}
