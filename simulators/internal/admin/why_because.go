package admin

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// because says in one sentence what decided the answer, and what surprises made
// of it once its contract had been held.
func (q *question) because(tasks []api.WhyTask) string {
	text := q.decided(tasks)
	if _, surprises, ok := strings.Cut(q.view.Note, "surprises: "); ok {
		text += "; then surprises changed the answer: " + surprises
	}
	return text
}

func (q *question) decided(tasks []api.WhyTask) string {
	if q.entry.Refusal != nil {
		return q.refusal()
	}
	switch {
	case q.entry.Created != "":
		return "it created the task " + q.entry.Created
	case q.entry.Reply.Status >= http.StatusInternalServerError:
		return "vendorsim itself failed: " + q.view.Note
	case len(tasks) == 1:
		return stands(tasks[0])
	case len(q.entry.Tasks) > 1:
		return fmt.Sprintf("it shows %d tasks as they stood at this instant", len(q.entry.Tasks))
	}
	answered := q.entry.Operation + " was answered as it was asked"
	if len(q.entry.Faults) > 0 {
		return answered // a task may have been lost with the rest of it
	}
	return answered + "; no task is in the answer"
}

// refusal says why the request was not answered well.
func (q *question) refusal() string {
	f := q.view.Refusal
	switch sim.Kind(f.Kind) {
	case sim.Unauthorized:
		return join("the credential was refused", cmp.Or(f.Text, "nothing that "+q.Name+" reads as one was sent"))
	case sim.Forbidden:
		return join("the credential was accepted, but the vendor grants it not this", f.Text)
	case sim.NotFound:
		if q.entry.Operation != noOperation {
			return join("what it names does not exist", f.Text)
		}
		return fmt.Sprintf("no operation of %s has the path %s", q.Name, q.shownPath())
	case sim.MethodNotAllowed:
		return fmt.Sprintf("the path %s has %s, not %s", q.shownPath(), inWords(methodsOf(q.Spec, q.path()), "and"), q.view.Request.Method)
	case sim.UnknownMethod:
		return fmt.Sprintf("no JSON-RPC method is called %q at %s", q.method(), q.shownPath())
	case sim.UnknownTask:
		return q.unknownTask()
	case sim.Malformed:
		return join("the body is not JSON", f.Text)
	case sim.TooLarge:
		return fmt.Sprintf("the body is over %d bytes", sim.MaxBody)
	case sim.RateLimited:
		return q.limited()
	case sim.Invalid:
		where := strings.TrimSpace(f.In + " " + f.Field)
		switch {
		case where == "":
			return join("the vendor refuses what was asked for", f.Text)
		case f.Rule == "":
			return join("the vendor refuses what was asked for in "+where, f.Text)
		}
		return fmt.Sprintf("the request breaks the contract: %s %s", where, cmp.Or(f.Text, "is wrong"))
	case goneKind:
		return join("the client got no answer", f.Text)
	case sim.Unavailable:
		return join("the vendor is down for the moment", f.Text)
	}
	return join("the vendor failed", cmp.Or(f.Text, q.view.Note))
}

func join(what, detail string) string {
	if detail == "" {
		return what
	}
	return what + ": " + detail
}

// unknownTask says whether the task was there before, or comes yet.
func (q *question) unknownTask() string {
	asked := q.asked()
	if q.tenant != nil && q.tenant.Tasks(q.Name) != nil {
		tasks := q.tenant.Tasks(q.Name)
		if ref, found := tasks.Find(q.entry.Asked); found {
			switch shot := snapshotAt(tasks, ref, q.entry.At); {
			case shot.Expired:
				return fmt.Sprintf("the vendor had forgotten task %s by then, since %s", asked, written(shot.Stepped))
			case shot.Future:
				return fmt.Sprintf("task %s did not exist yet: it begins at %s", asked, written(shot.Created))
			}
		}
	}
	return fmt.Sprintf("%s knows no task %s", q.Name, asked)
}

// limited names the limit that refused the request.
func (q *question) limited() string {
	text := join("the vendor makes it wait", q.view.Refusal.Text)
	for _, l := range q.limits() {
		if l.Fired {
			text = "a limit is used up: " + l.Limit
			break
		}
	}
	if told := q.entry.Refusal.RetryAfter; told > 0 {
		text += fmt.Sprintf("; the client was told to wait %d real seconds", told)
	}
	return text
}
