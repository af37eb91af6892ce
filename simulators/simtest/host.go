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
	client  *http.Client
	control *api.Client
	stop    func()
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
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if h == shared.host {
		if shared.users--; shared.users > 0 {
			return
		}
		shared.host = nil
	}
	h.stop()
}

// serve starts a server on a listener. dial is how its client gets there,
// whatever host it asks for.
func serve(l net.Listener, url string, dial func(ctx context.Context, network, address string) (net.Conn, error)) (*host, error) {
	server, err := simulators.New(simulators.Options{URL: url})
	if err != nil {
		return nil, fmt.Errorf("the server does not start: %w", err)
	}
	control, err := api.NewClient("http://localhost", "", api.InProcess(server.Control()))
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 16}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, l) }()
	return &host{
		client: &http.Client{Transport: transport}, control: control,
		stop: func() {
			transport.CloseIdleConnections()
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

// inMemory is the host name of a server in a bubble. It is found nowhere else.
const inMemory = "vendorsim.invalid"

// pipes is a listener in memory: a goroutine that waits for it is at rest in a
// bubble, which one that waits for a socket never is.
type pipes struct {
	made   chan net.Conn
	closed chan struct{}
	close  func()
}

func newPipes() *pipes {
	p := &pipes{made: make(chan net.Conn), closed: make(chan struct{})}
	p.close = sync.OnceFunc(func() { close(p.closed) })
	return p
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.made <- server:
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept waits for the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.made:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends the listener.
func (p *pipes) Close() error {
	p.close()
	return nil
}

// Addr is a name for people.
func (p *pipes) Addr() net.Addr { return memory{} }

type memory struct{}

func (memory) Network() string { return "memory" }
func (memory) String() string  { return inMemory }
