package api

import "time"

// Why explains one answer.
type Why struct {
	ID        string     `json:"id"`
	Tenant    string     `json:"tenant,omitempty"` // left out: refused before it had one
	Vendor    string     `json:"vendor,omitempty"` // left out: it met no vendor, or was a control call
	Operation string     `json:"operation"`        // none: it met none; control: a call of the control API
	Method    string     `json:"method"`
	Path      string     `json:"path"`
	Real      time.Time  `json:"real"`
	At        *time.Time `json:"at,omitempty"` // the tenant's time
	Status    int        `json:"status"`
	Because   string     `json:"because"` // one sentence: what decided the answer

	Tasks    []WhyTask   `json:"tasks"`
	Contract WhyContract `json:"contract,omitzero"` // left out: it was held to no vendor's
	Limits   []WhyLimit  `json:"limits"`
	Faults   []WhyFault  `json:"faults"` // all that were asked
	Unread   []string    `json:"unread"` // what the client sent and nothing read
	Misses   []Miss      `json:"misses"` // what it nearly met, best first
}

// WhyTask explains a task in the answer.
type WhyTask struct {
	ID       string     `json:"id"`
	State    string     `json:"state,omitempty"`
	Phase    string     `json:"phase"`
	Entered  time.Time  `json:"entered"`
	Progress int        `json:"progress"`
	Until    *time.Time `json:"until,omitempty"`
	Steps    []WhyStep  `json:"steps"` // how it came there, the latest last
}

// WhyStep is one change of state and its cause.
type WhyStep struct {
	At      time.Time `json:"at"`
	Subtask *int      `json:"subtask,omitempty"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Because string    `json:"because"` // the draw, the read or the person that did it
}

// WhyContract says what the request was held to.
type WhyContract struct {
	Profile  string `json:"profile"`
	Held     bool   `json:"held"` // false: it broke the rule that follows, or was not held to any
	In       string `json:"in,omitempty"`
	Field    string `json:"field,omitempty"` // left out: the whole of In
	Rule     string `json:"rule,omitempty"`
	Expected string `json:"expected,omitempty"` // left out: the rule does not say; Why.Because has its complaint
	Got      string `json:"got,omitempty"`
}

// WhyLimit says what one limit said.
type WhyLimit struct {
	Limit   string `json:"limit"`   // in words
	Applied bool   `json:"applied"` // it looked at the request; such limits come first
	Fired   bool   `json:"fired"`
	Because string `json:"because"`
}

// WhyFault says what one fault said.
type WhyFault struct {
	Fault   string `json:"fault"` // its name
	Fired   bool   `json:"fired"`
	Because string `json:"because"`
}

// Miss is an operation or a rule that the request nearly met.
type Miss struct {
	Operation string  `json:"operation"`
	Score     float64 `json:"score"` // 0..1, 1 is a full match
	Expected  string  `json:"expected"`
	Got       string  `json:"got"`
}
