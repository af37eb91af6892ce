package push

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// ErrForbidden says that messages may not go to an address.
var ErrForbidden = errors.New("no messages may go there")

// gate decides where messages may go. What it decides by is the address at the
// dial: a name may resolve to anything, and to something else the next time.
type gate struct {
	allow map[string]bool // host names and addresses, in lower case

	mu  sync.RWMutex
	own []netip.AddrPort // our own listeners
}

func newGate(allow []string) *gate {
	g := &gate{allow: map[string]bool{}}
	for _, host := range allow {
		g.allow[canonical(host)] = true
	}
	return g
}

// canonical is a host as it is compared: without the dot at the end, the
// brackets of an IPv6 address, and differences of case.
func canonical(host string) string {
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().String()
	}
	return strings.ToLower(host)
}

// IsHost tells whether somebody could mean a host by this: a name or an address.
func IsHost(s string) bool {
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return true
	}
	return s != "" && !strings.ContainsAny(s, "/:@?#[]* \t")
}

// Own makes a listener of ours known, to which messages never go.
func (q *Queue) Own(addr net.Addr) {
	a, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return // not TCP: nothing that a message could reach
	}
	a = netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
	q.gate.mu.Lock()
	defer q.gate.mu.Unlock()
	if !slices.Contains(q.gate.own, a) {
		q.gate.own = append(q.gate.own, a)
	}
}

// Allows tells what can be told of a URL before its host is resolved: nil, or
// why nothing will be delivered there.
func (q *Queue) Allows(to string) error {
	u, err := url.Parse(to)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%w: it is no URL of http or https", ErrForbidden)
	}
	host := canonical(u.Hostname())
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.IsLoopback(), host == "localhost":
		return nil
	case u.Scheme == "http":
		return fmt.Errorf("%w: plain http goes to loopback addresses only", ErrForbidden)
	case !q.gate.allow[host]:
		return fmt.Errorf("%w: %s is neither loopback nor allowed by --push-allow", ErrForbidden, host)
	}
	return nil
}

// check is asked at the dial: host is what the URL says, address what it has
// resolved to.
func (g *gate) check(host, address string, plain bool) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrForbidden, err)
	}
	ip := to.Addr().Unmap().WithZone("")
	switch {
	case g.isOwn(ip, to.Port()):
		return fmt.Errorf("%w: %s is this server itself", ErrForbidden, address)
	case ip.IsLoopback():
		return nil
	case plain:
		return fmt.Errorf("%w: plain http goes to loopback addresses only, not to %s", ErrForbidden, address)
	case !g.allow[canonical(host)]:
		return fmt.Errorf("%w: %s is neither loopback nor allowed by --push-allow", ErrForbidden, address)
	case ip.IsUnspecified() || ip.IsMulticast():
		return fmt.Errorf("%w: %s is the address of no host", ErrForbidden, address)
	}
	return nil
}

// isOwn tells whether an address is one of our listeners. One that listens on
// every address is met at each of this machine's.
func (g *gate) isOwn(ip netip.Addr, port uint16) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return slices.ContainsFunc(g.own, func(own netip.AddrPort) bool {
		return own.Port() == port && (own.Addr() == ip || own.Addr().IsUnspecified() && isLocal(ip))
	})
}

func isLocal(ip netip.Addr) bool {
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	addrs, err := net.InterfaceAddrs()
	return err != nil || slices.ContainsFunc(addrs, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap().WithZone("") == ip
	})
}
