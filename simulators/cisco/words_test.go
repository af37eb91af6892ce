package cisco

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
)

// The contract's wider list of task types is the documented one with the other
// spellings, each of which leads to a documented type.
func TestTaskTypes(t *testing.T) {
	source, err := openapi.Source("cisco")
	if err != nil {
		t.Fatal(err)
	}
	list := func(schema string) []string {
		m := regexp.MustCompile(`(?s)\n    ` + schema + `:\n.*?enum: \[\s*(.*?),\s*\]`).FindSubmatch(source)
		if m == nil {
			t.Fatalf("no list of %s in the contract", schema)
		}
		return regexp.MustCompile(`,\s+`).Split(string(m[1]), -1)
	}
	documented := list("TaskType")
	if len(documented) != 50 {
		t.Errorf("%d documented types, want 50", len(documented))
	}
	want := slices.Sorted(slices.Values(slices.Concat(documented, slices.Collect(maps.Keys(otherSpellings)))))
	if got := slices.Sorted(slices.Values(list("TaskTypeObserved"))); !slices.Equal(got, want) {
		t.Errorf("types of the profile observed:\n%s\nwant\n%s", got, want)
	}
	for written, page := range otherSpellings {
		if !slices.Contains(documented, page) {
			t.Errorf("%s leads to %s, which is not documented", written, page)
		}
	}
	for _, taskType := range documented {
		if page := pageType(taskType); page != taskType {
			t.Errorf("%s becomes %s", taskType, page)
		}
		if text := title(taskType); text == "" || strings.Contains(text, "_") {
			t.Errorf("%s is %q in words", taskType, text)
		}
	}
}
