package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server that bench started.
type process struct {
	cmd     *exec.Cmd
	host    string // where it listens
	control string // the URL of vendorsim's control API
	began   time.Time
}

// vendorsim starts the binary as it ships: journal, request log, limits and both
// contracts on. Its log goes to the null device, since a terminal or a disk
// would be measured else.
func (o options) vendorsim(args ...string) (*process, error) {
	return start(o.binary, append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"}, args...)...)
}

// start starts a server and waits for the line that says where it listens.
func start(program string, args ...string) (*process, error) {
	p := &process{cmd: exec.Command(program, args...)}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // none is left behind by an interrupt
	p.cmd.Env = plainEnvironment()
	said := &bytes.Buffer{}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(io.TeeReader(out, said)).ReadBytes('\n')
	var at struct{ Listening, Control string }
	if err == nil {
		err = json.Unmarshal(line, &at)
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s %s does not say where it listens: %w\n%s%s", program, strings.Join(args, " "), err, said, complaint(program, args))
	}
	p.host, p.control = strings.TrimPrefix(at.Listening, "http://"), at.Control
	return p, nil
}

// plainEnvironment is ours without what would change vendorsim's flags or the
// runtime of either server.
func plainEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "VENDORSIM_") || strings.HasPrefix(v, "GO")
	})
}

// complaint is what a program that does not start has to say. It is started once
// more for that: else its standard error, the request log, is listened to by
// nobody.
func complaint(program string, args []string) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env, cmd.Stderr = plainEnvironment(), &said
	_ = cmd.Run() // that it fails is known
	return said.Bytes()
}

// stop ends the process. Nothing that it would still write matters.
func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// tick is the unit in which Linux tells CPU times to programs, on every platform
// that Go runs on.
const tick = 10 * time.Millisecond

// cpu is how much CPU time the process has used, user and system together. It is
// told in ticks: 3 s of load make that an error of less than half a percent.
func (p *process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(data, []byte(") ")) // behind the name, which may hold anything
	fields := strings.Fields(string(rest))
	if len(fields) < 13 {
		return 0, fmt.Errorf("%s: %q is not understood", p.proc("stat"), data)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err
}

// memory is how many bytes of the process are resident now, and were at most.
func (p *process) memory() (now, peak float64, err error) {
	data, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(data)) {
		name, value, _ := strings.Cut(line, ":")
		kib, _, _ := strings.Cut(strings.TrimSpace(value), " ")
		n, _ := strconv.ParseFloat(kib, 64)
		switch name {
		case "VmRSS":
			now = n * 1024
		case "VmHWM":
			peak = n * 1024
		}
	}
	if now == 0 || peak == 0 {
		return 0, 0, fmt.Errorf("%s does not tell the memory", p.proc("status"))
	}
	return now, peak, nil
}

func (p *process) proc(name string) string {
	return filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), name)
}

// machine is what the figures were measured on.
func machine() string {
	model := "unknown CPU"
	data, _ := os.ReadFile("/proc/cpuinfo") // without it the model stays unknown
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	busy, _ := os.ReadFile("/proc/loadavg")
	load, _, _ := strings.Cut(string(busy), " ")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%d cores of %s, Linux %s, %s, load average %s before it began", runtime.NumCPU(), model, bytes.TrimSpace(kernel), runtime.Version(), load)
}
