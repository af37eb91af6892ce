package simtest_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// completed is the client under test: it tells whether a SailPoint task has
// come to its end.
func completed(client *http.Client, url string, auth http.Header, id string) (bool, error) {
	req, err := http.NewRequest(http.MethodGet, url+"/v2025/task-status/"+id, nil)
	if err != nil {
		return false, err
	}
	req.Header = auth.Clone()
	req.Header.Set("X-SailPoint-Experimental", "true")
	res, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	var task struct {
		CompletionStatus *string `json:"completionStatus"`
	}
	err = json.NewDecoder(res.Body).Decode(&task)
	return task.CompletionStatus != nil, err
}

// testCompleted is, in a file of yours, TestCompleted.
func testCompleted(t *testing.T) {
	sim := simtest.Start(t, simtest.Scenario("slow"))
	url, auth := sim.URL("sailpoint"), sim.Auth("sailpoint")
	task := sim.Create(simtest.NewTask{Vendor: "sailpoint", Operation: "importAccounts"})

	if done, err := completed(http.DefaultClient, url, auth, task.ID); done || err != nil {
		t.Errorf("at first: %v, %v", done, err)
	}
	sim.Clock.AdvanceUntil(task.ID, simtest.Ended) // about forty minutes
	if done, err := completed(http.DefaultClient, url, auth, task.ID); !done || err != nil {
		t.Errorf("at the end: %v, %v", done, err)
	}
}

// A Go client, called as it is called in production.
func Example() {
	run(testCompleted)
	// Output: PASS
}
