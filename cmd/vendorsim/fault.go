package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vendorsim/vendorsim/simulators"
)

func faultCommand() *cobra.Command {
	return group("fault", "Let things go wrong at a tenant, on purpose", "", faultList(), faultAdd(), faultRemove(), faultFire())
}

func faultList() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "list", "List the faults in force, and what each has counted", exactly(0),
		func(ctx context.Context, client *simulators.Client, _ []string) (simulators.FaultList, error) {
			return client.Faults(ctx, c.tenant)
		},
		func(w io.Writer, list simulators.FaultList) error {
			if len(list.Faults) == 0 {
				_, err := fmt.Fprintln(w, "no faults: a scenario has them under faults:, or add one with vendorsim fault add")
				return err
			}
			return table(w, func(row func(...any)) {
				row("FAULT", "FROM", "MATCHED", "FIRED", "OWED", "WHAT")
				for _, f := range list.Faults {
					from := "scenario"
					if f.Added {
						from = "added"
					}
					row(f.Name, from, f.Matched, f.Fired, f.Owed, f.Words)
				}
			})
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

// newFault are the flags of fault add.
type newFault struct {
	control
	file    string
	fault   simulators.NewFault // by the keys of a fault
	answers []string
}

func faultAdd() *cobra.Command {
	n := newFault{fault: simulators.NewFault{}}
	cmd := apiCommand(&n.control, "add NAME", "Add a fault, by flags or from a file", atMost(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Fault, error) {
			fault, err := n.read(args)
			if err != nil {
				return simulators.Fault{}, err
			}
			added, err := client.AddFault(ctx, n.tenant, fault)
			if n.file == "" {
				err = ofFlags(err)
			}
			return added, err
		},
		func(w io.Writer, f simulators.Fault) error {
			_, err := fmt.Fprintf(w, "%s: %s\n", f.Name, f.Words)
			for _, warning := range f.Warnings {
				if _, text, placed := strings.Cut(warning, ": warning: "); placed && n.file == "" {
					warning = "warning: " + text // flags have no lines
				}
				_, failed := fmt.Fprintln(w, "  "+warning)
				err = errors.Join(err, failed)
			}
			return err
		})
	cmd.Long = `Add a fault: a name and what it selects and answers, as flags, or a file with the
keys of an entry of "faults:" in a scenario. It stays until it is removed or the
tenant is reset. Of the faults that match a request the first one answers, and
the latencies add up.`
	cmd.Example = `  vendorsim fault add brownout --on poll --during 20s..50s --chance 30% --status 503 --retry-after 5s
  vendorsim fault add lost-reply --on start --nth 1 --stage after --answer reset
  vendorsim fault add torn --on getTaskStatus --phase running --first 2 --answer truncate=60%
  vendorsim fault add sluggish --latency 1s..3s
  vendorsim fault add -f torn.yaml`
	flags := cmd.Flags()
	n.tenantFlags(flags)
	flags.StringVarP(&n.file, "file", "f", "", "a file with the fault, instead of a name and flags")
	n.keys(flags)
	flags.StringArrayVar(&n.answers, "answer", nil, "key or key=value of the answer: reset, empty, html, malformed, truncate=60%, drip=10s, stale=30s,\ncontent_type=text/html, duplicate=Date, missing=Date, redirect=/login; may be repeated")
	flags.VisitAll(func(f *pflag.Flag) { // what the command line gives outranks a variable of the other way
		if _, key := f.Value.(*faultKey); key || f.Name == "answer" {
			f.Annotations = map[string][]string{alternativesOf: {"file"}}
			file := flags.Lookup("file")
			file.Annotations = map[string][]string{alternativesOf: append(file.Annotations[alternativesOf], f.Name)}
		}
	})
	return cmd
}

// ofFlags words what is wrong with a fault that flags have said: the command line
// has no lines and columns.
func ofFlags(err error) error {
	var p *simulators.Problem
	if !errors.As(err, &p) || word(p) != "fault" {
		return err
	}
	text := "the fault has problems"
	for _, e := range p.Errors {
		if len(p.Errors) == 1 {
			return misused("%s", e.Detail)
		}
		text += "\n  " + e.Detail
	}
	return misused("%s", text)
}

// keys are the flags that stand for one key of a fault each.
func (n *newFault) keys(flags *pflag.FlagSet) {
	for _, key := range []struct{ flag, path, usage string }{
		{"vendor", "vendor", "only this vendor's requests"},
		{"on", "on", "only this operation, or kind: login, poll, list, start, write or read"},
		{"task", "task", "only requests for the task of this id or name"},
		{"phase", "when.phase", "only while the task is in this phase"},
		{"state", "when.state", "only while the task is in this state"},
		{"during", "during", "only in this span of the tenant's time since its beginning: 20s..50s, or 20s.."},
		{"age", "age", "only in this span of the task's own time: 20s..50s, or 20s.."},
		{"chance", "chance", "how likely it is, such as 30%"},
		{"per", "per", "what is counted by itself: task, operation or tenant"},
		{"stage", "stage", "before (the work is not done) or after (it is, but the client never hears)"},
		{"latency", "answer.latency", "answer so much later: 1500ms, 1s..3s, or {p50: 1s, p95: 5s}"},
		{"kind", "answer.kind", "answer the vendor's error of this kind: rate-limited, unavailable, internal ..."},
		{"retry-after", "answer.retry_after", "with --status or --kind: how long the client is told to wait"},
		{"retry-after-form", "answer.retry_after_form", "with --retry-after: how it is written, seconds or date"},
	} {
		flags.Var(&faultKey{into: n.fault, path: key.path}, key.flag, key.usage)
	}
	for _, key := range []struct{ flag, path, usage string }{
		{"nth", "nth", "only the nth of the requests that the above select"},
		{"first", "first", "only the first so many of them"},
		{"every", "every", "only every so manieth of them"},
		{"status", "answer.status", "answer the vendor's error with this status"},
	} {
		flags.Var(&faultKey{into: n.fault, path: key.path, number: true}, key.flag, key.usage)
	}
}

// read is the fault that the file or the flags say.
func (n *newFault) read(args []string) (simulators.NewFault, error) {
	switch {
	case n.file != "" && (len(args) > 0 || len(n.fault) > 0 || len(n.answers) > 0):
		return nil, misused("a fault of --file has its name and all else there: give no name and no flags beside it")
	case n.file != "":
		text, err := os.ReadFile(n.file)
		if err != nil {
			return nil, err
		}
		return simulators.NewFault{"yaml": string(text), "file": n.file}, nil
	case len(args) == 0:
		return nil, misused("give the fault a name, or a --file that has it")
	}
	n.fault["name"] = args[0]
	for _, a := range n.answers {
		key, value, has := strings.Cut(a, "=")
		var v any = true
		if has && json.Unmarshal([]byte(value), &v) != nil {
			v = plain(value)
		}
		put(n.fault, "answer."+key, v)
	}
	if n.fault["answer"] == nil {
		return nil, misused("say what the client gets: --status, --kind, --latency or --answer")
	}
	return n.fault, nil
}

// faultKey is a flag that stands for a key of a fault.
type faultKey struct {
	into   simulators.NewFault
	path   string
	number bool
	text   string
}

func (k *faultKey) String() string { return k.text }

// Type is what help calls a value.
func (k *faultKey) Type() string {
	if k.number {
		return "int"
	}
	return "string"
}

// Set puts the key into the fault. What it means is the control API's to say.
func (k *faultKey) Set(text string) error {
	k.text = text
	value := plain(text)
	if k.number {
		number := json.Number(text)
		if _, err := number.Int64(); err != nil {
			return fmt.Errorf("a whole number, not %q", text)
		}
		value = number
	}
	put(k.into, k.path, value)
	return nil
}

// plain is a value that is not JSON: a mapping of plain texts as a scenario would
// write it on one line, such as {p50: 1s, p95: 5s}, else the text itself.
func plain(text string) any {
	inner, opened := strings.CutPrefix(strings.TrimSpace(text), "{")
	inner, closed := strings.CutSuffix(inner, "}")
	if !opened || !closed {
		return text
	}
	mapping := map[string]any{}
	for entry := range strings.SplitSeq(inner, ",") {
		key, value, found := strings.Cut(entry, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if _, twice := mapping[key]; !found || key == "" || value == "" || twice {
			return text // the control API says what it should be
		}
		mapping[key] = value
	}
	return mapping
}

// put sets a key of a fault, or of a mapping in it.
func put(fault simulators.NewFault, path string, value any) {
	outer, inner, nested := strings.Cut(path, ".")
	if !nested {
		fault[path] = value
		return
	}
	below, ok := fault[outer].(map[string]any)
	if !ok {
		below = map[string]any{}
		fault[outer] = below
	}
	below[inner] = value
}

func faultRemove() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "rm NAME", "Remove a fault, whoever put it there", exactly(1),
		func(ctx context.Context, client *simulators.Client, args []string) (string, error) {
			return args[0], client.RemoveFault(ctx, c.tenant, args[0])
		},
		func(w io.Writer, name string) error {
			_, err := fmt.Fprintln(w, "removed", name)
			return err
		})
	c.tenantFlags(cmd.Flags())
	return cmd
}

func faultFire() *cobra.Command {
	var c control
	cmd := apiCommand(&c, "fire NAME", "Let a fault fire once, at the next request that it is for", exactly(1),
		func(ctx context.Context, client *simulators.Client, args []string) (simulators.Fault, error) {
			return client.FireFault(ctx, c.tenant, args[0])
		},
		func(w io.Writer, f simulators.Fault) error {
			_, err := fmt.Fprintf(w, "%s fires at the next request that it is for and that no earlier fault answers, whatever its windows, counts and chance say; it has fired %s\n", f.Name, counted(f.Fired, "time"))
			return err
		})
	cmd.Long = `Let a fault fire once, at the next request that its vendor, operation, task, phase
and state select and that no fault before it in vendorsim fault list answers. Its
windows, counts and chance do not matter then. Until then it is owed, as that list
shows.`
	c.tenantFlags(cmd.Flags())
	return cmd
}
