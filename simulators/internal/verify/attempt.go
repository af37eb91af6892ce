package verify

// attempt is what two requests have in common if one is the other made again.
type attempt struct {
	vendor    int
	operation string
	task      uint32 // that it asks for; 0: none
	body      uint64 // of a start
}

// mostAttempts is how many attempts a tracker follows at once: what a start
// asks for comes from clients, and has no other bound.
const mostAttempts = 100_000

// attempt is that of the request. It is false where the task is overlooked:
// then nobody can tell it from others.
func (s *sighting) attempt() (attempt, bool) {
	a := attempt{vendor: s.vendor, operation: s.Operation, body: s.Body}
	if s.Asked == "" || s.none {
		return a, true
	}
	if len(s.about) == 0 {
		return a, false
	}
	a.task = s.about[0]
	return a, true
}

func (a attempt) place() place {
	return place{vendor: a.vendor, operation: a.operation, task: a.task}
}
