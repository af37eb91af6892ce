package simtest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/simtest"
)

// testCommand tests a client that is a program: it reads from its environment
// where the vendor is and who it is, here FMC_URL, FMC_USERNAME and
// FMC_PASSWORD. This program is a shell's line; yours is go-fmc, Ansible, ...
func testCommand(t *testing.T) {
	sim := simtest.Start(t)
	client := exec.Command("sh", "-c", `echo "$FMC_URL as $FMC_USERNAME"`)
	client.Env = append(os.Environ(), sim.Env("cisco")...)
	out, err := client.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.TrimSpace(string(out)), sim.URL("cisco")+" as "+sim.Tenant(); got != want {
		t.Errorf("the program was told %s, not %s", got, want)
	}
}

// A program, with what the vendor's own clients read from their environment.
func ExampleSim_Env() {
	run(testCommand)
	// Output: PASS
}
