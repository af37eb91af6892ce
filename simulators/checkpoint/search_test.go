package checkpoint

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	at := time.Date(2026, 1, 8, 10, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		text string
		want time.Time // zero: not a date
	}{
		{"2026-01-08T10:30:00Z", at},
		{"2026-01-08T10:30:00.000Z", at},
		{"2026-01-08T10:30:00", at},
		{"2026-01-08T10:30", at},
		{"2026-01-08T10:30:00.000001", at.Add(time.Microsecond)},
		{"2026-01-08 10:30:00", at},
		{"2026-01-08 10:30:00.250", at.Add(250 * time.Millisecond)},
		{"2026-01-08T12:30:00+02:00", at},
		{"2026-01-08 12:30:00+02:00", at},
		{"2026-01-08", at.Truncate(24 * time.Hour)},
		{"2026-13-08", time.Time{}},
		{"08.01.2026", time.Time{}},
		{"yesterday", time.Time{}},
		{"1767868200", time.Time{}},
	} {
		got, ok := parseDate(c.text)
		if ok == c.want.IsZero() || ok && !got.Equal(c.want) {
			t.Errorf("%q: %v %v, want %v", c.text, got, ok, c.want)
		}
	}
}

func TestOperators(t *testing.T) {
	for _, c := range []struct {
		values      []string
		name, asked string
		want        bool
	}{
		{[]string{"a", "b"}, "is", "b", true},
		{[]string{"a", "b"}, "is", "B", false},
		{nil, "is", "", false},
		{[]string{"a", "b"}, "isNot", "b", false},
		{nil, "isNot", "b", true},
		{[]string{"Your Parcel"}, "contains", "parcel", true},
		{[]string{"Your Parcel"}, "contains", "invoice", false},
		{[]string{"Your Parcel"}, "notContains", "PARCEL", false},
		{nil, "notContains", "x", true},
		{[]string{"Your Parcel"}, "startsWith", "your", true},
		{[]string{"Your Parcel"}, "startsWith", "parcel", false},
		{nil, "isEmpty", "", true},
		{[]string{""}, "isEmpty", "", true},
		{[]string{"", "x"}, "isEmpty", "", false},
		{[]string{"x"}, "isNotEmpty", "", true},
		{nil, "isNotEmpty", "", false},
		{[]string{"10"}, "greaterThan", "9", true}, // by size, not by letters
		{[]string{"9"}, "greaterThan", "9", false},
		{[]string{"9"}, "lessThan", "10", true},
		{[]string{"2026-01-08T10:30:00.000000Z"}, "greaterThan", "2026-01-08T12:29:00+02:00", true}, // by instant
		{[]string{"2026-01-08T10:30:00.000000Z"}, "lessThan", "2026-01-08", false},
		{[]string{"b"}, "greaterThan", "a", true},
		{nil, "lessThan", "a", false},
	} {
		if got := operators[c.name](c.values, c.asked); got != c.want {
			t.Errorf("%q %s %q: %v", c.values, c.name, c.asked, got)
		}
	}
}

func TestValuesAt(t *testing.T) {
	type member struct {
		B string `json:"b,omitempty"`
	}
	type inner struct {
		Text  string   `json:"text"`
		Flag  bool     `json:"flag"`
		Size  int      `json:"size"`
		None  *string  `json:"none"`
		List  []member `json:"list"`
		Plain []string `json:"plain"`
		Any   any      `json:"any"`
	}
	document := reflect.ValueOf(struct {
		A inner `json:"a"`
	}{inner{Text: "x", Size: 2071, List: []member{{"1"}, {"2"}}, Plain: []string{"p", "q"}, Any: &member{"3"}}})
	for _, c := range []struct {
		path string
		want []string
	}{
		{"a.text", []string{"x"}},
		{"a.flag", []string{"false"}},
		{"a.size", []string{"2071"}},
		{"a.list.b", []string{"1", "2"}},
		{"a.plain", []string{"p", "q"}},
		{"a.any.b", []string{"3"}},
		{"a.none", nil},
		{"a.none.deeper", nil},
		{"a.text.deeper", nil},
		{"a.nosuch", nil},
		{"a", nil},
		{"", nil},
	} {
		if got := valuesAt(document, strings.Split(c.path, ".")); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
}
