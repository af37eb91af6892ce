package checkpoint

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// event is what the vendor reports of an e-mail that it found something in.
type event struct {
	*email
	number  int
	eventID string
}

// events are one an e-mail with a threat, in the order in which they came.
func (in *inbox) events() []event {
	var all []event
	for i := range in.emails {
		m := &in.emails[i]
		if k, found := m.threat(); found {
			all = append(all, event{m, k, sim.Hex(m.luck, hexDigits, "event")})
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.created.Compare(b.created) })
	return all
}

func (in *inbox) eventsByID() map[string]*event {
	all := in.events()
	found := make(map[string]*event, len(all))
	for i := range all {
		found[all[i].eventID] = &all[i]
	}
	return found
}

// eventDocument is in the order of the recorded answer.
type eventDocument struct {
	EventID          string        `json:"eventId"`
	CustomerID       string        `json:"customerId"`
	Saas             string        `json:"saas"`
	EntityID         string        `json:"entityId"`
	State            string        `json:"state"`
	Type             string        `json:"type"`
	Confidence       string        `json:"confidenceIndicator"`
	Created          string        `json:"eventCreated"`
	Severity         string        `json:"severity"`
	Description      string        `json:"description"`
	Data             string        `json:"data"`
	AdditionalData   *struct{}     `json:"additionalData"`
	AvailableActions []eventAction `json:"availableEventActions"`
	Actions          []struct{}    `json:"actions"`
}

type eventAction struct {
	Name      string `json:"actionName"`
	Parameter string `json:"actionParameter"`
}

// found is when the event was reported: as soon as the e-mail had been scanned.
func (e *event) found() time.Time { return e.created.Add(scanned) }

func (e *event) threatType() string { return threats[e.number%len(threats)] }

// severities are from 1, very low, to 5, critical.
var severities = map[string]string{"phishing": "4", "malware": "5", "dlp": "3", "malicious_url": "4"}

// state is that of the event now: dismissed by a client, remediated as soon as
// its e-mail was put into quarantine, else as it was.
func (in *inbox) state(e *event) string {
	state := states[e.number/len(threats)%len(states)]
	for _, d := range in.deeds[e.id] {
		if d.verb == quarantine {
			state = "remediated"
		}
	}
	if len(in.deeds[e.eventID]) > 0 {
		state = "dismissed"
	}
	return state
}

func (in *inbox) eventDocument(e *event) eventDocument {
	address, user := in.mailbox(e.email)
	about := fmt.Sprintf("Found %s in an e-mail from %s", e.threatType(), pick(e.email, "sender", senders))
	d := eventDocument{
		EventID: e.eventID, CustomerID: customer(in.c), Saas: e.saas, EntityID: e.id, State: in.state(e),
		Type: e.threatType(), Confidence: e.threatType(), Created: e.found().Format("2006-01-02T15:04:05.000000+00:00"),
		Severity: severities[e.threatType()], Actions: []struct{}{},
		Description: fmt.Sprintf("%s - '%s' (%s's mailbox)", about, e.subject(), address),
		Data: fmt.Sprintf("%s - '%s' (%s's mailbox)", about, reference(e.id, e.entity, e.subject()),
			reference(user, e.user, address)),
	}
	if d.State != "remediated" && d.State != "dismissed" {
		d.AvailableActions = []eventAction{{"dismiss", ""}, {"quarantine", ""}}
	}
	return d
}

// reference is how data names a thing: with its id, type and label.
func reference(id, kind, label string) string {
	return fmt.Sprintf(`#{"entity_id": %q, "entity_type": %q, "label": %q}`, id, kind, label)
}

// getEvent shows one event.
func getEvent(c *sim.Call) (sim.Reply, error) {
	here, fault := inQueryScope(c)
	if fault != nil {
		return sim.Reply{}, fault
	}
	rows := []eventDocument{}
	if in := openInbox(c); here {
		if e := in.eventsByID()[c.Path["eventId"]]; e != nil {
			rows = append(rows, in.eventDocument(e))
		}
	}
	return sim.JSON(http.StatusOK, reply{success(c, len(rows), ""), rows}), nil
}

// eventQuery lists the events that match, the oldest first.
func eventQuery(c *sim.Call) (sim.Reply, error) {
	data := requestData(c)
	here, fault := inScopes(c, texts(data["scopes"]))
	if fault != nil {
		return sim.Reply{}, fault
	}
	span, fault := windowOf(data, "requestData")
	if fault != nil {
		return sim.Reply{}, fault
	}
	in := openInbox(c)
	p, fault := page(c, data, func() []string {
		var ids []string
		for _, e := range in.events() {
			if here && span.holds(e.found()) && in.wanted(&e, data) {
				ids = append(ids, e.eventID)
			}
		}
		return ids
	})
	if fault != nil {
		return sim.Reply{}, fault
	}
	events := in.eventsByID()
	rows := make([]eventDocument, len(p.ids))
	for i, id := range p.ids {
		rows[i] = in.eventDocument(events[id])
	}
	return sim.JSON(http.StatusOK, reply{success(c, p.total, p.scroll), rows}), nil
}

// wanted tells whether an event passes the filters of a query.
func (in *inbox) wanted(e *event, data map[string]any) bool {
	for name, value := range map[string]string{
		"saas": e.saas, "eventTypes": e.threatType(), "eventStates": in.state(e), "eventIds": e.eventID,
		"severities": severities[e.threatType()], "confidenceIndicator": e.threatType(),
	} {
		if asked := texts(data[name]); len(asked) > 0 && !slices.ContainsFunc(asked, func(s string) bool { return strings.EqualFold(s, value) }) {
			return false
		}
	}
	part := strings.ToLower(text(data["description"]))
	return part == "" || strings.Contains(strings.ToLower(in.eventDocument(e).Description), part)
}
