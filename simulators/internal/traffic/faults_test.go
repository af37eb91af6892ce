package traffic

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// inForce are the names of the faults, with a + where one was added by hand, and
// what they have counted.
func inForce(f *Faults) string {
	var all []string
	for _, x := range f.List() {
		mark := ""
		if x.Added {
			mark = "+"
		}
		all = append(all, fmt.Sprint(x.Fault.Name, mark, " ", x.Fired, "/", x.Matched))
	}
	return strings.Join(all, ", ")
}

func faultsNamed(names ...string) []scenarios.Fault {
	var all []scenarios.Fault
	for _, name := range names {
		all = append(all, scenarios.Fault{Name: name, First: 1, Answer: unavailable})
	}
	return all
}

// What a test does by hand, step by step.
func TestFaultsByHand(t *testing.T) {
	f := NewFaults(faultsNamed("a", "b"), 1)
	for i, step := range []struct {
		do   func() error
		err  error
		want string
	}{
		{func() error { f.Decide(poll("x")); return nil }, nil, "a 1/1, b 0/1"},
		{func() error { return f.Add(faultsNamed("c")[0]) }, nil, "a 1/1, b 0/1, c+ 0/0"},
		{func() error { return f.Add(faultsNamed("c")[0]) }, ErrFaultName, "a 1/1, b 0/1, c+ 0/0"},
		{func() error { return f.Add(faultsNamed("b")[0]) }, ErrFaultName, "a 1/1, b 0/1, c+ 0/0"},
		{func() error { f.Decide(poll("x")); return nil }, nil, "a 1/2, b 0/2, c+ 1/1"},
		{func() error { return gone(f.Remove("b")) }, nil, "a 1/2, c+ 1/1"},
		{func() error { return gone(f.Remove("b")) }, ErrNoFault, "a 1/2, c+ 1/1"},
		{func() error { f.Replace(faultsNamed("a", "c", "d")); return nil }, nil, "a 0/0, d 0/0, c+ 1/1"}, // c stays what it is
		{func() error { f.Decide(poll("x")); return nil }, nil, "a 1/1, d 0/1, c+ 1/2"},
		{func() error { f.Replace(nil); return nil }, nil, "c+ 1/2"},
		{func() error { return f.Fire("a") }, ErrNoFault, "c+ 1/2"},
		{func() error { return gone(f.Remove("c")) }, nil, ""},
		{func() error { f.Decide(poll("x")); return nil }, nil, ""},
		{func() error { return f.Add(faultsNamed("c")[0]) }, nil, "c+ 0/0"},
	} {
		if err := step.do(); !errors.Is(err, step.err) {
			t.Errorf("%d: %v, want %v", i, err, step.err)
		}
		if got := inForce(f); got != step.want {
			t.Errorf("%d: %q, want %q", i, got, step.want)
		}
	}
	if f.None() {
		t.Error("there is one")
	}
	f.Remove("c")
	if !f.None() || f.List() == nil {
		t.Error("there is none, which is a list all the same")
	}
}

func gone(ok bool) error {
	if !ok {
		return ErrNoFault
	}
	return nil
}

func TestTooManyFaults(t *testing.T) {
	f := NewFaults(nil, 1)
	for i := range MaxFaults {
		if err := f.Add(faultsNamed(fmt.Sprint("f", i))[0]); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Add(faultsNamed("more")[0]); !errors.Is(err, ErrFaults) {
		t.Errorf("%v", err)
	}
}

// A list that somebody goes by never changes, nor does what a scenario holds.
func TestFaultsAreCopies(t *testing.T) {
	rules := faultsNamed("a", "b")
	f := NewFaults(rules, 1)
	before := f.all()
	f.Remove("a")
	_ = f.Add(faultsNamed("c")[0])
	f.List()[0].Fault.Name = "changed"
	rules[1].Name = "changed"
	if before[0].Name != "a" || before[1].Name != "b" || inForce(f) != "b 0/0, c+ 0/0" {
		t.Errorf("%s, before %s %s", inForce(f), before[0].Name, before[1].Name)
	}
}

// Fire passes over windows, counts and chance, but not over what the fault is
// about; a request that another fault answers is left to that.
func TestFireOnce(t *testing.T) {
	list, late := poll("a"), poll("a")
	list.Kind, list.Operation = "list", "listTasks"
	late.Since = time.Hour
	f := NewFaults([]scenarios.Fault{
		{Name: "first", First: 1, Answer: unavailable},
		{Name: "rare", On: "poll", During: &scenarios.Span{To: time.Minute}, Nth: 3, Answer: scenarios.Answer{Reset: true}},
		{Name: "slow", On: "poll", During: &scenarios.Span{From: 2 * time.Hour}, Answer: scenarios.Answer{Latency: &scenarios.Duration{Min: s, Max: s}}},
	}, 1)
	for range 2 {
		if err := f.Fire("rare"); err != nil {
			t.Fatal(err)
		}
	}
	_ = f.Fire("slow")
	for i, step := range []struct {
		m    Moment
		want string
		owed string // of first, rare and slow
	}{
		{poll("a"), "[first slow]", "0 2 0"}, // rare would have come second
		{list, "[]", "0 2 0"},
		{late, "[rare]", "0 1 0"}, // outside its window: it counts nothing
		{poll("a"), "[rare]", "0 0 0"},
		{poll("a"), "[rare]", "0 0 0"}, // its third
		{poll("a"), "[]", "0 0 0"},
	} {
		if got := fmt.Sprint(f.Decide(step.m).Names); got != step.want {
			t.Errorf("%d: %s, want %s", i, got, step.want)
		}
		all := f.List()
		if got := fmt.Sprint(all[0].Owed, all[1].Owed, all[2].Owed); got != step.owed {
			t.Errorf("%d: owed %s, want %s", i, got, step.owed)
		}
	}
	if got := inForce(f); got != "first 1/6, rare 3/4, slow 1/0" {
		t.Errorf("%q", got)
	}
}

// Whoever asks at once, a fault that was told to fire n times fires n times. Run
// with -race.
func TestFireAtOnce(t *testing.T) {
	f := NewFaults([]scenarios.Fault{{Name: "f", During: &scenarios.Span{From: time.Hour}, Answer: unavailable}}, 1)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			if f.Fire("f") != nil {
				t.Error("there is one")
			}
		})
		wg.Go(func() {
			for range 10 {
				f.Decide(poll("a"))
			}
		})
	}
	wg.Wait()
	for range 64 {
		f.Decide(poll("a"))
	}
	if got := inForce(f); got != "f 64/0" {
		t.Errorf("%q", got)
	}
}

func TestFaultEdges(t *testing.T) {
	f := NewFaults([]scenarios.Fault{
		{Name: "brownout", During: &scenarios.Span{From: 20 * s, To: 50 * s}},
		{Name: "always"},
		{Name: "by-age", Age: &scenarios.Span{From: 20 * s, To: 30 * s}},
		{Name: "begins", During: &scenarios.Span{To: 20 * s}},
		{Name: "open", During: &scenarios.Span{From: 50 * s}},
	}, 1)
	for _, tt := range []struct {
		from, to time.Duration
		want     string
	}{
		{0, 20*s - 1, ""},
		{0, 20 * s, "20s +brownout 20s -begins"},
		{20 * s, 50*s - 1, ""},
		{20 * s, time.Hour, "50s -brownout 50s +open"},
		{-1, time.Hour, "0s +begins 20s +brownout 20s -begins 50s -brownout 50s +open"},
		{time.Hour, 0, ""},
	} {
		var got []string
		for _, e := range f.Edges(tt.from, tt.to) {
			got = append(got, e.At.String(), map[bool]string{true: "+", false: "-"}[e.Opens]+e.Name)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("(%v, %v]: %q, want %q", tt.from, tt.to, strings.Join(got, " "), tt.want)
		}
	}
	f.Remove("begins")
	if edges := f.Edges(0, 20*s); !slices.Equal(edges, []FaultEdge{{20 * s, "brownout", true}}) {
		t.Errorf("%v", edges)
	}
}

// Rules come and go while requests run. Run with -race.
func TestFaultsChangeAtOnceWithRequests(t *testing.T) {
	f := NewFaults(faultsNamed("a", "b"), 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 200 {
				d := f.Decide(poll(fmt.Sprint("task", i)))
				if len(d.Names) > 1 {
					t.Errorf("%v fired", d.Names)
				}
				switch n % 5 {
				case 0:
					_ = f.Add(faultsNamed(fmt.Sprint("by-hand", i))[0])
				case 2:
					f.Remove(fmt.Sprint("by-hand", i))
				case 3:
					f.Replace(faultsNamed("a", "b", "c"))
				case 4:
					_, _, _ = f.List(), f.Edges(0, s), f.None()
				}
			}
		})
	}
	wg.Wait()
	if got := len(f.List()); got != 3 {
		t.Errorf("%s", inForce(f))
	}
}
