package task

import (
	"math"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// What lists need to know of very many tasks: in which state each is, and when
// that may next be another. Nothing else is worked out, and without a record
// nothing is allocated but the courses of subtasks.

// Standing is in which state a task stands.
type Standing struct {
	State   int  // 0..States()-1; of a task that is not created yet the first
	Future  bool // the vendor does not know it yet
	Expired bool // the vendor has forgotten it; State is the one in which it did
	// Next is the instant, in Unix microseconds rounded down, up to which time alone
	// leaves all this as it is; Never if it always does. The task may stand as it
	// did after it. (Nanoseconds would end in 2262, before a tenant's clock must.)
	Next int64
}

// Never is the Next of what time does not change.
const Never = math.MaxInt64

// States is how many states a task of this definition can stand in: those of its
// lifecycle and the bare ends in which somebody may end it; with subtasks, one a
// phase.
func (d *Definition) States() int {
	if d.Subtasks > 0 {
		return len(scenarios.Phases)
	}
	return len(d.Lifecycle.states)
}

// Shown is what a task that stands in a state shows of it: State, Phase, Error
// and Set, and nothing else.
func (d *Definition) Shown(state int) Snapshot {
	if d.Subtasks > 0 {
		return Snapshot{Phase: scenarios.Phases[state]}
	}
	s := &d.Lifecycle.states[state]
	return Snapshot{State: s.name, Phase: s.phase, Error: s.err, Set: s.set}
}

// Expires tells whether time may make the vendor forget a task of the lifecycle.
func (l *Lifecycle) Expires() bool { return l.expires }

// Alike tells whether luck has no part in the lifecycle: then all tasks that were
// created at one instant, and that nobody but time has changed, stand alike.
func (l *Lifecycle) Alike() bool { return l.alike }

// Stand is where the task stands at an instant. Of the record the same holds as
// for At.
func (t Task) Stand(now time.Time, r *Record) Standing {
	at := t.offset(now)
	if at < 0 {
		return Standing{Future: true, Next: t.Created.UnixMicro()}
	}
	if r == nil && t.Subtasks == 0 {
		return t.standAlone(at)
	}
	var room fold
	f := t.fold(at, r, &room)
	if t.Subtasks == 0 {
		return t.standing(&f.one[0])
	}
	y := f.tally()
	s := Standing{State: phaseIndex(y.phase(f.verdict)), Expired: y.gone == y.all, Next: Never}
	for i := range f.many {
		s.Next = min(s.Next, t.unix(f.many[i].due()))
	}
	return s
}

// standAlone plays a course that says nothing: its messages are nobody's.
func (t *Task) standAlone(at int64) Standing {
	c := course{l: t.Lifecycle, luck: t.Luck, forget: never, talk: never, started: never, ended: never, mute: true}
	c.play(at)
	return t.standing(&c)
}

func (t *Task) standing(c *course) Standing {
	return Standing{State: c.state, Expired: c.expired, Next: t.unix(c.due())}
}

// unix is the instant of an offset, as Next has it.
func (t *Task) unix(offset int64) int64 {
	if offset == never {
		return Never
	}
	return t.Created.Add(time.Duration(offset)).UnixMicro()
}

func phaseIndex(p scenarios.Phase) int {
	for i, q := range scenarios.Phases {
		if p == q {
			return i
		}
	}
	return 0
}

// LuckOfNth is LuckOf of the key that the n-th of tasks alike has, n from 1: the
// stem, "/#" and n. It allocates nothing.
func LuckOfNth(seed int64, stem string, n int) uint64 {
	var room [20]byte
	tail := strconv.AppendInt(append(room[:0], "/#"...), int64(n), 10)
	h := mixNumber(fnvOffset, uint64(len(stem)+len(tail)))
	for i := 0; i < len(stem); i++ {
		h = (h ^ uint64(stem[i])) * fnvPrime
	}
	for _, b := range tail {
		h = (h ^ uint64(b)) * fnvPrime
	}
	return join(finish(uint64(seed)), finish(h))
}
