package cisco

import (
	"net/http"
	"strings"

	"github.com/vendorsim/vendorsim/openapi"
	"github.com/vendorsim/vendorsim/simulators/internal/sim"
)

type version struct {
	GeoVersion    string `json:"geoVersion"`
	ServerVersion string `json:"serverVersion"`
	SRUVersion    string `json:"sruVersion"`
	Type          string `json:"type"`
	VDBVersion    string `json:"vdbVersion"`
}

// listVersions tells the one version there is. Clients cut it at " (build".
func listVersions(c *sim.Call) (sim.Reply, error) {
	one := version{
		GeoVersion: "2022-07-04-101", ServerVersion: c.Options.String("server_version") + " (build 113)",
		SRUVersion: "2022-11-09-001-vrt", Type: "ServerVersion", VDBVersion: "build 361 ( 2022-10-31 15:03:17 )",
	}
	return list(c, []version{one}, same)
}

type domainInfo struct {
	Name string `json:"name"`
	Type string `json:"type"`
	UUID string `json:"uuid"`
}

func listDomains(c *sim.Call) (sim.Reply, error) {
	return list(c, []domainInfo{{"Global", "Domain", globalDomain}}, same)
}

func same[T any](v T) T { return v }

// description is a Swagger 2.0 document. Its maps are objects whose keys are
// names; the encoder sorts them.
type description struct {
	Swagger     string                                     `json:"swagger"`
	Info        descriptionInfo                            `json:"info"`
	BasePath    string                                     `json:"basePath"`
	Paths       map[string]map[string]descriptionOperation `json:"paths"`
	Definitions map[string]descriptionModel                `json:"definitions"`
}

type descriptionInfo struct {
	Title   string `json:"title"`
	Version string `json:"version"`
}

type descriptionOperation struct {
	OperationID string                         `json:"operationId"`
	Summary     string                         `json:"summary"`
	Parameters  []descriptionParameter         `json:"parameters"`
	Responses   map[string]descriptionResponse `json:"responses"`
}

type descriptionParameter struct {
	Name     string            `json:"name"`
	In       string            `json:"in"`
	Required bool              `json:"required"`
	Type     string            `json:"type,omitempty"`
	Schema   *descriptionModel `json:"schema,omitempty"`
}

type descriptionModel struct {
	Ref        string                      `json:"$ref,omitempty"`
	Type       string                      `json:"type,omitempty"`
	Properties map[string]descriptionModel `json:"properties,omitempty"`
	Required   []string                    `json:"required,omitempty"`
}

type descriptionResponse struct {
	Description string `json:"description"`
}

// describe says what is served at the root, out of the contract itself.
func describe(c *sim.Call) (sim.Reply, error) {
	spec, err := openapi.Load("cisco")
	if err != nil {
		return sim.Reply{}, err
	}
	d := description{
		Swagger: "2.0", Info: descriptionInfo{spec.Title, c.Options.String("server_version")},
		Paths: map[string]map[string]descriptionOperation{}, Definitions: map[string]descriptionModel{},
	}
	for _, o := range spec.Operations {
		for _, route := range o.Routes {
			if route.Base != "" {
				continue
			}
			if d.Paths[route.Path] == nil {
				d.Paths[route.Path] = map[string]descriptionOperation{}
			}
			d.Paths[route.Path][strings.ToLower(o.Method)] = d.operation(o)
		}
	}
	return sim.JSON(http.StatusOK, d), nil
}

// operation describes an operation. Members of its body become a definition.
func (d *description) operation(o *openapi.Operation) descriptionOperation {
	out := descriptionOperation{
		OperationID: o.ID, Summary: o.Summary, Parameters: []descriptionParameter{},
		Responses: map[string]descriptionResponse{"default": {"The answer, or an error."}},
	}
	model := descriptionModel{Type: "object", Properties: map[string]descriptionModel{}}
	for _, p := range o.Takes() {
		if p.In != openapi.InBody {
			out.Parameters = append(out.Parameters, descriptionParameter{Name: p.Name, In: p.In, Required: p.Required, Type: p.Type})
			continue
		}
		model.Properties[p.Name] = descriptionModel{Type: p.Type}
		if p.Required {
			model.Required = append(model.Required, p.Name)
		}
	}
	if len(model.Properties) > 0 {
		d.Definitions[o.Name] = model
		out.Parameters = append(out.Parameters, descriptionParameter{
			Name: "body", In: openapi.InBody, Required: true, Schema: &descriptionModel{Ref: "#/definitions/" + o.Name},
		})
	}
	return out
}
