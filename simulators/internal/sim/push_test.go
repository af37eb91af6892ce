package sim

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

// A vendor that listens hears of each change once, however often it asked, in a
// call with its tenant, options and the change's instant; a panic of its own
// ends nothing. Without a queue nothing is sent, and nothing breaks.
func TestListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := acme()
		var heard []string
		v.Changed = func(c *Call, change Change) {
			if c.Tenant.Name != "demo" || c.Profile != Documented || !c.Now().Equal(change.Edge.At) || c.Fixtures() == nil || c.Send(Message{}) {
				t.Errorf("called for %s at %v", c.Tenant.Name, c.Now())
			}
			heard = append(heard, change.ID+" "+change.Edge.To)
			if change.Edge.To == "running" {
				panic("on purpose")
			}
		}
		v.Operations["newTask"] = func(c *Call) (Reply, error) {
			switch name := c.Body.(map[string]any)["name"]; name {
			case "on":
				c.Listen()
				c.WarnReceiver("https://192.0.2.1/")
			case "off":
				c.Unlisten()
			}
			return JSON(http.StatusOK, acmeTask{}).With("DOMAIN_UUID", "ab"), nil
		}
		b := serve(t, "clock: {mode: frozen}\n"+life+"tasks: [{id: a}, {id: b}, {id: c}]", v)
		step := func(want string, calls ...string) {
			t.Helper()
			for _, call := range calls {
				if call == "on" || call == "off" {
					b.want(b.do("POST", "/v1/task", `{"name":"`+call+`"}`), 200, "")
					continue
				}
				for range 3 { // the third read ends the first state
					b.want(b.do("GET", "/v1/task/"+call, ""), 200, "")
				}
			}
			synctest.Wait()
			if got := strings.Join(heard, ", "); got != want {
				t.Errorf("heard %q, want %q", got, want)
			}
			heard = nil
		}
		step("", "off")
		step("a running", "on", "on", "a")
		step("b running", "b")
		step("", "off", "off", "c")
		step("", "on")
		if strings.Count(b.logged(), "on purpose") != 2 {
			t.Errorf("log: %s", b.logged())
		}
	})
}
