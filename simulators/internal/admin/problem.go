package admin

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
)

// typePrefix stands before the word of a problem's type.
const typePrefix = "urn:vendorsim:problem:"

// word names a problem; admin.yaml lists them all.
type word string

const (
	invalid          word = "invalid"
	malformed        word = "malformed"
	unauthorized     word = "unauthorized"
	foreignOrigin    word = "foreign-origin"
	noSuchPath       word = "no-such-path"
	noSuchTenant     word = "no-such-tenant"
	noSuchTask       word = "no-such-task"
	noSuchFault      word = "no-such-fault"
	noSuchRequest    word = "no-such-request"
	methodNotAllowed word = "method-not-allowed"
	tenantExists     word = "tenant-exists"
	faultExists      word = "fault-exists"
	past             word = "past"
	ambiguousTask    word = "ambiguous-task"
	unreachable      word = "unreachable"
	taskUnknown      word = "task-unknown"
	taskEnded        word = "task-ended"
	tooManyTasks     word = "too-many-tasks"
	tooManyFaults    word = "too-many-faults"
	journalLost      word = "journal-lost"
	tooLarge         word = "too-large"
	notJSON          word = "not-json"
	foreignHost      word = "foreign-host"
	badScenario      word = "scenario"
	badFault         word = "fault"
	badValue         word = "value"
	internal         word = "internal"
	full             word = "full"
	notReady         word = "not-ready"
)

// words are the problems: the status, and what all of a kind are called.
var words = map[word]struct {
	status int
	title  string
}{
	invalid:          {http.StatusBadRequest, "The request breaks the contract of the control API"},
	malformed:        {http.StatusBadRequest, "The body is not JSON"},
	unauthorized:     {http.StatusUnauthorized, "The token is missing or wrong"},
	foreignOrigin:    {http.StatusForbidden, "The request comes from a web page of another origin"},
	noSuchPath:       {http.StatusNotFound, "There is no such path"},
	noSuchTenant:     {http.StatusNotFound, "There is no such tenant"},
	noSuchTask:       {http.StatusNotFound, "There is no such task"},
	noSuchFault:      {http.StatusNotFound, "There is no such fault"},
	noSuchRequest:    {http.StatusNotFound, "There is no such request"},
	methodNotAllowed: {http.StatusMethodNotAllowed, "The path has other methods"},
	tenantExists:     {http.StatusConflict, "There is a tenant of this name"},
	faultExists:      {http.StatusConflict, "There is a fault of this name"},
	past:             {http.StatusConflict, "A clock never goes back"},
	ambiguousTask:    {http.StatusConflict, "More than one vendor has this task"},
	unreachable:      {http.StatusConflict, "Time alone does not lead there"},
	taskUnknown:      {http.StatusConflict, "The vendor does not know the task now"},
	taskEnded:        {http.StatusConflict, "The task has ended"},
	tooManyTasks:     {http.StatusConflict, "The tenant has as many created tasks as it may"},
	tooManyFaults:    {http.StatusConflict, "The tenant has as many faults as it may"},
	journalLost:      {http.StatusConflict, "The journal has lost entries"},
	tooLarge:         {http.StatusRequestEntityTooLarge, "The body is too large"},
	notJSON:          {http.StatusUnsupportedMediaType, "The Content-Type must be application/json"},
	foreignHost:      {http.StatusMisdirectedRequest, "The Host is none of this server's names"},
	badScenario:      {http.StatusUnprocessableEntity, "The scenario has problems"},
	badFault:         {http.StatusUnprocessableEntity, "The fault has problems"},
	badValue:         {http.StatusUnprocessableEntity, "A value means nothing here"},
	internal:         {http.StatusInternalServerError, "A defect of vendorsim, see its log"},
	full:             {http.StatusServiceUnavailable, "There are too many tenants"},
	notReady:         {http.StatusServiceUnavailable, "The server is not ready"},
}

// problem is an error of a kind with its own words; "" says nothing more.
func problem(w word, format string, args ...any) *api.Problem {
	known := words[w]
	return &api.Problem{Type: typePrefix + string(w), Title: known.title, Status: known.status, Detail: fmt.Sprintf(format, args...)}
}

// wrongValue is a problem with one member of the request.
func wrongValue(member, format string, args ...any) *api.Problem {
	text := fmt.Sprintf(format, args...)
	p := problem(badValue, "%s: %s", member, text)
	p.Errors = []api.ProblemError{{Where: member, Detail: text}}
	return p
}

// scenarioProblem says what is wrong with a scenario, one error a problem. Of
// any other error it says the text, at the member of the request that led to it.
func scenarioProblem(member string, err error) *api.Problem {
	p := problem(badScenario, "")
	var all scenarios.Problems
	if !errors.As(err, &all) {
		p.Detail = member + ": " + err.Error()
		p.Errors = []api.ProblemError{{Where: member, Detail: err.Error()}}
		return p
	}
	for _, one := range all.Errors() {
		p.Errors = append(p.Errors, api.ProblemError{Where: one.At.String(), Detail: one.Text})
	}
	return p
}
