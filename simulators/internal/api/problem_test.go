package api

import "testing"

// A problem tells each of its mistakes once.
func TestProblemTellsOnce(t *testing.T) {
	for want, p := range map[string]*Problem{
		"Time alone does not lead there": {Title: "Time alone does not lead there"},
		"by: must not be negative": {Title: "A value is wrong", Detail: "by: must not be negative",
			Errors: []ProblemError{{Where: "by", Detail: "must not be negative"}}},
		"body speed: at least 1": {Title: "A value is wrong", Detail: "body speed: at least 1",
			Errors: []ProblemError{{Where: "speed", Detail: "at least 1"}}},
		"The scenario has problems\n  a.yaml:1:2: no\n  a.yaml:3:4: nor this": {Title: "The scenario has problems",
			Errors: []ProblemError{{Where: "a.yaml:1:2", Detail: "no"}, {Where: "a.yaml:3:4", Detail: "nor this"}}},
	} {
		if got := p.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
