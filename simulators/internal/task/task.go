// Package task is the state engine: a task's state is a pure function of its
// definition, its luck, its creation, its history and the instant asked for.
// It must not know a vendor, a tenant, HTTP, YAML or what time it is: every
// function is passed the instant, so a fake clock is a number.
//
// Nothing here runs in the background and no current state is stored. The one
// mutable thing is a Record: the short history of what reads and people did to
// a task, and the count of reads in its present state.
package task

import (
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// Definition says how a task lives. With Subtasks above 0 the task has no
// lifecycle of its own: each subtask lives by Lifecycle, each beginning Stagger
// later than the one before, and the task sums them up.
type Definition struct {
	Lifecycle *Lifecycle
	Subtasks  int
	Stagger   time.Duration
}

// Task is one task without its mutable part. Luck is that of LuckOf.
type Task struct {
	*Definition
	Luck    uint64
	Created time.Time // whole milliseconds
}

// Kind says what a history event did.
type Kind uint8

// The kinds of event.
const (
	Crossed Kind = iota + 1 // a read ended a counted state
	Forced                  // somebody put it into State
	Ended                   // somebody ended it in Phase
	Expired                 // somebody made the vendor forget it
)

// Whole is the Sub of an event that is about the whole task.
const Whole = -1

// Event is one entry of a task's history. A Forced or Ended event about the
// whole of a task with subtasks is about each of them.
type Event struct {
	At    time.Time
	Kind  Kind
	Sub   int             // which subtask, or Whole
	State string          // Forced: the state it was put into
	Phase scenarios.Phase // Ended: how
}

// Snapshot is a task, or one of its subtasks, at one instant. What Error, Set
// and the slices point to is shared: it is to be read, never written.
type Snapshot struct {
	State   string // the state's name; "" for a task with subtasks
	Phase   scenarios.Phase
	Entered time.Time // when State (for a task with subtasks: Phase) began
	Created time.Time
	Started time.Time // when it first left pending; zero before
	Ended   time.Time // when it ended; zero before

	// Stepped is the last state entry or message; Changed also counts steps of
	// Progress. Neither is ever later than the instant asked for.
	Stepped, Changed time.Time
	// Until is when it next changes in any way that shows, progress included;
	// zero if time alone changes nothing more.
	Until time.Time

	Progress int              // percent, 0..100
	Messages []Message        // by instant, at most the MaxMessages latest
	Error    *scenarios.Error // a task with subtasks: that of the first that has one
	Set      map[string]any   // what the state sets; nil if nothing

	// Subtasks is nil without subtasks. One that has not begun by its stagger is
	// pending in its first state; its Created and Entered lie in the future.
	Subtasks []Snapshot
	Done     int // subtasks that have ended

	Future  bool // it will be created only at Created: the vendor does not know it yet
	Expired bool // the vendor has forgotten it
	Reads   int  // reads counted in the present state (a task with subtasks: the sum)
	Steps   int  // edges so far, creation included (a task with subtasks: the sum of theirs)
}

// Message is a log line and the instant at which it appeared.
type Message struct {
	At    time.Time
	Level string // info, warning, error
	Text  string
}

// Edge is a change of state: of the task (Sub is Whole) or of one subtask.
// Creation is one (From is empty); progress and messages are none. From and To
// are equal where somebody forced a state anew, and where a subtask whose first
// state is not pending ends its wait.
type Edge struct {
	At       time.Time
	Sub      int
	From, To string // state names; for a task with subtasks, Whole: phases
	Phase    scenarios.Phase
	Expired  bool // the task is forgotten; To is empty
}
