package main

import (
	"fmt"
	"strings"
)

// call is a request as a client of the vendor sends it. In its path, headers and
// body {n} is a number that is another in each request, 12 hexadecimal digits
// long, and {pick} a line of a list.
type call struct {
	vendor  string
	method  string
	path    string
	headers []string
	body    string
	good    string // what stands in each good answer, and in no error: GravityZone's are 200 too
}

// calls are the polls of an unchanged task: the first call that a client of each
// vendor makes again and again. GravityZone's clients number their calls, and
// Check Point's send a fresh id with each, which the answer repeats.
var calls = []call{
	{
		vendor: "sailpoint", method: "GET", path: "/sailpoint/v2025/task-status/id12345",
		headers: []string{"Authorization: Bearer demo", "X-SailPoint-Experimental: true"},
		good:    `"percentComplete":40`,
	},
	{
		vendor: "bitdefender", method: "POST", path: "/bitdefender/api/v1.1/jsonrpc/network",
		headers: []string{"Authorization: Basic ZGVtbzo=", "Content-Type: application/json"}, // demo, no password
		body:    `{"id":"7d2864e9-c67b-48a2-9ba3-{n}","jsonrpc":"2.0","method":"getTaskStatus","params":{"options":{"page":1,"perPage":1000,"returnSubtasks":true},"taskId":"65f46d08c6d2865b32048ba3"}}`,
		good:    `"hasMoreSubtasks":false`,
	},
	{
		vendor: "checkpoint", method: "GET", path: "/checkpoint/app/hec-api/v1.0/task/4b8312c5b04d4a6d884662237fa2e25d",
		headers: []string{"Authorization: Bearer demo", "x-av-req-id: d290f1ee-6c54-4b01-90e6-{n}"},
		good:    `"status":"inprogress"`,
	},
	{
		vendor: "cisco", method: "GET",
		path:    "/cisco/v1/cdfmc/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses/133143986189?showDetailedDeviceStatus=true",
		headers: []string{"Authorization: Bearer demo"},
		good:    `"status":"Deploying"`,
	},
	{
		vendor: "dbvisit", method: "POST", path: "/dbvisit/task/list",
		headers: []string{"Authorization: Basic ZGVtbzpzZWNyZXQ=", "Content-Type: application/json"}, // demo:secret
		body:    `{"params":{"configuration_id":1,"show_hidden":false}}`,
		good:    `"state":"In Progress"`,
	},
}

func callOf(vendor string) call {
	for _, c := range calls {
		if c.vendor == vendor {
			return c
		}
	}
	return call{}
}

// digits is how long {n} is when it is written out.
const digits = 12

// raw is the request as it goes over the wire, its marks still in it.
func (c call) raw(host string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: vendorsim-bench\r\nAccept: application/json\r\n", c.method, c.path, host)
	for _, h := range c.headers {
		b.WriteString(h + "\r\n")
	}
	if c.body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(c.numbered(0).body))
	}
	b.WriteString("\r\n" + c.body)
	return b.String()
}

// numbered is the call with {n} written out.
func (c call) numbered(n uint64) call { return c.with("{n}", fmt.Sprintf("%0*x", digits, n)) }

// with is the call with a mark written out.
func (c call) with(mark, text string) call {
	c.path, c.body = strings.ReplaceAll(c.path, mark, text), strings.ReplaceAll(c.body, mark, text)
	headers := make([]string, len(c.headers))
	for i, h := range c.headers {
		headers[i] = strings.ReplaceAll(h, mark, text)
	}
	c.headers = headers
	return c
}
