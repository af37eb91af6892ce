package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rare is how many tasks of each list's scenario differ from all others. They
// are declared last.
const rare = 100

// pageSize is how many entries a page has.
const pageSize = 25

// listing is one list of a vendor. In its call {offset} is how many entries stand
// before the page, {page} the number of the page from 1.
type listing struct {
	name    string
	call    call
	matches func(tasks int) int // how many entries there are that a page may be of; 0: one page
}

// listed is a vendor's scenario of so many tasks, and the lists that are asked of
// it.
type listed struct {
	vendor   string
	scenario func(tasks int) string
	fixed    []listing // by what does not change
	state    []listing // by state
}

func everyTask(n int) int  { return n - rare }
func rareTasks(int) int    { return rare }
func onePage(int) int      { return pageSize }
func firstPages(n int) int { return min(n, 40*pageSize) }

func (o options) lists(t *table) error {
	const small = 1000
	t.begin(fmt.Sprintf("a page of %d by what does not change", pageSize), count(o.tasks)+" tasks", count(small)+" tasks", "ratio of the medians", "bar")
	var states [][]string
	for _, l := range allLists {
		if !slices.Contains(o.vendors, l.vendor) {
			continue
		}
		tell("lists of %s:", l.vendor)
		rows, err := o.listsOf(l, small, t)
		if err != nil {
			return fmt.Errorf("lists of %s: %w", l.vendor, err)
		}
		states = append(states, rows...)
	}
	t.begin(fmt.Sprintf("a page of %d by state among %s tasks", pageSize, count(o.tasks)), "median (least to greatest)", "bar")
	for _, row := range states {
		t.row(row...)
	}
	return nil
}

func (o options) listsOf(l listed, small int, t *table) (states [][]string, err error) {
	many, err := o.serving("lists-many", l.scenario(o.tasks))
	if err != nil {
		return nil, err
	}
	defer many.stop()
	few, err := o.serving("lists-few", l.scenario(small))
	if err != nil {
		return nil, err
	}
	defer few.stop()
	for _, one := range l.fixed {
		took, err := o.pages(one, side{many, o.tasks}, side{few, small})
		if err != nil {
			return nil, err
		}
		ratio := took[0].median() / took[1].median()
		t.row(l.vendor+", "+one.name, took[0].spread("%.2f")+" ms", took[1].spread("%.2f")+" ms", fmt.Sprintf("%.1f", ratio), atMost(ratio, 3, "3"))
	}
	for _, one := range l.state {
		took, err := o.pages(one, side{many, o.tasks})
		if err != nil {
			return nil, err
		}
		tell("  %s, %s: %s ms", l.vendor, one.name, took[0].spread("%.2f"))
		states = append(states, []string{l.vendor + ", " + one.name, took[0].spread("%.2f") + " ms", atMost(took[0].median(), 30, "30 ms")})
	}
	return states, nil
}

// side is a server with so many tasks.
type side struct {
	process *process
	tasks   int
}

// mostPages and longest end the rounds of a list that takes long: there are as
// many as the others have, and more while there is time.
const (
	mostPages = 200
	longest   = 5 * time.Second
)

// pages asks each side for pages, one after the other and by turns, and answers
// how many milliseconds each took. Any page of the list may be asked for, as by a
// client that reads it to its end.
func (o options) pages(l listing, sides ...side) ([]series, error) {
	took := make([]series, len(sides))
	conns := make([]*conn, len(sides))
	chance := rand.New(rand.NewPCG(1, 2)) // the same pages in every run
	var spent time.Duration
	for round := -1; round < o.rounds || round < mostPages && spent < longest; round++ {
		for i, s := range sides {
			if conns[i] == nil { // not before it is needed: a server does not wait long for the first request
				c, err := dial(s.process.host)
				if err != nil {
					return nil, err
				}
				defer c.close()
				conns[i] = c
			}
			page := chance.IntN(max(1, l.matches(s.tasks)/pageSize))
			took1, err := conns[i].ask(l.call.with("{offset}", strconv.Itoa(page*pageSize)).with("{page}", strconv.Itoa(page+1)))
			if err != nil {
				return nil, err
			}
			if spent += took1; round >= 0 { // the first one makes the tenant, or an index
				took[i] = append(took[i], milliseconds(took1))
			}
		}
	}
	return took, nil
}

// scenarioOf is a scenario of one vendor with so many tasks, the last of which
// are rare, but for those that are written out. Half of the others ended long ago, and the rest end one by one while
// they are asked for.
func scenarioOf(vendor, common, special, further string) func(int) string {
	return func(n int) string {
		return fmt.Sprintf(`version: 1
name: lists
extends: bench
vendors: [%s]
clock: {start: 2026-01-15T09:00:00Z}
default: task
lifecycles:
  changing:
    running: {after: 1h..13h, progress: 0..100, to: succeeded}
    succeeded: {}
tasks:
  - {count: %d, lifecycle: changing, created: -7h%s}
  - {count: %d%s}
%s`, vendor, n-rare, common, rare, special, further)
	}
}

const (
	sailpointList = "/sailpoint/v2025/task-status?limit=25&offset={offset}&filters="
	ciscoList     = "/cisco/v1/cdfmc/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses?limit=25&offset={offset}&filter="
	source        = "2c9180857182305e0171993735622948"
)

var allLists = []listed{
	{
		vendor:   "sailpoint",
		scenario: scenarioOf("sailpoint", "", `, set: {target: {id: `+source+`, type: APPLICATION, name: Rare}, taskDefinitionSummary: {id: 2c91808475b4334b0175e1dff64b63c5, uniqueName: Cloud Refresh Role, description: null, parentName: Cloud Refresh Role, executor: null, arguments: {}}}`, ""),
		fixed: []listing{
			{"type, nearly all have it", sailpointPage(`type eq "CLOUD_ACCOUNT_AGGREGATION"`), everyTask},
			{"type, 100 have it", sailpointPage(`type eq "CLOUD_REFRESH_ROLE"`), rareTasks},
			{"source, 100 have it", sailpointPage(`sourceId eq "` + source + `"`), rareTasks},
		},
		state: []listing{
			{"completionStatus isnull, the first 40 pages", sailpointPage(`completionStatus isnull`), firstPages},
			{"completionStatus isnull, any page", sailpointPage(`completionStatus isnull`), func(n int) int { return n / 3 }},
			{"completionStatus isnull and a type that 100 have", sailpointPage(`type eq "CLOUD_REFRESH_ROLE" and completionStatus isnull`), rareTasks},
		},
	},
	{
		vendor:   "cisco",
		scenario: scenarioOf("cisco", "", ", set: {taskType: DEVICE_BACKUP}", ""),
		fixed: []listing{
			{"type, 100 have it, and status", ciscoPage("type:DEVICE_BACKUP;status:Running"), rareTasks},
		},
		state: []listing{
			{"type:Deployment;status:Deploying, the first 40 pages", ciscoPage("type:Deployment;status:Deploying"), firstPages},
			{"type:Deployment;status:Deploying, any page", ciscoPage("type:Deployment;status:Deploying"), func(n int) int { return n / 3 }},
		},
	},
	{
		vendor: "bitdefender",
		scenario: scenarioOf("bitdefender", ", name: Nightly scan", ", name: Weekly scan",
			"  - {id: 65f46d08c6d2865b32048ba3, subtasks: {count: 1000}}\n"),
		fixed: []listing{
			{"name, nearly all have it", gravityzonePage("v1.0", `"getScanTasksList","params":{"name":"Nightly","page":{page},"perPage":25}`), everyTask},
			{"name, 100 have it", gravityzonePage("v1.0", `"getScanTasksList","params":{"name":"Weekly","page":{page},"perPage":25}`), rareTasks},
			{"subtasks of one task that has 1,000", gravityzonePage("v1.1", `"getTaskStatus","params":{"taskId":"65f46d08c6d2865b32048ba3","options":{"returnSubtasks":true,"page":{page},"perPage":25}}`), func(int) int { return 1000 }},
		},
		state: []listing{
			{"status 2, the first 40 pages", gravityzonePage("v1.0", `"getScanTasksList","params":{"status":2,"page":{page},"perPage":25}`), firstPages},
		},
	},
	{
		vendor:   "dbvisit",
		scenario: scenarioOf("dbvisit", ", set: {configuration_id: 1}", ", set: {configuration_id: 2}", ""),
		fixed: []listing{
			{"a configuration that 100 have, all on one page", call{
				vendor: "dbvisit", method: "POST", path: "/dbvisit/task/list",
				headers: callOf("dbvisit").headers, body: `{"params":{"configuration_id":2}}`, good: `"configuration_id":2`,
			}, onePage},
		},
	},
}

func sailpointPage(filter string) call {
	return call{
		vendor: "sailpoint", method: "GET", path: sailpointList + escaped(filter),
		headers: callOf("sailpoint").headers, good: `"uniqueName"`,
	}
}

func ciscoPage(filter string) call {
	return call{vendor: "cisco", method: "GET", path: ciscoList + escaped(filter) + "&expanded=true", headers: callOf("cisco").headers, good: `"items"`}
}

func gravityzonePage(version, method string) call {
	return call{
		vendor: "bitdefender", method: "POST", path: "/bitdefender/api/" + version + "/jsonrpc/network",
		headers: callOf("bitdefender").headers, body: `{"id":"7d2864e9-c67b-48a2-9ba3-0a11d47e83c8","jsonrpc":"2.0","method":` + method + `}`,
		good: `"startDate"`,
	}
}

// escaped writes what may not stand in a query.
func escaped(filter string) string {
	return strings.NewReplacer(" ", "%20", `"`, "%22", ";", "%3B").Replace(filter)
}
