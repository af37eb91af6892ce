package cisco

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// errorBody is an FMC's error as it is on the wire: the documented schema is
// what stands inside error.
type errorBody struct {
	Error errorDetail `json:"error"`
}

type errorDetail struct {
	Category string         `json:"category"`
	Messages []errorMessage `json:"messages"`
	Severity string         `json:"severity"`
}

type errorMessage struct {
	Description string `json:"description,omitempty"`
}

// fault words a failure. The evidence for each text stands at its response in
// the spec.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
	switch f.Kind {
	case sim.Unauthorized:
		return unauthorized(c, f)
	case sim.Forbidden:
		return refuse(http.StatusForbidden, "The user is not authorized to access this resource.")
	case sim.NotFound, sim.UnknownTask:
		return refuse(http.StatusNotFound, "Resource not found.")
	case sim.MethodNotAllowed:
		return refuse(http.StatusMethodNotAllowed, "The request method is not supported for this resource.")
	case sim.Malformed:
		return refuse(http.StatusUnprocessableEntity, "The payload is not valid JSON.")
	case sim.TooLarge:
		return refuse(http.StatusUnprocessableEntity, "The payload is too large.")
	case sim.RateLimited:
		return refuse(http.StatusTooManyRequests, cmp.Or(f.Detail, "Too many requests."))
	case sim.Unavailable:
		return refuse(http.StatusGatewayTimeout, "Request Timed Out. Retry after sometime.")
	case sim.Internal:
		return sim.JSON(http.StatusInternalServerError, errorBody{errorDetail{"OTHER", []errorMessage{{}}, "ERROR"}})
	}
	return invalid(f.Violation)
}

func refuse(status int, description string) sim.Reply {
	return sim.JSON(status, errorBody{errorDetail{"FRAMEWORK", []errorMessage{{description}}, "ERROR"}})
}

// invalid is the answer to a request outside the contract: a payload is
// unprocessable, all else is a bad request.
func invalid(v *openapi.Violation) sim.Reply {
	switch {
	case v == nil:
		return refuse(http.StatusBadRequest, "The request is invalid.")
	case v.In == openapi.InBody:
		return refuse(http.StatusUnprocessableEntity, "Invalid attribute "+v.Field+" in the payload.")
	case v.Rule == ruleUnknown:
		return refuse(http.StatusBadRequest, "Invalid query parameter for the GETBYID operation.")
	}
	return refuse(http.StatusBadRequest, "Invalid value for the "+v.In+" parameter "+v.Field+".")
}

// gatewayError is the envelope of the gateway before the cloud-delivered FMC,
// which is not the FMC's own.
type gatewayError struct {
	Timestamp string `json:"timestamp"`
	Path      string `json:"path"`
	Status    int    `json:"status"`
	Error     string `json:"error"`
	RequestID string `json:"requestId"`
}

// unauthorized depends on what was tried, and on who looks at the token: without one, the gateway
// before the cloud-delivered FMC refuses; else the FMC does.
func unauthorized(c *sim.Call, f *sim.Fault) sim.Reply {
	switch {
	case c.Op != nil && c.Op.Name == opGenerate:
		return refuse(http.StatusUnauthorized, "User authentication failed")
	case f.Detail != "":
		return refuse(http.StatusUnauthorized, f.Detail)
	case !f.Missing && c.Header.Get(accessTokenHeader) == "":
		return refuse(http.StatusUnauthorized, "SCC token is invalid")
	case f.Missing:
		if path, ok := gatewayPath(c.RequestPath()); ok {
			return sim.JSON(http.StatusUnauthorized, gatewayError{
				Timestamp: c.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
				Path:      path,
				Status:    http.StatusUnauthorized,
				Error:     http.StatusText(http.StatusUnauthorized),
				RequestID: requestID(c.TrackingID("scc-gateway")),
			})
		}
	}
	return refuse(http.StatusUnauthorized, "Access token invalid")
}

// gatewayPath is the path inside of the gateway, which its errors show instead
// of the one requested; ok is false where no gateway stands before the FMC.
func gatewayPath(path string) (inside string, ok bool) {
	for _, door := range []string{"/firewall", "/api/rest", ""} {
		if rest, found := strings.CutPrefix(path, door); found && strings.HasPrefix(rest, "/v1/") {
			return "/api/platform/scc-gateway/request/api/rest" + rest, true
		}
	}
	return "", false
}

// requestID gives a tracking id the form of the gateway's: ea776cf8-1271752.
func requestID(tracking string) string {
	n, _ := strconv.ParseUint(tracking[8:13], 16, 64) // hex digits: cannot fail
	return tracking[:8] + "-" + strconv.FormatUint(n, 10)
}

// html is the error page of the nginx that stands before an FMC.
func html(_ *sim.Call, status int) string { return sim.StockPage("nginx", status) }
