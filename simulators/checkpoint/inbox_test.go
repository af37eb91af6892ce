package checkpoint

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
)

// Whatever clients have done and whenever it ends, an e-mail shows the last
// action that has succeeded, and its task agrees: every action has the same
// length here, so they take effect in the order in which they were asked for.
func TestEntityShowsWhatWasDone(t *testing.T) {
	spec := load(t)
	rapid.Check(t, func(t *rapid.T) {
		const length = 10 * time.Second
		began := time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)
		source := clock.NewManual(began)
		h := handler(t, spec, steady(began, length), source)
		type done struct {
			at   time.Time
			verb string
		}
		emails := found(t, h, 3)
		model := map[string][]done{}
		now := began
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 8000).Draw(t, "ms")) * time.Millisecond)
			if err := source.Set(now); err != nil {
				t.Fatal(err)
			}
			id := rapid.SampledFrom(emails).Draw(t, "email")
			verb := rapid.SampledFrom([]string{"", "quarantine", "restore"}).Draw(t, "verb")
			if verb != "" {
				request(t, h, "POST", "/action/entity", fmt.Sprintf(`{"entityIds":[%q],"entityActionName":%q}`, id, verb))
				model[id] = append(model[id], done{now.Add(length), verb})
			}
			var quarantined, restored bool
			for _, d := range model[id] {
				if d.at.After(now) {
					continue
				}
				restored = d.verb == "restore" && (quarantined || restored)
				quarantined = d.verb == "quarantine"
			}
			rows := request(t, h, "GET", "/search/entity/"+id, "")
			if p := rows[0].Payload; p.IsQuarantined != quarantined || p.IsRestored != restored {
				t.Fatalf("%s after %v: quarantined %v, restored %v", now.Sub(began), model[id], p.IsQuarantined, p.IsRestored)
			}
		}
	})
}

// steady is a scenario in which every task succeeds after the same time.
func steady(began time.Time, length time.Duration) *scenarios.Scenario {
	return &scenarios.Scenario{
		Version: 1, Name: "steady", Vendors: []string{"checkpoint"}, Default: "life",
		Lifecycles: map[string]scenarios.Lifecycle{"life": {
			{Name: "running", Phase: scenarios.Running, After: &scenarios.Duration{Min: length, Max: length}, To: []scenarios.Branch{{State: "done"}}},
			{Name: "done", Phase: scenarios.Succeeded},
		}},
		Clock: scenarios.Clock{Start: began, Mode: scenarios.ClockMode{Kind: scenarios.Real, Speed: 1}},
	}
}

// found are the ids of the first e-mails that a search finds, none of which the
// vendor has put away by itself.
func found(t rapid.TB, h http.Handler, count int) []string {
	var ids []string
	for _, row := range request(t, h, "POST", "/search/query", fmt.Sprintf(
		`{"entityFilter":{"saas":"office365_emails"},"entityExtendedFilter":[{"saasAttrName":"entityPayload.isQuarantined","saasAttrOp":"is","saasAttrValue":"false"}],"pageSize":%d}`, count)) {
		ids = append(ids, row.Info.EntityID)
	}
	return ids
}

// request makes a call and answers its rows. data is its requestData.
func request(t rapid.TB, h http.Handler, method, path, data string) []entityDocument {
	body := ""
	if data != "" {
		body = `{"requestData":` + data + `}`
	}
	r := httptest.NewRequest(method, "/app/hec-api/v1.0"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer demo")
	r.Header.Set(requestID, "1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct {
		Data []entityDocument `json:"responseData"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK || len(answer.Data) == 0 {
		t.Fatalf("%s %s: %d %v %s", method, path, w.Code, err, w.Body)
	}
	return answer.Data
}
