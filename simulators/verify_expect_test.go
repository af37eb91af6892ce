package simulators

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/verify"
)

// trouble refuses the first two polls of each task, and tells how long to wait.
const trouble = "faults: [{name: trouble, on: poll, first: 2, answer: {status: 503, retry_after: 4s}}]"

// expectations are, for each rule of "expect:", clients that meet it, clients
// that do not, and clients of which it cannot be told: what they do, what is
// found, and the exit code of verify. scenario is what the scenario says beside
// judged and the rule.
var expectations = []struct {
	vendor, scenario, rule, script string
	verdict                        verify.Verdict
	found                          string
	exit                           int
}{
	{"checkpoint", "", "call: poll, min_gap: 2s", "poll; wait 2s; poll; wait 3s; poll",
		verify.Passed, "2 gaps, the least 2s (checkpoint task 1628077538799978)", 0},
	{"checkpoint", "", "call: poll, min_gap: 2s", "poll; wait 2s; poll; wait 1s; poll",
		verify.Failed, "checkpoint task 1628077538799978: 1 of 3 polls came sooner than 2s after the one before, the soonest after 1s", 1},
	{"checkpoint", "", "call: poll, min_gap: 2s", "poll",
		verify.Inconclusive, "no two calls to compare", 2},
	{"dbvisit", "", "call: taskShow, vendor: dbvisit, max: 2", "poll; wait 11s; poll",
		verify.Passed, "at most 2 calls (dbvisit task 1)", 0},
	{"dbvisit", "", "call: taskShow, vendor: dbvisit, max: 2", "poll; poll; poll; start one; poll started",
		verify.Failed, "dbvisit task 1: 3 calls, 1 more than allowed", 1},
	{"dbvisit", "", "call: sailpoint.getTaskStatus, max: 2", "poll; poll; poll",
		verify.Inconclusive, "no such call was made", 2},
	{"cisco", "", "call: poll, per: tenant, max: 3", "start one; poll; poll started; poll",
		verify.Passed, "at most 3 polls (cisco)", 0},
	{"cisco", "", "call: poll, per: tenant, max: 3", "start one; poll; poll started; poll; poll started",
		verify.Failed, "cisco: 4 polls, 1 more than allowed", 1},
	{"bitdefender", "", "call: start, min_gap: 1s", "start one; wait 1s; start two",
		verify.Passed, "1 gap, the least 1s (bitdefender)", 0},
	{"bitdefender", "", "call: start, min_gap: 1s", "start one; start two",
		verify.Failed, "bitdefender: 1 of 2 calls came sooner than 1s after the one before, the soonest after 0s", 1},
	{"checkpoint", trouble, "call: poll, max_errors: 1", "poll -> 503; wait 4s; poll -> 503; wait 4s; poll",
		verify.Failed, "checkpoint task 1628077538799978: 2 polls failed, 1 more than allowed", 1},
	{"checkpoint", trouble, "call: poll, max_errors: 2", "poll -> 503; wait 4s; poll -> 503; wait 4s; poll",
		verify.Passed, "at most 2 polls failed (checkpoint task 1628077538799978)", 0},
	{"checkpoint", "", "call: poll, max_errors: 1", "poll; poll",
		verify.Passed, "no poll failed", 0},
	{"checkpoint", trouble, "call: poll, max_errors: 1", "start one",
		verify.Inconclusive, "no such call was made", 2},
	{"sailpoint", "", "call: poll, max_errors: 0", "poll; poll nosuch -> 404",
		verify.Failed, "sailpoint task nosuch: 1 poll failed, 1 more than allowed", 1},
	{"bitdefender", "faults: [{name: broken, on: poll, first: 1, answer: {kind: internal}}]", "call: poll, max_errors: 0", "poll -> 200; poll",
		verify.Failed, "bitdefender task 65f46d08c6d2865b32048ba3: 1 poll failed, 1 more than allowed", 1},
	{"dbvisit", "faults: [{name: gone, on: poll, first: 1, answer: {reset: true}}]", "call: poll, max_errors: 0", "poll -> lost; poll",
		verify.Passed, "no poll failed", 0},
	{"cisco", trouble, "call: poll, per: tenant, max_errors: 2", "start one; poll -> 503; poll -> 503; poll started -> 503",
		verify.Failed, "cisco: 3 polls failed, 1 more than allowed", 1},
	{"bitdefender", "", "call: poll, sends: params.options.returnSubtasks=true", "poll; subtasks",
		verify.Passed, "params.options.returnSubtasks=true was sent for each", 0},
	{"bitdefender", "", "call: poll, sends: params.options.returnSubtasks=true", "start one; subtasks; poll started",
		verify.Failed, "bitdefender task 6968ac90ab79407fc7235eb2: no call sent params.options.returnSubtasks=true", 1},
	{"bitdefender", "", "call: poll, sends: params.options.returnSubtasks=true", "page 1",
		verify.Inconclusive, "no such call was made", 2},
	{"cisco", "", "call: getDeployableDevice, sends: offset=10", "page 1; page 2",
		verify.Passed, "offset=10 was sent for each", 0},
	{"cisco", "", "call: getDeployableDevice, sends: offset=10", "page 1",
		verify.Failed, "cisco: no call sent offset=10", 1},
	{"checkpoint", "", "call: poll, min_gap: 2s", "poll; wait 10ms; move 2s; poll",
		verify.NotJudged, "the clock was frozen or moved at each of 1 gap", 0},
	{"sailpoint", twoInTen, "retry_after: respected", "poll; poll; poll -> 429; obey; poll",
		verify.Passed, "1 wait told, no request came before one was over", 0},
	{"sailpoint", twoInTen, "retry_after: respected", "poll; poll; poll -> 429; wait 9999ms; poll -> 429",
		verify.Failed, "1 request came before a wait was over, the worst at sailpoint.getTaskStatus, 1ms too soon after it was told 10s", 1},
	{"sailpoint", twoInTen, "retry_after: respected", "poll; poll; poll -> 429",
		verify.Inconclusive, "1 wait told, none over yet", 2},
	{"sailpoint", twoInTen, "retry_after: respected", "poll",
		verify.Inconclusive, "no answer told the client to wait", 2},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; obey; poll -> 503; obey; poll",
		verify.Passed, "1 call told to wait, each made again and answered well", 0},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; obey",
		verify.Failed, "1 of 1 call told to wait came to nothing; the first, dbvisit.taskShow (task 1), told 4s, was not made again", 1},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; move 4s",
		verify.Failed, "1 of 1 call told to wait came to nothing; the first, dbvisit.taskShow (task 1), told 4s, was not made again", 1},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; obey; poll -> 503; obey",
		verify.Failed, "1 of 1 call told to wait came to nothing; the first, dbvisit.taskShow (task 1), told 4s, was made again, and never answered well", 1},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; wait 3s",
		verify.Inconclusive, "1 of 1 call told to wait: the wait is not over", 2},
	{"dbvisit", trouble, "retried: every_refusal", "poll -> 503; obey; poll 2 -> 503; obey; poll 2 -> 503; obey; poll 2; poll -> 503",
		verify.Inconclusive, "1 of 2 calls told to wait: the wait is not over", 2},
	{"dbvisit", trouble, "retried: every_refusal", "start one",
		verify.Inconclusive, "no answer told the client to wait", 2},
	{"sailpoint", twoInTen, "retried: every_refusal", "poll; poll; poll -> 429; obey; poll",
		verify.Passed, "1 call told to wait, each made again and answered well", 0},
	{"checkpoint", "", "no_calls_after: end", "start one; wait 10s; poll started",
		verify.Passed, "1 task seen ended, 0 polls after that", 0},
	{"checkpoint", "", "no_calls_after: end", "start one; wait 10s; poll started; wait 1s; poll started",
		verify.Failed, "checkpoint task 1768467600000003: 1 poll after an answer showed its end", 1},
	{"checkpoint", "", "no_calls_after: end, grace: 1", "start one; wait 10s; poll started; wait 1s; poll started",
		verify.Passed, "1 task seen ended, 1 poll after that", 0},
	{"checkpoint", "", "no_calls_after: end, grace: 1", "wait 10s; poll; poll; poll",
		verify.Failed, "checkpoint task 1628077538799978: 2 polls after an answer showed its end", 1},
	{"checkpoint", "", "no_calls_after: end", "poll",
		verify.Inconclusive, "no answer showed a task at its end", 2},
	{"cisco", "", "every_task: seen_end", "start one; wait 5s; poll started; wait 10s; poll started",
		verify.Passed, "1 task seen ended, the last to be after 15s (cisco task 561287709487)", 0},
	{"cisco", "", "every_task: seen_end", "start one; wait 5s; poll started; wait 10s",
		verify.Failed, "1 task ended unseen: cisco task 561287709487 ended at 2026-01-15T09:00:10Z, and no answer showed it", 1},
	{"cisco", "", "every_task: seen_end", "start one; wait 5s; poll started",
		verify.Inconclusive, "1 of 1 task not known to have ended", 2},
	{"cisco", "", "every_task: seen_end", "start one; wait 11s; poll nosuch -> 404; poll started",
		verify.Passed, "1 task seen ended, the last to be after 11s (cisco task 561287709487)", 0},
	{"cisco", "", "every_task: seen_end", "poll nosuch -> 404",
		verify.Inconclusive, "the client started and polled no task", 2},
	{"cisco", "", "every_task: seen_end, within: 15s", "start one; wait 15s; poll started",
		verify.Passed, "1 task seen ended, the last to be after 15s (cisco task 561287709487)", 0},
	{"cisco", "", "every_task: seen_end, within: 15s", "start one; wait 16s; poll started",
		verify.Failed, "1 task seen ended too late: cisco task 561287709487 after 16s", 1},
	{"cisco", "", "every_task: seen_end, within: 5s", "start one; wait 6s; poll started",
		verify.Failed, "1 task not ended in time: cisco task 561287709487", 1},
	{"sailpoint", twoInTen, "every_task: seen_end", "poll; move 10s; poll",
		verify.Passed, "1 task seen ended, the last to be after 10s (sailpoint task id12345)", 0},
	{"sailpoint", twoInTen, "every_task: seen_end", "poll; move 10s",
		verify.Failed, "1 task ended unseen: sailpoint task id12345 ended at 2026-01-15T09:00:10Z, and no answer showed it", 1},
	{"sailpoint", twoInTen, "every_task: seen_end", "poll nosuch -> 404; poll nosuch -> 404; poll -> 429",
		verify.Inconclusive, "1 of 1 task not known to have ended", 2},
	{"sailpoint", twoInTen, "every_task: seen_end", "poll nosuch -> 404; poll nosuch -> 404; poll -> 429; wait 10s",
		verify.Failed, "1 task ended unseen: sailpoint task id12345 ended at 2026-01-15T09:00:10Z, and no answer showed it", 1},
	{"checkpoint", "", "tokens: refreshed_in_time", "log in; poll; wait 29m; log in; poll",
		verify.Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used after its end", 0},
	{"checkpoint", "", "tokens: refreshed_in_time", "log in; poll; wait 30m; poll -> 401; log in; poll",
		verify.Failed, "1 call used a token after its end, the worst at checkpoint.getTask", 1},
	{"checkpoint", "", "tokens: refreshed_in_time", "log in; move 30m; poll -> 401",
		verify.NotJudged, "1 call used a token that was over only because the clock was moved", 0},
	{"checkpoint", "", "tokens: refreshed_in_time", "poll",
		verify.Inconclusive, "the client did not log in", 2},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "log in; poll; wait 28m; log in; poll",
		verify.Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used in the last 1m before its end, or after it", 0},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "log in; poll; wait 29m30s; refresh; poll",
		verify.Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used in the last 1m before its end, or after it", 0},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "log in; poll; wait 29m30s; poll; log in; poll",
		verify.Failed, "1 call used a token in the last 1m before its end, the nearest at cisco.getTaskStatus, 30s before it", 1},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "log in; poll; wait 31m; poll -> 401; log in; poll",
		verify.Failed, "1 call used a token after its end, the worst at cisco.getTaskStatus, 1m after it", 1},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "log in; poll; move 29m30s; poll",
		verify.NotJudged, "1 call used a token that was over, or nearly so, only because the clock was moved", 0},
	{"cisco", "", "tokens: refreshed_in_time, margin: 1m", "poll",
		verify.Inconclusive, "the client did not log in", 2},
	{"bitdefender", "", "pages: read_to_last", "page 1; page 2",
		verify.Passed, "1 list of several pages, each read to the last", 0},
	{"bitdefender", "", "pages: read_to_last", "page 1",
		verify.Failed, "1 of 1 list not read to the last page; the latest list was begun at bitdefender.getEndpointsList", 1},
	{"bitdefender", "", "pages: read_to_last", "poll",
		verify.Inconclusive, "no list had more than one page", 2},
	{"dbvisit", "", "submissions: no_duplicates", "start one; wait 11s; poll started; start one",
		verify.Passed, "2 submissions, none of work under way", 0},
	{"dbvisit", "", "submissions: no_duplicates", "start one; start one",
		verify.Failed, "1 of 2 submissions asked again for work under way, the soonest at dbvisit.switchoverPostgresql, 0s after it had created task 5", 1},
	{"dbvisit", "", "submissions: no_duplicates", "poll",
		verify.Inconclusive, "the client submitted no work", 2},
	{"bitdefender", "", "unknown_fields: none", "poll",
		verify.Passed, "nothing that nothing read in 1 call", 0},
	{"bitdefender", "", "unknown_fields: none", "poll with colour",
		verify.Failed, "1 call with fields that nothing read: bitdefender.getTaskStatus params colour (1)", 1},
	{"bitdefender", "", "unknown_fields: none", "wait 1s",
		verify.Inconclusive, "no call was made", 2},
}

func TestVerifyExpect(t *testing.T) {
	s := newStage(t)
	for i, want := range expectations {
		t.Run(fmt.Sprintf("%d-%s", i, want.vendor), func(t *testing.T) {
			c := s.client(t, want.vendor, want.scenario+"\nexpect: [{"+want.rule+"}]")
			c.more = incidentSteps()
			c.plays(want.script)
			r := c.report()
			got := r.Expectations[0]
			if got.Verdict != want.verdict || got.Found != want.found || r.Exit() != want.exit {
				t.Errorf("{%s} of %s\ngot  %s: %s, exit %d\nwant %s: %s, exit %d", want.rule, want.script,
					got.Verdict, got.Found, r.Exit(), want.verdict, want.found, want.exit)
			}
			if !strings.HasPrefix(got.At, "judged.yaml:") || got.Expected == "" || (got.Verdict == verify.Failed) && got.Worst == nil {
				t.Errorf("%s: it says %+v", want.rule, got)
			}
		})
	}
}

// Every rule, and all that calls and tokens are held to, has a client that meets
// it, one that does not, and one of which it cannot be told.
func TestVerifyExpectIsWhole(t *testing.T) {
	met := map[string]bool{}
	for _, e := range expectations {
		for part := range strings.SplitSeq(e.rule, ", ") {
			key, _, _ := strings.Cut(part, ":")
			met[key+" "+string(e.verdict)] = true
		}
	}
	for _, rule := range []string{
		"call", "min_gap", "max", "max_errors", "sends", "retry_after", "retried", "no_calls_after", "every_task", "tokens", "margin",
		"pages", "submissions", "unknown_fields",
	} {
		for _, verdict := range []verify.Verdict{verify.Passed, verify.Failed, verify.Inconclusive} {
			if !met[rule+" "+string(verdict)] {
				t.Errorf("%s: no client of which it is %s", rule, verdict)
			}
		}
	}
}

// The verdict over several expectations is that of the worst.
func TestVerifyExpectTogether(t *testing.T) {
	c := newStage(t).client(t, "cisco", "expect: [{pages: read_to_last}, {call: poll, max: 1}, {unknown_fields: none}]")
	for _, step := range []struct {
		script  string
		verdict verify.Verdict
		exit    int
	}{
		{"poll", verify.Inconclusive, 2}, {"page 1; page 2", verify.Passed, 0}, {"page 1", verify.Failed, 1}, {"page 2", verify.Passed, 0}, {"poll", verify.Failed, 1},
	} {
		c.plays(step.script)
		if r := c.report(); r.Verdict != step.verdict || r.Exit() != step.exit {
			t.Errorf("after %s: %s, exit %d", step.script, r.Verdict, r.Exit())
		}
	}
}
