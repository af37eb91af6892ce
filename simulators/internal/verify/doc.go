// Package verify judges a client by the requests that it sent: the expectations
// of a scenario, and a report card. It must not know HTTP, a vendor's words, the
// state engine or what time it is: it is told of each request by an Observation.
// It keeps running aggregates, never requests.
//
// # What is judged
//
// The report card is always there. Its lines are good, bad, not seen (nothing
// exercised them) or not judged. A bad line alone fails nothing.
//
//	poll gaps              good: no gap below 1s
//	retry-after            good: no request came before the wait that it was told was over
//	token refresh          good: no token was used after its end
//	pages                  good: every list that was begun was read to its last page
//	calls after end        good: no poll of a task that had been seen ended
//	duplicate submissions  good: no work was asked for again while it was under way
//	unknown fields         good: nothing was sent that nothing read
//
// The expectations are those of the scenario's "expect:". Each is passed, failed,
// inconclusive or not judged. One that nothing exercised is inconclusive, never
// passed, and so is one that cannot be decided yet.
//
// # What the words mean
//
// A call is about the task that it asks for, also where the vendor does not know
// it. Where it asks for no one task, it is about each task that its answer
// showed. A call that creates a task, and one that shows none, is about no task.
//
// A gap is the time between two calls about the same task, from arrival to
// arrival: real time, times N on a clock that runs N times as fast at the later
// call. On a frozen clock time tells nothing, and gaps are not judged; counts
// are. Where a call is told of after a later one, its gap is that between the
// two. The quantiles of the card's gaps come from a histogram: they are within
// 1/64 of the true ones, and a microsecond; the least and the most are exact.
//
// With call, each vendor counts by itself. Calls that are about no task count
// together, and with "per: tenant" all calls do.
//
// A wait is what a Retry-After told, in real seconds from the arrival of the
// request that was told so. It binds every later request that the same limit
// looks at; told by no limit, every later request of that operation. A request
// that came before the answer was given could not know, and is not held to it.
// A wait is also over once the tenant's clock has moved as far (n seconds, times
// N): a test that moves the clock past a limit need not wait as well.
//
// A token is refreshed in time if no request carries it after its end. Log-ins
// may: that is how some vendors refresh. Where the token is over only because a
// test moved the clock, no client could know, and the use is not judged.
//
// A list is begun by its first page, if there is another after it, and read to
// the last by a page that has none after it. What is begun and not read to the
// last when the report is made has been left.
//
// A poll is after the end if it came after an answer, to any request, that
// showed the task ended. A poll that asks for no one task is so only where all
// the tasks that it showed had been seen ended: who waits for one of them has
// no other way.
//
// With every_task, the tasks are those that the client started or polled, if the
// vendor ever knew them. "within" is the tenant's time from that first start or
// poll to the first answer that showed the end. A task that has ended, and that
// no answer showed ended, fails; one that has not ended, and whose time is not
// over, is inconclusive.
//
// A submission is a call that starts work. It is a duplicate if the same
// operation was sent with the same body before and created a task that no answer
// has shown ended since, whatever came of the second one. To repeat a submission
// that created nothing is no duplicate.
//
// When a tenant's scenario is replaced, its expectations are judged from there
// on, as if nothing had come before. The card goes on.
package verify
