package push

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"syscall"
)

// maxAnswer is how much of a receiver's answer is read, in bytes.
const maxAnswer = 64 << 10

// errUnsendable says that no request can be made of a message.
var errUnsendable = errors.New("no request can be made of it")

// poster makes the requests. Plain http has a transport of its own, since its
// dials are held to more.
type poster struct{ plain, checked, unchecked *http.Client }

func newPoster(g *gate) *poster {
	return &poster{plain: newClient(g, true, false), checked: newClient(g, false, false), unchecked: newClient(g, false, true)}
}

// newClient is a client whose every connection passes the gate. It keeps no
// connection for the next message, knows no proxy and follows no redirect.
func newClient(g *gate, plain, anyCertificate bool) *http.Client {
	return &http.Client{
		Timeout:       Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				host, _, err := net.SplitHostPort(address)
				if err != nil {
					return nil, err
				}
				d := net.Dialer{Control: func(_, resolved string, _ syscall.RawConn) error { return g.check(host, resolved, plain) }}
				return d.DialContext(ctx, network, address)
			},
			TLSClientConfig: &tls.Config{
				MinVersion: tls.VersionTLS12,
				// A tenant says so of its own receiver, and the gate holds all the same.
				InsecureSkipVerify: anyCertificate,
			},
		},
	}
}

func (p *poster) post(ctx context.Context, m *Message) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil || req.URL.Host == "" || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return 0, errUnsendable // the error itself would show the URL
	}
	maps.Copy(req.Header, m.Header)
	client := p.checked
	switch {
	case req.URL.Scheme == "http":
		client = p.plain
	case m.AnyCertificate:
		client = p.unchecked
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)); err != nil {
		return resp.StatusCode, err
	}
	return resp.StatusCode, nil
}

func outcomeOf(status int, err error) Outcome {
	var unknown x509.UnknownAuthorityError
	var invalid *tls.CertificateVerificationError
	var alert tls.AlertError
	var timeout net.Error
	switch {
	case err == nil && status == http.StatusOK:
		return Delivered
	case err == nil:
		return BadStatus
	case errors.Is(err, errUnsendable):
		return Unsendable
	case errors.Is(err, ErrForbidden):
		return Forbidden
	case errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch):
		return Untrusted
	}
	return Unreached
}

// plainError is an error without the URL, in which somebody may have put a
// secret.
func plainError(err error) string {
	var with *url.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &with):
		return with.Err.Error()
	}
	return err.Error()
}

// hostOf is the one part of a URL that is logged.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return fmt.Sprintf("%d bytes that are no URL", len(raw))
	}
	return u.Host
}
