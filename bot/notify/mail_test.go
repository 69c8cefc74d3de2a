package notify

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"example.org/intake/bot"
)

// mailed are settings with one mail destination at a sink.
func (h *house) mailed(sink *mailSink, more string) Settings {
	h.t.Helper()
	s := h.settings(fmt.Sprintf("allow = [\"127.0.0.1\"]\n%s[mail]\nserver = %q\nport = %s\nfrom = \"chat@clinic.example\"\nuser = \"relay\"\n[[to]]\nname = \"desk\"\nmail = \"desk@clinic.example\"\nlang = \"es\"\n",
		more, sink.host, sink.port), map[string]string{passwordVariable: "pass-word"})
	s.Fence.roots = sink.roots
	return s
}

func TestMail(t *testing.T) {
	h := newHouse(t)
	sink := newMailSink(h)
	n := h.node(h.mailed(sink, ""))
	h.hand("red", bot.ReasonEmergency, nil)
	h.read(n)
	n.deliver(h.ctx)
	h.must(n.Try(h.ctx, "desk", "press"))
	n.deliver(h.ctx)
	if len(sink.mails) != 2 || sink.clear != 0 {
		t.Fatalf("%d mails, %d of them not encrypted\n%s", len(sink.mails), sink.clear, h.logs)
	}
	m, err := mail.ReadMessage(strings.NewReader(sink.mails[0]))
	h.must(err)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	h.must(err)
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	h.must(err)
	if subject != "Chat: solicitud nueva y urgente" {
		t.Errorf("subject: %q", subject)
	}
	const want = "Llegó una solicitud nueva y urgente.\r\n\r\nUrgencia: urgente\r\nIdioma: español\r\nCódigo: %s\r\n\r\nEntre a la consola:\r\nhttps://chat.clinic.example/staff/\r\n\r\n" +
		"Este mensaje no dice nada de la persona, a propósito. Por favor no lo conteste.\r\n"
	if got := string(body); !strings.EqualFold(got, fmt.Sprintf(want, code("red"))) {
		t.Errorf("body: %q", got)
	}
	// Every header is one that says nothing: a list, so that a new one is looked at.
	may := "Date From To Subject Message-Id Mime-Version Content-Type Content-Transfer-Encoding Content-Language Auto-Submitted Importance Priority X-Priority X-Msmail-Priority"
	for name, values := range m.Header {
		if !strings.Contains(" "+may+" ", " "+name+" ") || len(values) != 1 {
			t.Errorf("header %s: %q", name, values)
		}
	}
	if id := m.Header.Get("Message-Id"); id != "<"+n.Items()[1].ID+"@clinic.example>" || m.Header.Get("Date") != noon.Format(time.RFC1123Z) {
		t.Errorf("%s, %s", id, m.Header.Get("Date"))
	}
	if sink.hello[0] != "clinic.example" || sink.users[0] != "|relay|pass-word" {
		t.Errorf("we say we are %q, and sign in as %q", sink.hello, sink.users)
	}
}

// Without encryption nothing is said: no password, no sender, no message. A password that is refused, a message that is refused: a word for each.
func TestMailRefuses(t *testing.T) {
	for _, c := range []struct {
		name, verb, say string
		plain, strange  bool
		want            Failure
	}{
		{name: "no encryption offered", plain: true, want: Failure{Why: Unencrypted}},
		{name: "encryption taken back", verb: "STARTTLS", say: "454 not now", want: Failure{Why: Refused, Code: 454}},
		{name: "a certificate of nobody", strange: true, want: Failure{Why: Unencrypted}},
		{name: "password", verb: "AUTH", say: "535 5.7.8 wrong for relay@10.1.2.3", want: Failure{Why: SignIn, Code: 535}},
		{name: "sender", verb: "MAIL", say: "550 5.1.0 no", want: Failure{Why: Refused, Code: 550}},
		{name: "recipient", verb: "RCPT", say: "451 4.7.1 greylisted", want: Failure{Why: Refused, Code: 451}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			sink := newMailSink(h)
			sink.plain = c.plain
			if c.verb != "" {
				sink.say[c.verb] = c.say
			}
			s := h.mailed(sink, "")
			if c.strange {
				s.Fence.roots = nil
			}
			n := h.node(s)
			h.hand("red", bot.ReasonEmergency, nil)
			h.read(n)
			n.deliver(h.ctx)
			i := n.Items()[0]
			if i.State != Waiting || i.Failure.Why != c.want.Why || c.want.Code != 0 && i.Failure.Code != c.want.Code {
				t.Errorf("%+v", i.Failure)
			}
			if c.plain || c.strange {
				raw := strings.ToUpper(sink.raw.String())
				if len(sink.users) > 0 || strings.Contains(raw, "MAIL FROM") || strings.Contains(raw, "AUTH") {
					t.Errorf("said without encryption: %s", raw)
				}
			}
			if strings.Contains(h.logs.String(), "10.1.2.3") || strings.Contains(h.logs.String(), "desk@") || !strings.Contains(h.logs.String(), "why="+string(c.want.Why)) {
				t.Errorf("the log: %s", h.logs)
			}
			f, err := s.Destinations[0].Probe(h.ctx)
			if bad := c.verb != "MAIL" && c.verb != "RCPT"; (err != nil) != bad || bad && f.Why != c.want.Why {
				t.Errorf("probe: %v, %v", f, err)
			}
		})
	}
}

// A mail server on this machine may be spoken to without encryption, where the settings say both; no other may.
func TestMailOnThisMachine(t *testing.T) {
	h := newHouse(t)
	sink := newMailSink(h)
	sink.plain = true
	text := "[mail]\nserver = \"127.0.0.1\"\nport = " + sink.port + "\nsecurity = \"none\"\nfrom = \"chat@clinic.example\"\n[[to]]\nname = \"desk\"\nmail = \"desk@clinic.example\"\n"
	send := func(s Settings) error {
		_, err := s.Destinations[0].SendTest(h.ctx, h.words, "https://chat.clinic.example/staff/", noon)
		return err
	}
	if err := send(h.settings("allow = [\"127.0.0.1\"]\n"+text, nil)); err != nil || sink.clear != 1 {
		t.Errorf("allowed: %v, %d", err, sink.clear)
	}
	if err := send(h.settings(text, nil)); !errors.Is(err, ErrFenced) || failureOf(err).Why != Fenced {
		t.Errorf("not allowed: %v", err)
	}
	if err := send(h.settings("allow = [\"10.1.2.3\"]\n"+strings.Replace(text, "127.0.0.1", "10.1.2.3", 1), nil)); !errors.Is(err, ErrFenced) {
		t.Errorf("another machine: %v", err)
	}
	if sink.clear != 1 {
		t.Error("something was sent")
	}
}

// Encrypted from the first byte, as on port 465.
func TestMailTLS(t *testing.T) {
	h := newHouse(t)
	sink := newMailSink(h)
	secure := wrapTLS(h, sink)
	s := h.mailed(sink, "")
	s = h.settings(fmt.Sprintf("allow = [\"127.0.0.1\"]\n[mail]\nserver = \"127.0.0.1\"\nport = %s\nsecurity = \"tls\"\nfrom = \"chat@clinic.example\"\nuser = \"relay\"\n[[to]]\nname = \"desk\"\nmail = \"desk@clinic.example\"\n",
		secure), map[string]string{passwordVariable: "pass-word"})
	s.Fence.roots = sink.roots
	if _, err := s.Destinations[0].Probe(h.ctx); err != nil || len(sink.mails) != 0 {
		t.Errorf("probe: %v, %d mails", err, len(sink.mails))
	}
	if f, err := s.Destinations[0].SendTest(h.ctx, h.words, "https://chat.clinic.example/staff/", noon); err != nil || len(sink.mails) != 1 || sink.users[0] != "|relay|pass-word" {
		t.Errorf("%v, %v, %d mails", f, err, len(sink.mails))
	}
}
