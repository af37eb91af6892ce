package simtest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing/synctest"

	"github.com/vendorsim/vendorsim/simulators"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// host is a server with what reaches it.
type host struct {
	transport *http.Transport
	control   *api.Client
	stop      func()
}

// shared is the server of all tests that run outside of a bubble. It ends with
// the last of them, so that a package leaves no goroutine behind.
var shared struct {
	mu    sync.Mutex
	host  *host
	users int
}

// open is the host for a new tenant; release it when the tenant has gone.
func open() (*host, error) {
	if inBubble() {
		l := newPipes()
		return serve(l, "http://"+inMemory, l.dial)
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.host == nil {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		address := l.Addr().String()
		shared.host, err = serve(l, "http://"+address, func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		})
		if err != nil {
			return nil, err
		}
	}
	shared.users++
	return shared.host, nil
}

// release is called once for each open.
func (h *host) release() {
	if h.last() {
		h.stop()
	}
}

// last tells whether nobody else needs the host. It holds no lock when stop is
// called: in a bubble that waits, and time there stands while another goroutine
// of the bubble waits for a lock.
func (h *host) last() bool {
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if h != shared.host {
		return true // of a bubble
	}
	if shared.users--; shared.users > 0 {
		return false
	}
	shared.host = nil
	return true
}

// dialer is how a transport gets to a server, whatever address it asks for.
type dialer func(ctx context.Context, network, address string) (net.Conn, error)

// serve starts a server on a listener, which it closes.
func serve(listener net.Listener, url string, dial dialer) (*host, error) {
	server, err := simulators.New(simulators.Options{URL: url})
	if err != nil {
		_ = listener.Close() // the other error says more
		return nil, fmt.Errorf("the server does not start: %w", err)
	}
	control, err := api.NewClient("http://localhost", "", api.InProcess(server.Control()))
	if err != nil {
		_ = listener.Close()
		server.Close()
		return nil, err
	}
	// A vendor's real host name, with https, leads to the server too: no client
	// needs another URL, and there is no certificate to trust.
	t := &http.Transport{DialContext: dial, DialTLSContext: dial, MaxIdleConnsPerHost: 64}
	l := keep(listener)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, l) }()
	return &host{
		transport: t, control: control,
		stop: func() {
			t.CloseIdleConnections()
			l.end() // requests under way have lost their test: nobody waits for them
			cancel()
			<-served
		},
	}, nil
}

// inBubble tells whether the test runs inside testing/synctest: outside, Wait
// panics. Inside, that it waits until the bubble is at rest does no harm.
func inBubble() (in bool) {
	defer func() {
		if p := recover(); p != nil {
			in = !strings.Contains(fmt.Sprint(p), "not in a bubble")
		}
	}()
	synctest.Wait()
	return true
}
