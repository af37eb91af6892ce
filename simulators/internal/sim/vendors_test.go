package sim_test

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/scenarios"
	"github.com/vendorsim/vendorsim/simulators/bitdefender"
	"github.com/vendorsim/vendorsim/simulators/checkpoint"
	"github.com/vendorsim/vendorsim/simulators/cisco"
	"github.com/vendorsim/vendorsim/simulators/dbvisit"
	"github.com/vendorsim/vendorsim/simulators/internal/clock"
	"github.com/vendorsim/vendorsim/simulators/internal/journal"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
	"github.com/vendorsim/vendorsim/simulators/internal/tenant"
	"github.com/vendorsim/vendorsim/simulators/internal/verify"
	"github.com/vendorsim/vendorsim/simulators/sailpoint"
)

// canary stands for a real credential that somebody sends by mistake.
const canary = "cAnArY-7f3a9b-4411"

// place is a request with a canary where the vendor reads a credential, or gives
// one. A header line is "Name: value".
type place struct {
	method, target string
	header         []string
	body           string
	status         int
	gives          string // what matches the credential in the answer's header or body
}

const (
	formType = "Content-Type: application/x-www-form-urlencoded"
	jsonType = "Content-Type: application/json"
)

func basicOf(user, password string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// places is where each vendor's credentials stand.
var places = map[string][]place{
	"bitdefender": {
		{"POST", "/api/v1.0/jsonrpc/network", []string{basicOf(canary, "")}, `{}`, 401, ""},
		{"POST", "/api/v1.0/jsonrpc/network", []string{basicOf("demo", canary)}, `{}`, 200, ""},
		{"POST", "/api/v1.0/jsonrpc/push", []string{basicOf("demo", "")}, `{"jsonrpc":"2.0","id":"1","method":"setPushEventSettings","params":{"status":0,"serviceType":"jsonRPC","serviceSettings":{"url":"https://example.com","authorization":"` + canary + `","splunkAuthorization":"` + canary + `"},"subscribeToEventTypes":{}}}`, 200, ""},
		{"POST", "/api/v1.0/jsonrpc/quarantine/exchange", []string{basicOf("demo", "")}, `{"jsonrpc":"2.0","id":"1","method":"createRestoreQuarantineExchangeItemTask","params":{"quarantineItemsIds":["655aaa1dbefc8a17b8f85999"],"username":"x","password":"` + canary + `"}}`, 200, ""},
	},
	"checkpoint": {
		{"POST", "/auth/external", []string{jsonType}, `{"clientId":"` + canary + `","accessKey":"wrong"}`, 401, ""},
		{"POST", "/auth/external", []string{jsonType}, `{"clientId":"demo","accessKey":"` + canary + `"}`, 200, `"token":"([^"]+)`},
		{"GET", "/app/hec-api/v1.0/scopes", []string{"Authorization: Bearer " + canary, "x-av-req-id: 1"}, "", 401, ""},
		{"GET", "/v1.0/auth", []string{"x-av-req-id: 1", "x-av-date: 2026-01-15T09:00:00.000000"}, "", 200, `(eyJ\S+)`}, // signed below
		{"GET", "/v1.0/scopes", []string{"x-av-token: demo", "x-av-req-id: 1", "x-av-sig: " + canary, "x-av-app-id: " + canary}, "", 401, ""},
		{"GET", "/v1.0/scopes", []string{"x-av-token: " + canary, "x-av-req-id: 1"}, "", 401, ""},
	},
	"cisco": {
		{"POST", "/api/fmc_platform/v1/auth/generatetoken", []string{basicOf(canary, canary)}, "", 401, ""},
		{"POST", "/api/fmc_platform/v1/auth/generatetoken", []string{basicOf("demo", canary)}, "", 204, `X-auth-access-token: (\S+)`},
		{"POST", "/api/fmc_platform/v1/auth/generatetoken", []string{basicOf("demo", canary)}, "", 204, `X-auth-refresh-token: (\S+)`},
		{"GET", "/api/fmc_platform/v1/info/domain", []string{"X-auth-access-token: demo", "X-auth-refresh-token: " + canary}, "", 200, ""},
		{"GET", "/api/fmc_platform/v1/info/domain", []string{"X-auth-access-token: " + canary}, "", 401, ""},
		{"GET", "/api/fmc_platform/v1/info/domain", []string{"Authorization: Bearer " + canary}, "", 401, ""},
	},
	"dbvisit": {
		{"POST", "/api/login", []string{jsonType}, `{"UserName":"` + canary + `","Password":"` + canary + `"}`, 401, ""},
		{"POST", "/api/login", []string{jsonType}, `{"UserName":"demo","Password":"` + canary + `"}`, 200, `dbvisit-standby=([^;]+)`},
		{"POST", "/task/list", []string{"Cookie: dbvisit-standby=" + canary}, `{}`, 401, ""},
		{"POST", "/task/list", []string{basicOf("demo", canary)}, `{}`, 200, ""},
	},
	"sailpoint": {
		{"POST", "/oauth/token", []string{formType}, "grant_type=client_credentials&client_id=" + canary + "&client_secret=wrong", 401, ""},
		{"POST", "/oauth/token", []string{formType}, "grant_type=client_credentials&client_id=demo&client_secret=" + canary, 200, `"access_token":"([^"]+)`},
		{"POST", "/oauth/token?grant_type=client_credentials&client_id=demo&client_secret=" + canary, []string{formType}, "", 200, `"refresh_token":"([^"]+)`},
		{"POST", "/oauth/token", []string{formType}, "grant_type=refresh_token&client_id=demo&client_secret=x&refresh_token=" + canary, 400, ""},
		{"GET", "/beta/task-status", []string{"Authorization: Bearer " + canary}, "", 401, ""},
	},
}

// served is a vendor whose tenants run a scenario without limits.
func served(t *testing.T, v *sim.Vendor) (h http.Handler, spec *openapi.Spec, tenants *tenant.Registry, refused *journal.Journal) {
	t.Helper()
	spec, err := openapi.Load(v.Name)
	if err != nil {
		t.Fatal(err)
	}
	s, problems := scenarios.Parse("test.yaml", []byte("version: 1\nname: test\nlimits: []\ntasks: [{count: 3, subtasks: {count: 5}}]\n"+
		"lifecycles: {l: {a: {phase: pending, after: 5s, to: b}, b: {phase: succeeded}}}\n"),
		scenarios.Known{Vendors: []string{v.Name}, Operations: map[string][]string{v.Name: nil}, TaskID: func(string, string) error { return nil }})
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	w := tenant.NewWorld(s, []tenant.Vendor{v.Tenants(spec)}, nil)
	source, logger := clock.NewManual(time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)), slog.New(slog.DiscardHandler)
	tenants = tenant.NewRegistry("test", 10, func(name string) (*tenant.World, error) {
		if name != "test" {
			return nil, tenant.ErrUnknown
		}
		return w, nil
	}, source, logger)
	refused = journal.New(journal.NewBudget(1<<20), 100)
	h, err = sim.Handler(v, spec, sim.Env{Tenants: tenants, Source: source, Logger: logger, Contract: sim.Enforce, Refused: refused})
	if err != nil {
		t.Fatal(err)
	}
	return h, spec, tenants, refused
}

// No credential of a vendor's, sent or given, is in what its journals show.
func TestVendorsCredentialsAreNotInJournals(t *testing.T) {
	for _, v := range []*sim.Vendor{bitdefender.New(), checkpoint.New(), cisco.New(), dbvisit.New(), sailpoint.New()} {
		t.Run(v.Name, func(t *testing.T) {
			h, spec, tenants, refused := served(t, v)
			hidden := []string{canary}
			for _, p := range places[v.Name] {
				r := httptest.NewRequest(p.method, p.target, strings.NewReader(p.body))
				for _, line := range p.header {
					name, value, _ := strings.Cut(line, ": ")
					r.Header.Set(name, value)
					if _, coded, ok := strings.Cut(value, "Basic "); ok {
						hidden = append(hidden, coded)
					}
				}
				if r.Header.Get("x-av-date") != "" {
					v.Login(r.Header, "", "demo")
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				var answer strings.Builder
				for name, values := range w.Header() {
					answer.WriteString(name + ": " + strings.Join(values, ", ") + "\n")
				}
				answer.WriteString(w.Body.String())
				if w.Code != p.status {
					t.Fatalf("%s %s: %d, want %d\n%s", p.method, p.target, w.Code, p.status, answer.String())
				}
				if p.gives == "" {
					continue
				}
				found := regexp.MustCompile(p.gives).FindStringSubmatch(answer.String())
				if found == nil {
					t.Fatalf("%s %s gives no %s: %s", p.method, p.target, p.gives, answer.String())
				}
				hidden = append(hidden, found[1])
			}
			demo, _ := tenants.Find("demo")
			entries, _ := demo.Journal.Entries(journal.Filter{}, 0)
			without, _ := refused.Entries(journal.Filter{}, 0)
			if entries = slices.Concat(entries, without); len(entries) != len(places[v.Name]) {
				t.Fatalf("%d entries, want %d", len(entries), len(places[v.Name]))
			}
			shown, err := journal.HAR(entries, func(string) journal.Secrets { return journal.Secrets(spec.Secrets) }, "1")
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				view, err := json.Marshal(e.View(journal.Secrets(spec.Secrets)))
				if err != nil {
					t.Fatal(err)
				}
				shown = append(append(shown, '\n'), view...)
			}
			for _, secret := range hidden {
				if i := strings.Index(string(shown), secret); i >= 0 {
					t.Errorf("%s is in %s", secret, shown[max(0, i-300):min(len(shown), i+100)])
				}
			}
		})
	}
}

// pages are, for each vendor's lists, the request for the first page and the one
// for the last. ID is the id of a task, SCROLL what the first answer told.
var pages = map[string][]struct {
	what, method, target string
	first, last          string // the end of the target of a GET, else the body
	tasks                bool   // they are lists of tasks
}{
	"bitdefender": {
		{"endpoints", "POST", "/api/v1.0/jsonrpc/network", rpc("getEndpointsList", `"perPage":100`), rpc("getEndpointsList", `"perPage":100,"page":2`), false},
		{"subtasks", "POST", "/api/v1.1/jsonrpc/network", rpc("getTaskStatus", `"taskId":"ID","options":{"returnSubtasks":true,"perPage":3}`),
			rpc("getTaskStatus", `"options":{"page":2,"returnSubtasks":true,"perPage":3},"taskId":"ID"`), true},
		{"scans", "POST", "/api/v1.0/jsonrpc/network", rpc("getScanTasksList", `"perPage":1`), rpc("getScanTasksList", `"perPage":1,"page":3`), true},
	},
	"checkpoint": {
		{"a search", "POST", "/app/hec-api/v1.0/search/query", search(`"pageSize":1`), search(`"pageSize":100,"scrollId":"SCROLL"`), false},
	},
	"cisco": {
		{"devices", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/devices/devicerecords", "?limit=15&expanded=true", "?expanded=true&offset=15&limit=1000", false},
		{"tasks", "GET", "/api/fmc_config/v1/domain/e276abec-e0f2-11e3-8169-6d9ed49b625f/job/taskstatuses", "?filter=type:Deployment;status:Deploying&limit=2", "?filter=type:Deployment;status:Deploying&offset=2", true},
	},
	"sailpoint": {
		{"tasks", "GET", "/v2025/task-status", "?limit=2&count=true&sorters=-created", "?offset=2&limit=2&sorters=-created", true},
		{"pending tasks", "GET", "/v2025/task-status/pending-tasks", "?limit=2", "?limit=2&offset=2", true},
	},
}

func rpc(method, params string) string {
	return `{"jsonrpc":"2.0","id":"1","method":"` + method + `","params":{` + params + `}}`
}

func search(more string) string {
	return `{"requestData":{"entityFilter":{"saas":"office365_emails","startDate":"2026-01-08T10:30:00.000Z","endDate":"2026-01-08T11:30:00"},` + more + `}}`
}

// Every list in pages tells of its pages under one name, and of the tasks on the
// page alone.
func TestVendorsTellOfPages(t *testing.T) {
	for _, v := range []*sim.Vendor{bitdefender.New(), checkpoint.New(), cisco.New(), sailpoint.New()} {
		for _, p := range pages[v.Name] {
			t.Run(v.Name+"/"+p.what, func(t *testing.T) {
				h, _, tenants, _ := served(t, v)
				demo, err := tenants.Accept(tenant.Credential{Name: "demo"}, v.Name)
				if err != nil {
					t.Fatal(err)
				}
				id, scroll := "", ""
				for ref := range demo.Tasks(v.Name).All() {
					id = demo.Tasks(v.Name).ID(ref)
				}
				ask := func(end string) {
					t.Helper()
					target, body := p.target, strings.NewReplacer("ID", id, "SCROLL", scroll).Replace(end)
					if p.method == "GET" {
						target, body = target+end, ""
					}
					r := httptest.NewRequest(p.method, target, strings.NewReader(body))
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("x-av-req-id", "1")
					r.Header.Set("X-SailPoint-Experimental", "true")
					v.Login(r.Header, "", "demo")
					w := httptest.NewRecorder()
					h.ServeHTTP(w, r)
					if w.Code != 200 || strings.Contains(w.Body.String(), `"error":`) {
						t.Fatalf("%s: %d %s", body, w.Code, w.Body)
					}
					if found := regexp.MustCompile(`"scrollId":"(\w+)"`).FindStringSubmatch(w.Body.String()); found != nil {
						scroll = found[1]
					}
					entries, _ := demo.Journal.Entries(journal.Filter{}, 0)
					if last := entries[len(entries)-1]; len(last.Unread) > 0 || (len(last.Tasks) > 0) != p.tasks || len(last.Tasks) > 2 {
						t.Errorf("%s: unread %v, tasks %v", body, last.Unread, last.Tasks)
					}
				}
				ask(p.first)
				pagesAre(t, demo, verify.Bad)
				ask(p.last)
				pagesAre(t, demo, verify.Good)
			})
		}
	}
}

func pagesAre(t *testing.T, n *tenant.Tenant, want verify.Grade) {
	t.Helper()
	for _, line := range n.Observer.Report(verify.Now{}).Card {
		if line.Name == "pages" && line.Verdict != want {
			t.Errorf("pages are %s, want %s: %s", line.Verdict, want, line.Found)
		}
	}
}
