package simulators

import (
	"fmt"
	"os"
	"testing"

	"github.com/vendorsim/vendorsim/openapi"
)

// Whatever these tests ask, the transcripts among them: no answer of ours is one
// that has to be held to its contract the slow way.
func TestMain(m *testing.M) {
	code := m.Run()
	if n := openapi.Doubts(); n > 0 {
		fmt.Fprintf(os.Stderr, "%d answers were in order, and kin-openapi had to say so\n", n)
		code = max(code, 1)
	}
	os.Exit(code)
}
