package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// connections is how many keep-alive connections a load has.
const connections = 32

// load is one closed loop by wrk: each connection asks again as soon as it is
// answered.
type load struct {
	call    call
	host    string
	list    string // a file with the lines that {pick} is one of, by chance
	seed    int    // of that chance
	conns   int
	seconds int
	strict  bool // every body is looked at, at the cost of wrk's speed
}

// result is what wrk counted.
type result struct {
	requests float64
	duration time.Duration
	bytes    float64
	p50, p99 time.Duration
}

func (r result) rate() float64 { return r.requests / r.duration.Seconds() }

// wrkVersion is the version of wrk, and an error that says where to get it.
func wrkVersion() (string, error) {
	out, err := exec.Command("wrk", "-v").CombinedOutput() // it exits 1 and prints its version
	if errors.Is(err, exec.ErrNotFound) {
		return "", errors.New("there is no wrk, which makes the load: install it (Debian and Ubuntu: apt install wrk; else https://github.com/wg/wrk)")
	}
	line, _, _ := strings.Cut(string(out), " [")
	return strings.TrimSpace(line), nil
}

// run makes the load. An answer that is not good, and an answer that is missing,
// is an error: such a run says nothing.
func (l load) run(dir string) (result, error) {
	script := filepath.Join(dir, "load.lua")
	if err := os.WriteFile(script, []byte(l.script()), 0o600); err != nil {
		return result{}, err
	}
	if l.conns == 0 {
		l.conns = connections
	}
	cmd := exec.Command("wrk", "-t1", "-c", strconv.Itoa(l.conns), "-d", strconv.Itoa(l.seconds)+"s", "-s", script, "http://"+l.host)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return result{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	r, err := parseWrk(out)
	if err != nil {
		return result{}, fmt.Errorf("%s %s: %w\n%s", l.call.method, l.call.path, err, out)
	}
	return r, nil
}

// parseWrk reads the line that our script prints at the end. wrk itself counts
// as bad what is 400 or more; the script's word is for any answer but 200 and for
// any body without the good text, where it looks at them.
func parseWrk(out []byte) (result, error) {
	_, rest, ok := bytes.Cut(out, []byte("bench-result "))
	if !ok {
		return result{}, errors.New("wrk did not reach the end of its script")
	}
	var r result
	var requests, micros, size, connect, read, write, timeout, status, wrong, p50, p99 int64
	if _, err := fmt.Sscan(string(rest), &requests, &micros, &size, &connect, &read, &write, &timeout, &status, &wrong, &p50, &p99); err != nil {
		return result{}, fmt.Errorf("the script's line is not understood: %w", err)
	}
	switch bad := connect + read + write + timeout; {
	case bad > 0:
		return r, fmt.Errorf("the run is void: %d connections failed or timed out", bad)
	case status+wrong > 0:
		return r, fmt.Errorf("the run is void: %d answers were not 200 as they should be", max(status, wrong))
	case requests == 0 || micros == 0:
		return r, errors.New("the run is void: nothing was answered")
	}
	r = result{float64(requests), time.Duration(micros) * time.Microsecond, float64(size), time.Duration(p50) * time.Microsecond, time.Duration(p99) * time.Microsecond}
	return r, nil
}

// script is the load in Lua: what a request is made of, and what is printed at
// the end. Requests are put together out of text that is ready, so that wrk
// needs as little as possible of the cores that it shares with the server.
func (l load) script() string {
	var b strings.Builder
	raw := l.call.raw(l.host)
	b.WriteString("local n = 0\nlocal format, random = string.format, math.random\n")
	if l.list != "" {
		fmt.Fprintf(&b, "local list, size = {}, 0\nfor line in io.lines(%s) do size = size + 1; list[size] = line end\n", luaText(l.list))
		fmt.Fprintf(&b, "math.randomseed(%d)\n", l.seed)
	}
	b.WriteString("function request()\n  n = n + 1\n  return " + luaParts(raw) + "\nend\n")
	b.WriteString("wrong = 0\n")
	if l.strict {
		fmt.Fprintf(&b, "function response(status, headers, body)\n  if status ~= 200 or not body:find(%s, 1, true) then wrong = wrong + 1 end\nend\n", luaText(l.call.good))
	}
	b.WriteString(`local threads = {}
function setup(thread) table.insert(threads, thread) end
function done(summary, latency, requests)
  local e, wrong = summary.errors, 0
  for _, t in ipairs(threads) do wrong = wrong + t:get("wrong") end
  io.write(format("bench-result %d %d %d %d %d %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    e.connect, e.read, e.write, e.timeout, e.status, wrong, latency:percentile(50), latency:percentile(99)))
end
`)
	return b.String()
}

// luaParts is an expression for a text with marks: {n} is counted up, {pick} is
// drawn from the list.
func luaParts(text string) string {
	var parts []string
	for text != "" {
		at, mark, code := len(text), "", ""
		for m, c := range map[string]string{"{n}": fmt.Sprintf(`format("%%0%dx", n)`, digits), "{pick}": "list[random(size)]"} {
			if i := strings.Index(text, m); i >= 0 && i < at {
				at, mark, code = i, m, c
			}
		}
		if at > 0 {
			parts = append(parts, luaText(text[:at]))
		}
		if mark != "" {
			parts = append(parts, code)
		}
		text = text[at+len(mark):]
	}
	return strings.Join(parts, " .. ")
}

// luaText is a text as Lua writes it.
func luaText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(s) {
		if c < ' ' || c == '"' || c == '\\' || c > '~' {
			fmt.Fprintf(&b, `\%03d`, c)
			continue
		}
		b.WriteByte(c)
	}
	b.WriteByte('"')
	return b.String()
}
