package scenarios

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// MaxDuration is how long anything in a scenario may last: ten years, so that
// no sum of durations leaves the range of a time.Duration unnoticed.
const MaxDuration = 10 * 365 * 24 * time.Hour

// MaxSpeed is the N up to which a clock may run xN.
const MaxSpeed = 1_000_000

// special decodes the types that have a form of their own in YAML and tells
// whether to is one of them.
func (d *decoder) special(n *node, to reflect.Value, what string) bool {
	switch v := to.Addr().Interface().(type) {
	case *time.Duration:
		scalar(d, n, v, what, parseLength)
	case *time.Time:
		scalar(d, n, v, what, parseInstant)
	case *ClockMode:
		scalar(d, n, v, what, ParseClockMode)
	case *Progress:
		scalar(d, n, v, what, parseProgress)
	case *Moment:
		scalar(d, n, v, what, parseMoment)
	case *When:
		scalar(d, n, v, what, parseWhen)
	case *Span:
		scalar(d, n, v, what, parseSpan)
	case *Chance:
		scalar(d, n, v, what, parseChance)
	case *Percent:
		scalar(d, n, v, what, parseShare)
	case *Surprises:
		scalar(d, n, v, what, parseSurprises)
	case *[]Auth:
		d.auths(n, v, what)
	case *Duration:
		d.duration(n, v, what)
	case *Lifecycle:
		d.lifecycle(n, v, what)
	case *[]Branch:
		d.branches(n, v, what)
	default:
		return false
	}
	return true
}

// scalar decodes a value that is one word.
func scalar[T any](d *decoder, n *node, to *T, what string, parse func(string) (T, error)) {
	if n.kind == mapping || n.kind == list {
		_, err := parse("")
		d.refuse(n, "%q cannot be %s: %v", what, n.kind, err)
		return
	}
	v, err := parse(n.scalar)
	if err != nil {
		d.refuse(n, "%q cannot be %q: %v", what, n.scalar, err)
		return
	}
	*to = v
}

var errLength = errors.New("write a duration such as 500ms, 5s, 2m30s or 72h")

// parseLength reads a duration that is not negative.
func parseLength(s string) (time.Duration, error) {
	v, err := parseOffset(s)
	if err == nil && v < 0 {
		return 0, errors.New("a duration cannot be negative here")
	}
	return v, err
}

func parseOffset(s string) (time.Duration, error) {
	v, err := time.ParseDuration(s)
	switch {
	case err != nil || s == "0" || s == "-0" || s == "+0": // a bare 0 would be the one number without a unit
		return 0, errLength
	case v%time.Millisecond != 0:
		return 0, errors.New("durations are whole milliseconds")
	case v > MaxDuration || v < -MaxDuration:
		return 0, fmt.Errorf("at most %dh are allowed (ten years)", MaxDuration/time.Hour)
	}
	return v, nil
}

func parseInstant(s string) (time.Time, error) {
	v, err := time.Parse(time.RFC3339Nano, s)
	switch {
	case err != nil:
		return v, errors.New("write an instant such as 2026-01-15T09:00:00Z")
	case v.UTC().Year() < 1970 || v.UTC().Year() >= 2100:
		return v, errors.New("instants lie in the years 1970 to 2099")
	case v.Nanosecond()%int(time.Millisecond) != 0:
		return v, errors.New("instants are whole milliseconds")
	}
	return v.UTC(), nil
}

// parseWhen reads an instant or an offset from the tenant's beginning.
func parseWhen(s string) (When, error) {
	if len(s) > 10 && strings.ContainsAny(s, "T ") {
		instant, err := parseInstant(s)
		return When{Instant: instant}, err
	}
	offset, err := parseOffset(s)
	if errors.Is(err, errLength) {
		err = errors.New("write a duration such as -10m (before the tenant's beginning) or an instant such as 2026-01-15T09:00:00Z")
	}
	return When{Offset: offset}, err
}

// ParseClockMode reads real, xN, frozen or skip.
func ParseClockMode(s string) (ClockMode, error) {
	switch kind := ClockKind(s); kind {
	case Real, Frozen, Skip:
		return ClockMode{Kind: kind, Speed: 1}, nil
	}
	if n, found := strings.CutPrefix(s, "x"); found && wholeNumber.MatchString(n) {
		if speed, err := strconv.Atoi(n); err == nil && speed >= 1 && speed <= MaxSpeed {
			return ClockMode{Kind: Scaled, Speed: speed}, nil
		}
		return ClockMode{}, fmt.Errorf("xN goes from x1 to x%d", MaxSpeed)
	}
	return ClockMode{}, errors.New("a clock is real, xN (such as x60), frozen or skip")
}

// String is the mode as it is written in a scenario.
func (m ClockMode) String() string {
	switch m.Kind {
	case "":
		return string(Real)
	case Scaled:
		return string(Scaled) + strconv.Itoa(m.Speed)
	}
	return string(m.Kind)
}

var wholeNumber = regexp.MustCompile(`^[0-9]{1,9}$`)

func parsePercent(s string) (int, error) {
	v, err := strconv.Atoi(s)
	if !wholeNumber.MatchString(s) || err != nil || v > 100 {
		return 0, fmt.Errorf("%q is not a whole number from 0 to 100", s)
	}
	return v, nil
}

var errProgress = errors.New("write a percentage such as 40, or a range such as 0..100")

// parseProgress reads a percentage or a range of them.
func parseProgress(s string) (Progress, error) {
	from, to, isRange := strings.Cut(s, "..")
	if !isRange {
		to = from
	}
	if s == "" {
		return Progress{}, errProgress
	}
	a, errA := parsePercent(from)
	b, errB := parsePercent(to)
	switch {
	case errA != nil || errB != nil:
		return Progress{}, errProgress
	case a > b:
		return Progress{}, fmt.Errorf("the range is upside down; write %d..%d", b, a)
	}
	return Progress{a, b}, nil
}

// parseMoment reads a percentage of a state or a duration since its beginning.
func parseMoment(s string) (Moment, error) {
	if percent, found := strings.CutSuffix(s, "%"); found {
		v, err := parsePercent(percent)
		if err != nil {
			return Moment{}, errors.New("write 0% to 100% of the state")
		}
		return Moment{Percent: v}, nil
	}
	after, err := parseLength(s)
	if errors.Is(err, errLength) {
		err = errors.New("write a percentage of the state such as 50%, or a duration such as 10s")
	}
	return Moment{After: after}, err
}

// percentiles is the long form of a Duration.
type percentiles struct {
	P50 time.Duration `json:"p50" jsonschema_description:"The median."`
	P95 time.Duration `json:"p95" jsonschema_description:"The 95th percentile."`
}

func (d *decoder) duration(n *node, to *Duration, what string) {
	if n.kind != mapping {
		scalar(d, n, to, what, parseDuration)
		return
	}
	var p percentiles
	d.decode(n, reflect.ValueOf(&p).Elem(), what)
	to.P50, to.P95 = p.P50, p.P95
	switch {
	case !d.clean(n) || n.get("p50") == nil || n.get("p95") == nil:
	case p.P50 == 0:
		d.refuse(n.get("p50"), `"p50" must be positive`)
	case p.P95 < p.P50:
		d.refuse(n.get("p95"), `the range is upside down: "p95" %v is less than "p50" %v`, p.P95, p.P50)
	}
}

// parseDuration reads 5s or 2s..5s.
func parseDuration(s string) (Duration, error) {
	from, to, isRange := strings.Cut(s, "..")
	if !isRange {
		to = from
	}
	least, err := parseLength(from)
	if err == nil {
		var most time.Duration
		if most, err = parseLength(to); err == nil && most < least {
			return Duration{}, fmt.Errorf("the range is upside down; write %s..%s", to, from)
		}
		if err == nil {
			return Duration{Min: least, Max: most}, nil
		}
	}
	if errors.Is(err, errLength) {
		err = errors.New("write a duration such as 500ms, 5s or 72h, a range such as 2s..5s, or {p50: 40s, p95: 3m}")
	}
	return Duration{}, err
}

// lifecycle keeps the states in the order written: the first one starts.
func (d *decoder) lifecycle(n *node, to *Lifecycle, what string) {
	*to = Lifecycle{}
	if !d.is(n, mapping, what) {
		return
	}
	*to = make(Lifecycle, len(n.entries))
	for i, e := range n.entries {
		state := &(*to)[i]
		d.decode(e.value, reflect.ValueOf(state).Elem(), e.key)
		state.Name, state.At = e.key, e.at
	}
}

// branches reads `to: next`, `to: [a, b]` and `to: [{state: a, weight: 2}, b]`.
func (d *decoder) branches(n *node, to *[]Branch, what string) {
	items := n.items
	if n.kind != list {
		items = []*node{n}
	}
	if n.kind == list && len(items) == 0 {
		d.refuse(n, "%q must name at least one state", what)
	}
	*to = make([]Branch, len(items))
	for i, item := range items {
		branch := &(*to)[i]
		*branch = Branch{Weight: 1, At: item.at}
		switch {
		case item.kind == text:
			branch.State = item.scalar
		case item.kind == mapping && n.kind == list:
			d.decode(item, reflect.ValueOf(branch).Elem(), what)
		default:
			d.refuse(item, "%q must be a state's name or a list of {state, weight}, not %s", what, item.kind)
		}
	}
}
