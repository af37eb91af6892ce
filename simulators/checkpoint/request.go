package checkpoint

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// requestData is the one member of every body; the contract has made sure of it.
func requestData(c *sim.Call) map[string]any {
	body, _ := c.Body.(map[string]any)
	return object(body["requestData"])
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

// text is a scalar as text, "" for anything else.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// texts are the scalars of a list. Clients send a list or its one member, and
// leave out a member or send null or "".
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, member := range list {
		if s := text(member); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// firstText is the scalar, or the first one of a list.
func firstText(v any) string {
	if all := texts(v); len(all) > 0 {
		return all[0]
	}
	return ""
}

// window is a stretch of time, both ends in it; a zero end is open.
type window struct{ from, to time.Time }

func (w window) holds(t time.Time) bool {
	return (w.from.IsZero() || !t.Before(w.from)) && (w.to.IsZero() || !t.After(w.to))
}

// windowOf reads startDate and endDate of an object of the body.
func windowOf(o map[string]any, path string) (w window, fault *sim.Fault) {
	for _, end := range []struct {
		name string
		into *time.Time
	}{{"startDate", &w.from}, {"endDate", &w.to}} {
		s := text(o[end.name])
		if s == "" {
			continue
		}
		var ok bool
		if *end.into, ok = parseDate(s); !ok {
			return w, sim.InvalidField(openapi.InBody, path+"."+end.name, "date", "Input should be a valid datetime")
		}
	}
	return w, nil
}

// layouts are the forms of dates that clients send. Decimals of a second may
// follow the seconds; without a zone it is UTC.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04", time.DateOnly}

func parseDate(s string) (time.Time, bool) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
