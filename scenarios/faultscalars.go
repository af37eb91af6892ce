package scenarios

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var errSpan = errors.New("write a span such as 20s..50s, or 20s.. for one without end")

// parseSpan reads 20s..50s or 20s.., which has no end.
func parseSpan(s string) (Span, error) {
	from, to, isSpan := strings.Cut(s, "..")
	if !isSpan || from == "" {
		return Span{}, errSpan
	}
	var span Span
	var err error
	if span.From, err = parseLength(from); err == nil && to != "" {
		span.To, err = parseLength(to)
	}
	switch {
	case errors.Is(err, errLength):
		return Span{}, errSpan
	case err != nil:
		return Span{}, err
	case to != "" && span.To < span.From:
		return Span{}, fmt.Errorf("the span is upside down; write %s..%s", to, from)
	case to != "" && span.To == span.From:
		return Span{}, errors.New("the span is empty: its end does not count as inside")
	}
	return span, nil
}

// String is the span as it is written in a scenario.
func (s Span) String() string {
	if s.To == 0 {
		return s.From.String() + ".."
	}
	return s.From.String() + ".." + s.To.String()
}

// MarshalText is String.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

var chanceForm = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,2}))?%$`)

// parseChance reads a percentage with up to two decimals.
func parseChance(s string) (Chance, error) {
	m := chanceForm.FindStringSubmatch(s)
	if m == nil {
		return 0, errors.New("write a percentage such as 30% or 0.25%, with up to two decimals")
	}
	whole, _ := strconv.Atoi(m[1])
	decimals, _ := strconv.Atoi((m[2] + "00")[:2])
	switch chance := Chance(whole*100 + decimals); {
	case chance == 0:
		return 0, errors.New("what has no chance never happens; leave the entry out")
	case chance > Certain:
		return 0, errors.New("a chance is at most 100%")
	default:
		return chance, nil
	}
}

// String is the chance as it is written in a scenario.
func (c Chance) String() string {
	whole, decimals := c/100, c%100
	switch {
	case decimals == 0:
		return fmt.Sprintf("%d%%", whole)
	case decimals%10 == 0:
		return fmt.Sprintf("%d.%d%%", whole, decimals/10)
	}
	return fmt.Sprintf("%d.%02d%%", whole, decimals)
}

// MarshalText is String.
func (c Chance) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// parseShare reads how much is kept of something that is not kept whole.
func parseShare(s string) (Percent, error) {
	if share, found := strings.CutSuffix(s, "%"); found {
		if v, err := parsePercent(share); err == nil && v < 100 {
			return Percent(v), nil
		}
	}
	return 0, errors.New("write how much is kept, 0% to 99%")
}

// String is the share as it is written in a scenario.
func (p Percent) String() string { return fmt.Sprintf("%d%%", int(p)) }

// MarshalText is String.
func (p Percent) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// parseSurprises reads the word seed or a seed.
func parseSurprises(s string) (Surprises, error) {
	if s == "seed" {
		return Surprises{}, nil
	}
	seed, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return Surprises{}, errors.New(`write seed (the scenario's own) or a whole number; leave the key out for none`)
	}
	return Surprises{Seed: seed, Own: true}, nil
}

// auths reads one mapping, or a list of them.
func (d *decoder) auths(n *node, to *[]Auth, what string) {
	if n.kind == list {
		d.list(n, reflect.ValueOf(to).Elem(), what)
		return
	}
	*to = make([]Auth, 1)
	d.decode(n, reflect.ValueOf(&(*to)[0]).Elem(), what)
}

// String is the duration as it is written in a scenario.
func (d Duration) String() string {
	switch {
	case d.P50 != 0:
		return fmt.Sprintf("{p50: %s, p95: %s}", d.P50, d.P95)
	case d.Min != d.Max:
		return d.Min.String() + ".." + d.Max.String()
	}
	return d.Min.String()
}

// MarshalJSON is the duration as it is written in a scenario.
func (d Duration) MarshalJSON() ([]byte, error) {
	if d.P50 != 0 {
		return json.Marshal(map[string]string{"p50": d.P50.String(), "p95": d.P95.String()})
	}
	return json.Marshal(d.String())
}

// MarshalJSON is the answer as it is written in a scenario, so that a Fault in
// JSON is what ParseFault reads.
func (a Answer) MarshalJSON() ([]byte, error) {
	type plain Answer // without this method
	length := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return d.String()
	}
	return json.Marshal(struct {
		plain
		RetryAfter string `json:"retry_after,omitempty"` // these hide the plain ones
		Drip       string `json:"drip,omitempty"`
		Stale      string `json:"stale,omitempty"`
	}{plain(a), length(a.RetryAfter), length(a.Drip), length(a.Stale)})
}
