package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// An open loop sends at instants that are fixed beforehand, whatever becomes of
// the answers, and counts each latency from the instant at which its request was
// due. So a server that stalls pays for every request that it kept waiting.
//
// We wrote this ourselves, since nothing that was at hand does it at 25,000
// requests/s on two cores that the server shares. wrk, hey and bombardier are
// closed loops. h2load 1.52 wakes each connection every 10 ms at the soonest and
// counts from the instant of sending; autocannon 9 sends a second's requests as
// fast as it is answered, then waits for the next second, and tells whole
// milliseconds; vegeta counts from the sending. This is one thread, one epoll and
// one timer of the kernel. It allocates nothing while it runs, and bench holds it
// against wrk in a line of its own.
type openLoop struct {
	call    call
	host    string
	rate    float64 // requests a second
	seconds int
	conns   int
}

// paced is what an open loop found.
type paced struct {
	latencies []time.Duration // sorted
	rate      float64         // requests answered a second
}

// percentile is the latency that so many of a hundred requests do not pass.
func (p paced) percentile(n float64) time.Duration {
	i := int(float64(len(p.latencies))*n/100+0.5) - 1
	return p.latencies[min(max(i, 0), len(p.latencies)-1)]
}

// wire is one connection. It has at most one request under way.
type wire struct {
	fd     int
	due    time.Duration // since the beginning: when its request should have gone out
	answer []byte
	used   int
}

// pacer is an open loop under way.
type pacer struct {
	request     []byte
	number      int // where {n} stands in the request, or -1
	interval    time.Duration
	total       int
	began       time.Time
	sent        int
	idle        []*wire // taken from the front: every connection gets its turn
	wires       map[int32]*wire
	latencies   []time.Duration
	last        time.Duration // when the last answer was complete
	epoll, bell int
}

func (l openLoop) run() (paced, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if l.conns == 0 {
		l.conns = connections
	}
	raw := l.call.raw(l.host)
	p := &pacer{
		number:   strings.Index(raw, "{n}"),
		request:  []byte(strings.ReplaceAll(raw, "{n}", strings.Repeat("0", digits))),
		interval: time.Duration(float64(time.Second) / l.rate),
		total:    int(l.rate * float64(l.seconds)),
		wires:    map[int32]*wire{},
	}
	if strings.Count(raw, "{n}") > 1 {
		return paced{}, errors.New("a request has one number at most")
	}
	p.latencies = make([]time.Duration, 0, p.total)
	defer p.close()
	if err := p.open(l.host, l.conns); err != nil {
		return paced{}, err
	}
	runtime.GC() // now, rather than amid the load
	if err := p.loop(); err != nil {
		return paced{}, err
	}
	slices.Sort(p.latencies)
	return paced{p.latencies, float64(len(p.latencies)) / p.last.Seconds()}, nil
}

// open makes the connections and the timer, all of them known to epoll.
func (p *pacer) open(host string, conns int) error {
	at, err := net.ResolveTCPAddr("tcp4", host)
	if err != nil {
		return err
	}
	if p.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if p.bell, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC); err != nil {
		return err
	}
	if err := p.watch(p.bell); err != nil {
		return err
	}
	for range conns {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		p.wires[int32(fd)] = &wire{fd: fd, answer: make([]byte, 64<<10)}
		p.idle = append(p.idle, p.wires[int32(fd)])
		if err := unix.Connect(fd, &unix.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}); err != nil {
			return err
		}
		if err := errors.Join(unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1), unix.SetNonblock(fd, true), p.watch(fd)); err != nil {
			return err
		}
	}
	return nil
}

func (p *pacer) watch(fd int) error {
	return unix.EpollCtl(p.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (p *pacer) close() {
	for _, w := range p.wires {
		_ = unix.Close(w.fd) // it was only read from
	}
	_ = unix.Close(p.bell)
	_ = unix.Close(p.epoll)
}

// patience is how long nothing may happen at all.
const patience = 10 * time.Second

func (p *pacer) loop() error {
	every := unix.NsecToTimespec(int64(p.interval))
	if err := unix.TimerfdSettime(p.bell, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil); err != nil {
		return err
	}
	p.began = time.Now()
	events := make([]unix.EpollEvent, len(p.wires)+1)
	for len(p.latencies) < p.total {
		n, err := unix.EpollWait(p.epoll, events, int(patience/time.Millisecond))
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case n == 0:
			return fmt.Errorf("the run is void: no answer for %s", patience)
		}
		for _, e := range events[:n] {
			if int(e.Fd) == p.bell {
				var rings [8]byte
				if _, err = unix.Read(p.bell, rings[:]); errors.Is(err, unix.EAGAIN) {
					err = nil // how often it rang does not matter: send looks at the clock
				}
			} else {
				err = p.receive(p.wires[e.Fd])
			}
			if err != nil {
				return err
			}
		}
		if err := p.send(); err != nil {
			return err
		}
	}
	return nil
}

// send sends what is due, as far as there are connections for it. What has to
// wait for one keeps the instant at which it was due.
func (p *pacer) send() error {
	now := time.Since(p.began)
	for p.sent < p.total && len(p.idle) > 0 {
		due := time.Duration(p.sent) * p.interval
		if due > now {
			return nil
		}
		w := p.idle[0]
		copy(p.idle, p.idle[1:])
		p.idle = p.idle[:len(p.idle)-1]
		if p.number >= 0 {
			writeNumber(p.request[p.number:p.number+digits], uint64(p.sent))
		}
		w.due, w.used = due, 0
		if n, err := unix.Write(w.fd, p.request); err != nil || n < len(p.request) {
			return fmt.Errorf("the run is void: %d bytes of a request were written: %w", n, err)
		}
		p.sent++
	}
	return nil
}

// receive reads what has come of an answer and, once it is whole, counts it.
func (p *pacer) receive(w *wire) error {
	n, err := unix.Read(w.fd, w.answer[w.used:])
	switch {
	case errors.Is(err, unix.EAGAIN):
		return nil
	case err != nil:
		return fmt.Errorf("the run is void: %w", err)
	case n == 0:
		return errors.New("the run is void: the server closed a connection")
	}
	w.used += n
	whole, err := complete(w.answer[:w.used])
	if err != nil {
		return fmt.Errorf("the run is void: %w", err)
	}
	if whole {
		p.last = time.Since(p.began)
		p.latencies = append(p.latencies, p.last-w.due)
		p.idle = append(p.idle, w)
	}
	return nil
}

var (
	okLine = []byte("HTTP/1.1 200 ")
	length = []byte("\r\nContent-Length: ")
	blank  = []byte("\r\n\r\n")
)

// complete tells whether an answer is there to its last byte. Any but a 200 of a
// told length is an error.
func complete(answer []byte) (bool, error) {
	head, body, ok := bytes.Cut(answer, blank)
	if !ok {
		return false, nil
	}
	if !bytes.HasPrefix(head, okLine) {
		return false, fmt.Errorf("an answer is not 200: %s", head)
	}
	_, rest, ok := bytes.Cut(head, length)
	if !ok {
		return false, fmt.Errorf("an answer does not tell its length: %s", head)
	}
	digits, _, _ := bytes.Cut(rest, blank[:2])
	n, err := strconv.Atoi(string(digits)) // the compiler needs no copy of so short a text
	if err != nil {
		return false, err
	}
	if len(body) > n {
		return false, fmt.Errorf("an answer is longer than it tells: %s", answer)
	}
	return len(body) == n, nil
}

// writeNumber writes a number in hexadecimal digits over as many bytes as there
// are.
func writeNumber(to []byte, n uint64) {
	const hex = "0123456789abcdef"
	for i := len(to) - 1; i >= 0; i-- {
		to[i] = hex[n&15]
		n >>= 4
	}
}
