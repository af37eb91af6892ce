package scenarios

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpanContains(t *testing.T) {
	var none *Span
	for _, test := range []struct {
		span *Span
		at   time.Duration
		want bool
	}{
		{none, 0, true},
		{none, time.Hour, true},
		{&Span{20 * time.Second, 50 * time.Second}, 20*time.Second - 1, false},
		{&Span{20 * time.Second, 50 * time.Second}, 20 * time.Second, true},
		{&Span{20 * time.Second, 50 * time.Second}, 50*time.Second - 1, true},
		{&Span{20 * time.Second, 50 * time.Second}, 50 * time.Second, false},
		{&Span{From: 20 * time.Second}, 19 * time.Second, false},
		{&Span{From: 20 * time.Second}, MaxDuration, true},
		{&Span{}, 0, true},
		{&Span{}, -1, false},
	} {
		if got := test.span.Contains(test.at); got != test.want {
			t.Errorf("%v contains %v: %v", test.span, test.at, got)
		}
	}
}

func TestChances(t *testing.T) {
	for text, want := range map[string]Chance{
		"30%": 3000, "100%": Certain, "100.00%": Certain, "0.01%": 1, "0.1%": 10, "0.10%": 10, "12.5%": 1250, "99.99%": 9999, "007%": 700,
	} {
		if got, err := parseChance(text); err != nil || got != want {
			t.Errorf("%s is %d, %v; want %d", text, got, err, want)
		}
	}
}

// What is written as text is read as the same value.
func TestFormsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		chance := Chance(rapid.IntRange(1, int(Certain)).Draw(rt, "chance"))
		if got, err := parseChance(chance.String()); err != nil || got != chance {
			rt.Fatalf("%d is written %v and read %d, %v", chance, chance, got, err)
		}
		share := Percent(rapid.IntRange(0, 99).Draw(rt, "share"))
		if got, err := parseShare(share.String()); err != nil || got != share {
			rt.Fatalf("%d is written %v and read %d, %v", share, share, got, err)
		}
		from := time.Duration(rapid.Int64Range(0, int64(MaxDuration/time.Millisecond)-1).Draw(rt, "from")) * time.Millisecond
		span := Span{From: from}
		if rapid.Bool().Draw(rt, "ends") {
			span.To = time.Duration(rapid.Int64Range(int64(from/time.Millisecond)+1, int64(MaxDuration/time.Millisecond)).Draw(rt, "to")) * time.Millisecond
		}
		if got, err := parseSpan(span.String()); err != nil || got != span {
			rt.Fatalf("%v is read %v, %v", span, got, err)
		}
	})
}

func TestAuthOf(t *testing.T) {
	for text, want := range map[string]map[string]time.Duration{
		"":                                    {"acme": 0, "bolt": 0},
		"auth: {token_ttl: 5s}":               {"acme": 5 * time.Second, "bolt": 5 * time.Second},
		"auth: [{token_ttl: 5s}]":             {"acme": 5 * time.Second, "bolt": 5 * time.Second},
		"auth: {vendor: bolt, token_ttl: 5s}": {"acme": 0, "bolt": 5 * time.Second},
		"auth: [{vendor: bolt, token_ttl: 5s}, {vendor: acme, token_ttl: 6s}]": {"acme": 6 * time.Second, "bolt": 5 * time.Second},
	} {
		s := mustParse(t, "version: 1\nname: x\n"+text)
		for vendor, ttl := range want {
			if got := s.AuthOf(vendor).TokenTTL; got != ttl {
				t.Errorf("%q: %v at %s, want %v", text, got, vendor, ttl)
			}
		}
	}
	if s := mustParse(t, "version: 1\nname: x\n"); s.Auth != nil || s.AuthOf("acme").SingleSession != nil {
		t.Errorf("%+v", s.Auth)
	}
}

func TestSurpriseSeed(t *testing.T) {
	for text, want := range map[string]struct {
		seed int64
		on   bool
	}{
		"seed: 5":                  {0, false},
		"seed: 5\nsurprises: seed": {5, true},
		"seed: 5\nsurprises: 7":    {7, true},
		"surprises: 0":             {0, true},
		"surprises: -1":            {-1, true},
	} {
		if seed, on := mustParse(t, "version: 1\nname: x\n"+text).SurpriseSeed(); seed != want.seed || on != want.on {
			t.Errorf("%q: %d, %v", text, seed, on)
		}
	}
	s := mustParse(t, "version: 1\nname: x\nsurprises: seed\n")
	s.Seed = 99 // as the command line does
	if seed, _ := s.SurpriseSeed(); seed != 99 {
		t.Errorf("the seed stays %d", seed)
	}
}

// What alters the real reply is what mangling names, and nothing else.
func TestMangles(t *testing.T) {
	written := map[string]string{
		"latency": "1s", "status": "500", "kind": "internal", "drip": "1s", "stale": "1s", "truncate": "0%", "content_type": "a/b",
		"duplicate": "Date", "missing": "Date", "redirect": "/a",
	}
	keys := append([]string{"latency"}, answers...)
	for _, key := range keys {
		value := written[key]
		if value == "" {
			value = "true"
		}
		a := mustParse(t, "{version: 1, name: x, faults: [{name: a, answer: {"+key+": "+value+"}}]}").Faults[0].Answer
		if a.Mangles() != slices.Contains(mangling, key) || a.OnlyLatency() != (key == "latency") {
			t.Errorf("%s: mangles %v, only latency %v", key, a.Mangles(), a.OnlyLatency())
		}
	}
}
