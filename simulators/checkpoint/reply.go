package checkpoint

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// reply is the shape of every answer but 401.
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
func success(c *sim.Call, records int) envelope {
	id := c.Header.Get(requestID)
	if c.Profile == sim.Observed {
		return envelope{RequestID: id, ResponseCode: http.StatusOK, RecordsNumber: records}
	}
	return envelope{
		RequestID: id, ResponseText: "success", AdditionalText: new(string), RecordsNumber: records, ScrollID: "9898989898",
	}
}

// fault words a failure. The evidence for each body stands at its response in
// the spec.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
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
		return failure(c, http.StatusServiceUnavailable, "Service Unavailable").With("Retry-After", strconv.Itoa(f.RetryAfter))
	case sim.Internal:
		return failure(c, http.StatusInternalServerError, "internal_error[Exception]")
	case sim.Malformed:
		return failure(c, http.StatusUnprocessableEntity, "JSON decode error")
	}
	return invalid(c, f.Violation)
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
	case v.In == openapi.InQuery && v.Field == "scope":
		return failure(c, http.StatusBadRequest, v.Text)
	case v.Rule == "required", v.Rule == "minLength": // an empty header is as good as none
		return failure(c, http.StatusUnprocessableEntity, v.Name()+" Field required")
	}
	return failure(c, http.StatusUnprocessableEntity, strings.TrimSpace(v.Name()+" "+v.Text))
}

func failure(c *sim.Call, status int, text string) sim.Reply {
	return sim.JSON(status, reply{envelope{
		RequestID: c.Header.Get(requestID), ResponseCode: status, ResponseText: text, AdditionalText: new(string),
	}, []struct{}{}})
}
