// Command bench measures vendorsim as its users run it: the shipped binary, a
// process of its own, beside a plain net/http handler that is another. It must
// not know how vendorsim works inside: it sends requests, reads what the kernel
// says of a process, and asks the control API how much was answered.
//
// It runs on Linux, for /proc and epoll, and takes wrk for the closed loop. It
// is no test: nothing fails for being slow. One answer other than 200 does.
//
// Nothing here may pretend to a time, so this program asks the real clock; it is
// no part of the module's packages and of no binary that ships.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	binary  string
	rounds  int
	seconds int
	vendors []string
	parts   []string // of scale
	tasks   int
	tenants int
	cold    int    // starts
	into    string // a file with marks, to write the tables into
	dir     string // for scripts and scenarios, removed at the end
}

func main() {
	o, scale, static := options{}, false, staticRole{}
	vendors, parts := "", ""
	flag.StringVar(&o.binary, "binary", "bin/vendorsim", "the vendorsim to measure")
	flag.IntVar(&o.rounds, "rounds", 9, "how many interleaved rounds")
	flag.IntVar(&o.seconds, "seconds", 3, "how long each side of a round is loaded")
	flag.StringVar(&vendors, "vendors", "", "only these, such as sailpoint,cisco (default: all)")
	flag.IntVar(&o.cold, "starts", 20, "how many cold starts")
	flag.StringVar(&o.into, "into", "", "a file such as README.md, to write the tables into between its marks")
	flag.BoolVar(&scale, "scale", false, "a million tasks and ten thousand tenants instead")
	flag.StringVar(&parts, "parts", "", "with -scale: only these of tasks, lists and tenants (default: all)")
	flag.IntVar(&o.tasks, "tasks", 1_000_000, "with -scale: how many tasks")
	flag.IntVar(&o.tenants, "tenants", 10_000, "with -scale: how many tenants, demo among them")
	flag.BoolVar(&static.on, "static", false, "be the plain net/http handler; bench starts itself so")
	flag.StringVar(&static.body, "body", "", "with -static: the file with the bytes to answer")
	flag.StringVar(&static.media, "type", "", "with -static: their content type")
	flag.StringVar(&static.routes, "routes", "", "with -static: a file of lines METHOD PATH to route with mux, or none; either way it tells what it allocates")
	flag.Parse()
	if static.on {
		exit(static.serve())
	}
	var known []string
	for _, c := range calls {
		known = append(known, c.vendor)
	}
	var err, unknown error
	o.vendors, err = chosen(vendors, known)
	o.parts, unknown = chosen(parts, []string{"tasks", "lists", "tenants"})
	if err = errors.Join(err, unknown); err == nil {
		err = o.run(scale)
	}
	exit(err)
}

// chosen are the names of a flag, each of which is known; all, if it has none.
func chosen(flag string, known []string) ([]string, error) {
	if flag == "" {
		return known, nil
	}
	names := strings.Split(flag, ",")
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%q is none of %s", name, strings.Join(known, ", "))
		}
	}
	return names, nil
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (o options) run(scale bool) error {
	if o.rounds < 1 || o.seconds < 1 || o.tasks < 1000 || o.tenants < 2 || o.cold < 1 {
		return fmt.Errorf("it takes at least one round, second and start, 1,000 tasks and 2 tenants")
	}
	generator, err := wrkVersion()
	if err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp("", "vendorsim-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	began, on := time.Now(), machine() // before anything of ours keeps it busy
	t := &table{}
	if scale {
		err = o.scale(t)
	} else {
		err = o.bench(t)
	}
	if err != nil {
		return err
	}
	t.remark("%s; %s. %d rounds of %d s a side; %s in all.", on, generator, o.rounds, o.seconds, time.Since(began).Round(time.Second))
	fmt.Println(t.markdown())
	if o.into == "" {
		return nil
	}
	name := "bench"
	if scale {
		name = "bench-scale"
	}
	return writeInto(o.into, name, t.markdown())
}

// writeInto puts the tables between the two marks in a file that are theirs.
func writeInto(file, name, text string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, begun := strings.Cut(string(data), "<!-- "+name+" -->\n")
	_, after, ended := strings.Cut(rest, "<!-- end of "+name+" -->\n")
	if !begun || !ended {
		return fmt.Errorf("%s has no lines <!-- %s --> and <!-- end of %s -->", file, name, name)
	}
	text = before + "<!-- " + name + " -->\n\n" + text + "\n<!-- end of " + name + " -->\n" + after
	return os.WriteFile(file, []byte(text), 0o644)
}

// tell says on standard error how far it is: the figures take minutes.
func tell(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
