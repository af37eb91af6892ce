package verify

import "time"

// Observation is what one request told of its client.
type Observation struct {
	Real   time.Time     // when it came
	Took   time.Duration // real time from then until it was answered
	At     time.Time     // the tenant's instant
	Lived  time.Duration // of the tenant's time, as tokens and limits count it
	Speed  int           // the tenant's seconds a real second; 1 but for xN
	Frozen bool          // the tenant's clock stands: gaps tell nothing

	Vendor    string // this and Operation are kept: the spec's own, no piece of a request
	Operation string
	Kind      string // login, poll, list, start, write, read; "" where it met no operation

	Status  int
	Failed  bool   // the answer is an error though its status is below 400: JSON-RPC
	Refused bool   // Failed, and for now only: a limit, or the vendor's own trouble
	Lost    bool   // the client got no whole answer, or an error though the work was done
	Done    bool   // what the client asked for was done, whatever it was answered
	Fault   string // the faults that fired, by name; "" for none. It is kept

	// Tasks are those that the answer showed or created, each once. Where it was
	// lost, only what it created counts: the client saw nothing of it. So it is
	// with Page and Token.Given.
	Tasks   []Task
	Asked   string // the id of the one task that was asked for, also where it is unknown; "" for none
	Created bool   // the (only) task of Tasks was created by this request

	// Body is a hash of the canonical body of a start: two alike ask for the same
	// work. 0 for other kinds.
	Body uint64

	// Limits are the limits that looked at the request, by hashes that are equal
	// where two requests are counted together.
	Limits     []uint64
	RetryAfter int    // the real seconds that the answer told the client to wait; 0: none
	Told       uint64 // which of Limits told so; 0: no limit did, it holds for the operation

	Token   Token
	Page    *Page    // of a list in pages
	Unknown []string // fields that the client sent and nothing read: "query x", "body a.b"

	// Sent are the values of the fields that Observer.Wants names, as far as the
	// client sent them.
	Sent map[string]string
}

// unsee takes from a lost answer what only its reader would know. A task that
// was created is there all the same.
func (o *Observation) unsee() {
	if !o.Created {
		o.Tasks = nil
	}
	o.Page, o.Token.Given = nil, 0
}

// Task is one task in an answer.
type Task struct {
	ID    string
	Ended bool // it was shown at its end
}

// Token is the token with which a request came, or that a log-in gave.
type Token struct {
	Given   uint64        // a hash of the token that this answer gave; 0: none
	Life    time.Duration // of Given: the tenant's time that it lives; 0: for ever
	Sent    uint64        // a hash of the token that the request carried; 0: none that a log-in gave
	Expired bool          // Sent was over
}

// Page is one page of a list.
type Page struct {
	List string // which list: the same for all its pages
	From int    // what stands before it
	Len  int
	More bool // there is another page after it
}
