package bitdefender

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// failure is a JSON-RPC answer that is an error. Clients read data.details and
// fail where it is missing, so it is always there.
type failure struct {
	ID      any       `json:"id"`
	JSONRPC string    `json:"jsonrpc"`
	Error   errorBody `json:"error"`
}

type errorBody struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Data    errorData `json:"data"`
}

type errorData struct {
	Details string `json:"details"`
}

// messages are the texts that belong to the codes.
var messages = map[int]string{
	-32700: "Parse error",
	-32600: "Invalid Request",
	-32601: "Method not found",
	-32602: "Invalid params",
	-32000: "Server error",
	-32001: "Authorization error",
	-32002: "Resource not found",
	-32003: "Too many requests",
}

func rpcError(c *sim.Call, status, code int, details string) sim.Reply {
	return sim.JSON(status, failure{ID: rpcID(c), JSONRPC: "2.0", Error: errorBody{code, messages[code], errorData{details}}})
}

// rpcID is the call's id as it was sent. A number that no client could read
// back (1e999) counts as none.
func rpcID(c *sim.Call) any {
	if n, ok := c.RPCID.(json.Number); ok {
		if _, err := n.Float64(); err != nil {
			return nil
		}
	}
	return c.RPCID
}

// fault words a failure. The evidence for each body stands at its response in
// the spec.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
	switch f.Kind {
	case sim.Unauthorized:
		return rpcError(c, http.StatusUnauthorized, -32001, "Invalid API key")
	case sim.Forbidden:
		return rpcError(c, http.StatusForbidden, -32000, "API Key is not allowed to access the selected API: "+displayName(c))
	case sim.NotFound:
		return rpcError(c, http.StatusNotFound, -32601, "The selected API does not exist.")
	case sim.MethodNotAllowed:
		return rpcError(c, http.StatusMethodNotAllowed, -32600, "Only POST requests are accepted.").With("Allow", "POST")
	case sim.UnknownMethod:
		return rpcError(c, http.StatusOK, -32601, "The selected API has no such method in this version.")
	case sim.Malformed:
		return rpcError(c, http.StatusOK, -32700, "The request is not valid JSON.")
	case sim.UnknownTask:
		return unknownTask(c)
	case sim.TooLarge:
		return nginx(http.StatusRequestEntityTooLarge)
	case sim.RateLimited:
		return rateLimited(c, f)
	case sim.Unavailable:
		return sim.TellWait(nginx(http.StatusServiceUnavailable), f)
	case sim.Invalid:
		if f.Violation == nil {
			return rpcError(c, http.StatusOK, -32602, cmp.Or(f.Detail, messages[-32602]))
		}
		return invalid(c, f.Violation)
	}
	return rpcError(c, http.StatusOK, -32000, "Internal error")
}

// The texts of params that are well formed and still cannot be done. The
// evidence for each stands at a behaviour in the spec.
const (
	noTargets  = "No applicable targets were found."
	noTarget   = "At least one specified target is invalid."
	noItem     = "One or more items are not available for the specified action."
	noEntity   = "The protected entity does not exist"
	noEndpoint = "Invalid params: the endpoint does not exists or the user has not enough rights to access it"
)

// refuse is a refusal of params in the vendor's own words.
func refuse(details string) *sim.Fault {
	return &sim.Fault{Kind: sim.Invalid, Detail: details, Note: details}
}

// invalidValue is the fault of a param whose value means nothing here.
func invalidValue(name string) *sim.Fault {
	return sim.InvalidField(openapi.InParams, name, "enum", "is none that is known")
}

func unknownTask(c *sim.Call) sim.Reply {
	if c.Options.String("unknown_task") == "not_found" {
		return rpcError(c, http.StatusOK, -32002, "The task does not exist")
	}
	return rpcError(c, http.StatusOK, -32602, "Invalid value given to the 'taskId' parameter.")
}

// rateLimited is the front end's page or the application's error. Under the
// profile observed Retry-After stands there twice, so that a client which joins
// the lines reads "1, 1".
func rateLimited(c *sim.Call, f *sim.Fault) sim.Reply {
	if c.Options.String("rate_limit_reply") == "jsonrpc" {
		return rpcError(c, http.StatusOK, -32003, limitDetails(c))
	}
	wait := strconv.Itoa(f.RetryAfter)
	r := nginx(http.StatusTooManyRequests).With("Retry-After", wait)
	if c.Profile == sim.Observed {
		r = r.With("Retry-After", wait)
	}
	return r
}

// limitDetails names the limit where it is the vendor's own. Which of a
// scenario's limits has refused is not told to us.
func limitDetails(c *sim.Call) string {
	if c.Tenant != nil && c.Tenant.Scenario().Limits != nil {
		return "Rate limit exceeded."
	}
	n, seconds := perSecond, 1
	if c.Op != nil && slices.Contains(minuteMethods, c.Op.Name) {
		n, seconds = perMinute, 60
	}
	if c.Op != nil && slices.Contains(pushMethods, c.Op.Name) {
		n, seconds = pushPerMinute, 60
	}
	return fmt.Sprintf("Rate limit exceeded. Maximum %d requests per %d seconds allowed.", n, seconds)
}

// invalid words a request that leaves the contract: its envelope, or its params.
func invalid(c *sim.Call, v *openapi.Violation) sim.Reply {
	switch {
	case v.In == openapi.InBody && v.Field == "" && v.Rule == "required": // there is no body
		return rpcError(c, http.StatusOK, -32700, "The request is not valid JSON.")
	case v.In != openapi.InParams:
		return rpcError(c, http.StatusOK, -32600, "The request is not a JSON-RPC 2.0 call with an id.")
	}
	name := paramName(v)
	details := "Invalid value given to the '" + name + "' parameter."
	switch v.Rule {
	case "required":
		details = "The required parameter is missing : " + name
	case "type", "nullable", "oneOf", "anyOf":
		details = "The value passed for parameter '" + name + "' has not the correct data type."
	}
	return rpcError(c, http.StatusOK, -32602, details)
}

// paramName is the param that a violation is about: the innermost one that has
// a name, since the members of a list have none.
func paramName(v *openapi.Violation) string {
	parts := strings.Split(v.Field, ".")
	for i := len(parts) - 1; i >= 0; i-- {
		if _, err := strconv.Atoi(parts[i]); err != nil && parts[i] != "" {
			return parts[i]
		}
	}
	return "params"
}

// nginx is the stock error page of the front end, which stands before the
// application.
func nginx(status int) sim.Reply { return sim.Text(status, "text/html", html(nil, status)) }

func html(_ *sim.Call, status int) string { return sim.StockPage("nginx", status) }
