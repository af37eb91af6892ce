package tenant

import (
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// Of two requests the one with the lower number came no later, however many come
// at once. Run with -race.
func TestArrive(t *testing.T) {
	n := &Tenant{Clock: clock.New(clock.System(), scenarios.ClockMode{}, time.Time{})}
	const each = 500
	var at [8 * each]time.Time
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range each {
				number, r := n.Arrive()
				at[number-1] = r.Now
			}
		})
	}
	wg.Wait()
	for i := 1; i < len(at); i++ {
		if at[i].Before(at[i-1]) {
			t.Fatalf("number %d came before number %d", i+1, i)
		}
	}
}
