package verify

import (
	"fmt"
	"strings"
)

// lists judges whether lists in pages are read to the last.
type lists struct {
	book *book
	open map[listKey]*int // how often each was begun and not yet read to the last

	begun, left int64
	lastLeft    place // where the last list was begun that stands open
}

type listKey struct {
	vendor int
	list   string
}

// mostLists is how many open lists are kept. With so many left the verdict is
// clear; further ones are only counted.
const mostLists = 10_000

// Lists are counted, not followed page by page: the pages after the first may
// be asked for all at once, and the same list may be read by two at a time.
func (l *lists) observe(s *sighting) {
	if s.Page == nil {
		return
	}
	key := listKey{s.vendor, s.Page.List}
	open := l.open[key]
	switch {
	case s.Page.From == 0 && s.Page.More:
		l.begun++
		l.left++
		l.lastLeft = s.place(0)
		if open == nil {
			if len(l.open) >= mostLists {
				return
			}
			key.list, open = strings.Clone(key.list), new(int)
			put(&l.open, key, open)
		}
		*open++ // l.open[key]++ would keep the name that was sent now
	case s.Page.From > 0 && !s.Page.More && open != nil:
		l.left--
		if *open--; *open == 0 {
			delete(l.open, key)
		}
	}
}

func (l *lists) judge(moment) finding {
	f := finding{figures: Figures{"begun": l.begun, "read_to_last": l.begun - l.left, "left": l.left}}
	switch {
	case l.left > 0:
		f.verdict, f.worst = Failed, l.book.named(l.lastLeft)
		f.found = fmt.Sprintf("%d of %s not read to the last page; the latest list was begun at %s.%s",
			l.left, count(l.begun, "list"), f.worst.Vendor, f.worst.Operation)
	case l.begun == 0:
		f.verdict, f.found = Inconclusive, "no list had more than one page"
	default:
		f.verdict, f.found = Passed, count(l.begun, "list")+" of several pages, each read to the last"
	}
	return f
}
