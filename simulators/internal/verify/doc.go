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
//	backoff                good: the gaps between the tries of a refused call grew
//	lost replies           good: no start was repeated blindly after its reply was lost
//	recovery               good: the client came back after an outage, and did not storm
//
// The expectations are those of the scenario's "expect:": what the lines above
// call good and, with call, gaps, counts, errors and what is sent; every_task;
// retried. Each is passed, failed,
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
// call. On a frozen clock time tells nothing, and gaps are not judged, nor are
// those in which somebody moved the clock; counts are. Where a call is told of after a later one, its gap is that between the
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
// With max_errors, a call fails if its answer has a status of 400 or above, or is
// a JSON-RPC error. An answer that was lost on its way is none. With sends, one
// call about each task that calls are about sends the field with that value, or
// one of all where they count together; who has not when the report is made has
// failed to.
//
// A token is refreshed in time if no request carries it after its end. Log-ins
// may: that is how some vendors refresh. Where the token is over only because a
// test moved the clock, no client could know, and the use is not judged. With
// margin, no request but a log-in carries it within so much of the tenant's time
// before its end either. A token that is replaced later, and was not used until
// then, did no harm.
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
// # What the words mean where things go wrong
//
// A call is refused if it got nothing for now, and may be tried again: status
// 429, 500 or above, a JSON-RPC error that says so, or an answer that was lost.
// An answer is lost if the client got none, or not the whole of it, or an error
// although the work was done. Whoever lost it has seen nothing of it: no end of a
// task, no page, no token. A task that it created is there all the same.
//
// Two requests are the same call if they are of the same vendor and operation,
// ask for the same task and, of starts, have the same body. A try is the call
// made again once its answer was given: what came before could not know of it.
//
// Back-off is judged of runs: a call that is refused, and its tries, up to and
// with the first that is not refused. A refusal that tells a wait belongs to no
// run, but ends one: that gap is not the client's choice. A run counts if it has
// two gaps or more, on a clock that was not frozen at any of its tries. It has
// grown if its longest gap is at least half as long again as its first, and none
// is shorter than half of the one before: so a good client may draw its gaps by
// lot, and may stop growing at a limit. The line is good if every run has grown.
// Its figures: calls (the runs that count), grew, tries, first and last (the means
// of the first and the last gaps), factor (the geometric mean of each gap over the
// one before; what is below a millisecond counts as one), jitter (of several runs,
// how far the longest first gap lies above the shortest, in percent of their mean).
// A client without jitter is not bad: one alone needs none.
//
// A lost reply is one to a start whose work was done. To repeat the start once
// the reply was lost is bad unless a poll or list of that vendor has come in
// between, by anyone, and was not refused. A start that is never repeated is good.
// Each loss counts by itself, that of a repetition too.
//
// An outage is a run of at least 3 refusals in a row, of whatever calls to one
// vendor, the last at least 1s after the first. Any answer that is no refusal ends
// it: then the client is back. How long that took is counted from the last
// refusal, since from there on a good answer was possible, to that call. It has
// stormed if in the 5s from that call on there are more than 5 calls to the vendor
// and more than twice as many a second as before the outage: in the minute before
// the first refusal (to the whole second), or since the first call if that is
// less. Of less than 5s before, no storm is told. The client has given up if, when
// the report is made, nothing has come for longer than 5s and than the outage had
// lasted, and the wait that was told last is over; until then the line is open.
// The line is good if the client came back from an outage, gave up none and never
// stormed. Times are real, times N on a clock xN; an outage that met a frozen clock
// is not judged.
//
// With retried: every_refusal, each call whose answer was an error or lost, and
// told a wait, is made again, as a try, and answered well: neither an error nor
// lost. A try that fails, whatever its status, leaves it to be made again, and one
// that is told another wait has that to wait for. When the report is made it has
// failed if that wait is over on the real or the tenant's clock; before, it is
// inconclusive.
//
// Of one tracker at most 100,000 calls are followed at once. Back-off and lost
// replies beyond that are overlooked; with retried, nothing passes then.
//
// When a tenant's scenario is replaced, its expectations are judged from there
// on, as if nothing had come before. The card goes on.
package verify
