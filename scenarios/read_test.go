package scenarios

import (
	"fmt"
	"strings"
	"testing"
)

// Input that cannot be shown in a file of testdata/bad.
func TestUnreadableInput(t *testing.T) {
	const head = "version: 1\nname: x\n"
	bomb := head + "options:\n  a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += fmt.Sprintf("  %c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for _, test := range []struct{ what, data, want string }{
		{"nothing", "", `f:1:1: the file is empty; a scenario begins with "version: 1" and a "name"`},
		{"a comment", "# soon\n", `f:1:1: the file is empty; a scenario begins with "version: 1" and a "name"`},
		{"null", "---\n~\n", `f:2:1: the file is empty; a scenario begins with "version: 1" and a "name"`},
		{"latin 1", head + "description: caf\xe9\n", `f:3:17: byte 0xe9 is not UTF-8; save the file as UTF-8`},
		{"after an umlaut", head + "# \u00fc\xff\n", `f:3:4: byte 0xff is not UTF-8; save the file as UTF-8`},
		{"UTF-16", "\xff\xfev\x00", `f:1:1: byte 0xff is not UTF-8; save the file as UTF-8`},
		{"a control character", head + "description: \"a\x07\"\n", `f:3:16: the character U+0007 is not allowed in YAML`},
		{"Windows line ends", "version: 1\r\nname: x\r\nsed: 5\r\n", `f:3:1: unknown key "sed" - did you mean "seed"?`},
		{"a byte order mark", "\ufeffversion: 1\nname: x\nsed: 5\n", `f:3:1: unknown key "sed" - did you mean "seed"?`},
		{"too long", head + strings.Repeat("#\n", MaxBytes/2), fmt.Sprintf("f:1:1: the file has %d bytes; at most %d are allowed", MaxBytes+len(head), MaxBytes)},
		{"an unclosed quote", head + "description: \"a\n", `f:3:1: not valid YAML: found unexpected end of stream`},
		{"a bomb", bomb, `f:4:6: anchors (&a) are not supported; write the value out, or take it from another scenario with extends`},
		{"deep lists", head + "seed: " + strings.Repeat("[", 5000), `f:3:1: not valid YAML: did not find expected node content`},
	} {
		_, problems := Parse("f", []byte(test.data), Known{})
		if len(problems) == 0 || problems[0].String() != test.want {
			first, _, _ := strings.Cut(problems.Error(), "\n")
			t.Errorf("%s:\n got %s\nwant %s", test.what, first, test.want)
		}
	}
}

// One more than allowed of everything that is counted.
func TestCaps(t *testing.T) {
	const head = "version: 1\nname: x\n"
	states := func(n int) string {
		var b strings.Builder
		b.WriteString(head + "lifecycles:\n  scan:\n")
		for i := range n - 1 {
			fmt.Fprintf(&b, "    s%d: {phase: running, after: 1s, to: s%d}\n", i, i+1)
		}
		fmt.Fprintf(&b, "    s%d: {phase: failed}\n", n-1)
		return b.String()
	}
	tasks := func(n int) string { return head + "tasks:\n" + strings.Repeat("- {vendor: acme}\n", n) }
	manyStates := func(n int) string {
		var b strings.Builder
		b.WriteString(head + "lifecycles:\n")
		for i := range n {
			if i%MaxStates == 0 {
				fmt.Fprintf(&b, "  l%d:\n", i/MaxStates)
			}
			if last := i == n-1 || (i+1)%MaxStates == 0; last {
				fmt.Fprintf(&b, "    s%d: {phase: failed}\n", i)
			} else {
				fmt.Fprintf(&b, "    s%d: {phase: running, after: 1s, to: s%d}\n", i, i+1)
			}
		}
		return b.String() + "tasks: []\ndefault: l0\n"
	}
	values := func(one string) string { // MaxValues of them: 8, and 2 a message
		return head + "lifecycles:\n  scan:\n    failed: {messages: [" + strings.Repeat("{text: a},", MaxValues/2-4) + "]}\ntasks: []\n" + one
	}
	branches := func(n int) string {
		return head + "lifecycles:\n  scan:\n    running: {after: 1s, to: [" + strings.Repeat("failed,", n) + "]}\n    failed: {}\ntasks: []\n"
	}
	limits := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "{per: token, requests: 1, window: %dms},", i+1)
		}
		return head + "limits: [" + b.String() + "]"
	}
	expects := func(n int) string {
		return head + "expect: [" + strings.Repeat("{tokens: refreshed_in_time},", n) + "]"
	}
	faults := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "{name: a%d, nth: 1, answer: {reset: true}},", i)
		}
		return head + "faults: [" + b.String() + "]"
	}
	for _, test := range []struct{ what, good, bad, want string }{
		{"keys", states(MaxKeys), states(MaxKeys + 1), `f:5:5: the mapping has 1001 keys; at most 1000 are allowed`},
		{"entries", tasks(MaxTaskEntries), tasks(MaxTaskEntries + 1),
			`f:4:1: there are 10001 entries; at most 10000 are allowed; use "count" for many alike`},
		{"tasks", head + fmt.Sprintf("tasks: [{count: %d}]", MaxTasks), head + fmt.Sprintf("tasks: [{count: %d}, {}]", MaxTasks),
			`f:3:27: with this entry there are more than 5000000 tasks in all; that is the most allowed`},
		{"tasks of one entry", head + fmt.Sprintf("tasks: [{count: %d}]", MaxTasks), head + fmt.Sprintf("tasks: [{count: %d}]", MaxTasks+1),
			`f:3:17: "count" must be at most 5000000, not 5000001`},
		{"values", values(""), values("description: b\n"), `f:7:14: the file has more than 100000 values; that is the most allowed`},
		{"states together", manyStates(MaxAllStates), manyStates(MaxAllStates + 1),
			`f:3:1: the lifecycles have 10001 states together; at most 10000 are allowed`},
		{"branches", branches(MaxBranches), branches(MaxBranches + 1),
			`f:3:1: the states have 10001 ways out together; at most 10000 are allowed`},
		{"vendors", head + "vendors: [acme]", head + "vendors: [" + strings.Repeat("acme,", MaxVendors+1) + "]",
			`f:3:10: the list has 101 vendors; at most 100 are allowed`},
		{"limits", limits(MaxRules), limits(MaxRules + 1), `f:3:9: there are 1001 limits; at most 1000 are allowed`},
		{"expectations", expects(MaxRules), expects(MaxRules + 1), `f:3:9: there are 1001 expectations; at most 1000 are allowed`},
		{"faults", faults(MaxRules), faults(MaxRules + 1), `f:3:9: there are 1001 faults; at most 1000 are allowed`},
		{"subtasks", head + fmt.Sprintf("tasks: [{subtasks: {count: %d}}]", MaxSubtasks), head + fmt.Sprintf("tasks: [{subtasks: {count: %d}}]", MaxSubtasks+1),
			`f:3:28: "count" must be at most 10000, not 10001`},
	} {
		if _, problems := Parse("f", []byte(test.good), testKnown); len(problems) > 0 {
			t.Errorf("%s: %v", test.what, problems)
		}
		if _, problems := Parse("f", []byte(test.bad), testKnown); problems.Error() != test.want {
			t.Errorf("%s:\n got %v\nwant %s", test.what, problems, test.want)
		}
	}
}

// What is known must not matter here.
func TestCapsOfAuth(t *testing.T) {
	entries := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "{vendor: v%d},", i)
		}
		return b.String()
	}
	forbidden := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "o%d,", i)
		}
		return "forbidden: [" + b.String() + "]"
	}
	for text, want := range map[string]string{
		"[" + entries(MaxVendors) + "]":                                                "",
		"[" + entries(MaxVendors+1) + "]":                                              "f:1:29: there are 101 entries; at most 100 are allowed",
		"{" + forbidden(MaxRules) + "}":                                                "",
		"[{vendor: a, " + forbidden(MaxRules-1) + "}, {vendor: b, forbidden: [a, b]}]": "f:1:4966: with this list 1001 operations are forbidden; at most 1000 are allowed",
	} {
		if _, problems := Parse("f", []byte("{version: 1, name: x, auth: "+text+"}"), Known{}); problems.Error() != want {
			t.Errorf("%.40s:\n got %v\nwant %s", text, problems, want)
		}
	}
}

// A lifecycle can only grow too long by extending another.
func TestTooManyStates(t *testing.T) {
	states := func(name, prefix string) string {
		text := "name: " + name + "\nlifecycles:\n  scan:\n"
		for i := range 501 {
			text += fmt.Sprintf("    %s%d: {phase: failed}\n", prefix, i)
		}
		return text
	}
	library := Shipped()
	if err := library.AddDir(write(t, map[string]string{"a.yaml": states("a", "a"), "b.yaml": states("b", "b") + "extends: a\n"})); err != nil {
		t.Fatal(err)
	}
	_, problems := library.Load("b", testKnown, nil)
	if !strings.HasSuffix(problems.Error(), `b.yaml:5:5: the mapping has 1002 keys; at most 1000 are allowed`) {
		t.Errorf("%v", problems)
	}
}

// What was meant is guessed for so many words only, that it does not take long.
func TestGuessingEnds(t *testing.T) {
	text := "version: 1\nname: x\nlifecycles:\n  scan:\n"
	for i := range 900 {
		text += fmt.Sprintf("    %s%04d: {phase: failed}\n", strings.Repeat("n", 60), i)
	}
	text += "    z: {phase: running, after: 1s, to: ["
	for i := range 900 {
		text += fmt.Sprintf("%s%04d, ", strings.Repeat("n", 60), 5000+i)
	}
	_, problems := Parse("f", []byte(text+"]}\n"), testKnown)
	guessed := strings.Count(problems.Error(), "did you mean")
	if most := maxGuessing / (900 * maxGuessed * maxGuessed); len(problems.Errors()) < 900 || guessed < 1 || guessed > most {
		t.Errorf("%d problems, %d guesses; at most %d", len(problems), guessed, most)
	}
}

// A base and what extends it may each be short enough, and both not.
func TestTooManyValues(t *testing.T) {
	values := func(n int) string { return "{x: [" + strings.Repeat("1,", n) + "]}\n" }
	library := Shipped()
	if err := library.AddDir(write(t, map[string]string{
		"a.yaml": "name: a\noptions: {acme: " + values(MaxValues/2) + "}",
		"b.yaml": "name: b\nextends: a\noptions: {bolt: " + values(MaxValues/2) + "}",
	})); err != nil {
		t.Fatal(err)
	}
	_, problems := library.Load("b", testKnown, nil)
	if !strings.HasSuffix(problems.Error(), `b.yaml:1:1: with what it extends the scenario has 100009 values; at most 100000 are allowed`) {
		t.Errorf("%v", problems)
	}
}

func TestTooManyProblems(t *testing.T) {
	_, problems := Parse("f", []byte("version: 1\nname: x\ntasks:\n"+strings.Repeat("- {x: 1}\n", 1500)), testKnown)
	if got, want := problems[len(problems)-1].String(), "f:1004:4: 500 more problems from here on are left out"; len(problems) != MaxProblems+1 || got != want {
		t.Errorf("%d problems, the last %s; want %s", len(problems), got, want)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"scan", "scan", 0}, {"scn", "scan", 1}, {"scan", "scna", 1},
		{"lifecycels", "lifecycles", 1}, {"kitten", "sitting", 3},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%s to %s is %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
