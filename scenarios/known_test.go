package scenarios

import (
	"errors"
	"fmt"
	"strings"
)

// testKnown is a world of two vendors. Acme has operations getStatus and
// createTask, ids that begin with a or B, the text fields taskType and colour,
// and words for 429, 500 and 503, but for createTask no 429, and all that auth may say;
// bolt has getStatus, ids that begin with a or C, taskType, words for 429 and 500,
// and of auth neither revoked_after, single_session nor refreshes.
var testKnown = Known{
	Vendors:    []string{"acme", "bolt"},
	Operations: map[string][]string{"acme": {"getStatus", "createTask"}, "bolt": {"getStatus"}},
	Option: func(vendor, name string, value any) error {
		if name != "slow" {
			return fmt.Errorf("there is no such option%s", didYouMean(name, []string{"slow"}))
		}
		if _, isBool := value.(bool); !isBool {
			return errors.New("must be true or false")
		}
		return nil
	},
	TaskID: func(vendor, id string) error {
		if first := map[string]string{"acme": "aB", "bolt": "aC"}[vendor]; !strings.ContainsAny(id[:1], first) {
			return fmt.Errorf("must begin with one of %q", first)
		}
		return nil
	},
	TaskField: func(vendor, field string, value any) error {
		if field == "status" {
			return errors.New("is computed and cannot be set")
		}
		return testField(vendor, field, value)
	},
	StateField: testField,
	FaultKinds: []string{"rate-limited", "internal", "unavailable"},
	FaultAnswer: func(vendor, operation, kind string, status int) error {
		if kind != "" {
			status = map[string]int{"rate-limited": 429, "internal": 500, "unavailable": 503}[kind]
		}
		if status != 500 && status != 429 && (status != 503 || vendor != "acme") || status == 429 && operation == "createTask" {
			return fmt.Errorf("has no %d here", status)
		}
		return nil
	},
	AuthKeys: func(vendor string) []string {
		keys := []string{"forbidden", "disabled", "clock_skew", "token_ttl"}
		if vendor == "acme" {
			keys = append(keys, "revoked_after", "single_session", "refreshes")
		}
		return keys
	},
}

// pageKnown is as much of the real vendors as the language page's example needs.
var pageKnown = Known{
	Vendors: []string{"bitdefender", "checkpoint", "sailpoint", "cisco", "dbvisit"},
	Operations: map[string][]string{
		"bitdefender": {"getTaskStatus", "createIsolateEndpointTask"}, "sailpoint": {"getTaskStatus"}, "cisco": {"getTaskStatuses"},
	},
	TaskField: func(vendor, field string, _ any) error {
		if vendor != "cisco" || field != "taskType" {
			return fmt.Errorf("%s: %w", field, ErrNoField)
		}
		return nil
	},
	FaultKinds: testKnown.FaultKinds,
	FaultAnswer: func(vendor, operation, kind string, status int) error {
		if status != 503 {
			return fmt.Errorf("has no %d here", status)
		}
		return nil
	},
}

// knownFor is the world of a file in testdata/good.
func knownFor(file string) Known {
	if file == "rough-day.yaml" {
		return pageKnown
	}
	return testKnown
}

func testField(vendor, field string, value any) error {
	if field != "taskType" && (field != "colour" || vendor != "acme") {
		return fmt.Errorf("%s: %w", field, ErrNoField)
	}
	if _, isText := value.(string); !isText {
		return errors.New("must be text")
	}
	return nil
}
