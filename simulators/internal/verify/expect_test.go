package verify

import (
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

func TestNoCallsAfterEnd(t *testing.T) {
	rule := scenarios.Expect{NoCallsAfter: "end"}
	runAll(t, []expectCase{
		{"stops", rule, `
			0s poll t1
			1s poll t1*
			2s read t1*
			2s poll t2`, Now{}, Passed, "1 task seen ended, 0 polls after that"},
		{"goes on", rule, `
			1s poll t1*
			2s poll t1*
			3s poll t1*
			4s poll t2*`, Now{}, Failed, "acme task t1: 2 polls after an answer showed its end"},
		{"goes on after it is forgotten", rule, `
			1s poll t1*
			2s poll ?t1`, Now{}, Failed, "acme task t1: 1 poll after an answer showed its end"},
		{"a list showed the end", rule, `
			1s list t1*,t2*
			2s poll t1*`, Now{}, Failed, "acme task t1: 1 poll after an answer showed its end"},
		{"grace", scenarios.Expect{NoCallsAfter: "end", Grace: 2}, `
			1s poll t1*
			2s poll t1*
			3s poll t1*`, Now{}, Passed, "1 task seen ended, 2 polls after that"},
		{"more than grace", scenarios.Expect{NoCallsAfter: "end", Grace: 1}, `
			1s poll t1*
			2s poll t1*
			3s poll t1*
			3s poll t2*
			4s poll t2*
			5s poll t2*
			5s poll t2*`, Now{}, Failed, "acme task t2: 3 polls after an answer showed its end (and 1 other task; in all 5 polls)"},
		{"on the way when it was answered", rule, `
			1s   poll t1* took=2s
			2.9s poll t1*`, Now{}, Passed, "1 task seen ended, 0 polls after that"},
		{"told of later, but answered before", rule, `
			1s poll t1* took=9s
			2s list t1*
			5s poll t1*`, Now{}, Failed, "acme task t1: 1 poll after an answer showed its end"},
		{"one of many still runs", rule, `
			1s poll t1*,t2
			2s poll t1*,t2
			3s poll t1*,t2*`, Now{}, Passed, "2 tasks seen ended, 0 polls after that"},
		{"all of many have ended", rule, `
			3s poll t1*,t2*
			4s poll t1*,t2*`, Now{}, Failed, "acme task t1: 1 poll after an answer showed its end (and 1 other task; in all 2 polls)"},
		{"nothing ended", rule, `
			0s poll t1
			1s poll t1`, Now{}, Inconclusive, "no answer showed a task at its end"},
	})
}

func TestEveryTaskSeenEnd(t *testing.T) {
	rule := scenarios.Expect{EveryTask: "seen_end"}
	within := scenarios.Expect{EveryTask: "seen_end", Within: 10 * time.Minute}
	ended := func(tasks map[string]string) Now { return Now{Ended: endedAt(tasks)} }
	at := func(d time.Duration, tasks map[string]string) Now {
		now := after(d)
		now.Ended = endedAt(tasks)
		return now
	}
	runAll(t, []expectCase{
		{"follows all", rule, `
			0s start t1
			0s start t2
			5s poll t1*
			9s list t1*,t2*`, Now{}, Passed, "2 tasks seen ended, the last to be after 9s (acme task t2)"},
		{"forgets one", rule, `
			0s start t1
			1s poll t2
			5s poll t1*`, ended(map[string]string{"t2": "8s"}), Failed,
			"1 task ended unseen: acme task t2 ended at 2026-01-15T09:00:08Z, and no answer showed it"},
		{"shown, and nobody can say how it stands", rule, `
			1s poll t2
			9s poll ?t2`, ended(nil), Inconclusive, "1 of 1 task not known to have ended"},
		{"still runs", rule, `0s start t1`, ended(map[string]string{"t1": ""}), Inconclusive, "1 of 1 task not known to have ended"},
		{"nobody says how it stands", rule, `0s start t1`, Now{}, Inconclusive, "1 of 1 task not known to have ended"},
		{"a list is no poll", rule, `
			0s poll t1*
			0s list t1*,t2`, ended(map[string]string{"t2": "1s"}), Passed, "1 task seen ended, the last to be after 0s (acme task t1)"},
		{"no task of the vendor's", rule, `0s poll ?t9`, ended(nil), Inconclusive, "the client started and polled no task"},
		{"known, though not shown yet", rule, `0s poll ?t1`, ended(map[string]string{"t1": "2s"}), Failed,
			"1 task ended unseen: acme task t1 ended at 2026-01-15T09:00:02Z, and no answer showed it"},
		{"in time", within, `
			1m  start t1
			2m  poll t1
			11m poll t1*`, Now{}, Passed, "1 task seen ended, the last to be after 10m (acme task t1)"},
		{"too late", within, `
			1m   start t1
			1m   start t2
			10m  poll t2*
			12m  poll t1*`, Now{}, Failed, "1 task seen ended too late: acme task t1 after 11m"},
		{"the tenant's time counts", within, `
			1m start t1
			2m poll t1* at=30m`, Now{}, Failed, "1 task seen ended too late: acme task t1 after 29m"},
		{"still runs, in time", within, `1m start t1`, at(11*time.Minute, map[string]string{"t1": ""}), Inconclusive, "1 of 1 task not known to have ended"},
		{"still runs, too long", within, `1m start t1`, at(12*time.Minute, map[string]string{"t1": ""}), Failed, "1 task not ended in time: acme task t1"},
		{"none", rule, `0s list t1`, Now{}, Inconclusive, "the client started and polled no task"},
	})
}

func TestTokensRefreshedInTime(t *testing.T) {
	rule := scenarios.Expect{Tokens: "refreshed_in_time"}
	runAll(t, []expectCase{
		{"refreshes before the end", rule, `
			0m  login gives=1/30m
			1m  poll t1 sends=1
			29m login gives=2/30m sends=1
			31m poll t1 sends=2`, Now{}, Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used after its end"},
		{"never outlives it", rule, `
			0m login gives=1/30m
			1m poll t1 sends=1`, Now{}, Passed, "1 token, 0 refreshed before and 0 after the end of the one before; none was used after its end"},
		{"refreshes late, but uses none that is over", rule, `
			0m  login gives=1/30m
			40m login gives=2/30m sends=1 over`, Now{}, Passed, "2 tokens, 0 refreshed before and 1 after the end of the one before; none was used after its end"},
		{"a token for ever", rule, `
			0m  login gives=1
			99h login gives=2`, Now{}, Passed, "2 tokens, 1 refreshed before and 0 after the end of the one before; none was used after its end"},
		{"uses it after its end", rule, `
			0m  login gives=1/30m
			31m poll t1 sends=1 over
			45m list t1 sends=1 over
			46m login gives=2/30m`, Now{}, Failed, "2 calls used a token after its end, the worst at acme.listTask, 15m after it"},
		{"ended by another log-in", rule, `
			0m login gives=1/30m
			1m login gives=2/30m
			2m poll t1 sends=1 over`, Now{}, Failed, "1 call used a token after its end, the worst at acme.pollTask"},
		{"x10: the client was told three minutes", rule, `
			0m login gives=1/30m speed=10
			4m poll t1 sends=1 over speed=10 at=40m`, Now{}, Failed, "1 call used a token after its end, the worst at acme.pollTask, 10m after it"},
		{"somebody moved the clock", rule, `
			0m login gives=1/30m frozen
			1s poll t1 sends=1 over frozen at=40m`, Now{}, NotJudged, "1 call used a token that was over only because the clock was moved"},
		{"of another vendor", scenarios.Expect{Tokens: "refreshed_in_time", Vendor: "bolt"}, `
			0m  login gives=1/30m
			31m poll t1 sends=1 over`, Now{}, Inconclusive, "the client did not log in"},
		{"no log-in", rule, `0s poll t1`, Now{}, Inconclusive, "the client did not log in"},
	})
}

func TestPagesReadToLast(t *testing.T) {
	rule := scenarios.Expect{Pages: "read_to_last"}
	runAll(t, []expectCase{
		{"reads all", rule, `
			0s list page=0/10 more
			1s list page=10/10 more
			2s list page=20/3`, Now{}, Passed, "1 list of several pages, each read to the last"},
		{"the last pages in any order", rule, `
			0s list page=0/10 more
			1s list page=20/3
			1s list page=10/10 more`, Now{}, Passed, "1 list of several pages, each read to the last"},
		{"two readers of one list", rule, `
			0s list page=0/10 more
			0s list page=0/10 more
			1s list page=10/3
			1s list page=10/3`, Now{}, Passed, "2 lists of several pages, each read to the last"},
		{"reads the first page only", rule, `
			0s list page=0/10 more`, Now{}, Failed, "1 of 1 list not read to the last page; the latest list was begun at acme.listTask"},
		{"begins anew", rule, `
			0s list page=0/10 more
			1s list page=0/10 more
			2s list page=10/3`, Now{}, Failed, "1 of 2 lists not read to the last page; the latest list was begun at acme.listTask"},
		{"begins anew, and finds one page", rule, `
			0s list page=0/10 more
			1s list page=0/9`, Now{}, Failed, "1 of 1 list not read to the last page; the latest list was begun at acme.listTask"},
		{"reads another list to its end", rule, `
			0s list page=0/10 more
			2s list page=10/3 of=other`, Now{}, Failed, "1 of 1 list not read to the last page; the latest list was begun at acme.listTask"},
		{"one page", rule, `0s list page=0/3`, Now{}, Inconclusive, "no list had more than one page"},
		{"no list", rule, `0s poll t1`, Now{}, Inconclusive, "no list had more than one page"},
	})
}

func TestSubmissionsNoDuplicates(t *testing.T) {
	rule := scenarios.Expect{Submissions: "no_duplicates"}
	runAll(t, []expectCase{
		{"different work", rule, `
			0s start t1 body=1
			1s start t2 body=2
			1s start t3 body=1 op=scanTask
			1s start t4 body=1 vendor=bolt`, Now{}, Passed, "4 submissions, none of work under way"},
		{"again", rule, `
			0s start t1 body=1
			5s start t2 body=1
			6s start t3 body=1`, Now{}, Failed,
			"2 of 3 submissions asked again for work under way, the soonest at acme.startTask, 5s after it had created task t1"},
		{"again, and refused", rule, `
			0s start t1 body=1
			5s start body=1`, Now{}, Failed,
			"1 of 2 submissions asked again for work under way, the soonest at acme.startTask, 5s after it had created task t1"},
		{"again, after the end was seen", rule, `
			0s start t1 body=1
			4s list t1*
			5s start t2 body=1`, Now{}, Passed, "2 submissions, none of work under way"},
		{"the second is under way again", rule, `
			0s start t1 body=1
			4s poll t1*
			5s start t2 body=1
			6s start t3 body=1`, Now{}, Failed,
			"1 of 3 submissions asked again for work under way, the soonest at acme.startTask, 1s after it had created task t2"},
		{"the first is shown ended again, the second is under way", rule, `
			0s start t1 body=1
			4s poll t1*
			5s start t2 body=1
			6s list t1*,t2
			7s start t3 body=1`, Now{}, Failed,
			"1 of 3 submissions asked again for work under way, the soonest at acme.startTask, 2s after it had created task t2"},
		{"again, after the first was refused", rule, `
			0s start body=1
			5s start t2 body=1`, Now{}, Passed, "2 submissions, none of work under way"},
		{"none", rule, `0s poll t1`, Now{}, Inconclusive, "the client submitted no work"},
	})
}

func TestUnknownFieldsNone(t *testing.T) {
	rule := scenarios.Expect{UnknownFields: "none"}
	runAll(t, []expectCase{
		{"clean", rule, `
			0s poll t1
			1s poll t1`, Now{}, Passed, "nothing that nothing read in 2 calls"},
		{"sends more", rule, `
			0s poll t1 field=verbose field=x
			1s poll t1 field=verbose
			2s list t1`, Now{}, Failed, "2 calls with fields that nothing read: acme.pollTask query verbose (2), acme.pollTask query x (1)"},
		{"none", rule, ``, Now{}, Inconclusive, "no call was made"},
	})
}
