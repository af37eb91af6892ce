package simulators

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/replay"
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
	return fmt.Sprintf("entry %d (%s) differs: %s; %s", d.Number, d.ID, d.What, d.Why)
}

// Replay plays a recording: each entry at its instant, on a clock that stands
// between them. Nothing is pushed; receivers are taken to accept everything. It
// stops at the first answer that differs. Its errors are about the file.
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
	real    *recorded
	roles   *replay.Roles
}

// recorded is the real time of the entry that is played. Of requests that
// overlapped, one that began earlier may stand later: it goes back, which the
// tenant's clock, that stands on a source of its own, does not see.
type recorded struct{ now atomic.Pointer[time.Time] }

func (r *recorded) Now() time.Time { return *r.now.Load() }

func newPlayer(f *replay.File, o ReplayOptions) (*player, error) {
	p := &player{file: f, o: o, real: &recorded{}}
	p.real.now.Store(&f.Clock.Began)
	options := Options{
		FixturesDir: o.FixturesDir, Contract: f.Contract, SilentFaults: f.SilentFaults, MaxTenants: 1,
		source: p.real, tenantSource: clock.NewManual(f.Clock.Began), dry: true,
	}
	if err := options.complete(); err != nil {
		return nil, err
	}
	vendors, err := loadVendors()
	if err != nil {
		return nil, err
	}
	c, err := newCatalog(options, vendors)
	if err != nil {
		return nil, err
	}
	// The recording is whole: nothing of what ships may come in between.
	c.library, c.worlds, c.served = new(scenarios.Library), map[string]*tenant.World{}, f.Scenario.Name
	if err := p.addScenarios(c); err != nil {
		return nil, err
	}
	w, err := p.firstWorld(c)
	if err != nil {
		return nil, err
	}
	if p.server, err = newServer(options, vendors, c); err != nil {
		return nil, err
	}
	if err := p.begin(w); err != nil {
		p.server.Close()
		return nil, err
	}
	return p, nil
}

// scenarioNumber is the name under which the scenario that an entry brought is
// there: two may have one name, and be different texts.
func scenarioNumber(entry int) string { return fmt.Sprintf("entry-%d", entry+1) }

// addScenarios makes ready what control calls will ask for.
func (p *player) addScenarios(c *catalog) error {
	for i, e := range p.file.Entries {
		if e.Control == nil || e.Control.Scenario == nil {
			continue
		}
		w, err := p.compile(c, *e.Control.Scenario, nil)
		if err != nil {
			return fmt.Errorf("entry %d (%s): %w", i+1, e.ID, err)
		}
		c.worlds[scenarioNumber(i)] = w
	}
	return nil
}

// firstWorld is what the tenant begins with.
func (p *player) firstWorld(c *catalog) (*tenant.World, error) {
	mode, err := scenarios.ParseClockMode(p.file.Clock.Mode)
	if err != nil {
		return nil, fmt.Errorf("its clock: %w", err)
	}
	w, err := p.compile(c, p.file.Scenario, func(s *scenarios.Scenario) {
		s.Seed, s.Clock.Mode, s.Clock.Start, s.Profiles = p.file.Seed, mode, p.file.Clock.Began, maps.Clone(p.file.Profiles)
	})
	c.worlds[c.served] = w
	return w, err
}

// compile makes a world of a scenario of the file, which change may change.
func (p *player) compile(c *catalog, s replay.Scenario, change func(*scenarios.Scenario)) (*tenant.World, error) {
	loaded, problems := c.library.LoadText("scenario "+s.Name, []byte(s.YAML), c.known, nil)
	if errs := problems.Errors(); len(errs) > 0 {
		return nil, fmt.Errorf("the recorded scenario does not hold here: %w", errs)
	}
	if change != nil {
		change(loaded)
	}
	return c.newWorld(loaded), nil
}

// begin begins the tenant.
func (p *player) begin(w *tenant.World) (err error) {
	p.control, err = api.NewClient("http://localhost", "", api.InProcess(p.server.Control()))
	if err != nil {
		return err
	}
	p.roles = replay.NewRoles(p.file.Tenant, p.file.Mark, p.server.secrets)
	if p.file.Tenant == tenant.Demo {
		p.tenant, err = p.server.tenants.Accept(tenant.Credential{Name: tenant.Demo}, w.Scenario.Vendors[0])
	} else {
		p.tenant, err = p.server.tenants.Make(tenant.Making{Name: p.file.Tenant, World: w, Secret: p.o.Secret})
	}
	if err != nil && !errors.Is(err, tenant.ErrDisabled) { // with which comes the tenant
		return fmt.Errorf("tenant %q: %w", p.file.Tenant, err)
	}
	return nil
}

// play plays one entry and says what is different, if anything is.
func (p *player) play(i int) (what string, err error) {
	e := &p.file.Entries[i]
	p.real.now.Store(&e.Real)
	if err := p.tenant.Clock.Follow(e.At, time.Duration(e.Lived)); err != nil {
		return fmt.Sprintf("it came at %s, and the tenant's clock has gone further by then: to %s",
			e.At.Format(time.RFC3339Nano), p.tenant.Clock.Now().Format(time.RFC3339Nano)), nil
	}
	p.tenant.Wake()
	p.tenant.Settle()
	if err := p.server.push.Drained(context.Background(), p.tenant); err != nil {
		return "", err
	}
	if e.Control != nil {
		return p.playControl(i, e.Control)
	}
	return p.playRequest(i, e)
}

func (p *player) playControl(i int, c *replay.Control) (what string, err error) {
	body := c.Body
	if c.Scenario != nil {
		if body, err = json.Marshal(api.Scenario{Scenario: scenarioNumber(i)}); err != nil {
			return "", err
		}
	}
	var in any
	if len(body) > 0 {
		in = body
	}
	status := c.Status // of what succeeds: each call has one
	err = p.control.DoTenant(context.Background(), c.Method, p.file.Tenant, c.Path, in)
	var problem *api.Problem
	switch {
	case errors.As(err, &problem):
		status = problem.Status
	case err != nil:
		return "", err
	case c.Status >= http.StatusBadRequest:
		status = http.StatusOK
	}
	p.tenant.Requests.Store(int64(i + 1)) // one that fails gives its number back
	if status == c.Status {
		return "", nil
	}
	what = fmt.Sprintf("%s %s was answered %d then and is %d now", c.Method, c.Path, c.Status, status)
	if problem != nil {
		what += " (" + problem.Error() + ")"
	}
	return what, nil
}

func (p *player) playRequest(i int, e *replay.Entry) (what string, err error) {
	r, err := p.roles.Request(e.Request)
	if err != nil {
		return "", err
	}
	r.RemoteAddr = net.JoinHostPort(e.Request.Source, "1")
	if e.Request.Scheme == "https" {
		r.TLS = &tls.ConnectionState{}
	}
	answer := api.Ask(p.server, r)
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	p.roles.Learn(i, e.Vendor, answer.Header, string(body))
	if replay.Digest(answer.StatusCode, answer.Header, body) == e.Reply.Digest && answer.StatusCode == e.Reply.Status {
		return "", nil
	}
	return p.differs(e, answer, string(body)), nil
}

// told is a line that a reply of ours has where it is no vendor's, "" elsewhere.
func told(body string) string {
	if !strings.HasPrefix(body, "vendorsim: ") {
		return ""
	}
	return ": " + strings.TrimSpace(body)
}
