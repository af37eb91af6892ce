package verify

import (
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestCallMinGap(t *testing.T) {
	rule := scenarios.Expect{Call: "poll", MinGap: time.Second}
	perTenant := scenarios.Expect{Call: "poll", Per: "tenant", MinGap: time.Second}
	runAll(t, []expectCase{
		{"patient", rule, `
			0s poll t1
			1s poll t1
			3s poll t1*`, Now{}, Passed, "2 gaps, the least 1s (acme task t1)"},
		{"hasty", rule, `
			0s    poll t1
			2s    poll t1
			2.3s  poll t1
			2.512s poll t1
			4s    poll t1`, Now{}, Failed,
			"acme task t1: 2 of 5 polls came sooner than 1s after the one before, the soonest after 212ms"},
		{"hasty with two", rule, `
			0s   poll t1
			0.9s poll t1
			1s   poll t2
			1.2s poll t2
			1.5s poll t2`, Now{}, Failed,
			"acme task t2: 2 of 3 polls came sooner than 1s after the one before, the soonest after 200ms (in all 3 of 3 gaps)"},
		{"two tasks in turn", rule, `
			0s   poll t1
			0.5s poll t2
			1s   poll t1
			1.5s poll t2`, Now{}, Passed, "2 gaps, the least 1s (acme task t1)"},
		{"two tasks in turn, of a tenant", perTenant, `
			0s   poll t1
			0.5s poll t2`, Now{}, Failed, "acme: 1 of 2 polls came sooner than 1s after the one before, the soonest after 500ms"},
		{"two vendors, of a tenant", perTenant, `
			0s   poll t1
			0.5s poll t1 vendor=bolt
			1s   poll t1`, Now{}, Passed, "1 gap, the least 1s (acme)"},
		{"another vendor does not count", scenarios.Expect{Call: "poll", Vendor: "bolt", MinGap: time.Second}, `
			0s   poll t1
			0.5s poll t1
			0.5s poll t1 vendor=bolt
			2s   poll t1 vendor=bolt`, Now{}, Passed, "1 gap, the least 1.5s (bolt task t1)"},
		{"the same id at two vendors", rule, `
			0s   poll t1
			0.5s poll t1 vendor=bolt`, Now{}, Inconclusive, "no two calls to compare"},
		{"an unknown task too", rule, `
			0s   poll ?t9
			0.1s poll ?t9`, Now{}, Failed, "acme task t9: 1 of 2 polls came sooner than 1s after the one before, the soonest after 100ms"},
		{"a poll that shows many is about each", rule, `
			0s   poll t1,t2
			0.4s poll t2,t3`, Now{}, Failed, "acme task t2: 1 of 2 polls came sooner than 1s after the one before, the soonest after 400ms"},
		{"calls about no task count together", scenarios.Expect{Call: "startTask", MinGap: time.Second}, `
			0s   start t1
			0.4s start t2`, Now{}, Failed, "acme: 1 of 2 calls came sooner than 1s after the one before, the soonest after 400ms"},
		{"told of in another order", rule, `
			0s poll t1
			5s poll t1
			2s poll t1
			7s poll t1`, Now{}, Passed, "3 gaps, the least 2s (acme task t1)"},
		{"ten times as fast", rule, `
			0s    poll t1 speed=10
			0.2s  poll t1 speed=10 at=2s`, Now{}, Passed, "1 gap, the least 2s (acme task t1)"},
		{"ten times as fast, hasty", rule, `
			0s    poll t1 speed=10
			0.05s poll t1 speed=10 at=0.5s`, Now{}, Failed, "acme task t1: 1 of 2 polls came sooner than 1s after the one before, the soonest after 500ms"},
		{"more than the longest time there is", rule, `
			0s       poll t1
			2000000h poll t1 speed=1000000`, Now{}, Passed, "1 gap, the least 2562047h47m16.854s (acme task t1)"},
		{"frozen", rule, `
			0s   poll t1 frozen
			0.1s poll t1 frozen`, Now{}, NotJudged, "the clock was frozen or moved at each of 1 gap"},
		{"moved between two", rule, `
			0s   poll t1
			0.1s poll t1 at=40m
			0.2s poll t2 at=40m100ms`, Now{}, NotJudged, "the clock was frozen or moved at each of 1 gap"},
		{"moved before, and soon after", rule, `
			0s   poll t1
			0.1s poll t1 at=40m
			0.2s poll t1 at=40m100ms`, Now{}, Failed, "acme task t1: 1 of 3 polls came sooner than 1s after the one before, the soonest after 100ms"},
		{"frozen, then running", rule, `
			0s   poll t1 frozen
			0.1s poll t1 frozen
			1.4s poll t1`, Now{}, Passed, "1 gap, the least 1.3s (acme task t1)"},
		{"one call", rule, `0s poll t1`, Now{}, Inconclusive, "no two calls to compare"},
		{"none", rule, `0s list t1`, Now{}, Inconclusive, "no such call was made"},
	})
}

func TestCallMax(t *testing.T) {
	rule := scenarios.Expect{Call: "acme.pollTask", Max: 2}
	both := scenarios.Expect{Call: "pollTask", MinGap: time.Second, Max: 2}
	three := `
		0s poll t1
		1s poll t1
		2s poll t1
		3s poll t2`
	runAll(t, []expectCase{
		{"few", rule, `
			0s poll t1
			1s poll t1
			1s poll t2`, Now{}, Passed, "at most 2 calls (acme task t1)"},
		{"many", rule, three, Now{}, Failed, "acme task t1: 3 calls, 1 more than allowed"},
		{"many, frozen", rule, `
			0s poll t1 frozen
			0s poll t1 frozen
			0s poll t1 frozen`, Now{}, Failed, "acme task t1: 3 calls, 1 more than allowed"},
		{"many of two", rule, three + `
			4s poll t2
			5s poll t2
			6s poll t2`, Now{}, Failed, "acme task t2: 4 calls, 2 more than allowed (so had 1 other)"},
		{"a tenant", scenarios.Expect{Call: "pollTask", Per: "tenant", Max: 3}, three, Now{}, Failed, "acme: 4 calls, 1 more than allowed"},
		{"both kept", both, `
			0s poll t1
			1s poll t1`, Now{}, Passed, "1 gap, the least 1s (acme task t1); at most 2 calls (acme task t1)"},
		{"both, too many", both, three, Now{}, Failed, "2 gaps, the least 1s (acme task t1); acme task t1: 3 calls, 1 more than allowed"},
		{"both, frozen", both, `
			0s poll t1 frozen
			0s poll t1 frozen`, Now{}, NotJudged, "the clock was frozen or moved at each of 1 gap; at most 2 calls (acme task t1)"},
		{"both, frozen and too many", both, `
			0s poll t1 frozen
			0s poll t1 frozen
			0s poll t1 frozen`, Now{}, Failed, "the clock was frozen or moved at each of 2 gaps; acme task t1: 3 calls, 1 more than allowed"},
		{"both, one call", both, `0s poll t1`, Now{}, Inconclusive, "no two calls to compare; at most 1 call (acme task t1)"},
		{"none", rule, `0s poll t1 vendor=bolt`, Now{}, Inconclusive, "no such call was made"},
	})
}

func TestRetryAfter(t *testing.T) {
	rule := scenarios.Expect{RetryAfter: "respected"}
	runAll(t, []expectCase{
		{"waits", rule, `
			0s poll t1 limit=7 wait=5/7
			5s poll t1 limit=7`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"too soon", rule, `
			0s   poll t1 limit=7 wait=5/7
			3.8s poll t2 limit=7`, Now{}, Failed,
			"1 request came before a wait was over, the worst at acme.pollTask, 1.2s too soon after it was told 5s"},
		{"each request too soon counts", rule, `
			0s poll t1 limit=7 wait=5/7
			1s poll t1 limit=7 wait=4/7
			4s poll t1 limit=7 wait=1/7
			5s poll t1 limit=7`, Now{}, Failed,
			"2 requests came before a wait was over, the worst at acme.pollTask, 4s too soon after it was told 5s"},
		{"another limit", rule, `
			0s poll t1 limit=7 limit=8 wait=5/7
			1s poll t1 limit=8`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"of two waits the later holds", rule, `
			0s poll t1 limit=7 wait=9/7
			1s poll t1 limit=8 wait=2/8
			3s poll t1 limit=7 limit=8`, Now{}, Failed,
			"1 request came before a wait was over, the worst at acme.pollTask, 6s too soon after it was told 9s"},
		{"told by no limit", rule, `
			0s poll t1 wait=5
			1s poll t2`, Now{}, Failed,
			"1 request came before a wait was over, the worst at acme.pollTask, 4s too soon after it was told 5s"},
		{"told by no limit, another operation", rule, `
			0s poll t1 wait=5
			1s list t2
			1s poll t2 vendor=bolt`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"on the way when it was told", rule, `
			0s   poll t1 limit=7 wait=5/7 took=2s
			1.5s poll t2 limit=7`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"the clock is x10: real seconds are told", rule, `
			0s poll t1 limit=7 wait=5/7 speed=10
			4s poll t1 limit=7 speed=10 at=40s`, Now{}, Failed,
			"1 request came before a wait was over, the worst at acme.pollTask, 1s too soon after it was told 5s"},
		{"the clock is x10, waits", rule, `
			0s poll t1 limit=7 wait=5/7 speed=10
			5s poll t1 limit=7 speed=10 at=50s`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"the clock stands", rule, `
			0s poll t1 limit=7 wait=5/7 frozen
			1s poll t1 limit=7 frozen at=0s`, Now{}, Failed,
			"1 request came before a wait was over, the worst at acme.pollTask, 4s too soon after it was told 5s"},
		{"the clock stands, waits", rule, `
			0s poll t1 limit=7 wait=5/7 frozen
			5s poll t1 limit=7 frozen at=0s`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"the clock was moved as far", rule, `
			0s poll t1 limit=7 wait=5/7 frozen
			1s poll t1 limit=7 frozen at=5s`, Now{}, Passed, "1 wait told, no request came before one was over"},
		{"not over yet", rule, `0s poll t1 limit=7 wait=5/7`, after(4 * time.Second), Inconclusive, "1 wait told, none over yet"},
		{"over, and nothing came", rule, `0s poll t1 limit=7 wait=5/7`, after(5 * time.Second), Passed, "1 wait told, no request came before one was over"},
		{"never told", rule, `0s poll t1 limit=7`, Now{}, Inconclusive, "no answer told the client to wait"},
	})
}
