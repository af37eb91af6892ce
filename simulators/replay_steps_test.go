package simulators

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// credential writes who asks, in one of the ways that there are.
func (c *recordee) credential(v *vendor, header http.Header, base string) {
	switch c.pick("credential", 8) {
	case 0, 1, 2:
		v.Login(header, base, c.name)
	case 3, 4:
		if token := c.tokens[v.Name]; token != "" {
			header.Set("Authorization", "Bearer "+token)
			if v.Name == "dbvisit" {
				header.Del("Authorization")
				header.Set("Cookie", "theme=dark; "+c.cookie)
			}
		}
	case 5: // any token at all: of another vendor, of another kind, one that has ended
		if len(c.got) > 0 {
			token := c.got[c.pick("token", len(c.got))]
			header.Set("X-auth-access-token", token)
			header.Set("X-av-token", token)
			header.Set("Cookie", `dbvisit-standby="`+token+`"`)
		}
	case 6:
		v.Login(header, base, c.name)
		header.Set("Cookie", "session=0123456789abcdef")
		header.Set("X-Csrf-Token", "{{reply-1-1}}")
	default:
		sim.SetBasic(header, c.name, c.password())
	}
}

// example sends a good request for any operation, or one made bad.
func (c *recordee) example() {
	c.Helper()
	v := c.vendors[c.pick("vendor", len(c.vendors))]
	var all []*openapi.Operation
	for _, o := range v.spec.Operations {
		all = append(all, o.Leaves()...)
	}
	o := all[c.pick("operation", len(all))]
	if c.pick("poll", 3) == 0 || o.Name == "getPushEventStats" && !c.still {
		o = v.spec.Demo()
	}
	e, err := o.Example(o.Routes[c.pick("route", len(o.Routes))], c.taskOf(v))
	if err != nil {
		c.Fatal(err)
	}
	r, err := exampleRequest("http://127.0.0.1:7800/"+v.Name, e)
	if err != nil {
		c.Fatal(err)
	}
	var sent bytes.Buffer
	_, _ = sent.ReadFrom(r.Body) // of memory
	header, body := r.Header, sent.String()
	if header.Get("Content-Type") == "" && body != "" && c.pick("type", 2) == 0 {
		header.Set("Content-Type", "application/json")
	}
	c.credential(v, header, e.Base)
	method, target := r.Method, r.URL.RequestURI()
	switch c.pick("spoil", 14) {
	case 0:
		method = []string{"HEAD", "PUT", "DELETE", "OPTIONS"}[c.pick("method", 4)]
	case 1:
		body = body[:len(body)/2]
	case 2:
		body = []string{"", "[]", "5", `"text"`, "null", "{", `{"password":{"a":[1,"b"]},"x":"{{secret-1}}"}`}[c.pick("body", 7)]
	case 3:
		target += "?limit=2&offset=1&unknown=%ff&token=t0ken&url=https://u:p@example.com/{{secret-2}}"
	case 4:
		target += "/nothing/here%2F"
	case 5:
		body = strings.Replace(body, "{", `{"client_secret": "x", "accessKey": 5, `, 1)
	case 6:
		if c.pick("large", 4) == 0 {
			body += strings.Repeat(" ", sim.MaxBody)
		}
	}
	for range []int{1, 1, 1, 1, 1, 7}[c.pick("times", 6)] { // seven are too many for a limit of five
		c.ask(method, target, header, body)
	}
	if v.Name == "checkpoint" && strings.HasPrefix(e.Base, "/v1.0") && c.tokens["legacy"] != "" {
		c.signed(r.Method, r.URL.RequestURI(), c.tokens["legacy"], sent.String())
	}
}

// taskOf is one of the tenant's tasks at a vendor, "" for the example's own.
func (c *recordee) taskOf(v *vendor) string {
	ids := c.ids(v.Name)
	if len(ids) == 0 || c.pick("own task", 4) == 0 {
		return ""
	}
	return ids[c.pick("task", len(ids))]
}

func (c *recordee) ids(vendor string) []string {
	n, ok := c.tenants.Find(c.name)
	if !ok || !n.Serves(vendor) {
		return nil
	}
	var ids []string
	for ref := range n.Tasks(vendor).All() {
		ids = append(ids, n.Tasks(vendor).ID(ref))
	}
	return ids
}

// events turns Bitdefender's events on or off, or asks about them.
func (c *recordee) events() {
	settings := []string{"setPushEventSettings", "getPushEventSettings", "sendTestPushEvent", "resetPushEventStats", "getPushEventStats"}
	if !c.still {
		settings = settings[:4] // whether an event came before or after a request that asks for their number is nobody's to say
	}
	method := settings[c.pick("push", len(settings))]
	params := map[string]any{}
	switch method {
	case "setPushEventSettings":
		params = map[string]any{
			"status": c.pick("status", 2), "serviceType": "jsonRPC",
			"serviceSettings":       map[string]any{"url": "https://user:canary@push.example.com/events", "authorization": "Bearer canary", "requireValidSslCertificate": true},
			"subscribeToEventTypes": map[string]any{"task-status": true},
		}
	case "sendTestPushEvent":
		params["eventType"] = "task-status"
	}
	header := http.Header{}
	sim.SetBasic(header, c.name, "")
	c.ask("POST", "/bitdefender/api/v1.0/jsonrpc/push", header, jsonOf(map[string]any{"id": 1, "jsonrpc": "2.0", "method": method, "params": params}))
}

// steer makes a control call; many are refused.
func (c *recordee) steer() {
	vendor := c.vendors[c.pick("vendor", len(c.vendors))].Name
	task := "none"
	if ids := c.ids(vendor); len(ids) > 0 {
		task = ids[c.pick("task", len(ids))]
	}
	state := []string{"running", "succeeded", "ended", "failed", "nothing"}[c.pick("state", 5)]
	ctx := context.Background()
	switch c.pick("control", 11) {
	case 0:
		_, _ = c.control.Advance(ctx, c.name, api.Advance{By: []string{"0s", "1ms", "7s", "10m", "31m", "25h"}[c.pick("by", 6)]})
	case 1:
		if n, ok := c.tenants.Find(c.name); ok {
			to := n.Clock.Now().Add(time.Duration(c.pick("to", 60)-5) * time.Second)
			_, _ = c.control.Advance(ctx, c.name, api.Advance{To: &to})
		}
	case 2:
		_, _ = c.control.Advance(ctx, c.name, api.Advance{Until: &api.Target{Vendor: vendor, Task: task, State: state}})
	case 3:
		_, _ = c.control.Freeze(ctx, c.name)
	case 4:
		_, _ = c.control.Resume(ctx, c.name)
	case 5:
		_, _ = c.control.Speed(ctx, c.name, []int{1, 10, 600}[c.pick("speed", 3)])
	case 6:
		_, _ = c.control.Force(ctx, c.name, vendor, task, api.Force{State: state})
	case 7:
		_, _ = c.control.Cancel(ctx, c.name, vendor, task)
	case 8:
		_, _ = c.control.Expire(ctx, c.name, vendor, task)
	case 9:
		_, _ = c.control.CreateTask(ctx, c.name, api.NewTask{Vendor: vendor, Name: "by hand", Subtasks: c.pick("subtasks", 3)})
	default:
		s := api.Scenario{Scenario: []string{"happy", "slow", "polls", "rate-limited"}[c.pick("scenario", 4)]}
		if c.pick("inline", 2) == 0 {
			s = api.Scenario{YAML: "version: 1\nname: brought\nextends: partial\n", Set: []string{"profiles.cisco=observed"}}
		}
		_, _ = c.control.ReplaceScenario(ctx, c.name, s)
	}
}

// step does anything, once all events have gone out.
func (c *recordee) step() {
	c.Helper()
	if n, ok := c.tenants.Find(c.name); ok {
		n.Wake()
		n.Settle()
		if err := c.Server.push.Drained(context.Background(), n); err != nil {
			c.Fatal(err)
		}
	}
	switch n := c.pick("step", 20); {
	case n < 3:
		c.logIn()
	case n < 5:
		c.events()
	case n < 8:
		c.steer()
	default:
		c.example()
	}
}

// recorded is the recording of the client's tenant.
func (c *recordee) recorded() []byte {
	c.Helper()
	n, ok := c.tenants.Find(c.name)
	if !ok {
		return nil // nothing it sent was accepted
	}
	data, err := c.recording(n)
	if err != nil {
		c.Fatal(err)
	}
	return data
}

// canaries are what must not stand in the recording.
func (c *recordee) canaries() []string {
	return slices.Concat(c.got, []string{"hunter2-" + c.name, "canary", "0123456789abcdef", "12345678901234", "own-secret-of-the-tenant"})
}
