package checkpoint

import (
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

// getScopes lists what the key reaches. Clients ask for it right after the
// log-in.
func getScopes(c *sim.Call) (sim.Reply, error) {
	rows := scopes(c)
	return sim.JSON(http.StatusOK, reply{success(c, len(rows), ""), rows}), nil
}

// scopes are what the key reaches, farm:customer. All that the tenant has is in
// the first one.
func scopes(c *sim.Call) []string {
	first := farm(c) + ":" + customer(c)
	if c.Options.Int("scopes") > 1 {
		return []string{first, first + "-2"}
	}
	return []string{first}
}

// farm is where the tenant lives: the page's samples say us, recorded ones the
// farm's full name.
func farm(c *sim.Call) string {
	if c.Profile == sim.Observed {
		return "mt-prod-3"
	}
	return "us"
}

// customer is the tenant's short name: the first part of its company's domain.
func customer(c *sim.Call) string {
	name, _, _ := strings.Cut(c.Fixtures().Company().Domain, ".")
	return name
}

// inQueryScope is inScope for the operations that are asked in the query.
func inQueryScope(c *sim.Call) (bool, *sim.Fault) {
	return inScope(c, c.Query.Get("scope"), openapi.InQuery, "scope")
}

// inScope tells whether what the tenant has is in the scope asked for, which
// has to be one: with several a request has to say which.
func inScope(c *sim.Call, asked, in, field string) (bool, *sim.Fault) {
	reached := scopes(c)
	switch {
	case asked == "" && len(reached) > 1:
		return false, sim.InvalidField(in, field, "required",
			`Must provide a single scope in as "scope" in query string due to multi scope app client`)
	case asked == "":
		return true, nil
	}
	return inScopes(c, []string{asked})
}

// inScopes tells whether what the tenant has is in one of the scopes asked for.
// None at all are all of them.
func inScopes(c *sim.Call, asked []string) (bool, *sim.Fault) {
	reached := scopes(c)
	for _, scope := range asked {
		if !slices.Contains(reached, scope) {
			return false, &sim.Fault{Kind: sim.Forbidden, Note: "the key reaches " + strings.Join(reached, " and ")}
		}
	}
	return len(asked) == 0 || slices.Contains(asked, reached[0]), nil
}
