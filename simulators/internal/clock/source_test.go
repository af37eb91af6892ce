package clock

import (
	"errors"
	"sync"
	"testing"
	"time"
)

func TestSystemIsTheRealTime(t *testing.T) {
	before := time.Now()
	got := System().Now()
	if got.Before(before) || got.After(time.Now()) {
		t.Errorf("System().Now() = %v, which is not between two calls of time.Now", got)
	}
}

func TestManual(t *testing.T) {
	m := NewManual(real0)
	later := real0.Add(time.Second)
	for range 2 { // to where it stands already, too
		if err := m.Set(later); err != nil || m.Now() != later {
			t.Errorf("set on: %v at %v, want no error at %v", err, m.Now(), later)
		}
	}
	if err := m.Set(real0); !errors.Is(err, ErrPast) {
		t.Errorf("set back: %v, want ErrPast", err)
	}
	if err := m.Advance(-1); !errors.Is(err, ErrPast) {
		t.Errorf("advance by -1: %v, want ErrPast", err)
	}
	if got := m.Now(); got != later {
		t.Errorf("a refused change moved it to %v", got)
	}
}

func TestManualForManyAtOnce(t *testing.T) {
	m := NewManual(real0)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if err := m.Advance(time.Millisecond); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := m.Now().Sub(real0); got != 800*time.Millisecond {
		t.Errorf("800 times 1 ms are %v", got)
	}
}
