package simulators

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// times are the real times on which traffic is recorded.
var times = map[string]func() (source clock.Source, pass func(time.Duration)){
	"manual": func() (clock.Source, func(time.Duration)) {
		m := clock.NewManual(start)
		return m, func(d time.Duration) { _ = m.Advance(d) } // never back
	},
	"drift": func() (clock.Source, func(time.Duration)) {
		d := newDrift(90 * time.Millisecond)
		return d, d.pass
	},
	"system": func() (clock.Source, func(time.Duration)) {
		return clock.System(), func(time.Duration) {}
	},
}

// runs is how many recordings of each kind are made and played.
const runs = 12

// happened counts what the recordings hold, so that they are not all of refusals.
type happened map[string]int

func (h happened) count(n *tenant.Tenant) {
	entries, _ := n.Journal.Entries(journal.Filter{}, 0)
	for _, e := range entries {
		if e.Control != nil {
			h["control "+strings.Split(e.Control.Path, "/")[1]]++
			continue
		}
		h[fmt.Sprint("status ", e.Reply.Status)]++
		h[fmt.Sprint(e.Kind, " answered ", e.Reply.Status/100, "xx")]++
		if e.Request.Method == http.MethodHead {
			h["HEAD"]++
		}
		if e.Request.Rest != "" {
			h["a body too large"]++
		}
		if e.Refusal != nil && e.Refusal.RetryAfter > 0 {
			h["Retry-After"]++
		}
	}
}

// wanted are some of the things that must have happened.
var wanted = []string{
	"control clock", "control tasks", "control scenario", "status 401", "status 404", "status 429", "login answered 2xx",
	"poll answered 2xx", "list answered 2xx", "start answered 2xx", "write answered 2xx", "HEAD", "a body too large", "Retry-After",
}

// Whatever a client does, and whoever steers the tenant meanwhile: played again
// it is answered the same, and no secret stands in the recording.
func TestReplayIsTheSame(t *testing.T) {
	all := happened{}
	for name, real := range times {
		for seed := range uint64(runs) {
			t.Run(fmt.Sprint(name, "/", seed), func(t *testing.T) {
				luck := rand.New(rand.NewPCG(seed, 4))
				recordAndPlay(t, real, func(_ string, n int) int { return luck.IntN(n) }, all)
			})
		}
	}
	for _, what := range wanted {
		if all[what] == 0 && !t.Failed() {
			t.Errorf("%q never happened: %v", what, all)
		}
	}
}

func recordAndPlay(t *testing.T, real func() (clock.Source, func(time.Duration)), pick func(string, int) int, all happened) {
	t.Helper()
	source, pass := real()
	s, err := New(Options{
		Scenario: []string{"happy", "partial", "polls", "rate-limited", "flapping", "slow", "fails"}[pick("scenario", 7)],
		Clock:    []string{"real", "x60", "skip", "frozen"}[pick("clock", 4)],
		Profiles: []string{[]string{"documented", "observed"}[pick("profile", 2)]},
		Set:      [][]string{nil, {"limits=[]"}}[pick("limits", 2)],
		source:   source, dry: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := newRecordee(t, s, pick)
	_, c.still = source.(*clock.Manual)
	if source == clock.System() {
		l := httptest.NewServer(s)
		defer l.Close()
		c.url = l.URL
	}
	c.be()
	for range 50 {
		c.step()
		pass([]time.Duration{0, 1, 400 * time.Millisecond, 3 * time.Second, 20 * time.Second, 11 * time.Minute}[pick("pass", 6)])
	}
	data := c.recorded()
	if data == nil {
		return
	}
	n, _ := s.tenants.Find(c.name)
	all.count(n)
	for _, secret := range c.canaries() {
		if i := strings.Index(string(data), secret); i >= 0 {
			t.Fatalf("%q stands in the recording: ...%s", secret, data[max(i-200, 0):i+len(secret)])
		}
	}
	o := ReplayOptions{}
	if strings.Contains(string(data), `"own_secret": true`) {
		o.Secret = c.secret
	}
	mustBeSame(t, data, o)
}

// Whoever asks the clock a second time within a request may find another side of
// an edge: of a token's end, of a limit's window, of a task's state.
func TestReplayAtEdges(t *testing.T) {
	for _, mode := range []string{"real", "skip"} {
		t.Run(mode, func(t *testing.T) {
			d := newDrift(90 * time.Millisecond)
			s, err := New(Options{Clock: mode, Set: []string{"limits=[{on: poll, per: tenant, requests: 4, window: 10s}]"}, source: d})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c := recordeeOf(t, s, tenant.Demo)
			c.logIn()
			answered := map[int]int{}
			bearer := func() http.Header {
				return http.Header{"Authorization": {"Bearer " + c.tokens["sailpoint"]}, "X-Sailpoint-Experimental": {"true"}}
			}
			for i := range 60 {
				c.logIn()
				if i%3 == 0 { // new tasks, for edges to skip to
					c.ask("POST", "/sailpoint/v2025/sources/c6dc37bf508149b28ce5b7d90ca4bbf9/load-accounts", bearer(), "")
				}
				ids := c.ids("sailpoint")
				n, _ := s.tenants.Find(tenant.Demo)
				// Near the end of the token: it has 749 s.
				d.pass(749*time.Second - time.Duration(i)*13*time.Millisecond - 200*time.Millisecond)
				for j := range 3 {
					answered[c.ask("GET", "/sailpoint/v2025/task-status/"+ids[(i+j)%len(ids)], bearer(), "").Code]++
				}
				// Near the end of a window.
				for range 4 {
					answered[c.poll(ids[0]).Code]++
				}
				d.pass(10*time.Second - time.Duration(i)*23*time.Millisecond)
				for range 5 {
					answered[c.poll(ids[0]).Code]++
				}
				d.pass(time.Minute)
				// Near the next edge of a task.
				c.logIn()
				c.ask("POST", "/sailpoint/v2025/sources/c6dc37bf508149b28ce5b7d90ca4bbf9/load-accounts", bearer(), "")
				ids = c.ids("sailpoint")
				id := ids[len(ids)-1]
				answered[c.ask("GET", "/sailpoint/v2025/task-status/"+id, bearer(), "").Code]++
				ref, _ := n.Tasks("sailpoint").Find(id)
				now := n.Clock.Now()
				if e, _ := n.Tasks("sailpoint").Look(ref, now); e.Until.After(now) {
					d.pass(e.Until.Sub(now) - time.Duration(i)*11*time.Millisecond)
				}
				answered[c.ask("GET", "/sailpoint/v2025/task-status/"+id, bearer(), "").Code]++
			}
			if answered[200] == 0 || answered[401] == 0 || answered[429] == 0 {
				t.Errorf("answered %v", answered)
			}
			mustBeSame(t, c.recorded(), ReplayOptions{})
		})
	}
}
