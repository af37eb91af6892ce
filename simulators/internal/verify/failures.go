package verify

import "fmt"

// failures judges how many calls are answered with an error.
type failures struct {
	most uint32

	cells cells[uint32] // by vendor: calls about no task, or all

	over      int64  // tasks or vendors with more than allowed
	highest   uint32 // the most of one
	highestAt place
}

// add adds a call that failed.
func (f *failures) add(p place) {
	n := f.cells.at(p.vendor, p.task)
	*n++
	if *n > f.highest {
		f.highest, f.highestAt = *n, p
	}
	if *n == f.most+1 {
		f.over++
	}
}

func (f *failures) judge(b *book, noun string) finding {
	if f.highest == 0 {
		return finding{verdict: Passed, found: "no " + noun + " failed"}
	}
	subject := b.subject(f.highestAt)
	if f.over == 0 {
		return finding{verdict: Passed, worst: b.named(f.highestAt),
			found: fmt.Sprintf("at most %s failed (%s)", count(f.highest, noun), subject)}
	}
	found := fmt.Sprintf("%s: %s failed, %d more than allowed", subject, count(f.highest, noun), f.highest-f.most)
	if f.over > 1 {
		found += fmt.Sprintf(" (so had %s)", count(f.over-1, "other"))
	}
	return finding{verdict: Failed, found: found, worst: b.named(f.highestAt)}
}
