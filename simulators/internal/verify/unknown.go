package verify

import (
	"fmt"
	"slices"
	"strings"
)

// unknown judges whether the client sends what nothing reads.
type unknown struct {
	book  *book
	names map[field]*int64 // at most mostFields; how often each was sent

	calls, bad, fields int64 // calls, those with such a field, such fields in all
	last               place
}

type field struct {
	vendor    int
	operation string
	name      string
}

// mostFields is how many fields are named; further ones are only counted.
const mostFields = 20

func (u *unknown) observe(s *sighting) {
	u.calls++
	if len(s.Unknown) == 0 {
		return
	}
	u.bad++
	u.last = s.place(0)
	for _, name := range s.Unknown {
		u.fields++
		key := field{s.vendor, s.Operation, name[:min(len(name), longestName)]}
		sent := u.names[key]
		if sent == nil {
			if len(u.names) >= mostFields {
				continue
			}
			key.name, sent = strings.Clone(key.name), new(int64)
			put(&u.names, key, sent)
		}
		*sent++ // u.names[key]++ would keep the name that was sent now
	}
}

func (u *unknown) judge(moment) finding {
	names := make([]string, 0, len(u.names))
	for f, n := range u.names {
		names = append(names, fmt.Sprintf("%s.%s %s (%d)", u.book.vendors[f.vendor], f.operation, printable(f.name), *n))
	}
	slices.Sort(names)
	f := finding{figures: Figures{"calls": u.calls, "calls_with": u.bad, "fields": names}}
	switch {
	case u.bad > 0:
		f.verdict, f.worst = Failed, u.book.named(u.last)
		f.found = fmt.Sprintf("%s with fields that nothing read: %s", count(u.bad, "call"), strings.Join(names, ", "))
		var named int64
		for _, n := range u.names {
			named += *n
		}
		if u.fields > named {
			f.found += fmt.Sprintf(", and %d more", u.fields-named)
		}
	case u.calls == 0:
		f.verdict, f.found = Inconclusive, "no call was made"
	default:
		f.verdict, f.found = Passed, "nothing that nothing read in "+count(u.calls, "call")
	}
	return f
}
