package bitdefender

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

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
		api := f.Detail
		if api == "" {
			api = "Network"
		}
		return rpcError(c, http.StatusForbidden, -32000, "API Key is not allowed to access the selected API: "+api)
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
		return page(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large")
	case sim.RateLimited:
		return rateLimited(c, f)
	case sim.Unavailable:
		return page(http.StatusServiceUnavailable, "503 Service Temporarily Unavailable").With("Retry-After", strconv.Itoa(f.RetryAfter))
	case sim.Invalid:
		return invalid(c, f.Violation)
	}
	return rpcError(c, http.StatusOK, -32000, "Internal error")
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
	r := page(http.StatusTooManyRequests, "429 Too Many Requests").With("Retry-After", wait)
	if c.Profile == sim.Observed {
		r = r.With("Retry-After", wait)
	}
	return r
}

// limitDetails names the limit where it is the vendor's own. Which of a
// scenario's limits has refused is not told to us.
func limitDetails(c *sim.Call) string {
	if c.Tenant != nil && c.Tenant.Scenario.Limits != nil {
		return "Rate limit exceeded."
	}
	return fmt.Sprintf("Rate limit exceeded. Maximum %d requests per 1 seconds allowed.", perSecond)
}

// invalid words a request that leaves the contract: its envelope, or its params.
func invalid(c *sim.Call, v *openapi.Violation) sim.Reply {
	switch {
	case v.In == openapi.InBody && v.Field == "" && v.Rule == "required": // there is no body
		return rpcError(c, http.StatusOK, -32700, "The request is not valid JSON.")
	case v.In != openapi.InParams:
		return rpcError(c, http.StatusOK, -32600, "The request is not a JSON-RPC 2.0 call with an id.")
	}
	name := v.Name()
	if name == "" {
		name = "params"
	}
	details := "Invalid value given to the '" + name + "' parameter."
	switch v.Rule {
	case "required":
		details = "The required parameter is missing : " + name
	case "type", "nullable":
		details = "The value passed for parameter '" + name + "' has not the correct data type."
	}
	return rpcError(c, http.StatusOK, -32602, details)
}

// page is the stock error page of nginx, which stands before the application.
func page(status int, title string) sim.Reply {
	return sim.Text(status, "text/html", "<html>\r\n<head><title>"+title+"</title></head>\r\n<body>\r\n<center><h1>"+title+
		"</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}
