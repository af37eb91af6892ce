package verify

import (
	"time"

	"pgregory.net/rapid"
)

// someCalls are any calls about the tasks of the given names, in the order in
// which they came.
func someCalls(t *rapid.T, names ...string) []Observation {
	var all []Observation
	var when time.Duration
	created := map[string]bool{} // an id is given once
	for range rapid.IntRange(0, 40).Draw(t, "calls") {
		longest := rapid.SampledFrom([]int{100, 3000}).Draw(t, "longest")
		when += time.Duration(rapid.IntRange(0, longest).Draw(t, "pause")) * time.Millisecond
		kind := rapid.SampledFrom([]string{"poll", "poll", "poll", "start", "list", "login", "write"}).Draw(t, "kind")
		o := Observation{
			Real: born.Add(when), At: born.Add(when), Lived: when, Speed: rapid.IntRange(1, 3).Draw(t, "speed"),
			Frozen: rapid.IntRange(0, 9).Draw(t, "frozen") == 0,
			Vendor: rapid.SampledFrom([]string{"acme", "bolt"}).Draw(t, "vendor"),
			Kind:   kind, Operation: kind + "Task",
		}
		name := rapid.SampledFrom(names).Draw(t, "task")
		ended := rapid.IntRange(0, 4).Draw(t, "ended") == 0
		switch kind {
		case "start":
			o.Body = rapid.Uint64Range(1, 3).Draw(t, "body")
			o.Created = rapid.Bool().Draw(t, "created") && !created[o.Vendor+name]
			if o.Created {
				created[o.Vendor+name] = true
				o.Tasks = []Task{{ID: name}}
			}
		case "list":
			for _, n := range names {
				o.Tasks = append(o.Tasks, Task{ID: n, Ended: ended})
			}
			o.Page = &Page{List: "all", From: rapid.IntRange(0, 1).Draw(t, "from"), More: rapid.Bool().Draw(t, "more")}
		case "login":
			o.Token = Token{Given: rapid.Uint64Range(1, 4).Draw(t, "given"), Life: 10 * time.Second}
		default:
			o.Asked = name
			if rapid.IntRange(0, 4).Draw(t, "known") > 0 {
				o.Tasks = []Task{{ID: name, Ended: ended}}
			}
			o.Token = Token{Sent: rapid.Uint64Range(0, 4).Draw(t, "sent"), Expired: rapid.IntRange(0, 5).Draw(t, "expired") == 0}
		}
		if rapid.IntRange(0, 5).Draw(t, "unread") == 0 {
			o.Unknown = []string{"query " + name}
		}
		o.Limits = []uint64{rapid.Uint64Range(1, 2).Draw(t, "limit")}
		if rapid.IntRange(0, 5).Draw(t, "refused") == 0 {
			o.RetryAfter = rapid.IntRange(1, 5).Draw(t, "told")
			o.Told = rapid.SampledFrom([]uint64{0, o.Limits[0]}).Draw(t, "by")
		}
		if rapid.Bool().Draw(t, "sent") {
			o.Sent = map[string]string{"a.b": "true", "q": rapid.SampledFrom([]string{"1", "2"}).Draw(t, "q")}
		}
		spoil(t, &o)
		all = append(all, o)
	}
	return all
}

// spoil makes some answers errors, or loses them.
func spoil(t *rapid.T, o *Observation) {
	o.Status, o.Done = 200, true
	how := rapid.SampledFrom([]string{"", "", "", "lost", "away", "away", "error", "rpc", "busy"}).Draw(t, "answer")
	switch how {
	case "":
		return
	case "lost": // an observation may still tell what nobody saw
		o.Lost, o.Done = true, o.Created || rapid.Bool().Draw(t, "done")
		return
	case "away":
		o.Status = rapid.SampledFrom([]int{429, 500, 503}).Draw(t, "status")
	case "error":
		o.Status = rapid.SampledFrom([]int{400, 404}).Draw(t, "status")
	default:
		o.Failed, o.Refused = true, how == "busy"
	}
	o.Tasks, o.Created, o.Page, o.Token.Given, o.Done = nil, false, nil, 0, false
}
