package traffic

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strconv"
	"time"
)

// request is the word that a line of the request log is known by.
const request = "request"

// record is the line of a request as slog has it. It decides what a line holds;
// appendRequest writes the same bytes faster.
func (e *Entry) record() slog.Record {
	attrs := make([]slog.Attr, 0, 9)
	if !e.TenantTime.IsZero() {
		attrs = append(attrs,
			slog.String("tenant_time", e.TenantTime.UTC().Format("2006-01-02T15:04:05.000Z")),
			slog.String("tenant", e.Tenant))
	}
	attrs = append(attrs, slog.String("vendor", e.Vendor), slog.String("operation", e.Operation))
	for _, a := range [...]slog.Attr{slog.String("task", e.Task), slog.String("state", e.State)} {
		if a.Value.String() != "" {
			attrs = append(attrs, a)
		}
	}
	attrs = append(attrs, slog.Int("status", e.Status), slog.Duration("latency", e.Latency))
	if e.Note != "" {
		attrs = append(attrs, slog.String("note", e.Note))
	}
	r := slog.NewRecord(e.Real, slog.LevelInfo, request, 0)
	r.AddAttrs(attrs...)
	return r
}

// newHandler is the handler of slog's whose bytes we write.
func newHandler(w io.Writer, json bool) slog.Handler {
	if json {
		return slog.NewJSONHandler(w, nil)
	}
	return slog.NewTextHandler(w, nil)
}

// slowly is a line as slog itself writes it.
func slowly(r slog.Record, json bool) []byte {
	var line bytes.Buffer
	_ = newHandler(&line, json).Handle(context.Background(), r) // a buffer takes everything
	return line.Bytes()
}

// line is a line that is being written. Where something in it needs more than
// the common way knows, hard is set and slog writes the line instead. Its methods
// answer the line as it is then: by pointer the buffer would not stay on the stack.
type line struct {
	b    []byte
	json bool
	hard bool
}

// appendRequest appends the line of a request to b, byte for byte as slog's
// handler would write its record, but without making that record: each request
// pays for this.
func appendRequest(b []byte, e *Entry, json bool) []byte {
	l, began := line{b: b, json: json}, len(b)
	l = l.begin(e.Real)
	if !e.TenantTime.IsZero() {
		l = l.key("tenant_time")
		l = l.tenantTime(e.TenantTime.UTC())
		l = l.string("tenant", e.Tenant)
	}
	l = l.string("vendor", e.Vendor)
	l = l.string("operation", e.Operation)
	if e.Task != "" {
		l = l.string("task", e.Task)
	}
	if e.State != "" {
		l = l.string("state", e.State)
	}
	l = l.key("status")
	l.b = strconv.AppendInt(l.b, int64(e.Status), 10)
	l = l.key("latency")
	if json {
		l.b = strconv.AppendInt(l.b, int64(e.Latency), 10)
	} else {
		l.b = append(l.b, e.Latency.String()...)
	}
	if e.Note != "" {
		l = l.string("note", e.Note)
	}
	if l.hard {
		return append(l.b[:began], slowly(e.record(), json)...)
	}
	if json {
		l.b = append(l.b, '}')
	}
	return append(l.b, '\n')
}

// begin writes what each line of the request log begins with.
func (l line) begin(t time.Time) line {
	switch {
	case l.json && t.IsZero():
		l.b = append(l.b, `{"level":"INFO","msg":"`+request+`"`...)
	case l.json:
		l = l.readable(t)
		l.b = append(l.b, `{"time":"`...)
		l.b = t.AppendFormat(l.b, time.RFC3339Nano)
		l.b = append(l.b, `","level":"INFO","msg":"`+request+`"`...)
	case t.IsZero():
		l.b = append(l.b, `level=INFO msg=`+request...)
	default:
		l.b = append(l.b, `time=`...)
		l = l.millis(t)
		if _, offset := t.Zone(); offset == 0 {
			l.b = append(l.b, 'Z')
		} else {
			l.b = t.AppendFormat(l.b, "Z07:00")
		}
		l.b = append(l.b, ` level=INFO msg=`+request...)
	}
	return l
}

func (l line) key(name string) line {
	if l.json {
		l.b = append(append(append(l.b, `,"`...), name...), `":`...)
		return l
	}
	l.b = append(append(append(l.b, ' '), name...), '=')
	return l
}

// tenantTime writes an instant in UTC.
func (l line) tenantTime(t time.Time) line {
	if l.json {
		l.b = append(l.b, '"')
	}
	l = l.millis(t)
	l.b = append(l.b, 'Z')
	if l.json {
		l.b = append(l.b, '"')
	}
	return l
}

// readable sees to it that a year has the four digits that are common.
func (l line) readable(t time.Time) line {
	if year := t.Year(); year < 0 || year > 9999 {
		l.hard = true
	}
	return l
}

// millis writes an instant without its zone, to the millisecond.
func (l line) millis(t time.Time) line {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	milli := t.Nanosecond() / 1e6
	if year < 0 || year > 9999 {
		l.hard = true
		return l
	}
	l.b = append(l.b,
		digit(year/1000), digit(year/100), digit(year/10), digit(year), '-',
		digit(int(month)/10), digit(int(month)), '-', digit(day/10), digit(day), 'T',
		digit(hour/10), digit(hour), ':', digit(minute/10), digit(minute), ':', digit(second/10), digit(second), '.',
		digit(milli/100), digit(milli/10), digit(milli))
	return l
}

// digit is the last digit of n, which is not negative.
func digit(n int) byte { return '0' + byte(uint(n)%10) }

// string writes a key and its value, which slog quotes where it must.
func (l line) string(key, value string) line {
	l = l.key(key)
	var has byte
	for i := range len(value) {
		has |= kinds[value[i]]
	}
	quoted := l.json || has&spaced != 0 || value == ""
	if l.json && has&hardInJSON != 0 || !l.json && has&hardInText != 0 {
		l.hard = true
		return l
	}
	if quoted {
		l.b = append(l.b, '"')
	}
	l.b = append(l.b, value...)
	if quoted {
		l.b = append(l.b, '"')
	}
	return l
}

// What a byte of a value means for the line.
const (
	spaced     byte = 1 << iota // text puts the value in quotes
	hardInText                  // it may have to be escaped, which is left to slog
	hardInJSON
)

// kinds are the meanings of all bytes. Beyond ASCII slog looks at whole runes.
var kinds = func() (kinds [256]byte) {
	for b := range kinds {
		switch {
		case b == ' ' || b == '=':
			kinds[b] = spaced
		case b < ' ' || b == '"' || b >= 0x80:
			kinds[b] = hardInText | hardInJSON
		case b == '\\':
			kinds[b] = hardInText | hardInJSON // text escapes it only within quotes
		case b == 0x7f:
			kinds[b] = hardInText // as does this one
		}
	}
	return kinds
}()
