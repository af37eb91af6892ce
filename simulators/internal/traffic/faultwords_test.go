package traffic

import (
	"testing"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestFaultWords(t *testing.T) {
	for text, want := range map[string]string{
		"{name: a, answer: {reset: true}}": "every request: the connection is reset",
		"{name: a, on: poll, during: 20s..50s, chance: 30%, answer: {status: 503, retry_after: 5s}}":                         "poll, during 20s..50s, chance 30%: 503, told to wait 5s",
		"{name: a, vendor: acme, on: poll, task: t-1, when: {phase: running, state: busy}, age: 1m.., answer: {html: true}}": "poll at acme, of task t-1, while the task is running, in its state busy, at the task's age 1m0s..: an HTML error page",
		"{name: a, on: acme.getTask, vendor: acme, nth: 1, answer: {empty: true}}":                                           "acme.getTask, 1st a task: the connection is closed without an answer",
		"{name: a, first: 2, per: operation, chance: 0.25%, answer: {truncate: 60%}}":                                        "every request, first 2 an operation, chance 0.25%: 60% of the body",
		"{name: a, every: 22, per: tenant, answer: {kind: rate-limited, retry_after: 1m, retry_after_form: date}}":           "every request, every 22nd a tenant: rate-limited, told to wait 1m, as a date",
		"{name: a, chance: 1%, per: operation, answer: {malformed: true}}":                                                   "every request, chance 1% an operation: a body that is no JSON",
		"{name: a, every: 1, answer: {drip: 10s}}":                                                                           "every request: the body bit by bit, over 10s",
		"{name: a, nth: 11, answer: {content_type: text/html}}":                                                              "every request, 11th a task: Content-Type text/html",
		"{name: a, nth: 113, answer: {duplicate: Date}}":                                                                     "every request, 113th a task: the header Date twice",
		"{name: a, nth: 3, answer: {missing: Date}}":                                                                         "every request, 3rd a task: without the header Date",
		"{name: a, answer: {stale: 30s}}":                                                                                    "every request: the task as it was 30s before",
		"{name: a, stage: after, answer: {redirect: /login, latency: 1s..3s}}":                                               "every request: later by 1s..3s, once the work is done, a redirect to /login",
		"{name: a, stage: after, answer: {latency: {p50: 1s, p95: 5s}}}":                                                     "every request: later by {p50: 1s, p95: 5s}",
	} {
		f, problems := scenarios.ParseFault("f", []byte(text), known, acme)
		if f == nil {
			t.Errorf("%s: %v", text, problems)
			continue
		}
		if got := FaultWords(f); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// known is a vendor with one operation, and acme a scenario for it.
var (
	known = scenarios.Known{Vendors: []string{"acme"}, Operations: map[string][]string{"acme": {"getTask"}}}
	acme  = &scenarios.Scenario{
		Vendors: known.Vendors, Lifecycles: map[string]scenarios.Lifecycle{"work": {{Name: "busy", Phase: scenarios.Running, Forever: true}}},
	}
)

func TestOrdinals(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 101: "101st", 111: "111th", 1000: "1000th"} {
		if got := ordinal(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
