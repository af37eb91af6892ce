package scenarios

import (
	"errors"
	"fmt"
	"strings"
)

// testKnown is a world of two vendors. Acme has operations getStatus and
// createTask, ids that begin with a or B, and the text fields taskType and
// colour; bolt has getStatus, ids that begin with a or C, and taskType.
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
