package main

import (
	"reflect"
	"testing"
)

// What a flag says on one line is read as a scenario's file would: only a whole
// mapping is one. All else stays text, of which the control API says what it
// should be.
func TestPlain(t *testing.T) {
	for text, want := range map[string]any{
		"1s..3s":                   "1s..3s",
		"":                         "",
		"{p50: 1s, p95: 2s}":       map[string]any{"p50": "1s", "p95": "2s"},
		" {p50:1s,p95:2s} ":        map[string]any{"p50": "1s", "p95": "2s"},
		"{p50: 1s, p95: }":         "{p50: 1s, p95: }",
		"{p50: 1s, p50: 2s}":       "{p50: 1s, p50: 2s}",
		"{p50, p95}":               "{p50, p95}",
		"{}":                       "{}",
		"{p50: 1s":                 "{p50: 1s",
		"/tasks/{id}":              "/tasks/{id}",
		"attachment; name={a: b}.": "attachment; name={a: b}.",
	} {
		if got := plain(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %#v, want %#v", text, got, want)
		}
	}
}
