package openapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Example is a good request for an operation, out of the examples of its spec.
type Example struct {
	Method string
	Base   string // the server part of Path
	Path   string // below the server, with the variables filled in, escaped
	Query  url.Values
	Header http.Header // names as the spec writes them
	Body   any         // JSON; nil for none
	Form   url.Values  // a form instead; nil for none
}

// Example is a good request for the operation at one of its routes. A task's id
// that is not empty stands where the operation has it.
func (o *Operation) Example(route Route, taskID string) (Example, error) {
	o.ready()
	e := Example{Method: o.Method, Base: route.Base, Path: route.Path, Query: url.Values{}, Header: http.Header{}}
	for _, ref := range o.parameters {
		p := ref.Value
		value := p.Example
		if o.Task == p.In+"."+p.Name && taskID != "" {
			value = taskID
		}
		if value == nil {
			if p.Required {
				return e, fmt.Errorf("%s: parameter %s has no example", o.Name, p.Name)
			}
			continue
		}
		text := fmt.Sprint(value)
		if n, ok := value.(float64); ok { // never 1.5e+12
			text = strconv.FormatFloat(n, 'f', -1, 64)
		}
		switch p.In {
		case InPath:
			e.Path = strings.ReplaceAll(e.Path, "{"+p.Name+"}", url.PathEscape(text))
		case InQuery:
			e.Query.Set(p.Name, text)
		case InHeader:
			e.Header[p.Name] = []string{text}
		}
	}
	return e, o.exampleBody(&e, taskID)
}

func (o *Operation) exampleBody(e *Example, taskID string) error {
	if o.body == nil {
		return nil
	}
	mediaType, media := "", (*openapi3.MediaType)(nil)
	for _, mediaType = range []string{"application/json", jsonPatch, formURLEncoded, formMultipart} {
		if media = o.body.Content[mediaType]; media != nil {
			break
		}
	}
	if media == nil || media.Example == nil {
		if o.body.Required {
			return fmt.Errorf("%s: the body has no example", o.Name)
		}
		return nil
	}
	body, err := clone(media.Example)
	if err != nil {
		return err
	}
	if object, ok := body.(map[string]any); ok && o.params != nil {
		if object["params"], err = clone(o.example); err != nil {
			return err
		}
		object["method"] = o.Name
	}
	if rest, ok := strings.CutPrefix(o.Task, "body."); ok && taskID != "" {
		if err := place(body, strings.Split(rest, "."), taskID); err != nil {
			return fmt.Errorf("%s: %w", o.Name, err)
		}
	}
	e.Header.Set("Content-Type", mediaType)
	if strings.HasSuffix(mediaType, "json") {
		e.Body = body
		return nil
	}
	e.Header.Set("Content-Type", formURLEncoded) // which every form may be sent as
	e.Form = url.Values{}
	object, ok := body.(map[string]any)
	if !ok {
		return fmt.Errorf("%s: the example of a form is no object", o.Name)
	}
	for name, value := range object {
		e.Form.Set(name, fmt.Sprint(value))
	}
	return nil
}

// place writes an id where the path says, as a number where a number stands.
func place(body any, path []string, id string) error {
	object, ok := body.(map[string]any)
	if !ok {
		return fmt.Errorf("no member %s in the example", path[0])
	}
	if len(path) > 1 {
		return place(object[path[0]], path[1:], id)
	}
	if _, ok := object[path[0]].(float64); ok {
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			return fmt.Errorf("%q is no number", id)
		}
		object[path[0]] = json.Number(id)
		return nil
	}
	object[path[0]] = id
	return nil
}

// clone copies a JSON document.
func clone(v any) (any, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(data, &out)
	return out, err
}
