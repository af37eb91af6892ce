package plan

import (
	"strings"
	"testing"
	"time"
)

func TestLengths(t *testing.T) {
	for _, tt := range []struct {
		length             time.Duration
		full, about, signs string
	}{
		{0, "0s", "0s", "+0s"},
		{500 * time.Millisecond, "500ms", "500ms", "+500ms"},
		{9634 * time.Millisecond, "9.634s", "9.63s", "+9.634s"},
		{-10 * time.Minute, "-10m", "-10m", "-10m"},
		{time.Hour, "1h", "1h", "+1h"},
		{-time.Hour - 3*time.Second, "-1h0m3s", "-1h0m3s", "-1h0m3s"},
		{100*time.Second + 400*time.Millisecond, "1m40.4s", "1m40s", "+1m40.4s"},
		{2*time.Hour + 13*time.Minute + 44*time.Second, "2h13m44s", "2h14m", "+2h13m44s"},
		{1234 * time.Hour, "1234h", "1234h", "+1234h"},
	} {
		l := Length(tt.length)
		if l.String() != tt.full || l.about() != tt.about || l.signed() != tt.signs {
			t.Errorf("%v: %s, %s, %s", tt.length, l, l.about(), l.signed())
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", -100: "-100", 1234567: "1,234,567"} {
		if got := Number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	for chance, want := range map[float64]string{
		1: "100%", 0.6: "60%", 1.0 / 3: "33.33%", 0.07776: "7.776%", 0.99999: "99.999%", 0.9999999: "99.99999%",
		1 - 1e-14: "100%", 0.000012: "0.0012%", 1e-9: "under 0.0001%", 0.1 + 0.2: "30%",
	} {
		if got := Percent(chance); got != want {
			t.Errorf("%v: %s, want %s", chance, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	if got := Wrap("head ", nil); got != nil {
		t.Errorf("%q", got)
	}
	word := strings.Repeat("x", 44)
	items := []string{word, word, word, strings.Repeat("y", 200), "z"}
	want := []string{"head " + word + ", " + word + ",", "     " + word + ",", "     " + items[3] + ",", "     z"}
	if got := Wrap("head ", items); strings.Join(got, "\n") != strings.Join(want, "\n") || items[0] != word {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}
