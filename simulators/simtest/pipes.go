package simtest

import (
	"context"
	"net"
	"sync"
)

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

// dial is for an http.Transport: it leads to the listener, whatever is asked for.
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

// kept is a listener that can end the connections it has accepted.
type kept struct {
	net.Listener
	mu    sync.Mutex
	conns map[*keptConn]bool // nil once they have been ended
}

func keep(l net.Listener) *kept { return &kept{Listener: l, conns: map[*keptConn]bool{}} }

// Accept waits for the next connection.
func (k *kept) Accept() (net.Conn, error) {
	conn, err := k.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &keptConn{conn, k}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.conns == nil {
		_ = conn.Close() // it came too late
		return c, nil
	}
	k.conns[c] = true
	return c, nil
}

// end closes all connections: whoever still waits for an answer gets none.
func (k *kept) end() {
	k.mu.Lock()
	conns := k.conns
	k.conns = nil
	k.mu.Unlock()
	for c := range conns {
		_ = c.Conn.Close() // nobody is left to care
	}
}

type keptConn struct {
	net.Conn
	listener *kept
}

// NetConn is the connection itself, for whoever must reset it.
func (c *keptConn) NetConn() net.Conn { return c.Conn }

// Close ends the connection.
func (c *keptConn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.conns, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
