package sailpoint

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// errorDTO is the shared error body, ErrorResponseDto.
type errorDTO struct {
	DetailCode string      `json:"detailCode"`
	TrackingID string      `json:"trackingId"`
	Messages   []errorText `json:"messages"`
	Causes     []errorText `json:"causes,omitempty"` // only the documented 400 has them
}

type errorText struct {
	Locale       string `json:"locale"`
	LocaleOrigin string `json:"localeOrigin"`
	Text         string `json:"text"`
}

// fault words a failure. The evidence for each body stands at its response in
// the spec.
func fault(c *sim.Call, f *sim.Fault) sim.Reply {
	if isLogin(c) {
		switch f.Kind {
		case sim.Unauthorized:
			return oauthError(http.StatusUnauthorized, "invalid_client", "Full authentication is required to access this resource")
		case sim.Malformed, sim.Invalid, sim.UnknownMethod:
			return oauthError(http.StatusBadRequest, "invalid_request", "The request cannot be read")
		}
	}
	switch f.Kind {
	case sim.Unauthorized:
		return sim.JSON(http.StatusUnauthorized, struct {
			Error string `json:"error"`
		}{"JWT validation failed: JWT is expired"})
	case sim.RateLimited:
		return sim.JSON(http.StatusTooManyRequests, struct {
			Message string `json:"message"`
		}{" Rate Limit Exceeded "}).With("Retry-After", strconv.Itoa(f.RetryAfter))
	case sim.Forbidden:
		return dto(c, 403, "403 Forbidden", "The server understood the request but refuses to authorize it.")
	case sim.UnknownTask, sim.NotFound:
		return dto(c, 404, "404 Not found", "The server did not find a current representation for the target resource.")
	case sim.MethodNotAllowed:
		return dto(c, 405, "405 Method not allowed", "The method is not supported by the target resource.")
	case sim.TooLarge:
		return dto(c, 413, "413 Payload too large", "The request is larger than the server is willing to process.")
	case sim.Unavailable:
		return sim.TellWait(dto(c, 503, "503 Service unavailable", "The server is currently unable to handle the request."), f)
	case sim.Internal:
		return dto(c, 500, "500.0 Internal Fault", "An internal fault occurred.")
	}
	return badRequest(c, f)
}

// oauthError is how the log-in refuses, in the words of OAuth.
func oauthError(status int, code, description string) sim.Reply {
	return sim.JSON(status, struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}{code, description})
}

// badRequest is the documented 400, whose cause names what was wrong.
func badRequest(c *sim.Call, f *sim.Fault) sim.Reply {
	const general = "The request was syntactically correct but its content is semantically invalid."
	cause := general
	switch {
	case f.Violation != nil:
		cause = strings.Join(slices.DeleteFunc([]string{"The", f.Violation.In, f.Violation.Field, f.Violation.Text + "."},
			func(word string) bool { return word == "" }), " ")
	case f.Kind == sim.Malformed:
		cause = "The request body is not valid JSON."
	}
	d := body(c, "400.1 Bad Request Content", general)
	d.Causes = []errorText{{"en-US", "DEFAULT", cause}}
	return sim.JSON(http.StatusBadRequest, d)
}

func dto(c *sim.Call, status int, code, text string) sim.Reply {
	return sim.JSON(status, body(c, code, text))
}

func body(c *sim.Call, code, text string) errorDTO {
	return errorDTO{DetailCode: code, TrackingID: c.TrackingID(code), Messages: []errorText{{"en-US", "DEFAULT", text}}}
}

// html is the error page of the load balancer before the API gateway.
func html(_ *sim.Call, status int) string { return sim.StockPage("", status) }
