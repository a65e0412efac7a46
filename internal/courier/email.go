package courier

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"jiesu/internal/desk"
)

// Relay is the mail server that takes what the bureau sends.
type Relay struct {
	Host           string
	Port           int
	Security       Security
	User, Password string // empty: it asks for none
	From           string // address
	Name           string // shown beside it
	TLS            *tls.Config
}

// Security is how a connection with a relay is kept from others.
type Security string

// The ways of a connection.
const (
	StartTLS  Security = "starttls"
	DirectTLS Security = "tls"
	NoTLS     Security = "none" // with a relay on this machine
)

// mailWithin is how long a relay may take for one message.
const mailWithin = 30 * time.Second

// Email sends e-mail through one relay. A message keeps its Message-ID over attempts:
// one whose answer never came may be sent again, for mailboxes know repeats by it.
type Email struct{ Relay Relay }

// Carry implements [Carrier].
func (c *Email) Carry(ctx context.Context, v desk.Delivery) Result {
	var m desk.Email
	if err := json.Unmarshal(v.Body, &m); err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "mail.body"}
	}
	letter, err := c.letter(v, m)
	if err != nil {
		return Result{Outcome: desk.NotDelivered, Detail: "mail.address"}
	}
	ctx, hangUp := context.WithCancel(ctx)
	defer hangUp()
	client, err := c.client(ctx)
	if err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "mail.relay"}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return Result{Outcome: desk.TryLater, Detail: "no connection"}
	}
	err = client.Send(letter)
	_ = client.Close() // what was accepted stays accepted
	return mailed(err)
}

// letter is m as it goes out.
func (c *Email) letter(v desk.Delivery, m desk.Email) (*mail.Msg, error) {
	if strings.ContainsAny(m.Subject+m.Unsubscribe, "\r\n") {
		return nil, errors.New("courier: a header of two lines")
	}
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := errors.Join(letter.FromFormat(c.Relay.Name, c.Relay.From), letter.To(m.To)); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(c.Relay.From, "@")
	letter.SetMessageIDWithValue(v.ID + "@" + domain)
	letter.SetDateWithValue(v.CreatedAt)
	letter.Subject(m.Subject)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" {
		letter.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		letter.SetGenHeader(mail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	letter.SetBodyString(mail.TypeTextPlain, m.Text)
	return letter, nil
}

// client talks to the relay until ctx ends. The library leaves a connection open
// that it gives up before a message, and does not heed ctx after it has dialed: the
// connection is closed with ctx.
func (c *Email) client(ctx context.Context) (*mail.Client, error) {
	r := &c.Relay
	options := []mail.Option{
		mail.WithPort(r.Port), mail.WithTimeout(mailWithin), mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithDialContextFunc(func(dialing context.Context, network, address string) (net.Conn, error) {
			return r.dial(ctx, dialing, network, address)
		}),
	}
	switch r.Security {
	case StartTLS:
	case DirectTLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	if r.TLS != nil {
		options = append(options, mail.WithTLSConfig(r.TLS))
	}
	switch {
	case r.User == "":
	case r.Security == DirectTLS: // the library does not know that this is safe
		options = append(options, mail.WithSMTPAuthCustom(&signIn{relay: r}))
	default:
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(r.User), mail.WithPassword(r.Password))
	}
	return mail.NewClient(r.Host, options...)
}

// dial connects while dialing lasts, for as long as until does.
func (r *Relay) dial(until, dialing context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(dialing, network, address)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(until, func() { _ = conn.Close() })
	if r.Security != DirectTLS {
		return conn, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.TLS != nil {
		config = r.TLS.Clone()
	}
	config.ServerName = cmp.Or(config.ServerName, r.Host)
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(dialing); err != nil {
		return nil, err // the connection ends with until
	}
	return secure, nil
}

// signIn gives the password to a relay over TLS, in whichever of the two usual ways
// it takes.
type signIn struct {
	smtp.Auth

	relay *Relay
}

// Start begins as the relay asks for it; without TLS it fails.
func (s *signIn) Start(server *smtp.ServerInfo) (proto string, first []byte, err error) {
	r := s.relay
	if s.Auth = smtp.LoginAuth(r.User, r.Password, r.Host, false); slices.Contains(server.Auth, "PLAIN") {
		s.Auth = smtp.PlainAuth("", r.User, r.Password, r.Host, false)
	}
	return s.Auth.Start(server)
}

// mailed is what the relay's answer means: 4xx later, 5xx never; of the recipient it
// means that there is nobody. What broke off is sent again.
func mailed(err error) Result {
	e, failed := errors.AsType[*mail.SendError](err)
	switch {
	case err == nil:
		return Result{Outcome: desk.Arrived}
	case !failed:
		return Result{Outcome: desk.NobodyKnows, Detail: "no answer"}
	case e.ErrorCode() < 500:
		return Result{Outcome: desk.TryLater, Status: e.ErrorCode()}
	case e.Reason == mail.ErrSMTPRcptTo:
		return Result{Outcome: desk.NotDelivered, Status: e.ErrorCode(), Detail: "mail.no_such_address"}
	}
	return Result{Outcome: desk.PeerRefused, Status: e.ErrorCode()}
}
