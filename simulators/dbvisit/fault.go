package dbvisit

import (
	"net/http"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// failure is the envelope of every answer of version 12 that is no success.
type failure struct {
	Error      failureText `json:"error"`
	Successful bool        `json:"successful"` // always false
}

type failureText struct {
	Message string `json:"message"`
}

// failureText11 is what stands in the envelope of version 11.
type failureText11 struct{ Message string }

// refusals are the statuses and texts. The pages document the envelope of
// version 12 and the status 400; the texts are ours.
var refusals = map[sim.Kind]struct {
	status int
	text   string
}{
	sim.Unauthorized:     {http.StatusUnauthorized, "authentication failed"},
	sim.Forbidden:        {http.StatusForbidden, "permission denied"},
	sim.NotFound:         {http.StatusNotFound, "unknown command"},
	sim.MethodNotAllowed: {http.StatusMethodNotAllowed, "method not allowed"},
	sim.UnknownMethod:    {http.StatusNotFound, "unknown command"},
	sim.UnknownTask:      {http.StatusBadRequest, "task not found"},
	sim.Malformed:        {http.StatusBadRequest, "request body is not valid JSON"},
	sim.Invalid:          {http.StatusBadRequest, ""},
	sim.TooLarge:         {http.StatusRequestEntityTooLarge, "request body is too large"},
	sim.RateLimited:      {http.StatusTooManyRequests, "too many requests"},
	sim.Internal:         {http.StatusInternalServerError, "internal error"},
	sim.Unavailable:      {http.StatusServiceUnavailable, "service unavailable"},
}

// fault words a failure in the words of the version whose path was asked for.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
	known := refusals[f.Kind]
	status, text := known.status, known.text
	switch {
	case f.Detail != "":
		text = f.Detail
	case f.Kind == sim.Invalid:
		text = invalid(f)
	}
	path, reply := c.RequestPath(), sim.Reply{}
	if isVersion11(path) {
		if f.Kind == sim.UnknownTask {
			status = http.StatusNotFound // a resource, not a parameter
		}
		reply = sim.JSON(status, envelope11{status, failureText11{text}})
	} else {
		reply = sim.JSON(status, failure{Error: failureText{text}})
	}
	switch f.Kind {
	case sim.Unauthorized:
		return reply.With("WWW-Authenticate", `Basic realm="StandbyMP"`)
	case sim.MethodNotAllowed:
		return reply.With("Allow", allowed(path))
	}
	return sim.TellWait(reply, f)
}

// resources11 are the paths of version 11; what is below them is too.
var resources11 = []string{"/api/login", "/api/tasks", "/api/configurations"}

func isVersion11(path string) bool {
	for _, resource := range resources11 {
		if rest, ok := strings.CutPrefix(path, resource); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// allowed are the methods of a path that was met with another one. Every call
// of version 12 is a POST.
func allowed(path string) string {
	switch {
	case !isVersion11(path), path == "/api/login", path == "/api/tasks":
		return http.MethodPost
	case path == "/api/configurations", strings.HasPrefix(path, "/api/tasks/"):
		return http.MethodGet
	case strings.HasSuffix(path, "/Settings/AutomatedStandbyUpdate/Enabled"):
		return http.MethodPut
	}
	return http.MethodGet + ", " + http.MethodPut
}

// invalid says what is wrong with a request.
func invalid(f *sim.Fault) string {
	v, what := f.Violation, "request body"
	switch {
	case v == nil:
		return "invalid request"
	case strings.HasPrefix(v.Field, "params.user_script."): // its keys are host names, with dots
		what = "parameter user_script"
	case v.Field != "":
		what = "parameter " + v.Name()
	}
	switch v.Rule {
	case "required":
		return "missing " + what
	case "pattern":
		return "invalid " + what + ": value has the wrong form"
	case "enum":
		return "invalid " + what + ": value is not one of those known"
	case "nullable":
		return "invalid " + what + ": value must not be null"
	}
	return "invalid " + what + ": " + v.Text
}

// html is the error page of a proxy that a customer may have put before the
// product.
func html(_ *sim.Call, status int) string { return sim.StockPage("nginx", status) }
