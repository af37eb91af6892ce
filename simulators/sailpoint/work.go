package sailpoint

import (
	"net/http"
	"regexp"
	"strconv"

	"github.com/vendorsim/vendorsim/fixtures"
	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// definition is a type of task: what the vendor calls a task definition.
type definition struct {
	kind        string // the task's type
	name        string
	task        string // what a task of it says of itself
	description string
	returns     []returned
}

var (
	accountAggregation = &definition{
		kind: "QUARTZ", name: "Cloud Account Aggregation",
		task: "Aggregate from the specified application", description: "Aggregates from the specified application.",
		returns: []returned{
			{"TASK_OUT_ACCOUNT_AGGREGATION_APPLICATIONS", "applications"},
			{"TASK_OUT_ACCOUNT_AGGREGATION_TOTAL", "total"},
		},
	}
	uncorrelatedAccounts = &definition{
		kind: "QUARTZ", name: "Cloud Process Uncorrelated Accounts",
		task:        "Processes uncorrelated accounts for the specified application.",
		description: "Processes uncorrelated accounts for the specified application.",
		returns: []returned{
			{"TASK_OUT_ACCOUNT_CORRELATION_APPLICATIONS", "applications"},
			{"TASK_OUT_ACCOUNT_CORRELATION_TOTAL", "total"},
		},
	}
	groupAggregation = &definition{
		kind: "QUARTZ", name: "Cloud Group Aggregation",
		task: "Aggregate from the specified application", description: "Aggregates from the specified application.",
		returns: []returned{{"TASK_OUT_ACCOUNT_GROUP_AGGREGATION_APPLICATIONS", "applications"}},
	}
	// accountReload is a job of another queue; no task definition has it.
	accountReload = &definition{
		kind: "QPOC", name: "Account Reload", task: "Reload a single account from its source", returns: []returned{},
	}
)

// work is what a task does.
type work struct {
	does      *definition
	source    fixtures.Source // none for a reload
	launcher  string
	optimized bool // an account aggregation skips what has not changed
}

// workOf is what a task does: what its creator asked for, else, for a task of
// the scenario, an aggregation of one of the sources.
func workOf(c *sim.Call, e sim.Entry) work {
	if w, ok := e.Data.(work); ok {
		return w
	}
	return work{accountAggregation, source(c, e.Number%sources(c)), "sweep", true}
}

// fleet is how many sources a tenant has, beside the documented one.
const fleet = 20

// sources is how many they are with the user's own fixtures.
func sources(c *sim.Call) int {
	if own := c.Tenant.Own(); own != nil {
		return max(fleet, len(own.Sources))
	}
	return fleet
}

func source(c *sim.Call, i int) fixtures.Source {
	s := c.Fixtures().Source(i)
	if s.ID == "" {
		s.ID = sim.Hex(c.SeedLuck("source "+strconv.Itoa(i)), 32)
	}
	return s
}

// documentedSource is the source of the documented page; every tenant has it.
var documentedSource = fixtures.Source{ID: "c6dc37bf508149b28ce5b7d90ca4bbf9", Name: "Active Directory", Type: "Active Directory"}

// sourceNamed is the tenant's source of an id.
func sourceNamed(c *sim.Call, id string) (fixtures.Source, bool) {
	if id == documentedSource.ID {
		return documentedSource, true
	}
	for i := range sources(c) {
		if s := source(c, i); s.ID == id {
			return s, true
		}
	}
	return fixtures.Source{}, false
}

// user is whose tokens the tenant's are, and who launches what they start.
func user(c *sim.Call) fixtures.Person { return c.Fixtures().Person(0) }

func identity(c *sim.Call) string {
	if id := user(c).ID; id != "" {
		return id
	}
	return sim.Hex(c.SeedLuck("identity 0"), 32)
}

func importAccounts(c *sim.Call) (sim.Reply, error) {
	return load(c, c.Path["id"], accountAggregation)
}

func importUncorrelatedAccounts(c *sim.Call) (sim.Reply, error) {
	return load(c, c.Path["id"], uncorrelatedAccounts)
}

// load starts work on a source and answers it as the older of the two shapes.
func load(c *sim.Call, id string, does *definition) (sim.Reply, error) {
	e, err := start(c, id, does)
	if err != nil {
		return sim.Reply{}, err
	}
	return sim.JSON(http.StatusAccepted, loadTask{Success: true, Task: loading(c, e)}), nil
}

func importEntitlements(c *sim.Call) (sim.Reply, error) {
	return loadEntitlements(c, c.Path["sourceId"])
}

func importEntitlementsBySource(c *sim.Call) (sim.Reply, error) {
	return loadEntitlements(c, c.Path["id"])
}

func loadEntitlements(c *sim.Call, id string) (sim.Reply, error) {
	e, err := start(c, id, groupAggregation)
	if err != nil {
		return sim.Reply{}, err
	}
	t := loading(c, e)
	return sim.JSON(http.StatusAccepted, entitlementTask{
		ID: t.ID, Type: t.Type, UniqueName: t.Name, Description: t.Description,
		Launcher: t.Launcher, Created: t.Created, Returns: t.Returns,
	}), nil
}

// start creates the task of some work on a source.
func start(c *sim.Call, id string, does *definition) (sim.Entry, error) {
	s, ok := sourceNamed(c, id)
	if !ok {
		return sim.Entry{}, (&sim.Fault{Kind: sim.NotFound, Note: "no such source"}).Naming(openapi.InPath, "id", "the id of a source that there is")
	}
	full := c.Form.Get("disableOptimization") == "true"
	return c.Create(sim.Creation{
		// Not the raw body: the boundary of a multipart body is different each time.
		Body: []byte(s.ID + " " + strconv.FormatBool(full)),
		Data: work{does, s, user(c).Name, !full},
	})
}

// account is the form of an account's id. Accounts are not listed anywhere, so
// whatever has it is one.
var account = regexp.MustCompile(`^[0-9a-f]{32}$`)

func submitReloadAccount(c *sim.Call) (sim.Reply, error) {
	id := c.Path["id"]
	if !account.MatchString(id) {
		return sim.Reply{}, (&sim.Fault{Kind: sim.NotFound, Note: "no such account"}).Naming(openapi.InPath, "id", "32 lower-case hex digits")
	}
	e, err := c.Create(sim.Creation{Body: []byte(id), Data: work{does: accountReload, launcher: user(c).Name}})
	if err != nil {
		return sim.Reply{}, err
	}
	if !visible(c, e) {
		c.Hide(e.ID) // the answer has an id, but no call knows it
	}
	return sim.JSON(http.StatusAccepted, struct {
		ID string `json:"id"`
	}{e.ID}), nil
}

// loadTask is LoadAccountsTask and LoadUncorrelatedAccountsTask.
type loadTask struct {
	Success bool        `json:"success"`
	Task    startedTask `json:"task"`
}

// startedTask is a task as the call that started it answers it: not quite
// a TaskStatus, in the order of the vendor's specification.
type startedTask struct {
	ID               string           `json:"id"`
	Type             string           `json:"type"`
	Name             string           `json:"name"`
	Description      string           `json:"description"`
	Launcher         string           `json:"launcher"`
	Created          string           `json:"created"`
	Launched         *string          `json:"launched"`
	Completed        *string          `json:"completed"`
	CompletionStatus *string          `json:"completionStatus"`
	ParentName       *string          `json:"parentName"`
	Messages         []startedMessage `json:"messages"`
	Progress         *string          `json:"progress"`
	Attributes       attributes       `json:"attributes"`
	Returns          []displayed      `json:"returns"`
}

type startedMessage struct {
	Type          string `json:"type"`
	Error         bool   `json:"error"`
	Warning       bool   `json:"warning"`
	Key           string `json:"key"`
	LocalizedText string `json:"localizedText"`
}

type displayed struct {
	DisplayLabel  string `json:"displayLabel"`
	AttributeName string `json:"attributeName"`
}

// entitlementTask is LoadEntitlementTask.
type entitlementTask struct {
	ID          string      `json:"id"`
	Type        string      `json:"type"`
	UniqueName  string      `json:"uniqueName"`
	Description string      `json:"description"`
	Launcher    string      `json:"launcher"`
	Created     string      `json:"created"`
	Returns     []displayed `json:"returns"`
}

// loading is a task that has just been started. The texts that the scenario
// sets show here too.
func loading(c *sim.Call, e sim.Entry) startedTask {
	t := status(c, e)
	s := startedTask{
		ID: t.ID, Type: sim.SetString(e, "type", t.Type), Name: sim.SetString(e, "uniqueName", t.UniqueName),
		Description: sim.SetString(e, "description", t.Description), Launcher: launcherOf(c, e),
		Created: t.Created, Launched: t.Launched, Completed: t.Completed, CompletionStatus: t.CompletionStatus,
		Messages: []startedMessage{}, Attributes: t.Attributes, Returns: []displayed{},
	}
	if e.Phase != scenarios.Pending {
		s.Progress = t.Progress
	}
	for _, m := range t.Messages {
		s.Messages = append(s.Messages, startedMessage{m.Type, m.Type == "ERROR", m.Type == "WARN", m.Key, m.LocalizedText.Message})
	}
	for _, r := range t.Returns {
		s.Returns = append(s.Returns, displayed{r.Name, r.AttributeName})
	}
	return s
}
