package checkpoint

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// maxPage is how many rows an answer has at most, and unless asked for fewer.
const maxPage = 100

// scrollLife is how long a scroll can be gone on with.
const scrollLife = 10 * time.Minute

// scroll is a search under way. Its id stays the same from page to page, so the
// place is kept here. It is known like a token is, and ends with its tenant.
type scroll struct {
	operation string
	ids       []string // all that was found when it began
	next      atomic.Int64
}

// slice is one page.
type slice struct {
	ids    []string
	total  int
	scroll string
}

// page is the next page of a search: of the one that the request names, else of
// a new one.
func page(c *sim.Call, data map[string]any, search func() []string) (slice, *sim.Fault) {
	size := int64(maxPage)
	if n, err := strconv.ParseInt(text(data["pageSize"]), 10, 64); err == nil {
		size = min(n, maxPage)
	}
	size = int64(c.PageSize(int(size)))
	id := text(data["scrollId"])
	if id == "" {
		id = sim.Hex(c.TokenLuck("checkpoint/scroll"), hexDigits)
		c.Issue("scroll", id, scrollLife, &scroll{operation: c.Op.Name, ids: search()})
	}
	k, err := c.TokenNamed(id)
	if err != nil || k.Tenant != c.Tenant {
		return slice{}, unknownScroll()
	}
	s, ok := k.Data.(*scroll)
	if !ok || s.operation != c.Op.Name {
		return slice{}, unknownScroll()
	}
	end := s.next.Add(size)
	total := int64(len(s.ids))
	from, to := min(end-size, total), min(end, total)
	c.Page(c.Op.Name+" "+id, int(from), int(to-from), to < total)
	return slice{ids: s.ids[from:to], total: len(s.ids), scroll: id}, nil
}

func unknownScroll() *sim.Fault {
	return sim.InvalidField(openapi.InBody, "requestData.scrollId", "scroll", "is not known, or no longer").Expecting("a scrollId that an answer has just told")
}
