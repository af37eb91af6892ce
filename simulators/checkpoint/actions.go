package checkpoint

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// What clients can have done, as action_name has it.
const (
	quarantine = "Quarantine"
	restore    = "Restore"
	decline    = "Decline_restore_request"
	dismiss    = "Dismiss"
)

// The actions by their names in requests.
var (
	entityVerbs = map[string]string{"quarantine": quarantine, "restore": restore, "decline_restore_request": decline}
	eventVerbs  = map[string]string{"quarantine": quarantine, "restore": restore, "dismiss": dismiss}
)

// work is what a task was made for. Its i-th action is about the i-th entity
// and is done to the i-th target: that entity, or the event that is dismissed.
type work struct {
	verb              string
	entities, targets []string
	hidden            bool // the client was told of no task
}

// actionEntity acts upon e-mails.
func actionEntity(c *sim.Call) (sim.Reply, error) {
	data := requestData(c)
	here, fault := inScope(c, text(data["scope"]), openapi.InBody, "requestData.scope")
	if fault != nil {
		return sim.Reply{}, fault
	}
	kind := text(data["entityType"])
	only := serviceOf(kind)
	switch {
	case kind == "" && c.Profile == sim.Observed:
		return sim.Reply{}, sim.InvalidField(openapi.InBody, "requestData.entityType", "required", "is missing")
	case kind != "" && only == nil:
		fault := &sim.Fault{Kind: sim.Internal, Detail: "KeyError", Note: "no entityType of this name"}
		return sim.Reply{}, fault.Naming(openapi.InBody, "requestData.entityType", "the entityType of a service")
	}
	verb, fault := verbOf(entityVerbs, data, "entityActionName")
	if fault != nil {
		return sim.Reply{}, fault
	}
	var chosen []target
	if here {
		emails := openInbox(c).byID()
		for _, id := range unique(texts(data["entityIds"])) {
			if m := emails[id]; m != nil && (only == nil || m.service == only) {
				chosen = append(chosen, target{email: m})
			}
		}
	}
	tasks, err := act(c, verb, chosen)
	if err != nil {
		return sim.Reply{}, err
	}
	type row struct {
		EntityID string  `json:"entityId"`
		TaskID   *string `json:"taskId"`
	}
	rows := make([]row, len(chosen))
	for i, t := range chosen {
		rows[i] = row{t.id, tasks[t.service]}
	}
	return sim.JSON(http.StatusOK, reply{success(c, len(rows), ""), rows}), nil
}

// actionEvent acts upon events: it dismisses them, or acts upon the e-mails that
// they are about.
func actionEvent(c *sim.Call) (sim.Reply, error) {
	data := requestData(c)
	here, fault := inScope(c, text(data["scope"]), openapi.InBody, "requestData.scope")
	if fault != nil {
		return sim.Reply{}, fault
	}
	name := "eventActionName"
	if firstText(data[name]) == "" && data["entityActionName"] != nil {
		name = "entityActionName" // what a client sends by mistake
	}
	verb, fault := verbOf(eventVerbs, data, name)
	if fault != nil {
		return sim.Reply{}, fault
	}
	var chosen []target
	if here {
		events := openInbox(c).eventsByID()
		for _, id := range unique(texts(data["eventIds"])) {
			if e := events[id]; e != nil {
				chosen = append(chosen, target{e.email, id})
			}
		}
	}
	tasks, err := act(c, verb, chosen)
	if err != nil {
		return sim.Reply{}, err
	}
	type row struct {
		EventID  string  `json:"eventId"`
		EntityID string  `json:"entityId"`
		TaskID   *string `json:"taskId"`
	}
	rows := make([]row, len(chosen))
	for i, t := range chosen {
		rows[i] = row{t.event, t.id, tasks[t.service]}
	}
	return sim.JSON(http.StatusOK, reply{success(c, len(rows), ""), rows}), nil
}

// target is an e-mail of an action, with the event that led to it.
type target struct {
	*email
	event string // "" where the client named the e-mail itself
}

func serviceOf(entityType string) *service {
	for _, s := range services {
		if s.entity == entityType {
			return s
		}
	}
	return nil
}

// verbOf reads the name of an action, which is a text or a list of one.
func verbOf(verbs map[string]string, data map[string]any, name string) (string, *sim.Fault) {
	asked := firstText(data[name])
	if asked == "" {
		return "", sim.InvalidField(openapi.InBody, "requestData."+name, "required", "is missing")
	}
	if verb := verbs[strings.ToLower(asked)]; verb != "" {
		return verb, nil
	}
	return "", sim.InvalidField(openapi.InBody, "requestData."+name, "enum", "is no action that can be taken").
		Expecting(strings.Join(slices.Sorted(maps.Keys(verbs)), ", "))
}

func unique(ids []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// act makes one task a service of all that is to be done there, and answers the
// ids of those that a client is told of.
func act(c *sim.Call, verb string, chosen []target) (map[*service]*string, error) {
	tasks := map[*service]*string{}
	for _, s := range services {
		w := &work{verb: verb, hidden: !s.tasks}
		for _, t := range chosen {
			if t.service != s {
				continue
			}
			w.entities = append(w.entities, t.id)
			if verb == dismiss {
				w.targets = append(w.targets, t.event)
			}
		}
		if verb != dismiss {
			w.targets = w.entities
		}
		if len(w.targets) == 0 {
			continue
		}
		e, err := c.Create(sim.Creation{
			Parts: len(w.targets), Data: w, Body: []byte(verb + " " + strings.Join(w.targets, " ")),
		})
		if err != nil {
			return nil, err
		}
		if !s.tasks {
			c.Hide(e.ID)
			continue
		}
		tasks[s] = &e.ID
	}
	return tasks, nil
}
