package admin

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/api"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
)

// misses are what the request nearly met, best first: at least one for each that
// was refused, unless it was a fault that refused it.
func (q *question) misses() []api.Miss {
	if q.entry.Refusal == nil || q.struck() != "" {
		return nil
	}
	if all := q.nearest(); len(all) > 0 {
		return all
	}
	return []api.Miss{q.otherwise()}
}

// nearest are the misses that the kind of refusal leads to.
func (q *question) nearest() []api.Miss {
	switch {
	case q.entry.Operation == noOperation && !q.refused(sim.Unauthorized, sim.Forbidden, sim.RateLimited):
		return missedPaths(q.Spec, q.entry.Request.Method, q.path(), q.shownPath())
	case q.refused(sim.UnknownMethod):
		return missedMethods(q.Spec, q.method(), q.path(), q.shownPath())
	case q.refused(sim.Malformed, sim.TooLarge), q.entry.Refusal.In != "":
		return q.missedField()
	case q.refused(sim.UnknownTask):
		return q.missedTasks()
	case q.refused(sim.Unauthorized):
		return append(q.missedCredentials(), q.missedTenants()...)
	case q.refused(sim.RateLimited):
		return q.missedLimits()
	}
	return nil
}

// otherwise says what was expected where nothing nearer is known than the kind of
// refusal.
func (q *question) otherwise() api.Miss {
	said := cmp.Or(q.view.Refusal.Text, q.view.Note)
	if said == q.entry.Refusal.Kind {
		said = "" // the log's way of saying no more
	}
	m := api.Miss{Operation: q.entry.Operation, Score: unlike, Got: cmp.Or(said, "another")}
	switch sim.Kind(q.entry.Refusal.Kind) {
	case sim.UnknownTask:
		m.Expected, m.Got = "the id of a task that "+q.Name+" knows at that time", "task "+q.asked()
	case sim.Unauthorized:
		m.Expected = "a credential that " + q.Name + " takes"
	case sim.Forbidden:
		m.Expected = "a credential with the right to " + q.entry.Operation
	case sim.NotFound:
		m.Expected, m.Got = "the name of something that there is", q.view.Request.Method+" "+q.shownPath()
		if _, route := q.operation(); route.Path != "" {
			m.Expected += ", in " + route.Path
		}
	case sim.RateLimited:
		m.Expected = "nothing else under way"
	case sim.Invalid:
		m.Expected = "values that the vendor can use"
	default:
		m.Expected = "an answer of the vendor's"
	}
	return m
}

// method is the JSON-RPC method that the call named, to be shown.
func (q *question) method() string { return strings.Trim(q.sent(openapi.InBody, "method"), `"`) }

// missedField is the operation that the request met but for one field, or for the
// body as a whole.
func (q *question) missedField() []api.Miss {
	c, f := q.contract(), q.view.Refusal
	if c.Rule == "" { // the contract held
		c.In, c.Field, c.Expected, c.Got = f.In, f.Field, q.entry.Refusal.Expected, q.sent(f.In, f.Field)
	}
	if c.Expected == "" {
		c.Expected = join("another value than the one sent", f.Text)
	}
	fields := 1
	if o, _ := q.operation(); o != nil {
		fields += len(o.Takes())
	}
	return ranked([]api.Miss{{
		Operation: q.entry.Operation, Score: 1 - 1/float64(max(fields, 2)),
		Expected: strings.TrimSpace(c.In+" "+c.Field) + ": " + c.Expected, Got: c.Got,
	}})
}

// missedLimits are the limits that did not grant the request.
func (q *question) missedLimits() []api.Miss {
	var misses []api.Miss
	for _, l := range q.limits() {
		if l.Fired {
			misses = append(misses, api.Miss{Operation: q.entry.Operation, Score: 1, Expected: "at most " + l.Limit, Got: l.Because})
		}
	}
	return misses
}

// How many tasks are compared with the one asked for: a tenant may have a million.
const maxCompareTasks = 10_000

// missedTasks are the tasks that the vendor knows with the ids most like the one
// asked for.
func (q *question) missedTasks() []api.Miss {
	tasks := q.tenant.Tasks(q.Name)
	if tasks == nil {
		return nil
	}
	if _, there := tasks.Find(q.entry.Asked); there {
		return nil // it meant this one, which was not known then
	}
	var misses []api.Miss
	compared := 0
	for ref := range tasks.All() {
		if compared++; compared > maxCompareTasks {
			break
		}
		id := tasks.ID(ref)
		score := similarity(id, q.entry.Asked)
		if score < unlike {
			continue
		}
		if _, known := tasks.Look(ref, q.entry.At); known {
			misses = append(misses, api.Miss{Operation: q.entry.Operation, Score: score, Expected: "task " + id, Got: "task " + q.asked()})
		}
	}
	return ranked(misses)
}

// missedCredentials say what the vendor reads as a credential and what came in
// its place: of that, the scheme and the length.
func (q *question) missedCredentials() []api.Miss {
	for err, words := range map[error]string{
		tenant.ErrExpired: "a token that has not ended", tenant.ErrRevoked: "a token that has not been taken back",
		tenant.ErrDisabled: "a key that the scenario lets in",
	} {
		if strings.Contains(q.entry.Note, err.Error()) {
			return []api.Miss{{Operation: q.entry.Operation, Score: 0.9, Expected: words, Got: "one that " + err.Error()}}
		}
	}
	if q.entry.Kind == "login" {
		if all := q.missedLogin(); len(all) > 0 {
			return all
		}
	}
	var misses []api.Miss
	seen := map[string]bool{}
	for _, base := range q.bases() {
		wanted := http.Header{}
		q.Login(wanted, base, standIn)
		for _, name := range slices.Sorted(maps.Keys(wanted)) {
			want := name + ": " + q.credentialWords(wanted.Get(name))
			if seen[want] {
				continue
			}
			seen[want] = true
			m := api.Miss{Operation: q.entry.Operation, Expected: want, Got: "no such header"}
			if sent := q.sent(openapi.InHeader, name); sent != nothing {
				m.Got, m.Score = name+": "+sent, 0.6
				if schemeOf(sent) == schemeOf(wanted.Get(name)) {
					m.Score = 0.9
				}
			}
			misses = append(misses, m)
		}
	}
	slices.SortStableFunc(misses, func(a, b api.Miss) int { return int(10*b.Score) - int(10*a.Score) })
	return misses[:min(len(misses), maxMisses)]
}

// standIn stands for a tenant's name where a credential is described.
const standIn = "<tenant>"

// anySecret describes a secret that is taken. What it is is not looked at, but for
// signatures.
const anySecret = `any secret but an empty one and "` + tenant.Wrong + `"`

// credentialWords describes the value of a header that a vendor's client sends.
func (q *question) credentialWords(value string) string {
	encoded, basic := strings.CutPrefix(value, "Basic ")
	if plain, err := base64.StdEncoding.DecodeString(encoded); basic && err == nil {
		user, password, _ := strings.Cut(string(plain), ":")
		switch {
		case password != "" && strings.Contains(q.entry.Note, tenant.ErrSecret.Error()):
			password = "<" + anySecret + ">"
		case password != "":
			password = "<secret>"
		}
		return "Basic with " + user + ":" + password + " in base64"
	}
	if strings.Contains(value, standIn) {
		return value
	}
	return "<a value of the client's>"
}

// schemeOf is the scheme of an Authorization, or "".
func schemeOf(value string) string {
	scheme, _, found := strings.Cut(value, " ")
	if !found || strings.HasPrefix(scheme, "(") {
		return ""
	}
	return strings.ToLower(scheme)
}

// bases are the server parts below which the request stands: those of its path,
// or all of the vendor's where it met none.
func (q *question) bases() []string {
	if o, route := q.operation(); o != nil {
		return []string{route.Base}
	}
	var all []string
	for _, o := range q.Spec.Operations {
		for _, route := range o.Routes {
			if !slices.Contains(all, route.Base) {
				all = append(all, route.Base)
			}
		}
	}
	return all
}

// missedLogin says what fields a log-in reads: that of the tenant's name first,
// and of the secrets those that were sent.
func (q *question) missedLogin() []api.Miss {
	o, _ := q.operation()
	if o == nil {
		return nil
	}
	badSecret := strings.Contains(q.entry.Note, tenant.ErrSecret.Error())
	var misses []api.Miss
	for _, t := range o.Takes() {
		m := api.Miss{Operation: o.Name, Score: 0.6, Got: q.sent(t.In, t.Name), Expected: t.In + " " + t.Name + ": a tenant's name"}
		switch {
		case isNamed(q.Spec.Secrets.Names, t.Name):
			misses = append(misses, m)
		case isNamed(q.Spec.Secrets.Fields, t.Name) && badSecret:
			m.Score, m.Expected = 0.9, t.In+" "+t.Name+": "+anySecret
			misses = append(misses, m)
		case isNamed(q.Spec.Secrets.Fields, t.Name) && m.Got != nothing:
			m.Score, m.Expected = 0.5, t.In+" "+t.Name+": "+anySecret
			misses = append(misses, m)
		}
	}
	return ranked(misses)
}

// isNamed tells whether a name, in any case, is one of these.
func isNamed(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// missedTenants suggests scenarios to a client whose credential names no tenant,
// by their likeness to what it sent.
func (q *question) missedTenants() []api.Miss {
	if q.scenarios == nil || q.tenant != nil {
		return nil
	}
	sent := q.named()
	if sent == "" || !strings.Contains(q.entry.Note, tenant.ErrUnknown.Error()) {
		return nil
	}
	scenario, _, _ := strings.Cut(sent, "~")
	var misses []api.Miss
	for _, name := range append([]string{tenant.Demo}, q.scenarios()...) {
		if similarity(name, scenario) < unlike {
			continue
		}
		misses = append(misses, api.Miss{
			Operation: q.entry.Operation, Score: similarity(name, scenario),
			Expected: fmt.Sprintf("the tenant %s, or %s~ and a label", name, name), Got: "(" + tenant.Redact(sent) + ")",
		})
	}
	return ranked(misses)
}
