package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// startBinary builds the command into a folder, starts it on a free port and
// stops it at the end of the test.
func startBinary(t *testing.T, folder string, args ...string) started {
	t.Helper()
	binary := filepath.Join(folder, "vendorsim")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(binary, append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	var s started
	if err := json.NewDecoder(out).Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// Shipping clients, unmodified, go the whole way: log in, start work, poll it to
// the end. They are in a module of their own, so that what they need does not
// become what vendorsim needs.
func TestShippingClients(t *testing.T) {
	if testing.Short() {
		t.Skip("builds shipping clients, whose modules may have to be downloaded; run without -short")
	}
	programs := t.TempDir()
	build := exec.Command("go", "build", "-o", programs+string(filepath.Separator), "./...")
	build.Dir = filepath.FromSlash("../../testdata/clients")
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// A poll that would show nothing new jumps to what is next: nobody waits.
	s := startBinary(t, programs, "--clock", "skip", "--profile", "sailpoint=observed", "--log", "off")
	for _, c := range []struct {
		name, program string
		env           []string
		fails         string // what the program ends with, "" where every step must be right
	}{
		{"go-fmc on-prem", "gofmc", []string{"FMC_URL=" + s.Vendors["cisco"], "FMC_TOKEN=", "FMC_USERNAME=happy~onprem", "FMC_PASSWORD=secret"}, ""},
		{"go-fmc cloud-delivered", "gofmc", []string{"FMC_URL=" + s.Vendors["cisco"] + "/v1/cdfmc", "FMC_TOKEN=happy~cdfmc"}, ""},
		{"go-fmc, a task that fails", "gofmc", []string{"FMC_URL=" + s.Vendors["cisco"] + "/v1/cdfmc", "FMC_TOKEN=fails~cdfmc"}, `status "Failed"`},
		{"go-fmc, wrong password", "gofmc", []string{"FMC_URL=" + s.Vendors["cisco"], "FMC_TOKEN=", "FMC_USERNAME=happy~onprem", "FMC_PASSWORD=wrong"}, "authentication failed, status code: 401"},
		{"sailpoint", "sailpoint", []string{"SAIL_BASE_URL=" + s.Vendors["sailpoint"], "SAIL_CLIENT_ID=happy~sdk", "SAIL_CLIENT_SECRET=secret"}, ""},
		{"sailpoint, a task that fails", "sailpoint", []string{"SAIL_BASE_URL=" + s.Vendors["sailpoint"], "SAIL_CLIENT_ID=fails~sdk", "SAIL_CLIENT_SECRET=secret"}, "it ended as ERROR"},
		// The SDK sends an empty bearer then, and stumbles over the body of the 401.
		{"sailpoint, wrong secret", "sailpoint", []string{"SAIL_BASE_URL=" + s.Vendors["sailpoint"], "SAIL_CLIENT_ID=happy~sdk", "SAIL_CLIENT_SECRET=wrong"}, "401Response"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // go-fmc holds itself back between requests
			run := exec.Command(filepath.Join(programs, c.program))
			run.Env = append(os.Environ(), c.env...)
			out, err := run.CombinedOutput()
			if (err == nil) != (c.fails == "") || !strings.Contains(string(out), c.fails) {
				t.Errorf("%v, want %q\n%s", err, c.fails, out)
			}
		})
	}
}
