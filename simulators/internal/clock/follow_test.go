package clock

import (
	"errors"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// A clock that follows another tells what that one told, also where it skipped;
// it never goes back, neither in its instant nor in what it has lived.
func TestFollow(t *testing.T) {
	at := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	c := New(NewManual(at), scenarios.ClockMode{}, time.Time{})
	for _, test := range []struct {
		to, lived time.Duration
		err       error
	}{
		{10 * time.Second, time.Second, nil}, {10 * time.Second, time.Second, nil}, {10 * time.Second, 2 * time.Second, nil},
		{9 * time.Second, 3 * time.Second, ErrPast}, {11 * time.Second, time.Second, ErrPast}, {11 * time.Second, 3 * time.Second, nil},
	} {
		before := c.Read()
		if err := c.Follow(at.Add(test.to), test.lived); !errors.Is(err, test.err) {
			t.Errorf("%v: %v", test, err)
		}
		now := c.Read()
		if test.err != nil && now != before || test.err == nil && (!now.Now.Equal(at.Add(test.to)) || now.Lived != test.lived || now.Generation <= before.Generation) {
			t.Errorf("%v: %v after %v", test, now, before)
		}
	}
}
