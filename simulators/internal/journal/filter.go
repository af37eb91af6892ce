package journal

import "strings"

// Filter selects entries. What is zero selects nothing by itself: the zero
// Filter selects all.
type Filter struct {
	Vendor      string
	Operation   string
	Kind        string
	Task        string // asked for, shown or created
	Status      int
	StatusClass int    // 4 for 400 to 499
	Method      string // in any case
	Refused     bool   // only what was not answered well: entries with a Refusal
	Control     bool   // only control calls
	After       int64  // only entries with a higher Seq
}

// Matches tells whether the filter selects an entry.
func (f Filter) Matches(e *Entry) bool {
	return e.Seq > f.After && f.matches(headOf(e)) && (f.Task == "" || e.concerns(f.Task))
}

// matches tells whether the filter selects what has such a head, but for its Task
// and After.
func (f Filter) matches(h head) bool {
	return (f.Vendor == "" || f.Vendor == h.vendor) &&
		(f.Operation == "" || f.Operation == h.operation) &&
		(f.Kind == "" || f.Kind == h.kind) &&
		(f.Status == 0 || f.Status == h.status) &&
		(f.StatusClass == 0 || f.StatusClass == h.status/100) &&
		(f.Method == "" || strings.EqualFold(f.Method, h.method)) &&
		(!f.Refused || h.refused) &&
		(!f.Control || h.control)
}

// may tells whether a record may be of an entry that the filter selects. It reads
// only the head; and what concerns a task holds the task's id somewhere.
func (f Filter) may(text string) bool {
	return f.matches(headIn(text)) && (f.Task == "" || strings.Contains(text, f.Task))
}

func (e *Entry) concerns(task string) bool {
	if e.Asked == task || e.Created == task {
		return true
	}
	for _, t := range e.Tasks {
		if t.ID == task {
			return true
		}
	}
	return false
}

// Entries are the oldest entries that a filter selects, at most limit of them;
// 0: no limit. next is what to put into After for those that follow. A journal
// that began anew answers a next below After: its client has seen another. What
// makes room while they are read may be missing, and counts as lost.
func (j *Journal) Entries(f Filter, limit int) (entries []*Entry, next int64) {
	entries = []*Entry{}
	next, records := j.since(f.After)
	for rec := range records {
		if !f.may(rec.text) {
			continue
		}
		// A copy, so that one entry does not keep what was read with it.
		e := decode(rec.seq, strings.Clone(rec.text))
		if !f.Matches(e) {
			continue
		}
		entries = append(entries, e)
		if len(entries) == limit {
			return entries, e.Seq
		}
	}
	return entries, next
}
