package sim

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// met remembers a question from its second time on.
func met(s *resolutions, question []byte, r *resolution) {
	if s.met(question) {
		s.put(question, r)
	}
}

func TestResolutions(t *testing.T) {
	var s resolutions
	ask := func(n int) []byte { return fmt.Appendf(nil, "question %d", n) }
	first := &resolution{}
	for i, want := range []*resolution{nil, nil, first} {
		if got := s.get(ask(0)); got != want {
			t.Fatalf("%d: %v, want %v", i, got, want)
		}
		met(&s, ask(0), first)
	}
	for n := range 3 * maxResolutions { // it is asked all the while, so it is never forgotten
		for range 2 {
			met(&s, ask(n+1), &resolution{})
		}
		if s.get(ask(0)) != first {
			t.Fatalf("forgotten after %d", n)
		}
		if len(s.newer) > maxResolutions || len(s.older) > maxResolutions {
			t.Fatalf("%d and %d are remembered", len(s.newer), len(s.older))
		}
	}
	if s.get(ask(1)) != nil {
		t.Error("what was not asked for long is remembered")
	}
}

func TestResolutionsAtOnce(t *testing.T) {
	var s resolutions
	var wg sync.WaitGroup
	all := make([]*resolution, 3*maxResolutions)
	for i := range all {
		all[i] = &resolution{base: fmt.Sprint(i)}
	}
	for range 4 {
		wg.Go(func() {
			for i, r := range all {
				question := fmt.Appendf(nil, "question %d", i)
				met(&s, question, r)
				if got := s.get(question); got != nil && got != r {
					t.Errorf("%d: got that of %s", i, got.base)
				}
			}
		})
	}
	wg.Wait()
}

// However often something is asked, and under whatever name the client asks it, it
// is answered and remembered as if nobody had asked it before.
func TestAskedAgainIsAnsweredAlike(t *testing.T) {
	const tasks = "tasks: [{id: a, lifecycle: still}, {id: \"x/y\", lifecycle: still}, {id: b}]"
	rapid.Check(t, func(rt *rapid.T) {
		again, anew := serve(t, life+tasks, acme()), serve(t, life+tasks, acme())
		for range 12 {
			method, target, body, header := question(rt)
			anew.Handler.(*Mount).handler.known = resolutions{}
			if d, ok := anew.tenants.Find("demo"); ok {
				d.Answers.Drop()
			}
			one, other := again.do(method, target, body, header...), anew.do(method, target, body, header...)
			if one.Code != other.Code || one.Body.String() != other.Body.String() || fmt.Sprint(one.Header()) != fmt.Sprint(other.Header()) {
				rt.Fatalf("%s %s %q %q\nagain: %d %v %s\nanew: %d %v %s", method, target, body, header,
					one.Code, one.Header(), one.Body, other.Code, other.Header(), other.Body)
			}
			e, f := again.entry(one), anew.entry(other)
			e.Latency, f.Latency = 0, 0
			if !reflect.DeepEqual(e, f) {
				rt.Fatalf("%s %s %q %q\nagain: %+v\nanew: %+v", method, target, body, header, e, f)
			}
		}
	})
}

// question draws a request out of few, so that some come again.
func question(t *rapid.T) (method, target, body string, header []string) {
	draw := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "part") }
	if draw("rpc", "rest") == "rpc" {
		id := draw(`"id":1,`, `"id":1,`, `"id":22,`, `"id":"one",`, `"id":"two",`, `"id":"\u0074wo",`, `"id":"",`, `"id":null,`, `"id":1.5,`, `"id":[1],`, `"id":1,"id":2,`, "")
		return "POST", "/v1/rpc", draw("", " ") + "{" + id + `"method":"` + draw("getStatus", "getStatus", "nosuch") + `","params":{"taskId":"` + draw("a", "a", "b", "c") + `"` + draw("", `,"more":1`) + "}}" + draw("", "\n", "}"), nil
	}
	target = draw("/v1", "/v1", "/v2", "/v3") + "/task/" + draw("a", "a", "b", "x%2Fy", "x/y", "%61", "a%00", "a;b") + draw("", "", "?limit=1", "?limit=0", "?limit=%31", "?q=1", "?limit=1;q")
	if one := draw("", "X-One: x", "X-One: ", "X-Two: x"); one != "" {
		header = append(header, one)
	}
	return draw("GET", "GET", "GET", "POST", "HEAD"), target, strings.Repeat("x", rapid.IntRange(0, 1).Draw(t, "length")), header
}
