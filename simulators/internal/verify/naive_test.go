package verify

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// The naive models of what is judged of refusals: they keep every call and look
// back and forth. No call of theirs takes time.

// naiveRefused is the definition of the word.
func naiveRefused(c Observation) bool {
	return c.Lost || c.Refused || c.Status == 429 || c.Status >= 500
}

func naiveWell(c Observation) bool { return !c.Lost && !c.Failed && c.Status < 400 }

func naiveSame(a, b Observation) bool {
	return a.Vendor == b.Vendor && a.Operation == b.Operation && a.Asked == b.Asked && a.Body == b.Body
}

// series splits calls into those that are one call made again, or those to one
// vendor.
func series(calls []Observation, same func(a, b Observation) bool) [][]Observation {
	var all [][]Observation
next:
	for _, c := range calls {
		for i := range all {
			if same(all[i][0], c) {
				all[i] = append(all[i], c)
				continue next
			}
		}
		all = append(all, []Observation{c})
	}
	return all
}

// refusedRuns are the runs of calls that are all refused, each with the call
// that ended it, if one did.
func refusedRuns(calls []Observation, refused func(Observation) bool) [][]Observation {
	var all [][]Observation
	for from := 0; from < len(calls); {
		to := from
		for to < len(calls) && refused(calls[to]) {
			to++
		}
		if to > from {
			all = append(all, calls[from:min(to+1, len(calls))])
		}
		from = to + 1
	}
	return all
}

func naiveBackoff(calls []Observation) (tries, grew, unjudged int64) {
	for _, same := range series(calls, naiveSame) {
		for _, run := range refusedRuns(same, func(c Observation) bool { return naiveRefused(c) && c.RetryAfter == 0 }) {
			if len(run) < 3 {
				continue
			}
			if slices.ContainsFunc(run[1:], func(c Observation) bool { return c.Frozen }) {
				unjudged++
				continue
			}
			var gaps []time.Duration
			growing := true
			for i := range run[1:] {
				gap := run[i+1].Real.Sub(run[i].Real) * time.Duration(run[i+1].Speed)
				if i > 0 && gap < gaps[i-1]/2 {
					growing = false
				}
				gaps = append(gaps, gap)
			}
			tries += int64(len(run))
			if longest := slices.Max(gaps); growing && longest > 0 && 2*longest >= 3*gaps[0]-1 {
				grew++
			}
		}
	}
	return tries, grew, unjudged
}

func naiveLost(calls []Observation) (blind, looked int64) {
	for i, first := range calls {
		if first.Kind != "start" || !first.Lost || !first.Done {
			continue
		}
		after := calls[i+1:]
		again := slices.IndexFunc(after, func(c Observation) bool { return naiveSame(first, c) })
		switch {
		case again < 0:
		case slices.ContainsFunc(after[:again], func(c Observation) bool {
			return c.Vendor == first.Vendor && (c.Kind == "poll" || c.Kind == "list") && !naiveRefused(c)
		}):
			looked++
		default:
			blind++
		}
	}
	return blind, looked
}

// timed is a call with its instant on the time of its vendor's pace.
type timed struct {
	Observation
	at time.Duration
}

func naiveRecovery(calls []Observation) (back int64, slowest time.Duration, stormed int64) {
	for _, vendor := range series(calls, func(a, b Observation) bool { return a.Vendor == b.Vendor }) {
		var all []timed
		for i, c := range vendor {
			t := timed{Observation: c}
			if i > 0 {
				t.at = all[i-1].at + c.Real.Sub(vendor[i-1].Real)*time.Duration(c.Speed)
			}
			all = append(all, t)
		}
		returns := naiveReturns(all)
		for i, r := range returns {
			back++
			slowest = max(slowest, r.took)
			end := len(all)
			if i+1 < len(returns) {
				end = returns[i+1].index // the next return begins anew
			}
			if naiveStorm(all, r, end) {
				stormed++
			}
		}
	}
	return back, slowest, stormed
}

// comesBack is a return: which call it is, when the outage began, and how long
// after its last refusal the return came.
type comesBack struct {
	index, began int
	took         time.Duration
}

func naiveReturns(all []timed) (returns []comesBack) {
	for i := range all {
		if i == 0 || naiveRefused(all[i].Observation) || !naiveRefused(all[i-1].Observation) {
			continue
		}
		from := i - 1
		for from > 0 && naiveRefused(all[from-1].Observation) {
			from--
		}
		frozen := slices.ContainsFunc(all[from:i+1], func(c timed) bool { return c.Frozen })
		if i-from >= 3 && !frozen && all[i-1].at-all[from].at >= time.Second {
			returns = append(returns, comesBack{i, from, all[i].at - all[i-1].at})
		}
	}
	return returns
}

func naiveStorm(all []timed, r comesBack, end int) bool {
	began := all[r.began].at
	begin := max(0, began.Truncate(time.Second)-59*time.Second)
	if began-begin < 5*time.Second {
		return false
	}
	usual := 0
	for _, c := range all[:r.began] {
		if c.at >= begin {
			usual++
		}
	}
	n := 0
	for _, c := range all[r.index:end] {
		if c.Frozen || c.at-all[r.index].at >= 5*time.Second {
			break
		}
		n++
	}
	return n > 5 && float64(n)/5 > 2*float64(usual)/(began-begin).Seconds()
}

// Whether each refusal was retried, how many calls failed and what was sent are
// as somebody finds them who reads all calls afterwards.
func TestExpectationsAreThoseOfANaiveModel(t *testing.T) {
	const allowed = 2
	rules := []scenarios.Expect{
		{Retried: "every_refusal"},
		{Call: "write", MaxErrors: new(allowed)},
		{Call: "write", Sends: "q=1"},
	}
	rapid.Check(t, func(t *rapid.T) {
		calls := someCalls(t, "t1", "t2")
		r := judged(rules, calls, after(time.Hour))

		retried := Inconclusive
		for _, same := range series(calls, naiveSame) {
			for i, c := range same {
				if naiveWell(c) || c.RetryAfter == 0 {
					continue
				}
				if !slices.ContainsFunc(same[i+1:], naiveWell) {
					retried = Failed
				} else if retried == Inconclusive {
					retried = Passed
				}
			}
		}
		errors, sent := Inconclusive, Inconclusive
		writes := slices.DeleteFunc(slices.Clone(calls), func(c Observation) bool { return c.Kind != "write" })
		for _, same := range series(writes, naiveSame) {
			failed := 0
			for _, c := range same {
				if c.Failed || c.Status >= 400 {
					failed++
				}
			}
			if failed > allowed {
				errors = Failed
			} else if errors == Inconclusive {
				errors = Passed
			}
			if !slices.ContainsFunc(same, func(c Observation) bool { return c.Sent["q"] == "1" }) {
				sent = Failed
			} else if sent == Inconclusive {
				sent = Passed
			}
		}
		for i, want := range []Verdict{retried, errors, sent} {
			if got := r.Expectations[i]; got.Verdict != want {
				t.Fatalf("%s: %s (%s), want %s", got.Rule, got.Verdict, got.Found, want)
			}
		}
	})
}

// A client with a habit, a vendor that is away for a while, and what comes then:
// how often there is a storm is as somebody finds it who reads all calls.
func TestStormsAreThoseOfANaiveModel(t *testing.T) {
	met := map[int64]int{}
	rapid.Check(t, func(t *rapid.T) {
		var calls []Observation
		var when time.Duration
		add := func(what string, status int) {
			longest := rapid.SampledFrom([]int{1, 400, 4000}).Draw(t, what+" pause")
			for range rapid.IntRange(0, 30).Draw(t, what) {
				when += time.Duration(rapid.IntRange(0, longest).Draw(t, "pause")) * time.Millisecond
				calls = append(calls, Observation{
					Real: born.Add(when), Speed: rapid.IntRange(1, 2).Draw(t, "speed"), Status: status,
					Vendor: "acme", Kind: "poll", Operation: "pollTask", Asked: "t1",
				})
			}
		}
		for range 3 {
			add("before", 200)
			add("away", 503)
		}
		add("after", 200)
		back, _, stormed := naiveRecovery(calls)
		met[stormed]++
		l := line(t, judged(nil, calls, after(time.Hour)), "recovery")
		if l.Figures["came_back"] != back || l.Figures["stormed"] != stormed {
			t.Fatalf("%v, want %d back and %d stormed", l.Figures, back, stormed)
		}
	})
	if met[0] == 0 || met[1] == 0 {
		t.Errorf("the calls showed too little: storms and how often there were so many: %v", met)
	}
}

// How many calls came in the latest minute is as somebody counts them who keeps
// them all.
func TestPaceIsThatOfANaiveModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pace
		var all []time.Duration
		var real, now time.Duration
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			pause := rapid.SampledFrom([]time.Duration{0, 300 * time.Millisecond, 5 * time.Second, 59 * time.Second, 3 * time.Minute}).Draw(t, "pause")
			speed := rapid.IntRange(1, 3).Draw(t, "speed")
			if real += pause; len(all) > 0 {
				now += pause * time.Duration(speed)
			}
			p.advance(&sighting{real: real, Observation: &Observation{Speed: speed}})

			begin := max(0, now.Truncate(time.Second)-59*time.Second)
			var want uint32
			for _, at := range all {
				if at >= begin {
					want++
				}
			}
			if calls, in := p.latest(); calls != want || in != now-begin {
				t.Fatalf("at %s: %d calls in %s, want %d in %s", now, calls, in, want, now-begin)
			}
			p.count()
			all = append(all, now)
		}
	})
}
