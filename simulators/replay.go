package simulators

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// ReplayOptions are what a recording does not hold.
type ReplayOptions struct {
	FixturesDir string // the user's own people and machines
	Secret      string // what requests were signed with; "" for "secret"
}

// Replayed is what came of playing a recording.
type Replayed struct {
	Answers   int         // how many were the same
	Different *Difference // the first that was not; nil if all were
}

// Difference is an answer that is not the one recorded.
type Difference struct {
	Number int    // of the entry, from 1
	ID     string // as the recording has it
	What   string // what is different
	Why    string // what may have led to it
}

func (d *Difference) String() string {
	text := fmt.Sprintf("entry %d (%s) differs: %s", d.Number, d.ID, d.What)
	if d.Why != "" {
		text += "; " + d.Why
	}
	return text
}

// Replay plays a recording: each entry at its instant, on a clock that stands
// between them. It stops at the first answer that differs. Its errors are about
// the file.
func Replay(data []byte, o ReplayOptions) (*Replayed, error) {
	file, err := replay.Read(data)
	if err != nil {
		return nil, err
	}
	p, err := newPlayer(file, o)
	if err != nil {
		return nil, err
	}
	defer p.server.Close()
	for i := range file.Entries {
		what, err := p.play(i)
		if err != nil {
			return nil, fmt.Errorf("entry %d (%s): %w", i+1, file.Entries[i].ID, err)
		}
		if what != "" {
			return &Replayed{Answers: i, Different: &Difference{i + 1, file.Entries[i].ID, what, p.why(i)}}, nil
		}
	}
	return &Replayed{Answers: len(file.Entries)}, nil
}

// player plays one recording.
type player struct {
	file    *replay.File
	o       ReplayOptions
	server  *Server
	control *api.Client
	tenant  *tenant.Tenant
	real    *clock.Manual // what handlers take for the real time
	roles   *replay.Roles
}

func newPlayer(f *replay.File, o ReplayOptions) (*player, error) {
	p := &player{file: f, o: o, real: clock.NewManual(f.Clock.Began)}
	if len(f.Entries) > 0 {
		p.real = clock.NewManual(f.Entries[0].Real)
	}
	options := Options{
		FixturesDir: o.FixturesDir, Contract: f.Contract, MaxTenants: 1,
		source: p.real, tenantSource: clock.NewManual(f.Clock.Began),
	}
	vendors, err := loadVendors()
	if err != nil {
		return nil, err
	}
	c, err := newCatalog(options, vendors)
	if err != nil {
		return nil, err
	}
	if c.served, err = p.scenario(c); err != nil {
		return nil, err
	}
	if p.server, err = newServer(options, vendors, c); err != nil {
		return nil, err
	}
	if p.control, err = api.NewClient("http://localhost", "", api.InProcess(p.server.Control())); err != nil {
		return nil, err
	}
	p.roles = replay.NewRoles(f.Tenant, p.server.secrets)
	p.tenant, err = p.begin(c.worlds[c.served])
	return p, err
}

// scenario makes the recorded scenario the only one of its name.
func (p *player) scenario(c *catalog) (name string, err error) {
	s, problems := new(scenarios.Library).LoadText("the recording's scenario", []byte(p.file.Scenario.YAML), c.known, nil)
	if errs := problems.Errors(); len(errs) > 0 {
		return "", fmt.Errorf("its scenario no longer holds: %w", errs)
	}
	s.Seed, s.Clock.Start, s.Profiles = p.file.Seed, p.file.Clock.Began, p.file.Profiles
	if s.Clock.Mode, err = scenarios.ParseClockMode(p.file.Clock.Mode); err != nil {
		return "", fmt.Errorf("its clock: %w", err)
	}
	c.worlds[s.Name] = tenant.NewWorld(s, c.vendors, c.own)
	return s.Name, nil
}

func (p *player) begin(w *tenant.World) (*tenant.Tenant, error) {
	if p.file.Tenant == tenant.Demo {
		return p.server.tenants.Accept(tenant.Credential{Name: tenant.Demo}, w.Scenario.Vendors[0])
	}
	return p.server.tenants.Make(tenant.Making{Name: p.file.Tenant, World: w, Secret: p.o.Secret})
}

// play plays one entry and says what is different, if anything is.
func (p *player) play(i int) (what string, err error) {
	e := &p.file.Entries[i]
	// Requests that overlapped may be out of order by a little: the clocks stay.
	if err := p.real.Set(e.Real); err != nil && !errors.Is(err, clock.ErrPast) {
		return "", err
	}
	if _, _, err := p.tenant.Clock.AdvanceTo(e.At); err != nil && !errors.Is(err, clock.ErrPast) {
		return "", err
	}
	if e.Control != nil {
		return p.playControl(e.Control)
	}
	return p.playRequest(i, e)
}

func (p *player) playControl(c *replay.Control) (what string, err error) {
	var in any
	if len(c.Body) > 0 {
		in = c.Body
	}
	status := http.StatusOK
	err = p.control.DoTenant(context.Background(), c.Method, p.file.Tenant, c.Path, in)
	var problem *api.Problem
	switch {
	case errors.As(err, &problem):
		status = problem.Status
	case err != nil:
		return "", err
	}
	if (status >= 400) == (c.Status >= 400) {
		return "", nil
	}
	return fmt.Sprintf("%s %s answered %d then and %d now", c.Method, c.Path, c.Status, status), nil
}

func (p *player) playRequest(i int, e *replay.Entry) (what string, err error) {
	r, err := p.roles.Request(e.Request)
	if err != nil {
		return "", err
	}
	r.RemoteAddr = e.Request.Source + ":1"
	if e.Request.Scheme == "https" {
		r.TLS = &tls.ConnectionState{}
	}
	answer := api.Ask(p.server, r)
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	p.roles.Learn(i, e.Vendor, answer.Header, body)
	if replay.Digest(answer.StatusCode, answer.Header, body) == e.Reply.Digest {
		return "", nil
	}
	return p.differs(e, answer, len(body)), nil
}

// differs says in which way an answer is not the one recorded, the plainest way
// first.
func (p *player) differs(e *replay.Entry, answer *http.Response, length int) string {
	asked := e.Request.Method + " " + e.Request.Target
	if answer.StatusCode != e.Reply.Status {
		return fmt.Sprintf("%s answered %d then and %d now", asked, e.Reply.Status, answer.StatusCode)
	}
	id := answer.Header.Get(sim.RequestHeader)
	if id != e.ID {
		return fmt.Sprintf("%s was answer %s then and is %s now: there were more requests, or fewer", asked, e.ID, id)
	}
	if now, ok := p.tenant.Journal.Get(id); ok {
		for i, then := range e.Reply.Tasks {
			if i < len(now.Tasks) && now.Tasks[i] != then {
				return fmt.Sprintf("%s showed task %s as %s then and task %s as %s now", asked,
					then.ID, cmp.Or(then.State, then.Phase), now.Tasks[i].ID, cmp.Or(now.Tasks[i].State, now.Tasks[i].Phase))
			}
		}
		if len(now.Tasks) != len(e.Reply.Tasks) {
			return fmt.Sprintf("%s showed %d tasks then and %d now", asked, len(e.Reply.Tasks), len(now.Tasks))
		}
	}
	if length != e.Reply.Length {
		return fmt.Sprintf("%s had a body of %d bytes then and of %d now", asked, e.Reply.Length, length)
	}
	return asked + " has the same status, tasks and length, but a header or the body is another"
}

// why says what may have led to a difference at an entry.
func (p *player) why(i int) string {
	f := p.file
	e := &f.Entries[i]
	switch {
	case f.Version != Version():
		return fmt.Sprintf("vendorsim %s recorded it and this is %s", f.Version, Version())
	case f.OwnFixtures && p.o.FixturesDir == "":
		return "it was recorded with fixtures of its own: give them with --fixtures"
	case f.OwnSecret && p.o.Secret == "":
		return "the tenant was made with a secret of its own: give it with --secret"
	case i > 0 && (e.At.Before(f.Entries[i-1].At) || e.Real.Before(f.Entries[i-1].Real)),
		i+1 < len(f.Entries) && f.Entries[i+1].Real.Before(e.Real.Add(e.Took())):
		return "the request overlapped with another, and the two may have been answered in the other order"
	}
	return ""
}
