package bitdefender

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// apis are the vendor's APIs, and the services below each where it has some.
var apis = map[string][]string{
	"accounts": nil, "companies": nil, general: nil, "incidents": nil, "integrations": nil, "internal": nil,
	"investigation": nil, "licensing": nil, "maintenanceWindows": nil, "network": nil, "packages": nil, "patchManagement": nil,
	"phasr": nil, "policies": nil, "push": nil, "quarantine": {computers, exchange}, "reports": nil,
}

// general is open to every key: keys whose set does not name it are known to
// have asked it for that set.
const general = "general"

// enabledAPIs is the set of APIs that the tenant's key is made for.
func enabledAPIs(c *sim.Call) []string {
	return strings.Split(c.Options.String("enabled_apis"), ",")
}

// isEnabled tells whether an API is in that set. Each request is asked.
func isEnabled(c *sim.Call, api string) bool {
	for enabled := range strings.SplitSeq(c.Options.String("enabled_apis"), ",") {
		if enabled == api {
			return true
		}
	}
	return false
}

// enabledAPI refuses an API that the vendor does not have, and one that the key
// is not made for.
func enabledAPI(c *sim.Call) *sim.Fault {
	if c.Op == nil {
		return nil
	}
	api := apiOf(c)
	services, known := apis[api]
	service, asked := c.Path["service"]
	switch {
	case asked && !slices.Contains(services, service):
		return noSuchAPI("service", services)
	case !asked && !known:
		return noSuchAPI("api", slices.Sorted(maps.Keys(apis)))
	case api != general && !isEnabled(c, api):
		return &sim.Fault{Kind: sim.Forbidden, Note: "the key is made for " + strings.Join(enabledAPIs(c), ", ")}
	}
	return nil
}

func noSuchAPI(field string, there []string) *sim.Fault {
	fault := &sim.Fault{Kind: sim.NotFound, Note: "no such API"}
	return fault.Naming(openapi.InPath, field, "one of "+strings.Join(there, ", "))
}

// apiOf is the API that a call is for: that of its path, else the one whose
// name the operation has in the spec.
func apiOf(c *sim.Call) string {
	if api, ok := c.Path["api"]; ok {
		return api
	}
	if c.Op.Parent != nil {
		return c.Op.Parent.Name
	}
	return c.Op.Name
}

// displayName is how the vendor writes an API in a text.
func displayName(c *sim.Call) string {
	api := "network"
	if c.Op != nil {
		api = apiOf(c)
	}
	return strings.ToUpper(api[:1]) + api[1:]
}

// atV10 tells whether a call is one at v1.0, where a task is answered with true.
func atV10(c *sim.Call) bool { return strings.HasSuffix(c.Op.ID, "V10") }

type keyDetails struct {
	EnabledAPIs []string `json:"enabledApis"`
	CreatedAt   string   `json:"createdAt"`
}

func getAPIKeyDetails(c *sim.Call) (sim.Reply, error) {
	made := bornOf(c, objectID(c.SeedLuck("key0")))
	return result(c, keyDetails{EnabledAPIs: enabledAPIs(c), CreatedAt: date(made, time.UTC)}), nil
}

type companyDetails struct {
	Type                int           `json:"type"`
	Name                string        `json:"name"`
	ID                  string        `json:"id"`
	Address             string        `json:"address"`
	Phone               string        `json:"phone"`
	Industry            int           `json:"industry"`
	CanBeManagedByAbove bool          `json:"canBeManagedByAbove"`
	Enforce2FA          bool          `json:"enforce2FA"`
	Skip2FAPeriod       int           `json:"skip2FAPeriod"`
	IsSuspended         bool          `json:"isSuspended"`
	CreatedAt           string        `json:"createdAt"`
	Country             string        `json:"country"`
	State               string        `json:"state"`
	ContactPerson       contactPerson `json:"contactPerson"`
	RiskScore           riskScore     `json:"riskScore"`
}

type contactPerson struct {
	FullName    string `json:"fullName"`
	Email       string `json:"email"`
	PhoneNumber string `json:"phoneNumber"`
	CompanyRole string `json:"companyRole"`
}

type riskScore struct {
	Value              string `json:"value"`
	Impact             string `json:"impact"`
	Misconfigurations  string `json:"misconfigurations"`
	AppVulnerabilities string `json:"appVulnerabilities"`
	HumanRisks         string `json:"humanRisks"`
	IndustryModifier   string `json:"industryModifier"`
}

// customer is the type of a company that is no partner.
const customer = 1

// getCompanyDetails shows the one company that the tenant has: its own.
func getCompanyDetails(c *sim.Call) (sim.Reply, error) {
	own := companyOf(c)
	if id, asked := c.Params["companyId"].(string); asked && id != own.ID {
		return sim.Reply{}, noCompany(c)
	}
	person := c.Fixtures().Person(0)
	return result(c, companyDetails{
		Type: customer, Name: own.Name, ID: own.ID, CanBeManagedByAbove: true, Enforce2FA: true, Skip2FAPeriod: 90,
		CreatedAt: date(bornOf(c, own.ID), time.UTC), Country: "N/A", State: "N/A",
		ContactPerson: contactPerson{FullName: person.Name, Email: person.Email}, RiskScore: riskOf(c.SeedLuck("risk")),
	}), nil
}

// companyOf is the company of whoever made the API key.
func companyOf(c *sim.Call) company {
	own := c.Fixtures().Company()
	return company{ID: idOf(c, own.ID, "company", 0), Name: own.Name}
}

func noCompany(c *sim.Call) *sim.Fault {
	return sim.Refuse(sim.Invalid, rpcError(c, http.StatusOK, -32002, "The company does not exist")).
		Naming(openapi.InParams, "companyId", companyOf(c).ID+", the tenant's own company")
}

// riskOf is a made-up score. Its three parts make up the whole, as in the
// recorded one.
func riskOf(luck uint64) riskScore {
	percent := func(n uint64) string { return fmt.Sprintf("%d%%", n) }
	value := luck % 100
	impact := []string{"Low", "Medium", "High"}[value*3/100]
	first := luck / 100 % 101
	second := luck / 10_100 % (101 - first)
	return riskScore{
		Value: percent(value), Impact: impact, Misconfigurations: percent(first), AppVulnerabilities: percent(second),
		HumanRisks: percent(100 - first - second), IndustryModifier: percent(0),
	}
}
