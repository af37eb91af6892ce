package api

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// InProcess is a transport that hands requests to a handler in the caller's own
// goroutine, without a socket. The answer is there when the handler is done: it
// is not for streams.
func InProcess(h http.Handler) http.RoundTripper { return inProcess{h} }

type inProcess struct{ handler http.Handler }

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := r.Clone(r.Context())
	if r.Body == nil {
		sent.Body = http.NoBody
	} else {
		defer r.Body.Close()
	}
	sent.RequestURI, sent.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if sent.Host == "" {
		sent.Host = r.URL.Host
	}
	answered := Ask(t.handler, sent)
	if answered.StatusCode == 0 {
		return nil, fmt.Errorf("the connection ended without an answer: %w", io.EOF)
	}
	answered.Request = r
	return answered, nil
}

// Ask hands a request, as a server sees it, to a handler and answers what it
// wrote. Where the handler ended the connection before it wrote anything, as
// net/http lets it, the status is 0: there was no answer.
func Ask(h http.Handler, r *http.Request) *http.Response {
	w := &answer{header: http.Header{}}
	if serve(h, w, r) {
		w.WriteHeader(http.StatusOK) // unless it has been called
	}
	if w.sent == nil {
		w.sent = w.header
	}
	return &http.Response{
		Status:     strconv.Itoa(w.status) + " " + http.StatusText(w.status),
		StatusCode: w.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: w.sent, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}
}

// serve tells whether the handler came to its end.
func serve(h http.Handler, w http.ResponseWriter, r *http.Request) (ended bool) {
	defer func() {
		if p := recover(); p != nil && p != http.ErrAbortHandler {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return true
}

// answer is a ResponseWriter that keeps what is written.
type answer struct {
	header, sent http.Header
	status       int
	body         bytes.Buffer
}

func (w *answer) Header() http.Header { return w.header }

func (w *answer) WriteHeader(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
	}
}

func (w *answer) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}
