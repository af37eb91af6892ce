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
	method, status := e.Request.Method, e.Reply.Status
	if e.Control != nil {
		method, status = e.Control.Method, e.Control.Status
	}
	return e.Seq > f.After &&
		(f.Vendor == "" || f.Vendor == e.Vendor) &&
		(f.Operation == "" || f.Operation == e.Operation) &&
		(f.Kind == "" || f.Kind == e.Kind) &&
		(f.Task == "" || e.concerns(f.Task)) &&
		(f.Status == 0 || f.Status == status) &&
		(f.StatusClass == 0 || f.StatusClass == status/100) &&
		(f.Method == "" || strings.EqualFold(f.Method, method)) &&
		(!f.Refused || e.Refusal != nil) &&
		(!f.Control || e.Control != nil)
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
// that began anew answers a next below After: its client has seen another.
func (j *Journal) Entries(f Filter, limit int) (entries []*Entry, next int64) {
	all, last := j.since(f.After)
	entries = []*Entry{}
	for _, e := range all {
		if !f.Matches(e) {
			continue
		}
		entries = append(entries, e)
		if len(entries) == limit {
			return entries, e.Seq
		}
	}
	return entries, last
}
