package checkpoint

import (
	"fmt"
	"slices"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/task"
)

// fleet is how many e-mails of Office 365 the tenant has to act upon.
const fleet = 500

// service is a mail service that the vendor watches over.
type service struct {
	saas, entity, user string // in the vendor's words
	luck               string // in the names that the ids hang on
	size               int    // how many e-mails
	tasks              bool   // whether an action makes a task that can be asked for
}

var (
	office365 = &service{"office365_emails", "office365_emails_email", "office365_emails_user", "email", fleet, true}
	gmail     = &service{"google_mail", "google_mail_email", "google_mail_user", "gmail", 100, false}
	services  = []*service{office365, gmail}
)

// emails is how many e-mails a tenant has: a task with more parts than the
// fleet acts upon e-mails beyond it.
func (s *service) emails(c *sim.Call) int {
	size := s.size
	for i := range c.Tenant.Scenario().Tasks {
		if t := &c.Tenant.Scenario().Tasks[i]; s == office365 && t.On == "" && t.Subtasks != nil {
			size = max(size, t.Subtasks.Count)
		}
	}
	return size
}

// mailEvery is how long after one another the e-mails of a service came, up to
// the tenant's beginning; each is late by less than that.
const mailEvery = 20 * time.Minute

// email is one e-mail of a service: the entity of actions, searches and events.
type email struct {
	*service
	place   int
	id      string
	luck    uint64
	created time.Time // when it came in, in microseconds
}

// inbox is the tenant's e-mails with what clients did to them so far.
type inbox struct {
	c      *sim.Call
	emails []email // each service's in the order in which they came
	deeds  map[string][]deed
}

func openInbox(c *sim.Call) *inbox {
	in := &inbox{c: c, deeds: deeds(c)}
	for _, s := range services {
		size := s.emails(c)
		for place := range size {
			luck := c.SeedLuck(fmt.Sprintf("checkpoint/%s/%d", s.luck, place))
			late := time.Duration(luck%uint64(mailEvery/time.Microsecond)) * time.Microsecond
			in.emails = append(in.emails, email{
				service: s, place: place, luck: luck, id: sim.Hex(luck, hexDigits),
				created: c.Tenant.Clock.Began().Add(late - time.Duration(size-place)*mailEvery).Truncate(time.Microsecond),
			})
		}
	}
	return in
}

// byID are the e-mails by their ids.
func (in *inbox) byID() map[string]*email {
	found := make(map[string]*email, len(in.emails))
	for i := range in.emails {
		found[in.emails[i].id] = &in.emails[i]
	}
	return found
}

// pick is one of a list, by the e-mail's luck and what it is for.
func pick[T any](m *email, what string, list []T) T {
	return list[task.Draw(m.luck, what)%uint64(len(list))]
}

// The e-mails that the vendor found something in are every fifth: the k-th of
// them has one of these threats and its event one of these states. Those that
// are remediated lie in quarantine from the beginning, and for every second of
// them its reader has asked to have it back.
const threatEvery = 5

var (
	threats = []string{"phishing", "malware", "dlp", "malicious_url"}
	states  = []string{"new", "detected", "pending", "remediated"}
)

// threat is what the vendor found in the e-mail: the number of its event, from
// 0; false where it found nothing.
func (m *email) threat() (k int, found bool) { return m.place / threatEvery, m.place%threatEvery == 0 }

// standing is what has become of an e-mail.
type standing struct {
	quarantined, restored, requested, declined bool
	updated                                    time.Time
}

// askedAfter is how long after an e-mail came its reader asked to have it back.
const askedAfter = 2 * time.Hour

// standing is that of an e-mail after all that was done to it, in the order in
// which it was done, up to a deed; nil for all of it.
func (in *inbox) standing(m *email, until *deed) standing {
	s := standing{updated: m.created.Add(scanned)}
	if k, found := m.threat(); found && states[k/len(threats)%len(states)] == "remediated" {
		s.quarantined, s.requested = true, k%2 == 1
	}
	if s.requested {
		s.updated = m.created.Add(askedAfter)
	}
	for _, d := range in.deeds[m.id] {
		if until != nil && d.task == until.task && d.part == until.part {
			break
		}
		switch d.verb {
		case quarantine:
			s.quarantined, s.restored = true, false
		case restore:
			if !s.quarantined {
				continue // nothing to do: that is no change
			}
			s.quarantined, s.restored = false, true
		case decline:
			s.declined = true
		}
		s.updated = d.at
	}
	return s
}

// deed is one thing that a client had done and that succeeded.
type deed struct {
	verb string
	at   time.Time
	task string // the id of its task, and which part it was
	part int
}

// deeds are what clients have had done, by what it was done to, in the order in
// which it was done. Nothing is stored: a task that succeeded is a deed.
func deeds(c *sim.Call) map[string][]deed {
	all := map[string][]deed{}
	for _, e := range c.Created() {
		w, ok := e.Data.(*work)
		if !ok {
			continue
		}
		for i, part := range parts(&e) {
			if part.Phase == scenarios.Succeeded && i < len(w.targets) {
				all[w.targets[i]] = append(all[w.targets[i]], deed{w.verb, part.Ended, e.ID, i})
			}
		}
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b deed) int { return a.at.Compare(b.at) })
	}
	return all
}

// parts are a task's subtasks, or the task itself where it has none.
func parts(e *sim.Entry) []task.Snapshot {
	if len(e.Subtasks) > 0 {
		return e.Subtasks
	}
	return []task.Snapshot{e.Snapshot}
}
