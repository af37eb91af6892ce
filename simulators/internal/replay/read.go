package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/vendorsim/vendorsim/simulators/internal/journal"
)

// Read reads a file. Its errors are about the file, for a person.
func Read(data []byte) (*File, error) {
	var head struct {
		Format  int    `json:"vendorsim_replay"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("not a replay file: %w", err)
	}
	switch {
	case head.Format == 0:
		return nil, errors.New(`not a replay file: it lacks "vendorsim_replay"`)
	case head.Format != Format:
		return nil, fmt.Errorf("the file has form %d, written by vendorsim %s; this one reads form %d", head.Format, head.Version, Format)
	}
	f := new(File)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, fmt.Errorf("not a replay file: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f, nil
}

// check looks for what every recording has.
func (f *File) check() error {
	for _, part := range []struct {
		name  string
		there bool
	}{
		{"version", f.Version != ""}, {"tenant", f.Tenant != ""}, {"scenario", f.Scenario.Name != "" && f.Scenario.YAML != ""},
		{"contract", f.Contract != ""}, {"clock", !f.Clock.Began.IsZero() && f.Clock.Mode != ""},
	} {
		if !part.there {
			return fmt.Errorf("the file lacks %q, or a part of it", part.name)
		}
	}
	if strings.Trim(f.Mark, mark) != "" {
		return fmt.Errorf("mark %q is no mark", f.Mark)
	}
	for i := range f.Entries {
		e := &f.Entries[i]
		err := e.check()
		switch {
		case err != nil:
		case i == 0 && e.At.Before(f.Clock.Began):
			err = errors.New(`"at" is before the beginning of the clock`)
		case i > 0 && e.At.Before(f.Entries[i-1].At):
			err = errors.New(`"at" is before that of the entry above it: a tenant's clock never goes back`)
		}
		if err != nil {
			return fmt.Errorf("entry %d (%s): %w", i+1, e.ID, err)
		}
	}
	return nil
}

func (e *Entry) check() error {
	switch {
	case e.ID == "":
		return errors.New(`it lacks "id"`)
	case e.At.IsZero() || e.Real.IsZero():
		return errors.New(`it lacks "at" or "real"`)
	case e.Control != nil && e.Request == nil && e.Reply == nil:
		return e.Control.check()
	case e.Control == nil && e.Request != nil && e.Reply != nil:
		return e.Request.check()
	}
	return errors.New("it is neither a request with its reply nor a control call")
}

func (q *Request) check() error {
	if q.Scheme != "http" && q.Scheme != "https" {
		return fmt.Errorf("scheme %q is neither http nor https", q.Scheme)
	}
	if !slices.Contains([]journal.Rest{"", journal.TooMuch, journal.Broken}, q.Rest) {
		return fmt.Errorf("rest %q is neither %q nor %q", q.Rest, journal.TooMuch, journal.Broken)
	}
	_, err := NewRoles("", "", nil).Request(q)
	return err
}

// check refuses calls that no recording holds: those that end the tenant, that
// wait for something, or that leave it as it is.
func (c *Control) check() error {
	switch changes := c.Method == http.MethodPost || c.Method == http.MethodPut || c.Method == http.MethodDelete; {
	case !changes || !strings.HasPrefix(c.Path, "/") || strings.Contains(c.Path, "..") || slices.Contains([]string{"/", "/reset", "/wait"}, c.Path):
		return fmt.Errorf("%s %s is no call that changes a tenant", c.Method, c.Path)
	case c.Path == scenarioPath && c.Status < http.StatusBadRequest && (c.Scenario == nil || c.Scenario.YAML == ""):
		return errors.New(`the call lacks the "scenario" that it brought`)
	}
	return nil
}

// scenarioPath is where a scenario is replaced.
const scenarioPath = "/scenario"

// unread is the rest of a body that no server reads to its end.
type unread struct{ rest journal.Rest }

func (u unread) Read(p []byte) (int, error) {
	if u.rest == journal.Broken {
		return 0, io.ErrUnexpectedEOF
	}
	for i := range p { // without end
		p[i] = ' '
	}
	return len(p), nil
}
