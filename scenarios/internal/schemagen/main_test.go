package main

import (
	"bytes"
	"os"
	"testing"
)

func TestCommittedSchemaIsWhatTheTypesGive(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../scenario.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("scenario.schema.json is out of date; run: go generate ./scenarios")
	}
}
