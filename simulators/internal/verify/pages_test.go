package verify

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Pages are a map from numbers to places that never move.
func TestPagesAreAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p pages[uint32]
		made := map[uint32]*uint32{}
		some := rapid.OneOf(rapid.Uint32Range(0, 70), rapid.Uint32Range(990, 1060), rapid.Uint32Range(0, 9000))
		for _, n := range rapid.SliceOfN(some, 1, 80).Draw(t, "numbers") {
			if v := p.peek(n); v != nil && made[n] == nil && *v != 0 {
				t.Fatalf("%d holds %d before it was made", n, *v)
			}
			v := p.at(n)
			if was := made[n]; was != nil && was != v {
				t.Fatalf("%d has moved", n)
			}
			made[n], *v = v, n+1
		}
		for n, v := range made {
			if *v != n+1 || p.peek(n) != v {
				t.Fatalf("%d holds %d", n, *v)
			}
		}
		last := -1
		p.all(func(n uint32, v *uint32) {
			if int(n) <= last || v != p.peek(n) || (made[n] == nil) != (*v == 0) {
				t.Fatalf("%d after %d holds %d", n, last, *v)
			}
			last = int(n)
			delete(made, n)
		})
		if len(made) > 0 {
			t.Fatalf("left out: %v", made)
		}
	})
}

// What an arena was given it gives back, over the ends of its blocks, and as
// often as one likes.
func TestAnArenaKeepsWhatItWasGiven(t *testing.T) {
	var a arena
	var texts []string
	var spans []span
	lengths := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		text := strings.Repeat(fmt.Sprint(i, "."), 200)[:lengths.IntN(longestID+1)]
		texts, spans = append(texts, text), append(spans, a.add(text))
	}
	for i, s := range spans {
		if got := string(a.bytes(s)); got != texts[i] {
			t.Fatalf("%d: %q, want %q", i, got, texts[i])
		}
	}
	if len(a.blocks) > a.size/mostBlock*21/20+12 {
		t.Errorf("%d blocks for %d bytes", len(a.blocks), a.size)
	}
}

// The caller uses again what an observation lies in: what is said in the end is
// what is said of one that stays. Only Vendor, Operation and Fault may stay.
func TestObserveKeepsNothing(t *testing.T) {
	text := strings.Repeat("in a buffer ", 30)
	for name, spoil := range map[string]func(o *Observation, piece func(string) string){
		"a poll": func(o *Observation, piece func(string) string) {
			o.Asked, o.Tasks[0].ID = piece("task 1"), piece("task 1")
		},
		"a list": func(o *Observation, piece func(string) string) {
			o.Kind, o.Asked, o.Page = "list", "", &Page{List: piece("the list"), More: true}
			o.Tasks[0].ID = piece("task 2")
		},
		"a field": func(o *Observation, piece func(string) string) { o.Unknown = []string{piece("query x")} },
		"a start, lost": func(o *Observation, piece func(string) string) {
			o.Kind, o.Asked, o.Lost, o.Done, o.Created, o.Body = "start", "", true, true, true, 7
			o.Tasks[0].ID = piece("task 3")
		},
		"refused": func(o *Observation, piece func(string) string) {
			o.Status, o.RetryAfter, o.Limits, o.Told = 429, 3, []uint64{5, 6}, 6
			o.Asked, o.Tasks = piece("task 4"), nil
		},
		"what it sends": func(o *Observation, piece func(string) string) {
			o.Sent = map[string]string{piece("a"): piece("b")}
		},
	} {
		rules := append(allRules(), scenarios.Expect{Call: "poll", Sends: "a=b"})
		kept, reused := New(rules), New(rules)
		for n := range 3 {
			buffer := []byte(text)
			of := 0
			call := poll(n, "t", make([]Task, 1))
			spoil(&call, func(s string) string {
				from := of
				of += copy(buffer[of:], s)
				return unsafe.String(&buffer[from], len(s))
			})
			own := poll(n, "t", make([]Task, 1))
			spoil(&own, strings.Clone)
			kept.Observe(&own)
			tasks, limits := call.Tasks, call.Limits
			reused.Observe(&call)
			for i := range buffer {
				buffer[i] = '#'
			}
			for i := range tasks {
				tasks[i] = Task{ID: "none", Ended: true}
			}
			for i := range limits {
				limits[i] = 99
			}
			if call.Page != nil {
				*call.Page = Page{}
			}
			call = Observation{Vendor: "nobody", Real: born.Add(-time.Hour)}
		}
		got, want := fmt.Sprintf("%+v", full(reused.Report(after(time.Hour)))), fmt.Sprintf("%+v", full(kept.Report(after(time.Hour))))
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}
