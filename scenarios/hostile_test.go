package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// hostile are texts of nearly MaxBytes, each dear in another way. A scenario
// may come over the control API, where a stranger's must not cost seconds. Most
// stay just under a cap, so that all of the work is done. It is long because it
// is a table.
func hostile() map[string]string {
	const head = "version: 1\nname: x\n"
	// upTo n parts, or as many as there is room for, and empty lines to the end.
	upTo := func(n int, head string, part func(i int) string, tail string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := range n {
			next := part(i)
			if b.Len()+len(next)+len(tail) > MaxBytes {
				break
			}
			b.WriteString(next)
		}
		return b.String() + strings.Repeat("\n", MaxBytes-b.Len()-len(tail)) + tail
	}
	fill := func(head string, part func(i int) string, tail string) string {
		return upTo(MaxBytes, head, part, tail)
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	name := func(i int) string { return strings.Repeat("n", 60) + fmt.Sprintf("%04d", i) }
	states := func(n int, state string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "    "+state+"\n", i)
		}
		return b.String()
	}
	const scan = head + "lifecycles:\n  scan:\n"
	long := ""
	for i := range 900 {
		long += "    " + name(i) + ": {failed: {}}\n"
	}
	manyTasks := ""
	for i := range MaxTaskEntries {
		manyTasks += fmt.Sprintf("- {id: a%d%s}\n", i, strings.Repeat("n", 50))
	}
	// Each state leads at once to many that stand behind it, the last ones
	// slowly back: no cycle is short, and each must be looked for.
	dense := func(n, ways int) string {
		var b strings.Builder
		b.WriteString(scan)
		for i := range n - 1 {
			fmt.Fprintf(&b, "    s%d: {phase: running, after: 0ms, to: [", i)
			for j := i + 1; j < min(n, i+ways); j++ {
				fmt.Fprintf(&b, "s%d,", j)
			}
			b.WriteString("]}\n")
		}
		fmt.Fprintf(&b, "    s%d: {phase: running, after: 1s, to: s0}\n", n-1)
		return b.String()
	}
	return map[string]string{
		"branches to long unknown names": upTo(MaxBranches-2000, scan+states(900, "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn%04d: {phase: failed}")+"    z: {phase: running, after: 1s, to: [", func(i int) string { return name(i+5000) + "," }, "]}\n"),
		"branches to the last state":     upTo(MaxBranches, scan+states(999, "n%03d: {phase: failed}")+"    z: {phase: running, after: 1s, to: [", same("n998,"), "]}\n"),
		"a large lifecycle":              dense(MaxStates, MaxBranches/MaxStates),
		"as many states as allowed": upTo(MaxAllStates+100, head+"lifecycles:\n", func(i int) string {
			if i%101 == 0 {
				return fmt.Sprintf("  l%03d:\n", i/101)
			}
			return fmt.Sprintf("    s%d: {phase: running, after: 0ms, to: s%d}\n", i, i+1-i%101/100*100)
		}, ""),
		"many lifecycles": fill(head+"lifecycles:\n", func(i int) string {
			if i%210 == 0 {
				return fmt.Sprintf("  l%03d:\n", i/210)
			}
			return "    " + fmt.Sprintf("s%d", i) + ": {}\n"
		}, ""),
		"lifecycles of one state":      upTo(999, head+"lifecycles:\n", func(i int) string { return fmt.Sprintf("  l%d: {failed: {messages: [{text: a}]}}\n", i) }, ""),
		"tasks with long unknown keys": fill(head+"tasks:\n", func(i int) string { return "- {" + name(i) + ": 1}\n" }, ""),
		"tasks with unknown keys":      upTo(MaxValues/2-10, head+"tasks:\n", same("- {x: 1}\n"), ""),
		"tasks of unknown lifecycles":  upTo(MaxTaskEntries, head+"lifecycles:\n"+strings.ReplaceAll(long, "    ", "  ")+"tasks:\n", func(i int) string { return "- {lifecycle: " + name(i+5000) + "}\n" }, ""),
		"tasks of unknown operations":  upTo(MaxTaskEntries, head+"tasks:\n", func(i int) string { return "- {on: " + name(i+5000) + "}\n" }, ""),
		"expectations":                 fill(head+"expect:\n", func(i int) string { return fmt.Sprintf("- {call: %s, max: %d}\n", name(i), i+1) }, ""),
		"10,000 tasks": upTo(MaxTaskEntries, head+"tasks:\n", func(i int) string {
			return fmt.Sprintf("- {id: a%d, name: n%d, vendor: acme, lifecycle: task, created: -10m, subtasks: {count: 2}}\n", i, i)
		}, ""),
		"faults": upTo(MaxRules, head+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, chance: 30%%, during: 1s..2s, on: getStatus, answer: {status: 500}}\n", i)
		}, ""),
		"faults that always answer": upTo(MaxRules, head+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, on: acme.getStatus, vendor: acme, answer: {latency: 1s, reset: true}}\n", i)
		}, ""),
		"faults of unknown operations": upTo(MaxRules, head+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, on: %s, answer: {reset: true}}\n", i, name(i+5000))
		}, ""),
		"faults of unknown states": upTo(MaxRules, head+"lifecycles:\n  scan:\n"+long+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, when: {state: %s}, answer: {reset: true}}\n", i, name(i+5000))
		}, ""),
		"faults of unknown tasks": upTo(MaxRules, head+"tasks:\n"+manyTasks+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, task: a%s, answer: {reset: true}}\n", i, name(i+5000))
		}, ""),
		"faults of one task elsewhere": upTo(MaxRules, head+"tasks:\n"+strings.Repeat("- {name: a, vendor: acme}\n", MaxTaskEntries)+"faults:\n", func(i int) string {
			return fmt.Sprintf("- {name: a%d, task: a, vendor: bolt, answer: {reset: true}}\n", i)
		}, ""),
		"same faults":            fill(head+"faults:\n", same("- {name: a, answer: {reset: true}}\n"), ""),
		"one long chance":        fill(head+"faults: [{name: a, chance: 1", same("1"), "%, answer: {reset: true}}]\n"),
		"one redirect":           fill(head+"faults: [{name: a, answer: {redirect: /", same("%41"), "}}]\n"),
		"auth":                   fill(head+"auth:\n", same("- {vendor: acme}\n"), ""),
		"forbidden":              upTo(MaxRules, head+"auth: {forbidden: [", func(i int) string { return name(i) + "," }, "]}\n"),
		"forbidden lists":        fill(head+"auth:\n- {vendor: acme, forbidden: [", same("poll,"), "]}\n"),
		"expectations of fields": upTo(MaxRules, head+"expect:\n", func(i int) string { return fmt.Sprintf("- {call: poll, sends: %s=1}\n", strings.Repeat("a.", 400)+"a") }, ""),
		"too many scalars":       fill(head+"tasks: [", same("a,"), "]\n"),
		"scalars":                upTo(MaxValues-10, head+"tasks: [", same("a,"), "]\n"),
		"empty maps":             fill(head+"tasks: [", same("{},"), "]\n"),
		"set of scalars":         upTo(MaxValues-10, head+"tasks: [{set: {taskType: [", same("1,"), "]}}]\n"),
		"unknown fields":         upTo(MaxTaskEntries, head+"tasks:\n", func(i int) string { return fmt.Sprintf("- {set: {x%d: 1}}\n", i) }, ""),
		"block lists":            upTo(MaxValues/9, head+"tasks:\n", same("- - - - - - - - a\n"), ""),
		"deep":                   head + "seed: " + strings.Repeat("[", MaxBytes-100),
		"deep closed":            fill(head+"seed: [", same(strings.Repeat("[", 2000)+strings.Repeat("]", 2000)+","), "]\n"),
		"anchors":                fill(head+"tasks:\n", func(i int) string { return fmt.Sprintf("- &a%d a\n", i) }, ""),
		"aliases":                fill(head+"seed: &a 1\ntasks: [", same("*a,"), "]\n"),
		"documents":              fill(head, same("---\n"), ""),
		"limits":                 upTo(MaxRules, head+"limits:\n", func(i int) string { return fmt.Sprintf("- {per: token, requests: 1, window: %dms}\n", i+1) }, ""),
		"same limits":            fill(head+"limits:\n", same("- {per: token, requests: 1, window: 1ms}\n"), ""),
		"duplicate keys":         fill(head, same("a: 1\n"), ""),
		"comments":               fill(head, same("#\n"), ""),
		"comments in a list":     fill(head+"tasks:\n", same("#\n- a\n"), ""),
		"question marks":         fill(head, same("? "), ""),
		"colons":                 fill(head+"a", same(": "), ""),
		"quotes":                 fill(head+"description: \"", same("\\n"), "\"\n"),
		"folded":                 fill(head+"description: >\n", same(" a\n\n"), ""),
		"plain":                  fill(head+"description: a\n", same(" a\n"), ""),
		"timestamps":             fill(head+"tasks: [", same("2026-01-01,"), "]\n"),
		"numbers":                upTo(MaxValues-10, head+"tasks: [", same("1e9999999,"), "]\n"),
		"one number":             fill(head+"seed: 1", same("1"), "\n"),
		"one float":              fill(head+"seed: 1.", same("1"), "\n"),
		"one key":                fill(head, same("k"), ": 1\n"),
		"messages":               upTo(MaxValues/2-10, scan+"    failed: {messages: [", same("{text: a},"), "]}\n"),
		"vendors":                fill(head+"vendors: [", same("acme,"), "]\n"),
		"vendors apart":          upTo(MaxValues-10, head+"vendors: [", func(i int) string { return fmt.Sprintf("a%d,", i) }, "]\n"),
	}
}

func BenchmarkHostile(b *testing.B) {
	for what, text := range hostile() {
		b.Run(strings.ReplaceAll(what, " ", "-"), func(b *testing.B) {
			for b.Loop() {
				Parse("x.yaml", []byte(text), testKnown)
			}
		})
	}
}
