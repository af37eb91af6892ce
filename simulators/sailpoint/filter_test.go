package sailpoint

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

var all = listRules{isNull: true, launcher: true}

// written is a condition as a client writes it.
func (one condition) written() string {
	quoted := make([]string, len(one.values))
	for i, v := range one.values {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v) + `"`
	}
	switch {
	case one.values == nil:
		return one.field + " isnull"
	case len(quoted) == 1:
		return one.field + " eq " + quoted[0]
	}
	return one.field + " in (" + strings.Join(quoted, ", ") + ")"
}

func drawCondition(t *rapid.T) condition {
	if rapid.IntRange(0, 4).Draw(t, "null") == 0 {
		return condition{field: "completionStatus"}
	}
	return condition{
		rapid.SampledFrom([]string{"id", "sourceId", "completionStatus", "type", "launcher"}).Draw(t, "field"),
		rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "values"),
	}
}

// Whatever is written as a filter is read as it was meant.
func TestFiltersAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		meant := rapid.SliceOfN(rapid.Custom(drawCondition), 1, 5).Draw(t, "conditions")
		var parts []string
		for _, one := range meant {
			parts = append(parts, one.written())
		}
		text := strings.Join(parts, " and ")
		got, err := parseFilters(text, all)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !slices.EqualFunc(got, meant, func(a, b condition) bool { return a.field == b.field && slices.Equal(a.values, b.values) }) {
			t.Fatalf("%s: read as %v", text, got)
		}
	})
}

// Any text is a filter or is refused in words that do not repeat it; what was
// read, written again, is read the same.
func FuzzFilters(f *testing.F) {
	for _, text := range []string{
		`type eq "CLOUD_ACCOUNT_AGGREGATION" and completionStatus isnull`, `id in ("a","b")`, `id eq "a\"b\\"`, `id eq "`, "completionStatus", "id in (", ` launcher  eq"x"`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := parseFilters(text, all)
		if err != nil {
			var fault *sim.Fault
			if !errors.As(err, &fault) || fault.Kind != sim.Invalid {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if len(first) == 0 {
			return
		}
		var parts []string
		for _, one := range first {
			parts = append(parts, one.written())
		}
		again, err := parseFilters(strings.Join(parts, " and "), all)
		if err != nil || !slices.EqualFunc(first, again, func(a, b condition) bool { return a.field == b.field && slices.Equal(a.values, b.values) }) {
			t.Fatalf("%q: %v, then %v, %v", text, first, again, err)
		}
	})
}
