package cisco

import (
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Each task type has ids of its own form, and either form leads back to the
// number.
//
// shows: cisco/task-ids
func TestIDs(t *testing.T) {
	number := regexp.MustCompile(`^[1-9][0-9]{9,12}$`)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	forms := map[string]*regexp.Regexp{
		"": number, "DEVICE_DEPLOYMENT": number, "POLICY_EXPORT": number, "CPU_Profiler": number,
		"DEVICE_EXPORT": uuid, "DEVICE_IMPORT": uuid, "DeviceExport": uuid,
	}
	for taskType, form := range forms {
		spec := &scenarios.Task{Set: map[string]any{}}
		if taskType != "" {
			spec.Set[fieldTaskType] = taskType
		}
		rapid.Check(t, func(t *rapid.T) {
			n := rapid.Uint64Range(0, 1<<idBits-1).Draw(t, "number")
			created := time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, "created"))
			id := ids.Format(n, created, spec)
			if !form.MatchString(id) {
				t.Fatalf("%s: id %s, want %s", taskType, id, form)
			}
			if back, ok := ids.Parse(id); !ok || back != n {
				t.Fatalf("%s: %s leads to %d, %t, want %d", taskType, id, back, ok, n)
			}
		})
	}
}

// A UUID says when its task was created.
func TestUUIDHoldsItsInstant(t *testing.T) {
	created := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
	if got, want := timeUUID(0x123456789a, created), "9273e800-f1f0-11f0-848d-27123456789a"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What is no id of ours is refused and never panics.
func TestParseRefuses(t *testing.T) {
	for _, id := range []string{
		"", "x", "-1", "+8589934592", "8589934591", "1108101562368", "99999999999999999999999",
		"93b2c18a-cb69-11eb-a8f1-27e3d065c67g", "éééééééééééééééééé",
	} {
		if n, ok := ids.Parse(id); ok {
			t.Errorf("%q leads to %d", id, n)
		}
	}
}
