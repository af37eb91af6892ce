package bitdefender

import (
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
