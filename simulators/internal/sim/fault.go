package sim

import (
	"strconv"

	"github.com/vendorsim/vendorsim/openapi"
)

// Kind is what went wrong, in words that every vendor translates.
type Kind string

// The kinds of fault. A vendor words all of them.
const (
	Unauthorized     Kind = "unauthorized"       // no credential, or one that is not accepted
	Forbidden        Kind = "forbidden"          // accepted, but without the right
	NotFound         Kind = "not-found"          // no such path
	MethodNotAllowed Kind = "method-not-allowed" // the path, but not with this method
	UnknownMethod    Kind = "unknown-method"     // JSON-RPC: no such method here
	UnknownTask      Kind = "unknown-task"       // no such task, or no longer
	Malformed        Kind = "malformed"          // the body is not JSON
	Invalid          Kind = "invalid"            // the request leaves the contract; Violation says where
	TooLarge         Kind = "too-large"          // the body is over MaxBody
	RateLimited      Kind = "rate-limited"       // RetryAfter says how long to wait
	Internal         Kind = "internal"           // the vendor failed
	Unavailable      Kind = "unavailable"        // the vendor is down for the moment
)

// Kinds are all kinds of fault.
var Kinds = []Kind{
	Unauthorized, Forbidden, NotFound, MethodNotAllowed, UnknownMethod, UnknownTask,
	Malformed, Invalid, TooLarge, RateLimited, Internal, Unavailable,
}

// What became of a request that a fault left no answer of the vendor's.
const (
	lost       Kind = "lost"
	redirected Kind = "redirected"
)

// Fault is a failure before the vendor has worded it. It is an error, so that
// an operation can return one.
type Fault struct {
	Kind       Kind
	Violation  *openapi.Violation // Invalid
	RetryAfter int                // RateLimited: real seconds, at least 1; Unavailable: the same, or 0 where nothing is told
	Missing    bool               // Unauthorized: nothing was sent at all
	Expired    bool               // Unauthorized: a token whose life is over
	Detail     string             // for the vendor's own use, such as a text of its page
	Note       string             // for the request log, never for the wire
	About      *openapi.Violation // what of the request it is about, where Violation, which is worded, does not say; never for the wire
	Reply      *Reply             // worded by the operation itself; nil: by the vendor's Fault
}

func (f *Fault) Error() string {
	if f.Violation != nil {
		return string(f.Kind) + ": " + f.Violation.Error()
	}
	return string(f.Kind)
}

// InvalidField is the fault of a value that the schema cannot judge.
func InvalidField(in, field, rule, text string) *Fault {
	return &Fault{Kind: Invalid, Violation: &openapi.Violation{In: in, Field: field, Rule: rule, Text: text}}
}

// Expecting says what would have been right in the field of an InvalidField, for
// whoever asks why.
func (f *Fault) Expecting(words string) *Fault {
	f.Violation.Expected = words
	return f
}

// Naming says what of the request a fault is about whose words for the client come
// from elsewhere, and what would have been right there, for whoever asks why.
func (f *Fault) Naming(in, field, expected string) *Fault {
	f.About = &openapi.Violation{In: in, Field: field, Expected: expected}
	return f
}

// TellWait writes how long a client has to wait, where the fault says so.
func TellWait(r Reply, f *Fault) Reply {
	if f.RetryAfter > 0 {
		return r.With(retryAfterHeader, strconv.Itoa(f.RetryAfter))
	}
	return r
}

// Refuse is a fault that an operation words itself, where the kind alone does not
// say how.
func Refuse(kind Kind, r Reply) *Fault { return &Fault{Kind: kind, Reply: &r} }
