package verify

import (
	"strings"
	"testing"
	"time"
)

// What the card says of a client whose calls are refused.
func TestBackoff(t *testing.T) {
	gradeAll(t, []cardCase{
		{"backoff", `
			0s poll ?t1 status=503
			1s poll ?t1 status=503
			3s poll ?t1 status=503
			7s poll t1`, Good, `{"calls":1,"factor":"x2.00","first":"1s","grew":1,"last":"4s","not_judged":0,"tries":4}`},
		{"backoff", `
			0s    poll ?t1 status=503
			0s    poll ?t2 status=429
			1s    poll ?t1 lost
			1.2s  poll ?t2 refused
			3s    poll t1
			3.6s  poll t2`, Good, `{"calls":2,"factor":"x2.00","first":"1.1s","grew":2,"jitter":"18%","last":"2.2s","not_judged":0,"tries":6}`},
		{"backoff", ` // a lot that falls back a little, at the limit
			0s   poll ?t1 status=503
			1s   poll ?t1 status=503
			5s   poll ?t1 status=503
			9s   poll ?t1 status=503
			12s  poll ?t1 status=503`, Good, `{"calls":1,"factor":"x1.44","first":"1s","grew":1,"last":"3s","not_judged":0,"tries":5}`},
		{"backoff", `
			0s poll ?t1 status=503
			1s poll ?t1 status=503
			2s poll ?t1 status=503
			3s poll t1`, Bad, `{"calls":1,"factor":"x1.00","first":"1s","grew":0,"last":"1s","not_judged":0,"tries":4}`},
		{"backoff", ` // half as long again, and not quite
			0s   poll ?t1 status=503
			1s   poll ?t1 status=503
			2.5s poll t1`, Good, `{"calls":1,"factor":"x1.50","first":"1s","grew":1,"last":"1.5s","not_judged":0,"tries":3}`},
		{"backoff", `
			0s     poll ?t1 status=503
			1s     poll ?t1 status=503
			2.499s poll t1`, Bad, `{"calls":1,"factor":"x1.50","first":"1s","grew":0,"last":"1.499s","not_judged":0,"tries":3}`},
		{"backoff", ` // grows, and then begins anew
			0s   poll ?t1 status=503
			1s   poll ?t1 status=503
			5s   poll ?t1 status=503
			6.9s poll ?t1 status=503`, Bad, `{"calls":1,"factor":"x1.38","first":"1s","grew":0,"last":"1.9s","not_judged":0,"tries":4}`},
		{"backoff", ` // at once, and at once again
			0s poll ?t1 status=503
			0s poll ?t1 status=503
			0s poll t1`, Bad, `{"calls":1,"factor":"x1.00","first":"0s","grew":0,"last":"0s","not_judged":0,"tries":3}`},
		{"backoff", ` // one start is not another
			0s start body=1 status=500
			0s start body=2 status=500
			1s start body=1 status=500
			1s start body=2 status=500
			3s start t1 body=1
			3s start t2 body=2`, Good, `{"calls":2,"factor":"x2.00","first":"1s","grew":2,"jitter":"0%","last":"2s","not_judged":0,"tries":6}`},
		{"backoff", ` // on the way when the first was answered: no try
			0s poll ?t1 status=503 took=2s
			1s poll ?t1 status=503
			3s poll ?t1 status=503
			9s poll t1`, Good, `{"calls":1,"factor":"x2.00","first":"3s","grew":1,"last":"6s","not_judged":0,"tries":3}`},
		{"backoff", ` // x10
			0s   poll ?t1 status=503 speed=10
			0.1s poll ?t1 status=503 speed=10
			0.3s poll t1 speed=10`, Good, `{"calls":1,"factor":"x2.00","first":"1s","grew":1,"last":"2s","not_judged":0,"tries":3}`},
		{"backoff", ` // told to wait: not its own choice
			0s poll ?t1 status=503 wait=5
			5s poll ?t1 status=503 wait=5
			10s poll t1`, NotSeen, `{"calls":0,"grew":0,"not_judged":0,"tries":0}`},
		{"backoff", ` // an error that is none for now
			0s poll ?t1
			1s poll ?t1 failed status=200
			2s poll ?t1`, NotSeen, `{"calls":0,"grew":0,"not_judged":0,"tries":0}`},
		{"backoff", ` // refused once, and again later
			0s poll ?t1 status=503
			1s poll t1
			2s poll ?t1 status=503
			3s poll t1`, NotSeen, `{"calls":0,"grew":0,"not_judged":0,"tries":0}`},
		{"backoff", `
			0s poll ?t1 status=503 frozen
			1s poll ?t1 status=503 frozen
			2s poll t1 frozen`, Ungraded, `{"calls":0,"grew":0,"not_judged":1,"tries":0}`},
	})
}

func TestLostReplies(t *testing.T) {
	gradeAll(t, []cardCase{
		{"lost_replies", `
			0s start t1 body=1 lost done
			1s list t1
			2s start t2 body=1`, Good, `{"lost":1,"not_repeated":0,"repeated_after_asking":1,"repeated_unasked":0}`},
		{"lost_replies", `
			0s start t1 body=1 lost done
			1s poll t1`, Good, `{"lost":1,"not_repeated":1,"repeated_after_asking":0,"repeated_unasked":0}`},
		{"lost_replies", `
			0s start t1 body=1 lost done
			1s start t2 body=1`, Bad, `{"lost":1,"not_repeated":0,"repeated_after_asking":0,"repeated_unasked":1}`},
		{"lost_replies", ` // each time anew
			0s start t1 body=1 lost done
			1s start t2 body=1 lost done
			2s poll t1
			3s start t3 body=1`, Bad, `{"lost":2,"not_repeated":0,"repeated_after_asking":1,"repeated_unasked":1}`},
		{"lost_replies", ` // asked, but of another vendor, before, and without an answer
			0s list t9
			1s start t1 body=1 lost done took=2s
			2s list t9
			4s list t9 vendor=bolt
			5s list status=503
			6s list lost
			7s start t2 body=1`, Bad, `{"lost":1,"not_repeated":0,"repeated_after_asking":0,"repeated_unasked":1}`},
		{"lost_replies", ` // another start
			0s start t1 body=1 lost done
			1s start t2 body=2
			2s start t3 body=1 op=other
			3s start t4 body=1 vendor=bolt`, Good, `{"lost":1,"not_repeated":1,"repeated_after_asking":0,"repeated_unasked":0}`},
		{"lost_replies", ` // on the way when it was lost
			0s start t1 body=1 lost done took=5s
			1s start t2 body=1`, Good, `{"lost":1,"not_repeated":1,"repeated_after_asking":0,"repeated_unasked":0}`},
		{"lost_replies", ` // the work was not done
			0s start body=1 lost
			1s start t1 body=1`, NotSeen, `{"lost":0,"not_repeated":0,"repeated_after_asking":0,"repeated_unasked":0}`},
		{"lost_replies", ` // no start
			0s poll ?t1 lost done
			1s poll t1`, NotSeen, `{"lost":0,"not_repeated":0,"repeated_after_asking":0,"repeated_unasked":0}`},
	})
}

// away is a vendor that refuses three calls in four seconds, after ten seconds
// with a call each.
const away = `
	0s poll t1
	1s poll t1
	2s poll t1
	3s poll t1
	4s poll t1
	5s poll t1
	6s poll t1
	7s poll t1
	8s poll t1
	9s poll t1
	10s poll ?t1 status=503
	11s list lost
	14s poll ?t2 status=429 wait=1`

func TestRecovery(t *testing.T) {
	storm := strings.Repeat("\n\t18s poll t1", 10)
	gradeAll(t, []cardCase{
		{"recovery", away + `
			18s poll t1
			19s poll t1`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"4s","stormed":0}`},
		{"recovery", away + storm, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"4s","stormed":0}`},
		{"recovery", away + storm + `
			22.9s poll t1`, Bad, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"4s","storm":11,"stormed":1}`},
		{"recovery", away + storm + `
			23s poll t1`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"4s","stormed":0}`},
		{"recovery", away + storm + ` // another vendor
			22s poll t1 vendor=bolt`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"4s","stormed":0}`},
		{"recovery", away, Bad, `{"came_back":0,"gave_up":1,"not_judged":0,"open":0,"stormed":0}`},
		{"recovery", ` // seldom before, and five at once after
			0s  poll t1
			60s poll ?t1 status=503
			61s poll ?t1 status=503
			62s poll ?t1 status=503
			63s poll t1
			63s poll t2
			63s poll t3
			63s poll t4
			63s poll t5`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"1s","stormed":0}`},
		{"recovery", ` // what came more than a minute before tells nothing
			0s  poll t1
			0s  poll t1
			0s  poll t1
			0s  poll t1
			0s  poll t1
			0s  poll t1
			60s poll ?t1 status=503
			61s poll ?t1 status=503
			62s poll ?t1 status=503
			63s poll t1
			63s poll t2
			63s poll t3
			63s poll t4
			63s poll t5
			63s poll t6`, Bad, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"1s","storm":6,"stormed":1}`},
		{"recovery", ` // any answer that is no refusal
			0s poll ?t1 status=503
			1s poll ?t1 status=503
			2s poll ?t1 status=401
			3s poll ?t1 status=503`, NotSeen, `{"came_back":0,"gave_up":0,"not_judged":0,"open":0,"stormed":0}`},
		{"recovery", ` // all at once
			0s   poll ?t1 status=503
			0.5s poll ?t2 status=503
			0.9s poll ?t3 status=503
			2s   poll t1`, NotSeen, `{"came_back":0,"gave_up":0,"not_judged":0,"open":0,"stormed":0}`},
		{"recovery", ` // a second is long enough
			0s   poll ?t1 status=503
			0.5s poll ?t2 status=503
			1s   poll ?t3 status=503
			2s   poll t1`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"1s","stormed":0}`},
		{"recovery", ` // x10
			0s   poll ?t1 status=503 speed=10
			0.1s poll ?t1 status=503 speed=10
			0.2s poll ?t1 status=503 speed=10
			0.5s poll t1 speed=10`, Good, `{"came_back":1,"gave_up":0,"not_judged":0,"open":0,"slowest":"3s","stormed":0}`},
		{"recovery", `
			0s poll ?t1 status=503 frozen
			1s poll ?t1 status=503 frozen
			2s poll ?t1 status=503 frozen
			3s poll t1 frozen`, Ungraded, `{"came_back":0,"gave_up":0,"not_judged":1,"open":0,"stormed":0}`},
	})
}

// Who may still come back has not given up.
func TestRecoveryIsOpen(t *testing.T) {
	for _, c := range []struct {
		name, script string
		now          time.Duration
		grade        Grade
	}{
		{"away for no longer than the vendor", away, 19 * time.Second, NotSeen},
		{"away for longer", away, 19*time.Second + 1, Bad},
		{"away for no longer than a long outage", "0s poll ?t1 lost\n9s poll ?t1 lost\n20s poll ?t1 lost", 40 * time.Second, NotSeen},
		{"told to wait so long", away + "\n15s poll ?t2 status=503 wait=60", 75*time.Second - 1, NotSeen},
		{"told nothing by the latest", away + "\n15s poll ?t2 status=503 wait=60\n16s poll ?t2 status=503", 22*time.Second + 1, Bad},
		{"told to wait, and it is over", away + "\n15s poll ?t2 status=503 wait=60", 75 * time.Second, Bad},
	} {
		l := line(t, judged(nil, read(t, c.script), after(c.now)), "recovery")
		if l.Verdict != c.grade {
			t.Errorf("%s: %s (%s), want %s", c.name, l.Verdict, l.Found, c.grade)
		}
	}
}

// The sentences of the three lines.
func TestRefusalSentences(t *testing.T) {
	short := `
		0s poll ?t1 status=503
		1s poll ?t1 status=503
		2s poll ?t1 status=503`
	for _, c := range []struct{ line, script, found string }{
		{"backoff", short, "1 refused call tried 3 times: first gap 1s, last 1s, x1.00 from gap to gap; " +
			"1 of 1 call did not hold back more and more, the most tried acme.pollTask (task t1): 3 times, the first gap 1s, the longest 1s"},
		{"backoff", "0s poll t1", "no call was tried twice more after a refusal that told no wait"},
		{"backoff", strings.ReplaceAll(short, "503", "503 frozen"), "the clock was frozen or moved at the tries of 1 call"},
		{"lost_replies", "0s start t1 body=1 lost done\n1s list t1\n1s start t2 body=1",
			"1 lost start, 1 repeated after asking for the state, the rest not"},
		{"lost_replies", "0s start t1 body=1 lost done fault=gone\n1s start t2 body=1",
			"1 of 1 lost start repeated though the work was done and nobody had asked, the soonest at acme.startTask, after 1s (fault gone)"},
		{"recovery", short + "\n4s poll t1", "1 outage, the client was back at most 2s after the last refusal (acme.pollTask); too little came before to tell a storm"},
		{"recovery", away + "\n18s poll t1", "1 outage, the client was back at most 4s after the last refusal (acme.pollTask); no storm"},
		{"recovery", away + strings.Repeat("\n18s poll t1", 11), "1 outage, the client was back at most 4s after the last refusal (acme.pollTask); " +
			"after 1 of them it stormed: 11 calls to acme within 5s, and before 10 calls in 10s"},
		{"recovery", away, "from 1 outage it did not come back; the latest refusal was at acme.pollTask"},
		{"recovery", "0s poll t1", "no vendor refused 3 calls in a row over 1s"},
	} {
		if got := line(t, judged(nil, read(t, c.script), after(time.Hour)), c.line).Found; got != c.found {
			t.Errorf("%s of%s\n got %s\nwant %s", c.line, c.script, got, c.found)
		}
	}
}

// Of a lost answer the client saw nothing: no end, no page, no token. What it
// started is there all the same.
func TestALostAnswerShowsNothing(t *testing.T) {
	for _, c := range []struct{ line, script, found string }{
		{"calls_after_end", "0s poll t1* lost\n1s poll t1*", "1 task seen ended, 0 polls after that"},
		{"calls_after_end", "0s start t1* lost done\n1s poll t1", "no answer showed a task at its end"},
		{"pages", "0s list page=0/10 more lost\n1s list page=0/10", "no list had more than one page"},
		{"token_refresh", "0s login gives=1/1m lost", "the client did not log in"},
		{"duplicate_submissions", "0s start t1 body=1 lost done\n1s start t2 body=1",
			"1 of 2 submissions asked again for work under way, the soonest at acme.startTask, 1s after it had created task t1"},
		{"duplicate_submissions", "0s start t1 body=1\n1s poll t1* lost\n2s start t2 body=1",
			"1 of 2 submissions asked again for work under way, the soonest at acme.startTask, 2s after it had created task t1"},
	} {
		if got := line(t, judged(nil, read(t, c.script), after(time.Hour)), c.line).Found; got != c.found {
			t.Errorf("%s of %s\n got %s\nwant %s", c.line, c.script, got, c.found)
		}
	}
}
