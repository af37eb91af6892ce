package traffic

import (
	"io"
	"log/slog"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyEntry draws entries of which one value at most is odd: slog writes the whole
// line if one of its values is, and two would hide each other.
func anyEntry() *rapid.Generator[Entry] {
	usual := rapid.StringMatching(`[a-zA-Z0-9~._/-]{1,20}`)
	odd := rapid.OneOf(
		rapid.StringMatching(`[ -~]{0,12}`), // with blanks, quotes, = and backslashes
		rapid.String(),
		rapid.SampledFrom([]string{"", "a\tb", "a\nb", "\x7f", "a \x7f", "é", "a\u00a0b", "\u2028", "\ufffd", "\xff", "<&>", "日本"}),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }),
	)
	zone := rapid.OneOf(rapid.Just(time.UTC), rapid.Map(rapid.IntRange(-14*3600, 14*3600), func(s int) *time.Location { return time.FixedZone("", s) }),
		rapid.Map(rapid.IntRange(-56, 56), func(q int) *time.Location { return time.FixedZone("", q*900) }))
	instant := rapid.Custom(func(t *rapid.T) time.Time {
		switch rapid.IntRange(0, 9).Draw(t, "age") {
		case 0:
			return time.Time{}
		case 1: // far beyond the years of four digits, either way
			return time.Unix(rapid.Int64Range(-100_000_000_000, 400_000_000_000).Draw(t, "unix"), 1).In(zone.Draw(t, "zone"))
		}
		nanos := rapid.OneOf(rapid.Int64Range(0, 999_999_999), rapid.Map(rapid.Int64Range(0, 999), func(ms int64) int64 { return ms * 1e6 })).Draw(t, "nanos")
		return time.Unix(rapid.Int64Range(0, 4_000_000_000).Draw(t, "unix"), nanos).In(zone.Draw(t, "zone"))
	})
	latency := rapid.OneOf(rapid.Map(rapid.Int64Range(0, int64(time.Minute)), func(n int64) time.Duration { return time.Duration(n) }),
		rapid.Map(rapid.Int64(), func(n int64) time.Duration { return time.Duration(n) }))
	return rapid.Custom(func(t *rapid.T) Entry {
		e := Entry{
			Real: instant.Draw(t, "real"), TenantTime: instant.Draw(t, "tenant time"), Status: rapid.IntRange(100, 599).Draw(t, "status"), Latency: latency.Draw(t, "latency"),
		}
		words := []*string{&e.Tenant, &e.Vendor, &e.Operation, &e.Task, &e.State, &e.Note}
		for _, word := range words {
			*word = usual.Draw(t, "word")
		}
		*rapid.SampledFrom(words).Draw(t, "which") = odd.Draw(t, "odd")
		return e
	})
}

// slog itself is the oracle: a line has the bytes that its handler writes.
func TestLinesAreSlogs(t *testing.T) {
	for name, json := range formats {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyEntry().Draw(t, "entry")
				before := rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "before")
				got := appendRequest(slices.Clone(before), &e, json)
				if want := append(before, slowly(e.record(), json)...); string(got) != string(want) {
					t.Fatalf("got\n%q\nwant\n%q", got, want)
				}
			})
		})
	}
}

// Each byte, alone and among others, in one value of a usual line.
func TestLinesWithEachByte(t *testing.T) {
	for name, json := range formats {
		for b := range 256 {
			for _, value := range []string{string([]byte{byte(b)}), string([]byte{'a', byte(b), 'c'}), string([]byte{' ', byte(b)})} {
				e := usual()
				e.Task = value
				if got, want := appendRequest(nil, &e, json), slowly(e.record(), json); string(got) != string(want) {
					t.Errorf("%s: got\n%q\nwant\n%q", name, got, want)
				}
			}
		}
	}
}

// The first and last instants with a year of four digits, and those beyond.
func TestLinesAtTheEndsOfTime(t *testing.T) {
	first, last := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	for name, json := range formats {
		for _, at := range []time.Time{first, first.Add(-1), last, last.Add(1), first.In(time.FixedZone("", -3600)), last.In(time.FixedZone("", 3600))} {
			real, tenant := usual(), usual()
			real.Real, tenant.TenantTime = at, at
			for _, e := range []Entry{real, tenant} {
				if got, want := appendRequest(nil, &e, json), slowly(e.record(), json); string(got) != string(want) {
					t.Errorf("%s: got\n%q\nwant\n%q", name, got, want)
				}
			}
		}
	}
}

var formats = map[string]bool{"text": false, "json": true}

// usual is a line as most are.
func usual() Entry {
	at := time.Date(2026, 1, 15, 10, 0, 6, 123_456_789, time.FixedZone("", 3600))
	return Entry{
		Real: at, TenantTime: at, Tenant: "happy~sailpoint-1", Vendor: "sailpoint", Operation: "getTaskStatus",
		Task: "2c91808477a6b0c60177a81146b8110b", State: "running", Status: 200, Latency: 42 * time.Microsecond,
	}
}

func TestUsualLines(t *testing.T) {
	for name, want := range map[string]string{
		"text": "time=2026-01-15T10:00:06.123+01:00 level=INFO msg=request tenant_time=2026-01-15T09:00:06.123Z tenant=happy~sailpoint-1 vendor=sailpoint " +
			"operation=getTaskStatus task=2c91808477a6b0c60177a81146b8110b state=running status=200 latency=42µs note=\"not now\"\n",
		"json": `{"time":"2026-01-15T10:00:06.123456789+01:00","level":"INFO","msg":"request","tenant_time":"2026-01-15T09:00:06.123Z","tenant":"happy~sailpoint-1","vendor":"sailpoint",` +
			`"operation":"getTaskStatus","task":"2c91808477a6b0c60177a81146b8110b","state":"running","status":200,"latency":42000,"note":"not now"}` + "\n",
	} {
		e := usual()
		e.Note = "not now"
		if got := string(appendRequest(nil, &e, formats[name])); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// The usual line is on the way of every request. What slog writes allocates, so
// this tells too that the usual line does not take that way.
func TestUsualLinesAllocateNothing(t *testing.T) {
	for name, json := range formats {
		lines, e := NewLines(io.Discard, json), usual()
		e.Note = "blanks and = are usual"
		lines.request(&e)
		lines.Flush()
		if n := testing.AllocsPerRun(100, func() { lines.request(&e); lines.Flush() }); n > 0 {
			t.Errorf("%s: %v allocations a line", name, n)
		}
	}
}

// BenchmarkLogAdd is what a request pays for its line, formatting and writing
// together. "slog" is a handler that is not ours.
func BenchmarkLogAdd(b *testing.B) {
	for name, handler := range map[string]slog.Handler{
		"text": NewLines(io.Discard, false), "json": NewLines(io.Discard, true),
		"slog-text": slog.NewTextHandler(io.Discard, nil), "slog-json": slog.NewJSONHandler(io.Discard, nil),
	} {
		b.Run(name, func(b *testing.B) {
			l := &Log{logger: slog.New(handler), flush: func() {}} // nobody runs it: the benchmark writes
			l.lines, _ = handler.(*Lines)
			e := usual()
			var entries []Entry
			b.ReportAllocs()
			for n := 1; b.Loop(); n++ {
				l.Add(e)
				if n%256 > 0 {
					continue
				}
				if l.lines != nil {
					l.lines.Flush()
				} else {
					entries = l.writeWaiting(entries[:0])
				}
			}
			if l.Dropped() > 0 {
				b.Fatal("lines were dropped")
			}
		})
	}
}
