package simtest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// A fault is added, fires as it says, is told to fire, and removed.
func TestFaults(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t, simtest.ClockMode("frozen"))
	poll := func() int {
		t.Helper()
		code, _ := get(t, sim.Client(), sim, "sailpoint", "/v2025/task-status/"+sailpointTask)
		return code
	}
	added := sim.AddFault("{name: brownout, on: poll, first: 2, answer: {status: 429, retry_after: 5s}}")
	if added.Words != "poll, first 2 a task: 429, told to wait 5s" || !added.Added || len(added.Warnings) > 0 {
		t.Errorf("%+v", added)
	}
	for i, want := range []int{429, 429, 200} {
		if got := poll(); got != want {
			t.Errorf("poll %d: %d, want %d", i+1, got, want)
		}
	}
	sim.FireFault("brownout")
	for i, want := range []int{429, 200} {
		if got := poll(); got != want {
			t.Errorf("poll %d after FireFault: %d, want %d", i+1, got, want)
		}
	}
	if all := sim.Faults(); len(all) != 1 || all[0].Fired != 3 || all[0].Matched != 5 {
		t.Errorf("%+v", all)
	}
	sim.AddFault(`{"name": "late", "during": "10s..20s", "answer": {"empty": true}}`)
	if moved := sim.Clock.Advance(15 * time.Second); len(moved.Faults) != 1 || moved.Faults[0].Name != "late" || !moved.Faults[0].Opens {
		t.Errorf("%+v", moved.Faults)
	}
	sim.RemoveFault("late")
	if got := poll(); got != 200 {
		t.Errorf("poll without it: %d", got)
	}
	last := sim.Journal(simtest.Filter{Kind: "poll"})
	entries := last.Entries
	if got := entries[0]; strings.Join(got.Faults, ",") != "brownout" || got.Reply.Status != 429 {
		t.Errorf("%+v", got)
	}
	why := sim.Why(entries[2].ID)
	if len(why.Faults) != 1 || why.Faults[0].Fired || why.Faults[0].Because != "not its turn: first 2, this is 3" {
		t.Errorf("%+v", why.Faults)
	}
}

// The connection ends as the fault says, and the next request is answered.
func TestFaultsOfTheConnection(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t)
	sim.AddFault("{name: lost, on: poll, nth: 1, answer: {reset: true}}")
	sim.AddFault("{name: torn, on: poll, nth: 2, answer: {truncate: 50%}}")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	poll := func() (string, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL("sailpoint")+"/v2025/task-status/"+sailpointTask, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = sim.Auth("sailpoint")
		req.Header.Set("X-SailPoint-Experimental", "true")
		res, err := client.Do(req)
		if err != nil {
			return "", err
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		return string(text), err
	}
	if _, err := poll(); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a reset is %v", err)
	}
	torn, err := poll()
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a torn body is %v", err)
	}
	if whole, err := poll(); err != nil || len(torn) == 0 || !strings.HasPrefix(whole, torn) {
		t.Errorf("%q of %q, %v", torn, whole, err)
	}
}

// In a bubble a late answer takes no time, and a client that gives up sees that.
func TestLateInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simtest.Start(t)
		sim.AddFault("{name: late, on: poll, answer: {latency: 30s}}")
		ask := func(patience time.Duration) error {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, sim.URL("sailpoint")+"/v2025/task-status/"+sailpointTask, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = sim.Auth("sailpoint")
			req.Header.Set("X-SailPoint-Experimental", "true")
			res, err := sim.Client().Do(req)
			if err != nil {
				return err
			}
			return res.Body.Close()
		}
		began := time.Now()
		if err := ask(time.Minute); err != nil || time.Since(began) != 30*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := ask(10 * time.Second); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 40*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// A token that was revoked is good no more, whatever the client was told.
func TestRevokeTokens(t *testing.T) {
	t.Parallel()
	sim := simtest.Start(t)
	login := func() string {
		t.Helper()
		res, err := sim.Client().PostForm(sim.URL("sailpoint")+"/oauth/token", map[string][]string{
			"grant_type": {"client_credentials"}, "client_id": {sim.Tenant()}, "client_secret": {"secret"},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), `"access_token":"`)
		token, _, found := strings.Cut(rest, `"`)
		if !found {
			t.Fatalf("%s", text)
		}
		return token
	}
	poll := func(token string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sim.URL("sailpoint")+"/v2025/task-status/"+sailpointTask, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("X-SailPoint-Experimental", "true")
		res, err := sim.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	token := login()
	if got := poll(token); got != http.StatusOK {
		t.Errorf("with the token: %d", got)
	}
	if cisco, own := sim.RevokeTokens("cisco"), sim.RevokeTokens("sailpoint"); cisco != 0 || own == 0 {
		t.Errorf("revoked %d of cisco's, %d of SailPoint's", cisco, own)
	}
	if got := poll(token); got != http.StatusUnauthorized {
		t.Errorf("with the revoked one: %d", got)
	}
	if got := poll(login()); got != http.StatusOK {
		t.Errorf("with a new one: %d", got)
	}
}
