package traffic

import (
	"testing"
	"time"
	"unsafe"

	"github.com/vendorsim/vendorsim/scenarios"
)

// What a request is counted by may lie in a buffer that its caller uses again:
// nothing of it is kept.
func TestLimitsKeepNoPieceOfARequest(t *testing.T) {
	rules := []scenarios.Limit{
		{Per: PerToken, Requests: 2, Window: time.Hour}, {Per: PerSource, Requests: 9, Window: time.Hour, Algorithm: Sliding},
		{Per: PerToken, Concurrent: 2},
	}
	l := NewLimiter(rules)
	buffer := make([]byte, 5)
	piece := unsafe.String(&buffer[0], len(buffer))
	r := Request{Vendor: "acme", Operation: "getTask", Kind: "poll", Token: piece, Source: piece}
	var leave []func()
	for i, word := range []string{"first", "other", "first", "other", "first", "third"} {
		copy(buffer, word)
		out, _, ok := enter(l, r)
		if want := i != 4; ok != want {
			t.Errorf("%d, %s: under way %v", i, word, ok)
		}
		if _, ok := take(l, r, 0); ok != (i != 4) {
			t.Errorf("%d, %s: granted %v", i, word, ok)
		}
		copy(buffer, "#####")
		leave = append(leave, out)
	}
	for _, out := range leave {
		out()
	}
	if underWay(l) > 0 || len(l.windows) != 6 {
		t.Errorf("%d under way, %d windows", underWay(l), len(l.windows))
	}
}
