package journal

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"
)

// day is a journal of a small session.
func day() *Journal {
	j := New(NewBudget(1<<20), 100)
	for _, e := range []*Entry{
		{ID: "login", Vendor: "acme", Operation: "getToken", Kind: "login", Request: Request{Method: "POST"}, Reply: Reply{Status: 200}},
		{ID: "start", Vendor: "acme", Operation: "scan", Kind: "start", Created: "t1", Request: Request{Method: "POST"}, Reply: Reply{Status: 201}},
		{ID: "poll", Vendor: "acme", Operation: "getTask", Kind: "poll", Tasks: []Shown{{ID: "t0"}, {ID: "t1"}}, Request: Request{Method: "GET"}, Reply: Reply{Status: 200}},
		{ID: "limited", Vendor: "acme", Operation: "getTask", Kind: "poll", Asked: "t1", Refusal: &Refusal{Kind: "rate_limited"}, Request: Request{Method: "GET"}, Reply: Reply{Status: 429}},
		{ID: "lost", Vendor: "other", Operation: "none", Refusal: &Refusal{Kind: "not_found"}, Request: Request{Method: "GET"}, Reply: Reply{Status: 404}},
		{ID: "control", Control: &Control{Method: "POST", Path: "/clock/advance", Status: 200}},
	} {
		j.Add(e)
	}
	return j
}

func TestFilters(t *testing.T) {
	j := day()
	for _, tt := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "login start poll limited lost control"},
		{Filter{Vendor: "acme"}, "login start poll limited"},
		{Filter{Operation: "none"}, "lost"},
		{Filter{Kind: "poll"}, "poll limited"},
		{Filter{Task: "t1"}, "start poll limited"},
		{Filter{Task: "t2"}, ""},
		{Filter{Status: 429}, "limited"},
		{Filter{StatusClass: 4}, "limited lost"},
		{Filter{StatusClass: 2}, "login start poll control"},
		{Filter{Method: "post"}, "login start control"},
		{Filter{Refused: true}, "limited lost"},
		{Filter{Control: true}, "control"},
		{Filter{After: 3}, "limited lost control"},
		{Filter{Vendor: "acme", Kind: "poll", Refused: true}, "limited"},
		{Filter{Vendor: "other", Kind: "poll"}, ""},
	} {
		entries, next := j.Entries(tt.filter, 0)
		if got := ids(entries); got != tt.want || next != 6 {
			t.Errorf("%+v: %q, next %d; want %q", tt.filter, got, next, tt.want)
		}
	}
}

// Page after page, whatever is filtered, is the same as all at once.
func TestPages(t *testing.T) {
	j := day()
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{Vendor: rapid.SampledFrom([]string{"", "acme", "other"}).Draw(t, "vendor"), StatusClass: rapid.IntRange(0, 4).Draw(t, "class")}
		all, end := j.Entries(f, 0)
		limit := rapid.IntRange(1, 7).Draw(t, "limit")
		var paged []*Entry
		for f.After < end {
			page, next := j.Entries(f, limit)
			if len(page) > limit || next <= f.After {
				t.Fatalf("%d entries, next %d after %d", len(page), next, f.After)
			}
			paged, f.After = append(paged, page...), next
		}
		if !reflect.DeepEqual(paged, all) && len(paged)+len(all) > 0 {
			t.Fatalf("in pages %q, at once %q", ids(paged), ids(all))
		}
	})
}

// After a reset, a client that pages on is led back to the beginning.
func TestPagingInANewJournal(t *testing.T) {
	if entries, next := day().Entries(Filter{After: 500}, 10); len(entries) != 0 || next != 6 {
		t.Errorf("%q, next %d", ids(entries), next)
	}
}

// said is what a follower is told next, without waiting.
func said(f *Follower) string {
	done, cancel := context.WithCancel(context.Background())
	cancel()
	e, missed, err := f.Next(done)
	if err != nil {
		return err.Error()
	}
	if e == nil {
		return fmt.Sprintf("none, missed %d", missed)
	}
	return fmt.Sprintf("%s, missed %d", e.ID, missed)
}

func TestFollowing(t *testing.T) {
	j := New(NewBudget(1<<20), 3)
	j.Add(plain("before", 0))
	f, stop := j.Follow()
	slow, stopSlow := j.Follow()
	defer stopSlow()
	const nothing = "context canceled"
	expect := func(f *Follower, want ...string) {
		t.Helper()
		for _, w := range want {
			if got := said(f); got != w {
				t.Errorf("told %q, want %q", got, w)
			}
		}
	}
	expect(f, nothing)
	j.Add(plain("a", 0))
	j.Add(plain("b", 0))
	expect(f, "a, missed 0", "b, missed 0", nothing)
	j.Add(plain("huge", maxBytes)) // never held
	expect(f, "none, missed 1", nothing)
	j.Add(plain("huge", maxBytes))
	j.Add(plain("c", 0))
	expect(f, "c, missed 1", nothing)
	j.Add(plain("d", 0))
	j.Add(plain("e", 0)) // c d e are held
	expect(slow, "c, missed 4", "d, missed 0")
	slow.Skip(8) // e is known
	slow.Skip(1)
	expect(slow, nothing)
	stop()
	stop()
	expect(f, ErrStopped.Error())
	j.Drop()
	expect(slow, ErrGone.Error())
	if len(j.followers) != 1 {
		t.Errorf("%d followers", len(j.followers))
	}
}

// Next waits, and each of the four ends wakes it.
func TestNextWaits(t *testing.T) {
	for name, tt := range map[string]struct {
		act  func(j *Journal, stop, cancel func())
		want error
	}{
		"an entry": {func(j *Journal, _, _ func()) { j.Add(plain("a", 0)) }, nil},
		"stop":     {func(_ *Journal, stop, _ func()) { stop() }, ErrStopped},
		"drop":     {func(j *Journal, _, _ func()) { j.Drop() }, ErrGone},
		"cancel":   {func(_ *Journal, _, cancel func()) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := New(NewBudget(1<<20), 3)
				f, stop := j.Follow()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var err error
				returned := false
				go func() {
					_, _, err = f.Next(ctx)
					returned = true
				}()
				synctest.Wait()
				if returned {
					t.Fatal("it did not wait")
				}
				tt.act(j, stop, cancel)
				synctest.Wait()
				if !returned || !errors.Is(err, tt.want) {
					t.Errorf("returned: %v, %v; want %v", returned, err, tt.want)
				}
			})
		})
	}
}
