package sim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
)

// wire says how a reply leaves: the zero value is whole and at once.
type wire struct {
	lost   bool          // nothing leaves: the connection ends without a byte
	reset  bool          // lost, and the connection ends with a reset instead of an orderly end
	cut    bool          // only the first sent bytes of the body leave, and then the connection ends
	sent   int           // how much of the body leaves where it is cut
	drip   time.Duration // the real time in which the body leaves, piece by piece
	length bool          // without a Content-Length
	torn   bool          // the body is not what it says it is
}

// whole tells whether the client gets all of the reply.
func (w *wire) whole() bool { return !w.lost && !w.cut }

// mangle alters a complete reply and its header as an answer says, in real time
// where that counts. The reply is the caller's own: kept answers have another.
func mangle(a *scenarios.Answer, reply *Reply, header http.Header, drip time.Duration, now time.Time) wire {
	var w wire
	switch {
	case reply.Text == "" && (a.Malformed || a.Truncate != nil || a.Drip > 0): // there is nothing to do it to
	case a.Malformed:
		reply.Text, w.torn = malformed(reply.Text), true
	case a.Truncate != nil:
		w.cut, w.sent = true, len(reply.Text)*int(*a.Truncate)/100
		header["Content-Length"] = []string{strconv.Itoa(len(reply.Text))}
	case a.Drip > 0:
		w.drip = drip
		header["Content-Length"] = []string{strconv.Itoa(len(reply.Text))}
	case a.ContentType != "":
		header["Content-Type"] = []string{a.ContentType}
	case a.Duplicate != "":
		duplicate(header, a.Duplicate, now)
	case a.Missing != "":
		w.length = strings.EqualFold(a.Missing, "Content-Length")
		leaveOut(header, a.Missing)
	}
	return w
}

// malformed is a JSON text with a comma too many, which no parser takes. What is
// no JSON gets one at its end. The text is not empty.
func malformed(text string) string {
	last := len(text) - 1
	if text[last] == '}' || text[last] == ']' {
		return text[:last] + "," + text[last:]
	}
	return text + ","
}

// lineOf is how a header calls a name, in whatever case it is written there.
func lineOf(header http.Header, name string) (written string, ok bool) {
	for written, lines := range header {
		if len(lines) > 0 && strings.EqualFold(written, name) {
			return written, true
		}
	}
	return http.CanonicalHeaderKey(name), false
}

// duplicate repeats the first line of a name. A reply without one gets none, but
// for the Date, which the server adds later on.
func duplicate(header http.Header, name string, now time.Time) {
	written, ok := lineOf(header, name)
	if !ok && written == "Date" {
		header["Date"] = []string{now.UTC().Format(http.TimeFormat)}
		ok = true
	}
	if ok {
		header[written] = append([]string{header[written][0]}, header[written]...)
	}
}

// leaveOut takes the lines of a name away, and keeps the server from adding some
// of its own.
func leaveOut(header http.Header, name string) {
	written, _ := lineOf(header, name)
	delete(header, written)
	header[http.CanonicalHeaderKey(name)] = nil
}
