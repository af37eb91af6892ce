package verify

import (
	"fmt"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestCallMaxErrors(t *testing.T) {
	rule := scenarios.Expect{Call: "poll", MaxErrors: new(1)}
	none := scenarios.Expect{Call: "poll", MaxErrors: new(0)}
	mixed := `
		0s poll t1
		1s poll ?t1 status=401
		2s poll t1 failed
		3s poll ?t2 status=503`
	runAll(t, []expectCase{
		{"none failed", none, "0s poll t1", Now{}, Passed, "no poll failed"},
		{"as many as allowed", rule, "0s poll t1\n0s poll ?t1", Now{}, Passed, "at most 1 poll failed (acme task t1)"},
		{"one a task is allowed", rule, "0s poll ?t1\n0s poll ?t2", Now{}, Passed, "at most 1 poll failed (acme task t1)"},
		{"not one is allowed", none, "0s poll ?t1\n1s poll ?t2", Now{}, Failed, "acme task t1: 1 poll failed, 1 more than allowed (so had 1 other)"},
		{"JSON-RPC too", rule, mixed, Now{}, Failed, "acme task t1: 2 polls failed, 1 more than allowed"},
		{"of a tenant", scenarios.Expect{Call: "poll", Per: "tenant", MaxErrors: new(1)}, mixed, Now{}, Failed, "acme: 3 polls failed, 2 more than allowed"},
		{"each vendor by itself", scenarios.Expect{Call: "login", MaxErrors: new(1)}, `
			0s login status=429
			1s login status=429 vendor=bolt`, Now{}, Passed, "at most 1 call failed (acme)"},
		{"other calls do not count", none, "0s poll t1\n1s list status=503", Now{}, Passed, "no poll failed"},
		{"a lost answer is none", none, "0s poll ?t1 lost status=200", Now{}, Passed, "no poll failed"},
		{"with max", scenarios.Expect{Call: "poll", Max: 9, MaxErrors: new(0)}, "0s poll ?t1", Now{}, Failed,
			"at most 1 poll (acme task t1); acme task t1: 1 poll failed, 1 more than allowed"},
		{"with min_gap, frozen", scenarios.Expect{Call: "poll", MinGap: time.Second, MaxErrors: new(0)}, "0s poll t1 frozen\n0s poll t1 frozen", Now{},
			NotJudged, "the clock was frozen or moved at each of 1 gap; no poll failed"},
		{"no call", none, "0s list t1", Now{}, Inconclusive, "no such call was made"},
	})
}

func TestCallSends(t *testing.T) {
	rule := scenarios.Expect{Call: "poll", Sends: "a.b=true"}
	runAll(t, []expectCase{
		{"once is enough", rule, "0s poll t1\n1s poll t1 sent=a.b/true\n2s poll t1", Now{}, Passed, "a.b=true was sent for each"},
		{"for each task", rule, "0s poll t1 sent=a.b/true\n1s poll t2\n2s poll t3", Now{}, Failed, "acme task t2: no call sent a.b=true (nor for 1 other)"},
		{"another value", rule, "0s poll t1 sent=a.b/false", Now{}, Failed, "acme task t1: no call sent a.b=true"},
		{"another field", rule, "0s poll t1 sent=a/true", Now{}, Failed, "acme task t1: no call sent a.b=true"},
		{"also of a task that is unknown", rule, "0s poll ?t1 sent=a.b/true", Now{}, Passed, "a.b=true was sent for each"},
		{"a value with an equals sign", scenarios.Expect{Call: "list", Sends: "q=a=b"}, "0s list sent=q/a=b", Now{}, Passed, "q=a=b was sent for each"},
		{"about no task: the vendor", scenarios.Expect{Call: "list", Sends: "q=1"}, "0s list sent=q/1\n1s list\n2s list vendor=bolt", Now{}, Failed,
			"bolt: no call sent q=1"},
		{"of a tenant", scenarios.Expect{Call: "poll", Per: "tenant", Sends: "a.b=true"}, "0s poll t1\n1s poll t2 sent=a.b/true", Now{}, Passed, "a.b=true was sent for each"},
		{"with max_errors", scenarios.Expect{Call: "poll", MaxErrors: new(0), Sends: "a.b=true"}, "0s poll ?t1", Now{}, Failed,
			"acme task t1: 1 poll failed, 1 more than allowed; acme task t1: no call sent a.b=true"},
		{"no call", rule, "0s list t1", Now{}, Inconclusive, "no such call was made"},
	})
}

// The simulator is told which fields to look for.
func TestWants(t *testing.T) {
	o := New(nil)
	if got := o.Wants(); got != nil {
		t.Errorf("without rules: %v", got)
	}
	o.Rules([]scenarios.Expect{{Call: "poll", Sends: "a.b=true"}, {Call: "list", Sends: "q=1"}, {Call: "start", Sends: "q=2"}, {Pages: "read_to_last"}})
	if got := fmt.Sprint(o.Wants()); got != "[a.b q]" {
		t.Errorf("got %v", got)
	}
	o.Rules(nil)
	if got := o.Wants(); got != nil {
		t.Errorf("when the rules are gone: %v", got)
	}
}

func TestRetriedEveryRefusal(t *testing.T) {
	rule := scenarios.Expect{Retried: "every_refusal"}
	runAll(t, []expectCase{
		{"waits and goes on", rule, `
			0s poll ?t1 status=429 wait=5/7
			5s poll t1`, Now{}, Passed, "1 call told to wait, each made again and answered well"},
		{"refused again, and again", rule, `
			0s poll ?t1 status=429 wait=5
			5s poll ?t1 status=429 wait=5
			9s poll ?t1 status=503
			9s poll ?t1 status=401
			10s poll t1`, Now{}, Passed, "1 call told to wait, each made again and answered well"},
		{"a JSON-RPC error", rule, `
			0s poll ?t1 failed status=200 wait=5
			5s poll t1`, Now{}, Passed, "1 call told to wait, each made again and answered well"},
		{"gives up", rule, `
			0s poll ?t1 status=429 wait=5
			5s poll t2
			5s list t1
			5s poll t1 vendor=bolt`, Now{}, Failed, "1 of 1 call told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was not made again"},
		{"gives up later", rule, `
			0s poll ?t1 status=429 wait=5
			0s list status=429 wait=5
			5s poll ?t1 status=401
			6s login gives=1/30m`, Now{}, Failed,
			"2 of 2 calls told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was made again, and never answered well"},
		{"retries data, not the log-in", rule, `
			0s login status=429 wait=9
			0s poll ?t1 status=429 wait=9
			9s poll t1`, Now{}, Failed, "1 of 2 calls told to wait came to nothing; the first, acme.loginTask, told 9s, was not made again"},
		{"each start by itself", rule, `
			0s start body=1 status=429 wait=5
			0s start body=2 status=429 wait=5
			5s start t2 body=2`, Now{}, Failed, "1 of 2 calls told to wait came to nothing; the first, acme.startTask, told 5s, was not made again"},
		{"an answer on the way is no second attempt", rule, `
			0s poll ?t1 status=429 wait=5 took=2s
			1s poll t1`, Now{}, Failed, "1 of 1 call told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was not made again"},
		{"a lost answer is none", rule, `
			0s poll ?t1 status=429 wait=5
			5s poll t1 lost`, Now{}, Failed, "1 of 1 call told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was made again, and never answered well"},
		{"a good answer that tells a wait is no refusal", rule, "0s poll t1 wait=5", Now{}, Inconclusive, "no answer told the client to wait"},
		{"a refusal that tells none does not count", rule, "0s poll ?t1 status=503", Now{}, Inconclusive, "no answer told the client to wait"},
		{"not over", rule, "0s poll ?t1 status=429 wait=5", after(5*time.Second - 1), Inconclusive, "1 of 1 call told to wait: the wait is not over"},
		{"over", rule, "0s poll ?t1 status=429 wait=5", after(5 * time.Second), Failed,
			"1 of 1 call told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was not made again"},
		{"over on the tenant's clock", rule, "0s poll ?t1 status=429 wait=5", Now{Real: born.Add(time.Second), At: born, Lived: 5 * time.Second}, Failed,
			"1 of 1 call told to wait came to nothing; the first, acme.pollTask (task t1), told 5s, was not made again"},
		{"the latest wait counts", rule, `
			0s poll ?t1 status=429 wait=5
			5s poll ?t1 status=429 wait=60`, after(30 * time.Second), Inconclusive, "1 of 1 call told to wait: the wait is not over"},
	})
}

func TestTokenMargin(t *testing.T) {
	rule := scenarios.Expect{Tokens: "refreshed_in_time", Margin: 5 * time.Minute}
	runAll(t, []expectCase{
		{"replaced in time", rule, `
			0m  login gives=1/30m
			25m poll t1 sends=1
			25m login gives=2/30m sends=1
			26m poll t1 sends=2`, Now{}, Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used in the last 5m before its end, or after it"},
		{"too late", rule, `
			0m  login gives=1/30m
			26m poll t1 sends=1
			29m list t1 sends=1
			29m login gives=2/30m`, Now{}, Failed, "2 calls used a token in the last 5m before its end, the nearest at acme.listTask, 1m before it"},
		{"replaced late, but not used until then", rule, `
			0m  login gives=1/30m
			29m login gives=2/30m sends=1
			30m poll t1 sends=2`, Now{}, Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used in the last 5m before its end, or after it"},
		{"after the end", rule, `
			0m  login gives=1/30m
			29m poll t1 sends=1
			31m poll t1 sends=1 over`, Now{}, Failed,
			"1 call used a token after its end, the worst at acme.pollTask, 1m after it; 1 call used one in the last 5m before it"},
		{"x10: the client was told three minutes", rule, `
			0m   login gives=1/30m speed=10
			2.6m poll t1 sends=1 speed=10 at=26m`, Now{}, Failed, "1 call used a token in the last 5m before its end, the nearest at acme.pollTask, 4m before it"},
		{"somebody moved the clock", rule, `
			0m login gives=1/30m frozen
			1s poll t1 sends=1 frozen at=26m`, Now{}, NotJudged, "1 call used a token that was over, or nearly so, only because the clock was moved"},
		{"a token for ever", rule, `
			0m  login gives=1
			99h poll t1 sends=1`, Now{}, Passed, "1 token, 0 refreshed before and 0 after the end of the one before; none was used in the last 5m before its end, or after it"},
		{"no log-in", rule, "0s poll t1", Now{}, Inconclusive, "the client did not log in"},
	})
}
