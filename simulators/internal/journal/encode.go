package journal

import (
	"encoding/binary"
	"net/http"
	"time"
)

// An entry is held as a record: its fields in a fixed order, numbers as varints,
// texts and lists after their length. A list that is nil has the length 0, one that is
// empty 1, and so on. Nothing in a record names a field or a version: it never
// leaves the process that wrote it.
//
// The ID stands first, since that is what entries are found by. Then comes what many
// entries have in common, in one run which Packed holds; it begins with what most
// entries are asked about. The bodies stand last, so that they can be copied from
// where they are.

// head is what a filter looks at, tasks aside.
type head struct {
	vendor, operation, kind, method string
	status                          int
	refused, control                bool
}

func headOf(e *Entry) head {
	h := head{
		vendor: e.Vendor, operation: e.Operation, kind: e.Kind, method: e.Request.Method, status: e.Reply.Status,
		refused: e.Refusal != nil, control: e.Control != nil,
	}
	if h.control {
		h.method, h.status = e.Control.Method, e.Control.Status
	}
	return h
}

// The bits of a record's flags.
const (
	flagRefused = 1 << iota
	flagControl
	flagForm
)

func flagsOf(e *Entry) (flags byte) {
	if e.Refusal != nil {
		flags |= flagRefused
	}
	if e.Control != nil {
		flags |= flagControl
	}
	if e.Request.Form {
		flags |= flagForm
	}
	return flags
}

// appendEntry writes an entry's record without its Seq, and without the request's
// and the reply's body, which follow it in this order. What is packed may be nil.
func appendEntry(b []byte, e *Entry, packed *Packed) []byte {
	b = appendText(b, e.ID)
	b = append(b, flagsOf(e))
	if e.Control != nil {
		b = appendText(b, e.Control.Method)
		b = binary.AppendVarint(b, int64(e.Control.Status))
	}
	if packed != nil {
		b = append(b, packed.run...)
	} else {
		b = appendRun(b, e)
	}
	b = appendTime(b, e.Real)
	b = binary.AppendVarint(b, e.Number)
	b = appendTime(b, e.At)
	b = binary.AppendVarint(b, int64(e.Lived))
	b = binary.AppendVarint(b, int64(e.Latency))
	b = appendText(b, e.Profile)
	b = appendText(b, e.Note)
	b = appendText(b, e.Asked)
	b = appendJudged(b, e)
	if e.Refusal != nil {
		b = appendRefusal(b, e.Refusal)
	}
	if e.Control != nil {
		b = appendControl(b, e.Control)
	}
	q := &e.Request
	b = appendText(b, q.Target)
	b = appendText(b, q.Proto)
	b = appendText(b, string(q.Rest))
	b = appendText(b, q.Source)
	b = appendHeader(b, q.Header, e.ID)
	b = appendLength(b, len(q.Body), q.Body == nil)
	return appendCount(b, len(e.Reply.Body))
}

// appendRun writes what a Packed stands for.
func appendRun(b []byte, e *Entry) []byte {
	b = appendText(b, e.Vendor)
	b = appendText(b, e.Operation)
	b = appendText(b, e.Kind)
	b = appendText(b, e.Request.Method)
	b = binary.AppendVarint(b, int64(e.Reply.Status))
	b = appendText(b, e.Tenant)
	b = appendText(b, e.Created)
	b = appendLength(b, len(e.Tasks), e.Tasks == nil)
	for i := range e.Tasks {
		t := &e.Tasks[i]
		b = appendText(b, t.ID)
		b = appendText(b, t.State)
		b = appendText(b, t.Phase)
		b = appendBool(b, t.Ended)
	}
	b = appendTexts(b, e.Unread)
	b = appendText(b, e.Request.Scheme)
	b = appendText(b, e.Request.Host)
	return appendHeader(b, e.Reply.Header, e.ID)
}

// appendControl writes a control call but for its method and status, which stand
// further ahead.
func appendControl(b []byte, c *Control) []byte {
	b = appendText(b, c.Path)
	b = append(appendLength(b, len(c.Body), c.Body == nil), c.Body...)
	b = appendText(b, c.Scenario)
	return appendText(b, c.YAML)
}

// appendJudged writes what limits and faults said.
func appendJudged(b []byte, e *Entry) []byte {
	b = appendLength(b, len(e.Limits), e.Limits == nil)
	for i := range e.Limits {
		l := &e.Limits[i]
		b = binary.AppendVarint(b, int64(l.Rule))
		b = binary.LittleEndian.AppendUint64(b, l.Key)
		b = binary.AppendVarint(b, int64(l.Used))
		b = binary.AppendVarint(b, int64(l.Of))
		b = binary.AppendVarint(b, int64(l.Wait))
	}
	b = appendTexts(b, e.Faults)
	b = appendLength(b, len(e.FaultsJudged), e.FaultsJudged == nil)
	for i := range e.FaultsJudged {
		f := &e.FaultsJudged[i]
		b = appendText(b, f.Name)
		b = appendBool(b, f.Fired)
		b = appendText(b, f.Why)
	}
	return b
}

func appendRefusal(b []byte, r *Refusal) []byte {
	b = appendText(b, r.Kind)
	b = appendText(b, r.In)
	b = appendText(b, r.Field)
	b = appendText(b, r.Rule)
	b = appendText(b, r.Text)
	b = appendText(b, r.Expected)
	return binary.AppendVarint(b, int64(r.RetryAfter))
}

// How the values of a name are written: valuesID, or valuesNil, or how many there are
// and this much more, and then they.
const (
	valuesNil = iota
	valuesID  // one, the entry's ID in IDHeader: so it is in no Packed
	valuesMore
)

// appendHeader writes the names in any order, and the values of each in theirs.
func appendHeader(b []byte, h http.Header, id string) []byte {
	b = appendLength(b, len(h), h == nil)
	for name, values := range h {
		b = appendText(b, name)
		switch {
		case len(values) == 1 && name == IDHeader && values[0] == id:
			b = append(b, valuesID)
		case len(values) == 1: // most of them
			b = appendText(append(b, valuesMore+1), values[0])
		case values == nil:
			b = append(b, valuesNil)
		default:
			b = appendCount(b, valuesMore+len(values))
			for _, value := range values {
				b = appendText(b, value)
			}
		}
	}
	return b
}

func appendTexts(b []byte, texts []string) []byte {
	b = appendLength(b, len(texts), texts == nil)
	for _, text := range texts {
		b = appendText(b, text)
	}
	return b
}

// appendLength writes a length that tells what is nil from what is empty.
func appendLength(b []byte, n int, isNil bool) []byte {
	if isNil {
		return append(b, 0)
	}
	return appendCount(b, n+1)
}

func appendText(b []byte, s string) []byte { return append(appendCount(b, len(s)), s...) }

func appendCount(b []byte, n int) []byte {
	if n < 0x80 { // most of them; and so it is inlined
		return append(b, byte(n))
	}
	return binary.AppendUvarint(b, uint64(n))
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// How a time's place is written.
const (
	placeUTC = iota
	placeLocal
	placeOther // by its name and its offset, in seconds
)

// appendTime writes an instant with its place. What it knows of the machine's
// monotonic clock is lost: that is for measuring, and all is measured by now.
func appendTime(b []byte, t time.Time) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(t.Unix()))
	b = binary.LittleEndian.AppendUint32(b, uint32(t.Nanosecond()))
	switch t.Location() {
	case time.UTC:
		return append(b, placeUTC)
	case time.Local:
		return append(b, placeLocal)
	}
	name, offset := t.Zone()
	return binary.AppendVarint(appendText(append(b, placeOther), name), int64(offset))
}
