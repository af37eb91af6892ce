package main

import (
	"os"
	"testing"
)

// Tests run this test binary again as a process of its own: as the command.
const (
	testRole = "VENDORSIM_TEST_ROLE"
	roleMain = "main"
)

func TestMain(m *testing.M) {
	if os.Getenv(testRole) == roleMain {
		main()
	}
	os.Exit(m.Run())
}
