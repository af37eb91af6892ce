package simulators

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// Ids that the vendor makes are longer where the scenario surprises with that,
// and each is found by the id that was shown.
func TestLongerIDs(t *testing.T) {
	lengths := map[int]bool{}
	for _, seed := range []string{"1", "2", "3", "4", "5", "6"} {
		file := filepath.Join(t.TempDir(), "long.yaml")
		text := "version: 1\nname: long\nvendors: [sailpoint]\nprofiles: {sailpoint: observed}\ntasks: [{count: 3}]\n" +
			"lifecycles: {task: {running: {forever: true}}}\nsurprises: " + seed + "\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := New(Options{File: file, source: clock.NewManual(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC))})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		get := func(path string) string {
			r := httptest.NewRequest("GET", "/sailpoint/v2025"+path, nil)
			r.Header.Set("Authorization", "Bearer demo")
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			if w.Code != 200 {
				t.Fatalf("seed %s: %s: %d %s", seed, path, w.Code, w.Body)
			}
			return w.Body.String()
		}
		var list []struct{ ID string }
		if err := json.Unmarshal([]byte(get("/task-status")), &list); err != nil {
			t.Fatal(err)
		}
		for _, task := range list {
			lengths[len(task.ID)] = true
			if got := get("/task-status/" + task.ID); !strings.Contains(got, `"id":"`+task.ID+`"`) {
				t.Errorf("seed %s: %s is shown as %s", seed, task.ID, got)
			}
		}
	}
	if !lengths[32] || !lengths[40] || len(lengths) != 2 {
		t.Errorf("lengths %v, want 32 and 40 over these seeds", lengths)
	}
}
