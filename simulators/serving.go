package simulators

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// drainFor is how long Serve waits for requests under way when it is told to
// stop.
const drainFor = 10 * time.Second

// Serve answers on a listener until ctx ends, then lets requests under way
// finish and closes the server.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	return s.ServeBoth(ctx, l, nil)
}

// ServeBoth is Serve, with the control API on a listener of its own; nil leaves
// it out. Off loopback that needs Options.AdminToken.
func (s *Server) ServeBoth(ctx context.Context, l, control net.Listener) error {
	defer s.Close()
	if control != nil && s.options.AdminToken == "" && !OnLoopback(control.Addr()) {
		return errors.Join(usage("the control API on %s needs a token: others than this machine can reach it", control.Addr()), l.Close(), control.Close())
	}
	if *s.url.Load() == "" {
		url := BaseURL(l.Addr())
		s.url.Store(&url)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var serving sync.WaitGroup
	failed := make(chan error, 2)
	start := func(l net.Listener, h http.Handler, requests context.Context) {
		s.push.Own(l.Addr())
		serving.Go(func() {
			defer cancel() // one without the other is of no use
			failed <- listen(ctx, l, h, requests)
		})
	}
	start(l, s, context.WithoutCancel(ctx))
	if control != nil {
		start(control, s.control, ctx) // whoever waits there is sent away when the server stops
	}
	s.serving.Store(true)
	<-ctx.Done()
	close(s.stopping) // who is kept waiting on purpose waits no longer
	serving.Wait()
	close(failed)
	var all error
	for err := range failed {
		all = errors.Join(all, err)
	}
	return all
}

// listen serves a handler on a listener until ctx ends, then lets requests under
// way finish. requests is the context that theirs come from.
func listen(ctx context.Context, l net.Listener, h http.Handler, requests context.Context) error {
	var unused connections
	// No timeout: each would set a timer for each request, and who connects here is a
	// test or a person.
	srv := &http.Server{
		Handler: h, ConnState: unused.note,
		BaseContext: func(net.Listener) context.Context { return requests },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	unused.close()
	if err := srv.Shutdown(drain); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// connections are those that have sent nothing yet. Shutdown would wait for
// each of them for five seconds.
type connections struct {
	count  atomic.Int64 // of fresh
	mu     sync.Mutex
	fresh  map[net.Conn]bool
	closed bool
}

// note hears of each change of a connection, two for each request.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	if state != http.StateNew && c.count.Load() == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(c.fresh, conn)
	case c.closed:
		_ = conn.Close() // it has nothing to lose
	default:
		if c.fresh == nil {
			c.fresh = map[net.Conn]bool{}
		}
		c.fresh[conn] = true
	}
	c.count.Store(int64(len(c.fresh)))
}

func (c *connections) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for conn := range c.fresh {
		_ = conn.Close()
	}
}
