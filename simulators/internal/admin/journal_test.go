package admin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// overflowing adds so many refused requests to a rig's journal of those, more than it
// holds.
func overflowing(t *testing.T, entries int) *rig {
	t.Helper()
	var refused *journal.Journal
	g := newRig(t, func(o *Options) { refused = o.Refused })
	for i := range entries {
		refused.Add(&journal.Entry{
			ID: fmt.Sprintf("@%d", i+1), Vendor: "sailpoint", Operation: "none", Real: start,
			Request: journal.Request{Method: "GET", Scheme: "http", Host: "localhost", Target: "/sailpoint/x"}, Reply: journal.Reply{Status: 404},
		})
	}
	if refused.Lost() == 0 {
		t.Fatal("it holds all of them")
	}
	return g
}

// An archive that is not whole says so, or is none.
func TestArchiveOfWhatIsLeft(t *testing.T) {
	g := overflowing(t, 1200)
	w := g.must(409, "GET", "/refused.har", "")
	lost := 200
	if text := w.Body.String(); !strings.Contains(text, "problem:journal-lost") || !strings.Contains(text, fmt.Sprintf("%d entries have made room", lost)) {
		t.Errorf("%s", text)
	}
	g.must(409, "GET", "/refused.har?partial=false", "")
	w = g.must(200, "GET", "/refused.har?partial=true", "")
	var file struct {
		Log struct {
			Version, Comment string
			Creator          struct{ Name, Version string }
			Entries          []json.RawMessage
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &file); err != nil {
		t.Fatal(err)
	}
	if log := file.Log; log.Version != "1.2" || log.Creator.Name != "vendorsim" || len(log.Entries) != 1200-lost ||
		log.Comment != fmt.Sprintf("%d earlier entries are missing: they had made room for later ones", lost) {
		t.Errorf("%d entries, %+v, %q", len(log.Entries), log.Creator, log.Comment)
	}
}

// What the archive says of itself already stays.
func TestWithComment(t *testing.T) {
	out, err := withComment([]byte(`{"log":{"version":"1.2","comment":"two are left out"}}`), "one is missing")
	if want := `{"log":{"comment":"one is missing; two are left out","version":"1.2"}}`; err != nil || string(out) != want {
		t.Errorf("%s, %v", out, err)
	}
	for _, bad := range []string{"", "[]", `{"log":{"comment":1}}`} {
		if out, err := withComment([]byte(bad), "x"); err == nil {
			t.Errorf("%s: %s", bad, out)
		}
	}
}

// Pages follow each other without a gap.
func TestPagesOfAJournal(t *testing.T) {
	g := overflowing(t, 1200)
	after, seen := int64(0), int64(200) // those are lost
	for {
		w := g.must(200, "GET", fmt.Sprintf("/refused?limit=300&after=%d", after), "")
		var page struct {
			Entries []struct{ Seq int64 }
			Lost    int64
			Next    int64
		}
		if err := json.Unmarshal(w.Body.Bytes(), &page); err != nil {
			t.Fatal(err)
		}
		if page.Lost != 200 || len(page.Entries) > 300 {
			t.Fatalf("lost %d, %d entries", page.Lost, len(page.Entries))
		}
		for _, e := range page.Entries {
			if seen++; e.Seq != seen {
				t.Fatalf("%d after %d", e.Seq, seen-1)
			}
		}
		if after = page.Next; len(page.Entries) == 0 {
			break
		}
	}
	if seen != 1200 || after != 1200 {
		t.Errorf("read to %d, next %d", seen, after)
	}
	var first struct{ Entries []json.RawMessage }
	if err := json.Unmarshal(g.must(200, "GET", "/refused", "").Body.Bytes(), &first); err != nil || len(first.Entries) != pageOfEntries {
		t.Errorf("a page has %d entries, %v", len(first.Entries), err)
	}
}

// An id whose entry has made room is not one that never was.
func TestWhyOfALostEntry(t *testing.T) {
	g := overflowing(t, 1200)
	if w := g.must(404, "GET", "/requests/@1", ""); !strings.Contains(w.Body.String(), "200 entries have made room for later ones") {
		t.Errorf("%s", w.Body)
	}
	g.must(200, "GET", "/requests/@1200", "")
}

// No journal that can be replayed has lost anything.
func TestReplayOfAJournalThatLost(t *testing.T) {
	g := newRig(t, nil)
	path := g.tenant("r")
	mine, _ := g.tenants.Find("steer~r")
	for range 8_003 { // three more than its count allows
		mine.Journal.Add(&journal.Entry{})
	}
	if w := g.must(409, "GET", path+"/replay", ""); !strings.Contains(w.Body.String(), "3 entries have made room") {
		t.Errorf("%s", w.Body)
	}
}
