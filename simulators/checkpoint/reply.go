package checkpoint

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// reply is the shape of every answer but 401 and those of the log-ins.
type reply struct {
	Envelope envelope `json:"responseEnvelope"`
	Data     any      `json:"responseData"`
}

type envelope struct {
	RequestID      string  `json:"requestId"`
	ResponseCode   int     `json:"responseCode"`
	ResponseText   string  `json:"responseText"`
	AdditionalText *string `json:"additionalText,omitempty"`
	RecordsNumber  int     `json:"recordsNumber"`
	ScrollID       string  `json:"scrollId"`
}

// success is the envelope of an answer that is no failure: that of the page's
// sample, or that of recorded answers.
func success(c *sim.Call, records int, scroll string) envelope {
	e := envelope{RequestID: c.Header.Get(requestID), AdditionalText: new(string), RecordsNumber: records, ScrollID: scroll}
	if c.Profile == sim.Observed {
		e.ResponseCode = http.StatusOK
	} else {
		e.ResponseText = "success"
	}
	return e
}

// taskSuccess is the envelope of a task, which differs: the page's sample has a
// scrollId, and the recorded one has no additionalText.
func taskSuccess(c *sim.Call, records int) envelope {
	if c.Profile == sim.Observed {
		e := success(c, records, "")
		e.AdditionalText = nil
		return e
	}
	return success(c, records, "9898989898")
}

// fault words a failure. The evidence for each body stands at its response in
// the spec.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
	if isLogin(c) && !legacy(c) {
		return portalFault(c, f)
	}
	switch f.Kind {
	case sim.Unauthorized:
		return unauthorized(c)
	case sim.Forbidden:
		return failure(c, http.StatusForbidden, "Access denied")
	case sim.UnknownTask:
		return failure(c, http.StatusNotFound, "Task not found")
	case sim.NotFound, sim.UnknownMethod:
		return failure(c, http.StatusNotFound, "Not Found")
	case sim.MethodNotAllowed:
		return failure(c, http.StatusMethodNotAllowed, "Method Not Allowed")
	case sim.TooLarge:
		return failure(c, http.StatusRequestEntityTooLarge, "Payload Too Large")
	case sim.RateLimited:
		return failure(c, http.StatusTooManyRequests, "Too Many Requests").With("Retry-After", strconv.Itoa(f.RetryAfter))
	case sim.Unavailable:
		return sim.TellWait(failure(c, http.StatusServiceUnavailable, "Service Unavailable"), f)
	case sim.Internal:
		return failure(c, http.StatusInternalServerError, "internal_error["+cmp.Or(f.Detail, "Exception")+"]")
	case sim.Malformed:
		return failure(c, http.StatusUnprocessableEntity, "JSON decode error")
	}
	return invalid(c, f.Violation)
}

// portalFault words a failure of the Infinity portal's log-in, which has nothing
// of the API's envelope.
func portalFault(c *sim.Call, f *sim.Fault) sim.Reply {
	status := http.StatusBadRequest
	switch f.Kind {
	case sim.Unauthorized:
		return unauthorized(c)
	case sim.Forbidden:
		status = http.StatusForbidden
	case sim.NotFound, sim.UnknownMethod, sim.UnknownTask:
		status = http.StatusNotFound
	case sim.MethodNotAllowed:
		status = http.StatusMethodNotAllowed
	case sim.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case sim.RateLimited:
		status = http.StatusTooManyRequests
	case sim.Internal:
		status = http.StatusInternalServerError
	case sim.Unavailable:
		status = http.StatusServiceUnavailable
	}
	return sim.TellWait(sim.JSON(status, struct {
		Success bool   `json:"success"`
		Message string `json:"message"`
	}{false, http.StatusText(status)}), f)
}

// unauthorized has the words of the door.
func unauthorized(c *sim.Call) sim.Reply {
	if legacy(c) {
		return sim.JSON(http.StatusUnauthorized, struct {
			Message string `json:"message"`
		}{"Unauthorized"})
	}
	return sim.JSON(http.StatusUnauthorized, struct {
		Success     bool   `json:"success"`
		Message     string `json:"message"`
		ForceLogout bool   `json:"forceLogout"`
	}{false, "Authentication required", true})
}

// invalid is 422 in the words of the vendor's validator, but for the scope,
// which is asked for further in and answers 400.
func invalid(c *sim.Call, v *openapi.Violation) sim.Reply {
	switch {
	case v == nil:
		return failure(c, http.StatusUnprocessableEntity, "Unprocessable Entity")
	case v.Name() == "scope" && v.Rule == "required":
		return failure(c, http.StatusBadRequest, v.Text)
	case v.Rule == "required", v.Rule == "minLength": // an empty header is as good as none
		return failure(c, http.StatusUnprocessableEntity, cmp.Or(v.Name(), "body")+" Field required")
	}
	return failure(c, http.StatusUnprocessableEntity, strings.TrimSpace(v.Field+" "+v.Text))
}

func failure(c *sim.Call, status int, text string) sim.Reply {
	return sim.JSON(status, reply{envelope{
		RequestID: c.Header.Get(requestID), ResponseCode: status, ResponseText: text, AdditionalText: new(string),
	}, []struct{}{}})
}

// html is the error page of the load balancer before both doors.
func html(_ *sim.Call, status int) string { return sim.StockPage("", status) }
