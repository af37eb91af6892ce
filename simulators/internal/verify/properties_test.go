package verify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// allRules is one expectation of every kind.
func allRules() []scenarios.Expect {
	return []scenarios.Expect{
		{Call: "poll", MinGap: time.Second, Max: 4},
		{Call: "poll", Per: "tenant", MinGap: 100 * time.Millisecond, Max: 20},
		{Call: "acme.startTask", MinGap: time.Second},
		{RetryAfter: "respected"},
		{NoCallsAfter: "end", Grace: 1},
		{EveryTask: "seen_end", Within: 20 * time.Second},
		{Tokens: "refreshed_in_time"},
		{Pages: "read_to_last"},
		{Submissions: "no_duplicates"},
		{UnknownFields: "none"},
		{Call: "poll", MaxErrors: new(1), Sends: "a.b=true"},
		{Call: "list", Per: "tenant", MaxErrors: new(1), Sends: "q=1"},
		{Retried: "every_refusal"},
		{Tokens: "refreshed_in_time", Margin: 3 * time.Second},
	}
}

// A report changes nothing: an observer that was asked halfway, and one that
// was fed at once, say the same in the end.
func TestAReportChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := someCalls(t, "t1", "t2", "t3")
		cut := rapid.IntRange(0, len(calls)).Draw(t, "cut")
		end := after(time.Minute)
		end.Ended = endedAt(map[string]string{"t1": "5s", "t2": ""})

		halves := New(allRules())
		for i, c := range calls {
			if i == cut {
				halves.Report(end)
			}
			halves.Observe(&c)
		}
		got, want := fmt.Sprintf("%+v", full(halves.Report(end))), fmt.Sprintf("%+v", full(judged(allRules(), calls, end)))
		if got != want {
			t.Fatalf("asked halfway:\n%s\nat once:\n%s", got, want)
		}
	})
}

// full is a report whose cases are printed, not their addresses.
func full(r *Report) []any {
	out := []any{r.Calls, r.Verdict}
	for _, e := range r.Expectations {
		worst := e.Worst
		e.Worst = nil
		out = append(out, e, fmt.Sprintf("%+v", worst))
	}
	for _, l := range r.Card {
		worst := l.Worst
		l.Worst = nil
		out = append(out, l, fmt.Sprintf("%+v", worst))
	}
	return out
}

// Other tasks change nothing for a task: both together fail where one of them
// does, and where one alone fails, it is found with the same words.
func TestOtherTasksChangeNothing(t *testing.T) {
	rules := []scenarios.Expect{
		{Call: "poll", MinGap: time.Second}, {Call: "poll", Max: 4},
		{NoCallsAfter: "end", Grace: 1}, {EveryTask: "seen_end", Within: 20 * time.Second},
	}
	end := after(3 * time.Minute)
	end.Ended = endedAt(map[string]string{"t1": "50s", "t2": ""})
	rapid.Check(t, func(t *rapid.T) {
		one, other := someCalls(t, "t1"), someCalls(t, "t2")
		begin := Observation{Real: born, At: born, Vendor: "acme", Kind: "write", Operation: "noTask"}
		both := append(slices.Clone(one), other...)
		slices.SortStableFunc(both, func(a, b Observation) int { return a.Real.Compare(b.Real) })
		report := func(calls []Observation) *Report {
			return judged(rules, append([]Observation{begin}, calls...), end)
		}
		r1, r2, together := report(one), report(other), report(both)
		for i, e := range together.Expectations {
			a, b := r1.Expectations[i], r2.Expectations[i]
			if (e.Verdict == Failed) != (a.Verdict == Failed || b.Verdict == Failed) {
				t.Fatalf("%s: %s and %s alone, %s together (%s)", e.Rule, a.Verdict, b.Verdict, e.Verdict, e.Found)
			}
			if e.Verdict != Failed || a.Verdict == b.Verdict {
				continue
			}
			failed := a
			if b.Verdict == Failed {
				failed = b
			}
			if *e.Worst != *failed.Worst || e.Found[:20] != failed.Found[:20] {
				t.Fatalf("%s: %q alone, %q together", e.Rule, failed.Found, e.Found)
			}
		}
	})
}

// The card's numbers are those of somebody who kept every call and counted
// afterwards.
func TestCountsAreThoseOfANaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := someCalls(t, "t1", "t2")
		r := judged(nil, calls, after(time.Hour))
		check := func(line, figure string, want any) {
			t.Helper()
			if got := cardFigure(r, line, figure); got != want {
				t.Fatalf("%s %s: got %v, want %v", line, figure, got, want)
			}
		}
		gaps, frozen := naiveGaps(calls)
		check("poll_gaps", "count", int64(len(gaps)))
		check("poll_gaps", "not_judged", frozen)
		if len(gaps) > 0 {
			check("poll_gaps", "min", length(slices.Min(gaps)))
			check("poll_gaps", "max", length(slices.Max(gaps)))
		}
		var early int64
		for _, g := range gaps {
			if g < time.Second {
				early++
			}
		}
		check("poll_gaps", "below_1s", early)
		check("calls_after_end", "polls_after", naiveAfter(calls))
		check("retry_after", "early", naiveEarly(calls))
		check("duplicate_submissions", "duplicates", naiveDuplicates(calls))
		tries, grew, unjudged := naiveBackoff(calls)
		check("backoff", "tries", tries)
		check("backoff", "grew", grew)
		check("backoff", "not_judged", unjudged)
		blind, looked := naiveLost(calls)
		check("lost_replies", "repeated_unasked", blind)
		check("lost_replies", "repeated_after_asking", looked)
		back, slowest, stormed := naiveRecovery(calls)
		check("recovery", "came_back", back)
		check("recovery", "stormed", stormed)
		if back > 0 {
			check("recovery", "slowest", length(slowest))
		}
	})
}

func cardFigure(r *Report, line, figure string) any {
	for _, l := range r.Card {
		if l.Name == line {
			return l.Figures[figure]
		}
	}
	return nil
}

// naiveGaps looks back from each poll to the one before of the same task.
func naiveGaps(calls []Observation) (gaps []time.Duration, frozen int64) {
	for i, c := range calls {
		if c.Kind != "poll" {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if b := calls[j]; b.Kind == "poll" && b.Vendor == c.Vendor && b.Asked == c.Asked {
				if c.Frozen {
					frozen++
				} else {
					gaps = append(gaps, c.Real.Sub(b.Real)*time.Duration(c.Speed))
				}
				break
			}
		}
	}
	return gaps, frozen
}

// shownEnded tells whether an answer showed a task ended.
func shownEnded(c Observation, vendor, task string) bool {
	return c.Vendor == vendor && !c.Lost && slices.Contains(c.Tasks, Task{ID: task, Ended: true})
}

func naiveAfter(calls []Observation) (n int64) {
	for i, c := range calls {
		if c.Kind == "poll" && slices.ContainsFunc(calls[:i], func(b Observation) bool { return shownEnded(b, c.Vendor, c.Asked) }) {
			n++
		}
	}
	return n
}

func naiveEarly(calls []Observation) (n int64) {
	for i, c := range calls {
		if slices.ContainsFunc(calls[:i], func(b Observation) bool {
			if b.RetryAfter == 0 {
				return false
			}
			if b.Told == 0 && (b.Vendor != c.Vendor || b.Operation != c.Operation) || b.Told != 0 && !slices.Contains(c.Limits, b.Told) {
				return false
			}
			told := time.Duration(b.RetryAfter) * time.Second
			return c.Real.Before(b.Real.Add(told)) && c.Lived < b.Lived+told*time.Duration(b.Speed)
		}) {
			n++
		}
	}
	return n
}

func naiveDuplicates(calls []Observation) (n int64) {
	for i, c := range calls {
		if c.Body == 0 {
			continue
		}
		task := "" // what the first one created that is under way
		for _, b := range calls[:i] {
			if task == "" && b.Body == c.Body && b.Created && b.Vendor == c.Vendor {
				task = b.Tasks[0].ID
			}
			if task != "" && shownEnded(b, c.Vendor, task) {
				task = ""
			}
		}
		if task != "" {
			n++
		}
	}
	return n
}

// A quantile is within 1/64 of the true one, and a microsecond.
func TestQuantilesAreAsExactAsPromised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h histogram
		var all []time.Duration
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			scale := rapid.Int64Range(1, int64(200*24*time.Hour)).Draw(t, "scale")
			d := time.Duration(rapid.Int64Range(0, scale).Draw(t, "length"))
			h.add(d)
			all = append(all, d)
		}
		slices.Sort(all)
		if h.min != all[0] || h.max != all[len(all)-1] || h.n != int64(len(all)) {
			t.Fatalf("%d from %v to %v", h.n, h.min, h.max)
		}
		for percent := 1; percent <= 100; percent++ {
			want := all[(percent*len(all)+99)/100-1]
			got := h.quantile(float64(percent) / 100)
			if off := max(got-want, want-got); off > want/64+time.Microsecond {
				t.Fatalf("p%d of %v: got %v, want %v", percent, all, got, want)
			}
		}
	})
}

// Lengths are never told longer than they were.
func TestLengthWords(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 999: "0s", 1500: "1us", 212*time.Millisecond + 999: "212ms",
		time.Second - 1: "999ms", time.Second: "1s", 90 * time.Second: "1m30s",
		time.Minute: "1m", 10 * time.Minute: "10m", time.Hour: "1h", time.Hour + time.Second: "1h0m1s",
	} {
		if got := length(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
