package main

import (
	"runtime"
	"slices"
	"testing"
)

func TestPercentOfTheHeap(t *testing.T) {
	for _, c := range []struct {
		liveMiB uint64
		want    int
	}{
		{0, 400}, {4, 400}, {16, 400}, {20, 320}, {32, 200}, {63, 101}, {64, 100}, {65, 100}, {500, 100}, {1 << 20, 100},
	} {
		if got := percentFor(c.liveMiB << 20); got != c.want {
			t.Errorf("%d MiB alive: %d percent, want %d", c.liveMiB, got, c.want)
		}
	}
}

// The percentage follows what is alive, from one collection to the next, and is
// left alone where it hardly changes.
func TestCollectorFollowsWhatIsAlive(t *testing.T) {
	alive, over := make(chan uint64), make(chan struct{})
	defer close(over) // whoever collects after the test is not kept waiting
	var set []int
	newCollector(func() uint64 {
		select {
		case bytes := <-alive:
			return bytes
		case <-over:
			return 0
		}
	}, func(percent int) { set = append(set, percent) })
	for _, mib := range []uint64{2, 32, 33, 1000, 64, 1, 1} { // once one is taken, what the one before led to is set
		for told := false; !told; { // a collection too early finds the last one still at work
			runtime.GC()
			select {
			case alive <- mib << 20:
				told = true
			default:
				runtime.Gosched()
			}
		}
	}
	if want := []int{400, 200, 100, 400}; !slices.Equal(set, want) {
		t.Errorf("set %d, want %d", set, want)
	}
}

// The runtime still tells what is alive under the name that we know.
func TestLiveBytes(t *testing.T) {
	kept := make([]byte, 8<<20)
	runtime.GC()
	if got := liveBytes(); got < 8<<20 || got == roomBytes {
		t.Errorf("%d bytes are alive", got)
	}
	runtime.KeepAlive(kept)
}
