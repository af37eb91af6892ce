package push

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
)

func TestGate(t *testing.T) {
	q := testQueue(t, "Hook.example.", "192.0.2.7", "[2001:db8::1]")
	for _, addr := range []string{"127.0.0.1:7800", "0.0.0.0:7801", "[::]:7802"} {
		q.Own(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	}
	q.Own(&net.UnixAddr{Name: "/socket", Net: "unix"})
	for _, tt := range []struct {
		host, address string
		plain, ok     bool
	}{
		{"hook.example", "203.0.113.9:443", false, true},
		{"HOOK.EXAMPLE.", "203.0.113.9:443", false, true},
		{"hook.example", "203.0.113.9:80", true, false},
		{"other.example", "203.0.113.9:443", false, false},
		{"sub.hook.example", "203.0.113.9:443", false, false},
		{"other.example", "127.0.0.1:443", false, true},
		{"other.example", "127.9.9.9:80", true, true},
		{"localhost", "[::1]:80", true, true},
		{"other.example", "[::ffff:127.0.0.1]:80", true, true},
		{"192.0.2.7", "192.0.2.7:443", false, true},
		{"192.0.2.8", "192.0.2.8:443", false, false},
		{"2001:db8::1", "[2001:db8::1]:443", false, true},
		{"hook.example", "0.0.0.0:443", false, false},
		{"hook.example", "224.0.0.1:443", false, false},
		{"localhost", "127.0.0.1:7800", true, false},
		{"localhost", "127.0.0.2:7800", true, true},
		{"localhost", "[::ffff:127.0.0.1]:7800", true, false},
		{"localhost", "127.0.0.2:7801", true, false},
		{"localhost", "[::1]:7802", true, false},
		{"hook.example", "203.0.113.9:7801", false, true},
		{"hook.example", "nonsense", false, false},
	} {
		err := q.gate.check(tt.host, tt.address, tt.plain)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrForbidden) {
			t.Errorf("%s at %s, plain %v: %v", tt.host, tt.address, tt.plain, err)
		}
	}
}

func TestAllows(t *testing.T) {
	q := testQueue(t, "hook.example")
	for to, want := range map[string]string{
		"https://hook.example/x": "", "https://HOOK.example:8443": "", "http://127.0.0.1:9": "", "http://localhost:9/a": "", "https://[::1]/": "",
		"http://hook.example/":  "plain http goes to loopback addresses only",
		"https://other.example": "other.example is neither loopback nor allowed by --push-allow",
		"hook.example":          "it is no URL of http or https",
		"ftp://127.0.0.1":       "it is no URL of http or https",
	} {
		err := q.Allows(to)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasSuffix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", to, err, want)
		}
	}
}

func TestIsHost(t *testing.T) {
	for s, want := range map[string]bool{
		"hook.example": true, "localhost": true, "192.0.2.1": true, "2001:db8::1": true, "[2001:db8::1]": true,
		"": false, "https://hook.example": false, "hook.example:443": false, "192.0.2.1:443": false, "*.example": false, "a b": false,
	} {
		if IsHost(s) != want {
			t.Errorf("IsHost(%q) = %v", s, !want)
		}
	}
}
