package simtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// transport is the way from one test to the server. It ends with the test: what
// is still under way then is given up, so that no goroutine waits for it.
type transport struct {
	*http.Transport
	over context.Context // ends with the test
}

var errOver = errors.New("simtest: the test is over, and its tenant is gone")

// RoundTrip sends one request.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.over.Err() != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as a RoundTripper must
		}
		return nil, errOver
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	detach := context.AfterFunc(t.over, func() { cancel(errOver) })
	done := sync.OnceFunc(func() { detach(); cancel(nil) })
	res, err := t.Transport.RoundTrip(r.WithContext(ctx))
	if err != nil {
		done()
		return nil, err
	}
	res.Body = &body{res.Body, done}
	return res, nil
}

// body lets go of the test when it is closed.
type body struct {
	io.ReadCloser
	done func()
}

func (b *body) Close() error {
	defer b.done()
	return b.ReadCloser.Close()
}
