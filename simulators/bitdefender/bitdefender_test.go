package bitdefender

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// An id has 24 digits and leads back to its number, whenever the task was
// created: a scenario may begin before 1970 or after 2106, where 8 digits no
// longer hold the second.
func TestIDsLeadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		created := time.Unix(rapid.Int64Range(-1<<33, 1<<34).Draw(t, "created"), 0)
		id := ids.Format(n, created, nil)
		if len(id) != 24 {
			t.Fatalf("id %q has %d digits", id, len(id))
		}
		if back, ok := ids.Parse(id); !ok || back != n {
			t.Fatalf("Parse(%q) = %d, %t, want %d", id, back, ok, n)
		}
	})
}

func TestNoIDs(t *testing.T) {
	for _, id := range []string{"", "nosuch", "65f46d08c6d2865b32048ba", "65f46d08c6d2865b32048ba33", "65f46d08c6d2865b32048bxx", "65f46d08-6d2865b32048ba3"} {
		if n, ok := ids.Parse(id); ok && ids.Format(n, time.Unix(0x65f46d08, 0), nil) == id {
			t.Errorf("%q is taken for an id", id)
		}
	}
}

// A made-up score is more than its schema says: its parts make up the whole, and
// its word fits its number.
func TestRiskAddsUp(t *testing.T) {
	percent := func(t *rapid.T, text string) int {
		n, err := strconv.Atoi(strings.TrimSuffix(text, "%"))
		if err != nil || n < 0 || n > 100 {
			t.Fatalf("%q is no percentage", text)
		}
		return n
	}
	rapid.Check(t, func(t *rapid.T) {
		r := riskOf(rapid.Uint64().Draw(t, "luck"))
		if sum := percent(t, r.Misconfigurations) + percent(t, r.AppVulnerabilities) + percent(t, r.HumanRisks); sum != 100 {
			t.Fatalf("%+v adds up to %d%%", r, sum)
		}
		if value := percent(t, r.Value); (value < 34) != (r.Impact == "Low") || (value >= 67) != (r.Impact == "High") {
			t.Fatalf("%+v: the word does not fit the number", r)
		}
	})
}

func TestMatches(t *testing.T) {
	for _, c := range []struct {
		text, filter string
		want         bool
	}{
		{"Quick Scan", "", true}, {"Quick Scan", "Quick", true}, {"Quick Scan", "quick", false}, {"Quick Scan", "Scan", false},
		{"Quick Scan", "*Scan", true}, {"Quick Scan", "*", true}, {"*Scan", "**S", true}, {"Quick Scan", "*Full", false}, {"", "x", false},
	} {
		if got := matches(c.text, c.filter); got != c.want {
			t.Errorf("matches(%q, %q) = %t", c.text, c.filter, got)
		}
	}
}

// What is found stands in the order of the keys, each once.
func TestFind(t *testing.T) {
	names := []string{"a", "b", "c"}
	at := func(i int) string { return names[i] }
	for _, c := range []struct {
		keys     []string
		found    []int
		complete bool
	}{
		{nil, nil, true}, {[]string{"c", "a"}, []int{2, 0}, true}, {[]string{"b", "b"}, []int{1}, true},
		{[]string{"x"}, nil, false}, {[]string{"x", "c"}, []int{2}, false},
	} {
		if found, complete := find(c.keys, len(names), at); !slices.Equal(found, c.found) || complete != c.complete {
			t.Errorf("find(%v) = %v, %t", c.keys, found, complete)
		}
	}
}
