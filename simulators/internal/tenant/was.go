package tenant

import "time"

// Was shows a task as it was at an earlier instant, or at its creation where that
// is later. It changes nothing and counts no read. Whoever has read the task has
// been told that the vendor knows it; here it is shown in any case.
func (t *Tasks) Was(ref Ref, at time.Time) Entry {
	k := t.task(ref)
	if at.Before(k.Created) {
		at = k.Created
	}
	r := t.record(ref, false)
	if r == nil {
		return t.entry(ref, k, k.At(at, nil))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return t.entry(ref, k, r.written(k.At(at, &r.history)))
}
