package journal

import (
	"encoding/binary"
	"net/http"
	"time"
)

// decode is the entry of a record. Its texts share the record's bytes.
func decode(seq int64, text string) *Entry {
	d := decoder{rest: text}
	e := d.entry()
	e.Seq = seq
	return e
}

// headIn is the head of a record. It reads no further, and makes nothing.
func headIn(text string) head {
	d := decoder{rest: text}
	d.text() // its ID
	flags := d.byte()
	h := head{refused: flags&flagRefused != 0, control: flags&flagControl != 0}
	var method string
	var status int
	if h.control {
		method, status = d.text(), d.int()
	}
	h.vendor, h.operation, h.kind, h.method, h.status = d.text(), d.text(), d.text(), d.text(), d.int()
	if h.control {
		h.method, h.status = method, status
	}
	return h
}

// decoder reads a record from its beginning. What ends too soon reads as zeros
// from there on: a record comes from appendEntry alone, and so that is a defect of
// ours, but none that ends the server.
type decoder struct {
	rest   string
	broken bool
}

func (d *decoder) entry() *Entry {
	e := &Entry{ID: d.text()}
	flags := d.byte()
	if flags&flagControl != 0 {
		e.Control = &Control{Method: d.text(), Status: d.int()}
	}
	d.run(e)
	e.Real, e.Number, e.At = d.time(), d.varint(), d.time()
	e.Lived, e.Latency = time.Duration(d.varint()), time.Duration(d.varint())
	e.Profile, e.Note, e.Asked = d.text(), d.text(), d.text()
	d.judged(e)
	if flags&flagRefused != 0 {
		e.Refusal = &Refusal{Kind: d.text(), In: d.text(), Field: d.text(), Rule: d.text(), Text: d.text(), Expected: d.text(), RetryAfter: d.int()}
	}
	if c := e.Control; c != nil {
		c.Path, c.Body, c.Scenario, c.YAML = d.text(), d.bytes(d.length()), d.text(), d.text()
	}
	q := &e.Request
	q.Target, q.Proto, q.Rest, q.Source = d.text(), d.text(), Rest(d.text()), d.text()
	q.Form = flags&flagForm != 0
	q.Header = d.header(e.ID)
	request, isNil := d.length()
	reply := d.count()
	q.Body, e.Reply.Body = d.bytes(request, isNil), d.take(reply)
	return e
}

// run reads what a Packed stands for.
func (d *decoder) run(e *Entry) {
	e.Vendor, e.Operation, e.Kind, e.Request.Method, e.Reply.Status = d.text(), d.text(), d.text(), d.text(), d.int()
	e.Tenant, e.Created = d.text(), d.text()
	if n, isNil := d.length(); !isNil {
		e.Tasks = make([]Shown, n)
	}
	for i := range e.Tasks {
		e.Tasks[i] = Shown{ID: d.text(), State: d.text(), Phase: d.text(), Ended: d.byte() != 0}
	}
	e.Unread = d.texts()
	e.Request.Scheme, e.Request.Host = d.text(), d.text()
	e.Reply.Header = d.header(e.ID)
}

func (d *decoder) judged(e *Entry) {
	if n, isNil := d.length(); !isNil {
		e.Limits = make([]Judged, n)
	}
	for i := range e.Limits {
		e.Limits[i] = Judged{Rule: d.int(), Key: d.uint64(), Used: d.int(), Of: d.int(), Wait: time.Duration(d.varint())}
	}
	e.Faults = d.texts()
	if n, isNil := d.length(); !isNil {
		e.FaultsJudged = make([]FaultJudged, n)
	}
	for i := range e.FaultsJudged {
		e.FaultsJudged[i] = FaultJudged{Name: d.text(), Fired: d.byte() != 0, Why: d.text()}
	}
}

// header reads a header. Most names have one value, and so the values of all stand
// in one slice.
func (d *decoder) header(id string) http.Header {
	n, isNil := d.length()
	if isNil {
		return nil
	}
	h, room := make(http.Header, n), make([]string, 0, n)
	for range n {
		name := d.text()
		values := d.count()
		if values == valuesNil {
			h[name] = nil
			continue
		}
		from := len(room)
		if values == valuesID {
			room = append(room, id)
		}
		for range values - valuesMore {
			room = append(room, d.text())
		}
		h[name] = room[from:len(room):len(room)] // nobody who appends meets the next
	}
	return h
}

func (d *decoder) texts() []string {
	n, isNil := d.length()
	if isNil {
		return nil
	}
	texts := make([]string, n)
	for i := range texts {
		texts[i] = d.text()
	}
	return texts
}

func (d *decoder) time() time.Time {
	seconds, nanoseconds := int64(d.uint64()), int64(d.uint32())
	t := time.Unix(seconds, nanoseconds)
	switch d.byte() {
	case placeUTC:
		return t.UTC()
	case placeLocal:
		return t
	}
	return t.In(time.FixedZone(d.text(), d.int()))
}

// length reads the length of what may be nil.
func (d *decoder) length() (n int, isNil bool) {
	n = d.count()
	return max(n-1, 0), n == 0
}

// count reads a length. No length is more than one above the bytes that follow it.
func (d *decoder) count() int {
	if d.rest != "" && d.rest[0] < 0x80 {
		n := int(d.rest[0])
		d.rest = d.rest[1:]
		return d.within(uint64(n))
	}
	return d.within(d.uvarint())
}

func (d *decoder) within(n uint64) int {
	if n > uint64(len(d.rest))+1 {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) text() string { return d.take(d.count()) }

// bytes is a copy of the next n bytes, or nil.
func (d *decoder) bytes(n int, isNil bool) []byte {
	if isNil {
		return nil
	}
	return append(make([]byte, 0, n), d.take(n)...)
}

func (d *decoder) take(n int) string {
	if n > len(d.rest) {
		d.fail()
		return ""
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}

func (d *decoder) fail() { d.rest, d.broken = "", true }

func (d *decoder) byte() byte {
	if b := d.take(1); b != "" {
		return b[0]
	}
	return 0
}

func (d *decoder) int() int { return int(d.varint()) }

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) uvarint() uint64 {
	var n uint64
	for i := range binary.MaxVarintLen64 {
		if i == len(d.rest) {
			break
		}
		b := d.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			d.rest = d.rest[i+1:]
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) uint64() (n uint64) {
	for i, b := range []byte(d.take(8)) {
		n |= uint64(b) << (8 * i)
	}
	return n
}

func (d *decoder) uint32() (n uint32) {
	for i, b := range []byte(d.take(4)) {
		n |= uint32(b) << (8 * i)
	}
	return n
}
