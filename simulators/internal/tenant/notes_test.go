package tenant

import (
	"errors"
	"sync"
	"testing"
)

func TestNotes(t *testing.T) {
	var n Notes
	if got := n.Get("a"); got != nil {
		t.Errorf("before any change: %v", got)
	}
	add := func(old any) (any, error) {
		count, _ := old.(int)
		return count + 1, nil
	}
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { _ = n.Change("a", add) })
	}
	all.Wait()
	if got := n.Get("a"); got != 50 {
		t.Errorf("50 changes at once: %v", got)
	}
	refused := errors.New("refused")
	if err := n.Change("a", func(any) (any, error) { return 0, refused }); err != refused || n.Get("a") != 50 {
		t.Errorf("a change that fails: %v, %v", err, n.Get("a"))
	}
	if got := n.Get("b"); got != nil {
		t.Errorf("another key: %v", got)
	}
}
